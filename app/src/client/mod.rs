//! The command line as a client: what a person does from a terminal, over the API of the server they signed in to, and of no other.

mod belong;
mod changed;
mod home;
mod login;
pub(crate) mod paper;
mod queue;
mod read;
mod say;
mod server;

use std::io::{IsTerminal, Write};

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::Value;

pub use server::agent;
use server::Account;

/// Which server, as whom, and how the answer is printed.
#[derive(Args, Clone, Debug, Default)]
pub struct To {
    /// The server; left out, the one you signed in to last
    #[arg(long, env = "TACIT_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// A token from your settings page, instead of signing in
    #[arg(long, env = "TACIT_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Subcommand)]
pub enum Verb {
    /// Sign this machine in: a code is shown here, and confirmed by you in the browser
    #[command(after_help = login::EXAMPLES)]
    Login(login::Login),
    /// Sign this machine out; its token ends on the server, too
    Logout(login::Logout),
    /// As whom you speak, and where
    Whoami(login::Whoami),
    /// Say what you are doing, from where the work is
    #[command(after_help = say::NARRATE_EXAMPLES)]
    Narrate(say::Narrate),
    /// Say what you do differently now, and because of what; for you alone until you share it
    #[command(after_help = changed::EXAMPLES)]
    Changed(changed::Changed),
    /// Answer somebody
    #[command(after_help = say::REPLY_EXAMPLES)]
    Reply(say::Reply),
    /// Read what was said: where you belong, in one community, or one conversation
    #[command(after_help = read::EXAMPLES)]
    Read(read::Read),
    /// The communities that you can see, or those you take part in
    Communities(belong::Communities),
    /// Join a community: your own act, and nobody else's
    Join(belong::Join),
    /// Leave a community; coming back is as easy
    Leave(belong::Leave),
    /// Lines that wait for the server: show, send or drop them
    #[command(after_help = queue::EXAMPLES)]
    Queue(queue::Queue),
}

/// What a verb has to say, for people and for programs.
struct Said {
    text: String,
    json: Value,
}

pub fn run(verb: &Verb) -> Result<()> {
    let (to, said) = match verb {
        Verb::Login(it) => return login::login(it),
        Verb::Logout(it) => (&it.to, login::logout(it)?),
        Verb::Whoami(it) => (&it.to, login::whoami(it)?),
        Verb::Narrate(it) => (&it.to, say::narrate(it)?),
        Verb::Changed(it) => (&it.to, changed::changed(it)?),
        Verb::Reply(it) => (&it.to, say::reply(it)?),
        Verb::Read(it) => (&it.to, read::read(it)?),
        Verb::Communities(it) => (&it.to, belong::communities(it)?),
        Verb::Join(it) => (&it.to, belong::join(it)?),
        Verb::Leave(it) => (&it.to, belong::leave(it)?),
        Verb::Queue(it) => (&it.to, queue::queue(it)?),
    };
    print(&if to.json { paper::json(&said.json) } else { said.text });
    if !matches!(verb, Verb::Queue(_) | Verb::Logout(_) | Verb::Narrate(_) | Verb::Changed(_) | Verb::Reply(_)) {
        what_waited(to);
    }
    Ok(())
}

/// A reader that closes the pipe has read enough.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.trim_end().as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
}

/// The server answered, so what waited for it goes now.
fn what_waited(to: &To) {
    let Ok(account) = Account::of(to) else { return };
    if let Ok(sent) = queue::send(&account) {
        sent.tell();
    }
}

/// Colours only where a person looks, and not if they do not want any (no-color.org).
fn colours() -> bool {
    std::io::stdout().is_terminal() && home::variable("NO_COLOR").is_none() && home::variable("TERM").is_none_or(|t| t != "dumb")
}
