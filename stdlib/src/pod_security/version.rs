//! Versions of the Pod Security Standards (`k8s.io/pod-security-admission/api`).

use super::PodSecurityError;

/// The minor version of Kubernetes; `latest` is newer than all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) u64);

impl Version {
    const LATEST: Self = Self(u64::MAX);

    /// Reads `v1.30`, `latest`, or nothing for the latest.
    pub(super) fn parse(text: &str) -> Result<Self, PodSecurityError> {
        if matches!(text, "" | "latest") {
            return Ok(Self::LATEST);
        }
        let minor = text.strip_prefix("v1.").ok_or(PodSecurityError::Version)?;
        let is_plain = minor.bytes().all(|byte| byte.is_ascii_digit()) && (minor == "0" || !minor.starts_with('0'));
        let number = minor.parse::<i64>().ok().filter(|_| is_plain).ok_or(PodSecurityError::Version)?;
        Ok(Self(number.unsigned_abs()))
    }
}
