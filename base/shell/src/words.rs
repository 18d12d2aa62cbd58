//! People's words: Markdown read into a tree and written by our own serializer with a fixed set of tags. Raw HTML is
//! text, pictures are links, a link whose text names another host shows where it really goes.

use std::fmt::Write;
use std::sync::LazyLock;

use comrak::nodes::{AstNode, ListType, NodeCodeBlock, NodeTable, NodeValue, TableAlignment};
use comrak::{Arena, Options, parse_document};
use syntect::parsing::{ClearAmount, ParseState, ScopeStack, ScopeStackOp, SyntaxSet};
use syntect::easy::ScopeRegionIterator;
use syntect::util::LinesWithEndings;

use crate::frame::{Html, escape};

/// Grows whenever the serializer changes what it writes, so that stored markup can be told apart.
pub const VERSION: i64 = 1;
/// Nesting beyond this is written flat; code beyond this is not highlighted.
const DEEPEST: usize = 24;
const LONGEST_CODE: usize = 6_000;
/// Cells of tables beyond this are written as text: short rows are filled up, and a few letters would become megabytes.
const MOST_CELLS: usize = 20_000;
/// Different people that one text may mention.
pub const MOST_MENTIONS: usize = 20;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// Handles that a text mentions, in order, each once, outside of code.
pub fn mentions(markdown: &str) -> Vec<String> {
    let arena = Arena::new();
    let mut found: Vec<String> = Vec::new();
    for node in parse_document(&arena, markdown, &options(markdown)).descendants() {
        if let NodeValue::Text(text) = &node.data.borrow().value {
            for (_, handle) in handles(text) {
                if found.len() < MOST_MENTIONS && !found.iter().any(|h| h == handle) {
                    found.push(handle.to_owned());
                }
            }
        }
    }
    found
}

/// Markdown to markup. `known` are the handles that stand for somebody here; they become links.
pub fn render(markdown: &str, known: &[String]) -> Html {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options(markdown));
    let mut writer = Writer { out: String::with_capacity(markdown.len() * 2), known, in_link: false, code: LONGEST_CODE };
    writer.children(root, 0);
    Html::trusted(writer.out)
}

/// The words without their markup, for excerpts and titles.
pub fn plain(markdown: &str, most: usize) -> String {
    let arena = Arena::new();
    let mut text = String::new();
    for node in parse_document(&arena, markdown, &options(markdown)).descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(t) => text.push_str(t),
            NodeValue::Code(c) => text.push_str(&c.literal),
            NodeValue::CodeBlock(c) => text.push_str(&c.literal),
            // Raw HTML is text on the page, too.
            NodeValue::HtmlInline(html) => text.push_str(html),
            NodeValue::HtmlBlock(html) => {
                text.push(' ');
                text.push_str(&html.literal);
            }
            NodeValue::SoftBreak | NodeValue::LineBreak | NodeValue::Paragraph | NodeValue::Item(_) => text.push(' '),
            _ => {}
        }
        if text.len() > most * 4 {
            break;
        }
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    let cut: String = text.chars().take(most).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head))
}

fn options(markdown: &str) -> Options<'static> {
    let widest = markdown.lines().map(|line| line.matches('|').count()).max().unwrap_or(0);
    let mut o = Options::default();
    o.extension.strikethrough = true;
    o.extension.table = widest * markdown.lines().count() <= MOST_CELLS;
    o.extension.autolink = true;
    o.extension.tasklist = true;
    o.parse.ignore_setext = true;
    o
}

/// `@handle` at a word's start: where it stands and the handle, in lower case as stored.
fn handles(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('@').filter_map(move |(at, _)| {
        let before = text.get(..at)?.chars().next_back();
        let rest = text.get(at + 1..)?;
        let end = rest.find(|c: char| !is_handle_char(c)).unwrap_or(rest.len());
        let handle = rest.get(..end)?.trim_end_matches('-');
        let word = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '/' | '.' | '-' | '_'));
        (!word && handle.len() >= 2 && handle.len() <= 32).then_some((at, handle))
    })
}

