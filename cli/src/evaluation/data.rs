//! External data without a cluster: objects from files and answers from test files
//! (Kyverno `cmd/cli/kubectl-kyverno/store`).

use std::collections::{BTreeMap, HashMap};

use dikast_runtime::data::{DataKey, DataKind, DataSource, Lookup};
use dikast_stdlib::selector::LabelSelector;
use dikast_stdlib::{Value, wildcard};

use super::global::GlobalValue;
use super::live::Live;
use super::registry::Registry;
use crate::input::resources::ObjectKey;

/// What rules find when they look beyond the object.
#[derive(Default)]
pub(crate) struct OfflineData {
    /// The cluster that is asked for all but entries of the global context; nothing without one.
    live: Option<Live>,
    /// Registries that may be asked about images.
    registry: Option<Registry>,
    /// The objects that API calls find; nothing when there is nobody to call.
    objects: Option<Vec<Value>>,
    /// Whether the objects are those of a cluster, pretended or not: then config maps are looked up too, and each object
    /// needs its namespace.
    is_cluster: bool,
    /// The objects that exist.
    existing: Existing,
    /// Answers to calls by `METHOD:url` or `url`.
    calls: BTreeMap<String, (i64, Value)>,
    /// Entries of the global context.
    globals: BTreeMap<String, Result<GlobalValue, String>>,
}

impl OfflineData {
    /// Pretends a cluster in which these objects exist.
    pub(crate) fn set_cluster(&mut self, objects: Vec<Value>) {
        self.objects = Some(objects);
        self.is_cluster = true;
    }

    /// Sets the objects that API calls find where there is no cluster.
    pub(crate) fn set_callable(&mut self, objects: Vec<Value>) {
        self.objects = Some(objects);
    }

    /// Sets the objects that rules with targets can change and that generate rules find, cluster or not.
    pub(crate) fn set_existing(&mut self, objects: Vec<Value>) {
        self.existing = Existing::new(objects);
    }

    /// Asks a cluster instead of objects.
    pub(crate) fn set_live(&mut self, live: Live) {
        self.live = Some(live);
    }

    /// Lets registries be asked.
    pub(crate) fn set_registry(&mut self, registry: Registry) {
        self.registry = Some(registry);
    }

    /// Whether what is not known yet can be asked for.
    pub(crate) fn can_load(&self) -> bool {
        self.live.is_some() || self.registry.is_some()
    }

    /// Asks for what is not known yet. A cluster also has the logins of its Secrets.
    pub(crate) fn load(&self, keys: &[DataKey]) {
        match (&self.live, &self.registry) {
            (Some(live), _) => live.load(keys),
            (None, Some(registry)) => keys.iter().for_each(|key| registry.load(key)),
            (None, None) => {}
        }
    }

    /// The objects of the pretended cluster.
    pub(crate) fn cluster(&self) -> Option<&[Value]> {
        self.objects.as_deref().filter(|_| self.is_cluster)
    }

    /// Adds the answer to a call.
    pub(crate) fn add_call(&mut self, method: Option<&str>, url: &str, status: i64, body: Value) {
        let key = method.map_or_else(|| url.to_owned(), |method| format!("{method}:{url}"));
        self.calls.insert(key, (status, body));
    }

    /// Adds an entry of the global context.
    pub(crate) fn add_global(&mut self, name: &str, value: Result<GlobalValue, String>) {
        self.globals.insert(name.to_owned(), value);
    }

    fn call(&self, post: bool, url: &str) -> Option<Lookup> {
        let method = if post { "POST" } else { "GET" };
        let (status, body) = self.calls.get(&format!("{method}:{url}")).or_else(|| self.calls.get(url))?;
        Some(match status {
            200..=299 => Lookup::Ready(body.clone()),
            _ => Lookup::Failed(format!("HTTP {status} from apiCall mock (v1 apiCall treats non-2xx as failure)")),
        })
    }
}

