//! What waits for a steward before others see it: first words, where a community looks at them, and what looks like spam
//! from an account that is days old. Nothing is lost, its author reads why, and who has been heard here is never held.

use std::collections::BTreeSet;

use community::store as communities;
use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, PersonId, Result, Say, clock, vals};
use membership::rules::Standing;
use membership::waits;
use shell::words;

use crate::care::Why;
use crate::said::Said;
use crate::For;

/// Why something waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// The first words of somebody, in a community that looks at them first.
    First,
    Links,
    Mentions,
    Repeated,
    /// A steward looked at it and did not let it through.
    Declined(Why),
}

impl Held {
    pub(crate) fn of(column: &str) -> Option<Self> {
        match column.split_once('\n') {
            Some(("declined", why)) => Why::of(why).map(Self::Declined),
            Some(_) => None,
            None => match column {
                "" => None,
                "first" => Some(Self::First),
                "links" => Some(Self::Links),
                "mentions" => Some(Self::Mentions),
                _ => Some(Self::Repeated),
            },
        }
    }

    pub fn column(&self) -> String {
        match self {
            Self::First => "first".into(),
            Self::Links => "links".into(),
            Self::Mentions => "mentions".into(),
            Self::Repeated => "repeated".into(),
            Self::Declined(why) => format!("declined\n{}", why.column()),
        }
    }

    /// The word for the API.
    pub fn word(&self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Links => "links",
            Self::Mentions => "mentions",
            Self::Repeated => "repeated",
            Self::Declined(_) => "declined",
        }
    }

    /// What its author and those who look at it read.
    pub fn say(&self) -> Say {
        Say::new(match self {
            Self::First => "These are first words here, and this community has somebody read them first. It is only this once.",
            Self::Links => "This is almost only links and comes from a new account, so a steward looks at it first.",
            Self::Mentions => "This names many people at once and comes from a new account, so a steward looks at it first.",
            Self::Repeated => "The same words were said in several places by a new account, so a steward looks at them first.",
            Self::Declined(_) => "A steward read this and did not let it through.",
        })
    }
}

/// What is known of who speaks, at the moment they do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Speaker {
    /// How long they have their account, in microseconds.
    pub age: i64,
    /// Something of theirs stands in this community.
    pub heard_here: bool,
    /// What they said within the last day, anywhere.
    pub lately: Vec<String>,
}

/// An account is new for so long.
pub const NEW_FOR: i64 = 14 * clock::DAY;
/// So many links with fewer than so many words for each of them are no contribution.
const LINKS: usize = 3;
const WORDS_FOR_A_LINK: usize = 3;
/// More people at once are named by nobody who begins here.
const MENTIONS: usize = 8;
/// Words of at least so many letters, said for so manieth time within a day.
const LONG: usize = 50;
const TIMES: usize = 3;

/// Whether something waits, and why. `review`: the community looks at first words.
pub fn holds(text: &str, review: bool, s: &Speaker) -> Option<Held> {
    if s.age < NEW_FOR {
        if is_almost_only_links(text) {
            return Some(Held::Links);
        }
        if words::mentions(text).len() > MENTIONS {
            return Some(Held::Mentions);
        }
        let same = bare(text);
        if same.chars().count() >= LONG && s.lately.iter().filter(|t| bare(t) == same).count() + 1 >= TIMES {
            return Some(Held::Repeated);
        }
    }
    (review && !s.heard_here).then_some(Held::First)
}

fn is_almost_only_links(text: &str) -> bool {
    let pieces = || text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | '"' | '|'));
    let is_link = |piece: &str| piece.starts_with("http://") || piece.starts_with("https://") || piece.starts_with("www.");
    let links: BTreeSet<&str> = pieces().filter(|p| is_link(p)).collect();
    let said = pieces().filter(|p| !is_link(p) && p.chars().any(char::is_alphanumeric)).count();
    links.len() >= LINKS && said < links.len() * WORDS_FOR_A_LINK
}

/// Letters and digits alone, small.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A new account begins so many private conversations with people it shares no community with in a day.
pub const PRIVATE_A_DAY: i64 = 5;

pub fn may_address_strangers(age: i64, begun_today: i64, strangers: bool) -> Result<(), Say> {
    if strangers && age < NEW_FOR && begun_today >= PRIVATE_A_DAY {
        return Err(Say::new("Today you began several private conversations with people you share no community with. Please write to more of them tomorrow; your words are kept as a draft."));
    }
    Ok(())
}

