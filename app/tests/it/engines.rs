//! Both engines alike: every statement of every slice prepares on both, and both have the same tables.

use std::collections::BTreeSet;

use kernel::vals;
use testkit::{App, Engine, both};

/// String literals of Rust sources that begin like a statement. The data layer takes static text alone, so these are all.
fn statements() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for folder in ["../base/kernel/src", "../domain", "src"] {
        visit(std::path::Path::new(folder), &mut |text| {
            let text = written_out(&expand(text));
            for literal in literals(&text) {
                let begins = ["select ", "insert into ", "update ", "delete from "].iter().any(|s| literal.starts_with(s));
                if begins && literal.contains(' ') {
                    found.insert(literal);
                }
            }
        });
    }
    found
}

fn visit(folder: &std::path::Path, read: &mut impl FnMut(&str)) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let is_test = path.file_name().is_some_and(|n| n == "tests.rs");
        if path.is_dir() {
            visit(&path, read);
        } else if path.extension().is_some_and(|e| e == "rs") && !is_test {
            let text = std::fs::read_to_string(&path).unwrap();
            if text.contains("rusqlite") {
                continue; // the archive's throwaway stage, which is SQLite alone
            }
            read(text.split("#[cfg(test)]\nmod tests {").next().unwrap());
        }
    }
}

/// `said!("…", "…")` and `opening!("…")` put a statement together at compile time (conversation/src/store.rs).
fn expand(text: &str) -> String {
    let Some((_, rest)) = text.split_once("macro_rules! said {") else { return text.to_owned() };
    let (_, body) = rest.split_once("concat!(").unwrap();
    let (body, _) = body.split_once("\n        )\n").unwrap();
    let pieces = literals(body);
    let head = &pieces[0];
    // Between two literals of the macro stands one of its variables.
    let gaps: Vec<&str> = ["$viewer", "$root", "$replies", "$rest"].iter().flat_map(|v| body.match_indices(v)).collect::<std::collections::BTreeMap<_, _>>().into_values().collect();
    let put = |viewer: &str, root: &str, replies: &str, rest: &str| {
        let mut all = String::from("\n\"");
        for (i, gap) in gaps.iter().enumerate() {
            all += pieces.get(i).map_or("", String::as_str);
            all += match *gap {
                "$viewer" => viewer,
                "$root" => root,
                "$replies" => replies,
                _ => rest,
            };
        }
        all + "\""
    };
    let replies = literals(rest.split("said!($viewer,").nth(2).unwrap())[0].clone();
    let mut out = text.replace(head, "");
    for call in rest.split("said!(").skip(1).filter(|call| !call.starts_with('$')) {
        let parts = literals(call);
        out += &match &parts[..] {
            [viewer, root, replies, rest, ..] if root.starts_with('?') => put(viewer, root, replies, rest),
            [viewer, replies, rest, ..] => put(viewer, "c.root", replies, rest),
            _ => String::new(),
        };
    }
    for call in rest.split("opening!(").skip(1) {
        let parts = literals(call);
        out += &put(&parts[0], "c.root", &replies, &parts[1]);
    }
    out
}

/// A macro of one arm that puts a statement together, `name!("…", "…")`: its calls written out.
fn written_out(text: &str) -> String {
    let mut out = text.to_owned();
    for definition in text.split("macro_rules! ").skip(1) {
        let (name, rest) = definition.split_once(" {").unwrap();
        let Some((arm, after)) = rest.split_once("\n}\n").filter(|(arm, _)| arm.matches("=>").count() == 1) else { continue };
        let Some((params, body)) = arm.split_once("=>").and_then(|(p, b)| Some((p, b.split_once("concat!(")?.1))) else { continue };
        let params: Vec<&str> = params.split(['(', ',', ')']).filter_map(|p| p.trim().strip_suffix(":literal")).collect();
        let pieces = literals(body);
        out = pieces.first().map_or(out.clone(), |head| out.replace(head, ""));
        for call in after.split(&format!("{name}!(")).skip(1) {
            let given = literals(call);
            let mut statement = String::from("\n\"");
            let mut rest = body;
            for piece in &pieces {
                // What stands before this piece: variables of the macro, in their order.
                let (before, behind) = rest.split_once('"').unwrap();
                statement += &variables(before, &params, &given);
                statement += piece;
                rest = behind.split_once('"').unwrap().1;
            }
            out += &(statement + &variables(rest, &params, &given) + "\"");
        }
    }
    out
}

