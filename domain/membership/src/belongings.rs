//! What membership keeps of a person: spells, invitations, knocks, hats. Leaving the instance ends what is live; words
//! given at doors and reasons for joining go in either case.

use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, PersonId, Say, Timestamp, vals};
use serde_json::{Value, json};
use shell::{Belongings, Future};

use crate::{InvitationId, acts, hats, store};

pub const BELONGINGS: Belongings = Belongings { slice: "membership", list, export, keep: end_all, erase: end_all };

fn list(cx: Cx, person: PersonId) -> Future<Vec<Say>> {
    Box::pin(async move {
        let sql = "select (select count(*) from membership where person = ?1 and ended_at is null),
            (select count(*) from hat where person = ?1 and accepted_at is not null and ended_at is null)";
        let mut row = cx.db().one(sql, vals![person]).await?.ok_or(Error::NotFound)?;
        let (spells, hats): (i64, i64) = (row.take()?, row.take()?);
        Ok(vec![
            Say::new("Communities that you belong to: {n}. You leave all of them.").with("n", spells),
            Say::new("Hats that you wear: {n}. They are laid down; where you are the last steward, the community is told.").with("n", hats),
            "What you told whoever wears your hats next, and words about roles that you named or were named for. They are removed.".into(),
            "Why you joined, what you said at doors, and invitations from and to you. They are removed.".into(),
        ])
    })
}

fn export(cx: Cx, person: PersonId) -> Future<Value> {
    Box::pin(async move {
        let spells = store::spells(&cx.as_person(person)).await?;
        let spells: Vec<Value> = spells
            .into_iter()
            .map(|s| json!({"community": s.slug, "name": s.community, "joined": s.began_at, "left": s.ended_at, "why": s.why, "wanted": s.wanted}))
            .collect();
        let mut hats = Vec::new();
        let sql = "select c.slug, h.name, h.way, h.note, h.told, h.offered_at, h.accepted_at, h.until, h.ended_at
            from hat h join community c on c.id = h.community where h.person = ?1 order by h.id limit 1000";
        for mut r in cx.db().query(sql, vals![person]).await? {
            let (place, hat, way): (String, String, String) = (r.take()?, r.take()?, r.take()?);
            let (note, told): (String, String) = (r.take()?, r.take()?);
            let (offered, accepted): (Timestamp, Option<Timestamp>) = (r.take()?, r.take()?);
            let (term, ended): (Option<Timestamp>, Option<Timestamp>) = (r.take()?, r.take()?);
            hats.push(json!({"community": place, "hat": hat, "way": way, "words_to_me": note, "told_the_next": told,
                "offered": offered, "accepted": accepted, "term_until": term, "until": ended}));
        }
        let mut named = Vec::new();
        let sql = "select c.slug, h.name, h.note, h.offered_at from hat h join community c on c.id = h.community
            where h.offered_by = ?1 and h.way = 'named' and h.note <> '' order by h.id limit 1000";
        for mut r in cx.db().query(sql, vals![person]).await? {
            let (place, hat, words, at): (String, String, String, Timestamp) = (r.take()?, r.take()?, r.take()?, r.take()?);
            named.push(json!({"community": place, "role": hat, "words": words, "at": at}));
        }
        let mut doors = Vec::new();
        let sql = "select c.slug, k.words, k.at from knock k join community c on c.id = k.community where k.person = ?1 order by k.id limit 1000";
        for mut r in cx.db().query(sql, vals![person]).await? {
            let (place, words, at): (String, String, Timestamp) = (r.take()?, r.take()?, r.take()?);
            doors.push(json!({"community": place, "words": words, "at": at}));
        }
        Ok(json!({"memberships": spells, "hats": hats, "roles_named": named, "knocks": doors}))
    })
}

fn end_all(cx: Cx, person: PersonId) -> Future<Batch> {
    Box::pin(async move {
        let mut batch = Batch::new();
        let heirs = hats::handover::heirs(&cx, person, None).await?;
        let live = cx.db().query("select community, id from membership where person = ?1 and ended_at is null", vals![person]).await?;
        for mut row in live {
            acts::end(&mut batch, &cx, person, row.take()?, row.take()?, &heirs);
        }
        // Those who were invited see the door no longer; their Reach follows from an event that names them.
        let sent = "select id, community, invitee from invitation where inviter = ?1 and invitee is not null and ended_at is null";
        for mut row in cx.db().query(sent, vals![person]).await? {
            let (id, community, invitee): (InvitationId, CommunityId, PersonId) = (row.take()?, row.take()?, row.take()?);
            let event = Event::new(&cx, Actor::Person(person), "invitation_ended", "invitation", id);
            batch.event(event.within(Some(community)).toward([invitee]));
        }
        batch.run("update membership set why = '', wanted = '' where person = ?1", vals![person]);
        batch.run("delete from invitation where invitee = ?1", vals![person]);
        batch.run(
            "update one_time_link set uses = 0 where secret in (select secret from invitation where inviter = ?1)",
            vals![person],
        );
        batch.run("delete from link_use where person = ?1", vals![person]);
        batch.run("update invitation set note = '', ended_at = coalesce(ended_at, ?2) where inviter = ?1", vals![person, cx.now()]);
        batch.run("delete from knock where person = ?1", vals![person]);
        // Words of theirs about others, words of others about them, and what they told their successors.
        batch.run("update hat set note = '' where person = ?1 or offered_by = ?1", vals![person]);
        batch.run("update hat set told = '' where person = ?1", vals![person]);
        batch.run("update hat set ended_at = coalesce(ended_at, ?2) where person = ?1", vals![person, cx.now()]);
        batch.run(
            "update hat set ended_at = ?2 where offered_by = ?1 and accepted_at is null and ended_at is null",
            vals![person, cx.now()],
        );
        // Who was in a closed community may come back through its door; who has left the instance does not.
        batch.run("delete from reach where audience = ?1 and thing < 0", vals![person]);
        Ok(batch)
    })
}
