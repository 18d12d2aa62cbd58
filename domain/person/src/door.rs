//! Who comes in with a session or a token: what the shell asks before each request.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::{Batch, House, Id, Result, Timestamp, vals};
use shell::{Door, Future, Guest};

use crate::store;

pub const DOOR: Door = Door { by_session, by_token, still };

fn by_session(house: Arc<House>, secret: String) -> Future<Option<Guest>> {
    Box::pin(async move {
        let Some((guest, seen_at)) = store::guest_by_session(&house, &secret).await? else { return Ok(None) };
        if house.clock.now() > seen_at.plus(kernel::clock::HOUR) {
            seen(house, guest.key).await?;
        }
        Ok(Some(guest))
    })
}

/// Written at most once an hour: pages are not read by writing.
async fn seen(house: Arc<House>, session: Id) -> Result<()> {
    let now: Timestamp = house.clock.now();
    let mut batch = Batch::new();
    batch.run("update session set seen_at = ?2 where id = ?1 and ended_at is null", vals![session, now]);
    match house.db.write(batch).await {
        // Reading goes on when nothing can be written, or when another request was quicker.
        Err(kernel::Error::Unavailable(_) | kernel::Error::Conflict) => Ok(()),
        other => other,
    }
}

fn by_token(house: Arc<House>, secret: String) -> Future<Option<Guest>> {
    Box::pin(async move { store::guest_by_token(&house, &secret).await })
}

fn still(house: Arc<House>, keys: Vec<Id>) -> Future<HashSet<Id>> {
    Box::pin(async move { store::open_among(&house, &keys).await })
}
