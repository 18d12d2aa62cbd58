//! Accounts on pages: signing in and up, setting up, one-time links, and the settings at /me.

use askama::Template;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use kernel::{Error, Id, Line, Result};
use serde::Deserialize;
use shell::request::see;
use shell::slice::FORM;
use shell::{Act, Answer, Asked, Form, Html, Needs, Path, Place, Rate, Route, Scope, T, Visit, Who, translation};

use crate::acts::{self, NewAccount, NewToken, Profile};
use crate::store::{self, Session, Token};
use crate::{SessionId, SignUp, TokenId};

pub fn routes() -> Vec<Route> {
    let secret = Needs::new(Who::Anyone, Rate::SignIn, FORM);
    let own_secret = Needs::new(Who::SignedIn, Rate::SignIn, FORM);
    vec![
        Route::get("/sign-in", Needs::reading(), sign_in_page),
        Route::post("/sign-in", secret, sign_in),
        Route::post("/sign-out", Needs::new(Who::Anyone, Rate::Write, FORM), sign_out),
        Route::get("/sign-up", Needs::reading(), sign_up_page),
        Route::post("/sign-up", secret, sign_up),
        Route::get("/set-up/{secret}", Needs::reading(), set_up_page),
        Route::post("/set-up/{secret}", secret, set_up),
        Route::get("/reset/{secret}", Needs::reading(), reset_page),
        Route::post("/reset/{secret}", secret, reset),
        Route::get("/me", Needs::reading_own(), me),
        Route::post("/me", Needs::acting(), revise),
        Route::post("/me/password", own_secret, change_password),
        Route::delete("/me/sessions/{id}", Needs::acting(), end_session),
        Route::post("/me/tokens", own_secret, make_token),
        Route::delete("/me/tokens/{id}", Needs::acting(), end_token),
        Route::post("/instance", Needs::acting(), set_instance),
        Route::post("/instance/links", own_secret, make_link),
    ]
}

/// Puts a session's secret into the cookie, or takes it out again.
pub(crate) fn with_cookie(visit: &Visit, mut response: Response, secret: &str) -> Response {
    let config = &visit.shell.config;
    // The server decides when a session ends, by its last use; the browser keeps the cookie as long as it may.
    let age = if secret.is_empty() { 0 } else { 400 * kernel::clock::DAY / kernel::clock::SECOND };
    let secure = if config.secure() { "; Secure" } else { "" };
    let text = format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}", config.cookie());
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    t: T,
    form: Form,
    sign_up: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    handle: Line<0, 64>,
    password: Line<0, 200>,
    #[serde(default)]
    next: Line<0, 2000>,
}

#[derive(Deserialize, Default)]
struct SignInAsked {
    #[serde(default)]
    next: String,
}

async fn sign_in_page(visit: Visit, Asked(asked): Asked<SignInAsked>) -> Answer {
    let form = Form::of(&[("next", &asked.next)]);
    let sign_up = store::sign_up_mode(&visit.cx.house).await? == SignUp::Open;
    Ok(visit.page(visit.t.say("Sign in"), &SignInPage { t: visit.t, form, sign_up }).await?)
}

async fn sign_in(act: Act<SignIn>) -> Answer {
    let Act { visit, input, sent } = act;
    let handle = acts::handle_as_typed(&input.handle.0);
    visit.shell.limits.check_from(Rate::Account, &[&format!("handle:{handle}")], &visit.address, visit.cx.now())?;
    match acts::sign_in(&visit.cx, &handle, &input.password.0, &visit.agent).await {
        Ok(secret) => Ok(with_cookie(&visit, see(local(&input.next.0)), &secret)),
        Err(error) => {
            let form = Form::again(&sent, error, visit.t)?;
            let sign_up = store::sign_up_mode(&visit.cx.house).await? == SignUp::Open;
            Ok(visit.page_again(visit.t.say("Sign in"), &SignInPage { t: visit.t, form, sign_up }).await?)
        }
    }
}

