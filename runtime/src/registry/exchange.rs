//! Requests to registries: with the token that a registry asks for, to where it redirects
//! (`github.com/google/go-containerregistry/pkg/v1/remote/transport`).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use dikast_stdlib::{Value, encode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::http::{self, HeaderMap, Method, Response, StatusCode, Uri, header};

use super::credentials::Login;
use crate::cluster::service::{HttpClient, https_client};

/// Largest manifest or configuration.
const DOCUMENT_BYTES_MAX: usize = 4 << 20;

/// Largest answer about tokens and errors.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// How often a registry may send elsewhere.
const REDIRECTIONS_MAX: usize = 5;

/// How many tokens are kept.
const TOKENS_MAX: usize = 1024;

/// How long a token is good when the registry does not say.
const TOKEN_LIFE: Duration = Duration::from_secs(60);

/// A token is not used in the last moments of its life.
const TOKEN_SLACK: Duration = Duration::from_secs(10);

/// A document of a registry.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// Its bytes.
    pub(super) bytes: Bytes,
    /// Its media type, as the registry says.
    pub(super) media_type: String,
}

/// What is wanted of a registry.
pub(super) struct Request<'r> {
    pub(super) registry: &'r str,
    pub(super) repository: &'r str,
    pub(super) path: &'r str,
    pub(super) accept: &'r str,
    /// Plain HTTP is tried when HTTPS does not work.
    pub(super) may_be_plain: bool,
}

/// Makes requests.
pub(super) struct Exchange {
    client: HttpClient,
    tokens: Mutex<HashMap<String, (String, Instant)>>,
}

/// Why there is no answer.
enum Failure {
    /// Nobody could be reached that way.
    Unreachable(String),
    /// Somebody said no.
    Refused(String),
}

/// What a registry wants for an authorization.
#[derive(Debug, PartialEq, Eq)]
enum Challenge {
    Basic,
    Bearer { realm: String, service: String },
}

impl Exchange {
    pub(super) fn new() -> Self {
        Self { client: https_client(), tokens: Mutex::default() }
    }

    /// Gets a document.
    ///
    /// # Errors
    ///
    /// In the words of `go-containerregistry`.
    pub(super) async fn get(&self, request: &Request<'_>, login: Option<&Login>) -> Result<Document, String> {
        match self.get_by("https", request, login).await {
            Err(Failure::Unreachable(_)) if request.may_be_plain => self.get_by("http", request, login).await,
            answer => answer,
        }
        .map_err(|failure| match failure {
            Failure::Unreachable(words) | Failure::Refused(words) => words,
        })
    }

    async fn get_by(&self, scheme: &str, request: &Request<'_>, login: Option<&Login>) -> Result<Document, Failure> {
        let address = format!("{scheme}://{}{}", request.registry, request.path);
        let known = match login {
            Some(Login::RegistryToken(token)) => Some(format!("Bearer {token}")),
            _ => self.token(&key(request, login)).map(|token| format!("Bearer {token}")),
        };
        let answer = self.follow(&address, request.accept, known.as_deref()).await?;
        let answer = match challenge(answer.headers()).filter(|_| answer.status() == StatusCode::UNAUTHORIZED) {
            None => answer,
            Some(challenge) => match self.authorization(scheme, request, login, &challenge).await? {
                Some(authorization) => self.follow(&address, request.accept, Some(&authorization)).await?,
                None => answer,
            },
        };
        let status = answer.status();
        let media_type = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let media_type = media_type.unwrap_or_default().to_owned();
        if status != StatusCode::OK {
            return Err(Failure::Refused(refusal(&address, answer).await));
        }
        let bytes = body(answer, DOCUMENT_BYTES_MAX).await.map_err(Failure::Refused)?;
        Ok(Document { bytes, media_type })
    }

