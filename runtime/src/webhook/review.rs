//! `AdmissionReview` in and out (Kubernetes `admission.k8s.io`, `v1` and the `v1beta1` that older API servers send).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dikast_stdlib::Value;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::document;
use crate::patch::Operation;
use crate::request::{Request, RequestError};

/// Versions of the review. The answer has that of the question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// `admission.k8s.io/v1`
    #[default]
    V1,
    /// `admission.k8s.io/v1beta1`
    V1Beta1,
}

impl Version {
    /// The version that a review's `kind` and `apiVersion` name; nothing when it is no review that we know.
    pub fn of(kind: &str, api_version: &str) -> Option<Self> {
        match (kind, api_version) {
            ("AdmissionReview", "admission.k8s.io/v1") => Some(Self::V1),
            ("AdmissionReview", "admission.k8s.io/v1beta1") => Some(Self::V1Beta1),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::V1 => "admission.k8s.io/v1",
            Self::V1Beta1 => "admission.k8s.io/v1beta1",
        }
    }
}

/// A review that was read.
#[derive(Clone, Debug)]
pub struct Review {
    /// Its version.
    pub version: Version,
    /// What it asks.
    pub request: Request,
}

/// Why a review cannot be answered by policies.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The body is not JSON, or nested too deeply.
    #[error("the body is not an AdmissionReview: {0}")]
    Json(#[from] serde_json::Error),
    /// The document is of another kind or version.
    #[error("expected an AdmissionReview of admission.k8s.io/v1 or v1beta1, found {kind:?} of {api_version:?}")]
    Kind {
        /// `kind`
        kind: String,
        /// `apiVersion`
        api_version: String,
    },
    /// The request lacks something.
    #[error(transparent)]
    Request(#[from] RequestError),
}

impl Review {
    /// Reads a review.
    ///
    /// # Errors
    ///
    /// When the body is not a review of a known version with a usable request.
    pub fn read(body: &[u8]) -> Result<Self, ReviewError> {
        // What cannot be read is read again for the words.
        let document = document::read_value(body).or_else(|_| serde_json::from_slice(body))?;
        let member = |name| document.get(name).and_then(Value::as_text).unwrap_or_default();
        let (kind, api_version) = (member("kind"), member("apiVersion"));
        let version = Version::of(kind, api_version)
            .ok_or_else(|| ReviewError::Kind { kind: kind.to_owned(), api_version: api_version.to_owned() })?;
        let request = document.get("request").ok_or(RequestError::NoRequest)?;
        Ok(Self { version, request: Request::from_value(request)? })
    }
}

/// The verdict on a review.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Whether the request may go on.
    pub allowed: bool,
    /// Why not.
    pub message: Option<String>,
    /// An HTTP status code for refusals that are no policy's.
    pub code: Option<u16>,
    /// What changes.
    pub patch: Vec<Operation>,
    /// Shown to the client.
    pub warnings: Vec<String>,
    /// Written to the API server's audit log.
    pub audit_annotations: Vec<(String, String)>,
}

impl Answer {
    /// A refusal that is no policy's.
    pub fn refusal(code: u16, message: impl Into<String>) -> Self {
        Self { allowed: false, code: Some(code), message: Some(message.into()), ..Self::default() }
    }

    /// The review with this answer, as JSON.
    pub fn to_json(&self, version: Version, uid: &str) -> Vec<u8> {
        let patch = match self.patch.as_slice() {
            [] => None,
            operations => serde_json::to_vec(operations).ok(),
        };
        let response = Response {
            uid,
            allowed: self.allowed,
            status: (!self.allowed).then(|| Status {
                status: "Failure",
                message: self.message.as_deref().unwrap_or_default(),
                code: self.code,
            }),
            patch_type: patch.is_some().then_some("JSONPatch"),
            patch: patch.map(|bytes| STANDARD.encode(bytes)),
            audit_annotations: (!self.audit_annotations.is_empty())
                .then(|| self.audit_annotations.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()),
            warnings: &self.warnings,
        };
        let review = Document { api_version: version.name(), kind: "AdmissionReview", response };
        // Only text, numbers and truth values: writing them cannot fail.
        serde_json::to_vec(&review).unwrap_or_default()
    }
}

