//! Somebody in front of a browser: what they do, what they see, and how long they wait for it.

use std::cell::RefCell;
use std::sync::LazyLock;
use std::time::Instant;

use serde_json::{Value, json};
use thirtyfour::error::WebDriverResult;
use thirtyfour::{By, Key, TypingData, WebDriver, WebElement};

use crate::{DEADLINE, Folder, LOOK, PASSWORD, here};

pub struct Person {
    name: String,
    place: String,
    web: WebDriver,
    /// What inspections found; told all at once in [`all_go`].
    found: RefCell<Vec<String>>,
    _profile: Folder,
}

/// What is looked for until it is there.
type Look<T> = WebDriverResult<Option<T>>;

impl Person {
    pub(crate) fn new(name: &str, place: &str, web: WebDriver, profile: Folder) -> Self {
        Self { name: name.into(), place: place.into(), web, found: RefCell::default(), _profile: profile }
    }

    /// Looks again and again; fails with what the page says instead.
    pub async fn wait_for<T>(&self, what: &str, look: impl AsyncFn() -> Look<T>) -> T {
        let end = Instant::now() + DEADLINE;
        loop {
            let trouble = match look().await {
                Ok(Some(it)) => return it,
                Ok(None) => String::new(),
                Err(why) => format!("\n{why}"),
            };
            if Instant::now() > end {
                let (at, text) = (self.at().await, self.text().await.unwrap_or_default());
                panic!("{} waited for {what}, in vain.{trouble}\nThe page at {at} says:\n{text}", self.name);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    // Going somewhere

    /// Opens a path of the place, or a whole address.
    pub async fn open(&self, path: &str) {
        let url = if path.starts_with('/') { format!("{}{path}", self.place) } else { path.to_owned() };
        self.web.goto(url).await.unwrap_or_else(|why| panic!("{} cannot open {path}: {why}", self.name));
    }

    /// The path where they are.
    pub async fn at(&self) -> String {
        let url = self.web.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        url.strip_prefix(&self.place).unwrap_or(&url).to_owned()
    }

    /// Waits until the page has this heading.
    pub async fn arrives_at(&self, heading: &str) {
        self.wait_for(&format!("the heading \"{heading}\""), async || {
            let said = self.web.find(By::Css("h1")).await?.prop("textContent").await?;
            Ok((said.as_deref().map(str::trim) == Some(heading)).then_some(()))
        })
        .await;
    }

    pub async fn sign_in(&self, handle: &str) {
        self.sign_in_with(handle, PASSWORD).await;
    }

    pub async fn sign_in_with(&self, handle: &str, password: &str) {
        self.open("/sign-in").await;
        self.give_name_and_password(handle, password).await;
        self.find(".menu").await;
    }

    /// Fills the form of the sign-in page and sends it.
    pub async fn give_name_and_password(&self, handle: &str, password: &str) {
        self.fill("Handle", handle).await;
        self.fill("Password", password).await;
        self.follow_in("main", "Sign in").await;
    }

    pub async fn sign_out(&self) {
        self.find(".menu > summary").await.click().await.expect("to open the menu");
        self.follow("Sign out").await;
        self.sees("Come in").await;
    }

    /// Opens another tab, and goes on in it.
    pub async fn open_a_tab(&self) {
        let tab = self.web.new_tab().await.expect("a new tab");
        self.web.switch_to_window(tab).await.expect("to go on in it");
    }

    /// Closes the tab, and goes on in the first one.
    pub async fn close_the_tab(&self) {
        self.web.close_window().await.expect("to close the tab");
        let left = self.web.windows().await.expect("the tabs that are left");
        self.web.switch_to_window(left[0].clone()).await.expect("to go on in the first");
    }

    // Seeing

    /// All that can be read on the page.
    async fn text(&self) -> WebDriverResult<String> {
        self.web.find(By::Tag("body")).await?.text().await
    }

    pub async fn sees(&self, words: &str) {
        self.wait_for(&format!("the words \"{words}\""), async || Ok(self.text().await?.contains(words).then_some(()))).await;
    }

    /// At once: ask for something else first that tells that the page is there.
    pub async fn sees_no(&self, words: &str) {
        let text = self.text().await.expect("a page");
        assert!(!text.contains(words), "{} sees \"{words}\" on:\n{text}", self.name);
    }

    /// The first element that is shown.
    pub async fn find(&self, css: &str) -> WebElement {
        self.wait_for(&format!("something like {css}"), async || first_shown(self.web.find_all(By::Css(css)).await?).await).await
    }

    /// Where links lead, each once.
    pub async fn paths(&self, css: &str) -> Vec<String> {
        let paths = self.js("return [...new Set([...document.querySelectorAll(arguments[0])].map((it) => it.pathname))]", &[css]).await;
        paths.as_array().expect("a list").iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    pub async fn sees_in(&self, css: &str, words: &str) {
        self.wait_for(&format!("the words \"{words}\" in {css}"), async || {
            for element in self.web.find_all(By::Css(css)).await? {
                if element.text().await?.contains(words) {
                    return Ok(Some(()));
                }
            }
            Ok(None)
        })
        .await;
    }

    /// How many elements there are now.
    pub async fn count(&self, css: &str) -> usize {
        self.web.find_all(By::Css(css)).await.expect("a page").len()
    }

    /// The words of the first element that is shown.
    pub async fn reads(&self, css: &str) -> String {
        self.find(css).await.text().await.expect("it has words")
    }

    /// What stands in a field.
    pub async fn has_filled(&self, label: &str, words: &str) {
        self.wait_for(&format!("\"{words}\" in {label}"), async || self.holds(label, words).await).await;
    }

    /// Whether these words are among what stands in a field.
    pub async fn holds_words(&self, label: &str, words: &str) -> bool {
        let value = self.field(label).await.prop("value").await.expect("it has a value");
        value.is_some_and(|value| value.contains(words))
    }

    /// Opens a page until its field holds the words: they may still be on their way to the server.
    pub async fn finds_again(&self, path: &str, label: &str, words: &str) {
        self.wait_for(&format!("\"{words}\" in {label} again"), async || {
            self.open(path).await;
            self.holds(label, words).await
        })
        .await;
    }

    async fn holds(&self, label: &str, words: &str) -> Look<()> {
        let Some(field) = first_shown(self.web.find_all(by_label(label)).await?).await? else { return Ok(None) };
        Ok((field.prop("value").await?.as_deref() == Some(words)).then_some(()))
    }

    /// The label of the field where the focus is.
    pub async fn writes_in(&self, label: &str) {
        self.wait_for(&format!("the focus in {label}"), async || {
            let field = self.web.active_element().await?;
            let named = self.web.find_all(by_label(label)).await?;
            Ok(named.contains(&field).then_some(()))
        })
        .await;
    }

    // Doing

    /// Clicks the link, button or line that says exactly this.
    pub async fn click(&self, words: &str) {
        self.click_in("body", words).await;
    }

    pub async fn click_in(&self, css: &str, words: &str) {
        let what = format!(".//*[self::a or self::button or self::summary][normalize-space(.)={}]", quoted(words));
        self.wait_for(&format!("\"{words}\" to click in {css}"), async || {
            for part in self.web.find_all(By::Css(css)).await? {
                if let Some(it) = first_shown(part.find_all(By::XPath(what.clone())).await?).await? {
                    return it.click().await.map(Some);
                }
            }
            Ok(None)
        })
        .await;
    }

    /// Clicks what leads to another page, and waits until this one is gone.
    pub async fn follow(&self, words: &str) {
        self.follow_in("body", words).await;
    }

    pub async fn follow_in(&self, css: &str, words: &str) {
        let page = self.web.find(By::Tag("html")).await.expect("a page");
        self.click_in(css, words).await;
        self.wait_for(&format!("\"{words}\" to lead somewhere"), async || Ok(page.tag_name().await.is_err().then_some(()))).await;
    }

    pub async fn fill(&self, label: &str, words: &str) {
        let field = self.field(label).await;
        field.clear().await.expect("a field that can be written in");
        field.send_keys(words).await.expect("a field that can be written in");
    }

    /// Writes on at the end of what stands in a field.
    pub async fn goes_on(&self, label: &str, words: &str) {
        let field = self.field(label).await;
        field.send_keys(Key::Control + Key::End).await.expect("a field that can be written in");
        field.send_keys(words).await.expect("a field that can be written in");
    }

    async fn field(&self, label: &str) -> WebElement {
        self.wait_for(&format!("a field called \"{label}\""), async || first_shown(self.web.find_all(by_label(label)).await?).await).await
    }

    /// Gives a file to a field for files, which may be hidden behind its label.
    pub async fn brings(&self, css: &str, file: &std::path::Path) {
        let field = self.wait_for(&format!("a field like {css}"), async || Ok(self.web.find_all(By::Css(css)).await?.into_iter().next())).await;
        field.send_keys(file.display().to_string()).await.expect("a field that takes files");
    }

    /// Picks an option of a list.
    pub async fn pick(&self, label: &str, option: &str) {
        let option = By::XPath(format!(".//option[normalize-space(.)={}]", quoted(option)));
        self.field(label).await.find(option).await.expect("the option").click().await.expect("to pick it");
    }

    /// Chooses a radio card.
    pub async fn choose(&self, title: &str) {
        let card = By::XPath(format!("//label[b[normalize-space(.)={}]]", quoted(title)));
        self.web.find(card).await.expect("the card").click().await.expect("to choose it");
    }

    /// Ticks the box beside these words.
    pub async fn ticks(&self, words: &str) {
        let label = By::XPath(format!("//label[input[@type='checkbox']][contains(normalize-space(.), {})]", quoted(words)));
        self.web.find(label).await.expect("the box").click().await.expect("to tick it");
    }

    /// Selects a passage of what somebody said, as with a mouse.
    pub async fn select(&self, passage: &str) {
        let script = "const words = [...document.querySelectorAll('.words')].find((it) => it.textContent.includes(arguments[0]));
            const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const from = walker.currentNode.data.indexOf(arguments[0]);
                if (from < 0) continue;
                getSelection().setBaseAndExtent(walker.currentNode, from, walker.currentNode, from + arguments[0].length);
                return;
            }
            throw new Error('nobody said this');";
        self.js(script, &[passage]).await;
    }

    /// Types words, or a single key, where the focus is.
    pub async fn types(&self, keys: impl Into<TypingData>) {
        self.web.action_chain().send_keys(keys.into().to_string()).perform().await.expect("keys to press");
    }

    pub async fn types_with_control(&self, key: Key) {
        self.web.action_chain().key_down(Key::Control).send_keys(key).key_up(Key::Control).perform().await.expect("keys to press");
    }

    /// Answers what the page asks before it goes on.
    pub async fn confirm(&self) {
        self.wait_for("a question", async || self.web.accept_alert().await.map(Some)).await;
    }

    /// Sends a form of the page by its address, when the page itself is not what is tested. Answers where it led.
    pub async fn sends(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let led = self.tries_to_send(path, fields).await;
        led.unwrap_or_else(|status| panic!("{} cannot send {fields:?} to {path}: {status}", self.name))
    }

    /// Answers where it led, or the status that said no.
    pub async fn tries_to_send(&self, path: &str, fields: &[(&str, &str)]) -> Result<String, u64> {
        let script = "const body = new URLSearchParams(JSON.parse(arguments[1]));
            return fetch(arguments[0], { method: 'POST', body }).then((it) => it.ok ? it.url : it.status);";
        let led = self.js(script, &[path, &json!(fields).to_string()]).await;
        match led.as_str().and_then(|url| url.strip_prefix(&self.place)) {
            Some(path) => Ok(path.to_owned()),
            None => Err(led.as_u64().unwrap_or_default()),
        }
    }

    pub async fn js(&self, script: &str, args: &[&str]) -> Value {
        let args: Vec<Value> = args.iter().map(|arg| json!(arg)).collect();
        let ran = self.web.execute(script, args).await;
        ran.unwrap_or_else(|why| panic!("{} ran a script that failed: {why}\n{script}", self.name)).json().clone()
    }

    pub async fn goes_back(&self) {
        self.web.back().await.expect("a page before this one");
    }

    // The window

    /// A phone: this many CSS pixels wide.
    pub async fn takes_a_phone(&self, width: u32) {
        self.tells("Emulation.setDeviceMetricsOverride", json!({"width": width, "height": 740, "deviceScaleFactor": 2, "mobile": true})).await;
    }

    pub async fn sizes_the_window(&self, width: u32, height: u32) {
        self.web.set_window_rect(0, 0, width, height).await.expect("a window of this size");
    }

    /// From now on pages are without their Content-Security-Policy, which would hide that something got through.
    pub async fn goes_without_policy(&self) {
        self.tells("Page.setBypassCSP", json!({"enabled": true})).await;
    }

    /// From now on this runs in every page and frame before anything else does.
    pub async fn runs_first(&self, script: &str) {
        self.tells("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await;
    }

    async fn prefers(&self, scheme: &str) {
        self.tells("Emulation.setEmulatedMedia", json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]})).await;
    }

    async fn tells(&self, method: &str, how: Value) {
        self.web.cdp().send_raw(method, how).await.unwrap_or_else(|why| panic!("{method}: {why}"));
    }

    // Judging

    /// No error in the console, and nothing that axe objects to, in light and in dark.
    pub async fn inspect(&self, page: &str) {
        self.console(page).await;
        self.axe(page).await;
        self.console(page).await;
    }

    /// Notes what is not as it should be, and goes on.
    pub fn expects(&self, what: &str, holds: bool) {
        if !holds {
            self.found.borrow_mut().push(format!("It is not so that {what}."));
        }
    }

    /// Notes errors that the browser logged since it was last asked.
    pub async fn console(&self, page: &str) {
        let log = self.web.browser_log().await.expect("the browser's log");
        for entry in log.iter().filter(|entry| entry.level == "SEVERE") {
            self.found.borrow_mut().push(format!("{page}, console: {}", entry.message));
        }
    }

    /// As after an answer that says no: the browser logs that answer itself, and nothing else.
    pub async fn console_tells_only_of(&self, status: u16) {
        let log = self.web.browser_log().await.expect("the browser's log");
        let severe: Vec<_> = log.iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message.as_str()).collect();
        let only = severe.iter().all(|message| message.contains(&format!("responded with a status of {status} ")));
        assert!(only, "{} found in the console: {severe:#?}", self.name);
    }