/// Only a path on this place is followed.
fn local(next: &str) -> &str {
    let here = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.contains(char::is_control);
    if here { next } else { "/" }
}

async fn sign_out(visit: Visit) -> Answer {
    if let Some(guest) = &visit.guest {
        match acts::end_session(&visit.cx, SessionId(guest.key.0)).await {
            Ok(()) | Err(Error::NotFound) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(with_cookie(&visit, see("/"), ""))
}

#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUpPage {
    t: T,
    form: Form,
    mode: SignUp,
    /// Where the form goes: signing up, or setting up with a secret.
    action: String,
    setting_up: bool,
}

async fn sign_up_form(visit: &Visit, form: Form) -> Result<SignUpPage> {
    let mode = store::sign_up_mode(&visit.cx.house).await?;
    let invited = !form.value("invitation").is_empty();
    let mode = if mode == SignUp::Invitation && invited { SignUp::Open } else { mode };
    Ok(SignUpPage { t: visit.t, form, mode, action: "/sign-up".into(), setting_up: false })
}

#[derive(Deserialize, Default)]
struct SignUpAsked {
    #[serde(default)]
    invitation: String,
}

async fn sign_up_page(visit: Visit, Asked(asked): Asked<SignUpAsked>) -> Answer {
    let shown = sign_up_form(&visit, Form::of(&[("invitation", &asked.invitation)])).await?;
    Ok(visit.page(visit.t.say("Make an account"), &shown).await?)
}

/// The form, with a field that people do not see.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SigningUp {
    handle: Line<0, 64>,
    name: Line<0, 200>,
    password: Line<0, 200>,
    #[serde(default)]
    invitation: Line<0, 64>,
    #[serde(default)]
    zone: Line<0, 64>,
    #[serde(default)]
    website: Line<0, 200>,
}

async fn sign_up(act: Act<SigningUp>) -> Answer {
    let Act { visit, input, sent } = act;
    if !input.website.0.is_empty() {
        let error = Error::refused("One field of this form is to stay empty. Please leave it so and send it again.");
        let shown = sign_up_form(&visit, Form::again(&sent, error, visit.t)?).await?;
        return Ok(visit.page_again(visit.t.say("Make an account"), &shown).await?);
    }
    let input = NewAccount {
        handle: Line(input.handle.0),
        name: Line(input.name.0),
        password: input.password,
        invitation: input.invitation,
        zone: input.zone,
    };
    match acts::sign_up(&visit.cx, &input, visit.t.code()).await {
        Ok(person) => {
            let secret = acts::begin_session(&visit.cx, person, &visit.agent).await?;
            let next = if input.invitation.0.is_empty() { "/".into() } else { format!("/invitations/{}", input.invitation.0) };
            Ok(with_cookie(&visit, see(local(&next)), &secret))
        }
        Err(error) => {
            let shown = sign_up_form(&visit, Form::again(&sent, error, visit.t)?).await?;
            Ok(visit.page_again(visit.t.say("Make an account"), &shown).await?)
        }
    }
}

fn set_up_form(visit: &Visit, secret: &str, form: Form) -> SignUpPage {
    SignUpPage { t: visit.t, form, mode: SignUp::Open, action: format!("/set-up/{secret}"), setting_up: true }
}