/// The review with the answer that a request may go on, as JSON; the same as [`Answer::to_json`] gives.
pub(super) fn write_allowed(version: Version, uid: &str) -> Vec<u8> {
    const PARTS: [&str; 3] =
        [r#"{"apiVersion":""#, r#"","kind":"AdmissionReview","response":{"uid":"#, r#","allowed":true}}"#];
    let mut answer =
        Vec::with_capacity(PARTS.map(str::len).iter().sum::<usize>() + version.name().len() + uid.len() + 2);
    answer.extend_from_slice(PARTS[0].as_bytes());
    answer.extend_from_slice(version.name().as_bytes());
    answer.extend_from_slice(PARTS[1].as_bytes());
    // Writing text to memory cannot fail.
    let _ = serde_json::to_writer(&mut answer, uid);
    answer.extend_from_slice(PARTS[2].as_bytes());
    answer
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    api_version: &'a str,
    kind: &'a str,
    response: Response<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    uid: &'a str,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audit_annotations: Option<std::collections::BTreeMap<&'a str, &'a str>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Status<'a> {
    status: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
}

/// The uid of a review that could not be read whole, so that even then the answer fits the question.
pub fn uid_of(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Outer<'a> {
        #[serde(borrow)]
        request: Option<&'a RawValue>,
    }
    #[derive(serde::Deserialize)]
    struct Inner {
        uid: Option<String>,
    }
    serde_json::from_slice::<Outer<'_>>(body)
        .ok()
        .and_then(|outer| serde_json::from_str::<Inner>(outer.request?.get()).ok()?.uid)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_has_the_version_of_the_question() {
        let body = br#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1","request":{"uid":"u"}}"#;
        let review = Review::read(body).unwrap();
        let answer = Answer { allowed: true, ..Answer::default() };
        assert_eq!(
            String::from_utf8(answer.to_json(review.version, &review.request.uid)).unwrap(),
            r#"{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","response":{"uid":"u","allowed":true}}"#
        );
    }

    #[test]
    fn the_short_way_to_write_an_answer_is_the_same() {
        let allowed = Answer { allowed: true, ..Answer::default() };
        for version in [Version::V1, Version::V1Beta1] {
            for uid in ["", "705ab4f5-6393-11e8-b7cc-42010a800002", "\"quoted\"\n"] {
                assert_eq!(write_allowed(version, uid), allowed.to_json(version, uid));
            }
        }
    }

    #[test]
    fn a_refusal_has_a_status_and_an_allowed_change_a_patch() {
        let refusal = Answer::refusal(400, "no").to_json(Version::V1, "u");
        assert!(
            String::from_utf8(refusal).unwrap().contains(r#""status":{"status":"Failure","message":"no","code":400}"#)
        );
        let patch = vec![Operation::Remove { path: "/a".to_owned() }];
        let change = Answer { allowed: true, patch, ..Answer::default() }.to_json(Version::V1, "u");
        let change: serde_json::Value = serde_json::from_slice(&change).unwrap();
        assert_eq!(change["response"]["patchType"], "JSONPatch");
        let patch = STANDARD.decode(change["response"]["patch"].as_str().unwrap()).unwrap();
        assert_eq!(patch, br#"[{"op":"remove","path":"/a"}]"#);
    }

    #[test]
    fn unreadable_reviews_say_what_is_wrong() {
        for (body, part) in [
            ("{", "EOF"),
            (r#"{"kind":"Pod","apiVersion":"v1"}"#, "found \"Pod\" of \"v1\""),
            (r#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}"#, "no request"),
        ] {
            let error = Review::read(body.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        assert_eq!(uid_of(br#"{"request":{"uid":"x","object":[1]}}"#), "x");
    }
}
