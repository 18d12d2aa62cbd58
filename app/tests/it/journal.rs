//! The journal: every event once, in order, none missed, with writers at once and a transaction open elsewhere; and a
//! rebuild gives what was there.

use std::collections::HashSet;

use kernel::db::Place;
use kernel::journal::{self, SystemReader};
use kernel::{Actor, Batch, Clock, Db, Event, House, IdMaker, Random, Viewer};
use testkit::{App, Engine, both};

use crate::world::World;

const WRITERS: usize = 8;
const EACH: usize = 40;

/// Several nodes on one database: each with its own pool or connection.
async fn node(place: &Place, number: i64) -> std::sync::Arc<House> {
    let migrations = tacit::house::migrations();
    let db = Db::open(place, &migrations, &tacit::house::projections(), Clock::System.now()).await.unwrap();
    let ids = IdMaker::new(Clock::System, number);
    std::sync::Arc::new(House { db, clock: Clock::System, ids, random: Random::System, blobs: kernel::Blobs::at("", 0) })
}

#[test]
fn a_reader_sees_every_event_once_and_in_order_while_many_write() {
    both(async |engine| {
        let app = App::new(engine, tacit::slices).await;
        let nodes = [node(&app.place, 1).await, node(&app.place, 2).await];
        let open = open_transaction(&app.place).await;
        let mut writers = Vec::new();
        for w in 0..WRITERS {
            let house = nodes[w % 2].clone();
            writers.push(tokio::spawn(async move {
                let cx = kernel::Cx::new(house.clone(), Viewer::System);
                let mut mine = Vec::new();
                for _ in 0..EACH {
                    let event = Event::new(&cx, Actor::Person(kernel::PersonId(w as i64 + 1)), "tested", "test", kernel::Id(1));
                    mine.push(event.id);
                    let mut batch = Batch::new();
                    batch.event(event);
                    house.db.write(batch).await.unwrap();
                }
                mine
            }));
        }
        // Two readers, one on each node, follow while the writers write.
        let readers: Vec<_> = nodes.iter().map(|house| tokio::spawn(read_all(house.clone()))).collect();
        let mut written = HashSet::new();
        for writer in writers {
            let mine = writer.await.unwrap();
            assert!(mine.is_sorted(), "one writer's events have growing ids");
            written.extend(mine);
        }
        for reader in readers {
            let read = tokio::time::timeout(std::time::Duration::from_secs(30), reader).await.expect("readers end").unwrap();
            let positions: Vec<_> = read.iter().map(|e| e.position.unwrap()).collect();
            assert_eq!(positions, (1..=positions.len() as i64).collect::<Vec<_>>(), "gapless and in order");
            let ids: HashSet<_> = read.iter().map(|e| e.id).collect();
            assert_eq!(ids, written);
            for w in 0..WRITERS {
                let own: Vec<_> = read.iter().filter(|e| e.actor == Actor::Person(kernel::PersonId(w as i64 + 1))).map(|e| e.id).collect();
                assert!(own.is_sorted(), "what one did later comes later");
            }
        }
        drop(open);
    });
}

async fn read_all(house: std::sync::Arc<House>) -> Vec<Event> {
    let reader = SystemReader::of(Viewer::System).unwrap();
    let (mut read, mut position) = (Vec::new(), 0);
    while read.len() < WRITERS * EACH {
        house.db.stamp().await.unwrap();
        let more = journal::read(&house.db, reader, position, 7).await.unwrap();
        position = more.last().and_then(|e| e.position).unwrap_or(position);
        read.extend(more);
        tokio::task::yield_now().await;
    }
    read
}

/// A transaction that has written and does not end: it must hold nobody up.
async fn open_transaction(place: &Place) -> Option<tokio_postgres::Client> {
    let Place::Postgres(url) = place else { return None };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("create table elsewhere (n bigint); begin; insert into elsewhere values (1)").await.unwrap();
    Some(client)
}

#[test]
fn rebuilding_what_is_derived_gives_what_was_there_and_finds_what_is_not() {
    both(async |engine| {
        let world = World::new(engine).await;
        let house = &world.app.house;
        let found = tacit::verify::verify(house, |_| {}).await.unwrap();
        assert!(found.is_good(), "{:?}", found.tables);
        assert!(found.events > 50 && found.tables.iter().all(|t| t.rows > 5), "{:?}", found.tables);
        let mut batch = Batch::new();
        batch.run("delete from reach where audience = 0", kernel::vals![]);
        batch.run("insert into grants (person, audience) values (1, 2)", kernel::vals![]);
        house.db.write(batch).await.unwrap();
        let found = tacit::verify::verify(house, |_| {}).await.unwrap();
        let by = |table: &str| found.tables.iter().find(|t| t.table == table).unwrap();
        assert!(by("reach").missing > 0 && by("grants").extra == 1, "{:?}", found.tables);
    });
}

#[test]
fn a_rebuild_after_somebody_left_the_instance_gives_what_was_there() {
    both(async |engine| {
        for words in ["keep", "erase"] {
            let world = World::new(engine).await;
            // One who wrote, and one whose invitations were still open.
            for name in ["author", "steward"] {
                let browser = world.app.client().with_cookie(&world.who(name).cookie);
                let answer = browser.post("/me/leaving", &[("words", words), ("password", "a quiet sentence")]).await;
                assert_eq!(answer.status, 303, "{}", answer.main());
            }
            let found = tacit::verify::verify(&world.app.house, |_| {}).await.unwrap();
            assert!(found.is_good(), "{words}: {:?}", found.tables);
        }
    });
}

#[test]
fn node_numbers_are_leased_once_and_taken_over_when_their_time_is_over() {
    both(async |engine| {
        let app = App::new(engine, tacit::slices).await;
        let db = &app.house.db;
        let now = testkit::NOON;
        let (a, b) = (db.lease_node("a", now, 60).await.unwrap(), db.lease_node("b", now, 60).await.unwrap());
        assert_ne!(a, b);
        assert!(db.renew_node("a", now.plus(30_000_000), 60).await.unwrap());
        let later = now.plus(70_000_000);
        assert_eq!(db.lease_node("c", later, 60).await.unwrap(), b, "b's time is over");
        assert!(!db.renew_node("b", later, 60).await.unwrap());
        let _ = Engine::all();
    });
}