impl DataSource for OfflineData {
    fn lookup(&self, key: &DataKey) -> Lookup {
        let missing = |what: String| Lookup::Failed(format!("{what} not found"));
        match (&self.live, key) {
            (Some(live), DataKey::Objects { api_version, kind, namespace, name, selector }) => {
                let wanted = Wanted { api_version, kind, namespace, name, selector: selector.as_deref() };
                return match live.lookup(key) {
                    Lookup::Ready(objects) => wanted.among(objects.as_list().unwrap_or_default().iter()),
                    other => other,
                };
            }
            (Some(live), DataKey::ConfigMap { .. } | DataKey::ApiCall { .. } | DataKey::Service { .. }) => {
                return live.lookup(key);
            }
            _ => {}
        }
        match key {
            DataKey::ConfigMap { namespace, name } => {
                let map = self.objects.iter().flatten().find(|object| {
                    let key = ObjectKey::of(object);
                    key.kind == "ConfigMap" && *key.namespace == **namespace && *key.name == **name
                });
                map.cloned().map_or_else(|| missing(format!("configmaps \"{name}\"")), Lookup::Ready)
            }
            DataKey::ApiCall { post, path, .. } => self.call(*post, path).unwrap_or_else(|| {
                match answer(self.objects.as_deref().unwrap_or_default(), path) {
                    Some(answer) => Lookup::Ready(answer.to_floats()),
                    None => Lookup::Failed(format!("the server could not find the requested resource: {path}")),
                }
            }),
            DataKey::Service { post, url, .. } => {
                self.call(*post, url).unwrap_or_else(|| Lookup::Failed(format!("no answer is given for {url}")))
            }
            DataKey::Image { reference, .. } => match (&self.registry, &self.live) {
                (Some(_), Some(live)) => live.lookup(key),
                (Some(registry), None) => registry.lookup(key),
                (None, _) => missing(format!("data for image {reference}")),
            },
            DataKey::Global { name, projection } => {
                let entry = self.globals.get(&**name).cloned();
                let entry = entry.unwrap_or_else(|| Err(format!("failed to fetch entry key={name}")));
                match entry.and_then(|entry| entry.get(projection.as_deref())) {
                    Ok(value) => Lookup::Ready(value),
                    Err(reason) => Lookup::Failed(reason),
                }
            }
            DataKey::Objects { api_version, kind, namespace, name, selector } => {
                let wanted = Wanted { api_version, kind, namespace, name, selector: selector.as_deref() };
                wanted.among(self.existing.of_kind(wanted.top_kind()))
            }
        }
    }

    fn offers(&self, kind: DataKind) -> bool {
        match kind {
            DataKind::ConfigMap => self.is_cluster || self.live.is_some(),
            DataKind::ApiCall => self.live.is_some() || self.objects.is_some() || !self.calls.is_empty(),
            DataKind::Image => self.registry.is_some(),
            DataKind::Global => !self.globals.is_empty(),
            DataKind::Objects => true,
        }
    }
}

/// The same data with other existing objects.
pub(super) struct DataWithObjects<'a> {
    pub(super) data: &'a OfflineData,
    pub(super) existing: Vec<Value>,
}

impl DataSource for DataWithObjects<'_> {
    fn lookup(&self, key: &DataKey) -> Lookup {
        match key {
            DataKey::Objects { api_version, kind, namespace, name, selector } => {
                let wanted = Wanted { api_version, kind, namespace, name, selector: selector.as_deref() };
                wanted.among(self.existing.iter())
            }
            other => self.data.lookup(other),
        }
    }

    fn offers(&self, kind: DataKind) -> bool {
        self.data.offers(kind)
    }
}

/// Objects that exist, found by their kind.
#[derive(Clone, Debug, Default)]
struct Existing {
    objects: Vec<Value>,
    by_kind: HashMap<String, Vec<usize>>,
}

impl Existing {
    fn new(objects: Vec<Value>) -> Self {
        let mut by_kind: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, object) in objects.iter().enumerate() {
            let kind = object.get("kind").and_then(Value::as_text).unwrap_or_default();
            match by_kind.get_mut(kind) {
                Some(places) => places.push(at),
                None => drop(by_kind.insert(kind.to_owned(), vec![at])),
            }
        }
        Self { objects, by_kind }
    }

    /// The objects of a kind; all for a wildcard.
    fn of_kind(&self, kind: &str) -> Box<dyn Iterator<Item = &Value> + '_> {
        if kind.is_empty() || wildcard::is_wildcard(kind) {
            return Box::new(self.objects.iter());
        }
        let places = self.by_kind.get(kind).map(Vec::as_slice).unwrap_or_default();
        Box::new(places.iter().filter_map(|at| self.objects.get(*at)))
    }
}

/// The objects that a mutation of existing objects, or a generation, asks for.
struct Wanted<'a> {
    api_version: &'a str,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    /// As JSON.
    selector: Option<&'a str>,
}

