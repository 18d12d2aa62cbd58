//! Where messages that name no list belong: by the file or folder that they lie in.

use super::habits::Habits;
use super::letter::List;
use crate::dated::without_date;
use crate::{Access, Community};

pub struct Place {
    pub list: List,
    pub access: Access,
}

impl Place {
    /// The archive of a list is open; the mailbox of a person is not, but for what they had from lists.
    pub fn of_mbox(file: &str, source: &str, habits: &Habits) -> Place {
        if let Some(list) = &habits.list
            && !habits.personal
        {
            return Place {
                list: list.clone(),
                access: Access::Open,
            };
        }
        let name = name_of(file, source);
        Place {
            list: List {
                id: name.to_lowercase(),
                name,
            },
            access: if habits.personal {
                Access::Direct
            } else {
                Access::Open
            },
        }
    }

    /// Mail that lies singly and went to no list is between people.
    pub fn of_folder(folder: &str, source: &str) -> Place {
        let name = if folder.is_empty() { source } else { folder };
        Place {
            list: List {
                id: name.to_lowercase(),
                name: name.to_owned(),
            },
            access: Access::Direct,
        }
    }

    pub fn community(&self, list: Option<&List>, archive: Option<&str>) -> Community {
        let (said, access) = match list {
            Some(list) => (list, Access::Open),
            None => (&self.list, self.access),
        };
        // The archive of a list is called as the list; its old messages do not say which it was.
        let same =
            access == self.access && said.id.split('.').next() == Some(self.list.id.as_str());
        let id = if same { &self.list.id } else { &said.id };
        Community {
            id: id.clone(),
            name: said.name.clone(),
            about: archive.unwrap_or("").to_owned(),
            access,
            ended: false,
        }
    }
}

/// A list's name out of `pipermail_2015_november.mbox`, `r-help/2015-November.txt.gz`: what remains without dates and endings, of the
/// file, else of the folder, else of the source.
fn name_of(file: &str, source: &str) -> String {
    let mut parts: Vec<&str> = file.rsplit('/').collect();
    parts.push(source);
    parts
        .into_iter()
        .map(without_date)
        .find(|name| {
            !name.is_empty()
                && !name.eq_ignore_ascii_case("mbox")
                && !name.eq_ignore_ascii_case("messages")
        })
        .unwrap_or_else(|| "mail".to_owned())
}

/// The folder of a Maildir that a file lies in, and its name there.
pub fn of_maildir(file: &str) -> Option<(&str, &str)> {
    let (path, name) = file.rsplit_once('/')?;
    let (folder, state) = path.rsplit_once('/').unwrap_or(("", path));
    (matches!(state, "cur" | "new") && !name.starts_with('.')).then_some((folder, name))
}

/// `.My Folder.Inner` (Maildir++) is called "My Folder/Inner".
pub fn folder_name(folder: &str) -> String {
    match folder.strip_prefix('.') {
        Some(inner) => inner.replace('.', "/"),
        None => folder.to_owned(),
    }
}

/// Files of a Maildir begin with the second in which they were delivered.
pub fn seconds_of(file: &str) -> Option<i64> {
    let name = file.rsplit('/').next()?;
    let (seconds, _) = name.split_once('.')?;
    (seconds.len() >= 9).then(|| seconds.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_called_as_its_files_are_without_their_dates() {
        for (file, name) in [
            ("pipermail_2015_november.mbox", "pipermail"),
            ("r-help/2015-November.txt.gz", "r-help"),
            ("2004-March.txt", "Archive"),
            ("messages.mbox", "Archive"),
            ("r-sig-geo.mbox", "r-sig-geo"),
            ("lists/200401.mbox", "lists"),
        ] {
            assert_eq!(name_of(file, "Archive"), name);
        }
    }

    #[test]
    fn folders_of_a_maildir_are_told_from_their_paths() {
        assert_eq!(of_maildir("cur/1.x"), Some(("", "1.x")));
        assert_eq!(
            of_maildir("Mail/.My Folder.Inner/new/2.y"),
            Some(("Mail/.My Folder.Inner", "2.y"))
        );
        assert_eq!(of_maildir("tmp/1.x"), None);
        assert_eq!(folder_name(".My Folder.Inner"), "My Folder/Inner");
    }
}