fn is_handle_char(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

struct Writer<'k> {
    out: String,
    known: &'k [String],
    in_link: bool,
    /// How much code may still be highlighted.
    code: usize,
}

impl Writer<'_> {
    fn children<'a>(&mut self, node: &'a AstNode<'a>, depth: usize) {
        for child in node.children() {
            self.node(child, depth + 1);
        }
    }

    fn wrap<'a>(&mut self, tag: &str, node: &'a AstNode<'a>, depth: usize) {
        let deep = depth > DEEPEST;
        if !deep {
            let _ = write!(self.out, "<{tag}>");
        }
        self.children(node, depth);
        if !deep {
            let name = tag.split(' ').next().unwrap_or(tag);
            let _ = write!(self.out, "</{name}>");
        }
    }

    /// Beyond any depth that a person writes, only the text is kept.
    fn node<'a>(&mut self, node: &'a AstNode<'a>, depth: usize) {
        if depth > DEEPEST * 4 {
            return;
        }
        let value = node.data.borrow().value.clone();
        match &value {
            NodeValue::Paragraph if tight(node) => self.children(node, depth),
            NodeValue::Paragraph => self.wrap("p dir=\"auto\"", node, depth),
            NodeValue::Heading(h) => {
                // The same words stand in streams and among replies, where headings of their own would break the page's outline.
                let level = h.level.min(3);
                let _ = write!(self.out, "<p class=\"head head-{level}\" dir=\"auto\"><strong>");
                self.children(node, depth);
                self.out.push_str("</strong></p>");
            }
            NodeValue::BlockQuote => self.wrap("blockquote", node, depth),
            NodeValue::List(list) => match list.list_type {
                ListType::Ordered if list.start != 1 => self.wrap(&format!("ol start=\"{}\"", list.start), node, depth),
                ListType::Ordered => self.wrap("ol", node, depth),
                ListType::Bullet => self.wrap("ul", node, depth),
            },
            NodeValue::Item(_) => self.wrap("li", node, depth),
            NodeValue::TaskItem(task) => {
                self.out.push_str(if task.symbol.is_some() { "<li>☑ " } else { "<li>☐ " });
                self.children(node, depth);
                self.out.push_str("</li>");
            }
            NodeValue::CodeBlock(code) => self.code(code),
            NodeValue::ThematicBreak => self.out.push_str("<hr>"),
            NodeValue::Table(table) => self.table(node, table, depth),
            NodeValue::Text(text) => self.text(text),
            NodeValue::SoftBreak => self.out.push('\n'),
            NodeValue::LineBreak => self.out.push_str("<br>"),
            NodeValue::Code(code) => {
                let _ = write!(self.out, "<code>{}</code>", escape(&code.literal));
            }
            NodeValue::HtmlInline(html) => self.out.push_str(&escape(html)),
            NodeValue::HtmlBlock(html) => {
                let _ = write!(self.out, "<p>{}</p>", escape(html.literal.trim_end()));
            }
            NodeValue::Emph => self.wrap("em", node, depth),
            NodeValue::Strong => self.wrap("strong", node, depth),
            NodeValue::Strikethrough => self.wrap("del", node, depth),
            NodeValue::Link(link) => self.link(node, &link.url, depth),
            NodeValue::Image(link) => self.link(node, &link.url, depth),
            _ => self.children(node, depth),
        }
    }

    fn text(&mut self, text: &str) {
        let mut from = 0;
        for (at, handle) in handles(text) {
            if self.known.iter().any(|k| k == handle) && at >= from && !self.in_link {
                self.out.push_str(&escape(text.get(from..at).unwrap_or_default()));
                let _ = write!(self.out, "<a class=\"mention\" href=\"/@{handle}\">@{handle}</a>");
                from = at + 1 + handle.len();
            }
        }
        self.out.push_str(&escape(text.get(from..).unwrap_or_default()));
    }

    fn link<'a>(&mut self, node: &'a AstNode<'a>, url: &str, depth: usize) {
        let Some(target) = safe_url(url).filter(|_| !self.in_link) else {
            self.children(node, depth);
            return;
        };
        let here = target.starts_with('/');
        let rel = if here { "" } else { " rel=\"ugc nofollow noopener noreferrer\"" };
        let _ = write!(self.out, "<a href=\"{}\"{rel}>", escape(&target));
        let start = self.out.len();
        self.in_link = true;
        self.children(node, depth);
        self.in_link = false;
        let mut words = String::new();
        for part in node.descendants() {
            match &part.data.borrow().value {
                NodeValue::Text(t) => words.push_str(t),
                NodeValue::Code(c) => words.push_str(&c.literal),
                _ => {}
            }
        }
        if words.trim().is_empty() {
            self.out.truncate(start);
            self.out.push_str(&escape(&target));
        }
        self.out.push_str("</a>");
        if let Some(host) = misleading(&words, &target) {
            let _ = write!(self.out, " <span class=\"host\">[<bdi>{}</bdi>]</span>", escape(host));
        }
    }

    fn table<'a>(&mut self, node: &'a AstNode<'a>, table: &NodeTable, depth: usize) {
        self.out.push_str("<div class=\"scroll\" tabindex=\"0\"><table>");
        for row in node.children() {
            let head = matches!(row.data.borrow().value, NodeValue::TableRow(true));
            self.out.push_str("<tr>");
            for (i, cell) in row.children().enumerate() {
                let tag = if head { "th" } else { "td" };
                let side = match table.alignments.get(i) {
                    Some(TableAlignment::Right) => " class=\"end\"",
                    Some(TableAlignment::Center) => " class=\"middle\"",
                    _ => "",
                };
                let _ = write!(self.out, "<{tag}{side}>");
                self.children(cell, depth + 2);
                let _ = write!(self.out, "</{tag}>");
            }
            self.out.push_str("</tr>");
        }
        self.out.push_str("</table></div>");
    }

    fn code(&mut self, code: &NodeCodeBlock) {
        self.out.push_str("<pre tabindex=\"0\"><code>");
        let language = code.info.split([' ', ',']).next().unwrap_or_default();
        let lit = (code.literal.len() <= self.code).then(|| highlight(&code.literal, language)).flatten();
        self.code = self.code.saturating_sub(code.literal.len());
        self.out.push_str(&lit.unwrap_or_else(|| escape(&code.literal)));
        self.out.push_str("</code></pre>");
    }
}

