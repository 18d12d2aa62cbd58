//! Assets at build time: hashed names, brotli beside the plain bytes, no work at start.
#![allow(clippy::expect_used, clippy::panic)] // a build that cannot be made stops

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn main() {
    let assets = Path::new("assets");
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=lang");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let css = ["tokens.css", "layout.css", "parts.css"].map(|name| read(&assets.join(name))).concat();
    let files = [
        ("APP_CSS", "app.css", "text/css; charset=utf-8", css),
        ("APP_JS", "app.js", "text/javascript; charset=utf-8", read(&assets.join("app.js"))),
        ("ATTACH_JS", "attach.js", "text/javascript; charset=utf-8", read(&assets.join("attach.js"))),
        ("MARK_SVG", "mark.svg", "image/svg+xml", read(&assets.join("mark.svg"))),
    ];
    let mut table = String::new();
    let mut rows = String::new();
    for (constant, name, kind, bytes) in files {
        let hash: String = Sha256::digest(&bytes).iter().take(5).map(|b| format!("{b:02x}")).collect();
        let (stem, ending) = name.split_once('.').expect("an asset has an ending");
        let path = format!("/assets/{stem}.{hash}.{ending}");
        std::fs::write(out.join(name), &bytes).expect("OUT_DIR can be written");
        std::fs::write(out.join(format!("{name}.br")), brotli(&bytes)).expect("OUT_DIR can be written");
        writeln!(table, "/// Where `{name}` is served.\npub const {constant}: &str = \"{path}\";").expect("a string grows");
        writeln!(
            rows,
            "    Asset {{ path: {constant}, kind: \"{kind}\", plain: include_bytes!(\"{name}\"), brotli: include_bytes!(\"{name}.br\") }},"
        )
        .expect("a string grows");
    }
    let text = format!("{table}\npub(crate) static ASSETS: &[Asset] = &[\n{rows}];\n");
    std::fs::write(out.join("assets.rs"), text).expect("OUT_DIR can be written");
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params).expect("compressing into memory");
    out
}
