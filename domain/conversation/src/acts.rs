//! Saying, answering, editing, withdrawing, and changing whom a thing is for.

use attachment::Attaching;
use community::store as communities;
use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Line, PersonId, Problems, Result, Val, Words, audience, decide, vals};
use membership::rules::Standing;
use membership::store as members;
use person::circles;
use schemars::JsonSchema;
use serde::Deserialize;
use shell::words;

use crate::rules::{self, Refusal};
use crate::said::Said;
use crate::{ContributionId, Fades, For, Kind, TrailId, attaching, collecting, drafts, holding, kinds, store};

pub type Title = Line<0, 160>;
pub type Body = Words<1, 20000>;

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContribution {
    /// Markdown.
    pub words: Body,
    #[serde(default)]
    pub title: Title,
    /// A built-in word, or one of the community's own: as it is kept or as it is said.
    #[serde(default, deserialize_with = "kinds::as_said")]
    pub kind: Option<Kind>,
    /// Whom it is for; left out, it is as open as its place.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub audience: Option<For>,
    /// Handles, for the audience *named*: "ada, bo".
    #[serde(default)]
    pub named: Line<0, 400>,
    /// One of your circles, for the audience *named*: those who are in it now are named, too.
    #[serde(default)]
    pub circle: Line<0, 19>,
    /// How long after it was said each word fades, for the audience *named*: day, week, month or three-months.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub fades: Option<Fades>,
    /// What it points at: a URL, a commit, a file.
    #[serde(default)]
    pub work: Line<0, 500>,
    /// The draft that these words were; it goes when they are said.
    #[serde(default)]
    pub draft: Line<0, 80>,
    /// One's own attachments, to stand with the words.
    #[serde(default)]
    pub attached: Attaching,
}

/// What other slices add: the trail that it continues, what it grew from.
#[derive(Clone, Debug, Default)]
pub struct Lineage {
    pub trail: Option<(TrailId, String)>,
    pub grew_from: Option<ContributionId>,
    /// Who is named, where another conversation's people go on.
    pub named: Vec<PersonId>,
    /// What it looks at, in this order.
    pub sources: Vec<ContributionId>,
}

/// Begins a conversation: in a community, or (without one) for oneself or named people.
pub async fn contribute(cx: &Cx, slug: Option<&str>, input: &NewContribution, lineage: &Lineage) -> Result<ContributionId> {
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let (id, batch) = contribution(cx, slug, input, lineage).await?;
        cx.write(batch, id).await
    })
    .await
}

