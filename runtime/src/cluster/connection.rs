//! The connection to an API server, and what is loaded over it.

use dikast_stdlib::Value;
use hyper::http;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use super::service::ServiceClient;
use super::{ClusterError, ClusterOptions};
use crate::data::{DataKey, ImageCredentials};
use crate::global::ResourceName;
use crate::registry::{Keychain, Registries};

/// The namespace of Secrets that are named without one.
const SECRETS_NAMESPACE: &str = "kyverno";

/// A connection to an API server, and to the services that policies name.
pub(super) struct Connection {
    pub(super) client: Client,
    services: ServiceClient,
    registries: Registries,
    /// Logins for registries, for policies that name none.
    keychain: Keychain,
}

impl Connection {
    /// Reads the kubeconfig; nothing is asked of the API server yet.
    ///
    /// # Errors
    ///
    /// When no cluster is configured.
    pub(super) async fn open(options: &ClusterOptions) -> Result<Self, ClusterError> {
        let selected = KubeConfigOptions { context: options.context.clone(), ..KubeConfigOptions::default() };
        let config = match &options.kubeconfig {
            Some(path) => Config::from_custom_kubeconfig(Kubeconfig::read_from(path)?, &selected).await?,
            None if options.context.is_some() => Config::from_kubeconfig(&selected).await?,
            None => Config::infer().await?,
        };
        Ok(Self { keychain: options.keychain.clone(), ..Self::of_config(config)? })
    }

    pub(super) fn of_config(config: Config) -> Result<Self, kube::Error> {
        Ok(Self {
            client: Client::try_from(config)?,
            services: ServiceClient::new(),
            registries: Registries::new(),
            keychain: Keychain::default(),
        })
    }

    /// Asks the API server for a path; the answer is JSON.
    pub(super) async fn call(&self, post: bool, path: &str, body: Option<&str>) -> Result<Value, kube::Error> {
        let request = http::Request::builder()
            .method(if post { http::Method::POST } else { http::Method::GET })
            .uri(path)
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(body.unwrap_or_default().as_bytes().to_vec())
            .map_err(kube::Error::HttpError)?;
        self.client.request(request).await
    }

    /// The kind that the API server serves under the name of a resource.
    pub(super) async fn kind_of(&self, name: &ResourceName) -> Result<String, String> {
        let path = name.version_path();
        let list = self.call(false, &path, None).await.map_err(|error| reason(&error))?;
        let resources = list.get("resources").and_then(Value::as_list).unwrap_or_default();
        let text = |entry: &Value, member| entry.get(member).and_then(Value::as_text).map(str::to_owned);
        let served = resources.iter().find(|entry| text(entry, "name").is_some_and(|found| found == name.resource));
        served
            .and_then(|entry| text(entry, "kind"))
            .ok_or_else(|| format!("the API server serves no resource {} in {path}", name.resource))
    }

    async fn config_map(&self, namespace: &str, name: &str) -> Result<Value, String> {
        let path = format!("/api/v1/namespaces/{namespace}/configmaps/{name}");
        let map = self.call(false, &path, None).await.map_err(|error| reason(&error))?;
        let member = |name| map.get(name).cloned().unwrap_or_default();
        Ok(Value::object([("data", member("data")), ("metadata", member("metadata"))]))
    }

    /// What a registry says of an image. Secrets that are not there are passed over (Kyverno `registryclient`).
    async fn image(&self, reference: &str, credentials: Option<&ImageCredentials>) -> Result<Value, String> {
        let secrets = credentials.map(|credentials| credentials.secrets.as_slice()).unwrap_or_default();
        let is_insecure = credentials.is_some_and(|credentials| credentials.is_insecure);
        if secrets.is_empty() {
            return self.registries.image(reference, &self.keychain, is_insecure).await;
        }
        let mut keychain = Keychain::default();
        for secret in secrets {
            let named = secret.trim_start_matches('/');
            let (namespace, name) = named.split_once('/').unwrap_or((SECRETS_NAMESPACE, named));
            match self.call(false, &format!("/api/v1/namespaces/{namespace}/secrets/{name}"), None).await {
                Ok(secret) => keychain.add_secret(&secret),
                Err(kube::Error::Api(status)) if status.code == 404 => {
                    tracing::debug!(namespace, name, "the Secret with logins for registries is not there");
                }
                Err(error) => return Err(format!("failed to get registry client {reference}: {}", reason(&error))),
            }
        }
        self.registries.image(reference, &keychain, is_insecure).await
    }

