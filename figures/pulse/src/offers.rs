//! What is worth bringing to somebody: into a letter, or a question to who may have met it.

/// How much something weighs for a reader's letter (FORMULAS.md, "Letter"): `2^(−age / 3 d) · (1 + log₂(1 + voices)) · (1 + topic match + min(S, 1))`.
///
/// `voices` are distinct people in the conversation, `topic_match` goes from 0 to 1, `tie` is the strength *S* between the reader and its author.
pub fn letter_score(age_days: f64, voices: u32, topic_match: f64, tie: f64) -> f64 {
    (-age_days.max(0.0) / 3.0).exp2()
        * (1.0 + (1.0 + f64::from(voices)).log2())
        * (1.0 + topic_match + tie.min(1.0))
}

/// Half-life, in days, of what counts for [`may_have_met`].
pub const MET_HALF_LIFE_DAYS: f64 = 180.0;

/// Whether somebody may have met a topic (FORMULAS.md, "What helped"): `z = (a − q) / √(a + q)`, plus 1 if they say that they have (Zhang, Ackerman and Adamic 2007,
/// "Expertise networks in online communities"). `helped` and `asked` are their helpful replies and their questions on it, each decayed ([`decayed`]). It
/// decides whom to ask, and is shown to nobody.
pub fn may_have_met(helped: f64, asked: f64, says_so: bool) -> f64 {
    let both = helped + asked;
    let z = if both > 0.0 {
        (helped - asked) / both.sqrt()
    } else {
        0.0
    };
    z + f64::from(u8::from(says_so))
}

/// What is left of acts so many days ago, with the half-life of [`may_have_met`].
pub fn decayed(days_ago: impl IntoIterator<Item = f64>) -> f64 {
    days_ago
        .into_iter()
        .map(|days| (-days.max(0.0) / MET_HALF_LIFE_DAYS).exp2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_of_three_voices_weighs_one_and_a_half_after_three_days() {
        assert_eq!(letter_score(3.0, 3, 0.0, 0.0), 1.5);
        assert_eq!(letter_score(0.0, 3, 0.0, 40.0), 6.0);
    }

    #[test]
    fn who_helps_more_than_they_ask_may_have_met_it() {
        assert_eq!(may_have_met(4.0, 0.0, false), 2.0);
        assert_eq!(may_have_met(0.0, 4.0, false), -2.0);
        assert_eq!(may_have_met(0.0, 0.0, true), 1.0);
        assert_eq!(decayed([0.0, 180.0]), 1.5);
    }
}
