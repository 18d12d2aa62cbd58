//! A real Chromium behind its driver.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::json;
use thirtyfour::common::capabilities::desiredcapabilities::CapabilitiesHelper;
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

use crate::{DEADLINE, Folder, Outside, Person, Place, Running, named_by};

/// Without animated scrolling: what is clicked lies still.
const FLAGS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
    "--window-size=1280,900",
    // A microphone that beeps, and that may be used.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
];

pub struct Browser {
    url: String,
    /// Where requests go that leave this machine.
    proxy: Option<String>,
    _driver: Running,
}

impl Browser {
    /// Whatever its persons' pages ask of other machines is heard there instead.
    pub fn start_before(outside: &Outside) -> Self {
        Self { proxy: Some(outside.proxy.clone()), ..Self::start() }
    }

    pub fn start() -> Self {
        let program = installed("TACIT_CHROMEDRIVER", "/usr/bin/chromedriver");
        let driver = Running::start(Command::new(program).arg("--port=0").stderr(Stdio::null()));
        let lines = driver.until("started successfully on port ", DEADLINE);
        let port = lines.last().and_then(|line| line.rsplit(' ').next()).unwrap_or_default().trim_end_matches('.');
        Self { url: format!("http://127.0.0.1:{port}"), proxy: None, _driver: driver }
    }

    /// Somebody with a browser profile of their own.
    pub async fn person(&self, name: &str, place: &Place) -> Person {
        self.somebody(name, place, true).await
    }

    pub async fn person_without_javascript(&self, name: &str, place: &Place) -> Person {
        self.somebody(name, place, false).await
    }

    async fn somebody(&self, name: &str, place: &Place, javascript: bool) -> Person {
        let profile = Folder::new("profile");
        let mut wanted = DesiredCapabilities::chrome();
        for flag in FLAGS {
            wanted.add_arg(flag).expect("a flag");
        }
        wanted.add_arg(&format!("--user-data-dir={}", profile.0.display())).expect("a flag");
        if let Some(proxy) = &self.proxy {
            wanted.add_arg(&format!("--proxy-server={proxy}")).expect("a flag");
        }
        // The pages are read in English, wherever the test runs.
        let mut prefs = json!({"intl.accept_languages": "en"});
        if !javascript {
            prefs["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        wanted.add_experimental_option("prefs", prefs).expect("preferences");
        wanted.set_binary(&installed("TACIT_CHROMIUM", "/usr/bin/chromium").display().to_string()).expect("a path");
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All).expect("a level");
        wanted.set("unhandledPromptBehavior", "ignore").expect("a capability");
        let web = WebDriver::new(&self.url, wanted).await.unwrap_or_else(|why| panic!("Chromium does not start: {why}"));
        web.set_page_load_timeout(DEADLINE).await.expect("a deadline for pages");
        Person::new(name, &place.url, web, profile)
    }
}

fn installed(variable: &str, usually: &str) -> PathBuf {
    let program = named_by(variable, usually);
    assert!(
        program.is_file(),
        "These tests need a real browser and its driver, and {} is not there: run `apt-get install chromium chromium-driver`, \
         or say in {variable} where it is.",
        program.display()
    );
    program
}
