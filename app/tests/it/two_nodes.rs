//! Two nodes on one PostgreSQL: what is said on one is live on the other, pages kept there do not outlive an act by more
//! than a blink, and a node that dies takes nothing along.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use community::acts::NewCommunity;
use community::{Openness, Stage};
use conversation::ContributionId;
use conversation::acts::{Lineage, NewContribution, NewReply};
use kernel::PersonId;
use membership::acts::Joining;
use person::acts::NewAccount;
use testkit::{App, Engine};

use crate::durability::{Server, folder, post, tacit, writer};

struct Nodes {
    here: App,
    there: App,
    ada: PersonId,
    bo: PersonId,
    root: ContributionId,
}

async fn nodes() -> Nodes {
    let here = App::new(Engine::Postgres, tacit::slices).await;
    let there = here.node(tacit::slices).await;
    let mut people = Vec::new();
    for name in ["ada", "bo"] {
        people.push(person::acts::add(&here.system(), &NewAccount::new(name, name, "a quiet sentence"), false).await.unwrap());
    }
    let (ada, bo) = (people[0], people[1]);
    let new = NewCommunity {
        name: "Handover".into(),
        slug: "handover".into(),
        domain: "d".into(),
        purpose: "p".into(),
        practice: "".into(),
        openness: Some(Openness::Open),
        stage: Some(Stage::Growing),
    };
    membership::acts::found(&here.by(ada), &new).await.unwrap();
    membership::acts::join(&there.by(bo), "handover", &Joining::default()).await.unwrap();
    let said = NewContribution { words: "The alarm again.".into(), ..NewContribution::default() };
    let root = conversation::acts::contribute(&here.by(ada), Some("handover"), &said, &Lineage::default()).await.unwrap();
    for node in [&here, &there] {
        while !node.house.db.is_caught_up() {
            tokio::task::yield_now().await;
        }
    }
    Nodes { here, there, ada, bo, root }
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(test);
    runtime.shutdown_background();
}

fn words(text: &str) -> NewReply {
    NewReply { words: text.into(), ..NewReply::default() }
}

#[test]
fn a_reply_on_one_node_is_live_on_the_other() {
    run(async {
        let n = nodes().await;
        let mut stream = n.there.client().stream(&format!("/live/conversations/{}?after={}", n.root, n.root)).await;
        for k in 1..=3 {
            conversation::acts::reply(&n.here.by(n.bo), n.root, &words("Here, too.")).await.unwrap();
            assert_eq!(stream.next().await, Some(("news".into(), format!("{{\"n\":{k}}}"))));
        }
    });
}

#[test]
fn a_page_kept_on_the_other_node_is_made_anew_after_an_act_here() {
    run(async {
        let n = nodes().await;
        let path = format!("/conversations/{}", n.root);
        let (here, there) = (n.here.client(), n.there.client());
        for k in 0..20 {
            for reader in [&here, &there] {
                reader.get(&path).await; // kept on both
            }
            let text = format!("This is number {k} of them.");
            let said = conversation::acts::reply(&n.here.by(n.bo), n.root, &words(&text)).await.unwrap();
            assert!(here.get(&path).await.body.contains(&text), "at once where it was said");
            let read = async {
                while !there.get(&path).await.body.contains(&text) {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(1), read).await.expect("within a second on the other node");
            if k % 4 == 0 {
                conversation::acts::withdraw(&n.there.by(n.bo), said).await.unwrap();
                assert!(!there.get(&path).await.body.contains(&text), "at once where it was withdrawn");
                let gone = async {
                    while here.get(&path).await.body.contains(&text) {
                        tokio::task::yield_now().await;
                    }
                };
                tokio::time::timeout(Duration::from_secs(1), gone).await.expect("within a second on the other node");
            }
        }
    });
}

#[test]
fn a_node_that_dies_takes_nothing_along() {
    run(async {
        let n = nodes().await;
        let mut said = Vec::new();
        for _ in 0..10 {
            said.push(conversation::acts::reply(&n.here.by(n.bo), n.root, &words("Here.")).await.unwrap());
            said.push(conversation::acts::reply(&n.there.by(n.ada), n.root, &words("There.")).await.unwrap());
        }
        drop(n.here);
        let all = conversation::store::replies(&n.there.stranger(), n.root, kernel::Cursor::OLDEST, 100).await.unwrap();
        let there: std::collections::HashSet<_> = all.items.iter().map(|s| s.id).collect();
        assert_eq!(there, said.into_iter().collect());
        conversation::acts::reply(&n.there.by(n.ada), n.root, &words("It goes on.")).await.unwrap();
        let found = tacit::verify::verify(&n.there.house, |_| {}).await.unwrap();
        assert!(found.is_good(), "{:?}", found.tables);
    });
}

#[test]
fn a_node_killed_while_writing_loses_nothing_that_it_acknowledged() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let url = runtime.block_on(testkit::database());
    let data = folder("nodes");
    let on = ["--database", &url];
    let told = |args: &[&str], input: &str| tacit(&data, &[args, &on].concat(), input);
    told(&["person", "add", "ada", "--name", "Ada", "--password-stdin"], "a quiet sentence\n");
    let token = told(&["token", "new", "ada", "--scope", "read,write"], "").lines().last().unwrap().to_owned();
    let node = || Server::start_by(&data, &["--listen", "127.0.0.1:0", "--limits", "off", "--database", &url]);
    let stays = node();
    let founding = serde_json::json!({"name": "Night handovers", "domain": "x", "purpose": "y"});
    assert_eq!(post(&stays.url, &token, "/api/v1/communities", &founding).unwrap().0, 201);
    let said = Arc::new(Mutex::new(Vec::new()));
    for _ in 0..5 {
        let dies = node();
        let stop = Arc::new(AtomicBool::new(false));
        let before = said.lock().unwrap().len();
        let writers: Vec<_> =
            [&dies, &dies, &stays].map(|node| writer(node.url.clone(), token.clone(), stop.clone(), said.clone())).into();
        while said.lock().unwrap().len() < before + 20 {
            std::thread::yield_now();
        }
        dies.kill();
        stop.store(true, Ordering::SeqCst);
        writers.into_iter().for_each(|w| w.join().unwrap());
    }
    let acknowledged = said.lock().unwrap().clone();
    let there: std::collections::HashSet<String> = runtime.block_on(async {
        let place: kernel::db::Place = url.parse().unwrap();
        let rows = kernel::Db::look(&place, "select id from contribution", kernel::vals![]).await.unwrap();
        rows.into_iter().map(|mut r| r.take::<i64>().unwrap().to_string()).collect()
    });
    assert!(acknowledged.len() >= 100 && acknowledged.iter().all(|id| there.contains(id)), "{} acknowledged", acknowledged.len());
    assert!(told(&["journal", "verify"], "").contains("as the journal has it"));
    drop(stays);
    std::fs::remove_dir_all(data).unwrap();
}
