//! The least client that can measure: one connection, one request after the other.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use anyhow::{Context, Result, bail};
use serde_json::Value;

pub struct Connection(BufReader<TcpStream>);

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Bytes that came over the wire, head included.
    pub wire: usize,
}

impl Connection {
    pub fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::with_capacity(64 * 1024, stream)))
    }

    pub fn get(&mut self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        let mut head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n");
        headers.iter().for_each(|(n, v)| head.push_str(&format!("{n}: {v}\r\n")));
        self.send(&format!("{head}\r\n"))
    }

    pub fn post(&mut self, path: &str, token: &str, body: &str) -> Result<Answer> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = self.send(&head)?;
        if answer.status >= 300 {
            bail!("{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
        Ok(answer)
    }

    fn send(&mut self, request: &str) -> Result<Answer> {
        self.0.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let mut wire = line.len();
        let status = line.split(' ').nth(1).and_then(|s| s.parse().ok()).context("no status line")?;
        let mut headers = Vec::new();
        loop {
            line.clear();
            wire += self.0.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let header = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let mut body = Vec::new();
        if let Some(length) = header("content-length") {
            body.resize(length.parse()?, 0);
            self.0.read_exact(&mut body)?;
            wire += body.len();
        } else if header("transfer-encoding").is_some() {
            loop {
                line.clear();
                wire += self.0.read_line(&mut line)?;
                let n = usize::from_str_radix(line.trim(), 16)?;
                let mut chunk = vec![0; n + 2];
                self.0.read_exact(&mut chunk)?;
                wire += chunk.len();
                if n == 0 {
                    break;
                }
                chunk.truncate(n);
                body.extend(chunk);
            }
        }
        Ok(Answer { status, headers, body, wire })
    }
}

pub fn get(port: u16, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
    let answer = Connection::open(port)?.get(path, headers)?;
    if answer.status != 200 {
        bail!("{path}: {}", answer.status);
    }
    Ok(answer)
}

pub fn post(port: u16, path: &str, token: &str, body: &Value) -> Result<Value> {
    Ok(serde_json::from_slice(&Connection::open(port)?.post(path, token, &body.to_string())?.body)?)
}

/// A session's cookie.
pub fn sign_in(port: u16, handle: &str, password: &str) -> Result<String> {
    let body = format!("handle={handle}&password={}", password.replace(' ', "+"));
    let request = format!(
        "POST /sign-in HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = Connection::open(port)?.send(&request)?;
    let cookie = answer.headers.iter().find(|(n, _)| n == "set-cookie").and_then(|(_, v)| v.split(';').next());
    Ok(cookie.context("no session began")?.to_owned())
}
