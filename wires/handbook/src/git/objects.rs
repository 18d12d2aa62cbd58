//! One `git cat-file --batch` for all objects: a name in, the bytes out (git-cat-file(1), "BATCH OUTPUT").

use std::io::{self, BufRead, Read, Write};
use std::process::{ChildStdin, Stdio};

use super::program::{Copy, LONGEST_TALK, Running, unread};
use crate::Problem;

pub(crate) struct Objects {
    run: Running,
    asks: ChildStdin,
}

impl Objects {
    pub(super) fn open(copy: &Copy) -> Result<Objects, Problem> {
        let mut command = copy.answering(&["cat-file", "--batch"]);
        command.stdin(Stdio::piped());
        let run = Running::start(command, LONGEST_TALK)?;
        let asks = run
            .input()
            .ok_or_else(|| Problem::Git("git could not be asked".to_owned()))?;
        Ok(Objects { run, asks })
    }

    /// None where it is larger than `most`, or is not there.
    pub(super) fn read(&mut self, object: &str, most: u64) -> Result<Option<Vec<u8>>, Problem> {
        if !object.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        writeln!(self.asks, "{object}").map_err(unread)?;
        self.asks.flush().map_err(unread)?;
        let mut head = String::new();
        (&mut self.run.out)
            .take(256)
            .read_line(&mut head)
            .map_err(unread)?;
        let mut facts = head.split_ascii_whitespace();
        let size = match (facts.next(), facts.next(), facts.next()) {
            (Some(_), Some("blob"), Some(size)) => size.parse::<u64>().ok(),
            (Some(_), Some("missing"), None) => return Ok(None),
            _ => None,
        };
        let size = size.ok_or_else(|| Problem::Git("git answered something else".to_owned()))?;
        if size > most {
            io::copy(&mut (&mut self.run.out).take(size + 1), &mut io::sink()).map_err(unread)?;
            return Ok(None);
        }
        let mut bytes = Vec::new();
        (&mut self.run.out)
            .take(size + 1)
            .read_to_end(&mut bytes)
            .map_err(unread)?;
        if bytes.pop() == Some(b'\n') && bytes.len() as u64 == size {
            Ok(Some(bytes))
        } else {
            Err(Problem::Git("git stopped before its end".to_owned()))
        }
    }
}

/// What stands before the next zero byte, of something longer the first `most` bytes; none at the end.
pub(super) fn token(stream: &mut dyn BufRead, most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut kept = Vec::new();
    let mut any = false;
    loop {
        let here = match stream.fill_buf() {
            Ok(here) => here,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if here.is_empty() {
            return Ok(any.then_some(kept));
        }
        any = true;
        let end = here.iter().position(|b| *b == 0);
        let taken = end.unwrap_or(here.len());
        let wanted = taken.min(most - kept.len());
        kept.extend_from_slice(here.get(..wanted).unwrap_or_default());
        let consumed = taken + usize::from(end.is_some());
        stream.consume(consumed);
        if end.is_some() {
            return Ok(Some(kept));
        }
    }
}
