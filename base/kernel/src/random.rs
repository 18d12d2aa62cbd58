//! Chance as a parameter, and what is made from it: secrets that are stored only as their hash.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// The operating system's randomness, or a sequence that a test can repeat.
#[derive(Clone, Debug)]
pub enum Random {
    System,
    Seeded(Arc<AtomicU64>),
}

impl Random {
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(AtomicU64::new(seed)))
    }

    pub fn bytes<const N: usize>(&self) -> Result<[u8; N]> {
        let mut out = [0u8; N];
        match self {
            Self::System => fill_from_system(&mut out)?,
            Self::Seeded(counter) => {
                for chunk in out.chunks_mut(32) {
                    let n = counter.fetch_add(1, Ordering::SeqCst);
                    let block = Sha256::digest(n.to_le_bytes());
                    chunk.iter_mut().zip(block.iter()).for_each(|(to, from)| *to = *from);
                }
            }
        }
        Ok(out)
    }

    /// A 256-bit opaque secret in hexadecimal: session, token, one-time link.
    pub fn secret(&self) -> Result<String> {
        Ok(hex(&self.bytes::<32>()?))
    }
}

#[allow(clippy::disallowed_methods)] // the one place
fn fill_from_system(out: &mut [u8]) -> Result<()> {
    getrandom::fill(out).map_err(|e| Error::broken(format!("no randomness from the system: {e}")))
}

/// What is stored of a secret: its SHA-256. Our secrets have 256 bits of entropy, so no salt or stretching is needed.
pub fn hash_secret(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
