//! Acts of persons on both engines, and their pages.

use kernel::{Error, Line, PersonId};
use shell::{Scope, Slice};
use testkit::{App, both};

use crate::acts::{self, NewAccount};
use crate::circles::{self, NewCircle, PuttingIn, Renaming};
use crate::device::{self, Asking, Outcome, Word};
use crate::leaving::{Leaving, Words};
use crate::{SignUp, store};

fn slices() -> Vec<Slice> {
    vec![crate::slice()]
}

fn account(handle: &str) -> NewAccount {
    NewAccount::new(handle, "Ada", "a quiet sentence")
}

async fn ada(app: &App) -> PersonId {
    acts::sign_up(&app.stranger(), &account("ada"), "en").await.unwrap()
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Refused(say)) => say.to_string(),
        Err(Error::Invalid(problems)) => problems.iter().map(|p| format!("{}: {}", p.field, p.say)).collect(),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_handle_belongs_to_one_person_for_ever() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let taken = acts::sign_up(&app.stranger(), &account("ada"), "en").await;
        assert!(refused(taken).starts_with("handle:"));
        let leaving = Leaving { words: Some(Words::Erase), pseudonym: Line::default(), password: "a quiet sentence".into() };
        crate::leaving::leave(&app.by(ada), &app.shell.belongings, &leaving).await.unwrap();
        assert!(store::by_handle(&app.system(), "ada").await.unwrap().is_none());
        let again = acts::sign_up(&app.stranger(), &account("ada"), "en").await;
        assert!(refused(again).starts_with("handle:"));
    });
}

#[test]
fn two_who_want_one_handle_at_once_get_one_account() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let (a, b) = (app.stranger(), app.stranger());
        let (x, y) = (account("bo"), account("bo"));
        let (one, two) = tokio::join!(acts::sign_up(&a, &x, "en"), acts::sign_up(&b, &y, "en"));
        assert!(one.is_ok() != two.is_ok());
    });
}

#[test]
fn signing_up_follows_the_mode_of_the_instance() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        acts::set_sign_up(&app.system(), SignUp::Closed).await.unwrap();
        refused(acts::sign_up(&app.stranger(), &account("ada"), "en").await);
        acts::set_sign_up(&app.system(), SignUp::Invitation).await.unwrap();
        refused(acts::sign_up(&app.stranger(), &account("ada"), "en").await);
        let secret = acts::make_link(&app.system(), "invitation", None).await.unwrap();
        let invited = NewAccount { invitation: Line(secret.clone()), ..account("ada") };
        acts::sign_up(&app.stranger(), &invited, "en").await.unwrap();
        let replayed = NewAccount { invitation: Line(secret), ..account("bo") };
        refused(acts::sign_up(&app.stranger(), &replayed, "en").await);
    });
}

#[test]
fn a_session_begins_with_the_right_password_and_ends_when_it_is_ended() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        refused(acts::sign_in(&app.stranger(), "ada", "something else", "a browser").await);
        refused(acts::sign_in(&app.stranger(), "nobody", "a quiet sentence", "a browser").await);
        let secret = acts::sign_in(&app.stranger(), "@Ada", "a quiet sentence", "a browser").await.unwrap();
        let browser = app.client().with_cookie(&secret);
        assert_eq!(browser.get("/me").await.status, 200);
        let mine = store::sessions(&app.by(ada)).await.unwrap();
        assert_eq!(mine.len(), 1);
        acts::end_session(&app.by(ada), mine[0].id).await.unwrap();
        assert_eq!(browser.get("/me").await.status, 303);
    });
}

#[test]
fn a_session_that_was_not_used_for_a_month_has_ended() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let browser = app.client().with_cookie(&acts::begin_session(&app.stranger(), ada, "").await.unwrap());
        app.later(29 * kernel::clock::DAY);
        assert_eq!(browser.get("/me").await.status, 200);
        app.later(29 * kernel::clock::DAY);
        assert_eq!(browser.get("/me").await.status, 200, "using it keeps it");
        app.later(31 * kernel::clock::DAY);
        assert_eq!(browser.get("/me").await.status, 303);
    });
}

