//! What of a message its author wrote: without footers, signatures and the quoted rest of what they answer.
//!
//! Quoted lines stay where an answer follows them in the middle of a message, since the answer means nothing without them: the last
//! paragraph before the answer, or all of it where it is short.

use super::habits::Habits;
use super::marks;
use crate::File;

/// A quote above an answer is kept whole up to so many lines, and its last paragraph up to so many.
const WHOLE: usize = 6;
const LAST: usize = 12;

/// How a message stands to others, as far as its headers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It answers nothing: what it quotes is what it is about.
    Alone,
    Answering,
    /// It passes another on, which is below its own words.
    PassingOn,
}

/// A run of lines of one sort.
#[derive(Debug, PartialEq, Eq)]
pub enum Run<'t> {
    Own(Vec<&'t str>),
    /// With how deep each is quoted, from 1 on.
    Quoted(Vec<(usize, &'t str)>),
}

#[derive(Debug, Clone, Copy)]
struct Line<'t> {
    /// 0: not quoted.
    depth: usize,
    text: &'t str,
    /// With its marks of quotation.
    whole: &'t str,
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    fn is_own(&self) -> bool {
        self.depth == 0 && !self.is_blank()
    }
}

/// The runs of a message in order, and the files that an archive took out of it and wrote a note for.
pub fn of<'t>(text: &'t str, habits: &Habits, stands: Stands) -> (Vec<Run<'t>>, Vec<File>) {
    let mut files = Vec::new();
    let mut lines: Vec<Line<'t>> = Vec::with_capacity(text.len() / 32);
    let mut rest = text.lines().map(str::trim_end).peekable();
    while let Some(line) = rest.next() {
        if marks::is_next_part(line) {
            files.extend(marks::scrubbed(&mut rest));
            lines.push(Line {
                depth: 0,
                text: "",
                whole: "",
            });
            continue;
        }
        if marks::is_armour(line, &mut rest) {
            continue;
        }
        let (depth, text) = marks::quoted(line);
        lines.push(Line {
            depth,
            text,
            whole: line,
        });
    }
    let all = lines.len();
    cut_footer(&mut lines, habits);
    if stands != Stands::PassingOn {
        cut_tail(&mut lines);
    }
    let mut lines = without_signatures(lines);
    take_prompts(&mut lines);
    let runs = match stands {
        Stands::Answering => answered(&lines),
        Stands::Alone if introduces_a_quote(&lines) => answered(&lines),
        _ => all_runs(&lines),
    };
    if !runs.is_empty() || all == 0 {
        return (runs, files);
    }
    // Nothing but quotes: then they are what was said (a message passed on, a program that quotes everything).
    (whole(&lines), files)
}

fn trim_end(lines: &mut Vec<Line<'_>>) {
    while lines.last().is_some_and(|line| line.is_blank()) {
        lines.pop();
    }
}

/// Takes away what the list put under the words.
fn cut_footer(lines: &mut Vec<Line<'_>>, habits: &Habits) {
    let from = lines.len().saturating_sub(40);
    let known = lines
        .iter()
        .enumerate()
        .skip(from)
        .find(|(at, line)| {
            line.depth == 0
                && marks::begins_footer(line.text, lines.iter().skip(at + 1).map(|l| l.text))
        })
        .map(|(at, _)| at);
    if let Some(at) = known {
        lines.truncate(at);
    }
    loop {
        trim_end(lines);
        let Some(last) = lines.last().filter(|line| line.depth == 0) else {
            return;
        };
        if !habits.is_of_footer(last.text) {
            return;
        }
        lines.pop();
    }
}

/// Takes away the whole of an answered message where a program put it under the answer without marks of quotation.
fn cut_tail(lines: &mut Vec<Line<'_>>) {
    let mut said = false;
    let mut cut = None;
    for (at, line) in lines.iter().enumerate() {
        if line.depth > 0 || line.is_blank() {
            continue;
        }
        if marks::begins_forwarded(line.text) {
            return;
        }
        let below = lines
            .iter()
            .skip(at + 1)
            .filter(|line| line.depth == 0)
            .map(|line| line.text);
        let begins = said
            && (marks::begins_original(line.text)
                || marks::begins_header_block(line.text, below)
                || begins_bare_quote(lines, at));
        if begins {
            cut = Some(at);
            break;
        }
        said = said || !marks::is_rule(line.text);
    }
    if let Some(at) = cut {
        lines.truncate(at);
        while lines
            .last()
            .is_some_and(|line| line.is_blank() || (line.depth == 0 && marks::is_rule(line.text)))
        {
            lines.pop();
        }
    }
}

