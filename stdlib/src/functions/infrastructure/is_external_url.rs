//! `is_external_url`

use std::net::IpAddr;

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};
use crate::url::{self, Url};

/// Whether the host of a URL has no address of this machine or of a private network.
///
/// # Errors
///
/// A text that is no URL, and a host that has no address.
fn is_external(text: &str, resolve: &dyn Fn(&str) -> Result<Vec<IpAddr>, String>) -> Result<bool, FunctionError> {
    let parsed = Url::parse(text).map_err(FunctionError::failed)?;
    let host = parsed.host_name();
    if host.is_empty() {
        return Err(FunctionError::failed("lookup : no such host"));
    }
    if url::address(host).is_none() && ends_in_number(host) {
        return Err(FunctionError::Failed(format!("lookup {host}: no such host")));
    }
    let addresses = match url::address(host) {
        Some(address) => vec![address],
        None => resolve(host).map_err(FunctionError::Failed)?,
    };
    Ok(!addresses.into_iter().any(url::is_internal))
}

/// Whether the last part of a host is a number. Go knows addresses of four decimal numbers only and no name ends so, but
/// the resolvers of most systems read `127.1`, `0x7f000001` and `017.0.0.1` as addresses.
fn ends_in_number(host: &str) -> bool {
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next().unwrap_or_default();
    let is_hexadecimal = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let after_prefix = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    last.bytes().all(|digit| digit.is_ascii_digit()) || after_prefix.is_some_and(is_hexadecimal)
}

pub(crate) static FUNCTION: Function = Function {
    name: "is_external_url",
    topic: Topic::Infrastructure,
    parameters: &[Parameter { name: "url", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: true,
    summary: "Whether the host of a URL is outside loopback and private networks. Unless the host is an address, its \
              name is looked up.",
    examples: &[("is_external_url('https://10.0.0.1/x')", "false"), ("is_external_url('https://8.8.8.8')", "true")],
    call: |arguments, environment| {
        is_external(arguments.text(0)?, &|host| environment.resolve_host(host)).map(Value::Bool)
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_internal_address_is_enough() {
        let resolve = |host: &str| match host {
            "inside.example.org" => Ok(vec!["8.8.8.8".parse().unwrap(), "192.168.0.1".parse().unwrap()]),
            "outside.example.org" => Ok(vec!["8.8.8.8".parse().unwrap()]),
            _ => Err(format!("lookup {host}: no such host")),
        };
        assert_eq!(is_external("https://inside.example.org/", &resolve), Ok(false));
        assert_eq!(is_external("https://outside.example.org/", &resolve), Ok(true));
        let error = is_external("https://nowhere.example.org/", &resolve).unwrap_err();
        assert_eq!(error.to_string(), "lookup nowhere.example.org: no such host");
        assert!(is_external("example.org", &resolve).is_err());
    }

    #[test]
    fn numbers_are_no_names() {
        let resolve = |_: &str| Ok(vec!["8.8.8.8".parse().unwrap()]);
        for host in ["127.1", "010.0.0.1", "0x7f000001", "2130706433", "1.2.3.4.", "256.1.1.1"] {
            let error = is_external(&format!("http://{host}/"), &resolve).unwrap_err();
            assert_eq!(error.to_string(), format!("lookup {host}: no such host"));
        }
        assert_eq!(is_external("http://0x.example/", &resolve), Ok(true));
        assert_eq!(is_external("http://10.0.0.1/", &resolve), Ok(false));
    }
}