/// What a batch has to say about words that are about to be said in a community. One query; a second for a new account.
pub(crate) async fn look(cx: &Cx, community: CommunityId, standing: &Standing, audience: For, text: &str) -> Result<Option<Held>> {
    if standing.steward || audience == For::Me {
        return Ok(None);
    }
    let me = cx.me()?;
    let sql = "select p.created_at, exists (select 1 from first_words where community = ?2),
            exists (select 1 from contribution where community = ?2 and author = ?1 and not voice and held = '' and audience in ('open', 'community'))
        from person p where p.id = ?1";
    let mut row = cx.db().one(sql, vals![me, community]).await?.ok_or(Error::NotFound)?;
    let (since, review, heard_here): (kernel::Timestamp, bool, bool) = (row.take()?, row.take()?, row.take()?);
    let age = cx.now().0 - since.0;
    let lately = if age < NEW_FOR { lately(cx, me).await? } else { Vec::new() };
    Ok(holds(text, review, &Speaker { age, heard_here, lately }))
}

async fn lately(cx: &Cx, me: PersonId) -> Result<Vec<String>> {
    let sql = "select words from contribution where author = ?1 and not voice and at > ?2 order by at desc, id desc limit 50";
    let rows = cx.db().query(sql, vals![me, cx.now().minus(clock::DAY)]).await?;
    rows.into_iter().map(|mut r| r.take()).collect()
}

/// Asks before a private conversation begins.
pub(crate) async fn look_at_private(cx: &Cx, named: &[PersonId]) -> Result<()> {
    let me = cx.me()?;
    let sql = "select p.created_at, (
            select count(*) from contribution c where c.author = ?1 and not c.voice and c.audience = 'named' and c.parent is null and c.at > ?2
              and exists (select 1 from named n where n.conversation = c.id and n.person <> ?1 and not exists (
                  select 1 from grants a join grants b on b.audience = a.audience
                  where a.person = ?1 and b.person = n.person and a.audience > 1))),
            (select count(*) from person o where in_ids(o.id, ?3) and not exists (
                  select 1 from grants a join grants b on b.audience = a.audience
                  where a.person = ?1 and b.person = o.id and a.audience > 1))
        from person p where p.id = ?1";
    let ids: Vec<i64> = named.iter().map(|p| p.0).collect();
    let params = vals![me, cx.now().minus(clock::DAY), kernel::Val::list(&ids)];
    let mut row = cx.db().one(sql, params).await?.ok_or(Error::NotFound)?;
    let (since, today, strangers): (kernel::Timestamp, i64, i64) = (row.take()?, row.take()?, row.take()?);
    may_address_strangers(cx.now().0 - since.0, today, strangers > 0).map_err(Error::Refused)
}

/// Marks what was just inserted. Nobody is told of it before it is let through.
pub(crate) fn hold(batch: &mut Batch, cx: &Cx, id: crate::ContributionId, community: Option<CommunityId>, held: &Held) {
    if let Some(c) = community {
        waits::wait(batch, "words", id, waits::For::Stewards(c), Some(c), [cx.viewer.person(), None], cx.now());
    }
    batch.run("update contribution set held = ?2 where id = ?1", vals![id, held.column()]);
}

/// Lets it through: from now on it is said, and those whom it addresses are told.
pub fn let_through(batch: &mut Batch, cx: &Cx, said: &Said, told: Vec<PersonId>) -> Result<()> {
    let author = said.author.person().ok_or(Error::NotFound)?;
    batch.exactly(
        1,
        "update contribution set held = '', at = ?2 where id = ?1 and held <> ''",
        vals![said.id, cx.now()],
    );
    let verb = if said.parent.is_none() { "contributed" } else { "replied" };
    let mut event = Event::new(cx, Actor::Person(author), verb, "contribution", said.id)
        .within(said.place.as_ref().map(|p| p.id))
        .in_conversation(said.root)
        .toward(told.into_iter().filter(|p| *p != author));
    event.asks = said.asks;
    event.audience = said.audience.word().into();
    batch.event(event);
    Ok(())
}

/// Keeps it from others for good, with the reason for its author. They may appeal.
pub fn decline(batch: &mut Batch, id: crate::ContributionId, why: &Why) {
    let held = Held::Declined(why.clone());
    batch.exactly(1, "update contribution set held = ?2 where id = ?1 and held <> ''", vals![id, held.column()]);
}

/// What waits in a community, the oldest first, for whoever the caller's rule lets look at it.
pub async fn waiting(cx: &Cx, community: CommunityId) -> Result<Vec<Said>> {
    crate::store::held(cx, community).await
}

/// Whom a held thing will address: the author of what it answers, and those it mentions.
pub async fn addressed(cx: &Cx, said: &Said) -> Result<Vec<PersonId>> {
    let sql = "select m.person from mention m where m.contribution = ?1
        union select c.author from contribution c where c.id = ?2 and not c.voice limit 100";
    let rows = cx.db().query(sql, vals![said.id, said.parent]).await?;
    rows.into_iter().map(|mut r| r.take()).collect()
}

