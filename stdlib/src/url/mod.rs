//! URLs as Go's `net/url` reads them.

mod escape;

use std::net::{IpAddr, Ipv6Addr};

use crate::go_parse::quote;
use escape::{Part, escape, unescape};

/// Why a text is no URL, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parse {}: {reason}", quote(.url))]
pub struct UrlError {
    url: String,
    reason: String,
}

/// A URL in its parts, the escapes in them resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// The scheme in lower case.
    pub scheme: String,
    /// What follows the scheme when no slash does.
    pub opaque: String,
    /// Whether there is a user, with or without a password.
    pub has_user: bool,
    /// The host with its port; an IPv6 address in brackets.
    pub host: String,
    /// The path.
    pub path: String,
    /// The path as written, when it is escaped otherwise than Go would.
    pub raw_path: String,
    /// A scheme is followed by a path without a host.
    pub omit_host: bool,
    /// The text ends with its only question mark.
    pub force_query: bool,
    /// What follows the question mark, as written.
    pub raw_query: String,
    /// What follows the hash sign.
    pub fragment: String,
    /// The fragment as written, when it is escaped otherwise than Go would.
    pub raw_fragment: String,
}

impl Url {
    /// Reads a URL, absolute or not.
    ///
    /// # Errors
    ///
    /// What Go's `url.Parse` refuses.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let refused = |url: &str, reason: String| UrlError { url: url.to_owned(), reason };
        let (main, fragment) = text.split_once('#').unwrap_or((text, ""));
        let mut url = parse(main).map_err(|reason| refused(main, reason))?;
        url.fragment = unescape(fragment, Part::Fragment).map_err(|reason| refused(text, reason))?;
        if escape(&url.fragment, Part::Fragment) != fragment {
            url.raw_fragment = fragment.to_owned();
        }
        Ok(url)
    }

    /// The host without port and brackets; empty when there is none.
    pub fn host_name(&self) -> &str {
        without_port(&self.host)
    }
}

fn parse(text: &str) -> Result<Url, String> {
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let mut url = Url::default();
    if text == "*" {
        text.clone_into(&mut url.path);
        return Ok(url);
    }
    let (scheme, rest) = split_scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    url.force_query = query.is_empty() && text.ends_with('?');
    query.clone_into(&mut url.raw_query);
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            rest.clone_into(&mut url.opaque);
            return Ok(url);
        }
        if rest.split('/').next().is_some_and(|first| first.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let authority = rest.strip_prefix("//").filter(|_| !scheme.is_empty() || !rest.starts_with("///"));
    let path = match authority {
        Some(authority) => {
            let slash = authority.find('/').unwrap_or(authority.len());
            (url.has_user, url.host) = parse_authority(&authority[..slash])?;
            &authority[slash..]
        }
        None => {
            url.omit_host = !scheme.is_empty() && rest.starts_with('/');
            rest
        }
    };
    url.path = unescape(path, Part::Path)?;
    if escape(&url.path, Part::Path) != path {
        path.clone_into(&mut url.raw_path);
    }
    Ok(url)
}

/// What stands before the first colon, if it is a scheme, and what follows it.
fn split_scheme(url: &str) -> Result<(&str, &str), String> {
    for (at, byte) in url.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((&url[..at], &url[at + 1..])),
            _ => break,
        }
    }
    Ok(("", url))
}

/// Whether there is a user, and the host.
fn parse_authority(authority: &str) -> Result<(bool, String), String> {
    let Some((user, host)) = authority.rsplit_once('@') else { return Ok((false, parse_host(authority)?)) };
    let host = parse_host(host)?;
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    if !user.bytes().all(valid) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    unescape(user, Part::User)?;
    Ok((true, host))
}

fn parse_host(host: &str) -> Result<String, String> {
    match host.rfind('[') {
        Some(0) => {
            let close = host.rfind(']').ok_or("missing ']' in host")?;
            check_port(&host[close + 1..])?;
            let literal = &host[1..close];
            let literal = match literal.find("%25") {
                Some(zone) => unescape(&literal[..zone], Part::Host)? + &unescape(&literal[zone..], Part::Zone)?,
                None => unescape(literal, Part::Host)?,
            };
            if strip_zone(&literal).parse::<Ipv6Addr>().is_err() {
                return Err("invalid IP-literal".to_owned());
            }
            Ok(format!("[{literal}]{}", &host[close + 1..]))
        }
        Some(_) => Err("invalid IP-literal".to_owned()),
        None => {
            if let Some(colon) = host.find(':') {
                check_port(&host[colon..])?;
            }
            unescape(host, Part::Host)
        }
    }
}

