//! Policies and requests to measure with: written here, or read from folders.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use dikast_compiler::codegen::Status;
use dikast_compiler::ir::Program;
use dikast_grammar::SourceMap;
use dikast_runtime::document::Header;
use dikast_runtime::native::{Found, NativeError, NativeProgram, NativeUnit, Scratch, Statuses, UnitName};
use dikast_runtime::request::Surroundings;
use dikast_stdlib::functions::Isolated;
use serde_json::{Value, json};

use crate::baseline;

/// The Pod Security Standards as twenty rules.
pub const POD_SECURITY: &str = include_str!("../benches/policies/pod-security.yaml");
/// A strategic merge that fires on every Pod.
pub const DEFAULTS: &str = include_str!("../benches/policies/defaults.yaml");
/// A JSON patch that fires on every Pod.
pub const LABEL_PATCH: &str = include_str!("../benches/policies/label-patch.yaml");

/// Compiles a policy file.
pub fn compile(name: &str, text: &str) -> Arc<Program> {
    let mut sources = SourceMap::new();
    sources.add(name.to_owned(), text.to_owned());
    Arc::new(dikast_compiler::compile(&sources).program)
}

/// Compiles the policy files of a folder.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn compile_folder(folder: &Path) -> io::Result<Arc<Program>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    let mut sources = SourceMap::new();
    for file in files {
        sources.add(file.display().to_string(), fs::read_to_string(&file)?);
    }
    Ok(Arc::new(dikast_compiler::compile(&sources).program))
}

/// A review of a Pod that is created, as the API server sends it: compact, with the fields that it manages. A good one
/// passes every rule of [`POD_SECURITY`].
pub fn pod_review(containers: usize, good: bool) -> Vec<u8> {
    let kind = json!({ "group": "", "version": "v1", "kind": "Pod" });
    let resource = json!({ "group": "", "version": "v1", "resource": "pods" });
    let review = json!({
        "kind": "AdmissionReview",
        "apiVersion": "admission.k8s.io/v1",
        "request": {
            "uid": "5d1f9a52-0c1e-4c55-9f0b-3f5b8a5f7c11",
            "kind": kind,
            "resource": resource,
            "requestKind": kind,
            "requestResource": resource,
            "name": "shop-7c9d",
            "namespace": "shop",
            "operation": "CREATE",
            "userInfo": {
                "username": "system:serviceaccount:kube-system:replicaset-controller",
                "uid": "2b0c",
                "groups": ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"],
            },
            "object": pod(containers, good),
            "oldObject": null,
            "dryRun": false,
            "options": { "kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1" },
        },
    });
    in_the_order_of_the_api_server(&review).into_bytes()
}

/// Writes a review with the members of the request before the object, which `Value` would sort behind it.
fn in_the_order_of_the_api_server(review: &Value) -> String {
    let members = ["uid", "kind", "resource", "requestKind", "requestResource", "name", "namespace", "operation"];
    let members = members.into_iter().chain(["userInfo", "object", "oldObject", "dryRun", "options"]);
    let request: Vec<String> =
        members.map(|name| format!("{}:{}", Value::from(name), review["request"][name])).collect();
    format!(
        r#"{{"kind":{},"apiVersion":{},"request":{{{}}}}}"#,
        review["kind"],
        review["apiVersion"],
        request.join(",")
    )
}

fn pod(containers: usize, good: bool) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "shop-7c9d",
            "namespace": "shop",
            "uid": "aa1f4a5e-6e3a-4c6e-8a5e-0b7a51f20d10",
            "creationTimestamp": "2026-02-03T04:05:06Z",
            "labels": { "app": "shop", "app.kubernetes.io/part-of": "store", "pod-template-hash": "7c9d" },
            "annotations": { "checksum/settings": "8f14e45fceea167a5a36dedd4bea2543" },
            "ownerReferences": [{
                "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "shop-7c9d", "uid": "c4ca4238", "controller": true,
                "blockOwnerDeletion": true,
            }],
            "managedFields": [{
                "manager": "kube-controller-manager", "operation": "Update", "apiVersion": "v1",
                "time": "2026-02-03T04:05:06Z", "fieldsType": "FieldsV1", "fieldsV1": managed_fields(containers),
            }],
        },
        "spec": {
            "containers": (0..containers).map(|number| container(number, good)).collect::<Vec<Value>>(),
            "volumes": [
                { "name": "token", "projected": { "defaultMode": 420, "sources": [
                    { "serviceAccountToken": { "expirationSeconds": 3607, "path": "token" } },
                    { "configMap": { "name": "kube-root-ca.crt", "items": [{ "key": "ca.crt", "path": "ca.crt" }] } },
                ] } },
                { "name": "cache", "emptyDir": {} },
            ],
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30,
            "dnsPolicy": "ClusterFirst",
            "serviceAccountName": "shop",
            "securityContext": { "runAsNonRoot": true, "seccompProfile": { "type": "RuntimeDefault" } },
            "schedulerName": "default-scheduler",
            "hostNetwork": !good,
            "tolerations": [{
                "key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            }],
            "priority": 0,
            "enableServiceLinks": true,
        },
    })
}

