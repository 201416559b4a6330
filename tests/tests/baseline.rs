//! The checks written by hand give the verdicts of the compiled policies: else comparing their speed would say nothing.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use dikast_runtime::native::NativeProgram;
use dikast_tests::subjects::{self, POD_SECURITY};
use serde_json::{Value, json};

fn native() -> NativeProgram {
    NativeProgram::new(subjects::compile("pod-security.yaml", POD_SECURITY))
}

/// A good Pod with other values at some places of its specification or metadata.
fn changed(changes: &[(&str, Value)]) -> Value {
    let mut review: Value = serde_json::from_slice(&subjects::pod_review(2, true)).unwrap();
    for (path, value) in changes {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let parent = review.pointer_mut(&format!("/request/object/{parent}")).unwrap();
        match (parent.as_array_mut(), name.parse::<usize>()) {
            (Some(items), Ok(position)) => items[position] = value.clone(),
            (Some(items), Err(_)) => items.push(value.clone()),
            (None, _) => parent[name] = value.clone(),
        }
    }
    review
}

/// The same Pod in the template of a Deployment.
fn in_deployment(review: &Value) -> Value {
    let mut review = review.clone();
    let pod = review["request"]["object"].take();
    review["request"]["kind"] = json!({ "group": "apps", "version": "v1", "kind": "Deployment" });
    review["request"]["resource"] = json!({ "group": "apps", "version": "v1", "resource": "deployments" });
    review["request"]["object"] = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "shop-7c9d", "namespace": "shop" },
        "spec": { "template": { "metadata": pod["metadata"], "spec": pod["spec"] } },
    });
    review
}

#[test]
fn verdicts_are_the_same_on_every_kind_of_violation() {
    let native = native();
    let first = "spec/containers/0";
    let context = "spec/containers/1/securityContext";
    let at = |base: &str, rest: &str, value: Value| vec![(format!("{base}/{rest}"), value)];
    let mut cases: Vec<Vec<(String, Value)>> = vec![Vec::new()];
    for name in ["hostPID", "hostIPC", "hostNetwork"] {
        cases.extend([at("spec", name, json!(true)), at("spec", name, json!(false))]);
    }
    for port in [0, 80, 4999, 5000, 6000, 6001] {
        cases.push(at(first, "ports/0", json!({ "containerPort": 80, "hostPort": port })));
    }
    for volume in ["hostPath", "nfs", "configMap", "secret", "csi"] {
        cases.push(at("spec", "volumes/-", json!({ "name": "other", (volume): {} })));
    }
    for (name, values) in [
        ("privileged", vec![json!(true), json!(false)]),
        ("allowPrivilegeEscalation", vec![json!(true), Value::Null]),
        ("procMount", vec![json!("Default"), json!("Unmasked")]),
        ("runAsUser", vec![json!(0), json!(1), json!(1000)]),
        ("runAsNonRoot", vec![json!(true), json!(false)]),
        ("windowsOptions", vec![json!({ "hostProcess": true }), json!({ "hostProcess": false }), json!({})]),
        ("seccompProfile", vec![json!({ "type": "Localhost" }), json!({ "type": "Unconfined" })]),
        (
            "seLinuxOptions",
            vec![
                json!({ "type": "container_t" }),
                json!({ "type": "spc_t" }),
                json!({ "user": "u" }),
                json!({ "role": "r" }),
            ],
        ),
        (
            "capabilities",
            vec![
                json!({}),
                json!({ "drop": ["ALL"], "add": ["NET_BIND_SERVICE"] }),
                json!({ "drop": ["KILL", "ALL"], "add": ["CHOWN"] }),
                json!({ "drop": ["KILL"], "add": ["CHOWN", "SYS_ADMIN"] }),
            ],
        ),
    ] {
        cases.extend(values.into_iter().map(|value| at(context, name, value)));
    }
    let pod_contexts = [
        json!({}),
        json!({ "runAsNonRoot": false }),
        json!({ "runAsNonRoot": true, "runAsUser": 0 }),
        json!({ "seccompProfile": { "type": "Unconfined" } }),
        json!({ "seccompProfile": { "type": "RuntimeDefault" }, "seLinuxOptions": { "user": "u" } }),
        json!({ "sysctls": [{ "name": "net.ipv4.tcp_syncookies", "value": "1" }] }),
        json!({ "sysctls": [{ "name": "kernel.msgmax", "value": "1" }] }),
    ];
    cases.extend(pod_contexts.iter().map(|value| at("spec", "securityContext", value.clone())));
    // Without what containers say of themselves, the Pod's word counts.
    cases.extend(pod_contexts.iter().map(|value| {
        let silent = json!({ "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] } });
        vec![("spec/securityContext".to_owned(), value.clone()), (context.to_owned(), silent)]
    }));
    for profile in ["runtime/default", "localhost/shop", "unconfined"] {
        let annotation = json!({ "container.apparmor.security.beta.kubernetes.io/part-0": profile });
        cases.push(at("metadata", "annotations", annotation));
    }
    let privileged = json!([{ "name": "first", "securityContext": { "privileged": true } }]);
    cases.push(at("spec", "initContainers", privileged.clone()));
    cases.push(at("spec", "ephemeralContainers", privileged));
    for case in cases {
        let changes: Vec<(&str, Value)> = case.iter().map(|(path, value)| (&**path, value.clone())).collect();
        let review = changed(&changes);
        for review in [in_deployment(&review), review] {
            let disagreement = subjects::disagreement(&native, review.to_string().as_bytes()).unwrap();
            assert_eq!(disagreement, None, "{changes:?}");
        }
    }
}

#[test]
fn verdicts_are_the_same_on_the_requests_of_the_bench() {
    let native = native();
    for containers in [1, 3, 10] {
        for good in [true, false] {
            let body = subjects::pod_review(containers, good);
            assert_eq!(subjects::disagreement(&native, &body).unwrap(), None);
        }
    }
}

#[test]
fn nothing_is_said_of_what_holds_no_pod() {
    let mut review = changed(&[]);
    review["request"]["kind"]["kind"] = json!("Lease");
    assert!(dikast_tests::baseline::decide(review.to_string().as_bytes()).unwrap().is_none());
}
