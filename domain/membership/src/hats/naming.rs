//! Naming: a member says what somebody already does. That person alone is asked, and nothing is shown before they accept.

use community::store as communities;
use kernel::{Actor, Audience, Batch, Cx, Error, Event, Line, Problems, Result, clock, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use crate::{Hat, HatId, STEWARD, rules, store};

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Naming {
    /// A member's handle.
    pub handle: Line<1, 64>,
    /// welcomer, gardener, connector, storyteller, or a name of the community's own.
    #[serde(default)]
    pub hat: Line<0, 40>,
    /// A name of the community's own; it goes before `hat`.
    #[serde(default)]
    pub other: Line<0, 40>,
    /// What they do already. Only the person named reads it.
    #[serde(default)]
    pub note: Line<0, 300>,
}

/// Whoever let a naming pass is left alone for so long: by the same member, and about the same hat.
const REST: i64 = 30 * clock::DAY;

/// A hat's name as it is kept: one of the known words, or as the community writes it. Nothing else may look like the
/// steward's hat.
pub(crate) fn hat_name(picked: &Line<0, 40>, other: &Line<0, 40>, problems: &mut Problems) -> String {
    let typed = if other.0.trim().is_empty() { picked.check("hat", problems) } else { other.check("other", problems) };
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let folded = name.to_lowercase();
    match folded.parse::<Hat>() {
        Ok(hat) => hat.word().to_owned(),
        Err(()) if looks_like_a_steward(&name) => {
            problems.add("other", "This would look like the steward's hat. Please choose another name.");
            name
        }
        Err(()) => name,
    }
}

/// Letters of other scripts, wide ones and what stands between them do not make another word of it for the eye (Unicode
/// Technical Standard #39, skeletons of confusable strings).
fn looks_like_a_steward(name: &str) -> bool {
    let bare = |text: &str| -> String {
        let letters = text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
        skeleton(&letters.collect::<String>()).filter(|c| c.is_alphanumeric()).collect()
    };
    bare(name).contains(&bare(STEWARD))
}

/// Names a role that somebody already plays. The same answer whoever is meant.
pub async fn name(cx: &Cx, slug: &str, input: &Naming) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let note = input.note.check("note", &mut problems);
    let hat = hat_name(&input.hat, &input.other, &mut problems);
    if hat.is_empty() {
        problems.add("hat", "Please say which role it is.");
    }
    problems.done()?;
    let handle = person::acts::handle_as_typed(&input.handle.0);
    decide(|| async {
        let c = communities::inside(cx, slug).await?;
        let nobody = || Error::invalid("handle", "Nobody here has this handle.");
        let person = person::store::by_handle(cx, &handle).await?.ok_or_else(nobody)?.id;
        rules::may_name(c.stage, &store::standing(cx, c.id).await?, &hat, person == me)?;
        let theirs = store::standing_of(cx, c.id, person).await?;
        // One open naming of a person for each hat and from each member; who let one pass is left alone for a while.
        let rests = "select 1 from hat where community = ?1 and person = ?2 and (
                (name = ?3 and ended_at is null)
                or (way = 'named' and accepted_at is null and (ended_at is null or ended_at > ?5) and (name = ?3 or offered_by = ?4)))";
        let since = cx.now().minus(REST);
        if !theirs.takes_part() || cx.db().one(rests, vals![c.id, person, &hat, me, since]).await?.is_some() {
            return Ok(());
        }
        let id: HatId = cx.make_id();
        let mut batch = Batch::new();
        for somebody in [me, person] {
            batch.holds(kernel::audience::HOLDS, vals![somebody, Audience::Members(c.id)]);
        }
        batch.holds(kernel::silence::UNBLOCKED, vals![me, person]);
        batch.lacks(rests, vals![c.id, person, &hat, me, since]);
        batch.run(
            "insert into hat (id, community, person, name, offered_by, offered_at, way, note) values (?1, ?2, ?3, ?4, ?5, ?6, 'named', ?7)",
            vals![id, c.id, person, &hat, me, cx.now(), &note],
        );
        batch.event(Event::new(cx, Actor::Person(me), "role_named", "hat", id).within(Some(c.id)).toward([person]));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hat_keeps_the_name_that_the_community_gave_and_no_other_looks_like_the_stewards() {
        let of = |picked: &str, other: &str| {
            let mut problems = Problems::default();
            let name = hat_name(&picked.into(), &other.into(), &mut problems);
            problems.done().ok().map(|()| name)
        };
        assert_eq!(of("welcomer", "").as_deref(), Some("welcomer"));
        assert_eq!(of("welcomer", " Keeper  of the coffee ").as_deref(), Some("Keeper of the coffee"));
        assert_eq!(of("", "Gardener").as_deref(), Some("gardener"));
        assert_eq!(of("", "STEWARD").as_deref(), Some("steward"));
        let lookalikes = ["Vice-Steward", "ѕteward", "ｓｔｅｗａｒｄ", "Stew\u{ad}ard", "S t e w a r d", "stéward"];
        assert!(lookalikes.iter().all(|name| of("", name).is_none()));
    }
}
