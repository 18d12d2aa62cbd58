//! What changes hang on shared pages: at the words that they name, on a person's page, on the front door, and a question.

use askama::Template;
use kernel::{CommunityId, Cursor, Id, PersonId};
use shell::{Future, Html, T, Visit};

use crate::store::{self, Change, Naming};
use crate::pages;

#[derive(Template)]
#[template(path = "on_conversation.html")]
struct OnConversation {
    t: T,
    root: Id,
    named: Vec<Naming>,
    signed_in: bool,
}

/// Where a conversation led: who does what differently because of something in it.
pub fn on_conversation(visit: Visit, root: Id) -> Future<Html> {
    Box::pin(async move {
        let named = store::naming_in(&visit.cx, root).await?;
        let signed_in = visit.guest.is_some();
        if named.is_empty() && !signed_in {
            return Ok(Html::default());
        }
        Html::of(&OnConversation { t: visit.t, root, named, signed_in })
    })
}

#[derive(Template)]
#[template(path = "on_practice.html")]
struct OnPractice {
    t: T,
    practice: Id,
    changes: Vec<Change>,
    signed_in: bool,
}

pub fn on_practice(visit: Visit, practice: Id) -> Future<Html> {
    Box::pin(async move {
        let changes = store::naming_practices(&visit.cx, &[practice.0]).await?;
        let signed_in = visit.guest.is_some();
        if changes.is_empty() && !signed_in {
            return Ok(Html::default());
        }
        Html::of(&OnPractice { t: visit.t, practice, changes, signed_in })
    })
}

#[derive(Template)]
#[template(
    source = r#"<h2>{{ title }}</h2>{% if items.is_empty() %}<p class="empty">{{ t.say("Here would stand what you do differently than before, and because of what: year by year, for you alone until you share it.") }}</p>{% else %}<ol class="stream">{% for item in items %}<li>{{ item }}</li>{% endfor %}</ol>{% endif %}<p class="actions">{% if !items.is_empty() %}<a class="button quiet" href="{{ path }}/changes">{{ t.say("All of it, by year") }}</a>{% endif %}{% if mine %} <a class="button quiet" href="/changes/new">{{ t.say("Tell a change") }}</a>{% endif %}</p>"#,
    ext = "html"
)]
struct OfPerson {
    t: T,
    title: &'static str,
    path: String,
    items: Vec<Html>,
    mine: bool,
}

/// On a person's page: the newest of how their practice changed.
pub fn of_person(visit: Visit, person: Id) -> Future<Html> {
    Box::pin(async move {
        let page = store::of_person(&visit.cx, PersonId(person.0), Cursor::NEWEST, 3).await?;
        let mine = visit.cx.viewer.person() == Some(PersonId(person.0));
        if page.items.is_empty() && !mine {
            return Ok(Html::default());
        }
        let path = visit.path.split('?').next().unwrap_or_default().to_owned();
        let items = pages::items(&visit, &page.items).await?;
        let title = visit.t.say(if mine { "How my practice changed" } else { "How their practice changed" });
        Html::of(&OfPerson { t: visit.t, title, path, items, mine })
    })
}

#[derive(Template)]
#[template(source = r#"<h2>{{ t.say("What changed here lately") }}</h2><ol class="stream">{% for item in items %}<li>{{ item }}</li>{% endfor %}</ol>"#, ext = "html")]
struct AtTheDoor {
    t: T,
    items: Vec<Html>,
}

/// On the front door: what members do differently, and let others read.
pub fn at_the_door(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        let changes = store::of_community(&visit.cx, CommunityId(community.0), 3).await?;
        if changes.is_empty() {
            return Ok(Html::default());
        }
        let items = pages::items(&visit, &changes).await?;
        Html::of(&AtTheDoor { t: visit.t, items })
    })
}

#[derive(Template)]
#[template(path = "kept.html")]
struct DidYouKeepIt {
    t: T,
    changes: Vec<Change>,
    handle: String,
}

/// Beside one's work: the way to tell a change; and after thirty days of trying, once, whether one kept it.
pub fn did_you_keep_it(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let changes = store::to_ask_about(&visit.cx).await?;
        let handle = visit.guest.as_ref().map(|guest| guest.handle.clone()).unwrap_or_default();
        Html::of(&DidYouKeepIt { t: visit.t, changes, handle })
    })
}
