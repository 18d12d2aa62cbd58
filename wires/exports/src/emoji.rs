//! Names of emoji, as chats write them, to their characters.

/// Reactions that say thanks, wherever people chat.
const THANKING: [&str; 17] = [
    "+1",
    "thumbsup",
    "thumbs_up",
    "pray",
    "folded_hands",
    "heart",
    "hearts",
    "heart_eyes",
    "heartpulse",
    "love",
    "raised_hands",
    "clap",
    "bow",
    "ty",
    "gracias",
    "merci",
    "danke",
];

/// A place's own emoji say so where their name holds "thank"; `rocket` and `tada` cheer and do not thank.
pub(crate) fn says_thanks(reaction: &str) -> bool {
    let name = reaction.split("::").next().unwrap_or(reaction);
    THANKING.contains(&name)
        || name.contains("thank")
        || name.ends_with("_heart")
        || name.starts_with("heart_")
}

/// `smile`, `:smile:`, `wave::skin-tone-3`, `wave:t2`; None for a picture of that place's own.
pub(crate) fn character(name: &str) -> Option<&'static str> {
    let name = name.trim_matches(':');
    let bare = name.split(':').next().unwrap_or(name);
    emojis::get_by_shortcode(bare)
        .or_else(|| emojis::get_by_shortcode(alias(bare)?))
        .map(|emoji| emoji.as_str())
}

/// `1f604` or `1f1e9-1f1ea`, as Zulip and Slack note them.
pub(crate) fn from_code(code: &str) -> Option<String> {
    let text: Option<String> = code
        .split('-')
        .map(|part| u32::from_str_radix(part, 16).ok().and_then(char::from_u32))
        .collect();
    text.filter(|t| !t.is_empty() && !t.chars().any(|c| c.is_control() || c.is_ascii()))
}

/// Names of Slack, Zulip and Discourse that the list of GitHub does not know.
fn alias(name: &str) -> Option<&'static str> {
    Some(match name {
        "simple_smile" | "slight_smile" => "slightly_smiling_face",
        "slight_frown" => "slightly_frowning_face",
        "thumbs_up" => "+1",
        "thumbs_down" => "-1",
        "rolling_on_the_floor_laughing" => "rofl",
        "face_with_rolling_eyes" => "roll_eyes",
        "hugging_face" | "hugs" => "hugs",
        "thinking_face" => "thinking",
        "the_horns" | "sign_of_the_horns" => "metal",
        "party" | "party_popper" => "tada",
        "white_tick" | "check" => "white_check_mark",
        _ => return None,
    })
}
