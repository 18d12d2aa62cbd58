//! One query text for two engines. Written once with `?1` and a few forms that SQL lacks; rewritten once and cached.
//!
//! - `visible_to(thing, ?n)`: Reach, the one join that decides what viewer `?n` sees (see audience.rs).
//! - `heard_by(author, ?n)`, `unblocked_by(author, ?n)`, `unblocked(person, ?n)`: whom viewer `?n` has silenced (see silence.rs).
//! - `each_id(?n)`: such a list as a table with the one column `id`, to ask about many viewers at once.
//! - `in_ids(column, ?n)`, `in_texts(column, ?n)`: membership in a list given as JSON (see `Val::list`).

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    Sqlite,
    Postgres,
}

type Cache = RwLock<HashMap<(Engine, &'static str), Arc<str>>>;
static CACHE: LazyLock<Cache> = LazyLock::new(Cache::default);

pub(crate) fn cached(engine: Engine, sql: &'static str) -> Arc<str> {
    if let Some(text) = CACHE.read().ok().and_then(|cache| cache.get(&(engine, sql)).cloned()) {
        return text;
    }
    let text: Arc<str> = rewrite(engine, sql).into();
    if let Ok(mut cache) = CACHE.write() {
        cache.insert((engine, sql), text.clone());
    }
    text
}

/// The text as this engine reads it. Literals, quoted names and comments stay as they are.
pub fn rewrite(engine: Engine, sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        if let Some(length) = untouchable(rest) {
            let (kept, after) = rest.split_at(length);
            out.push_str(kept);
            rest = after;
        } else if let Some((name, args, after)) = form(rest, &out) {
            out.push_str(&expand(engine, name, args));
            rest = after;
        } else if engine == Engine::Postgres && first == '?' {
            let digits = rest.get(1..).unwrap_or_default();
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            let (number, after) = digits.split_at(end);
            // PostgreSQL cannot tell what is negated without a type; here it is always an audience.
            let negated = out.ends_with('-');
            out.push_str(&if negated { format!("cast(${number} as bigint)") } else { format!("${number}") });
            rest = after;
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// Length of a literal, quoted name or comment that starts here.
fn untouchable(text: &str) -> Option<usize> {
    let end = |skip: usize, mark: &str, or: usize| {
        text.get(skip..).and_then(|t| t.find(mark)).map_or(or, |at| at + skip + mark.len())
    };
    if text.starts_with('\'') {
        Some(end(1, "'", text.len()))
    } else if text.starts_with('"') {
        Some(end(1, "\"", text.len()))
    } else if text.starts_with("--") {
        Some(end(2, "\n", text.len()))
    } else if text.starts_with("/*") {
        Some(end(2, "*/", text.len()))
    } else {
        None
    }
}

/// One of our forms at the start of `text`: its name, its two arguments, what follows.
fn form<'a>(text: &'a str, before: &str) -> Option<(&'static str, (&'a str, &'a str), &'a str)> {
    if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let forms = ["visible_to(", "heard_by(", "unblocked_by(", "unblocked(", "in_ids(", "in_texts(", "each_id("];
    let name = forms.into_iter().find(|name| text.starts_with(name))?;
    let (inside, after) = text.get(name.len()..)?.split_once(')')?;
    let (thing, param) = if name == "each_id(" { ("", inside) } else { inside.split_once(',')? };
    Some((name, (thing.trim(), param.trim()), after))
}

fn expand(engine: Engine, name: &str, (thing, param): (&str, &str)) -> String {
    let text = match (name, engine) {
        ("visible_to(", _) => format!(
            "exists (select 1 from reach r_ where r_.thing = {thing} and (r_.audience = 0 \
             or r_.audience in (select g_.audience from grants g_ where g_.person = cast({param} as bigint)) \
             or cast({param} as bigint) = -1))"
        ),
        ("heard_by(", _) => format!(
            "not exists (select 1 from silence s_ where s_.person = cast({param} as bigint) and s_.other = {thing})"
        ),
        ("unblocked_by(", _) => format!(
            "not exists (select 1 from silence s_ where s_.person = cast({param} as bigint) and s_.other = {thing} and s_.kind = 'block')"
        ),
        ("unblocked(", _) => format!(
            "not exists (select 1 from silence s_ where s_.kind = 'block' and ((s_.person = cast({param} as bigint) and s_.other = {thing}) \
             or (s_.person = {thing} and s_.other = cast({param} as bigint))))"
        ),
        ("each_id(", Engine::Sqlite) => format!("(select cast(value as integer) as id from json_each({param}))"),
        ("each_id(", Engine::Postgres) => {
            format!("(select cast(v_ as bigint) as id from jsonb_array_elements_text(cast(cast({param} as text) as jsonb)) v_)")
        }
        ("in_ids(", Engine::Sqlite) => {
            format!("{thing} in (select cast(value as integer) from json_each({param}))")
        }
        ("in_ids(", Engine::Postgres) => {
            format!("{thing} in (select cast(v_ as bigint) from jsonb_array_elements_text(cast(cast({param} as text) as jsonb)) v_)")
        }
        (_, Engine::Sqlite) => format!("{thing} in (select value from json_each({param}))"),
        (_, Engine::Postgres) => {
            format!("{thing} in (select v_ from jsonb_array_elements_text(cast(cast({param} as text) as jsonb)) v_)")
        }
    };
    rewrite(engine, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_rewritten_outside_of_literals_and_comments_only() {
        let sql = "select '?1', \"a?2\" -- ?3\n from t /* ?4 */ where a = ?5 and b = 'it''s ?6' and c = ?7";
        let want = "select '?1', \"a?2\" -- ?3\n from t /* ?4 */ where a = $5 and b = 'it''s ?6' and c = $7";
        assert_eq!(rewrite(Engine::Postgres, sql), want);
        assert_eq!(rewrite(Engine::Sqlite, sql), sql);
    }

    #[test]
    fn a_negated_parameter_is_given_its_type() {
        assert_eq!(rewrite(Engine::Postgres, "where audience = -?12"), "where audience = -cast($12 as bigint)");
    }

    #[test]
    fn a_form_is_only_seen_as_a_word_of_its_own() {
        assert_eq!(rewrite(Engine::Sqlite, "select not_visible_to(a, ?1)"), "select not_visible_to(a, ?1)");
        assert!(rewrite(Engine::Postgres, "where visible_to(c.root, ?2)").contains("g_.person = cast($2 as bigint)"));
    }

    #[test]
    fn whom_a_viewer_silenced_is_one_look_at_their_own_list() {
        let heard = rewrite(Engine::Postgres, "where heard_by(c.author, ?2)");
        assert!(heard.contains("s_.person = cast($2 as bigint) and s_.other = c.author"), "{heard}");
        let both = rewrite(Engine::Sqlite, "where unblocked(p.id, ?1) and unblocked_by(p.id, ?1)");
        assert_eq!(both.matches("kind = 'block'").count(), 2, "{both}");
        assert_eq!(both.matches("s_.person = p.id").count(), 1, "{both}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_rewritten_without_a_fault(sql in ".{0,200}") {
            rewrite(Engine::Postgres, &sql);
            proptest::prop_assert_eq!(rewrite(Engine::Sqlite, "select 1"), "select 1");
        }
    }
}
