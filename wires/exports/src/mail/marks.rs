//! The marks that programs leave in plain text: quotes, "On … wrote:", signatures, footers, notes of archives. In many languages.

use std::iter::Peekable;

use crate::File;

/// How deep a line is quoted, and what stands in it.
pub fn quoted(line: &str) -> (usize, &str) {
    let (mut depth, mut rest) = (0, line);
    loop {
        let trimmed = if depth == 0 {
            rest.strip_prefix(' ').unwrap_or(rest)
        } else {
            rest.trim_start_matches([' ', '\t'])
        };
        match trimmed.strip_prefix('>') {
            Some(next) => {
                depth += 1;
                rest = next;
            }
            None => break,
        }
    }
    // "> >From": a line that was quoted since it could be taken for the beginning of a message.
    if depth > 1 && rest.starts_with("From ") {
        depth -= 1;
    }
    if depth > 0 {
        return (depth, rest.strip_prefix(' ').unwrap_or(rest));
    }
    // "AB> …", as Emacs and its kin quote.
    let initials = line
        .bytes()
        .take(5)
        .take_while(u8::is_ascii_uppercase)
        .count();
    if initials > 0
        && let Some(rest) = line
            .get(initials..)
            .and_then(|rest| rest.strip_prefix("> "))
    {
        return (1, rest);
    }
    (0, line)
}

/// Whether a line "quoted" so deep was typed at the prompt of R (`> x <- f(1)`) or Python (`>>> import x`).
pub fn is_prompt(depth: usize, text: &str) -> bool {
    let text = text.trim();
    let call = || {
        let Some(open) = text.find('(') else {
            return false;
        };
        let name = text.get(..open).unwrap_or("");
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$' | b':'))
            && text.ends_with([')', ',', '{', ';', '('])
    };
    match depth {
        1 => text.contains(" <- ") || text.contains("<-") && text.contains('(') || call(),
        3 => {
            call()
                || text.contains(" = ")
                || ["import ", "from ", "print ", "def ", "for "]
                    .iter()
                    .any(|word| text.starts_with(word))
        }
        _ => false,
    }
}

const WROTE: [&str; 30] = [
    "wrote",
    "writes",
    "said",
    "schrieb",
    "geschrieben",
    "a écrit",
    "écrit",
    "ecrit",
    "écrivait",
    "escribió",
    "escribio",
    "escribía",
    "escreveu",
    "ha scritto",
    "scrive",
    "scritto",
    "schreef",
    "skrev",
    "napsal",
    "napísal",
    "napisał",
    "pisze",
    "пишет",
    "написал",
    "писал",
    "kirjoitti",
    "写道",
    "寫道",
    "yazdı",
    "írta",
];
const ON: [&str; 26] = [
    "on ", "am ", "le ", "el ", "il ", "w dniu", "den ", "op ", "em ", "dne ", "på ", "På ", "в ",
    "В ", "at ", "quoting ", "in ", "dnia ", "pe ", "date:", "*on ", "mon, ", "от ", "От ", "în ",
    "---- on ",
];

/// Whether a line can be the first of "On … somebody wrote:".
pub fn begins_attribution(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '-', '*']);
    let dated = line.starts_with(|c: char| c.is_ascii_digit())
        && line.bytes().take(20).filter(u8::is_ascii_digit).count() >= 4;
    dated || ON.iter().any(|on| begins(line, on))
}

/// "On … somebody wrote:", "Ada Lovelace <a@b> writes:", "Am … schrieb Ada:".
pub fn is_attribution(said: &str) -> bool {
    let said = said.trim_end();
    if said.len() > 400
        || !(said.ends_with([':', '：', '>'])
            || said.ends_with("wrote")
            || said.ends_with(":-")
            || said.ends_with("..."))
    {
        return false;
    }
    let lower = said.to_lowercase();
    WROTE.iter().any(|wrote| lower.contains(wrote))
        || ((lower.contains('@') || lower.ends_with(">:"))
            && lower.bytes().filter(u8::is_ascii_digit).count() >= 4)
}

/// Whether a line begins so, in whatever case of ASCII letters.
fn begins(line: &str, with: &str) -> bool {
    line.as_bytes()
        .get(..with.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(with.as_bytes()))
}

