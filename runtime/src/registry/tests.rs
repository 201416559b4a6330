//! Registries on this machine.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A registry with plain HTTP that answers by the path, and notes what it is asked.
pub(crate) struct Fake {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// Status, headers and body.
pub(crate) type Answer = (u16, String, String);

impl Fake {
    pub(crate) async fn start(answer: impl Fn(&str, &str, Option<&str>) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (noted, host, answer) = (Arc::clone(&asked), address.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (noted, host, answer) = (Arc::clone(&noted), host.clone(), Arc::clone(&answer));
                tokio::spawn(async move {
                    let mut read = Vec::new();
                    while !read.ends_with(b"\r\n\r\n") {
                        // A client that tries HTTPS is hung up on.
                        if stream.read_buf(&mut read).await.unwrap_or(0) == 0 || !read.starts_with(b"G") {
                            return;
                        }
                    }
                    let request = String::from_utf8(read).unwrap();
                    let path = request.split(' ').nth(1).unwrap();
                    let line = request.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization: "));
                    let authorization = line.and_then(|line| line.split_once(": ")).map(|(_, value)| value);
                    noted.lock().unwrap().push(format!("{path} {}", authorization.unwrap_or("-")));
                    let (status, headers, body) = answer(&host, path, authorization);
                    let head = format!(
                        "HTTP/1.1 {status} S\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
                        body.len()
                    );
                    let _ = stream.write_all((head + &body).as_bytes()).await;
                });
            }
        });
        Self { address, asked }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

pub(crate) const CONFIG: &str = r#"{"os":"linux","config":{"User":"web"},"x":1}"#;

pub(crate) fn manifest() -> String {
    format!(r#"{{"schemaVersion":2,"config":{{"digest":"{}"}},"layers":[]}}"#, digest_of(CONFIG.as_bytes()))
}

fn list() -> String {
    let digest = digest_of(manifest().as_bytes());
    format!(
        r#"{{"manifests":[{{"digest":"sha256:0","platform":{{"os":"linux","architecture":"arm64"}}}},
            {{"digest":"{digest}","platform":{{"os":"linux","architecture":"amd64"}}}}]}}"#
    )
}

pub(crate) fn kind(name: &str) -> String {
    format!("content-type: application/vnd.oci.image.{name}.v1+json\r\n")
}

#[tokio::test]
async fn an_image_of_several_platforms_behind_a_login() {
    let store = Fake::start(|_, _, _| (200, String::new(), CONFIG.to_owned())).await;
    let elsewhere = store.address.clone();
    let registry = Fake::start(move |host, path, authorization| {
        let name = path.rsplit('/').next().unwrap();
        match (path, authorization) {
            ("/token?service=r&scope=repository%3Ateam%2Fweb%3Apull", Some(login)) => {
                assert_eq!(login, format!("Basic {}", STANDARD.encode("ann:secret")));
                (200, String::new(), r#"{"token":"t1","expires_in":300}"#.to_owned())
            }
            (_, Some("Bearer t1")) if path.contains("/blobs/") => {
                (307, format!("location: http://{elsewhere}/store\r\n"), String::new())
            }
            (_, Some("Bearer t1")) if name == "1" => (200, kind("index"), list()),
            (_, Some("Bearer t1")) => (200, kind("manifest"), manifest()),
            _ => {
                let realm = format!("www-authenticate: Bearer realm=\"http://{host}/token\",service=\"r\"\r\n");
                (401, realm, r#"{"errors":[{"code":"UNAUTHORIZED","message":"who?"}]}"#.to_owned())
            }
        }
    })
    .await;
    let reference = format!("{}/team/web:1", registry.address);
    let registries = Registries::new();
    let mut keychain = Keychain::default();
    keychain
        .add(&format!(r#"{{"auths":{{"{}":{{"username":"ann","password":"secret"}}}}}}"#, registry.address))
        .unwrap();
    let image = registries.image(&reference, &keychain, false).await.unwrap();
    let text = |name| image.get(name).and_then(Value::as_text).unwrap().to_owned();
    let digest = digest_of(list().as_bytes());
    assert_eq!(text("resolvedImage"), format!("{}/team/web@{digest}", registry.address));
    assert_eq!((text("registry"), text("repository")), (registry.address.clone(), "team/web".to_owned()));
    assert_eq!((text("image"), text("identifier")), (reference.clone(), "1".to_owned()));
    assert_eq!(image.at(&["configData", "config", "User"]), Some(&Value::text("web")));
    assert_eq!(image.at(&["configData", "x"]), Some(&Value::Float(1.0)));
    assert!(image.at(&["manifestList", "manifests"]).is_some() && image.at(&["manifest", "layers"]).is_some());
    assert_eq!(store.asked(), ["/store -"], "a token is for the registry only");
    registry.asked();
    registries.image(&reference, &keychain, false).await.unwrap();
    assert_eq!(registry.asked(), ["/v2/team/web/manifests/1 Bearer t1"], "what a digest names is read once");
    let refused = registries.image(&reference, &Keychain::default(), false).await.unwrap_err();
    assert!(refused.ends_with("no token in bearer response") || refused.contains("UNAUTHORIZED: who?"), "{refused}");
}

#[tokio::test]
async fn what_a_registry_refuses_or_gets_wrong_is_told() {
    let registry = Fake::start(|_, path, _| {
        let name = path.rsplit('/').next().unwrap();
        match name {
            "gone" => {
                let error = r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown","detail":{"Tag":"gone"}}]}"#;
                (404, String::new(), error.to_owned())
            }
            "broken" => (500, String::new(), "out of order".to_owned()),
            "old" => (
                200,
                "content-type: application/vnd.docker.distribution.manifest.v1+json\r\n".to_owned(),
                "{}".to_owned(),
            ),
            "arm" => {
                (200, kind("index"), r#"{"manifests":[{"platform":{"os":"linux","architecture":"arm"}}]}"#.to_owned())
            }
            "loop" => (302, format!("location: {path}\r\n"), String::new()),
            "words" => (200, kind("manifest"), "words".to_owned()),
            _ => (200, kind("manifest"), r#"{"config":{"digest":"sha256:1"}}"#.to_owned()),
        }
    })
    .await;
    let of = |path: &str| format!("{}/web{path}", registry.address);
    let registries = Registries::new();
    let unlike = format!("@sha256:{}", "0".repeat(64));
    for (path, words) in [
        (":gone", "MANIFEST_UNKNOWN: unknown; map[Tag:gone]"),
        (":broken", "unexpected status code 500 Internal Server Error: out of order"),
        (":old", "unsupported MediaType"),
        (":arm", "no child with platform linux/amd64"),
        (":loop", "without end"),
        (":words", "failed to decode manifest"),
        (":config", "failed to fetch config for image reference"),
        (&unlike, "does not match requested digest"),
        ("/UPPER", "could not parse reference"),
    ] {
        let reference = of(path);
        let error = registries.image(&reference, &Keychain::default(), false).await.unwrap_err();
        assert!(error.starts_with(&format!("failed to fetch image descriptor: {reference}, error: ")), "{error}");
        assert!(error.contains(words), "{path}: {error}");
    }
}
