//! x
use e2e::{Browser, Place, Person, PASSWORD};

#[tokio::test]
async fn probe() {
    let place = Place::empty();
    let browser = Browser::start();
    let ada = browser.person("Ada", &place).await;
    ada.open("/").await;
    ada.inspect("welcome").await;
    ada.open("/nowhere").await;
    ada.inspect("404").await;
    ada.open(&place.set_up).await;
    ada.inspect("setup").await;
    place.add("bo", "Bo");
    println!("{}", place.token("bo"));
    let bo = browser.person_without_javascript("Bo", &place).await;
    bo.sign_in("bo").await;
    bo.sees("Waiting for you").await;
    ada.goes().await;
    bo.goes().await;
}