/// The checked batch of [`contribute`], for an act of an upper slice to compose.
pub async fn contribution(
    cx: &Cx,
    slug: Option<&str>,
    input: &NewContribution,
    lineage: &Lineage,
) -> Result<(ContributionId, Batch)> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let body = input.words.check("words", &mut problems);
    let title = input.title.check("title", &mut problems);
    let work = input.work.check("work", &mut problems);
    let community = match slug {
        Some(slug) => Some(communities::inside(cx, slug).await?),
        None => None,
    };
    let handles = input.named.check("named", &mut problems);
    let circle = input.circle.check("circle", &mut problems);
    let usual = || if handles.is_empty() && circle.is_empty() { rules::usual(community.as_ref().map(|c| c.openness)) } else { For::Named };
    let audience = input.audience.unwrap_or_else(usual);
    let mut named: Vec<PersonId> = lineage.named.iter().copied().filter(|p| *p != me).collect();
    if audience == For::Named && named.is_empty() {
        named = people(cx, &handles, &mut problems).await?;
        named.extend(in_circle(cx, &circle).await?);
        named.sort();
        named.dedup();
        if named.len() > 50 {
            return Err(Refusal::TooManyNamed.into());
        }
    } else if audience != For::Named && !(handles.is_empty() && circle.is_empty()) {
        problems.add("named", "People are named for a private conversation only: its audience is named.");
    }
    let picked = kinds::picked(cx, community.as_ref().map(|c| c.id), input.kind, None, &mut problems).await?;
    let asks = picked.as_ref().is_some_and(|k| k.asks);
    problems.done()?;
    let standing = match &community {
        Some(c) => Some(members::standing(cx, c.id).await?),
        None => None,
    };
    let place = community.as_ref().zip(standing.as_ref()).map(|(c, s)| (c.stage, c.openness, s));
    rules::may_begin(place, audience, named.len())?;
    if input.fades.is_some() {
        rules::may_fade(audience)?;
    }
    if audience == For::Named {
        holding::look_at_private(cx, &named).await?;
    }
    let held = match (&community, &standing) {
        (Some(c), Some(s)) => holding::look(cx, c.id, s, audience, &format!("{title}\n{body}")).await?,
        _ => None,
    };
    let id: ContributionId = cx.make_id();
    let mut batch = Batch::new();
    if let Some(c) = &community {
        batch.holds(audience::HOLDS, vals![me, kernel::Audience::Members(c.id)]);
        batch.holds("select 1 from community where id = ?1 and openness = ?2 and stage = ?3", vals![c.id, c.openness, c.stage]);
    }
    kinds::still_picked(&mut batch, community.as_ref().map(|c| c.id), picked.as_ref());
    if let Some(from) = lineage.grew_from {
        batch.holds("select 1 from contribution c where c.id = ?1 and c.withdrawn_at is null and visible_to(c.root, ?2)", vals![from, me]);
    }
    let row = NewRow {
        id,
        root: id,
        parent: None,
        depth: 0,
        community: community.as_ref().map(|c| c.id),
        kind: picked.as_ref().map(|k| k.kind),
        asks,
        title: &title,
        body: &body,
        audience,
        quote: "",
        work: &work,
        lineage,
        fades: input.fades.map(Fades::lasts),
    };
    let mentioned = row.insert(&mut batch, cx, me).await?;
    attaching::attach_new(cx, &mut batch, &input.attached, id).await?;
    for person in named.iter().chain([&me]).filter(|_| audience == For::Named) {
        batch.run("insert into named (conversation, person) values (?1, ?2) on conflict do nothing", vals![id, *person]);
    }
    collecting::put_sources(&mut batch, cx, id, audience, &lineage.sources)?;
    drafts::drop_in(&mut batch, me, &input.draft.0);
    // What waits is told to nobody before it is let through.
    let verb = if held.is_some() { "held" } else { "contributed" };
    let toward = if held.is_some() { Vec::new() } else { named.into_iter().chain(mentioned).collect() };
    if let Some(held) = &held {
        holding::hold(&mut batch, cx, id, community.as_ref().map(|c| c.id), held);
    }
    let mut event = Event::new(cx, Actor::Person(me), verb, "contribution", id)
        .within(community.map(|c| c.id))
        .in_conversation(id)
        .toward(toward);
    event.asks = asks && held.is_none();
    event.audience = audience.word().into();
    batch.event(event);
    Ok((id, batch))
}

/// The people whom a line of handles names.
async fn people(cx: &Cx, line: &str, problems: &mut Problems) -> Result<Vec<PersonId>> {
    let handles = circles::handles_in(line);
    if handles.len() > 20 {
        problems.add("named", "At most twenty people can be named.");
        return Ok(Vec::new());
    }
    let found = person::store::by_handles(cx, &handles).await?;
    if let Some(missing) = handles.iter().find(|h| !found.iter().any(|p| p.handle == **h)) {
        problems.add("named", kernel::Say::new("Nobody here has the handle {handle}.").with("handle", missing));
    }
    let me = cx.me()?;
    Ok(found.into_iter().map(|p| p.id).filter(|p| *p != me).collect())
}

/// Who is in a circle now. Who is put into it later does not see what was said before.
async fn in_circle(cx: &Cx, circle: &str) -> Result<Vec<PersonId>> {
    if circle.is_empty() {
        return Ok(Vec::new());
    }
    let gone = || Error::invalid("circle", "This circle is not here any more.");
    let id = circle.parse().map_err(|_| gone())?;
    circles::one(cx, id).await.map_err(|_| gone())?;
    let people = circles::people(cx, id).await?;
    if people.is_empty() { Err(Refusal::EmptyCircle.into()) } else { Ok(people.into_iter().map(|p| p.id).collect()) }
}

struct NewRow<'a> {
    id: ContributionId,
    root: ContributionId,
    parent: Option<ContributionId>,
    depth: i64,
    community: Option<CommunityId>,
    kind: Option<Kind>,
    asks: bool,
    title: &'a str,
    body: &'a str,
    audience: For,
    quote: &'a str,
    work: &'a str,
    lineage: &'a Lineage,
    /// How long after now it fades.
    fades: Option<i64>,
}