fn container(number: usize, good: bool) -> Value {
    let mut variables: Vec<Value> = (0..11)
        .map(|at| json!({ "name": format!("SETTING_{at}"), "value": format!("the value of setting {at}") }))
        .collect();
    variables.push(json!({ "name": "NODE_NAME", "valueFrom": { "fieldRef": { "fieldPath": "spec.nodeName" } } }));
    let probe = |path: &str| {
        json!({
            "httpGet": { "path": path, "port": 8080, "scheme": "HTTP" }, "periodSeconds": 10, "timeoutSeconds": 1,
            "successThreshold": 1, "failureThreshold": 3,
        })
    };
    let capabilities = if good { json!({ "drop": ["ALL"] }) } else { json!({ "add": ["SYS_ADMIN"] }) };
    json!({
        "name": format!("part-{number}"),
        "image": format!("registry.example.com/store/part-{number}:2.{number}.0"),
        "imagePullPolicy": "IfNotPresent",
        "ports": [{ "name": "http", "containerPort": 8080, "protocol": "TCP" }],
        "env": variables,
        "resources": {
            "limits": { "cpu": "500m", "memory": "512Mi" }, "requests": { "cpu": "100m", "memory": "128Mi" },
        },
        "volumeMounts": [
            { "name": "token", "readOnly": true, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount" },
            { "name": "cache", "mountPath": "/var/cache" },
        ],
        "livenessProbe": probe("/alive"),
        "readinessProbe": probe("/ready"),
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "securityContext": {
            "allowPrivilegeEscalation": !good, "capabilities": capabilities, "privileged": !good, "runAsNonRoot": good,
            "readOnlyRootFilesystem": true, "seccompProfile": { "type": "RuntimeDefault" },
        },
    })
}

/// Field ownership as the API server writes it: many keys with escapes and empty objects.
fn managed_fields(containers: usize) -> Value {
    let named = |kind: &str, name: String| format!("k:{{\"{kind}\":\"{name}\"}}");
    let container = || {
        let variables =
            (0..11).map(|at| (named("name", format!("SETTING_{at}")), json!({ ".": {}, "f:name": {}, "f:value": {} })));
        let mut variables: serde_json::Map<String, Value> = variables.collect();
        variables.insert(".".to_owned(), json!({}));
        json!({
            ".": {}, "f:env": variables, "f:image": {}, "f:imagePullPolicy": {}, "f:name": {},
            "f:resources": { ".": {}, "f:limits": { ".": {}, "f:cpu": {}, "f:memory": {} }, "f:requests": {} },
            "f:terminationMessagePath": {}, "f:terminationMessagePolicy": {},
        })
    };
    let of_containers: serde_json::Map<String, Value> =
        (0..containers).map(|number| (named("name", format!("part-{number}")), container())).collect();
    json!({
        "f:metadata": {
            "f:generateName": {}, "f:labels": { ".": {}, "f:app": {}, "f:pod-template-hash": {} },
            "f:ownerReferences": { ".": {}, (named("uid", "c4ca4238".to_owned())): {} },
        },
        "f:spec": {
            "f:containers": of_containers, "f:dnsPolicy": {}, "f:restartPolicy": {}, "f:schedulerName": {},
        },
    })
}

/// From the bytes of a review to whether every rule passes, as the webhook goes: header, unit, frame, native code. Nothing
/// when the unit is not compiled.
///
/// # Errors
///
/// When the review cannot be read.
pub fn verdict(
    native: &NativeProgram,
    scratch: &mut Scratch,
    body: &[u8],
    surroundings: &Surroundings,
) -> Result<Option<bool>, NativeError> {
    let header = Header::peek(body)?;
    let Some(name) = UnitName::of(&header, surroundings) else { return Ok(None) };
    let decide = |unit: &NativeUnit| {
        let decided = unit.decide(scratch, body, surroundings, &Isolated::EPOCH)?;
        let quiet = |status| matches!(status, Status::NoMatch | Status::Pass | Status::Skip);
        Ok(decided.statuses().all(|(_, status)| quiet(status)))
    };
    match native.find(&name, decide) {
        Found::Ready(verdict) => verdict.map(Some),
        Found::NotReady | Found::Unknown => Ok(None),
    }
}

/// The first rule on which native code and the [baseline] differ, if they do.
///
/// # Errors
///
/// When the review cannot be read, or its unit not be compiled.
pub fn disagreement(native: &NativeProgram, body: &[u8]) -> Result<Option<String>, Box<dyn Error>> {
    let by_hand = baseline::decide(body)?;
    let surroundings = Surroundings::default();
    let verdicts = native.verdicts(body, &surroundings, &Isolated::EPOCH)?.unwrap_or_default();
    for (rule, status) in verdicts.statuses {
        let program = native.program();
        let name = program.name(program.rule(rule).name);
        let written = ["autogen-cronjob-", "autogen-"].iter().find_map(|prefix| name.strip_prefix(prefix));
        let written = written.unwrap_or(name);
        let Some(position) = baseline::RULES.iter().position(|known| *known == written) else {
            return Ok(Some(format!("{name} is not among those written by hand")));
        };
        let fails = by_hand.map(|verdict| verdict.fails(position));
        let agrees = match status {
            Status::Pass => fails == Some(false),
            Status::Fail => fails == Some(true),
            Status::NoMatch => true,
            Status::Skip | Status::Silent | Status::Error | Status::Fires | Status::Interpret => false,
        };
        if !agrees {
            return Ok(Some(format!("{name}: {status:?}, by hand {fails:?}")));
        }
    }
    Ok(None)
}
