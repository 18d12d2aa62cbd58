//! Bringing, keeping and clearing away on both engines. Names of tests are the rules of README.md.

use std::io::Cursor;

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode};
use image::{DynamicImage, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};
use kernel::{Error, PersonId, clock, vals};
use person::acts::NewAccount;
use shell::{Answer, Needs, Path, Route, Slice, Visit};
use testkit::{Answered, App, Client, Engine, both};

use crate::acts::{self, NewAttachment};
use crate::{AttachmentId, Kind, store};

fn slices() -> Vec<Slice> {
    // Whose words they stand with is the conversation's; here one meets one's own alone.
    let own = Route::get("/attachments/{id}/{variant}", Needs::reading(), own_file);
    vec![person::slice(), crate::slice(), Slice { name: "own files", pages: vec![own], ..Slice::default() }]
}

async fn own(cx: &kernel::Cx, id: AttachmentId, small: bool) -> Option<store::Served> {
    let sql = "select name, kind, type, hash, bytes, small_type, small_hash, small_bytes from attachment where id = ?1 and person = ?2 and hash <> ''";
    let row = cx.db().one(sql, vals![id, cx.viewer]).await.unwrap();
    row.and_then(|row| store::Served::from_row(row, small).unwrap())
}

async fn own_file(visit: Visit, Path((id, variant)): Path<(String, String)>, headers: HeaderMap) -> Answer {
    let small = store::is_small(&variant).ok_or(Error::NotFound)?;
    let file = own(&visit.cx, id.parse()?, small).await.ok_or(Error::NotFound)?;
    Ok(crate::serving::serve(&visit.cx, &file, &headers).await?)
}

struct World {
    app: App,
    ada: PersonId,
    adas: Client,
    bos: Client,
}

async fn world(engine: Engine) -> World {
    let app = App::new(engine, slices).await;
    let mut people = Vec::new();
    for handle in ["ada", "bo"] {
        let person = person::acts::add(&app.system(), &NewAccount::new(handle, handle, "a quiet sentence"), false).await.unwrap();
        let secret = person::acts::begin_session(&app.stranger(), person, "").await.unwrap();
        people.push((person, app.client().with_cookie(&secret)));
    }
    let (_, bos) = people.pop().unwrap();
    let (ada, adas) = people.pop().unwrap();
    World { app, ada, adas, bos }
}

const HERE: (&str, &str) = ("sec-fetch-site", "same-origin");
const JSON: (&str, &str) = ("accept", "application/json");

async fn announce(client: &Client, name: &str, size: usize, claimed: &str) -> Answered {
    let body = format!("name={name}&size={size}&type={}", claimed.replace('/', "%2F"));
    client.send_with(Method::POST, "/attachments", Some("application/x-www-form-urlencoded"), &body, &[HERE, JSON]).await
}

async fn put(client: &Client, id: &str, offset: usize, bytes: impl Into<Body>) -> Answered {
    let headers = [HERE, JSON, ("upload-offset", &offset.to_string())];
    client.send_bytes(Method::PUT, &format!("/attachments/{id}/bytes"), Some("application/octet-stream"), bytes, &headers).await
}

fn id_of(answer: &Answered) -> String {
    answer.json()["id"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
}

/// Announces and sends a file; answers the last answer and the id.
async fn bring(client: &Client, name: &str, claimed: &str, bytes: &[u8]) -> (Answered, String) {
    let id = id_of(&announce(client, name, bytes.len(), claimed).await);
    (put(client, &id, 0, bytes.to_vec()).await, id)
}

fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([(x % 251) as u8, (y % 241) as u8, ((x * y) % 239) as u8]))
}

/// A JPEG that says where it was taken and that it lies on its side (EXIF orientation 6).
fn jpeg_with_exif(picture: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 90);
    let mut exif = b"II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x0e\x01\x02\0\x12\0\0\0\x26\0\0\0\0\0\0\0".to_vec();
    exif.extend(b"GPS 52.520 13.405\0");
    encoder.set_exif_metadata(exif).unwrap();
    encoder.encode_image(picture).unwrap();
    out
}

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.into().write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