#[test]
fn changing_the_password_ends_all_other_sessions() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let (here, there) = (
            app.client().with_cookie(&acts::begin_session(&app.stranger(), ada, "here").await.unwrap()),
            app.client().with_cookie(&acts::begin_session(&app.stranger(), ada, "there").await.unwrap()),
        );
        let fields = [("password", "a quiet sentence"), ("new_password", "another sentence")];
        let answer = here.post("/me/password", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.main());
        assert_eq!(there.get("/me").await.status, 303);
        let fresh = here.with_cookie(&answer.cookie.unwrap());
        assert_eq!(fresh.get("/me").await.status, 200);
        refused(acts::sign_in(&app.stranger(), "ada", "a quiet sentence", "").await);
    });
}

#[test]
fn a_one_time_link_works_once_and_within_its_day() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        ada(&app).await;
        refused(acts::make_link(&app.by(PersonId(1)), "reset", Some("ada")).await.map_err(|_| Error::refused("no")));
        let secret = acts::make_link(&app.system(), "reset", Some("ada")).await.unwrap();
        acts::reset_password(&app.stranger(), &secret, "a third sentence").await.unwrap();
        refused(acts::reset_password(&app.stranger(), &secret, "a fourth sentence").await);
        let late = acts::make_link(&app.system(), "reset", Some("ada")).await.unwrap();
        app.later(25 * kernel::clock::HOUR);
        refused(acts::reset_password(&app.stranger(), &late, "a fifth sentence").await);
        acts::sign_in(&app.stranger(), "ada", "a third sentence", "").await.unwrap();
    });
}

#[test]
fn a_token_acts_within_its_scopes_until_it_is_ended() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let read = acts::make_token(&app.by(ada), ada, "script", &[Scope::Read]).await.unwrap();
        let program = app.client().with_token(&read);
        assert_eq!(program.get("/api/v1/me").await.json()["handle"], "ada");
        let profile = serde_json::json!({"name": "Ada L."});
        assert_eq!(program.json(axum::http::Method::PUT, "/api/v1/me", &profile).await.status, 403);
        assert_eq!(program.get("/me").await.status, 303, "a token opens no page");
        let token = store::tokens(&app.by(ada)).await.unwrap().remove(0);
        acts::end_token(&app.by(ada), token.id).await.unwrap();
        assert_eq!(program.get("/api/v1/me").await.status, 401);
    });
}

#[test]
fn nobody_makes_a_token_or_ends_a_session_of_somebody_else() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let bo = acts::sign_up(&app.stranger(), &account("bo"), "en").await.unwrap();
        assert_eq!(acts::make_token(&app.by(bo), ada, "", &[Scope::Read]).await.unwrap_err(), Error::NotFound);
        acts::begin_session(&app.stranger(), ada, "").await.unwrap();
        let session = store::sessions(&app.by(ada)).await.unwrap().remove(0);
        assert_eq!(acts::end_session(&app.by(bo), session.id).await.unwrap_err(), Error::NotFound);
    });
}

#[test]
fn wrong_input_gives_the_form_back_with_the_sentence_beside_the_field() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let fields = [("name", "Ada"), ("handle", "A!"), ("password", "short"), ("invitation", "")];
        let answer = app.client().post("/sign-up", &fields).await;
        assert_eq!(answer.status, 422);
        if engine == testkit::Engine::Sqlite {
            insta::assert_snapshot!("sign_up_faulty", answer.main());
        }
    });
}

#[test]
fn a_page_for_people_alone_is_not_found_by_strangers() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        assert_eq!(app.client().get("/@ada").await.status, 200);
        let fields = [("name", "Ada"), ("shown", "people")];
        let browser = app.client().with_cookie(&acts::begin_session(&app.stranger(), ada, "").await.unwrap());
        assert_eq!(browser.post("/me", &fields).await.status, 303);
        assert_eq!(app.client().get("/@ada").await.status, 404);
        assert_eq!(browser.get("/@ada").await.status, 200);
    });
}

#[test]
fn the_mail_address_is_shown_to_nobody_else() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let browser = app.client().with_cookie(&acts::begin_session(&app.stranger(), ada, "").await.unwrap());
        browser.post("/me", &[("name", "Ada"), ("mail", "ada@mail.example")]).await;
        assert!(browser.get("/me").await.body.contains("ada@mail.example"));
        assert!(!browser.get("/@ada").await.body.contains("mail.example"));
        assert!(!app.client().get("/api/v1/people/ada").await.body.contains("mail.example"));
    });
}