async fn set_up_page(visit: Visit, Path(secret): Path<String>) -> Answer {
    if !matches!(store::link(&visit.cx.house, &secret).await?, Some((purpose, _)) if purpose == "set-up") {
        return Err(Error::NotFound.into());
    }
    let shown = set_up_form(&visit, &secret, Form::of(&[("sign_up", "open")]));
    Ok(visit.page(visit.t.say("Set up this place"), &shown).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetUp {
    handle: crate::Handle,
    name: crate::Name,
    password: Line<0, 200>,
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    sign_up: Option<SignUp>,
}

async fn set_up(Path(secret): Path<String>, act: Act<SetUp>) -> Answer {
    let Act { visit, input, sent } = act;
    let account = NewAccount {
        handle: input.handle,
        name: input.name,
        password: input.password,
        invitation: Line::default(),
        zone: Line::default(),
    };
    let mode = input.sign_up.unwrap_or(SignUp::Invitation);
    match acts::set_up(&visit.cx, &secret, &account, mode, visit.t.code()).await {
        Ok(person) => {
            let session = acts::begin_session(&visit.cx, person, &visit.agent).await?;
            Ok(with_cookie(&visit, see("/"), &session))
        }
        Err(error) => {
            let shown = set_up_form(&visit, &secret, Form::again(&sent, error, visit.t)?);
            Ok(visit.page_again(visit.t.say("Set up this place"), &shown).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "reset.html")]
struct ResetPage {
    t: T,
    form: Form,
    secret: String,
}

async fn reset_page(visit: Visit, Path(secret): Path<String>) -> Answer {
    if !matches!(store::link(&visit.cx.house, &secret).await?, Some((purpose, _)) if purpose == "reset") {
        return Err(Error::NotFound.into());
    }
    let shown = ResetPage { t: visit.t, form: Form::default(), secret };
    Ok(visit.page(visit.t.say("A new password"), &shown).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    new_password: Line<0, 200>,
}

async fn reset(Path(secret): Path<String>, act: Act<Reset>) -> Answer {
    let Act { visit, input, sent } = act;
    match acts::reset_password(&visit.cx, &secret, &input.new_password.0).await {
        Ok(person) => {
            let session = acts::begin_session(&visit.cx, person, &visit.agent).await?;
            Ok(with_cookie(&visit, see("/"), &session))
        }
        Err(error) => {
            let shown = ResetPage { t: visit.t, form: Form::again(&sent, error, visit.t)?, secret };
            Ok(visit.page_again(visit.t.say("A new password"), &shown).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    t: T,
    form: Form,
    password: Form,
    handle: String,
    languages: Vec<(String, String, String)>,
    sessions: Vec<(Session, Html, bool)>,
    tokens: Vec<(Token, String)>,
    /// A token's secret, right after it was made.
    made: Option<String>,
    /// For operators: who may make an account here, and a link that was just made.
    instance: Option<Form>,
    link: Option<String>,
    panels: Html,
}

#[derive(Default)]
struct Shown {
    form: Option<Form>,
    password: Form,
    made: Option<String>,
    link: Option<String>,
    instance: Option<Form>,
}

async fn me_page(visit: &Visit, shown: Shown) -> Result<MePage> {
    let own = store::own(&visit.cx).await?;
    let key = visit.guest()?.key;
    let form = shown.form.unwrap_or_else(|| {
        Form::of(&[
            ("name", &own.person.name),
            ("practice", &own.person.practice),
            ("organisation", &own.person.organisation),
            ("mail", &own.mail),
            ("zone", &own.person.zone),
            ("language", &own.language),
            ("theme", &own.theme),
            ("shown", own.shown.word()),
        ])
    });
    let sessions = store::sessions(&visit.cx).await?;
    let instance = match (own.operator, shown.instance) {
        (true, Some(form)) => Some(form),
        (true, None) => Some(Form::of(&[("sign_up", store::sign_up_mode(&visit.cx.house).await?.word())])),
        (false, _) => None,
    };
    let named = |l: &translation::Language| (l.code.to_owned(), l.name.to_owned(), String::new());
    Ok(MePage {
        t: visit.t,
        form,
        password: shown.password,
        handle: own.person.handle,
        languages: translation::languages().iter().map(named).collect(),
        sessions: sessions.into_iter().map(|s| (s.clone(), visit.time(s.seen_at), s.id.0 == key.0)).collect(),
        tokens: store::tokens(&visit.cx).await?.into_iter().map(|k| (k.clone(), visit.day(k.created_at))).collect(),
        made: shown.made,
        instance,
        link: shown.link,
        panels: visit.panels(Place::Me, Id(0)).await?,
    })
}

async fn show(visit: &Visit, shown: Shown) -> Answer {
    let faulty = shown.form.as_ref().is_some_and(Form::is_faulty)
        || shown.password.is_faulty()
        || shown.instance.as_ref().is_some_and(Form::is_faulty);
    let page = me_page(visit, shown).await?;
    let title = visit.t.say("Settings");
    Ok(if faulty { visit.page_again(title, &page).await? } else { visit.page(title, &page).await? })
}

async fn me(visit: Visit) -> Answer {
    show(&visit, Shown::default()).await
}

async fn revise(act: Act<Profile>) -> Answer {
    let Act { visit, input, sent } = act;
    match acts::revise_profile(&visit.cx, &input).await {
        Ok(()) => Ok(see("/me")),
        Err(error) => {
            let form = Some(Form::again(&sent, error, visit.t)?);
            show(&visit, Shown { form, ..Shown::default() }).await
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangePassword {
    password: Line<0, 200>,
    new_password: Line<0, 200>,
}

async fn change_password(act: Act<ChangePassword>) -> Answer {
    let Act { visit, input, sent } = act;
    let keep = SessionId(visit.guest()?.key.0);
    match acts::change_password(&visit.cx, &input.password.0, &input.new_password.0, Some(keep)).await {
        Ok(()) => {
            // A new secret for this session, too: whoever knew the old one is out.
            let secret = acts::begin_session(&visit.cx, visit.me()?, &visit.agent).await?;
            acts::end_session(&visit.cx, keep).await?;
            Ok(with_cookie(&visit, see("/me"), &secret))
        }
        Err(error) => {
            let password = Form::again(&sent, error, visit.t)?;
            show(&visit, Shown { password, ..Shown::default() }).await
        }
    }
}

async fn end_session(visit: Visit, Path(id): Path<String>) -> Answer {
    acts::end_session(&visit.cx, id.parse()?).await?;
    Ok(see("/me"))
}

async fn make_token(act: Act<NewToken>) -> Answer {
    let Act { visit, input, .. } = act;
    let mut problems = kernel::Problems::default();
    let label = input.label.check("label", &mut problems);
    problems.done()?;
    let scopes: &[Scope] = if input.write.0.is_empty() { &[Scope::Read] } else { &[Scope::Read, Scope::Write] };
    let made = acts::make_token(&visit.cx, visit.me()?, &label, scopes).await?;
    show(&visit, Shown { made: Some(made), ..Shown::default() }).await
}

async fn end_token(visit: Visit, Path(id): Path<String>) -> Answer {
    acts::end_token(&visit.cx, id.parse::<TokenId>()?).await?;
    Ok(see("/me"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Instance {
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    sign_up: Option<SignUp>,
}

async fn set_instance(act: Act<Instance>) -> Answer {
    let Act { visit, input, .. } = act;
    let mode = input.sign_up.ok_or_else(|| Error::invalid("sign_up", "Please choose who may make an account."))?;
    acts::set_sign_up(&visit.cx, mode).await?;
    Ok(see("/me"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLink {
    handle: Line<0, 64>,
}

/// The operator's one-time link for a forgotten password.
async fn make_link(act: Act<NewLink>) -> Answer {
    let Act { visit, input, sent } = act;
    let handle = acts::handle_as_typed(&input.handle.0);
    match acts::make_link(&visit.cx, "reset", Some(&handle)).await {
        Ok(secret) => {
            let link = Some(visit.address_of(&format!("/reset/{secret}")));
            show(&visit, Shown { link, ..Shown::default() }).await
        }
        Err(Error::NotFound) => {
            let error = Error::invalid("handle", "Nobody here has this handle.");
            let instance = Some(Form::again(&sent, error, visit.t)?);
            show(&visit, Shown { instance, ..Shown::default() }).await
        }
        Err(other) => Err(other.into()),
    }
}