/// Items of a tight list hold their text without paragraphs.
fn tight<'a>(node: &'a AstNode<'a>) -> bool {
    let list = node.parent().and_then(|item| item.parent());
    list.is_some_and(|list| matches!(&list.data.borrow().value, NodeValue::List(l) if l.tight))
}

/// http, https, mailto, or a path on this place. Everything else is no link.
fn safe_url(url: &str) -> Option<String> {
    let url = url.trim();
    let lower = url.to_ascii_lowercase();
    let outside = ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme));
    let here = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
    let clean = !url.chars().any(|c| c.is_control() || c.is_whitespace());
    (clean && url.len() <= 2_000 && (outside || here)).then(|| url.to_owned())
}

fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    rest.get(..end).map(|authority| authority.rsplit('@').next().unwrap_or(authority))
}

/// The real host, where the words look like an address of another one.
fn misleading<'u>(words: &str, target: &'u str) -> Option<&'u str> {
    let real = host(target)?;
    let words: String = words.to_lowercase().chars().filter(|c| !matches!(c, '\u{200B}'..='\u{202E}' | '\u{2060}'..='\u{2069}')).collect();
    let other = words.split_whitespace().any(|word| {
        let shown = word.split_once("://").map_or(word, |(_, rest)| rest);
        let shown = shown.split(['/', '?', '#']).next().unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric());
        let ending = shown.rsplit('.').next().unwrap_or_default();
        let looks_like_a_host = shown.contains('.')
            && ending.len() >= 2
            && ending.chars().all(char::is_alphabetic)
            && shown.chars().all(|c| c.is_alphanumeric() || ".-:@".contains(c));
        looks_like_a_host && shown != real.to_lowercase()
    });
    other.then_some(real)
}

