//! Plain words, code and addresses written as Markdown that says just them.

/// Where a word goes: some marks mean something only there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    pub line_start: bool,
    pub in_table: bool,
    pub in_link: bool,
}

/// Noncharacters stand for marks that are not decided yet (see `inline`), so nobody's words may hold them.
pub(crate) fn is_reserved(c: char) -> bool {
    ('\u{FDD0}'..='\u{FDEF}').contains(&c)
}

/// One word without white space, so that no mark in it does anything. An `@` that would address somebody here goes.
pub(crate) fn word(out: &mut String, word: &str, place: Place) {
    if let Some(at) = address(word).filter(|_| !place.in_link) {
        let (head, rest) = word.split_at(at);
        let end = rest.find(['<', '>', '"', '`', '|']).unwrap_or(rest.len());
        let (target, tail) = rest.split_at(address_end(rest.get(..end).unwrap_or_default()));
        escape(out, head, place);
        if target.contains(['*', '_', '~', '\\', '[', ']', '&', '`']) && target.contains("://") {
            out.push('<');
            out.extend(
                target
                    .chars()
                    .filter(|c| !is_reserved(*c) && !c.is_control()),
            );
            out.push('>');
        } else {
            out.push_str(target);
        }
        escape(
            out,
            tail,
            Place {
                line_start: false,
                ..place
            },
        );
        return;
    }
    escape(out, word, place);
}

/// Where an address begins that Markdown turns into a link by itself.
fn address(word: &str) -> Option<usize> {
    ["http://", "https://"]
        .iter()
        .filter_map(|scheme| word.find(scheme))
        .min()
        .filter(|at| {
            let before = word.get(..*at).unwrap_or_default().chars().next_back();
            !before.is_some_and(char::is_alphanumeric)
        })
}

/// What follows an address in a sentence is none of it: `(see https://example.org/a_(b)).`
fn address_end(address: &str) -> usize {
    let mut end = address.len();
    let mut open = address.matches('(').count();
    let mut closed = address.matches(')').count();
    for c in address.chars().rev() {
        match c {
            ')' if closed > open => closed -= 1,
            '(' => open -= 1,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '"' | '*' | '_' | '~' | ']' => {}
            _ => break,
        }
        end -= c.len_utf8();
    }
    end
}

fn escape(out: &mut String, word: &str, place: Place) {
    let mut start = place.line_start;
    if start {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = word.split_at(digits);
        if (1..10).contains(&digits) && rest.starts_with(['.', ')']) {
            out.push_str(number);
            out.push('\\');
            return escape(
                out,
                rest,
                Place {
                    line_start: false,
                    ..place
                },
            );
        }
    }
    let mut before = None;
    let mut chars = word.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|(_, c)| *c);
        if is_reserved(c) || (c.is_control() && c != '\t') {
            continue;
        }
        if c == '@' && addresses(before, word.get(at + 1..).unwrap_or_default()) {
            continue;
        }
        let marks = match c {
            '`' | '*' | '[' | ']' | '<' | '~' => true,
            '\\' => after.is_none_or(|c| c.is_ascii_punctuation() || is_reserved(c)),
            '_' => {
                !(before.is_some_and(char::is_alphanumeric)
                    && after.is_some_and(char::is_alphanumeric))
            }
            '&' => after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '#'),
            '|' => place.in_table || start,
            '#' | '-' | '+' | '>' | '=' => start,
            ':' => start && after == Some('-'),
            _ => false,
        };
        if marks {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
        start = false;
    }
}

/// An `@` there, with these words behind it, would be read as somebody's handle here.
pub(crate) fn addresses(before: Option<char>, behind: &str) -> bool {
    let in_word =
        before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '/' | '.' | '-' | '_'));
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !in_word && behind.chars().take(2).filter(|c| letters(*c)).count() == 2
}

