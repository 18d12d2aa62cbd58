//! A database of the Markdown export: a CSV (RFC 4180), shown as one table whose rows lead to their pages.

use csv::{ReaderBuilder, StringRecord};

const MOST_ROWS: usize = 500;
const MOST_COLUMNS: usize = 20;
const LONGEST_CELL: usize = 300;
const MOST_BYTES: usize = 512 << 10;

/// The words of its page, and whether rows or columns were left out; none where it has no columns.
pub(super) fn read(
    text: &str,
    title: &str,
    row: &dyn Fn(&str) -> Option<String>,
) -> Option<(String, bool)> {
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let columns = reader.headers().ok()?.clone();
    if columns.is_empty() || columns.iter().all(|name| name.trim().is_empty()) {
        return None;
    }
    let width = columns.len().min(MOST_COLUMNS);
    let mut words = format!("# {}\n\n", cell(title));
    line(&mut words, &columns, width, &|_| None);
    words.push('|');
    words.push_str(&" --- |".repeat(width));
    words.push('\n');
    let mut left_out = columns.len() > width;
    let mut rows = 0_usize;
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).is_ok_and(|more| more) {
        rows += 1;
        if rows <= MOST_ROWS && words.len() < MOST_BYTES {
            left_out |= record
                .iter()
                .any(|value| value.chars().nth(LONGEST_CELL).is_some());
            line(&mut words, &record, width, row);
        } else {
            left_out = true;
        }
    }
    if rows > MOST_ROWS {
        words.push_str(&format!("\nThe first {MOST_ROWS} of {rows} rows.\n"));
    }
    Some((words, left_out))
}

fn line(
    words: &mut String,
    record: &StringRecord,
    width: usize,
    row: &dyn Fn(&str) -> Option<String>,
) {
    words.push('|');
    for column in 0..width {
        let value = record.get(column).unwrap_or_default();
        let shown = cell(value);
        let link = (column == 0).then(|| row(value.trim())).flatten();
        words.push(' ');
        match link {
            Some(link) if !shown.is_empty() => words.push_str(&format!("[{shown}]({link})")),
            _ => words.push_str(&shown),
        }
        words.push_str(" |");
    }
    words.push('\n');
}

/// On one line, with no mark that does anything.
fn cell(value: &str) -> String {
    let mut shown = String::with_capacity(value.len());
    let one_line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    for (n, c) in one_line.chars().enumerate() {
        if n == LONGEST_CELL {
            shown.push('…');
            break;
        }
        if matches!(c, '|' | '\\' | '[' | ']' | '*' | '_' | '`' | '<' | '#') {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_leads_to_its_rows() {
        let text = "Name,Status,Notes\n\"Ship, it\",Done,\"two\nlines | x\"\nRest\n";
        let row = |name: &str| (name == "Rest").then(|| "Tasks/Rest%201.md".to_owned());
        let (words, left_out) = read(text, "Tasks", &row).unwrap();
        assert_eq!(
            words,
            "# Tasks\n\n| Name | Status | Notes |\n| --- | --- | --- |\n| Ship, it | Done | two lines \\| x |\n| [Rest](Tasks/Rest%201.md) |  |  |\n"
        );
        assert!(!left_out);
    }

    #[test]
    fn a_long_table_is_cut_and_says_so() {
        let text = format!("Name\n{}", "x\n".repeat(700));
        let (words, left_out) = read(&text, "T", &|_| None).unwrap();
        assert!(left_out && words.ends_with("The first 500 of 700 rows.\n"));
        assert!(read("", "T", &|_| None).is_none());
    }
}