impl Wanted<'_> {
    /// The kind without a subresource.
    fn top_kind(&self) -> &str {
        self.kind.split('/').next().unwrap_or_default()
    }

    /// One object when namespace and name are given without wildcards, else all that fit
    /// (Kyverno `pkg/clients/dclient/helpers.go`).
    fn among<'o>(&self, objects: impl Iterator<Item = &'o Value>) -> Lookup {
        let kind = self.top_kind();
        let fits = |pattern: &str, object: &Value, path: &[&str]| {
            let text = || object.at(path).and_then(Value::as_text).unwrap_or_default();
            pattern.is_empty() || wildcard::matches(pattern, text())
        };
        let exact = |text: &str| !text.is_empty() && !wildcard::is_wildcard(text);
        let mut named = objects.filter(|object| {
            fits(self.name, object, &["metadata", "name"])
                && fits(self.namespace, object, &["metadata", "namespace"])
                && fits(kind, object, &["kind"])
                && fits(self.api_version, object, &["apiVersion"])
        });
        if exact(self.namespace) && exact(self.name) {
            return match named.next() {
                Some(object) => Lookup::Ready(Value::list([object.clone()])),
                None => Lookup::Failed(format!("{} \"{}\" not found", plural(kind), self.name)),
            };
        }
        let selector = match self.selector.map(serde_json::from_str::<Value>) {
            None => LabelSelector::default(),
            Some(selector) => match selector.as_ref().map(LabelSelector::from_value) {
                Ok(Ok(selector)) => selector,
                Ok(Err(error)) => return Lookup::Failed(error.to_string()),
                Err(error) => return Lookup::Failed(error.to_string()),
            },
        };
        let selected = named.filter(|object| {
            let labels = object.at(&["metadata", "labels"]).and_then(Value::as_object);
            let labels = labels.into_iter().flatten();
            let labels = labels.filter_map(|(key, value)| Some((&**key, value.as_text()?))).collect();
            selector.selects(&labels).unwrap_or(false)
        });
        Lookup::Ready(Value::list(selected.cloned()))
    }
}

/// The answer of an API server that has these objects: an object, or a list of objects.
pub(super) fn answer(objects: &[Value], path: &str) -> Option<Value> {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let mut segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let api_version = match *segments.first()? {
        "api" => segments.drain(..2.min(segments.len())).next_back()?.to_owned(),
        "apis" if segments.len() >= 3 => segments.drain(..3).skip(1).collect::<Vec<_>>().join("/"),
        _ => return None,
    };
    let namespace = match segments[..] {
        ["namespaces", namespace, _, ..] => {
            segments.drain(..2);
            Some(namespace)
        }
        _ => None,
    };
    let (resource, name) = (*segments.first()?, segments.get(1));
    let found = objects.iter().filter(|object| {
        let key = ObjectKey::of(object);
        key.api_version == api_version
            && plural(&key.kind) == resource
            && namespace.is_none_or(|namespace| key.namespace == namespace)
    });
    match name {
        Some(name) => found.into_iter().find(|object| ObjectKey::of(object).name == *name).cloned(),
        None => Some(Value::object([("items", Value::list(found.cloned()))])),
    }
}

/// The name of a kind's resource, as API servers form it.
fn plural(kind: &str) -> String {
    let lower = kind.to_lowercase();
    if lower == "endpoints" || lower.ends_with("metrics") {
        return lower;
    }
    match lower.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u'])) {
        Some(stem) => format!("{stem}ies"),
        None if lower.ends_with(['s', 'x']) || lower.ends_with("ch") => format!("{lower}es"),
        None => format!("{lower}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects() -> Vec<Value> {
        [
            r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"x"}}"#,
            r#"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"b","namespace":"x"}}"#,
            r#"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x"}}"#,
        ]
        .map(|json| serde_json::from_str(json).unwrap())
        .to_vec()
    }

    #[test]
    fn paths_name_objects_and_lists() {
        let name = |path| answer(&objects(), path).map(|object| ObjectKey::of(&object).name);
        assert_eq!(name("/api/v1/namespaces/x/pods/a"), Some("a".to_owned()));
        assert_eq!(name("/api/v1/namespaces/x"), Some("x".to_owned()));
        assert_eq!(name("/api/v1/namespaces/y/pods/a"), None);
        let count = |path| answer(&objects(), path).unwrap().get("items").unwrap().as_list().unwrap().len();
        assert_eq!(count("/apis/networking.k8s.io/v1/namespaces/x/networkpolicies?limit=5"), 1);
        assert_eq!(count("/api/v1/pods"), 1);
        assert_eq!(count("/api/v1/namespaces"), 1);
    }

    #[test]
    fn mocked_calls_come_before_the_cluster() {
        let mut data = OfflineData::default();
        data.set_cluster(objects());
        data.add_call(Some("GET"), "/api/v1/pods", 404, Value::Null);
        let key = |post| DataKey::ApiCall { post, path: "/api/v1/pods".into(), body: None };
        assert!(matches!(data.lookup(&key(false)), Lookup::Failed(_)));
        assert!(matches!(data.lookup(&key(true)), Lookup::Ready(_)));
    }
}