/// Plain text of several lines: a line is a line, an empty one ends a paragraph.
pub(crate) fn text(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len() + plain.len() / 16);
    let mut empty = 0;
    for line in plain.lines() {
        if line.trim().is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\\\n" });
        }
        empty = 0;
        for (n, piece) in line.split_whitespace().enumerate() {
            if n > 0 {
                out.push(' ');
            }
            word(
                &mut out,
                piece,
                Place {
                    line_start: n == 0,
                    ..Place::default()
                },
            );
        }
    }
    out
}

/// Code within a line.
pub(crate) fn code(out: &mut String, code: &str, in_table: bool) {
    let mut one_line: String = code
        .chars()
        .filter(|c| !is_reserved(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if in_table {
        one_line = one_line.replace('|', "\\|");
    }
    if one_line.trim().is_empty() {
        return;
    }
    if out.ends_with('`') {
        out.push(' ');
    }
    let fence = "`".repeat(longest_run(&one_line, '`') + 1);
    let pad = one_line.starts_with(['`', ' ']) || one_line.ends_with(['`', ' ']);
    let pad = if pad { " " } else { "" };
    for part in [fence.as_str(), pad, &one_line, pad, &fence] {
        out.push_str(part);
    }
}

/// A block of code; the language is a plain word or nothing.
pub(crate) fn code_block(code: &str, language: &str) -> String {
    let code: String = code
        .chars()
        .filter(|c| !is_reserved(*c) && (!c.is_control() || matches!(c, '\n' | '\t')))
        .collect();
    let code = code.trim_end_matches([' ', '\n', '\t']);
    let fence = "`".repeat(longest_run(code, '`').max(2) + 1);
    let language: String = language
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "+#_.-".contains(*c))
        .take(32)
        .collect();
    format!("{fence}{}\n{code}\n{fence}", language.to_ascii_lowercase())
}

fn longest_run(text: &str, mark: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == mark { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A link or, with `picture`, an image. `words` are Markdown already.
pub(crate) fn link(out: &mut String, words: &str, target: &str, picture: bool) {
    if picture {
        out.push('!');
    } else if out.ends_with('!') {
        out.pop();
        out.push_str("\\!");
    }
    out.push('[');
    out.push_str(words);
    out.push_str("](");
    push_target(out, target);
    out.push(')');
}

fn push_target(out: &mut String, target: &str) {
    let brackets = !balanced(target);
    for (at, c) in target.trim().char_indices() {
        match c {
            ' ' => out.push_str("%20"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '(' if brackets => out.push_str("%28"),
            ')' if brackets => out.push_str("%29"),
            '\\' => out.push_str("%5C"),
            '|' => out.push_str("%7C"),
            '&' if is_entity(target.trim().get(at + 1..).unwrap_or_default()) => {
                out.push_str("&amp;")
            }
            c if c.is_control() || c.is_whitespace() || is_reserved(c) => {}
            c => out.push(c),
        }
    }
}

/// `copy;`, as it would follow an `&`.
fn is_entity(behind: &str) -> bool {
    let name = behind
        .bytes()
        .take(40)
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'#')
        .count();
    name > 0 && behind.as_bytes().get(name) == Some(&b';')
}

fn balanced(target: &str) -> bool {
    let mut depth = 0i32;
    for c in target.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if !(0..=8).contains(&depth) {
            return false;
        }
    }
    depth == 0
}

/// Whether an address leads somewhere that Tacit would link to: the web or mail.
pub(crate) fn leads_out(target: &str) -> bool {
    let target = target.trim_start();
    ["http://", "https://", "mailto:"].iter().any(|scheme| {
        target
            .get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    })
}

/// Markdown of another place, in which nobody here is addressed.
pub(crate) fn unaddressed(foreign: &str) -> String {
    let mut out = String::with_capacity(foreign.len());
    let mut before = None;
    for (at, c) in foreign.char_indices() {
        let drop = c == '@' && addresses(before, foreign.get(at + 1..).unwrap_or_default());
        if !drop && !is_reserved(c) {
            out.push(c);
            before = Some(c);
        }
    }
    out
}
