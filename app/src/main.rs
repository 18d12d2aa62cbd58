//! The command line: `tacit --help` teaches it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand};
use tacit::config::{Config, Flags, ServeFlags};
use tacit::archives::{bringing, trying};
use tacit::{backup, client, doctor, house, operator, serve, verify};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A home for communities of practice: say what you are doing, be heard, get better together.
#[derive(Parser)]
#[command(name = "tacit", version, about, after_help = "Examples:
  tacit serve --demo                     a living sample in your browser, nothing to set up
  tacit serve                            your own place; the first run prints a set-up link
  tacit login https://tacit.example.org  sign this machine in; you confirm it in your browser
  tacit narrate -c night-handovers \"Tried the red pen again. It holds.\"
  tacit read night-handovers             what others say there
  tacit try workspace-export.zip         what lies in an archive of a community you have
  tacit backup && tacit restore --verify tacit-backup-20270131-200000

Exit codes: 0 done, 1 done and something is to look at, 2 not done; one line says why.")]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run the server
    Serve {
        /// Fill an empty place with a living sample
        #[arg(long)]
        demo: bool,
        #[command(flatten)]
        serve: ServeFlags,
    },
    /// See what lies in an archive of a community, before anything is brought in
    #[command(after_help = trying::EXAMPLES)]
    Try(trying::Try),
    #[command(flatten)]
    Client(client::Verb),
    /// Accounts, for the operator on this machine
    Person {
        #[command(subcommand)]
        verb: PersonVerb,
    },
    /// Tokens for programs, for the operator on this machine
    Token {
        #[command(subcommand)]
        verb: TokenVerb,
    },
    /// Who may make an account: open, invitation or closed
    SignUp { mode: String },
    /// Show the configuration with where each value comes from
    Config {
        #[command(subcommand)]
        verb: ConfigVerb,
    },
    /// Look for what is wrong, and say what to do
    #[command(after_help = "Examples:
  tacit doctor --data /srv/tacit
  tacit doctor --json | jq '.findings[] | select(.good | not)'

It asks the public address, and the mail server if one is configured, and nobody else. Exit code 1:
something is to look at.")]
    Doctor {
        /// Print what was found as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        serve: ServeFlags,
    },
    /// Bring an existing community in from an export or archive
    #[command(after_help = "Examples:
  tacit import slack-export.zip --dry-run        what is in it, every record accounted for
  tacit import slack-export.zip --origin example.slack.com
  tacit import list.mbox --into night-handovers --yes

Those who spoke become remembered voices: no account, no membership, no mail. Stopped in the midst of it, or
run again, it goes on and adds only what is new. Private channels are left out unless you state, by --agreed,
that those in it agreed.")]
    Import(bringing::Import),
    /// Take everything of a community out, or what is one person's, in an open format
    #[command(after_help = "Examples:
  tacit export --community night-handovers ./night-handovers-2027
  tacit export --person ngozi ./for-ngozi            give it to nobody but them")]
    Export(bringing::Export),
    /// Copy database and files into a new folder, also while the server runs
    Backup { folder: Option<PathBuf> },
    /// Put a backup back, or only try it with --verify
    Restore {
        folder: PathBuf,
        /// Try it in a throwaway place and change nothing
        #[arg(long)]
        verify: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// The journal of all acts
    Journal {
        #[command(subcommand)]
        verb: JournalVerb,
    },
    /// Print what a shell needs to complete commands
    #[command(after_help = "Examples:
  tacit completions bash > ~/.local/share/bash-completion/completions/tacit
  tacit completions zsh > \"${fpath[1]}/_tacit\"
  tacit completions fish > ~/.config/fish/completions/tacit.fish")]
    Completions { shell: clap_complete::Shell },
    /// Print the manual page, or write those of all commands into a folder
    #[command(after_help = "Examples:
  tacit man | man -l -
  tacit man --into ~/.local/share/man/man1")]
    Man {
        /// Of one command
        command: Option<String>,
        /// A folder for the pages of all commands
        #[arg(long, value_name = "DIR", conflicts_with = "command")]
        into: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum PersonVerb {
    /// Add an account; the password comes on standard input
    Add {
        handle: String,
        #[arg(long)]
        name: String,
        /// Read the password from standard input
        #[arg(long, required = true)]
        password_stdin: bool,
        /// May hand out one-time links and set who signs up
        #[arg(long)]
        operator: bool,
    },
    /// Print a one-time link for a forgotten password
    Reset {
        handle: String,
        #[command(flatten)]
        serve: ServeFlags,
    },
}

#[derive(Subcommand)]
enum TokenVerb {
    /// Make a token; it is printed once, alone on the last line
    New {
        handle: String,
        /// read, write, or both: read,write
        #[arg(long, default_value = "read,write")]
        scope: String,
        #[arg(long, default_value = "made on the machine")]
        label: String,
    },
}

#[derive(Subcommand)]
enum ConfigVerb {
    Show {
        #[command(flatten)]
        serve: ServeFlags,
    },
}

#[derive(Subcommand)]
enum JournalVerb {
    /// Rebuild what is derived and compare it with what is there
    Verify,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("TACIT_LOG").unwrap_or_else(|_| "info,tokio_postgres=warn".into()))
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();
    let done = match &cli.verb {
        Verb::Client(verb) => client::run(verb).map(|()| ExitCode::SUCCESS),
        Verb::Try(it) => trying::run(it).map(|()| ExitCode::SUCCESS),
        Verb::Completions { shell } => completions(*shell),
        Verb::Man { command, into } => manual(command.as_deref(), into.as_deref()),
        _ => run(cli),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("tacit: {}", line(&error));
            ExitCode::from(2)
        }
    }
}

