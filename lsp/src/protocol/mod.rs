//! The protocol: messages in, messages out, from the first to the last.

mod capabilities;
mod request;
mod session;

use std::io::{BufRead, ErrorKind, Write};
use std::sync::mpsc::{Sender, channel};

use lsp_server::Message;

use crate::workspace::Surroundings;
use session::Session;

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The editor said `shutdown` and then `exit`.
    Orderly,
    /// The editor said `exit` without `shutdown`, or went away.
    Abrupt,
}

/// Why a session cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Answers cannot be written.
    #[error("answers to the editor cannot be written: {0}")]
    Output(#[from] std::io::Error),
    /// A message of ours has no JSON form.
    #[error("a message cannot be encoded: {0}")]
    Encoding(#[from] serde_json::Error),
}

/// Something that happens to a session.
enum Event {
    /// The editor said something.
    Message(Message),
    /// The editor will say no more.
    Closed,
    /// A search has ended; searches are counted from 1.
    Found(u64, Box<Surroundings>),
}

/// Serves one editor until it says `exit` or closes its end.
///
/// Messages that wait are taken together: findings are computed once for many edits in a row, and a request that was
/// cancelled meanwhile is not worked on.
///
/// # Errors
/// When answers cannot be written.
pub fn serve(input: impl BufRead + Send + 'static, output: impl Write) -> Result<End, ServerError> {
    let (sender, events) = channel();
    let mut session = Session::new(output, sender.clone());
    read_all(input, sender);
    while let Ok(first) = events.recv() {
        let batch: Vec<Event> = std::iter::once(first).chain(events.try_iter()).collect();
        if let Some(end) = session.take(batch)? {
            return Ok(end);
        }
    }
    Ok(End::Abrupt)
}

/// Reads messages in a thread of its own, so that the editor never waits for us to read.
fn read_all(mut input: impl BufRead + Send + 'static, events: Sender<Event>) {
    std::thread::spawn(move || {
        loop {
            let event = match Message::read(&mut input) {
                Ok(Some(message)) => Event::Message(message),
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    let _ = writeln!(std::io::stderr(), "a message is passed over: {error}");
                    continue;
                }
                Ok(None) | Err(_) => Event::Closed,
            };
            let is_last = matches!(event, Event::Closed);
            if events.send(event).is_err() || is_last {
                return;
            }
        }
    });
}