    /// Notes what axe objects to.
    pub async fn axe(&self, page: &str) {
        self.js(&AXE, &[]).await;
        for (scheme, ground, options) in [("light", "--paper", EVERYTHING), ("dark", "--glow", COLOURS)] {
            self.prefers(scheme).await;
            let objections = self.js(OBJECTIONS, &[ground, options]).await;
            for it in objections.as_array().expect("a list") {
                self.found.borrow_mut().push(format!("{page} in {scheme}, axe: {}", it.as_str().unwrap_or_default()));
            }
        }
        self.prefers("").await;
    }

    async fn goes(self) -> Vec<String> {
        self.console("the last page").await;
        let _ = self.web.clone().quit().await;
        self.found.take()
    }
}

/// Ends their visits, and tells what was noted meanwhile.
pub async fn all_go(persons: impl IntoIterator<Item = Person>) {
    let mut found = Vec::new();
    for person in persons {
        found.extend(person.goes().await);
    }
    assert!(found.is_empty(), "{} things are not as they should be:\n{}", found.len(), found.join("\n"));
}

impl Drop for Person {
    /// Closes the browser also when the test failed. The client's own way waits in vain on a runtime of one thread.
    fn drop(&mut self) {
        use std::io::{Read, Write};
        if self.web.clone().leak().is_err() {
            return; // they went
        }
        let driver = self.web.server_url().socket_addrs(|| None).expect("the driver's address");
        let Ok(mut line) = std::net::TcpStream::connect(&driver[..]) else { return };
        let close = format!("DELETE /session/{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", self.web.session_id());
        let _ = line.set_read_timeout(Some(DEADLINE)).and_then(|()| line.write_all(close.as_bytes())).and_then(|()| line.read(&mut [0; 64]));
    }
}

