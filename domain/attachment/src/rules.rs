//! How much may be attached, and by whom. Pure; deny last.

use kernel::Say;

use crate::Kind;

const MEGABYTE: u64 = 1024 * 1024;
/// The most that anything attached may have.
pub const MOST: u64 = 100 * MEGABYTE;
/// With one contribution.
pub const WITH_ONE: usize = 10;
/// Of one person, not standing with anything yet.
pub const WAITING: i64 = 40;

impl Kind {
    /// Bytes at most.
    pub fn most(self) -> u64 {
        match self {
            Kind::Image | Kind::Voice => 20 * MEGABYTE,
            Kind::Film => MOST,
            Kind::File => 25 * MEGABYTE,
        }
    }

    /// What a content type claims. It bounds what is taken at first; the content decides.
    pub fn claimed(content_type: &str) -> Self {
        match content_type.split('/').next().unwrap_or_default() {
            "image" => Kind::Image,
            "audio" => Kind::Voice,
            "video" => Kind::Film,
            _ => Kind::File,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Empty,
    TooLarge(Kind),
    NoRoom { each: u64 },
    TooManyWaiting,
    TooManyWithOne,
    NotHere,
    Unreadable,
    Broken,
    TooManyPoints,
}

impl From<Refusal> for Say {
    fn from(r: Refusal) -> Self {
        match r {
            Refusal::Empty => Say::new("This file is empty."),
            Refusal::TooLarge(Kind::Image) => Say::new("A picture may have 20 MB at most."),
            Refusal::TooLarge(Kind::Voice) => Say::new("A voice note may have 20 MB at most."),
            Refusal::TooLarge(Kind::Film) => Say::new("A film may have 100 MB at most."),
            Refusal::TooLarge(Kind::File) => Say::new("A file may have 25 MB at most."),
            Refusal::NoRoom { each } => Say::new("Your files would take more than the {room} that each person has here. You can remove some that you no longer need.")
                .with("room", crate::shown::size(each)),
            Refusal::TooManyWaiting => Say::new("Many files of yours are here already that stand with nothing you said. Please attach or remove some first; what is left is cleared away after a day."),
            Refusal::TooManyWithOne => Say::new("At most ten files stand with one thing that you say."),
            Refusal::NotHere => Say::new("One of the files is not here, or not whole. Please attach it again; your words are kept."),
            Refusal::Unreadable => Say::new("This kind of picture cannot be opened here, and so not be freed of what it tells about where it was taken. Please save it as JPEG, PNG or WebP."),
            Refusal::Broken => Say::new("This picture cannot be opened: it is damaged, or no picture."),
            Refusal::TooManyPoints => Say::new("This picture has more points than can be taken. Please make it smaller, to 50 megapixels at most."),
        }
    }
}

impl From<Refusal> for kernel::Error {
    fn from(r: Refusal) -> Self {
        match r {
            Refusal::NoRoom { .. } | Refusal::TooManyWaiting => kernel::Error::Refused(r.into()),
            Refusal::TooManyWithOne | Refusal::NotHere => kernel::Error::invalid("attached", Say::from(r)),
            _ => kernel::Error::invalid("file", Say::from(r)),
        }
    }
}

/// What one person has here already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Room {
    pub taken: u64,
    pub waiting: i64,
    pub each: u64,
}

/// Brings a file of so many bytes.
pub fn may_bring(kind: Kind, size: u64, room: Room) -> Result<(), Refusal> {
    match () {
        () if size == 0 => Err(Refusal::Empty),
        () if size > kind.most() => Err(Refusal::TooLarge(kind)),
        () if room.waiting >= WAITING => Err(Refusal::TooManyWaiting),
        () if room.taken.saturating_add(size) > room.each => Err(Refusal::NoRoom { each: room.each }),
        () => Ok(()),
    }
}

pub fn may_stand_together(before: usize, more: usize) -> Result<(), Refusal> {
    if before.saturating_add(more) <= WITH_ONE { Ok(()) } else { Err(Refusal::TooManyWithOne) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_bound_and_each_person_their_room() {
        let room = Room { taken: 0, waiting: 0, each: 1024 * MEGABYTE };
        assert_eq!(may_bring(Kind::Image, 0, room), Err(Refusal::Empty));
        assert_eq!(may_bring(Kind::Image, 20 * MEGABYTE, room), Ok(()));
        assert_eq!(may_bring(Kind::Image, 20 * MEGABYTE + 1, room), Err(Refusal::TooLarge(Kind::Image)));
        assert_eq!(may_bring(Kind::Film, 100 * MEGABYTE, room), Ok(()));
        assert_eq!(may_bring(Kind::File, 100 * MEGABYTE, room), Err(Refusal::TooLarge(Kind::File)));
        let full = Room { taken: 1023 * MEGABYTE, ..room };
        assert_eq!(may_bring(Kind::Voice, 2 * MEGABYTE, full), Err(Refusal::NoRoom { each: room.each }));
        assert_eq!(may_bring(Kind::Voice, 1, Room { waiting: WAITING, ..room }), Err(Refusal::TooManyWaiting));
        assert_eq!(Kind::claimed("video/quicktime"), Kind::Film);
        assert_eq!(Kind::claimed("text/html"), Kind::File);
    }

    #[test]
    fn ten_stand_together_at_most() {
        assert_eq!(may_stand_together(0, 10), Ok(()));
        assert_eq!(may_stand_together(9, 2), Err(Refusal::TooManyWithOne));
    }
}