impl NewRow<'_> {
    /// Renders, writes the row and its mentions. Answers whom it mentions.
    async fn insert(&self, batch: &mut Batch, cx: &Cx, me: PersonId) -> Result<Vec<PersonId>> {
        let mentioned = person::store::by_handles(cx, &words::mentions(self.body)).await?;
        let known: Vec<String> = mentioned.iter().map(|p| p.handle.clone()).collect();
        let html = words::render(self.body, &known);
        let (trail, trail_title) = self.lineage.trail.clone().unzip();
        let now = cx.now(); // one moment, so that what fades says for how long
        batch.run(
            INSERT,
            vals![self.id, self.root, self.parent, self.depth, self.community, me, false, self.kind.as_ref().map_or("", Kind::word),
                self.title, self.body, html.as_str(), words::VERSION, self.audience, self.asks,
                self.quote, self.work, trail, trail_title.unwrap_or_default(), self.lineage.grew_from, "", 1, now,
                self.fades.map(|lasts| now.plus(lasts))],
        );
        let ids: Vec<PersonId> = mentioned.iter().map(|p| p.id).collect();
        put_mentions(batch, self.id, &ids);
        Ok(ids.into_iter().filter(|p| *p != me).collect())
    }
}

pub(crate) const INSERT: &str = "insert into contribution (id, root, parent, depth, community, author, voice, kind, title,
        words, html, render_version, audience, asks, quote, work, trail, trail_title, grew_from, link, version, at, fades_at)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)";

pub(crate) fn put_mentions(batch: &mut Batch, id: ContributionId, persons: &[PersonId]) {
    for person in persons {
        batch.run("insert into mention (contribution, person) values (?1, ?2) on conflict do nothing", vals![id, *person]);
    }
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReply {
    /// Markdown.
    pub words: Body,
    /// The passage that is answered, as it was said.
    #[serde(default)]
    pub quote: Words<0, 1000>,
    #[serde(default)]
    pub draft: Line<0, 80>,
    /// One's own attachments, to stand with the words.
    #[serde(default)]
    pub attached: Attaching,
}

/// Deeper than this, a reply stands beside what it answers.
const DEEPEST: i64 = 12;

/// Answers a contribution: the opening of a conversation, or a reply in it.
pub async fn reply(cx: &Cx, to: ContributionId, input: &NewReply) -> Result<ContributionId> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let body = input.words.check("words", &mut problems);
    let quote = input.quote.check("quote", &mut problems);
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let parent = store::one(cx, to).await?.ok_or(Error::NotFound)?;
        rules::may_answer_to(parent.parent.is_none(), parent.withdrawn, parent.faded)?;
        rules::may_answer_it(&parent.care)?;
        if !was_said(&quote, &parent.words) {
            return Err(Error::invalid("quote", "This passage is not in what you answer. Please quote it as it was said."));
        }
        let standing = may_speak(cx, &parent).await?;
        let held = match (&parent.place, &standing) {
            (Some(place), Some(standing)) => holding::look(cx, place.id, standing, parent.audience, &body).await?,
            _ => {
                private_between_two_is_open(cx, &parent).await?;
                None
            }
        };
        let id: ContributionId = cx.make_id();
        let mut batch = Batch::new();
        guard_answer(&mut batch, cx, me, &parent);
        batch.holds("select 1 from contribution where id = ?1 and closed = ''", vals![parent.root]);
        let row = NewRow {
            id,
            root: parent.root,
            parent: Some(parent.id),
            depth: (parent.depth + 1).min(DEEPEST),
            community: parent.place.as_ref().map(|p| p.id),
            kind: None,
            asks: false,
            title: "",
            body: &body,
            audience: parent.audience,
            quote: &quote,
            work: "",
            lineage: &Lineage::default(),
            fades: parent.fades_at.map(|at| at.0 - parent.at.0),
        };
        let mentioned = row.insert(&mut batch, cx, me).await?;
        attaching::attach_new(cx, &mut batch, &input.attached, id).await?;
        drafts::drop_in(&mut batch, me, &input.draft.0);
        let verb = if held.is_some() { "held" } else { "replied" };
        let toward = if held.is_some() { Vec::new() } else { parent.author.person().filter(|p| *p != me).into_iter().chain(mentioned).collect() };
        if let Some(held) = &held {
            holding::hold(&mut batch, cx, id, parent.place.as_ref().map(|p| p.id), held);
        }
        let mut event = Event::new(cx, Actor::Person(me), verb, "contribution", id)
            .within(parent.place.as_ref().map(|p| p.id))
            .in_conversation(parent.root)
            .toward(toward);
        event.audience = parent.audience.word().into();
        batch.event(event);
        cx.write(batch, id).await
    })
    .await
}

/// Whether a passage stands in a text, however the page broke its lines and marks.
fn was_said(quote: &str, text: &str) -> bool {
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    bare(&words::plain(text, usize::MAX / 8)).contains(&bare(quote))
}