fn check_port(port: &str) -> Result<(), String> {
    let valid = port.is_empty()
        || port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    if valid { Ok(()) } else { Err(format!("invalid port {} after host", quote(port))) }
}

fn without_port(host: &str) -> &str {
    let name = match host.rfind(':') {
        Some(colon) if check_port(&host[colon..]).is_ok() => &host[..colon],
        _ => host,
    };
    name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name)
}

/// The address that a host name is, with or without a zone.
pub fn address(host: &str) -> Option<IpAddr> {
    match host.parse() {
        Ok(address) => Some(address),
        Err(_) => strip_zone(host).parse::<Ipv6Addr>().ok().map(IpAddr::V6),
    }
}

fn strip_zone(address: &str) -> &str {
    address.split_once('%').map_or(address, |(address, _)| address)
}

/// Whether an address belongs to this machine or to a private network (Go `IP.IsLoopback`, `IP.IsPrivate`).
pub fn is_internal(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found() {
        let cases = [
            ("", ""),
            ("http://example.org:80/x?y#z", "example.org"),
            ("//example.org/x", "example.org"),
            ("http://user:pw@10.0.0.1/", "10.0.0.1"),
            ("http://a@b@c/", "c"),
            ("http://[::1]:80/", "::1"),
            ("http://[fe80::1%25eth0]/", "fe80::1%eth0"),
            ("http://1.2.3.4:", "1.2.3.4"),
            ("http:///x", ""),
            ("mailto:x@example.org", ""),
            ("example.org", ""),
            ("http://a<b", "a<b"),
        ];
        for (url, name) in cases {
            assert_eq!(Url::parse(url).as_ref().map(Url::host_name), Ok(name), "{url}");
        }
    }

    #[test]
    fn parts_are_kept_apart() {
        let url = Url::parse("HTTPS://u:p@example.org:8443/a%20b!c?q=1#f%21").unwrap();
        assert_eq!(
            url,
            Url {
                scheme: "https".to_owned(),
                has_user: true,
                host: "example.org:8443".to_owned(),
                path: "/a b!c".to_owned(),
                raw_path: "/a%20b!c".to_owned(),
                raw_query: "q=1".to_owned(),
                fragment: "f!".to_owned(),
                raw_fragment: "f%21".to_owned(),
                ..Url::default()
            }
        );
        assert_eq!(Url::parse("urn:a:b").unwrap().opaque, "a:b");
        assert!(Url::parse("http://example.org?").unwrap().force_query);
        assert!(Url::parse("file:/x").unwrap().omit_host);
        assert_eq!(Url::parse("/a%20b").unwrap().raw_path, "");
    }

    #[test]
    fn refusals_have_go_s_words() {
        let cases = [
            ("://x", "missing protocol scheme"),
            ("1http://x", "first path segment in URL cannot contain colon"),
            ("http://a b", "invalid character \" \" in host name"),
            ("http://%31.2.3.4", "invalid URL escape \"%31\""),
            ("http://a/%zz", "invalid URL escape \"%zz\""),
            ("http://a/%é", "invalid URL escape \"%é\""),
            ("http://a:x", "invalid port \":x\" after host"),
            ("http://::1/", "invalid port \"::1\" after host"),
            ("http://[::1", "missing ']' in host"),
            ("http://a[::1]/", "invalid IP-literal"),
            ("http://u:p w@a", "net/url: invalid userinfo"),
            ("http://a\n", "net/url: invalid control character in URL"),
        ];
        for (url, reason) in cases {
            assert_eq!(Url::parse(url).unwrap_err().to_string(), format!("parse {}: {reason}", quote(url)));
        }
    }

    #[test]
    fn addresses_are_internal_or_not() {
        for (text, internal) in [
            ("127.1.2.3", true),
            ("10.0.0.1", true),
            ("172.16.0.1", true),
            ("172.32.0.1", false),
            ("192.168.1.1", true),
            ("169.254.1.1", false),
            ("0.0.0.0", false),
            ("::1", true),
            ("fc00::1", true),
            ("fe80::1%eth0", false),
            ("::ffff:10.0.0.1", true),
            ("2001:db8::1", false),
        ] {
            assert_eq!(address(text).map(is_internal), Some(internal), "{text}");
        }
        assert_eq!(address("010.0.0.1"), None);
        assert_eq!(address("1.2.3"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_or_errs(url in r"[-a-f0-9:/@%\[\]?# .é]{0,24}") {
            let _ = Url::parse(&url);
        }
    }
}