    /// Gets what is at an address or where that leads to. The authorization is for the first host only.
    async fn follow(
        &self,
        address: &str,
        accept: &str,
        authorization: Option<&str>,
    ) -> Result<Response<Incoming>, Failure> {
        let unusable = |error: &dyn std::fmt::Display| Failure::Refused(format!("{address}: {error}"));
        let mut uri: Uri = address.parse().map_err(|error| unusable(&error))?;
        let first = uri.authority().cloned();
        for _ in 0..=REDIRECTIONS_MAX {
            let mut request = http::Request::get(uri.clone()).header(header::ACCEPT, accept);
            if let Some(authorization) = authorization.filter(|_| uri.authority() == first.as_ref()) {
                request = request.header(header::AUTHORIZATION, authorization);
            }
            let request = request.body(Full::default()).map_err(|error| unusable(&error))?;
            let answer = self.client.request(request).await;
            let answer = answer.map_err(|error| Failure::Unreachable(format!("Get {address:?}: {}", whole(&error))))?;
            let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
            let Some(location) = location.filter(|_| answer.status().is_redirection()) else { return Ok(answer) };
            let next: Uri = location.parse().map_err(|error| unusable(&error))?;
            if uri.scheme_str() == Some("https") && next.scheme_str() == Some("http") {
                return Err(unusable(&"it leads from HTTPS to plain HTTP"));
            }
            let mut parts = next.into_parts();
            parts.scheme = parts.scheme.or_else(|| uri.scheme().cloned());
            parts.authority = parts.authority.or_else(|| uri.authority().cloned());
            uri = Uri::from_parts(parts).map_err(|error| unusable(&error))?;
        }
        Err(unusable(&"it leads from one address to the next without end"))
    }

    /// What answers a challenge; nothing when there is nothing to answer it with.
    async fn authorization(
        &self,
        scheme: &str,
        request: &Request<'_>,
        login: Option<&Login>,
        challenge: &Challenge,
    ) -> Result<Option<String>, Failure> {
        let Challenge::Bearer { realm, service } = challenge else { return Ok(login.and_then(Login::basic)) };
        if scheme == "https" && !realm.starts_with("https://") {
            return Err(Failure::Refused(format!(
                "the tokens of {} are not given by HTTPS: {realm}",
                request.registry
            )));
        }
        let scope = format!("repository:{}:pull", request.repository);
        let mut parts = vec![("service", service.as_str()), ("scope", &scope)];
        let token_request = match login {
            Some(Login::IdentityToken(token)) => {
                parts.extend([("client_id", "kyverno"), ("grant_type", "refresh_token"), ("refresh_token", token)]);
                http::Request::builder()
                    .method(Method::POST)
                    .uri(realm)
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(Full::from(form(&parts)))
            }
            login => {
                let mark = if realm.contains('?') { '&' } else { '?' };
                let mut token_request = http::Request::get(format!("{realm}{mark}{}", form(&parts)));
                if let Some(basic) = login.and_then(Login::basic) {
                    token_request = token_request.header(header::AUTHORIZATION, basic);
                }
                token_request.body(Full::default())
            }
        };
        let refused = |error: &dyn std::fmt::Display| Failure::Refused(format!("{realm}: {error}"));
        let token_request = token_request.map_err(|error| refused(&error))?;
        let answer = self.client.request(token_request).await.map_err(|error| refused(&whole(&error)))?;
        if answer.status() != StatusCode::OK {
            return Err(Failure::Refused(refusal(realm, answer).await));
        }
        let answer = body(answer, ANSWER_BYTES_MAX).await.map_err(Failure::Refused)?;
        let answer: Value = serde_json::from_slice(&answer).map_err(|error| refused(&error))?;
        let token = ["token", "access_token"].into_iter().find_map(|name| answer.get(name).and_then(Value::as_text));
        let token = token.filter(|token| !token.is_empty()).ok_or_else(|| refused(&"no token in bearer response"))?;
        let life = match answer.get("expires_in") {
            Some(Value::Int(seconds)) => Duration::from_secs(u64::try_from(*seconds).unwrap_or(0)),
            _ => TOKEN_LIFE,
        };
        self.keep_token(key(request, login), token, life);
        Ok(Some(format!("Bearer {token}")))
    }

    fn token(&self, key: &str) -> Option<String> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, end) = tokens.get(key)?;
        (*end > Instant::now()).then(|| token.clone())
    }

    fn keep_token(&self, key: String, token: &str, life: Duration) {
        let Some(end) = Instant::now().checked_add(life.saturating_sub(TOKEN_SLACK)) else { return };
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= TOKENS_MAX {
            tokens.clear();
        }
        tokens.insert(key, (token.to_owned(), end));
    }
}