#[test]
fn the_first_person_sets_the_place_up_by_a_link_that_works_once() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let secret = acts::make_link(&app.system(), "set-up", None).await.unwrap();
        let path = format!("/set-up/{secret}");
        let fields = [("name", "Ada"), ("handle", "ada"), ("password", "a quiet sentence"), ("sign_up", "closed")];
        let answer = app.client().post(&path, &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.main());
        let browser = app.client().with_cookie(&answer.cookie.unwrap());
        assert!(browser.get("/me").await.body.contains("For the operator"));
        assert_eq!(app.client().get(&path).await.status, 404);
        assert_eq!(app.client().post(&path, &fields).await.status, 422);
        assert_eq!(store::sign_up_mode(&app.house).await.unwrap(), SignUp::Closed);
    });
}

#[test]
fn an_act_from_another_site_is_not_done() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let browser = app.client().with_cookie(&acts::begin_session(&app.stranger(), ada, "").await.unwrap());
        let form = Some("application/x-www-form-urlencoded");
        for headers in [&[("sec-fetch-site", "cross-site")][..], &[("origin", "https://evil.example")], &[]] {
            let answer = browser.send_with(axum::http::Method::POST, "/me", form, "name=Eve", headers).await;
            assert_eq!(answer.status, 403, "{headers:?}");
        }
        assert_eq!(store::own(&app.by(ada)).await.unwrap().person.name, "Ada");
    });
}

#[test]
fn signing_in_goes_on_only_to_this_place() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        ada(&app).await;
        for (next, goes) in [("/communities", "/communities"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil", "/")] {
            let fields = [("handle", "ada"), ("password", "a quiet sentence"), ("next", next)];
            assert_eq!(app.client().post("/sign-in", &fields).await.location.as_deref(), Some(goes));
        }
    });
}

async fn people(app: &App, handles: &[&str]) -> Vec<PersonId> {
    let mut all = Vec::new();
    for handle in handles {
        all.push(acts::add(&app.system(), &NewAccount::new(handle, handle, "a quiet sentence"), false).await.unwrap());
    }
    all
}

async fn night_shift(app: &App, keeper: PersonId, people: &str) -> crate::CircleId {
    let new = NewCircle { name: "night shift".into(), people: people.into() };
    circles::make(&app.by(keeper), &new).await.unwrap()
}

#[test]
fn a_circle_is_seen_by_its_keeper_alone() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let all = people(&app, &["ada", "bo", "cy"]).await;
        let id = night_shift(&app, all[0], "@Bo, ada").await;
        let inside = circles::people(&app.by(all[0]), id).await.unwrap();
        assert_eq!(inside.iter().map(|p| p.handle.as_str()).collect::<Vec<_>>(), ["bo"], "its keeper is in it anyway");
        let bo = app.by(all[1]);
        assert!(circles::mine(&bo).await.unwrap().is_empty());
        assert!(circles::one(&bo, id).await.is_err() && circles::people(&bo, id).await.unwrap().is_empty());
        assert!(circles::rename(&bo, id, &Renaming { name: "mine now".into() }).await.is_err());
        assert!(circles::put_in(&bo, id, &PuttingIn { people: "cy".into() }).await.is_err());
        assert!(circles::take_out(&bo, id, "bo").await.is_err() && circles::forget(&bo, id).await.is_err());
        let secret = acts::begin_session(&app.stranger(), all[1], "").await.unwrap();
        assert_eq!(app.client().with_cookie(&secret).get(&format!("/circles/{id}")).await.status, 404);
        let told = "select count(*) from journal where object_kind = 'circle' and toward <> ''";
        let told: i64 = app.house.db.one(told, kernel::vals![]).await.unwrap().unwrap().take().unwrap();
        assert_eq!(told, 0, "those in it are not told");
    });
}

