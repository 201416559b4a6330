//! Reading what the commands are given: files, folders and standard input.
//!
//! | module | reads |
//! |---|---|
//! | [`mod@file`] | texts and the YAML documents in them |
//! | [`fields`] | the members of a mapping, strictly |
//! | [`folder`] | the files that paths stand for |
//! | [`resources`] | Kubernetes objects |
//! | [`bulk`] | many of them |
//! | [`values`] | `Values` files, `--set` |
//! | [`user`] | `UserInfo` files |
//! | [`unreadable`] | what cannot be read |
//! | [`scope`] | which kinds have no namespace |

pub(crate) mod bulk;
pub(crate) mod fields;
pub(crate) mod file;
pub(crate) mod folder;
pub(crate) mod resources;
pub(crate) mod scope;
pub(crate) mod unreadable;
pub(crate) mod user;
pub(crate) mod values;

/// Why an input cannot be used. The text names the place and says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {message}")]
pub(crate) struct InputError {
    /// `file`, or `file:line:column`.
    pub(crate) place: String,
    /// What is wrong with it.
    pub(crate) message: String,
}

impl InputError {
    /// A fault of a whole file.
    pub(crate) fn of_file(name: &str, message: impl Into<String>) -> Self {
        Self { place: name.to_owned(), message: message.into() }
    }
}
