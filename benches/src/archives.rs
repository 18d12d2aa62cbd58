//! How fast an archive is read and brought in, beside `wc -l` and Python's own mailbox module on the same file. The messages
//! are made up: each with headers, a quote and a signature, in threads of ten.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

const MESSAGES: usize = 100_000;
/// Messages of one day in the workspace.
const A_DAY: usize = 500;

pub fn measure(binary: &str) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("tacit-bench-archives-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = both(binary, &folder);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn both(binary: &str, folder: &Path) -> Result<()> {
    let mbox = mbox(folder)?;
    let lines = seconds(Command::new("wc").arg("-l").arg(&mbox))?;
    let python = "import mailbox, sys\nfor m in mailbox.mbox(sys.argv[1]): m.get_payload(); m['message-id']; m['references']";
    let python = seconds(Command::new("python3").args(["-c", python]).arg(&mbox)).ok();
    brought(binary, folder, "mbox", &mbox)?;
    let beside = python.map_or_else(String::new, |s| format!("; Python's mailbox {:.0} /s", MESSAGES as f64 / s));
    crate::row("", format!("wc -l {:.0} /s{beside}", MESSAGES as f64 / lines), "");
    brought(binary, folder, "Slack", &workspace(folder)?)
}

/// Read and counted (`--dry-run`), then brought into an empty place.
fn brought(binary: &str, folder: &Path, what: &str, archive: &Path) -> Result<()> {
    let import = |more: &[&str]| {
        let mut command = Command::new(binary);
        command.arg("import").arg(archive).args(more).arg("--data").arg(folder.join(format!("{what}-data"))).env("TACIT_LOG", "error");
        command
    };
    let read = seconds(&mut import(&["--dry-run"]))?;
    let all = seconds(&mut import(&["--yes"]))?;
    let rate = |s: f64| MESSAGES as f64 / s;
    crate::row(&format!("{what}, {MESSAGES} messages"), format!("read and staged {:.0} /s; brought in {:.0} /s", rate(read), rate(all)), ">= 50,000; >= 15,000");
    Ok(())
}

fn seconds(command: &mut Command) -> Result<f64> {
    let begun = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().context("it does not start")?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(begun.elapsed().as_secs_f64())
}

fn mbox(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("measured.mbox");
    let mut out = BufWriter::new(std::fs::File::create(&path)?);
    for n in 0..MESSAGES {
        let (thread, who) = (n / 10 * 10, n % 700);
        let (hour, minute, second) = (n / 3600 % 24, n / 60 % 60, n % 60);
        write!(
            out,
            "From p{who}@example.org Mon Jan  2 10:00:00 2012\nFrom: Person {who} <p{who}@example.org>\nDate: Mon, 2 Jan 2012 {hour:02}:{minute:02}:{second:02} +0000\n\
             Message-ID: <{n}@example.org>\nList-Id: <measured.example.org>\nSubject: {}Handover {thread}\n",
            if n == thread { "" } else { "Re: " }
        )?;
        if n != thread {
            write!(out, "In-Reply-To: <{thread}@example.org>\nReferences: <{thread}@example.org>\n")?;
        }
        write!(out, "Content-Type: text/plain; charset=utf-8\n\n")?;
        if n != thread {
            write!(out, "Person {} wrote:\n> Who has the red pen?\n\n", thread % 700)?;
        }
        write!(out, "The result arrived after the drip was already running, for the {n}th time.\nWe tried the red pen, and it held.\n\n-- \nPerson {who}\n\n")?;
    }
    out.flush()?;
    Ok(path)
}

fn workspace(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("workspace");
    let channel = path.join("general");
    std::fs::create_dir_all(&channel)?;
    let users: Vec<_> = (0..700).map(|n| serde_json::json!({"id": format!("U{n}"), "name": format!("p{n}"), "profile": {"real_name": format!("Person {n}")}})).collect();
    std::fs::write(path.join("users.json"), serde_json::to_string(&users)?)?;
    std::fs::write(path.join("channels.json"), r#"[{"id":"C1","name":"general","members":[]}]"#)?;
    for day in 0..MESSAGES / A_DAY {
        let message = |i: usize| {
            let n = day * A_DAY + i;
            let (ts, thread) = (1_325_376_000 + n, 1_325_376_000 + n / 10 * 10);
            serde_json::json!({"type": "message", "user": format!("U{}", n % 700), "ts": format!("{ts}.000100"), "thread_ts": format!("{thread}.000100"),
                "text": format!("The result arrived *after* the drip was running, for the {n}th time. <@U{}> tried the red pen.", n % 7)})
        };
        let all: Vec<_> = (0..A_DAY).map(message).collect();
        let date = format!("{}-{:02}-{:02}.json", 2012 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
        std::fs::write(channel.join(date), serde_json::to_string(&all)?)?;
    }
    Ok(path)
}
