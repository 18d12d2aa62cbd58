//! The operator's commands on the machine, also while the server runs: they take the database's own lock. None of them
//! can make anybody a member.

use std::io::Read;

use anyhow::{Context, Result, bail};
use kernel::{Cx, Viewer};
use person::acts::{self, NewAccount};
use shell::Scope;

use crate::config::Config;
use crate::house::open;

async fn system(config: &Config) -> Result<(crate::house::Opened, Cx)> {
    let opened = open(config, "command").await?;
    let cx = Cx::new(opened.house.clone(), Viewer::System);
    Ok((opened, cx))
}

pub async fn add_person(config: &Config, handle: &str, name: &str, operator: bool) -> Result<()> {
    let mut password = String::new();
    std::io::stdin().take(4096).read_to_string(&mut password).context("the password could not be read")?;
    let (opened, cx) = system(config).await?;
    let account = NewAccount::new(handle, name, password.trim_end_matches(['\r', '\n']));
    let added = acts::add(&cx, &account, operator).await;
    opened.close().await;
    added?;
    println!("@{} is here. They sign in with the password you gave.", handle.trim_start_matches('@'));
    Ok(())
}

/// A one-time link for a forgotten password.
pub async fn reset(config: &Config, handle: &str) -> Result<()> {
    let (opened, cx) = system(config).await?;
    let link = acts::make_link(&cx, "reset", Some(handle.trim_start_matches('@'))).await;
    opened.close().await;
    let secret = link.with_context(|| format!("nobody here has the handle {handle}"))?;
    println!("This link works once, within a day:");
    println!("{}/reset/{secret}", config.url.value);
    Ok(())
}

pub async fn new_token(config: &Config, handle: &str, scopes: &str, label: &str) -> Result<()> {
    let mut wanted = Vec::new();
    for word in scopes.split(',').map(str::trim).filter(|w| !w.is_empty()) {
        match word.parse::<Scope>() {
            Ok(scope) => wanted.push(scope),
            Err(()) => bail!("a scope is read or write, not {word}"),
        }
    }
    let (opened, cx) = system(config).await?;
    let made = async {
        let person = acts::find(&opened.house, handle.trim_start_matches('@')).await?;
        acts::make_token(&cx, person, label, &wanted).await
    };
    let made = made.await;
    opened.close().await;
    let secret = made.with_context(|| format!("nobody here has the handle {handle}"))?;
    println!("This token acts as @{}. It is shown this once:", handle.trim_start_matches('@'));
    println!("{secret}");
    Ok(())
}

/// Who may make an account.
pub async fn sign_up(config: &Config, mode: &str) -> Result<()> {
    let Ok(mode) = mode.parse() else { bail!("signing up is open, invitation or closed, not {mode}") };
    let (opened, cx) = system(config).await?;
    let set = acts::set_sign_up(&cx, mode).await;
    opened.close().await;
    set?;
    println!("Signing up: {mode}");
    Ok(())
}
