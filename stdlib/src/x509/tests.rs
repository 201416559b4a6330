use super::*;

const CERTIFICATE: &str = include_str!("cases/certificate.pem");
const REQUEST: &str = include_str!("cases/request.pem");
const ELLIPTIC: &str = include_str!("cases/elliptic.pem");

fn value(json: &str) -> Value {
    serde_json::from_str::<Value>(json).unwrap().to_floats()
}

#[test]
fn certificates_are_shown_as_go_shows_them() {
    assert_eq!(decode(CERTIFICATE), Ok(value(include_str!("cases/certificate.json"))));
}

#[test]
fn requests_are_shown_as_go_shows_them() {
    assert_eq!(decode(REQUEST), Ok(value(include_str!("cases/request.json"))));
}

#[test]
fn the_first_block_that_can_be_read_counts() {
    let text = format!("note\n-----BEGIN BROKEN-----\n{CERTIFICATE}{REQUEST}");
    assert_eq!(decode(&text), decode(CERTIFICATE));
    let with_header = CERTIFICATE.replacen("-----\n", "-----\nComment: mine\n\n", 1);
    assert_eq!(decode(&with_header), decode(CERTIFICATE));
}

#[test]
fn what_kyverno_refuses_is_refused() {
    let relabelled = CERTIFICATE.replace("CERTIFICATE", "X509 CERTIFICATE");
    let cut = CERTIFICATE.replace("-----END", "-----ENDE");
    let cases = [
        ("", "failed to decode PEM block"),
        (cut.as_str(), "failed to decode PEM block"),
        (relabelled.as_str(), "PEM block neither contains a CERTIFICATE or CERTIFICATE REQUEST"),
        (ELLIPTIC, "certificate should use rsa algorithm"),
        ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", "x509: malformed tbs certificate"),
    ];
    for (text, message) in cases {
        assert_eq!(decode(text).unwrap_err().to_string(), message);
    }
}

proptest::proptest! {
    #[test]
    fn damaged_certificates_are_read_or_refused(at in 0usize..600, byte: u8, cut in 0usize..600) {
        let mut der = pem::first_block(CERTIFICATE).map(|block| block.bytes).unwrap_or_default();
        if let Some(place) = der.get_mut(at) {
            *place = byte;
        }
        let _ = certificate::parse(&der);
        let _ = certificate::parse(&der[..cut.min(der.len())]);
        let _ = request::parse(&der);
    }
}