fn has(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|part| part == word)
}

#[test]
fn a_file_comes_in_pieces_and_goes_on_where_it_stopped() {
    both(async |engine| {
        let w = world(engine).await;
        let announced = announce(&w.adas, "rota.pdf", 10, "application/pdf").await;
        assert_eq!((announced.status, announced.header("upload-offset")), (StatusCode::CREATED, "0"));
        let id = id_of(&announced);
        assert_eq!(put(&w.adas, &id, 0, "%PDF-").await.json()["got"], 5);
        let wrong = put(&w.adas, &id, 3, "xx").await;
        assert_eq!((wrong.status, wrong.header("upload-offset")), (StatusCode::CONFLICT, "5"));
        let lost = Body::from_stream(futures_util::stream::iter([Ok(bytes::Bytes::from("12")), Err("the line is gone")]));
        assert_eq!(put(&w.adas, &id, 5, lost).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let state = w.adas.get(&format!("/attachments/{id}")).await;
        assert_eq!((state.json()["got"].clone(), state.header("upload-offset")), (7.into(), "7"));
        let done = put(&w.adas, &id, 7, "345").await;
        assert_eq!(done.json()["whole"], true, "{}", done.body);
        assert_eq!(put(&w.adas, &id, 7, "345").await.json()["whole"], true, "sent twice it is done once");
        let file = w.adas.get(&format!("/attachments/{id}/full")).await;
        assert_eq!(file.body, "%PDF-12345");
        assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''rota.pdf");
        assert_eq!(file.header("content-type"), "application/octet-stream");
        assert!(file.header("content-security-policy").contains("sandbox") && file.header("x-content-type-options") == "nosniff");
    });
}

#[test]
fn another_persons_file_is_not_found() {
    both(async |engine| {
        let w = world(engine).await;
        let id = id_of(&announce(&w.adas, "a.txt", 4, "text/plain").await);
        assert_eq!(put(&w.bos, &id, 0, "mine").await.status, StatusCode::NOT_FOUND);
        assert_eq!(put(&w.adas, &id, 0, "adas").await.status, StatusCode::OK);
        for path in [format!("/attachments/{id}"), format!("/attachments/{id}/full"), format!("/attachments/{id}/small")] {
            assert_eq!(w.bos.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(w.app.client().get(&format!("/attachments/{id}/full")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(w.adas.get(&format!("/attachments/{id}/other")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(w.app.client().send_with(Method::PUT, &format!("/attachments/{id}/bytes"), None, "x", &[HERE, JSON]).await.status, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn a_file_has_bytes_and_as_many_as_it_said_and_not_too_many() {
    both(async |engine| {
        let w = world(engine).await;
        let said = |answer: &Answered, words: &str| assert!(answer.body.contains(words), "{}", answer.body);
        said(&announce(&w.adas, "a", 0, "image/png").await, "This file is empty.");
        said(&announce(&w.adas, "a", 20 * 1024 * 1024 + 1, "image/png").await, "A picture may have 20 MB at most.");
        said(&announce(&w.adas, "a", 101 * 1024 * 1024, "video/mp4").await, "A film may have 100 MB at most.");
        let id = id_of(&announce(&w.adas, "a.txt", 3, "text/plain").await);
        assert_eq!(put(&w.adas, &id, 0, "four").await.status, StatusCode::PAYLOAD_TOO_LARGE);
        // What claims to be a film to be let in, and is none, is held to what it is.
        let size = 26 * 1024 * 1024;
        let (answer, id) = bring(&w.adas, "a.mp4", "video/mp4", &vec![b'x'; size]).await;
        said(&answer, "A file may have 25 MB at most.");
        assert_eq!(w.adas.get(&format!("/attachments/{id}")).await.status, StatusCode::NOT_FOUND, "it was let go");
    });
}

#[test]
fn each_person_has_so_much_room() {
    both(async |engine| {
        let w = world(engine).await;
        let small = std::sync::Arc::new(kernel::House {
            db: w.app.house.db.clone(),
            clock: w.app.house.clock.clone(),
            ids: w.app.house.ids.clone(),
            random: w.app.house.random.clone(),
            blobs: kernel::Blobs::at(std::env::temp_dir(), 1000),
        });
        let cx = kernel::Cx::new(small, kernel::Viewer::Person(w.ada));
        let new = |size| NewAttachment { name: "a".into(), size, content_type: "".into() };
        acts::announce(&cx, &new(900)).await.unwrap();
        let full = acts::announce(&cx, &new(101)).await.unwrap_err();
        let Error::Refused(say) = full else { panic!("{full:?}") };
        assert!(say.to_string().contains("more than the 1 kB that each person has"), "{say}");
        for _ in 0..39 {
            acts::announce(&cx, &new(1)).await.unwrap();
        }
        assert!(acts::announce(&cx, &new(1)).await.is_err(), "and at most forty that stand with nothing");
    });
}

#[test]
fn a_picture_is_turned_upright_made_smaller_and_says_nothing_of_its_place() {
    both(async |engine| {
        let w = world(engine).await;
        let bytes = jpeg_with_exif(&photo(2000, 1000));
        assert!(has(&bytes, b"GPS 52.520"));
        let (answer, id) = bring(&w.adas, "ward.jpg", "image/jpeg", &bytes).await;
        assert_eq!(answer.json()["whole"], true, "{}", answer.body);
        for (variant, size) in [("full", (800, 1600)), ("small", (240, 480))] {
            let shown = w.adas.get(&format!("/attachments/{id}/{variant}")).await;
            assert_eq!(shown.header("content-type"), "image/jpeg");
            assert!(!has(&shown.bytes, b"GPS") && !has(&shown.bytes, b"Exif"));
            let picture = image::load_from_memory(&shown.bytes).unwrap();
            assert_eq!((picture.width(), picture.height()), size);
        }
        let clear = RgbaImage::from_fn(600, 20, |x, _| Rgba([9, 9, 9, (x % 256) as u8]));
        let (_, id) = bring(&w.adas, "mark.png", "image/png", &png(clear)).await;
        let shown = w.adas.get(&format!("/attachments/{id}/full")).await;
        assert_eq!(shown.header("content-type"), "image/png", "what is clear stays clear");
    });
}

/// A PNG whose head claims so many points.
fn huge_png(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut out);
    encoder.write_image(&[0, 0, 0], 1, 1, image::ExtendedColorType::Rgb8).unwrap();
    let mut head = b"IHDR".to_vec();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    let sum = crc(&head);
    out.splice(12..29, head);
    out.splice(29..33, sum.to_be_bytes());
    out
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 }))
}

#[test]
fn bombs_are_refused_quickly() {
    both(async |engine| {
        let w = world(engine).await;
        let begun = std::time::Instant::now();
        for (name, bomb) in [("huge", huge_png(60_000, 60_000)), ("wide", huge_png(u32::MAX >> 1, 1)), ("flat", png(RgbImage::new(9_000, 9_000)))] {
            assert!(bomb.len() < 2_000_000, "a bomb is small");
            let begun = std::time::Instant::now();
            let (answer, id) = bring(&w.adas, name, "image/png", &bomb).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", answer.body);
            assert!(answer.body.contains("megapixels") || answer.body.contains("damaged"), "{name}: {}", answer.body);
            assert!(begun.elapsed().as_millis() < 1000, "{name}: {:?}", begun.elapsed());
            assert_eq!(w.adas.get(&format!("/attachments/{id}")).await.status, StatusCode::NOT_FOUND);
        }
        let _ = begun;
    });
}

#[test]
fn a_file_is_what_its_bytes_are_whatever_it_claims() {
    both(async |engine| {
        let w = world(engine).await;
        let markup = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        // A picture with markup behind it: only the picture stays.
        let mut polyglot = jpeg_with_exif(&photo(60, 40));
        polyglot.extend(markup);
        let (_, id) = bring(&w.adas, "page.html", "text/html", &polyglot).await;
        let shown = w.adas.get(&format!("/attachments/{id}/full")).await;
        assert_eq!(shown.header("content-type"), "image/jpeg");
        assert!(!has(&shown.bytes, b"<script>"));
        // Markup that claims to be a picture is a file to save.
        for (name, claimed, bytes) in [("a.svg", "image/svg+xml", &markup[..]), ("a.png", "image/png", b"<!doctype html><script>alert(1)</script>"), ("a.gif", "image/gif", b"GIF89a/*<script>*/=1;")] {
            let (answer, id) = bring(&w.adas, name, claimed, bytes).await;
            assert_eq!(answer.json()["kind"], "file", "{}", answer.body);
            let saved = w.adas.get(&format!("/attachments/{id}/full")).await;
            assert_eq!(saved.header("content-type"), "application/octet-stream");
            assert!(saved.header("content-disposition").starts_with("attachment;"));
        }
        let (sound, _) = bring(&w.adas, "a.jpg", "image/jpeg", b"OggS sound").await;
        assert_eq!(sound.json()["kind"], "voice");
        // Broken ones, and those that cannot be freed of what they tell, are said so.
        let (broken, _) = bring(&w.adas, "a.jpg", "image/jpeg", b"\xff\xd8\xff\xe0 no more").await;
        assert!(broken.body.contains("it is damaged"), "{}", broken.body);
        let (heic, _) = bring(&w.adas, "a.jpg", "image/jpeg", b"\0\0\0\x18ftypheic and a place").await;
        assert!(heic.body.contains("save it as JPEG"), "{}", heic.body);
    });
}

#[test]
fn a_player_is_given_the_part_it_asks_for() {
    both(async |engine| {
        let w = world(engine).await;
        let (_, id) = bring(&w.adas, "note.webm", "audio/webm", b"\x1a\x45\xdf\xa3 A_OPUS 0123456789").await;
        let path = format!("/attachments/{id}/full");
        let ask = async |headers: &[(&str, &str)]| w.adas.send_with(Method::GET, &path, None, "", headers).await;
        let whole = ask(&[("accept-encoding", "gzip, br")]).await;
        assert_eq!((whole.status, whole.header("accept-ranges"), whole.header("content-length")), (StatusCode::OK, "bytes", "22"));
        assert_eq!(whole.header("content-encoding"), "");
        let part = ask(&[("range", "bytes=12-15"), ("accept-encoding", "gzip")]).await;
        assert_eq!((part.status, part.header("content-range"), part.body.as_str()), (StatusCode::PARTIAL_CONTENT, "bytes 12-15/22", "0123"));
        assert_eq!(ask(&[("range", "bytes=22-")]).await.status, StatusCode::RANGE_NOT_SATISFIABLE);
        let etag = whole.header("etag").to_owned();
        assert_eq!(ask(&[("if-none-match", &etag)]).await.status, StatusCode::NOT_MODIFIED);
        assert_eq!(ask(&[("range", "bytes=0-1"), ("if-range", "\"another\"")]).await.status, StatusCode::OK);
        assert!(whole.header("cache-control").contains("private") && whole.header("cache-control").contains("immutable"));
    });
}

#[test]
fn the_same_bytes_are_kept_once_and_stay_while_one_row_names_them() {
    both(async |engine| {
        let w = world(engine).await;
        let (_, first) = bring(&w.adas, "a.txt", "text/plain", b"the same").await;
        let (_, second) = bring(&w.bos, "b.txt", "text/plain", b"the same").await;
        let id: AttachmentId = first.parse().unwrap();
        let hash = own(&w.app.by(w.ada), id, false).await.unwrap().hash;
        let shelf = i64::from_str_radix(&hash[..2], 16).unwrap();
        w.app.later(2 * clock::HOUR);
        let mut batch = kernel::Batch::new();
        acts::remove(&w.app.by(w.ada), &mut batch, id).unwrap();
        w.app.house.db.write(batch).await.unwrap();
        acts::collect_shelf(&w.app.house, shelf).await.unwrap();
        assert_eq!(w.bos.get(&format!("/attachments/{second}/full")).await.body, "the same");
        let mut batch = kernel::Batch::new();
        batch.run("delete from attachment where id = ?1", vals![second.parse::<AttachmentId>().unwrap()]);
        w.app.house.db.write(batch).await.unwrap();
        acts::collect_shelf(&w.app.house, shelf).await.unwrap();
        assert!(w.app.house.blobs.read(&hash, 0, 1).await.unwrap().is_none(), "nobody names it any more");
    });
}

#[test]
fn what_stands_with_nothing_is_cleared_away_after_a_day() {
    both(async |engine| {
        let w = world(engine).await;
        let (_, whole) = bring(&w.adas, "a.txt", "text/plain", b"left behind").await;
        let begun = id_of(&announce(&w.adas, "b.txt", 10, "text/plain").await);
        put(&w.adas, &begun, 0, "half").await;
        w.app.later(clock::DAY - clock::MINUTE);
        acts::collect(&w.app.house).await.unwrap();
        assert_eq!(w.adas.get(&format!("/attachments/{whole}")).await.status, StatusCode::OK);
        w.app.later(2 * clock::MINUTE);
        acts::collect(&w.app.house).await.unwrap();
        for id in [whole, begun] {
            assert_eq!(w.adas.get(&format!("/attachments/{id}")).await.status, StatusCode::NOT_FOUND);
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_in_a_sentence() {
    both(async |engine| {
        let w = world(engine).await;
        let id = id_of(&announce(&w.adas, "a.txt", 5, "text/plain").await);
        let incoming = w.app.house.blobs.incoming(kernel::Id(id.parse::<AttachmentId>().unwrap().0));
        std::fs::create_dir_all(incoming.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink("/dev/full", &incoming).unwrap();
        let full = put(&w.adas, &id, 0, "hello").await;
        assert_eq!(full.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(full.body.contains("There is no room for files here right now."), "{}", full.body);
    });
}

#[test]
fn files_are_listed_exported_and_erased_with_their_person() {
    both(async |engine| {
        let w = world(engine).await;
        let (_, id) = bring(&w.adas, "rota.pdf", "application/pdf", b"%PDF-1.7").await;
        let it = crate::belongings::BELONGINGS;
        let listed = (it.list)(w.app.by(w.ada), w.ada).await.unwrap();
        assert_eq!(listed[0].to_string(), "Pictures, voice notes and files of yours: 1 (8 B).");
        let exported = (it.export)(w.app.by(w.ada), w.ada).await.unwrap();
        assert_eq!((exported[0]["name"].as_str(), exported[0]["address"].as_str()), (Some("rota.pdf"), Some(format!("/attachments/{id}/full").as_str())));
        w.app.house.db.write((it.erase)(w.app.by(w.ada), w.ada).await.unwrap()).await.unwrap();
        assert_eq!(w.adas.get(&format!("/attachments/{id}/full")).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_form_without_a_script_brings_a_whole_file() {
    both(async |engine| {
        let w = world(engine).await;
        let bytes = || futures_util::stream::iter([Ok::<_, ()>(bytes::Bytes::from("RIFF\0\0\0\0WAVEfmt "))]);
        let cx = w.app.by(w.ada);
        let id = acts::take_whole(&cx, "C:\\notes\\handover.wav", "audio/wav", bytes()).await.unwrap();
        let own = store::own(&cx, id).await.unwrap().unwrap();
        assert_eq!((own.shown.name.as_str(), own.shown.kind, own.whole), ("handover.wav", Kind::Voice, true));
        let empty = acts::take_whole(&cx, "a", "", futures_util::stream::iter(Vec::<Result<bytes::Bytes, ()>>::new())).await;
        assert_eq!(empty, Err(crate::rules::Refusal::Empty.into()));
    });
}
