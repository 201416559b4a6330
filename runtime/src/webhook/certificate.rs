//! The certificate that the webhook shows: from files, read again when they change, or made for this run only.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::SystemTime;

use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum CertificateSource {
    /// PEM files: the chain, leaf first, and its key.
    Files {
        /// The chain.
        chain: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// A self-signed certificate for these names and addresses that ends with the process.
    ThrowAway {
        /// DNS names and IP addresses.
        names: Vec<String>,
    },
}

/// Why there is no usable certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read or holds no PEM of its kind.
    #[error("cannot read {what} from {path}: {reason}")]
    File {
        /// Chain or key.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Key and certificate do not go together, or the key is of a sort that TLS cannot use.
    #[error("cannot use the certificate: {0}")]
    Unusable(#[from] rustls::Error),
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Making(#[from] rcgen::Error),
}

/// Hands the present certificate to each TLS handshake.
#[derive(Debug)]
pub struct Certificates {
    source: CertificateSource,
    provider: Arc<CryptoProvider>,
    present: RwLock<Present>,
}

#[derive(Debug)]
struct Present {
    key: Arc<CertifiedKey>,
    /// The authority that clients have to trust; only known for a throw-away certificate.
    authority_pem: Option<String>,
    stamp: Option<(SystemTime, SystemTime)>,
}

impl Certificates {
    /// Loads or makes the certificate.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or key and certificate do not go together.
    pub fn new(source: CertificateSource, provider: Arc<CryptoProvider>) -> Result<Self, CertificateError> {
        let present = load(&source, &provider)?;
        Ok(Self { source, provider, present: RwLock::new(present) })
    }

    /// The certificate that clients have to trust, as PEM, where the webhook made it itself.
    pub fn authority_pem(&self) -> Option<String> {
        self.read().authority_pem.clone()
    }

    /// Reads the files again if they changed; gives whether they did. While they are unusable the last good
    /// certificate stays.
    ///
    /// # Errors
    ///
    /// When they changed and cannot be used.
    pub fn refresh(&self) -> Result<bool, CertificateError> {
        let CertificateSource::Files { chain, key } = &self.source else { return Ok(false) };
        let stamp = stamp(chain, key);
        if stamp.is_none() || stamp == self.read().stamp {
            return Ok(false);
        }
        let present = load(&self.source, &self.provider)?;
        *self.present.write().unwrap_or_else(std::sync::PoisonError::into_inner) = present;
        Ok(true)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Present> {
        self.present.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.read().key))
    }
}

fn load(source: &CertificateSource, provider: &CryptoProvider) -> Result<Present, CertificateError> {
    match source {
        CertificateSource::Files { chain, key } => {
            let stamp = stamp(chain, key);
            let unreadable =
                |what, path: &Path, reason: String| CertificateError::File { what, path: path.into(), reason };
            let certificates = CertificateDer::pem_file_iter(chain)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|error| unreadable("a certificate chain", chain, error.to_string()))?;
            if certificates.is_empty() {
                return Err(unreadable("a certificate chain", chain, "it holds no certificate".into()));
            }
            let private = PrivateKeyDer::from_pem_file(key)
                .map_err(|error| unreadable("a private key", key, error.to_string()))?;
            let key = CertifiedKey::from_der(certificates, private, provider)?;
            Ok(Present { key: Arc::new(key), authority_pem: None, stamp })
        }
        CertificateSource::ThrowAway { names } => {
            let made = rcgen::generate_simple_self_signed(names.clone())?;
            let private = PrivateKeyDer::try_from(made.signing_key.serialize_der())
                .map_err(|reason| rustls::Error::General(reason.to_owned()))?;
            let key = CertifiedKey::from_der(vec![made.cert.der().clone()], private, provider)?;
            Ok(Present { key: Arc::new(key), authority_pem: Some(made.cert.pem()), stamp: None })
        }
    }
}

/// When the files were last written; nothing while one of them is being replaced.
fn stamp(chain: &Path, key: &Path) -> Option<(SystemTime, SystemTime)> {
    let written = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
    Some((written(chain)?, written(key)?))
}

/// The names of a throw-away certificate for a listener: the usual ones of this machine and its own address.
pub fn loopback_names(address: IpAddr) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let own = address.to_string();
    if !names.contains(&own) && !address.is_unspecified() {
        names.push(own);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> Arc<CryptoProvider> {
        Arc::new(rustls::crypto::ring::default_provider())
    }

    #[test]
    fn a_throw_away_certificate_has_an_authority() {
        let source = CertificateSource::ThrowAway { names: loopback_names([127, 0, 0, 1].into()) };
        let certificates = Certificates::new(source, provider()).unwrap();
        assert!(certificates.authority_pem().unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
        assert!(!certificates.refresh().unwrap());
    }

    #[test]
    fn files_are_read_again_and_a_broken_one_keeps_the_last_good_certificate() {
        let folder = std::env::temp_dir().join(format!("dikast-certificate-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (chain, key) = (folder.join("tls.crt"), folder.join("tls.key"));
        let write = || {
            let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
            std::fs::write(&chain, made.cert.pem()).unwrap();
            std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        };
        write();
        let source = CertificateSource::Files { chain: chain.clone(), key: key.clone() };
        let certificates = Certificates::new(source, provider()).unwrap();
        let first = Arc::clone(&certificates.read().key);
        std::thread::sleep(std::time::Duration::from_millis(20));
        std::fs::write(&key, "nothing").unwrap();
        assert!(certificates.refresh().is_err());
        assert!(Arc::ptr_eq(&first, &certificates.read().key));
        write();
        assert!(certificates.refresh().unwrap());
        assert!(!Arc::ptr_eq(&first, &certificates.read().key));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