/// "On … somebody wrote:" above text that is not marked as quoted.
fn begins_bare_quote(lines: &[Line<'_>], at: usize) -> bool {
    let near = lines
        .iter()
        .skip(at)
        .take(3)
        .any(|line| line.text.ends_with(':'));
    let Some(head) = lines
        .get(at)
        .filter(|line| near && marks::begins_attribution(line.text))
    else {
        return false;
    };
    let mut said = head.text.to_owned();
    let mut end = at;
    while !said.ends_with(':') && end - at < 2 {
        end += 1;
        match lines.get(end) {
            Some(line) if line.is_own() => {
                said.push(' ');
                said.push_str(line.text);
            }
            _ => return false,
        }
    }
    let dated = said.bytes().filter(u8::is_ascii_digit).count() >= 3;
    let below = lines.iter().skip(end + 1).find(|line| !line.is_blank());
    dated && marks::is_attribution(&said) && below.is_some_and(|line| line.depth == 0)
}

fn without_signatures(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let mut kept: Vec<Line<'_>> = Vec::with_capacity(lines.len());
    let mut skipping = false;
    for (at, line) in lines.iter().enumerate() {
        if line.depth > 0 {
            skipping = false;
        } else if line.text == "--" && !skipping {
            let below = lines
                .iter()
                .skip(at + 1)
                .take_while(|line| line.depth == 0)
                .filter(|line| !line.is_blank())
                .take(16)
                .count();
            skipping = below <= 15;
        }
        let closing = line.depth == 0
            && marks::is_sent_from(line.text)
            && lines
                .iter()
                .skip(at + 1)
                .find(|line| !line.is_blank())
                .is_none_or(|line| line.depth > 0 || marks::begins_attribution(line.text));
        if !skipping && !closing {
            kept.push(*line);
        }
    }
    kept
}

/// What was typed at a prompt (`> x <- f(1)`, `>>> import x`) is no quote, though it looks like one.
fn take_prompts(lines: &mut [Line<'_>]) {
    for block in lines.chunk_by_mut(|a, b| (a.depth > 0) == (b.depth > 0)) {
        if block
            .iter()
            .all(|line| line.depth > 0 && marks::is_prompt(line.depth, line.text))
        {
            for line in block {
                line.depth = 0;
                line.text = line.whole;
            }
        }
    }
}

/// Whether "On … somebody wrote:" stands above the first quote.
fn introduces_a_quote(lines: &[Line<'_>]) -> bool {
    let Some(first) = lines.iter().position(|line| line.depth > 0) else {
        return false;
    };
    let mut above: Vec<&str> = lines.iter().take(first).map(|line| line.text).collect();
    let before = above.len();
    take_attribution(&mut above);
    above.len() < before
}

/// Everything, in order.
fn all_runs<'t>(lines: &[Line<'t>]) -> Vec<Run<'t>> {
    let mut runs: Vec<Run<'t>> = Vec::new();
    for line in lines {
        match (runs.last_mut(), line.depth) {
            (Some(Run::Own(own)), 0) => own.push(line.text),
            (Some(Run::Quoted(quote)), 1..) => quote.push((line.depth, line.text)),
            (_, 0) => runs.push(Run::Own(vec![line.text])),
            (_, depth) => runs.push(Run::Quoted(vec![(depth, line.text)])),
        }
    }
    runs.retain(|run| match run {
        Run::Own(own) => own.iter().any(|line| !line.is_empty()),
        Run::Quoted(quote) => quote.iter().any(|(_, line)| !line.is_empty()),
    });
    runs
}