const ORIGINAL: [&str; 14] = [
    "original message",
    "original appointment",
    "ursprüngliche nachricht",
    "original-nachricht",
    "originalnachricht",
    "message d'origine",
    "message original",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "исходное сообщение",
    "ursprungligt meddelande",
    "reply message",
];

/// `-----Original Message-----` in the languages of programs.
pub fn begins_original(line: &str) -> bool {
    let line = line.trim();
    if !line.starts_with('-') && !line.starts_with('_') {
        return false;
    }
    let bare = line
        .trim_matches(|c: char| matches!(c, '-' | '_' | ' '))
        .to_lowercase();
    ORIGINAL.contains(&bare.as_str())
}

/// `---------- Forwarded message ----------`: what follows was passed on, and is meant to be read.
pub fn begins_forwarded(line: &str) -> bool {
    const FORWARDED: [&str; 9] = [
        "forwarded message",
        "begin forwarded message:",
        "weitergeleitete nachricht",
        "message transféré",
        "mensaje reenviado",
        "mensagem encaminhada",
        "messaggio inoltrato",
        "doorgestuurd bericht",
        "пересылаемое сообщение",
    ];
    if !line.starts_with(['-', '_', 'B']) {
        return false;
    }
    let bare = line
        .trim_matches(|c: char| matches!(c, '-' | '_' | ' ' | '/'))
        .to_lowercase();
    FORWARDED.iter().any(|begin| bare.starts_with(begin))
}

const SENDER: [&str; 10] = [
    "from:", "von:", "de:", "de :", "da:", "van:", "från:", "fra:", "от:", "От:",
];
const HEADS: [&str; 40] = [
    "sent:",
    "date:",
    "to:",
    "subject:",
    "cc:",
    "gesendet:",
    "datum:",
    "an:",
    "betreff:",
    "envoyé:",
    "envoyé :",
    "à:",
    "à :",
    "objet:",
    "objet :",
    "date :",
    "enviado:",
    "enviado el:",
    "para:",
    "asunto:",
    "assunto:",
    "inviato:",
    "a:",
    "oggetto:",
    "verzonden:",
    "aan:",
    "onderwerp:",
    "skickat:",
    "till:",
    "ämne:",
    "Ämne:",
    "Отправлено:",
    "Кому:",
    "Тема:",
    "Дата:",
    "Копия:",
    "sendt:",
    "til:",
    "emne:",
    "reply-to:",
];

/// `From: … / Sent: … / To: … / Subject: …`, as Outlook puts it above what is answered.
pub fn begins_header_block<'t>(line: &str, below: impl Iterator<Item = &'t str>) -> bool {
    if !line.as_bytes().iter().take(8).any(|byte| *byte == b':') {
        return false;
    }
    let any = |line: &str, list: &[&str]| {
        let line = line.trim().trim_start_matches('*');
        list.iter().any(|with| begins(line, with))
    };
    if !any(line, &SENDER) {
        return false;
    }
    below
        .filter(|line| !line.is_empty())
        .take(6)
        .filter(|line| any(line, &HEADS))
        .count()
        >= 2
}

/// A line that is only drawn.
pub fn is_rule(line: &str) -> bool {
    if line.starts_with(|c: char| c.is_alphanumeric()) {
        return false;
    }
    let line = line.trim();
    line.len() >= 3
        && line
            .bytes()
            .all(|b| matches!(b, b'-' | b'_' | b'=' | b'*' | b'~' | b'#' | b'+' | b' '))
}

/// "Sent from my …".
pub fn is_sent_from(line: &str) -> bool {
    const BEGIN: [&str; 12] = [
        "sent from my ",
        "sent from mobile",
        "sent via ",
        "get outlook for ",
        "von meinem ",
        "gesendet von ",
        "envoyé de ",
        "envoyé depuis ",
        "enviado desde ",
        "enviado do ",
        "inviato da",
        "Отправлено с ",
    ];
    if line.len() > 80 || line.len() < 8 {
        return false;
    }
    let line = line.trim_start_matches([' ', '*', '_', '(', '[']);
    BEGIN.iter().any(|begin| begins(line, begin))
        || (begins(line, "sent from ") && line.to_lowercase().contains("mail"))
}

