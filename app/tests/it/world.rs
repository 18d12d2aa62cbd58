//! Everybody who can stand to a community, around one community that knocks and one that is closed.

use community::acts::NewCommunity;
use community::{Openness, Stage};
use conversation::ContributionId;
use conversation::acts::{Lineage, NewContribution, NewReply};
use conversation::endings::NewEnding;
use conversation::kinds::Saying;
use conversation::{Ending, For, Kind};
use kernel::{Line, PersonId};
use membership::acts::Joining;
use membership::invitations::{Inviting, InvitingByLink};
use membership::knocking::Knocking;
use membership::suspension::Suspending;
use narration::acts::Narrating;
use person::acts::NewAccount;
use shell::Scope;
use testkit::{App, Engine};

/// Weakest first. `author` is the member who wrote what the table asks for.
pub const PRINCIPALS: [&str; 10] =
    ["stranger", "non-member", "invited", "knocking", "left", "suspended", "operator", "member", "author", "steward"];

pub struct World {
    pub app: App,
    pub people: Vec<Someone>,
    pub ids: Ids,
}

pub struct Someone {
    pub name: &'static str,
    pub id: PersonId,
    pub cookie: String,
    pub token: String,
}

/// Concrete things for the `{…}` of routes, of the author where it matters.
#[derive(Clone)]
pub struct Ids {
    pub closed_opening: ContributionId,
    pub knock_opening: ContributionId,
    pub mine: ContributionId,
    pub named: ContributionId,
    /// Of a kind that the community added, with an ending that was said.
    pub closed_worry: ContributionId,
    pub open_worry: ContributionId,
    pub trail: String,
    pub attachment: String,
    pub circle: String,
    pub announcement: String,
    /// Of the author: shared behind the closed door and attested by the member; and for themselves alone.
    pub change: String,
    pub own_change: String,
    pub session: String,
    pub token: String,
    pub knock: String,
    pub hat: String,
    /// The steward's own, behind the closed door.
    pub worn: String,
    pub suspension: String,
    pub act: String,
    pub report: String,
    pub words: String,
    /// It spoke behind the closed door; the author says that it was them.
    pub voice: String,
    pub claim: String,
    pub practice: String,
    /// The conversation about a change to it.
    pub proposal: String,
    pub invitation: String,
    pub link: String,
    pub reset: String,
}

pub const CLOSED: &str = "closed-door";
pub const KNOCK: &str = "knock-door";

impl World {
    pub fn who(&self, name: &str) -> &Someone {
        self.people.iter().find(|p| p.name == name).unwrap()
    }

    fn by(&self, name: &str) -> kernel::Cx {
        self.app.by(self.who(name).id)
    }

    pub async fn new(engine: Engine) -> Self {
        let app = App::new(engine, tacit::slices).await;
        let mut people = Vec::new();
        for name in PRINCIPALS.into_iter().skip(1).chain(["victim", "friend"]) {
            let the = if ["operator", "steward"].contains(&name) { "the-" } else { "" };
            let account = NewAccount::new(&format!("{the}{name}"), &format!("Canary-name-{name}"), "a quiet sentence");
            let id = person::acts::add(&app.system(), &account, name == "operator").await.unwrap();
            let cookie = person::acts::begin_session(&app.stranger(), id, "").await.unwrap();
            let token = person::acts::make_token(&app.by(id), id, "", &[Scope::Read, Scope::Write]).await.unwrap();
            people.push(Someone { name, id, cookie, token });
        }
        let nothing = String::new;
        let none = ContributionId(1);
        let ids = Ids {
            closed_opening: none,
            knock_opening: none,
            mine: none,
            named: none,
            closed_worry: none,
            open_worry: none,
            trail: nothing(),
            attachment: nothing(),
            circle: nothing(),
            announcement: nothing(),
            change: nothing(),
            own_change: nothing(),
            session: nothing(),
            token: nothing(),
            knock: nothing(),
            hat: nothing(),
            worn: nothing(),
            suspension: nothing(),
            act: nothing(),
            report: nothing(),
            words: nothing(),
            voice: nothing(),
            claim: nothing(),
            practice: nothing(),
            proposal: nothing(),
            invitation: nothing(),
            link: nothing(),
            reset: nothing(),
        };
        let mut world = Self { app, people, ids };
        world.settle(CLOSED, Openness::Closed).await;
        world.settle(KNOCK, Openness::Knock).await;
        world.speak().await;
        world.worry().await;
        world.things().await;
        world.change().await;
        world
    }

