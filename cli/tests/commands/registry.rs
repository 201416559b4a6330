//! `--registry`

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use sha2::{Digest, Sha256};

use super::{dikast, folder};

const CONFIGURATION: &str = r#"{"config":{"User":"web"}}"#;

/// A registry with one image and plain HTTP. Gives its address.
fn registry() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let digest: String = Sha256::digest(CONFIGURATION).iter().map(|byte| format!("{byte:02x}")).collect();
    let manifest = format!(r#"{{"config":{{"digest":"sha256:{digest}"}}}}"#);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut read = [0; 4096];
            let length = stream.read(&mut read).unwrap_or(0);
            let request = String::from_utf8_lossy(&read[..length]);
            let body = match request.split(' ').nth(1) {
                Some("/v2/team/web/manifests/1") => manifest.as_str(),
                Some(path) if path.starts_with("/v2/team/web/blobs/") => CONFIGURATION,
                // A client that tries HTTPS is hung up on.
                _ => continue,
            };
            let kind = "application/vnd.oci.image.manifest.v1+json";
            let length = body.len();
            let head = format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
            );
            let _ = stream.write_all((head + body).as_bytes());
        }
    });
    address
}

#[test]
fn registries_are_asked_where_that_is_wanted() {
    let folder = folder("registry");
    let path = |name: &str| folder.join(name).display().to_string();
    let policy = format!(
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: user}}\nspec:\n  rules:\n  - name: not-root\n    \
         match: {{any: [{{resources: {{kinds: [ConfigMap]}}}}]}}\n    context:\n    - name: image\n      imageRegistry: {{reference: \
         \"{}/team/web:1\"}}\n    validate:\n      message: it runs as {{{{ image.configData.config.User }}}}\n      deny: \
         {{conditions: {{all: [{{key: \"{{{{ image.configData.config.User }}}}\", operator: Equals, value: web}}]}}}}\n",
        registry()
    );
    fs::write(folder.join("policy.yaml"), policy).unwrap();
    fs::write(folder.join("object.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\n").unwrap();
    let test = "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: t}\npolicies: [policy.yaml]\nresources: \
                [object.yaml]\nresults: [{policy: user, rule: not-root, kind: ConfigMap, resources: [notes], result: fail}]\n";
    fs::write(folder.join("kyverno-test.yaml"), test).unwrap();
    let said = |arguments: &[&str]| {
        let output = dikast(arguments);
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, out) = said(&["apply", &path("policy.yaml"), "-r", &path("object.yaml"), "--registry"]);
    assert!(code == Some(1) && out.contains("it runs as web"), "{out}");
    let (_, out) = said(&["apply", &path("policy.yaml"), "-r", &path("object.yaml")]);
    assert!(!out.contains("it runs as web") && out.contains("error: 1"), "{out}");
    assert_eq!(said(&["test", &path(""), "--registry"]).0, Some(0));
    assert_eq!(said(&["test", &path("")]).0, Some(1));
}
