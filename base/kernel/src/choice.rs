//! A closed set of words: one macro gives the enum its column, JSON, form and schema forms.

/// `choice! { /// doc
/// pub enum Openness { Open = "open", … } }`. An empty string in a form is "none chosen" for an `Option` of it.
#[macro_export]
macro_rules! choice {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(word: &str) -> Result<Self, ()> {
                match word { $($word => Ok($name::$variant),)+ _ => Err(()) }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
        impl From<$name> for $crate::Val {
            fn from(it: $name) -> Self {
                $crate::Val::Text(it.word().to_owned())
            }
        }
        impl $crate::db::FromVal for $name {
            fn from_val(val: $crate::Val) -> $crate::Result<Self> {
                let word = String::from_val(val)?;
                word.parse().map_err(|()| $crate::Error::broken(format!("no {} called {word}", stringify!($name))))
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.word())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(d)?;
                word.parse().map_err(|()| serde::de::Error::unknown_variant(&word, &[$($word),+]))
            }
        }
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "enum": [$($word),+]})
            }
        }
    };
}

/// For `#[serde(deserialize_with)]`: a form's empty field is none.
pub fn or_none<'de, D, T>(d: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: std::str::FromStr,
{
    let word = <Option<String> as serde::Deserialize>::deserialize(d)?;
    match word.as_deref() {
        None | Some("") => Ok(None),
        Some(word) => word.parse().map(Some).map_err(|_| serde::de::Error::custom("not one of the choices")),
    }
}
