//! A database of the Markdown export: a CSV (RFC 4180), shown as one table whose rows lead to their pages.

use csv::{ReaderBuilder, StringRecord};

const MOST_ROWS: usize = 500;
const MOST_COLUMNS: usize = 20;
const LONGEST_CELL: usize = 300;
const MOST_BYTES: usize = 512 << 10;

/// The words of its page; none where it has no columns. What is beyond the bounds is in the page's file.
pub(super) fn read(
    text: &str,
    title: &str,
    row: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
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
    let (mut rows, mut shown) = (0_usize, 0_usize);
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).is_ok_and(|more| more) {
        rows += 1;
        if rows <= MOST_ROWS && words.len() < MOST_BYTES {
            line(&mut words, &record, width, row);
            shown += 1;
        }
    }
    if shown < rows || width < columns.len() {
        words.push_str(&format!(
            "
The first {shown} of {rows} rows, and {width} of {} columns.
",
            columns.len()
        ));
    }
    Some(words)
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
        let words = read(text, "Tasks", &row).unwrap();
        assert_eq!(
            words,
            "# Tasks\n\n| Name | Status | Notes |\n| --- | --- | --- |\n| Ship, it | Done | two lines \\| x |\n| [Rest](Tasks/Rest%201.md) |  |  |\n"
        );
    }

    #[test]
    fn a_long_table_is_cut_and_says_so() {
        let text = format!("Name\n{}", "x\n".repeat(700));
        let words = read(&text, "T", &|_| None).unwrap();
        assert!(words.ends_with("The first 500 of 700 rows, and 1 of 1 columns.\n"));
        assert!(read("", "T", &|_| None).is_none());
    }
}
