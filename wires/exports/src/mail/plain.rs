//! Plain text of a mail as Markdown that reads as the mail did.
//!
//! Lines that a program wrapped are joined again, lines that an author broke stay broken, what stands in columns or is indented
//! becomes code, and what Markdown would take for its own is escaped only where it would garble.

use super::escape::{escape, escape_line};
use super::own::Run;

const SHORTEST_WRAP: usize = 60;
const LONGEST_WRAP: usize = 90;
/// Quotes are shown so deep.
const DEEPEST: usize = 5;

/// The runs of a message as Markdown.
pub fn markdown(runs: &[Run<'_>]) -> String {
    let wrap = wrap_of(runs);
    let mut words = String::with_capacity(1024);
    for run in runs {
        match run {
            Run::Own(lines) => Writer::new(&mut words, 0, wrap).lines(lines),
            Run::Quoted(lines) => {
                let mut before = 0;
                for group in lines.chunk_by(|(a, x), (b, y)| a == b || x.is_empty() || y.is_empty())
                {
                    let depth = group
                        .iter()
                        .find(|(_, line)| !line.is_empty())
                        .map_or(1, |(depth, _)| *depth);
                    let depth = depth.min(DEEPEST);
                    let lines: Vec<&str> = group.iter().map(|(_, line)| *line).collect();
                    let mut writer = Writer::new(&mut words, depth, wrap);
                    writer.between = depth.min(before);
                    writer.lines(&lines);
                    before = depth;
                }
            }
        }
    }
    words
}

/// The runs of a message that is Markdown already.
pub fn as_it_is(runs: &[Run<'_>]) -> String {
    let mut words = String::new();
    for run in runs {
        if !words.is_empty() {
            words.push('\n');
        }
        let quoted: Vec<(usize, &str)> = match run {
            Run::Own(lines) => lines.iter().map(|line| (0, *line)).collect(),
            Run::Quoted(lines) => lines.clone(),
        };
        for (depth, line) in quoted {
            for _ in 0..depth.min(DEEPEST) {
                words.push_str("> ");
            }
            words.push_str(line);
            words.push('\n');
        }
    }
    words.truncate(words.trim_end().len());
    words.drain(..words.len() - words.trim_start().len());
    words
}

/// Where the author's program broke lines.
fn wrap_of(runs: &[Run<'_>]) -> usize {
    runs.iter()
        .filter_map(|run| match run {
            Run::Own(lines) => lines
                .iter()
                .map(|line| line.len())
                .filter(|length| *length <= LONGEST_WRAP)
                .max(),
            Run::Quoted(_) => None,
        })
        .max()
        .unwrap_or(0)
        .max(SHORTEST_WRAP)
}

struct Writer<'w> {
    words: &'w mut String,
    depth: usize,
    wrap: usize,
    /// An open block of code, not yet closed since the next paragraph may be code, too.
    code: bool,
    /// How deep the line between this block and the one before is quoted.
    between: usize,
}

impl<'w> Writer<'w> {
    fn new(words: &'w mut String, depth: usize, wrap: usize) -> Writer<'w> {
        Writer {
            words,
            depth,
            wrap,
            code: false,
            between: 0,
        }
    }

    fn lines(mut self, lines: &[&str]) {
        let mut rest = lines;
        loop {
            let blank = rest
                .iter()
                .take_while(|line| line.trim().is_empty())
                .count();
            rest = rest.get(blank..).unwrap_or(&[]);
            if rest.is_empty() {
                break;
            }
            let length = self.block(rest, blank);
            rest = rest.get(length.max(1)..).unwrap_or(&[]);
        }
        self.close();
    }

    /// Writes the block that begins here and says how many lines it is.
    fn block(&mut self, rest: &[&str], blank: usize) -> usize {
        if let Some(length) = fenced(rest) {
            self.close();
            self.begin();
            for line in rest.iter().take(length) {
                self.raw(line);
            }
            return length;
        }
        if begins_patch(rest) {
            self.code(rest, blank);
            return rest.len();
        }
        let length = rest
            .iter()
            .take_while(|line| !line.trim().is_empty())
            .count();
        let paragraph = rest.get(..length).unwrap_or(rest);
        if is_code(paragraph) {
            self.code(paragraph, blank);
        } else {
            self.close();
            self.paragraph(paragraph);
        }
        length
    }

    fn prefix(&mut self) {
        for _ in 0..self.depth {
            self.words.push_str("> ");
        }
    }

    fn raw(&mut self, line: &str) {
        self.prefix();
        self.words.push_str(line);
        self.words.push('\n');
    }

    /// An empty line between blocks, which within a quote is a quoted one.
    fn begin(&mut self) {
        if !self.words.is_empty() {
            for _ in 0..self.between {
                self.words.push('>');
            }
            self.words.push('\n');
        }
        self.between = self.depth;
    }

    fn code(&mut self, lines: &[&str], blank: usize) {
        if self.code {
            for _ in 0..blank {
                self.raw("");
            }
        } else {
            self.begin();
            self.raw(FENCE);
            self.code = true;
        }
        let indent = lines
            .iter()
            .filter(|line| !line.trim().is_empty())
            .map(|line| line.len() - line.trim_start_matches(' ').len())
            .min()
            .unwrap_or(0);
        for line in lines {
            // A line that would close the fence is moved by one place.
            let line = line.get(indent..).unwrap_or("");
            let line = if line.trim_start().starts_with(FENCE) {
                format!("    {line}")
            } else {
                line.to_owned()
            };
            self.raw(&line);
        }
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.code) {
            self.raw(FENCE);
        }
    }

    fn paragraph(&mut self, lines: &[&str]) {
        if let [title, under] = lines
            && is_drawn(under)
            && !is_drawn(title)
            && title.len() <= 100
        {
            self.begin();
            self.prefix();
            self.words.push_str("**");
            escape(title.trim().trim_matches('*'), self.words);
            self.words.push_str("**\n");
            return;
        }
        let longest = lines.iter().map(|line| line.len()).max().unwrap_or(0);
        let wrap = self.wrap.min(longest.max(SHORTEST_WRAP - 5));
        let mut fresh = true;
        for (at, line) in lines.iter().enumerate() {
            if is_drawn(line) {
                self.begin();
                self.raw("---");
                fresh = true;
                continue;
            }
            if std::mem::take(&mut fresh) {
                self.begin();
                self.prefix();
            }
            let item = is_item(line);
            let kept = if item {
                let trimmed = line.trim_start();
                let indent = (line.len() - trimmed.len()).min(3);
                for _ in 0..indent {
                    self.words.push(' ');
                }
                trimmed
            } else {
                line.trim_start()
            };
            escape_line(kept, self.words);
            match lines.get(at + 1) {
                Some(next) if is_drawn(next) => self.words.push('\n'),
                Some(next) if is_item(next) => {
                    self.words.push('\n');
                    self.prefix();
                }
                Some(next) if goes_on(line, next, wrap) => self.words.push(' '),
                Some(_) => {
                    self.words.push_str("  \n");
                    self.prefix();
                    if item {
                        self.words.push_str("  ");
                    }
                }
                None => self.words.push('\n'),
            }
        }
    }
}

/// Whether a line was broken only because the next word did not fit: the line is about as long as the longest, or stops in the
/// middle of a sentence.
fn goes_on(line: &str, next: &str, wrap: usize) -> bool {
    let next = next.trim_start();
    let word = next.split(' ').next().map_or(0, str::len);
    let midst =
        next.starts_with(char::is_lowercase) && !line.ends_with(['.', ':', ';', '!', '?', ',']);
    line.len() + 1 + word > wrap || (midst && line.len() >= SHORTEST_WRAP / 2)
}

const FENCE: &str = "```";

/// A block that its author fenced as Markdown does, with its end.
fn fenced(rest: &[&str]) -> Option<usize> {
    let fence = rest.first()?.trim_start();
    if !fence.starts_with(FENCE) || fence.trim_matches('`').contains('`') {
        return None;
    }
    let end = rest
        .iter()
        .skip(1)
        .take(2000)
        .position(|line| line.trim() == FENCE)?;
    Some(end + 2)
}

fn begins_patch(rest: &[&str]) -> bool {
    let line = |n: usize| rest.get(n).copied().unwrap_or("");
    line(0).starts_with("diff --git ")
        || (line(0).starts_with("--- ") && line(1).starts_with("+++ "))
        || (line(0).starts_with("Index: ") && line(1).starts_with("====="))
}

/// A paragraph that is indented as a whole, stands in columns, or looks like what programs read.
fn is_code(lines: &[&str]) -> bool {
    let indented = lines
        .iter()
        .all(|line| line.starts_with("    ") || line.starts_with('\t'));
    if indented && !lines.iter().any(|line| is_item(line)) {
        // One indented line may as well be a name under a letter, or an address.
        let single = lines.first().map_or("", |line| line.trim());
        return lines.len() > 1 || !(is_address(single) || single.starts_with(char::is_uppercase));
    }
    if lines.len() < 2 && !lines.iter().any(|line| line.starts_with('>')) {
        return false;
    }
    let most =
        |like: fn(&str) -> bool| lines.iter().filter(|line| like(line)).count() * 2 > lines.len();
    let typed = lines
        .iter()
        .any(|line| line.starts_with("> ") || line.starts_with(">>> "));
    typed || most(is_statement) || most(has_columns)
}

fn is_address(text: &str) -> bool {
    !text.contains(' ')
        && (text.starts_with("http") || text.starts_with("www.") || text.contains('@'))
        || !text.contains(char::is_whitespace) && text.contains("://")
}

fn is_statement(line: &str) -> bool {
    let line = line.trim();
    line.ends_with([';', '{', '}'])
        || line.starts_with("$ ")
        || line.starts_with(">>> ")
        || line.starts_with("#!/")
        || line.starts_with("#include")
        || line.starts_with("</")
        || (line.contains(" <- ") && line.contains('('))
        || (line.starts_with('<')
            && line.ends_with('>')
            && !line.contains("://")
            && !line.contains('@'))
}

/// Two or more gaps of three spaces, or bars.
fn has_columns(line: &str) -> bool {
    let gaps = || {
        let cells = line.trim().split("   ");
        cells.filter(|cell| !cell.trim().is_empty()).count()
    };
    (line.contains("   ") && gaps() >= 3) || line.bytes().filter(|byte| *byte == b'|').count() >= 3
}

fn is_drawn(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with(|c: char| c.is_alphanumeric()) {
        return false;
    }
    let line = line.trim_end();
    line.len() >= 3
        && line.bytes().all(|b| {
            matches!(
                b,
                b'-' | b'_' | b'=' | b'*' | b'~' | b'#' | b'+' | b'^' | b' '
            )
        })
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix(['-', '*', '+']) {
        return rest.starts_with(' ');
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..=3).contains(&digits)
        && line
            .get(digits..)
            .is_some_and(|rest| rest.starts_with(". ") || rest.starts_with(") "))
}
