//! Credentials for registries, as Docker's configuration has them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dikast_stdlib::Value;
use sha2::{Digest, Sha256};

/// A name and a password, or a token that stands for both.
#[derive(Clone, PartialEq, Eq)]
pub enum Login {
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// A token that tokens for repositories are given for.
    IdentityToken(String),
    /// A token that is sent as it is.
    RegistryToken(String),
}

impl std::fmt::Debug for Login {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a login")
    }
}

impl Login {
    /// Tells logins apart without giving them away.
    pub(super) fn fingerprint(&self) -> String {
        let parts = match self {
            Self::Password { user, password } => ["password", user, password],
            Self::IdentityToken(token) => ["identity", token, ""],
            Self::RegistryToken(token) => ["registry", token, ""],
        };
        Sha256::digest(parts.join("\0")).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The name and password in the header of a request.
    pub(super) fn basic(&self) -> Option<String> {
        match self {
            Self::Password { user, password } => {
                Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
            }
            Self::IdentityToken(_) | Self::RegistryToken(_) => None,
        }
    }
}

/// Logins by registry, or by the beginning of a repository.
#[derive(Clone, Debug, Default)]
pub struct Keychain {
    logins: Vec<(String, Login)>,
}

impl Keychain {
    /// Adds what a file of Docker's configuration has (`{"auths": {...}}`, or the older form without `auths`).
    ///
    /// # Errors
    ///
    /// A text that is no such file.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let file: Value = serde_json::from_str(text).map_err(|error| format!("is no Docker configuration: {error}"))?;
        let logins = file.get("auths").unwrap_or(&file);
        for (place, entry) in logins.as_object().into_iter().flat_map(|members| members.iter()) {
            if let Some(login) = login_of(entry) {
                self.logins.push((trimmed(place).to_owned(), login));
            }
        }
        Ok(())
    }

    /// Adds the logins of a Secret; one of another type has none.
    pub fn add_secret(&mut self, secret: &Value) {
        for name in [".dockerconfigjson", ".dockercfg"] {
            let data = secret.at(&["data", name]).and_then(Value::as_text).unwrap_or_default();
            let text = STANDARD.decode(data).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                // Kyverno passes over what it cannot read, too.
                let _ = self.add(&text);
            }
        }
    }

    /// The login for a repository: the one whose place says most.
    pub(super) fn login(&self, registry: &str, repository: &str) -> Option<Login> {
        let whole = format!("{registry}/{repository}");
        let fits = |place: &str| {
            let place = if matches!(place, "docker.io" | "registry-1.docker.io") { "index.docker.io" } else { place };
            let rest = whole.strip_prefix(place);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let fitting = self.logins.iter().filter(|(place, _)| fits(place));
        fitting.max_by_key(|(place, _)| place.len()).map(|(_, login)| login.clone())
    }
}

/// A place without scheme and version.
fn trimmed(place: &str) -> &str {
    let place = place.strip_prefix("https://").or_else(|| place.strip_prefix("http://")).unwrap_or(place);
    let place = place.trim_end_matches('/');
    place.strip_suffix("/v1").or_else(|| place.strip_suffix("/v2")).unwrap_or(place)
}

fn login_of(entry: &Value) -> Option<Login> {
    let text = |name| entry.get(name).and_then(Value::as_text).filter(|text| !text.is_empty());
    if let Some(token) = text("registrytoken") {
        return Some(Login::RegistryToken(token.to_owned()));
    }
    if let Some(token) = text("identitytoken") {
        return Some(Login::IdentityToken(token.to_owned()));
    }
    let decoded =
        text("auth").and_then(|auth| STANDARD.decode(auth).ok()).and_then(|auth| String::from_utf8(auth).ok());
    let (user, password) = match decoded.as_deref().and_then(|auth| auth.split_once(':')) {
        Some((user, password)) => (user, password.trim_end_matches('\0')),
        None => (text("username")?, text("password").unwrap_or_default()),
    };
    Some(Login::Password { user: user.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(user: &str, password: &str) -> Option<Login> {
        Some(Login::Password { user: user.to_owned(), password: password.to_owned() })
    }

    #[test]
    fn the_most_exact_place_counts() {
        let mut keychain = Keychain::default();
        let auth = STANDARD.encode("ann:se:cret");
        keychain
            .add(&format!(
                r#"{{"auths":{{"https://index.docker.io/v1/":{{"auth":"{auth}"}},"r.example":{{"username":"bob","password":"p"}},
                    "r.example/team":{{"identitytoken":"t"}},"empty.example":{{}}}}}}"#
            ))
            .unwrap();
        assert_eq!(keychain.login("index.docker.io", "library/web"), password("ann", "se:cret"));
        assert_eq!(keychain.login("r.example", "other/web"), password("bob", "p"));
        assert_eq!(keychain.login("r.example", "team/web"), Some(Login::IdentityToken("t".to_owned())));
        assert_eq!(keychain.login("r.example", "teams/web"), password("bob", "p"));
        for registry in ["empty.example", "r.example.org"] {
            assert_eq!(keychain.login(registry, "web"), None);
        }
        assert!(keychain.add("no").is_err());
    }

    #[test]
    fn secrets_have_either_form() {
        let mut keychain = Keychain::default();
        let old = STANDARD.encode(r#"{"old.example":{"username":"a","password":"b"}}"#);
        let new = STANDARD.encode(r#"{"auths":{"new.example":{"registrytoken":"r"}}}"#);
        for (name, data) in [(".dockercfg", old), (".dockerconfigjson", new), ("other", "eA==".to_owned())] {
            keychain.add_secret(&Value::object([("data", Value::object([(name, Value::text(data))]))]));
        }
        assert_eq!(keychain.login("old.example", "web"), password("a", "b"));
        assert_eq!(keychain.login("new.example", "web"), Some(Login::RegistryToken("r".to_owned())));
        assert_eq!(format!("{:?}", keychain.login("new.example", "web")), "Some(a login)");
    }
}