/// One line, whatever went wrong; fields by their names.
fn line(error: &anyhow::Error) -> String {
    match error.downcast_ref::<kernel::Error>() {
        Some(kernel::Error::Invalid(problems)) => {
            let said: Vec<String> = problems.iter().map(|p| format!("{}: {}", p.field, p.say)).collect();
            said.join(" ")
        }
        _ => format!("{error:#}").replace('\n', " "),
    }
}

#[tokio::main]
async fn run(cli: Cli) -> Result<ExitCode> {
    let config = |serve: &ServeFlags| Config::read(&cli.flags, serve);
    let plain = || config(&ServeFlags::default());
    match &cli.verb {
        Verb::Serve { demo, serve } => serve::serve(&config(serve)?, *demo).await?,
        Verb::Client(_) | Verb::Try(_) | Verb::Completions { .. } | Verb::Man { .. } => {} // need no place of their own: see main
        Verb::Person { verb: PersonVerb::Add { handle, name, operator, .. } } => {
            operator::add_person(&plain()?, handle, name, *operator).await?;
        }
        Verb::Person { verb: PersonVerb::Reset { handle, serve } } => operator::reset(&config(serve)?, handle).await?,
        Verb::Token { verb: TokenVerb::New { handle, scope, label } } => {
            operator::new_token(&plain()?, handle, scope, label).await?;
        }
        Verb::SignUp { mode } => operator::sign_up(&plain()?, mode).await?,
        Verb::Config { verb: ConfigVerb::Show { serve } } => print!("{}", config(serve)?.show()),
        Verb::Doctor { serve, json } => return examine(&config(serve)?, *json).await,
        Verb::Import(asked) => bringing::import(&plain()?, asked).await?,
        Verb::Export(asked) => bringing::export(&plain()?, asked).await?,
        Verb::Backup { folder } => {
            let made = backup::backup(&plain()?, folder.clone()).await?;
            println!("Backed up into {}", made.display());
        }
        Verb::Restore { folder, verify: true, .. } => println!("{}", backup::restore_verify(folder).await?),
        Verb::Restore { folder, yes, .. } => {
            println!("{}", backup::restore(&plain()?, folder, *yes).await?);
            println!("Restored from {}", folder.display());
        }
        Verb::Journal { verb: JournalVerb::Verify } => return verify_journal(&plain()?).await,
    }
    Ok(ExitCode::SUCCESS)
}

fn completions(shell: clap_complete::Shell) -> Result<ExitCode> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tacit", &mut text);
    written(&text)
}

fn manual(command: Option<&str>, into: Option<&std::path::Path>) -> Result<ExitCode> {
    let mut all = Cli::command().disable_help_subcommand(true);
    all.build();
    if let Some(folder) = into {
        std::fs::create_dir_all(folder)?;
        clap_mangen::generate_to(all, folder)?;
        return Ok(ExitCode::SUCCESS);
    }
    let page = match command {
        None => all,
        Some(name) => all.find_subcommand(name).cloned().ok_or_else(|| anyhow::anyhow!("there is no command {name}"))?,
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    written(&text)
}

/// A reader that closes the pipe has read enough.
fn written(text: &[u8]) -> Result<ExitCode> {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text);
    Ok(ExitCode::SUCCESS)
}

async fn examine(config: &Config, json: bool) -> Result<ExitCode> {
    let findings = doctor::examine(config).await?;
    let good = findings.iter().all(|f| f.good);
    if json {
        println!("{:#}", serde_json::json!({"good": good, "findings": findings}));
    } else {
        print!("{}", doctor::shown(&findings));
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn verify_journal(config: &Config) -> Result<ExitCode> {
    use std::io::IsTerminal;
    let opened = house::open(config, "command").await?;
    let progress = |n| {
        if std::io::stderr().is_terminal() {
            eprint!("\r{n} events read");
        }
    };
    let found = verify::verify(&opened.house, progress).await?;
    opened.close().await;
    println!("{} events read", found.events);
    for table in &found.tables {
        println!("{:<10} {} rows, {} missing, {} too many", table.table, table.rows, table.missing, table.extra);
    }
    println!("{}", if found.is_good() { "What is derived is as the journal has it." } else { "What is derived differs from the journal." });
    Ok(if found.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