/// Own words with the quotes that they answer; empty where there are no own words.
fn answered<'t>(lines: &[Line<'t>]) -> Vec<Run<'t>> {
    let mut runs: Vec<Run<'t>> = Vec::new();
    let mut quote: Vec<(usize, &'t str)> = Vec::new();
    let mut at = 0;
    let last_own = lines.iter().rposition(Line::is_own);
    while let Some(line) = lines.get(at) {
        at += 1;
        if line.depth > 0 {
            if quote.is_empty()
                && let Some(Run::Own(own)) = runs.last_mut()
            {
                take_attribution(own);
            }
            quote.push((line.depth, line.text));
            continue;
        }
        if line.is_blank() && !quote.is_empty() {
            quote.push((1, ""));
            continue;
        }
        if !quote.is_empty() {
            let answered = answered_part(&std::mem::take(&mut quote));
            if !answered.is_empty() {
                runs.push(Run::Quoted(answered));
            }
        }
        match runs.last_mut() {
            Some(Run::Own(own)) => own.push(line.text),
            _ => runs.push(Run::Own(vec![line.text])),
        }
        if last_own.is_some_and(|last| at > last) {
            break;
        }
    }
    // Below the last own words there are only quotes; the line that introduced them goes with them.
    let introduces = lines.iter().skip(at).any(|line| line.depth > 0);
    if introduces && let Some(Run::Own(own)) = runs.last_mut() {
        take_attribution(own);
    }
    runs.retain(|run| match run {
        Run::Own(own) => own.iter().any(|line| !line.is_empty()),
        Run::Quoted(_) => true,
    });
    while matches!(runs.last(), Some(Run::Quoted(_))) {
        runs.pop();
    }
    // One quote above one answer says what the thread says already.
    let quotes = runs
        .iter()
        .filter(|run| matches!(run, Run::Quoted(_)))
        .count();
    if quotes == 1 && matches!(runs.first(), Some(Run::Quoted(_))) {
        runs.remove(0);
    }
    runs
}

/// Takes "On … somebody wrote:" off the end.
pub fn take_attribution(own: &mut Vec<&str>) {
    let Some(last) = own.iter().rposition(|line| !line.is_empty()) else {
        return;
    };
    let mut said = String::new();
    for first in (last.saturating_sub(3)..=last).rev() {
        let Some(line) = own.get(first).filter(|line| !line.is_empty()) else {
            return;
        };
        said.insert(0, ' ');
        said.insert_str(0, line);
        let begins = marks::begins_attribution(line)
            || first == 0
            || own.get(first - 1).is_some_and(|above| above.is_empty());
        if begins && marks::is_attribution(said.trim_end()) {
            own.truncate(first);
            return;
        }
    }
}

/// The part of a quote that the words below it answer.
fn answered_part<'t>(quote: &[(usize, &'t str)]) -> Vec<(usize, &'t str)> {
    let Some(end) = quote.iter().rposition(|(_, line)| !line.is_empty()) else {
        return Vec::new();
    };
    let body: Vec<(usize, &'t str)> = quote
        .iter()
        .take(end + 1)
        .skip_while(|(_, line)| line.is_empty())
        .copied()
        .collect();
    let mut from = 0;
    if body.iter().filter(|(_, line)| !line.is_empty()).count() > WHOLE {
        from = body
            .iter()
            .rposition(|(_, line)| line.is_empty())
            .map_or(0, |blank| blank + 1)
            .max(body.len().saturating_sub(LAST));
    }
    let part = body.get(from..).unwrap_or(&[]);
    let least = part
        .iter()
        .filter(|(_, line)| !line.is_empty())
        .map(|(depth, _)| *depth)
        .min()
        .unwrap_or(1);
    part.iter()
        .map(|(depth, line)| (depth.saturating_sub(least - 1).max(1), *line))
        .collect()
}

fn whole<'t>(lines: &[Line<'t>]) -> Vec<Run<'t>> {
    let quote: Vec<_> = lines
        .iter()
        .take(500)
        .map(|line| (line.depth.max(1), line.text))
        .collect();
    if quote.iter().all(|(_, line)| line.is_empty()) {
        return Vec::new();
    }
    vec![Run::Quoted(quote)]
}
