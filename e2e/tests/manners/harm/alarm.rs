//! What tells that words became more than words: looks at a page with the eyes of the browser that made it.

use e2e::{Outside, Person};
use serde_json::Value;

use crate::lines;

/// From now on nothing that got through stays hidden: neither by the policy, nor because it only asks or opens something.
pub async fn is_set(person: &Person) {
    person.goes_without_policy().await;
    let calls = "for (const it of ['alert', 'confirm', 'prompt', 'print', 'open']) window[it] = () => { top.pwned = it };";
    person.runs_first(calls).await;
}

/// What would be found if one of them got through is found: without this, all that follows could be blind.
pub async fn works(person: &Person, outside: &Outside) {
    person.open("/about").await;
    let parts = "<img src=x onerror=pwned=0><a href='java&#9;script:1'></a><form action=//evil.example></form><p style=color:red></p><svg></svg>\
        <div class=attachments><figure><audio src=//evil.example/a></audio></figure></div><template id=attach-tools><a href=/></a></template>";
    person.js("document.querySelector('#main').innerHTML = arguments[0]", &[parts]).await;
    person.wait_for("the script to run", async || Ok(person.js("return window.pwned ?? null", &[]).await.as_u64())).await;
    let parts = "<iframe srcdoc='<script>alert(1)</script>'></iframe><link rel=stylesheet href=http://evil.example/a.css>";
    person.js("document.querySelector('#main').insertAdjacentHTML('beforeend', arguments[0])", &[parts]).await;
    person.wait_for("the frame's script to run", async || Ok((person.js("return window.pwned", &[]).await == "alert").then_some(()))).await;
    let heard = async || Ok(Some(outside.was_asked()).filter(|asked| !asked.is_empty()));
    let asked = person.wait_for("a request to be heard outside", heard).await;
    assert!(asked.iter().all(|line| line.starts_with("GET http://evil.example/")), "{asked:?}");
    let noted = "return performance.getEntriesByType('resource').some((it) => it.name.includes('evil')) || null";
    person.wait_for("the browser to note it, too", async || Ok(person.js(noted, &[]).await.as_bool())).await;
    let found = lines(&person.js(&looking("return judge(document, true)"), &[]).await);
    let dangers = [
        "a script ran",
        "an element that is not ours: <iframe",
        "an element that is not ours: <svg",
        "an element that is not ours: <img",
        "an element that is not ours: <audio",
        "an element that is not ours: <template",
        "a template that is not ours",
        "onerror",
        "the address java",
        "leads away",
        "the attribute style",
        "a request to http://evil.example",
    ];
    for danger in dangers {
        assert!(found.contains(danger), "the alarm tells of \"{danger}\":\n{found}");
    }
    person.open("/").await;
    person.console_tells_only_of(404).await; // the picture and the style sheet
}

/// Opens a page and notes whatever there is more than words.
pub async fn is_harmless(person: &Person, page: &str) {
    person.open(page).await;
    let found = person.js(&looking("return judge(document, true)"), &[]).await;
    person.expects(&format!("{page} is harmless: {}", lines(&found)), found.as_array().is_some_and(Vec::is_empty));
    person.console(page).await;
}

/// The same of many pages, read but not opened: an element that is not ours is one before it does anything.
pub async fn are_harmless(person: &Person, pages: &[String]) {
    let script = looking(
        "return Promise.all(JSON.parse(arguments[0]).map(async (page) => {
            const text = await (await fetch(page)).text();
            return judge(new DOMParser().parseFromString(text, 'text/html'), false).map((it) => `${page}, ${it}`);
        })).then((all) => all.flat())",
    );
    for some in pages.chunks(20) {
        let found = person.js(&script, &[&Value::from(some).to_string()]).await;
        person.expects(&format!("all pages are harmless: {}", lines(&found)), found.as_array().is_some_and(Vec::is_empty));
    }
}

