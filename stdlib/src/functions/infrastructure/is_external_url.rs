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
    let addresses = match url::address(host) {
        Some(address) => vec![address],
        None => resolve(host).map_err(FunctionError::Failed)?,
    };
    Ok(!addresses.into_iter().any(url::is_internal))
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
}
