//! For tests: an instance on either engine with a clock that stands, people who act, and requests without a network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)]

mod instance;
mod postgres;
mod request;

pub use instance::{App, Engine, NOON};
pub use postgres::database;
pub use request::{Answered, Client};

/// Runs one test on both engines: `both(|engine| async move { … })`. Each failure names its engine.
pub fn both<F, Fut>(test: F)
where
    F: Fn(Engine) -> Fut,
    Fut: Future<Output = ()>,
{
    for engine in Engine::all() {
        eprintln!("-- {engine:?}");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(test(engine));
        runtime.shutdown_background();
    }
}
