//! A voice note and a covered picture, from a phone, as the one who brings them and the one who meets them see them.

use std::path::PathBuf;

use e2e::{Browser, Key, Person, Place, all_go};

/// How wide, how loud, how long: what a browser could open of what stands on the page.
const PLAYED: &str = "return (async () => {
    const image = document.querySelector('.attachments img'), audio = document.querySelector('.attachments audio');
    image.loading = 'eager';
    await image.decode();
    if (!(audio.duration > 0)) await new Promise((done, fail) => { audio.onloadedmetadata = done; audio.onerror = () => fail(audio.error); audio.load() });
    await audio.play();
    // What a browser recorded does not say how long it is; so it is heard for a while, or to its end.
    await new Promise((done) => { audio.ontimeupdate = () => { if (audio.currentTime > 0.3) done(); }; audio.onended = done; });
    audio.pause();
    const head = await fetch(audio.src, { headers: { Range: 'bytes=0-3' } });
    return [image.naturalWidth, image.alt, audio.currentTime, head.status, (await head.arrayBuffer()).byteLength];
})()";

/// The colours of a picture at two places, as the place serves it.
const COLOURS: &str = "return (async () => {
    const bitmap = await createImageBitmap(await (await fetch(document.querySelector('.attachments figure a').href)).blob());
    const canvas = document.createElement('canvas'), paper = canvas.getContext('2d');
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    paper.drawImage(bitmap, 0, 0);
    const plain = (x, y) => { const { data } = paper.getImageData(x, y, 60, 60); return data.filter((it, i) => i % 4 === 0 && (it < 60 || it > 195)).length };
    return [bitmap.width, plain(370, 270) === 0, plain(40, 40) > 1000];
})()";

#[tokio::test]
async fn a_voice_note_and_a_covered_picture_are_met_by_somebody_else() {
    let place = Place::empty();
    place.add("ada", "Ada");
    place.add("bo", "Bo");
    let browser = Browser::start();
    let ada = browser.person("Ada", &place).await;
    let bo = browser.person("Bo", &place).await;
    ada.takes_a_phone(360).await;
    ada.sign_in("ada").await;
    let charter = [("name", "Night handovers"), ("purpose", "That nothing gets lost."), ("domain", "Shifts"), ("openness", "open"), ("slug", "night")];
    ada.sends("/communities", &charter).await;
    let picture = chequered(&ada).await;

    ada.open("/c/night/contributions/new").await;
    ada.fill("Your words", "The board at the change of shift, and what I noticed.").await;
    ada.brings(".attach-with input:not([capture])", &picture).await;
    ada.sees("board.png").await;
    shown_whole(&ada, "[data-cover]").await;
    ada.click("Cover faces or names").await;
    ada.find("dialog.cover canvas").await;
    // The frame stands in the middle; Enter covers what is in it.
    ada.types(Key::Right).await;
    ada.types(Key::Enter).await;
    ada.sees("Covered places: 1").await;
    ada.inspect("covering a part of a picture").await;
    ada.click("Use it so").await;
    ada.wait_for("the picture as it will be sent", async || Ok((ada.count("dialog.cover").await == 0).then_some(()))).await;
    ada.expects("nothing is sent before it is said", ada.count(".to-attach progress:not([hidden])").await == 0);

    shown_whole(&ada, "[data-record]").await;
    ada.click("Record a voice note").await;
    ada.sees("It is recording.").await;
    ada.sees_in("[role=timer]", "0:02").await;
    ada.click("Stop").await;
    ada.find(".to-attach audio").await;
    ada.inspect("what goes with the words").await;

    shown_whole(&ada, "main form > .actions").await;
    // Without a word on the picture the page asks for it, and keeps everything.
    ada.click_in("form", "Say it").await;
    ada.writes_in("What does it show?").await;
    ada.types("A board with names, covered, and seven beds.").await;
    shown_whole(&ada, "main form > .actions").await;
    ada.follow_in("form", "Say it").await;
    ada.sees("and what I noticed").await;
    let conversation = ada.at().await;
    ada.inspect("a conversation with a picture and a voice note, on a phone").await;

    bo.sign_in("bo").await;
    bo.open(&conversation).await;
    bo.sees("and what I noticed").await;
    let played = bo.js(PLAYED, &[]).await;
    bo.expects("the picture is loaded", played[0].as_u64().is_some_and(|width| width > 0));
    bo.expects("the picture is described", played[1] == "A board with names, covered, and seven beds.");
    bo.expects(&format!("the voice note is heard ({played})"), played[2].as_f64().is_some_and(|seconds| seconds > 0.2));
    bo.expects("a player gets the part it asks for", played[3] == 206 && played[4] == 4);
    let colours = bo.js(COLOURS, &[]).await;
    bo.expects(&format!("what was covered is one grey, and the rest as it was ({colours})"), colours == serde_json::json!([800, true, true]));
    bo.inspect("a conversation with a picture and a voice note").await;
    bo.open("/c/night/conversations").await;
    bo.sees("and what I noticed").await;
    bo.inspect("a stream with a picture and a voice note").await;

    shown_whole(&ada, ".opening .acts").await;
    ada.follow("What goes with it").await;
    ada.arrives_at("What goes with your words").await;
    ada.inspect("what goes with one's words").await;
    shown_whole(&ada, ".to-attach li:last-child .plain").await;
    ada.click_in(".to-attach li:last-child", &ada.reads(".to-attach li:last-child .plain").await).await;
    ada.wait_for("one thing less", async || Ok((ada.count(".to-attach > li").await == 1).then_some(()))).await;
    bo.open(&conversation).await;
    bo.sees("and what I noticed").await;
    bo.expects("what was taken away is gone", bo.count(".attachments audio").await == 0 && bo.count(".attachments img").await == 1);
    all_go([ada, bo]).await;
}

/// Scrolls as a thumb does, away from the bar at the bottom of a phone.
async fn shown_whole(person: &Person, css: &str) {
    person.js("document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })", &[css]).await;
}

/// A picture of black and white squares, finer than what is left of a covered place.
async fn chequered(person: &Person) -> PathBuf {
    let script = "const canvas = document.createElement('canvas'), paper = canvas.getContext('2d');
        [canvas.width, canvas.height] = [800, 600];
        for (let x = 0; x < 800; x += 10) for (let y = 0; y < 600; y += 10) { paper.fillStyle = (x + y) % 20 ? '#000' : '#fff'; paper.fillRect(x, y, 10, 10) }
        return [...atob(canvas.toDataURL('image/png').split(',')[1])].map((c) => c.charCodeAt(0));";
    let bytes: Vec<u8> = serde_json::from_value(person.js(script, &[]).await).expect("bytes");
    let folder = std::env::temp_dir().join(format!("tacit-e2e-{}-picture", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("board.png");
    std::fs::write(&path, bytes).expect("a file");
    path
}
