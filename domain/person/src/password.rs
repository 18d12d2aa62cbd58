//! Passwords as argon2id hashes, two at a time, away from the threads that answer.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use kernel::{Error, Random, Result};
use tokio::sync::Semaphore;

static TWO: Semaphore = Semaphore::const_new(2);

async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _turn = TWO.acquire().await.map_err(|e| Error::broken(e.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::broken(e.to_string()))?
}

pub async fn hash(random: &Random, password: &str) -> Result<String> {
    let (salt, password) = (random.bytes::<16>()?, password.to_owned());
    aside(move || {
        let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|h| h.to_string()).map_err(|e| Error::broken(format!("argon2: {e}")))
    })
    .await
}

/// A hash that nothing matches, so that an unknown handle takes as long as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

pub async fn matches(password: &str, stored: Option<String>) -> Result<bool> {
    let password = password.to_owned();
    aside(move || {
        let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
        let hash = PasswordHash::new(&stored).map_err(|e| Error::broken(format!("a stored password hash: {e}")))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
}
