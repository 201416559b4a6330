//! The global context before an API server that knows lists and watches.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;

use dikast_stdlib::functions::Isolated;
use futures::stream;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

use super::*;

type Body = BoxBody<Bytes, Infallible>;

/// Objects by the path of their list, and everything that happened to them.
struct Api {
    lists: Mutex<BTreeMap<String, BTreeMap<String, Json>>>,
    /// Path and line of each event; watches read on from where they are.
    events: watch::Sender<Vec<(String, String)>>,
}

const CONFIG_MAPS: &str = "/api/v1/namespaces/x/configmaps";
const ENTRIES: &str = "/apis/kyverno.io/v2beta1/globalcontextentries";

impl Api {
    /// Serves; `kinds` are those of each version path.
    async fn start() -> (Arc<Self>, SocketAddr) {
        let api = Arc::new(Self { lists: Mutex::default(), events: watch::channel(Vec::new()).0 });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = Arc::clone(&api);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let api = Arc::clone(&served);
                tokio::spawn(async move {
                    let answer = service_fn(move |request| {
                        let answer = Arc::clone(&api).answer(&request);
                        async move { Ok::<_, Infallible>(answer) }
                    });
                    // A client that hangs up is none of the server's business.
                    let _ =
                        auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        });
        (api, address)
    }

    fn answer(self: Arc<Self>, request: &Request<Incoming>) -> Response<Body> {
        let whole = |status: u16, json: Json| {
            let body = Full::new(Bytes::from(json.to_string())).boxed();
            Response::builder().status(status).body(body).unwrap()
        };
        let (path, query) = (request.uri().path().to_owned(), request.uri().query().unwrap_or_default());
        let resources = |names: &[(&str, &str)]| json!({"resources": names.iter().map(|(name, kind)| json!({"name": name, "kind": kind})).collect::<Vec<_>>()});
        let from = self.events.borrow().len();
        match path.as_str() {
            "/api/v1" => return whole(200, resources(&[("nodes", "Node"), ("configmaps", "ConfigMap")])),
            "/apis/kyverno.io/v2beta1" => {
                return whole(200, resources(&[("globalcontextentries", "GlobalContextEntry")]));
            }
            _ if query.contains("watch=true") => {
                let events = self.events.subscribe();
                let next = |(mut events, mut at, path): (watch::Receiver<Vec<(String, String)>>, usize, String)| async move {
                    loop {
                        let event = events.borrow_and_update().get(at).cloned();
                        match event {
                            Some((of, line)) if of == path => {
                                return Some((Ok(Frame::data(Bytes::from(line))), (events, at + 1, path)));
                            }
                            Some(_) => at += 1,
                            None => events.changed().await.ok()?,
                        }
                    }
                };
                let version = query.split('&').find_map(|part| part.strip_prefix("resourceVersion="));
                let from = version.and_then(|version| version.parse().ok()).unwrap_or(from);
                let body = StreamBody::new(stream::unfold((events, from, path), next));
                return Response::new(BodyExt::boxed(body));
            }
            _ => {}
        }
        match self.lists.lock().unwrap().get(&path) {
            Some(objects) => {
                let items: Vec<&Json> = objects.values().collect();
                whole(
                    200,
                    json!({"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": from.to_string()}, "items": items}),
                )
            }
            None => whole(
                404,
                json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404, "reason": "NotFound",
                "message": "the server could not find the requested resource", "metadata": {}}),
            ),
        }
    }

    /// Creates or changes an object, or deletes it.
    fn put(&self, list: &str, name: &str, object: Option<Json>) {
        let mut lists = self.lists.lock().unwrap();
        let objects = lists.entry(list.to_owned()).or_default();
        let (event, mut object, before) = match object {
            Some(object) => ("MODIFIED", object.clone(), objects.insert(name.to_owned(), object)),
            None => ("DELETED", objects.remove(name).unwrap(), None),
        };
        let event = if event == "MODIFIED" && before.is_none() { "ADDED" } else { event };
        self.events.send_modify(|events| {
            object["metadata"]["resourceVersion"] = json!((events.len() + 1).to_string());
            events.push((list.to_owned(), format!("{}\n", json!({"type": event, "object": object}))));
        });
    }

    fn config_map(&self, name: &str, number: i64) {
        let object = json!({"metadata": {"name": name, "namespace": "x"}, "data": {"number": number}});
        self.put(CONFIG_MAPS, name, Some(object));
    }
}

fn connection(address: SocketAddr) -> Arc<Connection> {
    let config = kube::Config::new(format!("http://{address}").parse().unwrap());
    Arc::new(Connection::of_config(config).unwrap())
}

fn context(address: SocketAddr) -> Arc<GlobalContext> {
    GlobalContext::new(connection(address), Arc::new(Isolated::EPOCH))
}

fn entry(name: &str, spec: Json) -> Arc<GlobalEntry> {
    let document = json!({"metadata": {"name": name}, "spec": spec}).to_string();
    Arc::new(GlobalEntry::from_value(&serde_json::from_str(&document).unwrap()).unwrap())
}