/// The classes of the small palette in parts.css; None where the language is not known.
fn highlight(text: &str, language: &str) -> Option<String> {
    let syntax = SYNTAXES.find_syntax_by_token(language).filter(|_| !language.is_empty())?;
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut out = String::with_capacity(text.len() * 2);
    for line in LinesWithEndings::from(text) {
        let ops = state.parse_line(line, &SYNTAXES).ok()?;
        for (part, op) in ScopeRegionIterator::new(&ops, line) {
            stack.apply(op).ok()?;
            if part.is_empty() || matches!(op, ScopeStackOp::Clear(ClearAmount::All)) {
                continue;
            }
            match class_of(&stack) {
                Some(class) if !part.trim().is_empty() => {
                    let _ = write!(out, "<span class=\"{class}\">{}</span>", escape(part));
                }
                _ => out.push_str(&escape(part)),
            }
        }
    }
    Some(out)
}

fn class_of(stack: &ScopeStack) -> Option<&'static str> {
    const CLASSES: &[(&str, &str)] = &[
        ("comment", "hl-comment"),
        ("string", "hl-string"),
        ("constant.numeric", "hl-number"),
        ("constant", "hl-number"),
        ("entity.name.function", "hl-function"),
        ("support.function", "hl-function"),
        ("entity.name", "hl-type"),
        ("support.type", "hl-type"),
        ("storage", "hl-keyword"),
        ("keyword", "hl-keyword"),
    ];
    stack.as_slice().iter().rev().find_map(|scope| {
        let name = scope.build_string();
        CLASSES.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, class)| *class)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> String {
        render(markdown, &["ada".into()]).into_string()
    }

    #[test]
    fn markdown_becomes_a_fixed_set_of_tags() {
        let markdown = "# Title\n\nHello @ada and @nobody, *soft* **strong** ~~gone~~ `x < y`.\n\n- one\n- [x] done\n\n> quoted\n\n\
            ```rust\nfn main() { let n = 1; } // why\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n\
            ![alt](https://example.org/a.png) <b>raw</b>\n";
        insta::assert_snapshot!("every_tag", html(markdown));
    }

    #[test]
    fn no_dangerous_link_is_one() {
        for bad in ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example", "vbscript:x"] {
            let out = html(&format!("[x]({bad})"));
            assert!(!out.contains("<a"), "{bad}: {out}");
        }
        assert!(html("[x](java&#10;script:alert(1))").find("<a").is_none());
    }

    #[test]
    fn a_misleading_link_shows_its_host() {
        assert!(html("[bank.example](https://evil.example/)").contains("[<bdi>evil.example</bdi>]"));
        assert!(html("[https://a.example@evil.example](https://a.example@evil.example)").contains("evil.example"));
        assert!(html("[Go to bank.com.](https://evil.example)").contains("evil.example</bdi>"));
        assert!(!html("[![alt](https://a.example)](https://b.example)").contains("<a href=\"https://a.example"));
        assert!(!html("[the docs](https://docs.example/)").contains("class=\"host\""));
        assert!(!html("https://docs.example/page").contains("class=\"host\""));
    }

    #[test]
    fn mentions_are_words_outside_of_code() {
        assert_eq!(mentions("@ada, mail me@bo.example or `@cy`; (@dee-) @ada"), ["ada", "dee"]);
    }

    #[test]
    fn deep_nesting_is_flat_and_quick() {
        let deep = format!("{}x", "> ".repeat(5_000));
        assert!(html(&deep).matches("<blockquote>").count() <= DEEPEST);
        html(&"[".repeat(20_000));
        let wide = format!("{}|\n{}|\n{}", "|a".repeat(500), "|-".repeat(500), "a\n".repeat(8_000));
        assert!(html(&wide).len() < 100_000);
        html(&"*a_ ".repeat(10_000));
    }

    proptest::proptest! {
        #[test]
        fn every_less_than_that_is_written_belongs_to_our_tags(text in "\\PC{0,300}") {
            let out = html(&text);
            for part in out.split('<').skip(1) {
                let name = part.trim_start_matches('/');
                let known = ["p", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li",
                    "hr", "br", "a ", "a>", "span", "bdi", "div", "table", "tr", "th", "td"];
                proptest::prop_assert!(known.iter().any(|k| name.starts_with(k)), "{}", part);
            }
        }
    }
}
