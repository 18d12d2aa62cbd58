//! One function per verb: signing up and in, sessions, tokens, the profile, one-time links, settings, voices.

use kernel::{Actor, Batch, Cx, Error, Event, House, Id, Line, PersonId, Problems, Result, Viewer, VoiceId, decide, hash_secret, vals};
use schemars::JsonSchema;
use serde::Deserialize;
use shell::{Scope, when};

use crate::rules::{self, Refusal};
use crate::{Handle, Name, Practice, SessionId, ShownTo, SignUp, Theme, TokenId, password, store};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    pub handle: Handle,
    pub name: Name,
    pub password: Line<0, 200>,
    /// The secret of a community's invitation, where one came along.
    #[serde(default)]
    pub invitation: Line<0, 64>,
    #[serde(default)]
    pub zone: Line<0, 64>,
}

impl NewAccount {
    /// Without an invitation, and in UTC until its person says otherwise.
    pub fn new(handle: &str, name: &str, password: &str) -> Self {
        let (invitation, zone) = (Line::default(), Line::default());
        Self { handle: handle.into(), name: name.into(), password: password.into(), invitation, zone }
    }
}

/// Makes an account. The mode of the instance and the invitation decide whether it may.
pub async fn sign_up(cx: &Cx, input: &NewAccount, language: &str) -> Result<PersonId> {
    let mode = store::sign_up_mode(&cx.house).await?;
    let invited = match input.invitation.0.as_str() {
        "" => false,
        secret => matches!(store::link(&cx.house, secret).await?, Some((purpose, _)) if purpose == "invitation"),
    };
    rules::may_sign_up(mode, invited)?;
    make(cx, input, language, false, None, (mode == SignUp::Invitation).then_some(input.invitation.0.as_str())).await
}

/// The first person of an empty instance, by the one-time link from the terminal.
pub async fn set_up(cx: &Cx, secret: &str, input: &NewAccount, mode: SignUp, language: &str) -> Result<PersonId> {
    let link = store::link(&cx.house, secret).await?;
    if !matches!(link, Some((purpose, _)) if purpose == "set-up") || !store::is_empty(&cx.house).await? {
        return Err(Refusal::LinkUsed.into());
    }
    let mut batch = Batch::new();
    use_link(&mut batch, cx, secret);
    batch.lacks("select 1 from person limit 1", vals![]);
    put_setting(&mut batch, "sign_up", mode.word());
    make(cx, input, language, true, Some(batch), None).await
}

/// By the operator on the machine itself: `tacit person add`.
pub async fn add(cx: &Cx, input: &NewAccount, operator: bool) -> Result<PersonId> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    make(cx, input, "", operator, None, None).await
}

async fn make(
    cx: &Cx,
    input: &NewAccount,
    language: &str,
    operator: bool,
    first: Option<Batch>,
    invitation: Option<&str>,
) -> Result<PersonId> {
    let mut problems = Problems::default();
    let handle = rules::handle(&input.handle.0, &mut problems);
    let name = input.name.check("name", &mut problems);
    rules::password(&input.password.0, "password", &mut problems);
    let zone = if when::is_zone(&input.zone.0) { input.zone.0.as_str() } else { "UTC" };
    if store::is_taken(&cx.house, &handle).await? {
        problems.add("handle", Refusal::HandleTaken);
    }
    problems.done()?;
    let secret = password::hash(&cx.house.random, &input.password.0).await?;
    let id: PersonId = cx.make_id();
    let mut batch = first.unwrap_or_default();
    if let Some(secret) = invitation {
        use_link(&mut batch, cx, secret);
        // Whoever comes in by a link has used it: joining with it takes no second use.
        batch.run("insert into link_use (secret, person) values (?1, ?2)", vals![hash_secret(secret), id]);
    }
    batch.run(
        "insert into person (id, handle, name, practice, organisation, mail, zone, language, theme, shown, operator, version, created_at)
         values (?1, ?2, ?3, '', '', '', ?4, ?5, 'system', 'anyone', ?6, 1, ?7)",
        vals![id, &handle, name, zone, language, operator, cx.now()],
    );
    batch.run("insert into handle_taken (handle) values (?1)", vals![&handle]);
    put_password(&mut batch, cx, id, &secret);
    batch.event(Event::new(cx, Actor::Person(id), "signed_up", "person", id));
    match cx.house.db.write(batch).await {
        Ok(()) => Ok(id),
        Err(Error::Conflict) if store::is_taken(&cx.house, &handle).await? => Err(Error::invalid("handle", Refusal::HandleTaken)),
        Err(other) => Err(other),
    }
}

