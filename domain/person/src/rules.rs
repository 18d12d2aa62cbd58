//! Who may, and what a name, handle and password have to be. Pure.

use kernel::{Problems, Say};

use crate::SignUp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    HandleTaken,
    SignUpClosed,
    NeedsInvitation,
    WrongPassword,
    LinkUsed,
    CodeUnknown,
    NotOperator,
    LastOperator,
    Yourself,
}

impl From<Refusal> for Say {
    fn from(r: Refusal) -> Self {
        Say::new(match r {
            Refusal::HandleTaken => "Somebody has this handle already. Please choose another.",
            Refusal::SignUpClosed => "New accounts are not made here at the moment. Reading needs none where a community is open.",
            Refusal::NeedsInvitation => "An account here begins with an invitation into a community. Please open the link you were given.",
            Refusal::WrongPassword => "Handle and password do not belong together. If you forgot it, ask the operator for a one-time link.",
            Refusal::LinkUsed => "This link was used already, or its day is over. Please ask for a new one.",
            Refusal::CodeUnknown => "No program waits under this code. It may be mistyped, answered already, or its ten minutes are over; then start again in the program.",
            Refusal::NotOperator => "Only the operator of this place can do this.",
            Refusal::Yourself => "This cannot be done to yourself.",
            Refusal::LastOperator => "You are the only operator. Please make somebody else one first: tacit person add --operator.",
        })
    }
}

impl From<Refusal> for kernel::Error {
    fn from(r: Refusal) -> Self {
        kernel::Error::Refused(r.into())
    }
}

/// `invited`: a valid invitation of a community came along.
pub fn may_sign_up(mode: SignUp, invited: bool) -> Result<(), Refusal> {
    match (mode, invited) {
        (SignUp::Open, _) | (SignUp::Invitation, true) => Ok(()),
        (SignUp::Invitation, false) => Err(Refusal::NeedsInvitation),
        (SignUp::Closed, _) => Err(Refusal::SignUpClosed),
    }
}

/// Small letters, digits and hyphens: it is typed, spoken and part of addresses.
pub fn handle(text: &str, problems: &mut Problems) -> String {
    let handle = crate::acts::handle_as_typed(text);
    let good = handle.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !good || handle.starts_with('-') || handle.ends_with('-') || !(2..=32).contains(&handle.len()) {
        problems.add("handle", "A handle is 2 to 32 small letters, digits or hyphens, for example ada-k.");
    } else if RESERVED.contains(&handle.as_str()) || handle.starts_with("former-") {
        problems.add("handle", Refusal::HandleTaken);
    }
    handle
}

const RESERVED: &[&str] = &["me", "all", "everyone", "here", "admin", "operator", "steward", "tacit", "system", "support"];

pub const PASSWORD_MIN: usize = 10;
pub const PASSWORD_MAX: usize = 200;

pub fn password(text: &str, field: &'static str, problems: &mut Problems) {
    let n = text.chars().count();
    if n < PASSWORD_MIN {
        problems.add(field, Say::new("Please take at least {min} characters; a short sentence is good.").with("min", PASSWORD_MIN));
    } else if n > PASSWORD_MAX {
        problems.add(field, Say::new("Please take at most {max} characters.").with("max", PASSWORD_MAX));
    } else if text.chars().collect::<std::collections::HashSet<_>>().len() < 4 {
        problems.add(field, "This is too easy to guess.");
    }
}

/// Only what can be the address of a mailbox (RFC 5321 in ASCII, without quoted forms); empty is none.
pub fn mail(text: &str, problems: &mut Problems) -> String {
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let atom = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&c);
    let encoded = text.contains("=?"); // an RFC 2047 word hides another address
    let good = !encoded && text.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && local.len() <= 64
            && local.bytes().all(atom)
            && domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty() && label.len() <= 63 && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            })
    });
    if !good || text.len() > 254 {
        problems.add("mail", "This does not look like a mail address. Leave it empty if you like.");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(check: impl Fn(&mut Problems)) -> bool {
        let mut problems = Problems::default();
        check(&mut problems);
        problems.done().is_err()
    }

    #[test]
    fn signing_up_is_open_by_invitation_or_closed() {
        assert_eq!(may_sign_up(SignUp::Open, false), Ok(()));
        assert_eq!(may_sign_up(SignUp::Invitation, false), Err(Refusal::NeedsInvitation));
        assert_eq!(may_sign_up(SignUp::Invitation, true), Ok(()));
        assert_eq!(may_sign_up(SignUp::Closed, true), Err(Refusal::SignUpClosed));
    }

    #[test]
    fn handles_that_mislead_are_refused() {
        for bad in ["a", "Ada K", "-ada", "ada-", "adä", "me", "former-1", &"a".repeat(33)] {
            assert!(said(|p| drop(handle(bad, p))), "{bad}");
        }
        assert!(!said(|p| assert_eq!(handle(" @Ada-K ", p), "ada-k")));
    }

    #[test]
    fn mail_addresses_are_plain() {
        for bad in ["x", "a@b", "a b@c.de", "a@b..de", "=?utf-8?q?a?=@b.de\r\n", "a@b.de\nBcc: x", "\"a\"@b.de"] {
            assert!(said(|p| drop(mail(bad, p))), "{bad}");
        }
        assert!(!said(|p| drop(mail("", p))) && !said(|p| drop(mail("ada+x@mail.example.org", p))));
    }
}