fn config_maps() -> Json {
    json!({"kubernetesResource": {"version": "v1", "resource": "configmaps", "namespace": "x"},
        "projections": [{"name": "numbers", "jmesPath": "[].data.number"}]})
}

/// Asks until this is what is there.
async fn eventually(context: &GlobalContext, name: &str, projection: &str, expected: Result<&str, &str>) {
    let projection = Some(projection).filter(|name| !name.is_empty());
    let expected = expected.map(|json| serde_json::from_str(json).unwrap()).map_err(str::to_owned);
    let mut said = Err(String::new());
    for _ in 0..200 {
        said = context.get(name, projection).await;
        if said == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(said, expected);
}

#[tokio::test]
async fn lists_follow_the_cluster() {
    let (api, address) = Api::start().await;
    api.config_map("b", 2);
    let context = context(address);
    context.set_from_files(&[entry("maps", config_maps())]);
    // The first request waits for the list; numbers are those of objects.
    assert_eq!(context.get("maps", Some("numbers")).await, Ok(Value::list([Value::Int(2)])));
    let whole = context.get("maps", None).await.unwrap();
    let first = whole.as_list().unwrap()[0].clone();
    assert_eq!(
        (first.get("kind"), first.get("apiVersion")),
        (Some(&Value::text("ConfigMap")), Some(&Value::text("v1")))
    );
    api.config_map("a", 1);
    eventually(&context, "maps", "numbers", Ok("[1,2]")).await;
    api.config_map("b", 3);
    eventually(&context, "maps", "numbers", Ok("[1,3]")).await;
    api.put(CONFIG_MAPS, "a", None);
    eventually(&context, "maps", "numbers", Ok("[3]")).await;
    assert_eq!(context.get("maps", Some("none")).await, Err("projection \"none\" not found".to_owned()));

    // An entry that goes on under another spec has what it had until the new one is there; one that goes is gone.
    let mut other = config_maps();
    other["projections"][0]["jmesPath"] = json!("length(@)");
    context.set_from_files(&[entry("maps", other)]);
    eventually(&context, "maps", "numbers", Ok("1.0")).await;
    context.set_from_files(&[]);
    assert_eq!(context.get("maps", None).await, Err("failed to fetch entry key=maps".to_owned()));
}

#[tokio::test]
async fn what_the_cluster_does_not_serve_is_not_there() {
    let (_api, address) = Api::start().await;
    let context = context(address);
    let unknown = json!({"kubernetesResource": {"version": "v1", "resource": "gadgets"}});
    let forbidden = json!({"kubernetesResource": {"version": "v1", "resource": "nodes"}});
    context.set_from_files(&[entry("gadgets", unknown), entry("nodes", forbidden)]);
    for name in ["gadgets", "nodes", "other"] {
        assert_eq!(context.get(name, None).await, Err(format!("failed to fetch entry key={name}")));
    }
}

#[tokio::test]
async fn entries_of_the_cluster_come_and_go_and_those_of_files_go_before_them() {
    let (api, address) = Api::start().await;
    api.config_map("a", 1);
    let put = |name: &str, spec: Json| {
        api.put(ENTRIES, name, Some(json!({"metadata": {"name": name}, "spec": spec})));
    };
    put("maps", config_maps());
    put("broken", json!({}));
    let context = context(address);
    let _task = context.follow_cluster().await;
    assert_eq!(context.get("maps", Some("numbers")).await, Ok(Value::list([Value::Int(1)])));
    assert_eq!(context.get("broken", None).await, Err("failed to fetch entry key=broken".to_owned()));
    put("more", config_maps());
    eventually(&context, "more", "numbers", Ok("[1]")).await;
    context.set_from_files(&[entry(
        "more",
        json!({"apiCall": {"urlPath": CONFIG_MAPS}, "projections":
        [{"name": "numbers", "jmesPath": "items[0].data.number"}]}),
    )]);
    eventually(&context, "more", "numbers", Ok("1.0")).await;
    api.put(ENTRIES, "maps", None);
    eventually(&context, "maps", "", Err("failed to fetch entry key=maps")).await;
}

#[tokio::test]
async fn calls_are_made_again_and_their_failures_told() {
    let (api, address) = Api::start().await;
    let context = context(address);
    let call = json!({"apiCall": {"urlPath": CONFIG_MAPS, "refreshInterval": "1s", "retryLimit": 2},
        "projections": [{"name": "count", "jmesPath": "length(items)"}]});
    context.set_from_files(&[entry("call", call)]);
    let failed = context.get("call", Some("count")).await.unwrap_err();
    assert!(failed.starts_with("failed to GET resource with raw url\n: /api/v1/namespaces/x/configmaps: "), "{failed}");
    api.config_map("a", 1);
    eventually(&context, "call", "count", Ok("1.0")).await;
    assert_eq!(context.get("call", Some("none")).await, Err("no data available".to_owned()));
}