fn put_password(batch: &mut Batch, cx: &Cx, person: PersonId, hash: &str) {
    batch.run(
        "insert into credential (person, kind, secret, changed_at) values (?1, 'password', ?2, ?3)
         on conflict (person, kind) do update set secret = excluded.secret, changed_at = excluded.changed_at",
        vals![person, hash, cx.now()],
    );
}

fn put_setting(batch: &mut Batch, name: &str, value: &str) {
    batch.run(
        "insert into setting (name, value) values (?1, ?2) on conflict (name) do update set value = excluded.value",
        vals![name, value],
    );
}

/// A handle in the one form that it is stored and limited by, however it was typed.
pub fn handle_as_typed(text: &str) -> String {
    text.trim().trim_start_matches('@').to_lowercase().chars().take(64).collect()
}

/// Checks handle and password, and begins a session. Answers its secret, which goes into the cookie and nowhere else.
pub async fn sign_in(cx: &Cx, handle: &str, given: &str, agent: &str) -> Result<String> {
    let known = store::credential(&cx.house, &handle_as_typed(handle)).await?;
    let right = password::matches(given, known.as_ref().map(|(_, hash)| hash.clone())).await?;
    match known {
        Some((person, _)) if right => begin_session(cx, person, agent).await,
        _ => Err(Refusal::WrongPassword.into()),
    }
}

/// A new secret at each sign-in, so that none can be planted beforehand.
pub async fn begin_session(cx: &Cx, person: PersonId, agent: &str) -> Result<String> {
    let secret = cx.house.random.secret()?;
    let id: SessionId = cx.make_id();
    let mut batch = Batch::new();
    batch.exactly(
        1,
        "insert into session (id, secret, person, agent, created_at, seen_at)
         select cast(?1 as bigint), cast(?2 as text), id, cast(?4 as text), cast(?5 as bigint), cast(?5 as bigint)
         from person where id = ?3 and left_at is null",
        vals![id, hash_secret(&secret), person, agent, cx.now()],
    );
    batch.event(Event::new(cx, Actor::Person(person), "signed_in", "session", id));
    cx.house.db.write(batch).await?;
    Ok(secret)
}

pub async fn end_session(cx: &Cx, session: SessionId) -> Result<()> {
    let me = cx.me()?;
    let mut batch = Batch::new();
    batch.exactly(
        1,
        "update session set ended_at = ?3 where id = ?1 and person = ?2 and ended_at is null",
        vals![session, me, cx.now()],
    );
    batch.event(Event::new(cx, Actor::Person(me), "signed_out", "session", session));
    cx.house.db.write(batch).await.map_err(|e| if e == Error::Conflict { Error::NotFound } else { e })
}

/// Ends all other sessions: who changed it may have done so because somebody else knew it.
pub async fn change_password(cx: &Cx, current: &str, new: &str, keep: Option<SessionId>) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    rules::password(new, "new_password", &mut problems);
    problems.done()?;
    if !password::matches(current, store::credential_of(&cx.house, me).await?).await? {
        return Err(Error::invalid("password", "This is not your password as it is now."));
    }
    set_password(cx, me, new, keep, Batch::new()).await
}

async fn set_password(cx: &Cx, person: PersonId, new: &str, keep: Option<SessionId>, mut batch: Batch) -> Result<()> {
    let hash = password::hash(&cx.house.random, new).await?;
    put_password(&mut batch, cx, person, &hash);
    let kept = keep.map_or(0, |s| s.0);
    batch.run(
        "update session set ended_at = ?2 where person = ?1 and ended_at is null and id <> ?3",
        vals![person, cx.now(), kept],
    );
    batch.event(Event::new(cx, Actor::Person(person), "password_changed", "account", person));
    cx.house.db.write(batch).await
}

