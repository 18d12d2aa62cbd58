//! Opening the house: the database with all slices' schema, and a leased node number for ids.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use kernel::db::{Migration, Place, Project, kernel_migrations};
use kernel::{Blobs, Clock, Db, House, IdMaker, Random};

use crate::config::Config;

pub const LEASE_SECONDS: i64 = 60;

pub fn migrations() -> Vec<Migration> {
    kernel_migrations().into_iter().chain(crate::slices().into_iter().flat_map(|s| s.migrations)).collect()
}

pub fn projections() -> Vec<Project> {
    crate::slices().into_iter().flat_map(|s| s.projections).collect()
}

/// The house and the name under which its node number is leased.
pub struct Opened {
    pub house: Arc<House>,
    pub holder: String,
}

pub async fn open(config: &Config, what: &str) -> Result<Opened> {
    config.make_data_folder()?;
    open_place(&config.place()?, what, config.blobs()).await
}

pub async fn open_place(place: &Place, what: &str, blobs: Blobs) -> Result<Opened> {
    let (clock, random) = (Clock::System, Random::System);
    let db = Db::open(place, &migrations(), &projections(), clock.now()).await?;
    let holder = format!("{what}:{}", kernel::random::hex(&random.bytes::<8>()?));
    let node = db.lease_node(&holder, clock.now(), LEASE_SECONDS).await?;
    let ids = IdMaker::new(clock.clone(), node);
    Ok(Opened { house: Arc::new(House { db, clock, ids, random, blobs }), holder })
}

impl Opened {
    /// Keeps the lease while a server runs; takes another number when it was lost.
    pub async fn keep_lease(house: Arc<House>, holder: String) {
        loop {
            tokio::time::sleep(Duration::from_secs(LEASE_SECONDS as u64 / 3)).await;
            let now = house.clock.now();
            match house.db.renew_node(&holder, now, LEASE_SECONDS).await {
                Ok(true) => {}
                Ok(false) => match house.db.lease_node(&holder, now, LEASE_SECONDS).await {
                    Ok(node) => house.ids.set_node(node),
                    Err(error) => tracing::error!(%error, "no node number can be leased"),
                },
                Err(error) => tracing::warn!(%error, "the node number could not be renewed"),
            }
        }
    }

    pub async fn close(&self) {
        let mut batch = kernel::Batch::new();
        batch.run("delete from node_lease where holder = ?1", kernel::vals![self.holder.as_str()]);
        let _ = self.house.db.write(batch).await;
        self.house.db.close().await;
    }
}
