//! Signing a terminal in: it shows a code, its person confirms in the browser, and then speaks from the terminal.

use e2e::{Browser, Place, all_go};

#[tokio::test]
async fn a_terminal_is_signed_in_by_a_code_that_is_confirmed_in_the_browser() {
    let place = Place::empty();
    place.add("ada", "Ada");
    let browser = Browser::start();
    let ada = browser.person("Ada", &place).await;
    let terminal = place.terminal();
    assert!(terminal.fails(&["whoami"]).contains("you are not signed in"));

    let login = terminal.begin_to_sign_in();
    // Not signed in yet: the link leads there first, and comes back to the code.
    ada.open(&format!("/device?code={}", login.code)).await;
    ada.give_name_and_password("ada", e2e::PASSWORD).await;
    ada.arrives_at("Sign a program in").await;
    ada.sees(&login.code).await;
    ada.sees("Only confirm if you started this yourself just now.").await;
    ada.inspect("a program that asks to act as somebody").await;
    ada.open("/device").await;
    ada.inspect("typing a code").await;
    ada.fill("Code", "BBBB-BBBB").await;
    ada.follow("Go on").await;
    ada.sees("No program waits under this code.").await;
    ada.console_tells_only_of(422).await;
    ada.fill("Code", &login.code.to_lowercase()).await;
    ada.follow("Go on").await;
    ada.sees(&login.code).await;
    ada.follow("Confirm").await;
    ada.sees("Confirmed. Go back to your program").await;
    ada.inspect("a program that was confirmed").await;
    login.ends_well();

    assert!(terminal.says(&["whoami"]).starts_with("Ada @ada at "));
    let told = terminal.says(&["narrate", "Tried the red pen again."]);
    let told = told.trim().strip_prefix("Said: ").expect("an address").to_owned();
    let id = told.rsplit('/').next().expect("a number");
    terminal.says(&["reply", id, "It holds."]);
    ada.open(&told).await;
    ada.sees("It holds.").await;

    ada.open("/me").await;
    ada.sees("a machine of Ada's").await;
    ada.follow("End it").await;
    assert!(terminal.fails(&["whoami"]).contains("tacit login"));
    all_go([ada]).await;
}