/// A link that works once within a day. By the operator on the machine, or one with an account.
pub async fn make_link(cx: &Cx, purpose: &'static str, handle: Option<&str>) -> Result<String> {
    if cx.viewer != Viewer::System && !store::own(cx).await?.operator {
        return Err(Refusal::NotOperator.into());
    }
    let person = match handle {
        Some(handle) => Some(store::credential(&cx.house, handle).await?.ok_or(Error::NotFound)?.0),
        None => None,
    };
    let secret = cx.house.random.secret()?;
    let mut batch = Batch::new();
    put_link(&mut batch, &secret, purpose, person, cx.now().plus(kernel::clock::DAY), 1);
    if let Some(me) = cx.viewer.person() {
        let event = Event::new(cx, Actor::Person(me), "link_made", "account", person.unwrap_or(me));
        batch.event(event.toward(person));
    }
    cx.house.db.write(batch).await?;
    Ok(secret)
}

/// Registers a secret link. Invitations of communities use it, so that they can also stand for signing up.
pub fn put_link(
    batch: &mut Batch,
    secret: &str,
    purpose: &'static str,
    person: Option<PersonId>,
    until: kernel::Timestamp,
    uses: i64,
) {
    batch.run(
        "insert into one_time_link (secret, purpose, person, expires_at, uses) values (?1, ?2, ?3, ?4, ?5)",
        vals![hash_secret(secret), purpose, person, until, uses],
    );
}

fn use_link(batch: &mut Batch, cx: &Cx, secret: &str) {
    batch.exactly(
        1,
        "update one_time_link set uses = uses - 1 where secret = ?1 and uses > 0 and expires_at > ?2",
        vals![hash_secret(secret), cx.now()],
    );
}

/// A forgotten password, by one-time link. All sessions and tokens end.
pub async fn reset_password(cx: &Cx, secret: &str, new: &str) -> Result<PersonId> {
    let mut problems = Problems::default();
    rules::password(new, "new_password", &mut problems);
    problems.done()?;
    let Some((purpose, Some(person))) = store::link(&cx.house, secret).await? else { return Err(Refusal::LinkUsed.into()) };
    if purpose != "reset" {
        return Err(Refusal::LinkUsed.into());
    }
    let mut batch = Batch::new();
    use_link(&mut batch, cx, secret);
    // Somebody else may have had the password, and with it tokens and other links.
    batch.run("update one_time_link set uses = 0 where person = ?1 and purpose = 'reset'", vals![person]);
    batch.run("update token set ended_at = ?2 where person = ?1 and ended_at is null", vals![person, cx.now()]);
    crate::device::end_all(&mut batch, person);
    match set_password(cx, person, new, None, batch).await {
        Err(Error::Conflict) => Err(Refusal::LinkUsed.into()),
        other => other.map(|()| person),
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub name: Name,
    /// Your practice in your words.
    #[serde(default)]
    pub practice: Practice,
    #[serde(default)]
    pub organisation: Line<0, 120>,
    /// Never shown to anybody else.
    #[serde(default)]
    pub mail: Line<0, 254>,
    /// An IANA time zone, for example Europe/Berlin.
    #[serde(default)]
    pub zone: Line<0, 64>,
    #[serde(default)]
    pub language: Line<0, 8>,
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub theme: Option<Theme>,
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub shown: Option<ShownTo>,
}

pub async fn revise_profile(cx: &Cx, input: &Profile) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let name = input.name.check("name", &mut problems);
    let practice = input.practice.check("practice", &mut problems);
    let organisation = input.organisation.check("organisation", &mut problems);
    let mail = rules::mail(&input.mail.0, &mut problems);
    let zone = if input.zone.0.trim().is_empty() { "UTC" } else { input.zone.0.trim() };
    if !when::is_zone(zone) {
        problems.add("zone", "We do not know a zone of that name. An example: Europe/Berlin.");
    }
    let language = input.language.check("language", &mut problems);
    if !language.is_empty() && !shell::translation::languages().iter().any(|l| l.code == language) {
        problems.add("language", "This language is not here yet.");
    }
    problems.done()?;
    decide(|| async {
        let own = store::own(cx).await?;
        let mut batch = Batch::new();
        batch.exactly(
            1,
            "update person set name = ?2, practice = ?3, organisation = ?4, mail = ?5, zone = ?6, language = ?7,
                theme = ?8, shown = ?9, version = version + 1 where id = ?1 and version = ?10 and left_at is null",
            vals![me, &name, &practice, &organisation, &mail, zone, &language,
                input.theme.map_or(own.theme.clone(), |t| t.word().into()),
                input.shown.unwrap_or(own.shown), own.version],
        );
        batch.event(Event::new(cx, Actor::Person(me), "revised", "person", me));
        cx.house.db.write(batch).await
    })
    .await
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    #[serde(default)]
    pub label: Line<0, 80>,
    #[serde(default)]
    pub write: Line<0, 8>,
}

