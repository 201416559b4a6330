//! `dikast apply` on a cluster, files at addresses, and flags of Kyverno.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use super::{dikast, example, folder, give};

/// Answers GET requests with JSON by their path, without its query, in a thread of its own.
fn server(answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = std::sync::Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let answer = answer.clone();
            std::thread::spawn(move || converse(&stream.unwrap(), &*answer));
        }
    });
    address
}

fn converse(stream: &TcpStream, answer: &dyn Fn(&str) -> Option<String>) {
    let mut lines = BufReader::new(stream).lines();
    while let Some(Ok(first)) = lines.next() {
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        let path = first.split_whitespace().nth(1).unwrap_or_default();
        let (status, body) = match answer(path) {
            Some(body) => ("200 OK", body),
            None => (
                "404 Not Found",
                r#"{"kind":"Status","status":"Failure","message":"not found","reason":"NotFound","code":404}"#.into(),
            ),
        };
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        let mut stream = stream;
        stream.write_all((head + &body).as_bytes()).unwrap();
    }
}

const CORE: &str = r#"{"kind":"APIResourceList","groupVersion":"v1","resources":[
    {"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","verbs":["get","list"]},
    {"name":"namespaces","singularName":"namespace","namespaced":false,"kind":"Namespace","verbs":["get","list"]},
    {"name":"bindings","singularName":"binding","namespaced":true,"kind":"Binding","verbs":["create"]}]}"#;

