//! Values and rows: the few types that both engines know.

use crate::error::{Error, Result};

#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    Null,
    Int(i64),
    Bool(bool),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Val {
    /// A list for `in_ids` and `in_texts`, as JSON text.
    pub fn list<T: ToString>(items: &[T]) -> Self {
        let items: Vec<String> = items.iter().map(ToString::to_string).collect();
        Self::Text(serde_json::Value::from(items).to_string())
    }
}

/// `vals![a, b]`: parameters of a statement in order.
#[macro_export]
macro_rules! vals {
    ($($value:expr),* $(,)?) => { vec![$($crate::Val::from($value)),*] };
}

macro_rules! from {
    ($($type:ty => |$it:ident| $make:expr),+ $(,)?) => {$(
        impl From<$type> for Val {
            fn from($it: $type) -> Self {
                $make
            }
        }
    )+};
}
from! {
    i64 => |n| Val::Int(n),
    i32 => |n| Val::Int(n.into()),
    bool => |b| Val::Bool(b),
    f64 => |r| Val::Real(r),
    String => |t| Val::Text(t),
    &str => |t| Val::Text(t.to_owned()),
    &String => |t| Val::Text(t.clone()),
    Vec<u8> => |b| Val::Blob(b),
}

impl<T: Into<Val>> From<Option<T>> for Val {
    fn from(it: Option<T>) -> Self {
        it.map_or(Val::Null, Into::into)
    }
}

/// A row, read from left to right.
#[derive(Clone, Debug)]
pub struct Row(std::vec::IntoIter<Val>);

impl Row {
    pub(crate) fn new(values: Vec<Val>) -> Self {
        Self(values.into_iter())
    }

    /// The next column.
    pub fn take<T: FromVal>(&mut self) -> Result<T> {
        T::from_val(self.0.next().ok_or_else(|| Error::broken("a row has fewer columns than are read"))?)
    }
}

pub trait FromVal: Sized {
    fn from_val(val: Val) -> Result<Self>;
}

fn mismatch<T>(wanted: &str, val: &Val) -> Result<T> {
    Err(Error::broken(format!("a column holds {val:?} where {wanted} is read")))
}

impl FromVal for i64 {
    fn from_val(val: Val) -> Result<Self> {
        match val {
            Val::Int(n) => Ok(n),
            other => mismatch("a number", &other),
        }
    }
}

impl FromVal for bool {
    fn from_val(val: Val) -> Result<Self> {
        match val {
            Val::Bool(b) => Ok(b),
            Val::Int(n) => Ok(n != 0),
            other => mismatch("yes or no", &other),
        }
    }
}

impl FromVal for f64 {
    fn from_val(val: Val) -> Result<Self> {
        match val {
            Val::Real(r) => Ok(r),
            Val::Int(n) => Ok(n as f64),
            other => mismatch("a real number", &other),
        }
    }
}

impl FromVal for String {
    fn from_val(val: Val) -> Result<Self> {
        match val {
            Val::Text(t) => Ok(t),
            other => mismatch("text", &other),
        }
    }
}

impl FromVal for Vec<u8> {
    fn from_val(val: Val) -> Result<Self> {
        match val {
            Val::Blob(b) => Ok(b),
            other => mismatch("bytes", &other),
        }
    }
}

impl<T: FromVal> FromVal for Option<T> {
    fn from_val(val: Val) -> Result<Self> {
        match val {
            Val::Null => Ok(None),
            other => T::from_val(other).map(Some),
        }
    }
}