/// What a token is good for.
fn key(request: &Request<'_>, login: Option<&Login>) -> String {
    let login = login.map(Login::fingerprint).unwrap_or_default();
    format!("{}/{} {login}", request.registry, request.repository)
}

/// What a registry asks for in `WWW-Authenticate`.
fn challenge(headers: &HeaderMap) -> Option<Challenge> {
    let mut wanted = None;
    for value in headers.get_all(header::WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()) {
        let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
        if scheme.eq_ignore_ascii_case("bearer") {
            let parameter =
                |name: &str| parameters(rest).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
            return Some(Challenge::Bearer {
                realm: parameter("realm")?,
                service: parameter("service").unwrap_or_default(),
            });
        }
        if scheme.eq_ignore_ascii_case("basic") {
            wanted = Some(Challenge::Basic);
        }
    }
    wanted
}

/// `key="value"` pairs with commas between them; commas within quotes belong to the value.
fn parameters(text: &str) -> impl Iterator<Item = (String, String)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (key, behind) = rest.split_once('=')?;
        let (value, next) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => behind.split_once(',').unwrap_or((behind, "")),
        };
        rest = next.trim_start_matches([',', ' ']);
        Some((key.trim().to_owned(), value.trim().to_owned()))
    })
}

/// Pairs as in the query of an address.
fn form(parts: &[(&str, &str)]) -> String {
    let escaped = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
                _ => out.push_str(&format!("%{byte:02X}")),
            }
            out
        })
    };
    parts.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
}

async fn body(answer: Response<Incoming>, most: usize) -> Result<Bytes, String> {
    let collected = Limited::new(answer.into_body(), most).collect().await;
    Ok(collected.map_err(|error| error.to_string())?.to_bytes())
}

/// What a registry says when it gives nothing.
async fn refusal(address: &str, answer: Response<Incoming>) -> String {
    let status = answer.status();
    let text = body(answer, ANSWER_BYTES_MAX).await.unwrap_or_default();
    let told: Value = serde_json::from_slice(&text).unwrap_or_default();
    let one = |error: &Value| {
        let text = |name| error.get(name).and_then(Value::as_text).unwrap_or_default();
        let detail = error.get("detail").filter(|detail| !detail.is_null());
        let detail = detail.map(|detail| format!("; {}", encode::sprint(detail))).unwrap_or_default();
        format!("{}: {}{detail}", text("code"), text("message"))
    };
    let errors: Vec<String> = told.get("errors").and_then(Value::as_list).unwrap_or_default().iter().map(one).collect();
    let reason = match errors.as_slice() {
        [] if text.is_empty() => format!("unexpected status code {status}"),
        [] => format!("unexpected status code {status}: {}", String::from_utf8_lossy(&text)),
        [error] => error.clone(),
        errors => format!("multiple errors returned: {}", errors.join("; ")),
    };
    format!("GET {address}: {reason}")
}

/// An error with what caused it.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let headers = |values: &[&str]| {
            let pairs = values.iter().map(|value| (header::WWW_AUTHENTICATE, value.parse().unwrap()));
            pairs.collect::<HeaderMap>()
        };
        let bearer =
            |realm: &str, service: &str| Some(Challenge::Bearer { realm: realm.into(), service: service.into() });
        for (values, expected) in [
            (
                &[r#"Bearer realm="https://a.example/token",service="r.example",scope="repository:x:pull,push""#][..],
                bearer("https://a.example/token", "r.example"),
            ),
            (&["Basic realm=\"x\"", "bearer realm=https://a.example, service=s"], bearer("https://a.example", "s")),
            (&["Basic realm=\"x\""], Some(Challenge::Basic)),
            (&["Bearer service=s"], None),
            (&[], None),
        ] {
            assert_eq!(challenge(&headers(values)), expected, "{values:?}");
        }
        assert_eq!(form(&[("scope", "repository:a/b:pull"), ("x", "ä")]), "scope=repository%3Aa%2Fb%3Apull&x=%C3%A4");
    }
}
