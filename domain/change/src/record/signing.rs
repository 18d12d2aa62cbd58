//! Signing a record, so that whoever is shown the file can see that this instance made it and nobody changed it since
//! (Ed25519, RFC 8032). What is signed is the record as compact JSON with its names in order.

use kernel::random::hex;
use kernel::{Batch, Cx, Error, Id, Result, Timestamp, vals};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde_json::{Value, json};

const ALGORITHM: &str = "Ed25519";

/// A key that records here are or were signed with.
#[derive(Clone, Debug)]
pub struct Key {
    pub public: String,
    pub at: Timestamp,
}

pub async fn keys(cx: &Cx) -> Result<Vec<Key>> {
    let sql = "select public, at from record_key order by id limit 100";
    cx.db().query(sql, vals![]).await?.into_iter().map(|mut r| Ok(Key { public: r.take()?, at: r.take()? })).collect()
}

/// The oldest key; the first record makes it. Two nodes that make one at the same moment made two, and both are known.
async fn pair(cx: &Cx) -> Result<Ed25519KeyPair> {
    let row = cx.db().one("select secret from record_key order by id limit 1", vals![]).await?;
    let seed = match row {
        Some(mut row) => bytes_of(&row.take::<String>()?).ok_or_else(|| Error::broken("the key of records cannot be read"))?,
        None => cx.house.random.bytes::<32>()?.to_vec(),
    };
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|e| Error::broken(format!("the key of records: {e}")))?;
    let mut batch = Batch::new();
    batch.run(
        "insert into record_key (id, secret, public, at) select cast(?1 as bigint), cast(?2 as text), cast(?3 as text), cast(?4 as bigint)
         where not exists (select 1 from record_key)",
        vals![cx.make_id::<Id>(), hex(&seed), hex(pair.public_key().as_ref()), cx.now()],
    );
    if keys(cx).await?.is_empty() {
        cx.house.db.write(batch).await?;
    }
    Ok(pair)
}

/// The file: the record, and the signature of exactly that.
pub async fn sign(cx: &Cx, record: Value) -> Result<Value> {
    let pair = pair(cx).await?;
    let signature = hex(pair.sign(plain(&record).as_bytes()).as_ref());
    Ok(json!({"record": record, "algorithm": ALGORITHM, "key": hex(pair.public_key().as_ref()), "signature": signature}))
}

/// However a file was indented on its way, it says the same.
fn plain(record: &Value) -> String {
    let mut record = record.clone();
    record.sort_all_objects();
    record.to_string()
}

#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Signed here, and not changed since.
    Good(Value),
    /// Signed here, but these are not the words that were.
    Changed,
    /// Signed by another key than this instance has.
    Elsewhere,
    /// No such file.
    Unreadable,
}

pub fn check(keys: &[Key], file: &str) -> Verdict {
    let written = file;
    let Ok(file) = serde_json::from_str::<Value>(file) else { return Verdict::Unreadable };
    // A name that stands twice would be read once, and the other one seen by whoever looks at the file.
    if plain(&file).len() != without_space(written) {
        return Verdict::Changed;
    }
    let text = |name: &str| file.get(name).and_then(Value::as_str).unwrap_or_default();
    let Some(record) = file.get("record").filter(|r| r.is_object()) else { return Verdict::Unreadable };
    let (Some(key), Some(signature)) = (bytes_of(text("key")), bytes_of(text("signature"))) else { return Verdict::Unreadable };
    if !keys.iter().any(|k| k.public.eq_ignore_ascii_case(text("key"))) {
        return Verdict::Elsewhere;
    }
    match UnparsedPublicKey::new(&ED25519, key).verify(plain(record).as_bytes(), &signature) {
        Ok(()) => Verdict::Good(record.clone()),
        Err(_) => Verdict::Changed,
    }
}

/// How long a JSON text is without the space between its parts.
fn without_space(text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    let counts = |c: &char| {
        if *c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && *c == '\\' && !escaped;
        quoted || !c.is_ascii_whitespace()
    };
    text.chars().filter(counts).map(char::len_utf8).sum()
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let whole = !text.is_empty() && text.len() <= 256 && text.len().is_multiple_of(2) && text.is_ascii();
    let pair = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    whole.then(|| (0..text.len()).step_by(2).map(pair).collect()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(public: &str) -> Key {
        Key { public: public.into(), at: Timestamp(0) }
    }

    /// RFC 8032, 7.1, TEST 2: what others sign with this algorithm, this program reads.
    #[test]
    fn the_algorithm_is_that_of_the_rfc() {
        let seed = bytes_of("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        assert_eq!(hex(pair.public_key().as_ref()), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!(hex(pair.sign(&[0x72]).as_ref()), signature);
    }

    #[test]
    fn a_file_that_was_indented_is_good_and_one_whose_words_were_changed_is_not() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let public = hex(pair.public_key().as_ref());
        let record = json!({"b": "now", "a": ["one"]});
        let signature = hex(pair.sign(plain(&record).as_bytes()).as_ref());
        let file = json!({"record": record, "key": public, "signature": signature});
        assert_eq!(check(&[key(&public)], &serde_json::to_string_pretty(&file).unwrap()), Verdict::Good(record));
        assert_eq!(check(&[key(&public)], &file.to_string().replace("one", "two")), Verdict::Changed);
        assert_eq!(check(&[], &file.to_string()), Verdict::Elsewhere);
        for bad in ["", "{}", "[]", "{\"record\":{},\"key\":\"zz\",\"signature\":\"00\"}", "{\"record\":{},\"key\":\"0g\"}"] {
            assert_eq!(check(&[key(&public)], bad), Verdict::Unreadable, "{bad}");
        }
        let short = json!({"record": {}, "key": public, "signature": "00"});
        assert_eq!(check(&[key(&public)], &short.to_string()), Verdict::Changed);
    }
}
