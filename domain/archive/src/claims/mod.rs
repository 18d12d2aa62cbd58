//! A person claims a remembered voice: by their own act and a steward's word. It makes no membership and gives no right.

pub mod acts;
pub(crate) mod api;
pub(crate) mod belongings;
pub(crate) mod pages;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;

kernel::id_type! {
    ClaimId,
}

kernel::choice! {
    /// How a claim stands.
    pub enum State {
        /// By the person; it waits for a steward.
        Asked = "asked",
        /// By a steward; it waits for the person.
        Offered = "offered",
        Claimed = "claimed",
        Declined = "declined",
        /// By the person themselves, before or after it was settled.
        LetGo = "let_go",
        /// By who vouched for it.
        TakenBack = "taken_back",
    }
}
