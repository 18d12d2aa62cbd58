//! Ids: i64 made here, strings in JSON, so that no client rounds them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock::Clock;

/// 2024-01-01 00:00 UTC in milliseconds: 41 bits from here last until 2093.
const EPOCH_MS: i64 = 1_704_067_200_000;
const NODE_BITS: u32 = 10;
const COUNTER_BITS: u32 = 12;

/// Makes a newtype over [`Id`] with all that rows, JSON and paths need.
#[macro_export]
macro_rules! id_type {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0)
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::Error;
            fn from_str(text: &str) -> $crate::Result<Self> {
                $crate::id::parse(text).map(Self).ok_or($crate::Error::NotFound)
            }
        }
        impl From<$name> for $crate::Val {
            fn from(id: $name) -> Self {
                $crate::Val::Int(id.0)
            }
        }
        impl $crate::db::FromVal for $name {
            fn from_val(val: $crate::Val) -> $crate::Result<Self> {
                i64::from_val(val).map(Self)
            }
        }
        impl From<$crate::Id> for $name {
            fn from(id: $crate::Id) -> Self {
                Self(id.0)
            }
        }
        impl From<$name> for $crate::Id {
            fn from(id: $name) -> Self {
                Self(id.0)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(&self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(d)?;
                $crate::id::parse(&text).map(Self).ok_or_else(|| serde::de::Error::custom("not an id"))
            }
        }
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "pattern": "^[1-9][0-9]{0,18}$"})
            }
        }
    )+};
}

/// Any id, when its kind does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub i64);

impl From<Id> for crate::Val {
    fn from(id: Id) -> Self {
        crate::Val::Int(id.0)
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

id_type! {
    /// Somebody with a practice.
    PersonId,
    /// Who speaks in something imported.
    VoiceId,
    CommunityId,
}

/// Only what we would have written ourselves: positive, decimal, no sign, no leading zero.
pub fn parse(text: &str) -> Option<i64> {
    let plain = text.len() <= 19 && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

impl Id {
    /// When it was made; ids carry their millisecond.
    pub fn made_at(self) -> crate::Timestamp {
        crate::Timestamp(((self.0 >> (NODE_BITS + COUNTER_BITS)) + EPOCH_MS) * 1000)
    }
}

/// Makes ids that are unique over all nodes of an instance and grow with time:
/// milliseconds (41 bits), the node's leased number (10), a counter (12).
#[derive(Clone, Debug)]
pub struct IdMaker {
    clock: Clock,
    node: Arc<AtomicI64>,
    last: Arc<AtomicI64>,
}

impl IdMaker {
    pub fn new(clock: Clock, node: i64) -> Self {
        Self { clock, node: Arc::new(AtomicI64::new(node)), last: Arc::new(AtomicI64::new(0)) }
    }

    /// Takes another node number, after a lease was lost.
    pub fn set_node(&self, node: i64) {
        self.node.store(node, Ordering::SeqCst);
    }

    /// Milliseconds and counter are one number that only grows, also when the clock steps back.
    pub fn make(&self) -> Id {
        let now = (self.clock.now().millis() - EPOCH_MS).max(1) << COUNTER_BITS;
        let step = |last: i64| Some(now.max(last + 1));
        let (Ok(last) | Err(last)) = self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step);
        let tick = now.max(last + 1);
        let (ms, counter) = (tick >> COUNTER_BITS, tick & ((1 << COUNTER_BITS) - 1));
        let node = self.node.load(Ordering::SeqCst) & ((1 << NODE_BITS) - 1);
        Id((ms << (NODE_BITS + COUNTER_BITS)) | (node << COUNTER_BITS) | counter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    #[test]
    fn ids_grow_even_when_the_clock_steps_back() {
        let clock = Clock::fixed(Timestamp(1_800_000_000_000_000));
        let ids = IdMaker::new(clock.clone(), 3);
        let first = ids.make();
        clock.advance(-5_000_000).unwrap();
        let second = ids.make();
        assert!(second.0 > first.0);
        assert!((0..10_000).map(|_| ids.make().0).is_sorted());
    }

    #[test]
    fn only_canonical_ids_are_read() {
        for text in ["", "0", "-1", "+1", "01", "1 ", "99999999999999999999", "9223372036854775808", "x"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
        assert_eq!(parse("9223372036854775807"), Some(i64::MAX));
    }
}