    async fn settle(&self, slug: &str, openness: Openness) {
        let new = NewCommunity {
            name: Line(slug.into()),
            slug: Line(slug.into()),
            domain: format!("canary-domain-{slug}").as_str().into(),
            purpose: "A purpose".into(),
            practice: "".into(),
            openness: Some(openness),
            stage: Some(Stage::Growing),
        };
        let steward = self.by("steward");
        membership::acts::found(&steward, &new).await.unwrap();
        for name in ["invited", "left", "suspended", "member", "author"] {
            let inviting = Inviting { handle: name.into(), note: Line::default() };
            membership::invitations::invite(&steward, slug, &inviting).await.unwrap();
            if name != "invited" {
                membership::acts::join(&self.by(name), slug, &Joining::default()).await.unwrap();
            }
        }
        membership::acts::leave(&self.by("left"), slug).await.unwrap();
        let suspending = Suspending { handle: "suspended".into(), reason: "canary-reason".into(), days: "9".into(), rule: "Be kind".into() };
        // Without its line in the register, which its members may read.
        let begun = membership::suspension::suspending(&steward, slug, &suspending).await.unwrap();
        steward.write(begun.batch, begun.id).await.unwrap();
        if openness == Openness::Knock {
            membership::knocking::knock(&self.by("knocking"), slug, &Knocking { words: "canary-knock".into() }).await.unwrap();
        }
    }

    async fn speak(&mut self) {
        let author = self.by("author");
        let said = |words: &str, audience| NewContribution { words: words.into(), audience: Some(audience), kind: Some(Kind::Narration), ..Default::default() };
        let lineage = Lineage::default();
        let mut closed = said("canary-closed words", For::Community);
        let bytes = futures_util::stream::iter([Ok::<_, ()>("canary-closed bytes".into())]);
        let file = attachment::acts::take_whole(&author, "canary-closed name", "text/plain", bytes).await.unwrap();
        closed.attached = attachment::Attaching(vec![file]);
        self.ids.attachment = file.to_string();
        self.ids.closed_opening = conversation::acts::contribute(&author, Some(CLOSED), &closed, &lineage).await.unwrap();
        let knock = said("canary-members words", For::Community);
        self.ids.knock_opening = conversation::acts::contribute(&author, Some(KNOCK), &knock, &lineage).await.unwrap();
        self.ids.mine = conversation::acts::contribute(&author, None, &said("canary-mine words", For::Me), &lineage).await.unwrap();
        let named = NewContribution { named: "friend".into(), ..said("canary-named words", For::Named) };
        self.ids.named = conversation::acts::contribute(&author, None, &named, &lineage).await.unwrap();
        for (id, words) in [(self.ids.closed_opening, "canary-closed reply"), (self.ids.knock_opening, "canary-members reply")] {
            let reply = NewReply { words: words.into(), ..NewReply::default() };
            conversation::acts::reply(&self.by("member"), id, &reply).await.unwrap();
        }
        let trail = Narrating {
            words: "canary-closed step".into(),
            community: CLOSED.into(),
            trail: "new".into(),
            trail_title: "canary-closed trail".into(),
            ..Narrating::default()
        };
        let step = narration::acts::narrate(&author, &trail).await.unwrap();
        self.ids.trail = conversation::store::one(&author, step).await.unwrap().unwrap().trail.unwrap().0.to_string();
        conversation::drafts::keep(&author, "home", "canary-mine draft").await.unwrap();
    }

    /// Kinds of each community's own, something said with them, and how it ended.
    async fn worry(&mut self) {
        let (author, steward) = (self.by("author"), self.by("steward"));
        for (slug, words) in [(CLOSED, "canary-closed worry"), (KNOCK, "a worry in the open")] {
            for word in ["worry", "unused"] {
                let new = Saying { word: word.into(), prompt: words.into(), ending: Some(Ending::Helped), ..Saying::default() };
                conversation::kinds::add(&steward, slug, &new).await.unwrap();
            }
            let new = NewContribution { words: words.into(), kind: "worry".parse().ok(), ..Default::default() };
            let id = conversation::acts::contribute(&author, Some(slug), &new, &Lineage::default()).await.unwrap();
            let ending = NewEnding { words: words.into(), replies: Vec::new() };
            conversation::endings::say(&author, id, &ending).await.unwrap();
            if slug == CLOSED { self.ids.closed_worry = id } else { self.ids.open_worry = id }
        }
    }

    async fn things(&mut self) {
        let (author, steward) = (self.by("author"), self.by("steward"));
        self.ids.session = person::store::sessions(&author).await.unwrap()[0].id.to_string();
        self.ids.token = person::store::tokens(&author).await.unwrap()[0].id.to_string();
        membership::hats::offer(&steward, CLOSED, &membership::hats::Offering { handle: "author".into(), ..Default::default() }).await.unwrap();
        for waiting in membership::store::waiting(&author).await.unwrap() {
            if let membership::store::Waiting::Hat { id, .. } = waiting {
                self.ids.hat = id.to_string();
            }
        }
        for waiting in membership::store::waiting(&steward).await.unwrap() {
            if let membership::store::Waiting::Knock { id, .. } = waiting {
                self.ids.knock = id.to_string();
            }
        }
        let closed = community::store::by_slug(&steward, CLOSED).await.unwrap().unwrap();
        self.ids.suspension = membership::store::suspensions(&steward, &closed).await.unwrap()[0].id.to_string();
        let announcing = conversation::announcing::Announcing { words: "canary-closed announcement".into(), ..Default::default() };
        self.ids.announcement = conversation::announcing::announce(&steward, CLOSED, &announcing).await.unwrap().to_string();
        conversation::collecting::collect(&author, self.ids.closed_opening).await.unwrap();
        let circle = person::circles::NewCircle { name: "canary-mine circle".into(), people: "friend".into() };
        self.ids.circle = person::circles::make(&author, &circle).await.unwrap().to_string();
        self.care().await;
        self.remember().await;
        self.practise().await;
        let link = InvitingByLink { note: Line::default(), uses: "5".into() };
        self.ids.link = membership::invitations::invite_by_link(&steward, CLOSED, &link).await.unwrap();
        let closed = community::store::inside(&steward, CLOSED).await.unwrap().id;
        self.ids.worn = membership::hats::store::worn(&steward, closed).await.unwrap()[0].id.to_string();
        self.ids.invitation = membership::store::own_links(&steward, closed).await.unwrap()[0].id.to_string();
        self.ids.reset = person::acts::make_link(&self.app.system(), "reset", Some("author")).await.unwrap();
    }