/// Answers the secret once; only its hash stays.
pub async fn make_token(cx: &Cx, person: PersonId, label: &str, scopes: &[Scope]) -> Result<String> {
    if cx.viewer != Viewer::System && cx.viewer != Viewer::Person(person) {
        return Err(Error::NotFound);
    }
    let words: Vec<&str> = scopes.iter().map(|s| s.word()).collect();
    let mut batch = Batch::new();
    let secret = put_token(&mut batch, cx, person, label, &words.join(","))?;
    cx.house.db.write(batch).await?;
    Ok(secret)
}

pub(crate) fn put_token(batch: &mut Batch, cx: &Cx, person: PersonId, label: &str, scopes: &str) -> Result<String> {
    let secret = cx.house.random.secret()?;
    let id: TokenId = cx.make_id();
    batch.run(
        "insert into token (id, secret, person, label, scopes, created_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        vals![id, hash_secret(&secret), person, label, scopes, cx.now()],
    );
    batch.event(Event::new(cx, Actor::Person(person), "token_made", "token", id));
    Ok(secret)
}

pub async fn end_token(cx: &Cx, token: TokenId) -> Result<()> {
    let me = cx.me()?;
    let mut batch = Batch::new();
    batch.exactly(
        1,
        "update token set ended_at = ?3 where id = ?1 and person = ?2 and ended_at is null",
        vals![token, me, cx.now()],
    );
    batch.event(Event::new(cx, Actor::Person(me), "token_ended", "token", token));
    cx.house.db.write(batch).await.map_err(|e| if e == Error::Conflict { Error::NotFound } else { e })
}

pub async fn set_sign_up(cx: &Cx, mode: SignUp) -> Result<()> {
    if cx.viewer != Viewer::System && !store::own(cx).await?.operator {
        return Err(Refusal::NotOperator.into());
    }
    let mut batch = Batch::new();
    put_setting(&mut batch, "sign_up", mode.word());
    if let Some(me) = cx.viewer.person() {
        batch.event(Event::new(cx, Actor::Person(me), "sign_up_set", "instance", me));
    }
    cx.house.db.write(batch).await
}

/// A voice of an archive: a name and where it spoke. Found again when the archive is read again.
pub async fn remember_voice(cx: &Cx, origin: &str, name: &str, link: &str) -> Result<VoiceId> {
    if let Some(known) = store::voice(cx, origin, name).await? {
        return Ok(known);
    }
    let id: VoiceId = cx.make_id();
    let mut batch = Batch::new();
    remember_anew(&mut batch, cx, id, origin, name);
    batch.run("update voice set link = ?2 where id = ?1", vals![id, link]);
    cx.house.db.write(batch).await?;
    Ok(id)
}

/// A voice that nobody knows here yet: two people of one name stay two.
pub fn remember_anew(batch: &mut Batch, cx: &Cx, id: VoiceId, origin: &str, name: &str) {
    batch.run("insert into voice (id, name, origin, link, sought) values (?1, ?2, ?3, '', ?4)", vals![id, name, origin, name.to_lowercase()]);
    batch.event(Event::new(cx, Actor::Voice(id), "remembered", "voice", Id(id.0)).imported(cx.now()));
}

/// The person on the machine whom a command names.
pub async fn find(house: &House, handle: &str) -> Result<PersonId> {
    Ok(store::credential(house, handle).await?.ok_or(Error::NotFound)?.0)
}