    /// Loads what a context entry asks for; the error is the reason in Kyverno's words.
    pub(super) async fn load(&self, key: &DataKey) -> Result<Value, String> {
        match key {
            DataKey::ConfigMap { namespace, name } => self.config_map(namespace, name).await,
            DataKey::ApiCall { post, path, body } => self.call(*post, path, body.as_deref()).await.map_err(|error| {
                let method = if *post { "POST" } else { "GET" };
                format!("failed to {method} resource with raw url\n: {path}: {}", reason(&error))
            }),
            DataKey::Service { post, url, ca_bundle, headers, body } => {
                self.services.call(*post, url, ca_bundle.as_deref(), headers, body.as_deref()).await
            }
            DataKey::Image { reference, credentials } => self.image(reference, credentials.as_ref()).await,
            DataKey::Global { name, .. } => Err(format!("failed to fetch entry key={name}")),
            DataKey::Objects { kind, .. } => Err(format!("objects of kind {kind} are not loaded one by one")),
        }
    }
}

/// What went wrong, in the API server's words where it gave any.
pub(super) fn reason(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::registry::tests::{CONFIG, Fake, kind, manifest};

    #[tokio::test]
    async fn a_policy_names_the_secrets_with_logins() {
        let login = format!("Basic {}", STANDARD.encode("ann:secret"));
        let registry = Fake::start(move |_, path, authorization| match authorization {
            Some(given) if given == login && path.contains("/blobs/") => (200, String::new(), CONFIG.to_owned()),
            Some(given) if given == login => (200, kind("manifest"), manifest()),
            _ => (401, "www-authenticate: Basic realm=\"r\"\r\n".to_owned(), String::new()),
        })
        .await;
        let logins = format!(r#"{{"auths":{{"{}":{{"username":"ann","password":"secret"}}}}}}"#, registry.address);
        let secret = format!(r#"{{"data":{{".dockerconfigjson":"{}"}}}}"#, STANDARD.encode(logins));
        let api = Fake::start(move |_, path, _| {
            let missing =
                r#"{"kind":"Status","status":"Failure","message":"not found","reason":"NotFound","code":404}"#;
            match path {
                "/api/v1/namespaces/kyverno/secrets/login" | "/api/v1/namespaces/own/secrets/login" => {
                    (200, String::new(), secret.clone())
                }
                "/api/v1/namespaces/kyverno/secrets/hidden" => (
                    403,
                    String::new(),
                    missing.replace("not found", "no").replace("NotFound", "Forbidden").replace("404", "403"),
                ),
                _ => (404, String::new(), missing.to_owned()),
            }
        })
        .await;
        let config = Config::new(format!("http://{}", api.address).parse().unwrap());
        let connection = Connection::of_config(config).unwrap();
        let ask = async |secrets: &[&str]| {
            let secrets = secrets.iter().map(|secret| (*secret).into()).collect();
            let credentials = Some(ImageCredentials { is_insecure: false, secrets });
            let reference = format!("{}/team/web:1", registry.address).into();
            connection.load(&DataKey::Image { reference, credentials }).await
        };
        for secrets in [&["gone", "login"][..], &["own/login"]] {
            let image = ask(secrets).await.unwrap();
            assert_eq!(image.at(&["configData", "config", "User"]), Some(&Value::text("web")), "{secrets:?}");
        }
        let unsigned = ask(&["gone"]).await.unwrap_err();
        assert!(unsigned.ends_with("unexpected status code 401 Unauthorized"), "{unsigned}");
        let forbidden = ask(&["hidden", "login"]).await.unwrap_err();
        assert!(forbidden.starts_with("failed to get registry client") && forbidden.ends_with(": no"), "{forbidden}");
    }
}