fn variables(between: &str, params: &[&str], given: &[String]) -> String {
    let named = between.split(['$', ',', '\n', ' ', ')']).filter_map(|word| params.iter().position(|p| p.trim_start_matches('$') == word));
    named.filter_map(|i| given.get(i).cloned()).collect()
}

fn literals(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => {
                chars.by_ref().find(|c| *c == '\n');
            }
            '\'' => {
                // a character literal, or a lifetime
                let mut ahead = chars.clone();
                if (ahead.next(), ahead.next()) == (Some('"'), Some('\'')) {
                    chars.next();
                    chars.next();
                }
            }
            '"' => {
                let mut literal = String::new();
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => match chars.next() {
                            Some('n') => literal.push('\n'),
                            Some('\n') => {
                                while chars.peek().is_some_and(|c| c.is_whitespace()) {
                                    chars.next();
                                }
                            }
                            Some(other) => literal.push(other),
                            None => break,
                        },
                        '"' => break,
                        c => literal.push(c),
                    }
                }
                found.push(literal);
            }
            _ => {}
        }
    }
    found
}

#[test]
fn every_statement_of_every_slice_prepares_on_both_engines() {
    let all = statements();
    assert!(all.len() > 150, "only {} statements were found", all.len());
    both(async |engine| {
        let app = App::new(engine, tacit::slices).await;
        let mut wrong = Vec::new();
        for sql in statements() {
            let catalogue = sql.contains("sqlite_") || sql.contains("pg_") || sql.contains('{') || sql.contains("journal_head");
            let of_postgres = sql.starts_with("select 1 from journal where position is null");
            if catalogue || of_postgres {
                continue;
            }
            if let Err(error) = app.house.db.prepare(&sql).await {
                wrong.push(format!("{error}"));
            }
        }
        assert!(wrong.is_empty(), "{engine:?}:\n{}", wrong.join("\n"));
    });
}

/// Tables with their columns and whether they may be null; indexes by name with their columns.
async fn shape(app: &App, engine: Engine) -> BTreeSet<String> {
    let (columns, indexes) = match engine {
        Engine::Sqlite => (
            "select m.name, c.name, case when c.\"notnull\" = 1 or c.pk > 0 then 'not null' else 'null' end
             from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'",
            "select m.tbl_name, m.name, coalesce(group_concat(i.name, ','), '') from sqlite_master m join pragma_index_info(m.name) i
             where m.type = 'index' and m.name not like 'sqlite_%' group by m.tbl_name, m.name",
        ),
        Engine::Postgres => (
            "select cast(table_name as text), cast(column_name as text), case when is_nullable = 'NO' then 'not null' else 'null' end
             from information_schema.columns where table_schema = 'public'",
            "select cast(t.relname as text), cast(i.relname as text), (
                 select string_agg(cast(a.attname as text), ',' order by k.n) from unnest(x.indkey) with ordinality k(attnum, n)
                 join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum)
             from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
             join pg_namespace s on s.oid = t.relnamespace where s.nspname = 'public' and not x.indisprimary",
        ),
    };
    let mut found = BTreeSet::new();
    for sql in [columns, indexes] {
        for mut row in app.house.db.query(sql, vals![]).await.unwrap() {
            let (a, b, c): (String, String, String) = (row.take().unwrap(), row.take().unwrap(), row.take().unwrap());
            found.insert(format!("{a}.{b} {c}"));
        }
    }
    found
}

#[test]
fn both_engines_have_the_same_tables_columns_and_indexes() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let lite = App::new(Engine::Sqlite, tacit::slices).await;
        let post = App::new(Engine::Postgres, tacit::slices).await;
        let (lite, post) = (shape(&lite, Engine::Sqlite).await, shape(&post, Engine::Postgres).await);
        let only_lite: Vec<_> = lite.difference(&post).collect();
        let only_post: Vec<_> = post.difference(&lite).filter(|row| !row.contains("journal_head") && !row.contains("journal_unstamped")).collect();
        assert!(only_lite.is_empty() && only_post.is_empty(), "only SQLite: {only_lite:?}\nonly PostgreSQL: {only_post:?}");
        assert!(lite.len() > 150, "{}", lite.len());
    });
}

#[test]
fn an_older_program_refuses_a_newer_schema() {
    both(async |engine| {
        let app = App::new(engine, tacit::slices).await;
        let older: Vec<_> = kernel::db::kernel_migrations();
        let opened = kernel::Db::open(&app.place, &older, &[], testkit::NOON).await;
        let said = opened.unwrap_err().to_string();
        assert!(said.contains("newer Tacit"), "{said}");
    });
}