#[test]
fn its_keeper_names_fills_and_drops_a_circle() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let all = people(&app, &["ada", "bo", "cy"]).await;
        let ada = app.by(all[0]);
        let id = night_shift(&app, all[0], "").await;
        circles::put_in(&ada, id, &PuttingIn { people: "bo cy bo".into() }).await.unwrap();
        circles::put_in(&ada, id, &PuttingIn { people: "@cy".into() }).await.unwrap();
        circles::take_out(&ada, id, "bo").await.unwrap();
        let inside = circles::people(&ada, id).await.unwrap();
        assert_eq!(inside.iter().map(|p| p.handle.as_str()).collect::<Vec<_>>(), ["cy"]);
        assert!(refused(circles::put_in(&ada, id, &PuttingIn { people: "nobody".into() }).await).contains("nobody"));
        assert!(refused(circles::make(&ada, &NewCircle { name: "night shift".into(), ..NewCircle::default() }).await).starts_with("name:"));
        circles::rename(&ada, id, &Renaming { name: "early shift".into() }).await.unwrap();
        assert_eq!(circles::one(&ada, id).await.unwrap().name, "early shift");
        circles::forget(&ada, id).await.unwrap();
        assert!(circles::mine(&ada).await.unwrap().is_empty());
    });
}

#[test]
fn who_leaves_is_in_no_circle_and_keeps_none() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let all = people(&app, &["ada", "bo"]).await;
        night_shift(&app, all[0], "bo").await;
        night_shift(&app, all[1], "ada").await;
        let leaving = Leaving { words: Some(Words::Keep), pseudonym: Line::default(), password: "a quiet sentence".into() };
        crate::leaving::leave(&app.by(all[1]), &app.shell.belongings, &leaving).await.unwrap();
        let left = "select (select count(*) from circle) * 10 + (select count(*) from in_circle)";
        let left: i64 = app.house.db.one(left, kernel::vals![]).await.unwrap().unwrap().take().unwrap();
        assert_eq!(left, 10, "Ada's circle, empty");
    });
}

fn asking() -> Asking {
    Asking { name: "laptop".into(), scopes: "read,write".into() }
}

#[test]
fn a_program_is_signed_in_by_a_code_that_its_person_confirms_in_the_browser() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let (code, secret) = device::begin(&app.stranger(), &asking(), "203.0.113.0/24").await.unwrap();
        assert!(code.len() == 8 && !code.contains(['A', 'E', 'I', 'O', 'U', 'Y']), "{code}");
        assert_eq!(device::outcome(&app.stranger(), &secret).await.unwrap(), Outcome::Pending);
        assert_eq!(device::outcome(&app.stranger(), &secret).await.unwrap(), Outcome::SlowDown);
        app.later(5 * kernel::clock::SECOND);
        assert_eq!(device::outcome(&app.stranger(), &secret).await.unwrap(), Outcome::Pending);
        let typed = format!("{}-{}", code[..4].to_lowercase(), &code[4..]);
        assert_eq!(device::by_code(&app.by(ada), &typed).await.unwrap().unwrap().name, "laptop");
        device::decide(&app.by(ada), &typed, Word::Confirm).await.unwrap();
        let Outcome::Token(token) = device::outcome(&app.stranger(), &secret).await.unwrap() else { panic!("no token") };
        let me = app.client().with_token(&token).get("/api/v1/me").await;
        assert_eq!(me.json()["handle"], "ada");
        let own = store::tokens(&app.by(ada)).await.unwrap();
        assert_eq!((own[0].label.as_str(), own[0].scopes.as_str()), ("laptop", "read,write"));
        assert_eq!(app.client().with_token(&token).form(axum::http::Method::DELETE, "/api/v1/me/token", &[]).await.status, 204);
        assert_eq!(app.client().with_token(&token).get("/api/v1/me").await.status, 401);
    });
}

#[test]
fn a_code_is_answered_once_and_its_token_is_handed_out_once() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let bo = acts::sign_up(&app.stranger(), &account("bo"), "en").await.unwrap();
        let (code, secret) = device::begin(&app.stranger(), &asking(), "").await.unwrap();
        device::decide(&app.by(ada), &code, Word::Confirm).await.unwrap();
        refused(device::decide(&app.by(bo), &code, Word::Confirm).await);
        refused(device::decide(&app.by(ada), &code, Word::Refuse).await);
        let (one, two) = (app.stranger(), app.stranger());
        let (one, two) = tokio::join!(device::outcome(&one, &secret), device::outcome(&two, &secret));
        let tokens = [one.unwrap(), two.unwrap()].into_iter().filter(|o| matches!(o, Outcome::Token(_))).count();
        assert_eq!((tokens, store::tokens(&app.by(ada)).await.unwrap().len()), (1, 1));
        assert_eq!(device::outcome(&app.stranger(), &secret).await.unwrap(), Outcome::Over);
    });
}