/// An API server with two Pods on two pages, their namespaces, and a config map.
fn api(path: &str) -> Option<String> {
    let list = |next: &str, items: &str| {
        Some(format!(r#"{{"kind":"L","apiVersion":"v1","metadata":{{"continue":"{next}"}},"items":[{items}]}}"#))
    };
    let pod = |name: &str, namespace: &str, team: &str| {
        format!(r#"{{"metadata":{{"name":"{name}","namespace":"{namespace}","labels":{{"team":"{team}"}}}}}}"#)
    };
    match path {
        "/api" => Some(r#"{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[]}"#.into()),
        "/apis" => Some(r#"{"kind":"APIGroupList","apiVersion":"v1","groups":[]}"#.into()),
        "/api/v1" => Some(CORE.into()),
        "/api/v1/pods?limit=500" => list("more", &pod("web", "shop", "a")),
        "/api/v1/pods?limit=500&continue=more" => list("", &pod("db", "bank", "b")),
        "/api/v1/namespaces/bank/pods?limit=500" => list("", &pod("db", "bank", "b")),
        "/api/v1/namespaces?limit=500" => list(
            "",
            r#"{"metadata":{"name":"shop","labels":{"checked":"yes"}}},{"metadata":{"name":"bank","labels":{"checked":"yes"}}}"#,
        ),
        "/api/v1/namespaces/rules/configmaps/teams" => {
            Some(r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"teams"},"data":{"known":"a"}}"#.into())
        }
        _ => None,
    }
}

#[test]
fn policies_are_applied_to_the_objects_of_a_cluster() {
    let folder = folder("cluster");
    let path = |name: &str| folder.join(name).display().to_string();
    let policy = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: teams}\nspec:\n  rules:\n  - name: known\n    \
                  match: {any: [{resources: {kinds: [Pod], namespaceSelector: {matchLabels: {checked: \"yes\"}}}}]}\n    \
                  context:\n    - name: map\n      configMap: {name: teams, namespace: rules}\n    \
                  validate:\n      message: \"not {{ map.data.known }}\"\n      deny: {conditions: {all: [{key: \"{{ \
                  request.object.metadata.labels.team }}\", operator: NotEquals, value: \"{{ map.data.known }}\"}]}}\n";
    fs::write(folder.join("policy.yaml"), policy).unwrap();
    let kubeconfig = format!(
        "apiVersion: v1\nkind: Config\nclusters: [{{name: c, cluster: {{server: \"http://{}\"}}}}]\nusers: [{{name: u, user: \
         {{}}}}]\ncontexts: [{{name: x, context: {{cluster: c, user: u}}}}]\ncurrent-context: x\n",
        server(api)
    );
    fs::write(folder.join("config"), kubeconfig).unwrap();
    let (policy, config) = (path("policy.yaml"), path("config"));
    let apply = ["apply", &policy, "-c", "--kubeconfig", &config];
    let out = give(1, &apply);
    assert!(out.contains("to 2 resource(s)...\n"), "{out}");
    assert!(out.contains("policy teams -> resource bank/Pod/db failed:\n1 - known not a\n"), "{out}");
    assert!(out.contains("\npass: 1, fail: 1, warn: 0, error: 0, skip: 0 \n"), "{out}");
    let out = give(1, &[&apply[..], &["--context", "x", "-n", "bank"]].concat());
    assert!(out.contains("to 1 resource(s)...\n") && out.contains("pass: 0, fail: 1"), "{out}");
    give(0, &[&apply[..], &["-r", "web"]].concat());
    give(2, &[&apply[..], &["-r", "other"]].concat());
    let out = give(0, &[&apply[..], &["--cluster-wide-resources"]].concat());
    assert!(out.contains("to 0 resource(s)...\n"), "{out}");
    give(2, &["apply", &policy, "-r", &path("config"), "-n", "bank"]);
}

#[test]
fn files_are_read_from_addresses() {
    let pod = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"far"}}"#;
    let policy = fs::read_to_string(example("require-labels/policy.yaml")).unwrap();
    let address = server(move |path| match path {
        "/pod.yaml" => Some(pod.to_owned()),
        "/policy.yaml" => Some(policy.clone()),
        _ => None,
    });
    let at = |path: &str| format!("http://{address}/{path}");
    let out = give(1, &["apply", &at("policy.yaml"), "-r", &at("pod.yaml")]);
    assert!(out.contains("policy require-labels -> resource default/Pod/far failed:"), "{out}");
    for (path, why) in [("gone.yaml", "the answer is HTTP 404"), ("team/policies", "clone the repository")] {
        let output = dikast(&["apply", &at(path), "-r", &at("pod.yaml")]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && told.contains(why), "{told}");
    }
}

#[test]
fn flags_of_kyverno_that_are_not_supported_say_what_to_do() {
    let policy = example("require-labels/policy.yaml");
    for (command, flags, why) in [
        ("apply", &["-b", "main"][..], "clone the repository"),
        ("apply", &["--username", "u"], "clone the repository"),
        ("apply", &["--json", "x"], "in CEL"),
        ("apply", &["--concurrent", "4"], "on all processors"),
        ("apply", &["--batch-size=5"], "pages of 500"),
        ("apply", &["--continue-on-error=false"], "counted as errors"),
        ("apply", &["--show-performance"], "time dikast"),
        ("apply", &["-v", "4"], "--detailed-results"),
        ("test", &["--git-branch", "main"], "clone the repository"),
    ] {
        let output = dikast(&[&[command, &policy][..], flags].concat());
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{flags:?}: {told}");
        assert!(told.starts_with("error[DK1201]: -") && told.contains(" is not supported: "), "{flags:?}: {told}");
        assert!(told.contains(why), "{flags:?}: {told}");
    }
}

#[test]
fn exceptions_are_written_for_what_fails() {
    let (policy, objects) = (example("require-labels/policy.yaml"), example("require-labels/resources.yaml"));
    let arguments = ["apply", &policy, "-r", &objects, "--generate-exceptions", "--generated-exception-ttl", "90m"];
    let out = give(1, &arguments);
    let exceptions: Vec<serde_yaml::Value> =
        out.split("---\n").skip(1).map(|text| serde_yaml::from_str(text).unwrap()).collect();
    assert!(!exceptions.is_empty(), "{out}");
    for exception in &exceptions {
        assert_eq!(exception["metadata"]["labels"]["cleanup.kyverno.io/ttl"], "1h30m0s");
        assert_eq!(exception["spec"]["exceptions"][0]["policyName"], "require-labels");
    }
    let file = folder("exceptions").join("exceptions.yaml");
    fs::write(&file, out).unwrap();
    let out = give(0, &["apply", &policy, "-r", &objects, "-e", &file.display().to_string()]);
    assert!(out.contains(&format!(" with {} exception(s)...\n", exceptions.len())), "{out}");
    assert!(out.contains(", fail: 0, "), "{out}");
}
