//! The world outside of the place: whatever a browser asks of it is heard here, and answered by nobody.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::DEADLINE;

pub struct Outside {
    pub(crate) proxy: String,
    heard: Arc<Mutex<Vec<String>>>,
}

/// What Chromium asks by itself, whatever its flags say; no page of ours and no test names these.
const ITS_OWN: [&str; 4] = [".googleapis.com", ".gvt1.com", ".google.com", "start.duckduckgo.com"];

impl Outside {
    pub fn listens() -> Self {
        let door = TcpListener::bind("127.0.0.1:0").expect("a port");
        let proxy = format!("http://{}", door.local_addr().expect("its address"));
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let ear = Arc::clone(&heard);
        std::thread::spawn(move || {
            for line in door.incoming().flatten() {
                let ear = Arc::clone(&ear);
                std::thread::spawn(move || hears(line, &ear));
            }
        });
        Self { proxy, heard }
    }

    /// The first line of every request since it was last asked, but for Chromium's own.
    pub fn was_asked(&self) -> Vec<String> {
        let heard = std::mem::take(&mut *self.heard.lock().expect("the list"));
        heard.into_iter().filter(|line| !ITS_OWN.iter().any(|own| host(line).ends_with(own))).collect()
    }
}

/// A connection on which nothing is asked is one that Chromium holds ready.
fn hears(mut line: TcpStream, ear: &Mutex<Vec<String>>) {
    let mut asked = String::new();
    let _ = line.set_read_timeout(Some(DEADLINE));
    let _ = BufReader::new(&line).read_line(&mut asked);
    if !asked.is_empty() {
        ear.lock().expect("the list").push(asked.trim_end().to_owned());
    }
    let _ = line.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

/// Of `GET http://host/path` and of `CONNECT host:443`.
fn host(line: &str) -> &str {
    let target = line.split(' ').nth(1).unwrap_or_default();
    let target = target.split_once("://").map_or(target, |(_, rest)| rest);
    target.split(['/', ':']).next().unwrap_or_default()
}