/// Whether a community looks at first words.
pub async fn looks_at_first_words(cx: &Cx, slug: &str) -> Result<bool> {
    let c = communities::inside(cx, slug).await?;
    Ok(cx.db().one("select 1 from first_words where community = ?1", vals![c.id]).await?.is_some())
}

/// Turns looking at first words on or off, for the slice of stewards' acts.
pub fn look_at_first_words(batch: &mut Batch, cx: &Cx, me: PersonId, community: CommunityId, on: bool) {
    if on {
        batch.run(
            "insert into first_words (community, by_person, at) values (?1, ?2, ?3) on conflict do nothing",
            vals![community, me, cx.now()],
        );
    } else {
        batch.run("delete from first_words where community = ?1", vals![community]);
    }
    let verb = if on { "first_words_looked_at" } else { "first_words_not_looked_at" };
    batch.event(Event::new(cx, Actor::Person(me), verb, "care", community).within(Some(community)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_here() -> Speaker {
        Speaker { age: clock::HOUR, ..Speaker::default() }
    }

    const SPAM: [&str; 5] = [
        "best price https://a.example/x https://b.example/y https://c.example/z",
        "CLICK https://win.example/1\nhttps://win.example/2\nhttps://win.example/3 now",
        "[buy](https://p.example/1) [buy](https://p.example/2) [buy](https://p.example/3) [buy](https://p.example/4)",
        "www.cheap.example/a www.cheap.example/b www.cheap.example/c",
        "https://x.example https://y.example https://z.example",
    ];

    const HAM: [&str; 6] = [
        "I wrote it up here: https://notes.example/handover and the form we use is https://notes.example/form.",
        "We tried three things, each with its own page: https://a.example for the list, https://b.example for the round at the bed and https://c.example for the call an hour later. The last one helped most.",
        "@ada @bo @cy thank you",
        "Same here.",
        "https://example.org/incident",
        "Links on this: see [the manual](https://m.example/1), [the ticket](https://m.example/2).",
    ];

    #[test]
    fn what_is_almost_only_links_waits_where_the_account_is_new() {
        for spam in SPAM {
            assert_eq!(holds(spam, false, &new_here()), Some(Held::Links), "{spam}");
            assert_eq!(holds(spam, false, &Speaker { age: NEW_FOR, ..Speaker::default() }), None, "{spam}");
        }
    }

    #[test]
    fn honest_words_of_a_new_account_are_not_held() {
        for ham in HAM {
            assert_eq!(holds(ham, false, &new_here()), None, "{ham}");
        }
    }

    #[test]
    fn the_same_words_in_many_places_wait_and_short_ones_do_not() {
        let advert = "Our great course about handovers begins soon, write to me for the price!";
        let said = |n: usize, text: &str| Speaker { lately: vec![text.to_owned(); n], ..new_here() };
        assert_eq!(holds(advert, false, &said(1, advert)), None);
        assert_eq!(holds(advert, false, &said(2, "our GREAT course about handovers begins soon — write to me for the price")), Some(Held::Repeated));
        assert_eq!(holds("Thank you, that helped.", false, &said(9, "Thank you, that helped.")), None);
    }

    #[test]
    fn many_names_at_once_wait() {
        let many: String = (0..9).map(|n| format!("@person-{n} ")).collect();
        assert_eq!(holds(&many, false, &new_here()), Some(Held::Mentions));
    }

    #[test]
    fn first_words_wait_once_where_a_community_looks_at_them() {
        let old = Speaker { age: 90 * clock::DAY, ..Speaker::default() };
        assert_eq!(holds("Hello", true, &old), Some(Held::First));
        assert_eq!(holds("Hello", false, &old), None);
        assert_eq!(holds("Hello", true, &Speaker { heard_here: true, ..old }), None);
    }

    #[test]
    fn strangers_are_written_to_a_few_a_day_at_first() {
        assert!(may_address_strangers(clock::DAY, PRIVATE_A_DAY, true).is_err());
        assert!(may_address_strangers(clock::DAY, PRIVATE_A_DAY, false).is_ok());
        assert!(may_address_strangers(clock::DAY, PRIVATE_A_DAY - 1, true).is_ok());
        assert!(may_address_strangers(NEW_FOR, 50, true).is_ok());
    }

    #[test]
    fn why_something_waits_comes_back_from_its_column() {
        let why = Why { rule: "Be kind".into(), reason: "It names a patient".into() };
        for held in [Held::First, Held::Links, Held::Mentions, Held::Repeated, Held::Declined(why)] {
            assert_eq!(Held::of(&held.column()), Some(held));
        }
    }
}
