//! The host of a URL as Go's `net/url` reads it.

use std::net::{IpAddr, Ipv6Addr};

use crate::go_parse::quote;

/// Why a text is no URL, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parse {}: {reason}", quote(.url))]
pub struct UrlError {
    url: String,
    reason: String,
}

/// The host name of a URL without port and brackets; empty when the URL has none.
///
/// # Errors
///
/// What Go's `url.Parse` refuses.
pub fn host(url: &str) -> Result<String, UrlError> {
    let refused = |url: &str, reason: String| UrlError { url: url.to_owned(), reason };
    let (main, fragment) = url.split_once('#').unwrap_or((url, ""));
    let host = parse(main).map_err(|reason| refused(main, reason))?;
    unescape(fragment, Part::Other).map_err(|reason| refused(url, reason))?;
    Ok(host)
}

fn parse(url: &str) -> Result<String, String> {
    if url.bytes().any(|byte| byte.is_ascii_control()) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let (scheme, rest) = split_scheme(url)?;
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            return Ok(String::new());
        }
        if rest.split('/').next().is_some_and(|first| first.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let authority = rest.strip_prefix("//").filter(|_| !scheme.is_empty() || !rest.starts_with("///"));
    let (host, path) = match authority {
        Some(authority) => {
            let slash = authority.find('/').unwrap_or(authority.len());
            (parse_authority(&authority[..slash])?, &authority[slash..])
        }
        None => (String::new(), rest),
    };
    unescape(path, Part::Other)?;
    Ok(without_port(&host).to_owned())
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

fn parse_authority(authority: &str) -> Result<String, String> {
    let Some((user, host)) = authority.rsplit_once('@') else { return parse_host(authority) };
    let host = parse_host(host)?;
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    if !user.bytes().all(valid) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    unescape(user, Part::Other)?;
    Ok(host)
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

/// Which part of a URL is unescaped.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Host,
    Zone,
    Other,
}

/// The text without `%` escapes.
fn unescape(text: &str, part: Part) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character != '%' {
            if part != Part::Other && character.is_ascii() && !is_host_character(character) {
                return Err(format!("invalid character {} in host name", quote(&character.to_string())));
            }
            bytes.extend(character.encode_utf8(&mut [0; 4]).bytes());
            rest = &rest[character.len_utf8()..];
            continue;
        }
        let escape: String = rest.chars().take(3).collect();
        let byte = escape.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let byte = byte.filter(|&byte| match part {
            Part::Host => byte >= 0x80 || byte == b'%',
            Part::Zone => byte == b'%' || byte == b' ' || is_host_character(char::from(byte)),
            Part::Other => true,
        });
        match byte {
            Some(byte) if !escape.contains('+') => bytes.push(byte),
            _ => return Err(format!("invalid URL escape {}", quote(&escape))),
        }
        rest = &rest[escape.len()..];
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_host_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"".contains(character)
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
            assert_eq!(host(url).as_deref(), Ok(name), "{url}");
        }
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
            assert_eq!(host(url).unwrap_err().to_string(), format!("parse {}: {reason}", quote(url)));
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
        fn any_text_has_a_host_or_errs(url in r"[-a-f0-9:/@%\[\]?# .é]{0,24}") {
            let _ = host(&url);
        }
    }
}
