//! `tacit journal verify`: rebuilds what is derived from the journal beside the live tables, and compares.

use std::sync::Arc;

use anyhow::Result;
use kernel::db::Drift;
use kernel::journal::{self, SystemReader};
use kernel::{House, Viewer};

use crate::house::projections;

/// What was found: how many events were read, and each derived table.
pub struct Found {
    pub events: i64,
    pub tables: Vec<Drift>,
}

impl Found {
    pub fn is_good(&self) -> bool {
        self.tables.iter().all(|t| t.missing == 0 && t.extra == 0)
    }
}

pub async fn verify(house: &Arc<House>, progress: impl Fn(i64)) -> Result<Found> {
    let mut tables: Vec<&'static str> = crate::slices().into_iter().flat_map(|s| s.derived).collect();
    tables.dedup();
    let projections = projections();
    let Some(reader) = SystemReader::of(Viewer::System) else { return Ok(Found { events: 0, tables: Vec::new() }) };
    let aside = house.db.aside().await?;
    aside.begin().await?;
    for table in &tables {
        aside.shadow(table).await?;
    }
    // After the snapshot: what it holds has to be readable. What came later finds nothing there to project.
    house.db.stamp().await?;
    let (mut position, mut events) = (0, 0);
    loop {
        let read = journal::read(&house.db, reader, position, 1000).await?;
        let Some(last) = read.last().and_then(|e| e.position) else { break };
        position = last;
        events += read.len() as i64;
        aside.run(read.iter().flat_map(|event| projections.iter().flat_map(|p| p(event))).collect()).await?;
        progress(events);
    }
    let mut found = Found { events, tables: Vec::new() };
    for table in tables {
        found.tables.push(aside.compare(table).await?);
    }
    Ok(found)
}