/// Whether a list's program begins its footer here (Mailman, Groups.io, Google Groups, ezmlm, Yahoo, Sympa, Listserv).
pub fn begins_footer<'t>(line: &str, below: impl Iterator<Item = &'t str>) -> bool {
    let line = line.trim();
    if line.starts_with("You received this message because you are subscribed to")
        || line == "-=-=-=-=-=-=-=-=-=-=-=-"
        || line.starts_with("Yahoo! Groups Links")
    {
        return true;
    }
    let rule = line.len() >= 20
        && (is_rule(line) || line.starts_with("-=-=") || line.starts_with("--~--"));
    let google = line == "--";
    if !rule && !google {
        return false;
    }
    let below: String = below
        .take(4)
        .flat_map(|line| [line, "\n"])
        .collect::<String>()
        .to_lowercase();
    if google {
        return below.contains("you received this message because you are subscribed");
    }
    [
        "mailing list",
        "/listinfo/",
        "groups.io links",
        "you receive all messages sent to this group",
        "to unsubscribe",
        "unsubscribe from this",
        "you received this message",
        "-unsubscribe@",
        "unsubscribe@",
        "list archives:",
        "/mailman/",
        "/postorius/",
        "abbestellen",
        "se désinscrire",
    ]
    .iter()
    .any(|sign| below.contains(sign))
}

/// `-------------- next part --------------`, where pipermail took a part out.
pub fn is_next_part(line: &str) -> bool {
    line.starts_with("-----") && line.trim_matches('-').trim() == "next part"
}

/// The note that stands in place of the part; nothing where the part itself follows.
pub fn scrubbed<'t>(rest: &mut Peekable<impl Iterator<Item = &'t str>>) -> Option<File> {
    let html = rest.peek()?.contains("HTML attachment was scrubbed");
    if !rest.peek()?.contains("was scrubbed...")
        && !rest.peek()?.contains("attachment was removed")
        && !rest.peek()?.contains("was stripped")
    {
        return None;
    }
    rest.next();
    let mut file = File::default();
    while let Some(line) = rest.peek() {
        let Some((key, value)) = line.split_once(':') else {
            break;
        };
        let value = value.trim();
        match key.trim() {
            "Name" if !value.contains("not available") => {
                file.name = value.trim_matches('"').chars().take(200).collect()
            }
            "URL" | "Url" => {
                let url = value.trim_matches(['<', '>', ' ']);
                file.link = url.starts_with("http").then(|| url.to_owned());
            }
            "Name" | "Type" | "Size" | "Desc" | "From" | "Subject" | "Date" => {}
            _ => break,
        }
        rest.next();
    }
    if html || file.name == "signature.asc" {
        return None;
    }
    if file.name.is_empty() {
        file.name = file
            .link
            .as_deref()
            .and_then(|url| url.rsplit('/').next())
            .unwrap_or("attachment")
            .to_owned();
    }
    Some(file)
}

/// The armour of a signed message: its head and its whole signature are passed over.
pub fn is_armour<'t>(line: &str, rest: &mut Peekable<impl Iterator<Item = &'t str>>) -> bool {
    match line {
        "-----BEGIN PGP SIGNED MESSAGE-----" => {
            while rest
                .next_if(|line| line.starts_with("Hash:") || line.is_empty())
                .is_some()
            {}
            true
        }
        "-----BEGIN PGP SIGNATURE-----" => {
            for line in rest.by_ref() {
                if line == "-----END PGP SIGNATURE-----" {
                    break;
                }
            }
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_quoted_as_deep_as_they_say() {
        assert_eq!(quoted("> a"), (1, "a"));
        assert_eq!(quoted(">> > a"), (3, "a"));
        assert_eq!(quoted(">"), (1, ""));
        assert_eq!(quoted("JB> a"), (1, "a"));
        assert_eq!(quoted("a > b"), (0, "a > b"));
        assert_eq!(quoted(">     code"), (1, "    code"));
    }

    #[test]
    fn who_wrote_what_is_known_in_many_languages() {
        for said in [
            "On Mon, Apr 2, 2012 at 6:26 PM, Megan One <xxx@gmail.com> wrote:",
            "Am 3. Mai 2011 schrieb Ada:",
            "Le 3 mai 2011 à 10:00, Ada a écrit :",
            "Ada Lovelace <a@b.org> writes:",
            "2014-05-03 10:00 GMT+02:00 Ada <a@b.org>:",
            "В Срд, 03/05/2011 пишет Ада:",
        ] {
            assert!(is_attribution(said), "{said}");
        }
        assert!(!is_attribution("Here is what I did:"));
    }
}