/// The standing that answering and changing need.
pub(crate) async fn may_speak(cx: &Cx, said: &Said) -> Result<Option<Standing>> {
    let Some(place) = &said.place else { return Ok(None) };
    let standing = members::standing(cx, place.id).await?;
    rules::may_answer(Some((place.stage, place.openness, &standing)))?;
    Ok(Some(standing))
}

/// Of two who talk privately, the one who blocked the other does not answer: neither hears the other any more.
async fn private_between_two_is_open(cx: &Cx, said: &Said) -> Result<()> {
    let sql = "select 1 from named n where n.conversation = ?1 and n.person <> ?2 and not unblocked_by(n.person, ?2)
        and (select count(*) from named o where o.conversation = ?1) = 2";
    match cx.db().one(sql, vals![said.root, cx.me()?]).await? {
        Some(_) => Err(Refusal::YouBlocked.into()),
        None => Ok(()),
    }
}

/// The rights that must still hold at commit. State, never a version: writers in one group must not starve each other.
pub(crate) fn guard_answer(batch: &mut Batch, cx: &Cx, me: PersonId, parent: &Said) {
    batch.holds(audience::SEES, vals![parent.root, me]);
    batch.holds(
        "select 1 from contribution where id = ?1 and (withdrawn_at is null or (parent is null and fades_at <= ?2))",
        vals![parent.id, cx.now()],
    );
    guard_speaking(batch, me, parent);
}

/// Not suspended, and the community still lets them speak.
pub(crate) fn guard_speaking(batch: &mut Batch, me: PersonId, said: &Said) {
    if let Some(place) = &said.place {
        batch.lacks(members::SUSPENDED, vals![place.id, me]);
        batch.holds(
            "select 1 from community c where c.id = ?1 and c.stage <> 'ended' and (c.openness = 'open'
                or exists (select 1 from grants g where g.person = ?2 and g.audience = c.id))",
            vals![place.id, me],
        );
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    pub words: Body,
    #[serde(default)]
    pub title: Title,
    /// A built-in word, or one of the community's own: as it is kept or as it is said. Empty takes it off; left out, it stays.
    #[serde(default, deserialize_with = "kinds::as_said_if_at_all")]
    pub kind: Option<Option<Kind>>,
    /// The version that was read; the edit is refused when another came between.
    #[serde(default)]
    pub version: Line<0, 19>,
}

/// Changes one's own words; what was before stays visible.
pub async fn edit(cx: &Cx, id: ContributionId, input: &Edit) -> Result<Said> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let body = input.words.check("words", &mut problems);
    let title = input.title.check("title", &mut problems);
    problems.done()?;
    if cx.done_before::<ContributionId>().await?.is_some() {
        return store::one(cx, id).await?.ok_or(Error::NotFound);
    }
    decide(|| async {
        let now = own(cx, id).await?;
        may_speak(cx, &now).await?;
        if !input.version.0.is_empty() && input.version.0 != now.version.to_string() {
            return Err(Refusal::AlreadyChanged.into());
        }
        let kind = if now.parent.is_none() { input.kind.unwrap_or(now.kind) } else { None };
        let mut problems = Problems::default();
        let picked = kinds::picked(cx, now.place.as_ref().map(|p| p.id), kind, now.kind, &mut problems).await?;
        problems.done()?;
        // What keeps its kind keeps what it asked when it was said.
        let kind = picked.as_ref().map(|k| k.kind);
        let asks = if kind == now.kind { now.asks } else { picked.as_ref().is_some_and(|k| k.asks) };
        let mentioned = person::store::by_handles(cx, &words::mentions(&body)).await?;
        let known: Vec<String> = mentioned.iter().map(|p| p.handle.clone()).collect();
        let html = words::render(&body, &known);
        let mut batch = Batch::new();
        guard_speaking(&mut batch, me, &now);
        kinds::still_picked(&mut batch, now.place.as_ref().map(|p| p.id), picked.as_ref());
        batch.run(
            "insert into contribution_revision (contribution, version, title, words, html, at)
             select id, version, title, words, html, coalesce(edited_at, at) from contribution where id = ?1",
            vals![id],
        );
        batch.exactly(
            1,
            "update contribution set words = ?2, html = ?3, title = ?4, kind = ?5, asks = ?6, render_version = ?7, edited_at = ?8,
                version = version + 1 where id = ?1 and author = ?9 and not voice and version = ?10 and withdrawn_at is null",
            vals![id, &body, html.as_str(), &title, kind.as_ref().map_or("", Kind::word), asks, words::VERSION,
                cx.now(), me, now.version],
        );
        // Mentions that were edited away stay in the history, and so in the table.
        let ids: Vec<PersonId> = mentioned.iter().map(|p| p.id).collect();
        put_mentions(&mut batch, id, &ids);
        batch.event(told(cx, me, "edited", &now).toward(ids.into_iter().filter(|p| *p != me)));
        cx.write(batch, id).await?;
        Ok(now)
    })
    .await
}

