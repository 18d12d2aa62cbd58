//! x
use e2e::{Browser, PASSWORD, Place};
use std::time::Instant;

#[tokio::test]
async fn probe() {
    let place = Place::demo();
    let browser = Browser::start();
    let ada = browser.person("Ada", &place).await;
    ada.sign_in_with("ngozi", "say what you do").await;
    let t0 = Instant::now();
    for i in 0..12 {
        let t = Instant::now();
        let slug = ["quantum-programming", "data-visualisation-houston", "small-things-learned", "handing-over"][i % 4];
        ada.open(&format!("/c/{slug}/conversations?kind={i}")).await;
        println!("{i} {:?} at {:?}", t.elapsed(), t0.elapsed());
        if t.elapsed().as_secs() > 2 || i == 11 {
            println!("{}", ada.js("return JSON.stringify(performance.getEntriesByType('navigation')[0])", &[]).await);
        }
        let port = place.url.rsplit(':').next().unwrap();
        let o = std::process::Command::new("sh").arg("-c").arg(format!("ss -tn | grep ':{port}' | grep -c ESTAB")).output().unwrap();
        println!("  conns {}", String::from_utf8_lossy(&o.stdout).trim());
    }
    let _ = PASSWORD;
}
