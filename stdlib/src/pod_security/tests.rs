use proptest::prelude::*;

use super::*;

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// A Pod with this spec.
fn pod(spec: &str) -> Value {
    value(&format!(r#"{{"kind": "Pod", "metadata": {{"name": "p"}}, "spec": {spec}}}"#))
}

/// A Pod with one container with this security context.
fn container(security: &str) -> Value {
    pod(&format!(r#"{{"containers": [{{"name": "c", "image": "web:1", "securityContext": {security}}}]}}"#))
}

/// The checks that object, and the message without its beginning.
fn found(level: &str, version: &str, object: &Value, excludes: &[Exclude]) -> (Vec<&'static str>, String) {
    let violations = evaluate(level, version, object, excludes).unwrap();
    let kind = object.get("kind").and_then(Value::as_text).unwrap();
    let message = format_failure("r", level, version, kind, &violations);
    let start = format!("Validation rule 'r' failed. It violates PodSecurity \"{level}:{version}\": ");
    let checks = violations.iter().map(|violation| violation.check).collect();
    (checks, message.strip_prefix(&start).unwrap().to_owned())
}

fn checks(level: &str, version: &str, object: &Value) -> Vec<&'static str> {
    found(level, version, object, &[]).0
}

const SAFE: &str = r#"{"allowPrivilegeEscalation": false, "runAsNonRoot": true, "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"}}"#;

#[test]
fn each_control_of_the_baseline() {
    assert_eq!(checks("restricted", "latest", &container(SAFE)), Vec::<&str>::new());
    for (check, object) in [
        ("appArmorProfile", container(r#"{"appArmorProfile": {"type": "Unconfined"}}"#)),
        ("capabilities_baseline", container(r#"{"capabilities": {"add": ["SYS_ADMIN"]}}"#)),
        ("hostNamespaces", pod(r#"{"hostPID": true}"#)),
        ("hostPathVolumes", pod(r#"{"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}"#)),
        ("hostPorts", pod(r#"{"initContainers": [{"name": "c", "ports": [{"hostPort": 80}]}]}"#)),
        (
            "hostProbesAndHostLifecycle",
            pod(r#"{"containers": [{"name": "c", "livenessProbe": {"httpGet": {"host": "h"}}}]}"#),
        ),
        ("privileged", container(r#"{"privileged": true}"#)),
        ("procMount", container(r#"{"procMount": "Unmasked"}"#)),
        ("seLinuxOptions", container(r#"{"seLinuxOptions": {"user": "u"}}"#)),
        ("seccompProfile_baseline", pod(r#"{"securityContext": {"seccompProfile": {"type": "Unconfined"}}}"#)),
        ("sysctls", pod(r#"{"securityContext": {"sysctls": [{"name": "kernel.msgmax"}]}}"#)),
        ("windowsHostProcess", container(r#"{"windowsOptions": {"hostProcess": true}}"#)),
    ] {
        assert_eq!(checks("baseline", "latest", &object), [check]);
    }
}

#[test]
fn the_restricted_level_adds_its_own_controls() {
    let bare = pod(r#"{"containers": [{"name": "c"}], "volumes": [{"name": "v", "nfs": {}}]}"#);
    let expected = [
        "allowPrivilegeEscalation",
        "capabilities_restricted",
        "restrictedVolumes",
        "runAsNonRoot",
        "seccompProfile_restricted",
    ];
    assert_eq!(checks("restricted", "", &bare), expected);
    assert_eq!(checks("privileged", "v1.0", &bare), expected, "every level but baseline runs all checks");
    let root = container(&SAFE.replace("{\"allow", "{\"runAsUser\": 0, \"allow"));
    assert_eq!(checks("restricted", "", &root), ["runAsUser"]);
}

#[test]
fn revisions_follow_the_version() {
    let engine = container(r#"{"seLinuxOptions": {"type": "container_engine_t"}}"#);
    assert_eq!(checks("baseline", "v1.30", &engine), ["seLinuxOptions"]);
    assert!(checks("baseline", "v1.31", &engine).is_empty());
    let windows = pod(r#"{"os": {"name": "windows"}, "containers": [{"name": "c", "securityContext":
        {"runAsNonRoot": true}}]}"#);
    assert_eq!(checks("restricted", "v1.24", &windows).len(), 3);
    assert!(checks("restricted", "v1.25", &windows).is_empty());
    let annotated = value(
        r#"{"kind": "Pod", "metadata": {"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}}}"#,
    );
    assert_eq!(checks("baseline", "v1.18", &annotated), ["seccompProfile_baseline"]);
    assert!(checks("baseline", "v1.19", &annotated).is_empty());
    for version in ["1.25", "v2.0", "v1.01", "v1.", "v1.x"] {
        assert_eq!(evaluate("baseline", version, &engine, &[]), Err(PodSecurityError::Version), "{version}");
    }
}

#[test]
fn messages_name_field_and_value() {
    for (object, message) in [
        (
            container(r#"{"privileged": true}"#),
            "(Forbidden reason: privileged, field error list: [spec.containers[0].securityContext.privileged is \
             forbidden, forbidden values found: true])",
        ),
        (
            container(r#"{"capabilities": {"add": ["NET_RAW", "BPF"]}}"#),
            "(Forbidden reason: non-default capabilities, field error list: \
             [spec.containers[0].securityContext.capabilities.add is forbidden, forbidden values found: [BPF NET_RAW]])",
        ),
        (
            pod(r#"{"volumes": [{"name": "v", "hostPath": {}}]}"#),
            "(Forbidden reason: hostPath volumes, field error list: [spec.volumes[0].hostPath: Forbidden])",
        ),
        (
            value(
                r#"{"kind": "Pod", "metadata": {"annotations":
                    {"container.apparmor.security.beta.kubernetes.io/c": "unconfined"}}}"#,
            ),
            "(Forbidden reason: forbidden AppArmor profile, field error list: [spec.template.metadata.annotations\
             [container.apparmor.security.beta.kubernetes.io/c] is forbidden, forbidden values found: unconfined])",
        ),
        (
            value(r#"{"kind": "Job", "spec": {"template": {"spec": {"hostIPC": true}}}}"#),
            "(Forbidden reason: host namespaces, field error list: [spec.template.spec.hostIPC is forbidden, \
             forbidden values found: true])",
        ),
        (
            value(
                r#"{"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers":
                    [{"name": "c", "lifecycle": {"preStop": {"tcpSocket": {"host": "h"}}}}]}}}}}}"#,
            ),
            "(Forbidden reason: probe or lifecycle host, field error list: [])",
        ),
    ] {
        assert_eq!(found("baseline", "latest", &object, &[]).1, message);
    }
}

#[test]
fn objects_without_a_pod_and_mistyped_ones_are_errors() {
    for (object, message) in [
        (value(r#"{"kind": "Service"}"#), "could not find correct resource type"),
        (
            pod(r#"{"hostNetwork": "yes"}"#),
            "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool",
        ),
        (
            pod(r#"{"containers": [{"ports": [{"hostPort": 80.5}]}]}"#),
            "json: cannot unmarshal number 80.5 into Go struct field ContainerPort.spec.containers.ports.hostPort of \
             type int32",
        ),
        (
            pod(r#"{"ephemeralContainers": [{"name": {}}]}"#),
            "json: cannot unmarshal object into Go struct field \
             EphemeralContainer.spec.ephemeralContainers.EphemeralContainerCommon.name of type string",
        ),
        (
            pod(r#"{"containers": [{"args": [false], "ENV": [{"value": 1}]}], "hostIPC": 1}"#),
            "json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string",
        ),
        (
            pod(r#"{"containers": [{"args": [1], "resources": {"limits": {"cpu": "2GI"}}}]}"#),
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
        (
            value(r#"{"kind": "StatefulSet", "metadata": {"name": {}}, "spec": {"replicas": "2"}}"#),
            "json: cannot unmarshal object into Go struct field ObjectMeta.metadata.name of type string",
        ),
    ] {
        let error = evaluate("baseline", "", &object, &[]).unwrap_err().to_string();
        assert_eq!(error, format!("Error while getting new resource: {message}"));
    }
    assert_eq!(checks("baseline", "", &pod(r#"{"HOSTNETWORK": true}"#)), ["hostNamespaces"]);
}

fn exclude(control: &str, images: &[&str], field: Option<&str>, values: &[&str]) -> Exclude {
    let texts = |texts: &[&str]| texts.iter().map(|text| text.to_string()).collect();
    Exclude {
        control: control.to_owned(),
        images: texts(images),
        restricted_field: field.map(str::to_owned),
        values: texts(values),
    }
}

#[test]
fn exclusions_with_images_concern_their_containers() {
    let object = pod(r#"{"containers": [
        {"name": "a", "image": "web:1", "securityContext": {"capabilities": {"add": ["NET_RAW"]}}},
        {"name": "b", "image": "db:1", "securityContext": {"capabilities": {"add": ["NET_RAW", "BPF"]}}}]}"#);
    let left = |entry: Exclude| {
        let violations = evaluate("baseline", "", &object, &[entry]).unwrap();
        let fields = violations.iter().flat_map(|violation| violation.fields.iter().flatten());
        fields.map(|error| error.field.chars().find(char::is_ascii_digit).unwrap()).collect::<String>()
    };
    let field = Some("spec.containers[*].securityContext.capabilities.add");
    assert_eq!(left(exclude("Capabilities", &["web:*"], None, &[])), "1");
    assert_eq!(left(exclude("Capabilities", &["*"], None, &[])), "");
    assert_eq!(left(exclude("Capabilities", &["*"], field, &["NET_*"])), "1");
    assert_eq!(left(exclude("Capabilities", &["*"], Some("spec.hostPID"), &[])), "01");
    assert_eq!(left(exclude("Capabilities", &["other"], None, &[])), "01");
    assert_eq!(left(exclude("Capabilities", &[], None, &[])), "01");
    assert_eq!(left(exclude("Host Ports", &["*"], None, &[])), "01");
}

#[test]
fn exclusions_without_images_concern_the_pod() {
    let object = pod(r#"{"hostPID": true, "hostIPC": true, "securityContext": {"sysctls": [{"name": "kernel.x"}]}}"#);
    let left = |excludes: &[Exclude]| found("baseline", "", &object, excludes).0;
    assert_eq!(left(&[exclude("Host Namespaces", &[], None, &[])]), ["sysctls"]);
    let field = Some("spec.hostPID");
    assert_eq!(left(&[exclude("Host Namespaces", &[], field, &["true"])]), ["hostNamespaces", "sysctls"]);
    let sysctls = exclude("Sysctls", &[], Some("spec.securityContext.sysctls[*].name"), &["kernel.*"]);
    assert_eq!(left(&[exclude("Host Namespaces", &[], None, &[]), sysctls]), Vec::<&str>::new());
}

#[test]
fn a_pod_exclusion_may_take_one_container_s_violation() {
    // The stand-in container lacks the field too, so one real container is let off.
    let object = pod(r#"{"containers": [{"name": "a"}, {"name": "b"}]}"#);
    let violations = evaluate("restricted", "", &object, &[exclude("Running as Non-root", &[], None, &[])]).unwrap();
    let left = violations.iter().find(|violation| violation.check == "runAsNonRoot").unwrap();
    let fields: Vec<&str> = left.fields.iter().flatten().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["spec.containers[1].securityContext.runAsNonRoot"]);
}

#[test]
fn exceptions_leave_out_more_afterwards() {
    let object = container(r#"{"privileged": true}"#);
    let violations = evaluate("baseline", "", &object, &[]).unwrap();
    let entry = exclude("Privileged Containers", &["*"], None, &[]);
    assert_eq!(leave_out("baseline", "", &object, violations, &[entry]), Ok(Vec::new()));
}

#[test]
fn details_tell_the_containers() {
    let violations =
        evaluate("restricted", "", &pod(r#"{"containers": [{"name": "a"}, {"name": "b"}]}"#), &[]).unwrap();
    assert_eq!(violations[0].detail, r#"containers "a", "b" must set securityContext.allowPrivilegeEscalation=false"#);
    assert_eq!(violations[0].containers(), Some(vec!["a".to_owned(), "b".to_owned()]));
    let ports = pod(r#"{"containers": [{"name": "a", "ports": [{"hostPort": 1}]}]}"#);
    let violations = evaluate("baseline", "", &ports, &[]).unwrap();
    assert_eq!(violations[0].detail, r#"container "a" uses hostPort 1"#);
    assert_eq!(violations[0].containers(), None);
}

proptest! {
    #[test]
    fn any_object_is_checked_or_refused(
        name in "(spec|containers|volumes|hostPath|ports|hostPort|securityContext|capabilities|add|os|metadata)",
        inner in "[a-z\\[\\]{}\":0,]{0,12}",
        version in "(v1\\.)?[0-9a-z]{0,22}",
    ) {
        let object = format!(r#"{{"kind": "Pod", "spec": {{"containers": [{{"{name}": {inner}}}], "{name}": {inner}}}}}"#);
        if let Ok(object) = serde_json::from_str::<Value>(&object) {
            let excludes = [exclude("Volume Types", &["*"], None, &[]), exclude("Running as Non-root", &[], None, &[])];
            let _ = evaluate("restricted", &version, &object, &excludes);
        }
    }
}

#[test]
fn fields_that_controls_blame_are_known() {
    let bad = r#"{"allowPrivilegeEscalation": true, "privileged": true, "runAsNonRoot": false, "runAsUser": 0,
        "procMount": "Unmasked", "capabilities": {"add": ["SYS_ADMIN"]}, "windowsOptions": {"hostProcess": true},
        "seccompProfile": {"type": "Unconfined"}, "appArmorProfile": {"type": "Unconfined"},
        "seLinuxOptions": {"user": "u", "role": "r", "type": "t"}}"#;
    let object = pod(&format!(
        r#"{{"hostPID": true, "hostIPC": true, "hostNetwork": true, "volumes": [{{"name": "v", "hostPath": {{"path": "/"}}}},
        {{"name": "n", "nfs": {{"server": "s", "path": "/"}}}}], "securityContext": {{"sysctls": [{{"name": "kernel.msgmax"}}],
        "runAsNonRoot": false, "runAsUser": 0, "seccompProfile": {{"type": "Unconfined"}},
        "appArmorProfile": {{"type": "Unconfined"}}, "seLinuxOptions": {{"user": "u"}},
        "windowsOptions": {{"hostProcess": true}}}}, "containers": [{{"name": "c", "ports": [{{"hostPort": 80}}],
        "securityContext": {bad}}}], "initContainers": [{{"name": "i", "securityContext": {bad}}}]}}"#
    ));
    let mut blamed = 0;
    for violation in evaluate("restricted", "latest", &object, &[]).unwrap() {
        let Some(control) = violation.control else { continue };
        for error in violation.fields.iter().flatten() {
            let field = super::exclude::normalise(&error.field);
            assert_eq!(has_field(control, &field), Some(true), "{control}: {field}");
            blamed += 1;
        }
    }
    assert!(blamed > 30, "{blamed}");
    assert_eq!(has_field("Capabilities", "spec.containers[*].securityContext.capabilities"), Some(false));
    assert_eq!(has_field("capabilities", ""), None);
}