/// One's own, visible and not withdrawn.
pub(crate) async fn own(cx: &Cx, id: ContributionId) -> Result<Said> {
    let said = store::one(cx, id).await?.ok_or(Error::NotFound)?;
    rules::may_change(said.author.is(cx.viewer.person()), said.withdrawn, said.faded)?;
    Ok(said)
}

pub(crate) fn told(cx: &Cx, me: PersonId, verb: &'static str, about: &Said) -> Event {
    let mut event = Event::new(cx, Actor::Person(me), verb, "contribution", about.id)
        .within(about.place.as_ref().map(|p| p.id))
        .in_conversation(about.root);
    event.audience = about.audience.word().into();
    event
}

/// Takes one's words back, also those of a voice that one claimed. An empty place stays; only the author can bring it back.
pub async fn withdraw(cx: &Cx, id: ContributionId) -> Result<Said> {
    let me = cx.me()?;
    let said = store::one(cx, id).await?.ok_or(Error::NotFound)?;
    let mine = said.author.is(Some(me)) || said.author.was(Some(me));
    if mine && said.withdrawn {
        return Ok(said); // said twice
    }
    rules::may_change(mine, said.withdrawn, said.faded)?;
    set_withdrawn(cx, me, &said, Val::from(cx.now()), "withdrawn").await
}

pub async fn bring_back(cx: &Cx, id: ContributionId) -> Result<Said> {
    let me = cx.me()?;
    let said = store::one(cx, id).await?.ok_or(Error::NotFound)?;
    rules::may_change(said.author.is(Some(me)) || said.author.was(Some(me)), false, said.faded)?;
    if !said.withdrawn {
        return Ok(said);
    }
    may_speak(cx, &said).await?;
    set_withdrawn(cx, me, &said, Val::Null, "brought_back").await
}

async fn set_withdrawn(cx: &Cx, me: PersonId, said: &Said, at: Val, verb: &'static str) -> Result<Said> {
    let mut batch = Batch::new();
    if at == Val::Null {
        guard_speaking(&mut batch, me, said);
        batch.holds("select 1 from contribution where id = ?1 and (fades_at is null or fades_at > ?2)", vals![said.id, cx.now()]);
    }
    batch.exactly(
        1,
        "update contribution set withdrawn_at = ?2 where id = ?1 and ((author = ?3 and not voice)
             or (voice and author in (select v.id from voice v where v.person = ?3)))",
        vec![said.id.into(), at, me.into()],
    );
    batch.event(told(cx, me, verb, said));
    cx.write(batch, said.id).await?;
    Ok(said.clone())
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reaching {
    pub audience: For,
}

/// Widens or narrows whom a conversation is for.
pub async fn reach(cx: &Cx, id: ContributionId, input: &Reaching) -> Result<Said> {
    let me = cx.me()?;
    decide(|| async {
        let now = own(cx, id).await?;
        if now.parent.is_some() {
            return Err(Error::refused("A reply is for the same people as its conversation."));
        }
        let answered = store::answered_by_others(cx, id).await?;
        let standing = match &now.place {
            Some(place) => Some(members::standing(cx, place.id).await?),
            None => None,
        };
        let place = now.place.as_ref().zip(standing.as_ref()).map(|(p, s)| (p.stage, p.openness, s));
        rules::may_reach(now.audience, input.audience, answered, place)?;
        let mut batch = Batch::new();
        if input.audience != For::Me {
            collecting::may_go_further(cx, id).await?;
            batch.lacks(collecting::LOOKS_AT_PRIVATE, vals![id]);
        }
        batch.lacks("select 1 from contribution where root = ?1 and parent is not null and (author <> ?2 or voice)", vals![id, me]);
        if let (Some(place), true) = (&now.place, input.audience > now.audience) {
            batch.holds(audience::HOLDS, vals![me, kernel::Audience::Members(place.id)]);
        }
        batch.exactly(
            1,
            "update contribution set audience = ?2 where id = ?1 and author = ?3 and not voice and audience = ?4",
            vals![id, input.audience, me, now.audience],
        );
        batch.run("update contribution set audience = ?2 where root = ?1 and parent is not null", vals![id, input.audience]);
        let mut event = told(cx, me, "audience_changed", &now);
        event.audience = input.audience.word().into();
        batch.event(event);
        cx.write(batch, id).await?;
        Ok(now)
    })
    .await
}