/// axe-core, as `npm ci` brings it in the pinned version.
static AXE: LazyLock<String> = LazyLock::new(|| {
    let path = here().join("node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(path).expect("axe-core is not there: run `npm ci` in the folder e2e")
});

const EVERYTHING: &str = r#"{
    "runOnly": { "type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
    "rules": { "target-size": { "enabled": true } }
}"#;
/// What can differ between light and dark.
const COLOURS: &str = r#"{ "runOnly": { "type": "rule", "values": ["color-contrast", "link-in-text-block"] } }"#;

/// The page's ground is a gradient, before which axe does not judge contrast: it is judged on the harder of its two ends.
const OBJECTIONS: &str = "const [ground, options] = arguments;
    document.body.style.background = `var(${ground})`;
    return axe.run(document, { resultTypes: ['violations'], ...JSON.parse(options) }).then(({ violations }) => {
        document.body.style.background = '';
        return violations.map((it) => `${it.id}, ${it.help}` + it.nodes.map((node) => `\\n    ${node.html}\\n        ${node.failureSummary}`).join(''));
    });";

async fn first_shown(elements: Vec<WebElement>) -> Look<WebElement> {
    for element in elements {
        if element.is_displayed().await? {
            return Ok(Some(element));
        }
    }
    Ok(None)
}

/// The field of a label, which it names or stands in.
fn by_label(label: &str) -> By {
    let label = quoted(label);
    By::XPath(format!(
        "//*[self::input or self::textarea or self::select][@id=//label[normalize-space(.)={label}]/@for \
         or ancestor::label[starts-with(normalize-space(.), {label})]]"
    ))
}

/// As XPath writes text.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