    /// What the author does differently because of something behind the closed door.
    async fn change(&mut self) {
        let author = self.by("author");
        for (words, shared) in [("canary-mine change", false), ("canary-closed change", true)] {
            let telling = change::acts::Telling { now: words.into(), source: Line(self.ids.closed_opening.to_string()), ..Default::default() };
            let id = change::acts::tell(&author, &telling).await.unwrap();
            if shared {
                let sharing = change::acts::Sharing { community: CLOSED.into(), audience: change::For::Community };
                change::acts::share(&author, id, &sharing).await.unwrap();
                let attesting = change::acts::Attesting { words: "canary-closed attested".into() };
                change::acts::attest(&self.by("member"), id, &attesting).await.unwrap();
                self.ids.change = id.to_string();
            } else {
                self.ids.own_change = id.to_string();
            }
        }
    }

    /// A steward hid a reply of the author, who appeals; the member reported something; first words of the member wait.
    async fn care(&mut self) {
        let (author, member, steward) = (self.by("author"), self.by("member"), self.by("steward"));
        let reply = NewReply { words: "canary-judged".into(), ..NewReply::default() };
        let hidden = conversation::acts::reply(&author, self.ids.closed_opening, &reply).await.unwrap();
        let act = care::hide(&steward, hidden, &care::Because::new("A rule", "A reason")).await.unwrap();
        care::appeal(&author, act, &care::Appealing { words: "canary-appeal".into() }).await.unwrap();
        self.ids.act = act.to_string();
        let reporting = care::Reporting { words: "canary-report".into(), ..care::Reporting::default() };
        care::report(&member, self.ids.closed_opening, &reporting).await.unwrap();
        for waiting in membership::store::waiting(&steward).await.unwrap() {
            if let membership::store::Waiting::Care { what, id, .. } = waiting
                && what == "report"
            {
                self.ids.report = id.0.to_string();
            }
        }
        self.ids.words = self.ids.closed_opening.to_string();
    }

    /// What the closed community works by, resting on what the author said there; the member wants it otherwise, and adopted it.
    async fn practise(&mut self) {
        use practice::{acts, evidence, proposals};
        let (author, member) = (self.by("author"), self.by("member"));
        let cited = practice::sources::Cited(vec![(self.ids.closed_opening, None)]);
        let new = acts::NewPractice { title: "canary-closed practice".into(), words: "canary-closed how [^1]".into(), cited, ..Default::default() };
        let id = acts::begin(&author, CLOSED, &new).await.unwrap();
        let better = proposals::Proposing {
            title: "canary-closed practice".into(),
            words: "canary-closed otherwise".into(),
            reason: "canary-closed because".into(),
            base: "1".into(),
            ..Default::default()
        };
        self.ids.proposal = proposals::propose(&member, id, &better).await.unwrap().to_string();
        let adopting = evidence::Adopting { how: practice::How::Use, why: "canary-closed why".into(), setting: "".into() };
        evidence::adopt(&member, id, &adopting).await.unwrap();
        self.ids.practice = id.to_string();
    }

    /// What a voice said behind the closed door, of which the author says that it was them.
    async fn remember(&mut self) {
        let (author, system) = (self.by("author"), self.app.system());
        let community = community::store::inside(&author, CLOSED).await.unwrap().id;
        let voice = person::acts::remember_voice(&system, "an-archive.example", "canary-closed voice", "").await.unwrap();
        let mut batch = kernel::Batch::new();
        let it = conversation::Remembered {
            community,
            voice,
            answers: None,
            kind: None,
            asks: false,
            audience: For::Community,
            title: "",
            words: "canary-closed remembered",
            quote: "",
            gone: false,
            work: "",
            link: "",
            trail: None,
            at: kernel::Timestamp(1_500_000_000_000_000),
        };
        conversation::remember(&mut batch, &system, &it).unwrap();
        self.app.house.db.write(batch).await.unwrap();
        self.ids.voice = voice.0.to_string();
        let asking = archive::claims::acts::Asking { words: "canary-claim".into() };
        self.ids.claim = archive::claims::acts::ask(&author, voice, &asking).await.unwrap().to_string();
    }
}