pub fn nothing_was_asked_of(outside: &Outside) {
    let asked = outside.was_asked();
    assert!(asked.is_empty(), "requests left the place: {asked:#?}");
}

pub fn looking(then: &str) -> String {
    format!("{DANGERS}\n{then}")
}

/// Our pages have one script, where one can attach something a second with its three templates, one style sheet and one mark; nothing
/// that a visitor wrote adds an element of these. What a visitor attached is shown from this place alone.
const DANGERS: &str = r"const judge = (page, opened) => {
    const found = [];
    const tell = (what, it) => found.push(`${what}: ${it.outerHTML.slice(0, 200)}`);
    const ours = (url) => url.startsWith(location.origin + '/');
    const names = (all, from) => all.map((it) => it.getAttribute(from) ?? '').join(' ');
    const scripts = [...page.querySelectorAll('script')], templates = [...page.querySelectorAll('template')];
    const attaches = templates.length > 0;
    if (scripts.length !== (attaches ? 2 : 1)) found.push(`${scripts.length} scripts`);
    const both = /^\/assets\/app\.\w+\.js( \/assets\/attach\.\w+\.js)?$/.test(names(scripts, 'src'));
    scripts.forEach((it) => { if (!both || it.textContent) tell('a script that is not ours', it) });
    const three = names(templates, 'id') === 'attach-tools attach-one attach-cover';
    templates.forEach((it) => { if (!three) tell('an element that is not ours', it) });
    templates.forEach((it) => { if (it.content.querySelector('script, img, video, iframe, [src], [href]')) tell('a template that is not ours', it) });
    const foreign = `iframe, frame, frameset, object, embed, applet, base, style, svg, math, meta[http-equiv],
        link:not(head > [rel=icon], head > [rel=stylesheet])`;
    page.querySelectorAll(foreign).forEach((it) => tell('an element that is not ours', it));
    const file = /^\/attachments\/\d+\/(full|small)( \d+w)?$/;
    const stands = (it) => it.matches('.attachments > figure > *, .attachments > figure > a > img')
        && file.test(it.getAttribute('src')) && (it.srcset || it.getAttribute('src')).split(', ').every((one) => file.test(one));
    page.querySelectorAll('img:not(.brand > img), video, audio, source, track, dialog').forEach((it) => {
        if (!stands(it)) tell('an element that is not ours', it);
    });
    page.querySelectorAll('link').forEach((it) => { if (!ours(it.href)) tell('a link to elsewhere', it) });
    page.querySelectorAll('*').forEach((it) => {
        for (const { name, value } of it.attributes) {
            if (/^on|^style$|^srcdoc$|^autofocus$|^background$|^ping$/.test(name)) tell(`the attribute ${name}`, it);
            const leads = /^(href|src|action|formaction|xlink:href)$/.test(name) && new URL(value, location).protocol;
            if (leads && !/^(https?|mailto):$/.test(leads)) tell(`the address ${value}`, it);
        }
    });
    page.querySelectorAll('form[action]').forEach((it) => { if (!ours(it.action)) tell('a form that leads away', it) });
    page.querySelectorAll('[formaction]').forEach((it) => { if (!ours(it.formAction)) tell('a button that leads elsewhere', it) });
    if (/[\u202a-\u202e\u2066-\u2069]/.test(page.body.textContent)) found.push('text that is turned around');
    if (!page.querySelector('#main')) found.push('no page of ours');
    if (!opened) return found;
    if (window.pwned !== undefined) found.push(`a script ran: ${window.pwned}`);
    if (getComputedStyle(page.querySelector('#main')).display === 'none') found.push('the page is hidden');
    if (!location.href.startsWith(page.baseURI.slice(0, location.origin.length + 1))) found.push(`another base: ${page.baseURI}`);
    performance.getEntriesByType('resource').forEach((it) => { if (!ours(it.name)) found.push(`a request to ${it.name}`) });
    return found;
};";
