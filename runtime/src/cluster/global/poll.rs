//! Calls that are made again and again (Kyverno `pkg/globalcontext/externalapi/entry.go`).

use std::time::Duration;

use dikast_stdlib::Value;

use crate::cluster::connection::Connection;
use crate::data::DataKey;

/// How long one attempt may take (Kyverno's flag `apiCallTimeout`).
const ATTEMPT: Duration = Duration::from_secs(30);

/// The pause after the first failed attempt; each is five times the one before, as in client-go's `DefaultBackoff`.
const PAUSE_FIRST: Duration = Duration::from_millis(10);

/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// Makes a call for ever and tells what came of it; `every` is the time between the end of one and the next.
pub(super) async fn poll(
    connection: &Connection,
    key: &DataKey,
    every: Duration,
    tries: u32,
    mut tell: impl FnMut(Result<Value, String>) + Send,
) {
    loop {
        tell(attempts(connection, key, tries).await);
        tokio::time::sleep(every).await;
    }
}

/// The first answer, or the last reason that there is none.
async fn attempts(connection: &Connection, key: &DataKey, tries: u32) -> Result<Value, String> {
    let mut pause = PAUSE_FIRST;
    let mut made = 1;
    loop {
        let answer = tokio::time::timeout(ATTEMPT, connection.load(key)).await;
        let answer = answer.unwrap_or_else(|_elapsed| Err(format!("no answer within {ATTEMPT:?}")));
        if answer.is_ok() || made >= tries {
            return answer;
        }
        made += 1;
        tokio::time::sleep(pause).await;
        pause = (pause * 5).min(PAUSE_MAX);
    }
}