#[test]
fn a_refused_code_an_old_code_and_no_code_lead_to_nothing() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let (code, secret) = device::begin(&app.stranger(), &asking(), "").await.unwrap();
        device::decide(&app.by(ada), &code, Word::Refuse).await.unwrap();
        assert_eq!(device::outcome(&app.stranger(), &secret).await.unwrap(), Outcome::Refused);
        let (old, secret) = device::begin(&app.stranger(), &asking(), "").await.unwrap();
        app.later(device::LASTS);
        refused(device::decide(&app.by(ada), &old, Word::Confirm).await);
        assert_eq!(device::outcome(&app.stranger(), &secret).await.unwrap(), Outcome::Over);
        assert_eq!(device::outcome(&app.stranger(), "guessed").await.unwrap(), Outcome::Over);
        refused(device::begin(&app.stranger(), &Asking { scopes: "all".into(), ..Asking::default() }, "").await);
    });
}

#[test]
fn what_was_confirmed_ends_with_a_reset_password_and_with_its_person() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let (code, secret) = device::begin(&app.stranger(), &asking(), "").await.unwrap();
        device::decide(&app.by(ada), &code, Word::Confirm).await.unwrap();
        let link = acts::make_link(&app.system(), "reset", Some("ada")).await.unwrap();
        acts::reset_password(&app.stranger(), &link, "another quiet sentence").await.unwrap();
        assert_eq!(device::outcome(&app.stranger(), &secret).await.unwrap(), Outcome::Over);
        let (code, secret) = device::begin(&app.stranger(), &asking(), "").await.unwrap();
        device::decide(&app.by(ada), &code, Word::Confirm).await.unwrap();
        let leaving = Leaving { words: Some(Words::Erase), pseudonym: Line::default(), password: "another quiet sentence".into() };
        crate::leaving::leave(&app.by(ada), &app.shell.belongings, &leaving).await.unwrap();
        assert_eq!(device::outcome(&app.stranger(), &secret).await.unwrap(), Outcome::Over);
    });
}

#[test]
fn nothing_is_confirmed_by_opening_a_link_and_the_page_warns() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let browser = app.client().with_cookie(&acts::begin_session(&app.stranger(), ada, "").await.unwrap());
        let (code, secret) = device::begin(&app.stranger(), &Asking { name: "<b>x".into(), ..asking() }, "203.0.113.0/24").await.unwrap();
        let page = browser.get(&format!("/device?code={code}")).await;
        assert!(page.body.contains("Only confirm if you started this yourself just now.") && !page.body.contains("<b>x"), "{}", page.main());
        assert_eq!(device::outcome(&app.stranger(), &secret).await.unwrap(), Outcome::Pending);
        assert_eq!(app.client().get(&format!("/device?code={code}")).await.location.unwrap(), format!("/sign-in?next=%2Fdevice%3Fcode%3D{code}"));
        assert_eq!(browser.get("/device?code=BBBB-BBBB").await.status, 422);
        let done = browser.post("/device", &[("code", &code), ("answer", "confirm")]).await;
        assert_eq!(done.location.as_deref(), Some("/device?done=confirm"));
        assert!(browser.get("/device?done=confirm").await.body.contains("Go back to your program"));
    });
}

#[test]
fn the_operator_sees_the_limits_and_nobody_else_does() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = ada(&app).await;
        let boss = acts::add(&app.system(), &account("boss"), true).await.unwrap();
        let limits = async |person| {
            let cookie = acts::begin_session(&app.stranger(), person, "").await.unwrap();
            app.client().with_cookie(&cookie).get("/operator/limits").await
        };
        assert_eq!(limits(ada).await.status, 403);
        let page = limits(boss).await;
        assert!(page.body.contains("sign_in") && page.body.contains("Nothing was refused within a day."), "{}", page.main());
    });
}
