//! Policies and reviews.

use std::fmt::Write;

use dikast_compiler::unit::{Kind, Operation, Unit};

use super::chance::Random;
use super::condition;
use super::document::{self, SCALARS as VALUES, odd};
use super::expression::Expressions;
use super::pattern;

/// Members that hold scalars, most of the time.
const SCALARS: [&str; 4] = ["image", "mode", "count", "name"];
/// Members that hold lists of objects, most of the time.
const LISTS: [&str; 3] = ["containers", "initContainers", "volumes"];
/// Scalar patterns, as YAML.
const PATTERNS: [&str; 24] = [
    "\"*\"",
    "\"?*\"",
    "a",
    "\"a*\"",
    "\"*b\"",
    "\"*:latest\"",
    "\"!*:latest\"",
    "\"true\"",
    "\"false\"",
    "true",
    "false",
    "5",
    "80",
    "0.5",
    "\">0\"",
    "\">=5\"",
    "\"<1Gi\"",
    "\"1-100\"",
    "\"1h\"",
    "\"a | b* | 5\"",
    "\"!a & !b\"",
    "null",
    "\"null\"",
    "\"\"",
];
/// Constant sides of conditions, as YAML.
const SIDES: [&str; 20] = [
    "a",
    "\"a*\"",
    "\"*\"",
    "\"\"",
    "5",
    "\"5\"",
    "80",
    "true",
    "\"1h\"",
    "\"1Gi\"",
    "\"1-100\"",
    "[a, b]",
    "[\"a*\", 5, \"\"]",
    "[80, 1500000]",
    "[]",
    "\"[\\\"a\\\"]\"",
    "{a: 1}",
    "0.5",
    "nginx:latest",
    "[\"*:latest\", \"true\"]",
];
const OPERATORS: [&str; 16] = [
    "Equals",
    "NotEquals",
    "Equals",
    "NotEquals",
    "AnyIn",
    "AllIn",
    "AnyNotIn",
    "AllNotIn",
    "AnyIn",
    "AnyNotIn",
    "GreaterThan",
    "GreaterThanOrEquals",
    "LessThan",
    "LessThanOrEquals",
    "DurationGreaterThan",
    "In",
];

/// A policy with a few rules.
pub(super) fn policy(random: &mut Random, number: usize) -> String {
    let kind = random.pick(&["ClusterPolicy", "ClusterPolicy", "ClusterPolicy", "Policy"]);
    let namespace = if kind == "Policy" { "\n  namespace: team-a" } else { "" };
    let action = random.pick(&["Audit", "Audit", "Enforce"]);
    let mut text = format!(
        "apiVersion: kyverno.io/v1\nkind: {kind}\nmetadata:\n  name: p{number}{namespace}\nspec:\n  \
         validationFailureAction: {action}\n  rules:\n"
    );
    for rule in 0..1 + random.below(3) {
        let _ = write!(text, "    - name: r{rule}\n{}", indent(&self::rule(random), 6));
    }
    text
}

fn rule(random: &mut Random) -> String {
    let mut text = String::from("match:\n  any:\n");
    for _ in 0..1 + random.below(2) {
        let _ = write!(text, "    - resources:\n        kinds: [{}]\n", random.pick(&["Pod", "v1/Pod", "\"*\""]));
        text.push_str(&indent(&criteria(random), 8));
        if random.one_in(6) {
            let subject = random.pick(&["{kind: User, name: \"ja*\"}", "{kind: Group, name: dev}"]);
            let _ = writeln!(text, "      subjects: [{subject}]");
        }
    }
    if random.one_in(4) {
        let _ = write!(text, "exclude:\n  any:\n    - resources:\n{}", indent(&criteria_or(random, "names: [x]\n"), 8));
    }
    if random.one_in(3) {
        text.push_str("context:\n");
        for name in ["one", "two"] {
            let _ = write!(text, "{}", indent(&item(&entry(random, name, "request.object.spec")), 2));
        }
    }
    if random.one_in(3) {
        let _ = write!(text, "preconditions:\n{}", indent(&conditions(random, "request.object"), 2));
    }
    text + &body(random)
}

fn criteria(random: &mut Random) -> String {
    if random.one_in(2) { String::new() } else { criteria_or(random, "") }
}

fn criteria_or(random: &mut Random, otherwise: &str) -> String {
    match random.below(6) {
        0 => "names: [\"a*\", b]\n".to_owned(),
        1 => "namespaces: [team-a, \"x*\"]\n".to_owned(),
        2 => "selector:\n  matchLabels:\n    app: a\n".to_owned(),
        3 => "selector:\n  matchExpressions:\n    - {key: app, operator: NotIn, values: [a, b]}\n".to_owned(),
        4 => "annotations:\n  \"a*\": \"?*\"\n".to_owned(),
        _ => otherwise.to_owned(),
    }
}

fn body(random: &mut Random) -> String {
    let action = match random.below(8) {
        0..=2 => format!("pattern:\n{}", indent(&object_pattern(random), 2)),
        3 => {
            let patterns: String = (0..2).map(|_| item(&object_pattern(random))).collect();
            format!("anyPattern:\n{}", indent(&patterns, 2))
        }
        4 | 5 => format!("deny:\n  conditions:\n{}", indent(&conditions(random, "request.object"), 4)),
        _ => format!("foreach:\n{}", indent(&item(&each(random)), 2)),
    };
    let failure_action = match random.below(4) {
        0 => "  failureAction: Enforce\n",
        1 => "  failureAction: Audit\n",
        _ => "",
    };
    format!("validate:\n  message: m\n{failure_action}{}", indent(&action, 2))
}

/// A context entry that is a function of the request.
fn entry(random: &mut Random, name: &str, base: &str) -> String {
    let (scalar, list) = (random.pick(&SCALARS), random.pick(&LISTS));
    let other = if name == "two" && random.one_in(2) { "one".to_owned() } else { format!("{base}.{scalar}") };
    let computed = Expressions { random: &mut *random, base: &format!("{base}.") }.any(2);
    let computed = document::quoted(&computed);
    let body = match random.below(9) {
        6 => format!("jmesPath: {computed}\n"),
        7 => format!("jmesPath: {computed}\ndefault: [a]\n"),
        8 => format!("value:\n  n: {}\njmesPath: \"n\"\n", document::quoted(&format!("{{{{ {other} }}}}"))),
        0 => format!("value: \"{{{{ {other} }}}}\"\n"),
        1 => format!("jmesPath: {other}\ndefault: a\n"),
        2 => format!("jmesPath: {base}.{list}[].{scalar}\n"),
        3 => format!("jmesPath: {base}.{list}[0]\ndefault: {{name: a}}\n"),
        4 => format!("value: \"{{{{ {base} }}}}\"\njmesPath: {list}[*].{scalar}\n"),
        _ => "value: [a, 5, {name: b}]\n".to_owned(),
    };
    format!("name: {name}\nvariable:\n{}", indent(&body, 2))
}

fn each(random: &mut Random) -> String {
    let list = random.pick(&[
        "request.object.spec.containers",
        "request.object.spec.[initContainers, containers][]",
        "request.object.spec.volumes[]",
        "request.object.spec.containers[?mode == 'a']",
        "request.object.spec.missing",
        "request.object.spec.containers[?count > `1`] | [?name != 'x']",
        "request.object.spec.containers[].containers[]",
        "request.object.spec.containers[*].{name: name, mode: mode}",
        "request.object.spec.tags",
    ]);
    let mut text = format!("list: \"{list}\"\n");
    if random.one_in(3) {
        let _ = write!(text, "preconditions:\n{}", indent(&any_all(random, "element"), 2));
    }
    if random.one_in(2) {
        let _ = write!(text, "deny:\n  conditions:\n{}", indent(&any_all(random, "element"), 4));
    } else {
        let _ = write!(text, "pattern:\n{}", indent(&fields(random, 1), 2));
    }
    text
}

fn object_pattern(random: &mut Random) -> String {
    if random.one_in(3) {
        return format!("spec: {}\n", pattern::json(random, 2));
    }
    let mut text = String::new();
    if random.one_in(4) {
        let labels = random.pick(&["app: \"?*\"", "=(app): a*", "X(old): \"null\"", "\"a*\": \"?*\"", "(app): a"]);
        let _ = write!(text, "metadata:\n  labels:\n    {labels}\n");
    }
    let spec = random.pick(&["spec", "=(spec)", "spec"]);
    let _ = write!(text, "{spec}:\n{}", indent(&fields(random, 3), 2));
    text
}

/// Keys of an object pattern with what they ask.
fn fields(random: &mut Random, depth: usize) -> String {
    let mut text = String::new();
    let mut used = Vec::new();
    for _ in 0..1 + random.below(3) {
        let is_list = depth > 0 && random.one_in(2);
        let name = if is_list { random.pick(&LISTS) } else { random.pick(&SCALARS) };
        if used.contains(&name) {
            continue;
        }
        used.push(name);
        let anchor = random.pick(&["", "", "=", "=", "()", "X", "<", "^"]);
        let key = match anchor {
            "" => name.to_owned(),
            "()" => format!("({name})"),
            anchor => format!("{anchor}({name})"),
        };
        if is_list || anchor == "^" {
            let count = if anchor == "^" { 1 + random.below(2) } else { 1 };
            let items: String = (0..count).map(|_| item(&fields(random, depth.saturating_sub(1)))).collect();
            let _ = write!(text, "{key}:\n{}", indent(&items, 2));
        } else if random.one_in(8) {
            let _ = writeln!(text, "{key}: [{}]", random.pick(&PATTERNS));
        } else if random.one_in(8) {
            let variable = random.pick(&[
                "{{ request.object.spec.name }}",
                "{{ request.object.spec.count || 'a' }}",
                "{{ request.object.metadata.name }}*",
                ">{{ request.object.spec.count || `1` }}",
            ]);
            let _ = writeln!(text, "{key}: \"{variable}\"");
        } else {
            let _ = writeln!(text, "{key}: {}", random.pick(&PATTERNS));
        }
    }
    text
}

fn conditions(random: &mut Random, root: &str) -> String {
    if random.one_in(5) { listed(random, root) } else { any_all(random, root) }
}

fn any_all(random: &mut Random, root: &str) -> String {
    let mut text = String::new();
    let kinds: &[&str] = random.pick(&[&["all"][..], &["any"][..], &["any", "all"][..]]);
    for kind in kinds {
        let _ = write!(text, "{kind}:\n{}", indent(&listed(random, root), 2));
    }
    text
}

fn listed(random: &mut Random, root: &str) -> String {
    (0..1 + random.below(2)).map(|_| item(&condition(random, root))).collect()
}

fn condition(random: &mut Random, root: &str) -> String {
    if random.one_in(2) {
        let base = if root == "element" { "element.".to_owned() } else { format!("{root}.spec.") };
        return condition::yaml(random, &base);
    }
    let expression = expression(random, root);
    let (key, value) = match random.below(6) {
        0 => (format!("\"{{{{ {expression} }}}}\""), format!("\"{{{{ {} }}}}\"", self::expression(random, root))),
        1 => (random.pick(&SIDES).to_owned(), format!("\"{{{{ {expression} }}}}\"")),
        2 => (format!("\"x{{{{ {expression} }}}}y\""), random.pick(&SIDES).to_owned()),
        _ => (format!("\"{{{{ {expression} }}}}\""), random.pick(&SIDES).to_owned()),
    };
    format!("key: {key}\noperator: {}\nvalue: {value}\n", random.pick(&OPERATORS))
}

fn expression(random: &mut Random, root: &str) -> String {
    let base = if root == "element" { "element".to_owned() } else { format!("{root}.spec") };
    let scalar = random.pick(&SCALARS);
    let list = random.pick(&LISTS);
    match random.below(30) {
        15 => "one".to_owned(),
        16 => "two || 'a'".to_owned(),
        17 => "two.name || one".to_owned(),
        18 => format!("{base}.\\\"{{{{ request.object.metadata.name }}}}\\\""),
        19 => "request.object.metadata.labels.\\\"{{ request.object.metadata.name }}\\\" || 'none'".to_owned(),
        20 => "request.object.metadata.labels.* || `[]`".to_owned(),
        21 => format!("split({base}.{scalar} || 'a,b', ',')[0]"),
        22 => format!("{base}.{list}[*].[name, mode][]"),
        23 => format!("contains({base}.{list}[].name, 'a')"),
        24 => "serviceAccountName".to_owned(),
        25 => "request.userInfo.groups".to_owned(),
        26 => "request.namespace".to_owned(),
        27 => format!("{base}.{list}[].{{n: name, m: mode}}[].n"),
        28 => format!("{base}.{list} | [0].name"),
        29 => format!("sort({base}.{list}[].name | [?type(@) == 'string'])[-1]"),
        0 => "request.operation".to_owned(),
        1 => format!("{base}.{scalar}"),
        2 => format!("{base}.{scalar} || 'a'"),
        3 => format!("{base}.{scalar} || ''"),
        4 => format!("{base}.{list}[].{scalar}"),
        5 => format!("{base}.{list}[*].{scalar} || `[]`"),
        6 => format!("{base}.{list}[].ports[].{scalar}"),
        7 => format!("{base}.[containers, initContainers][].{scalar}"),
        8 => format!("{base}.{list}[?mode == 'a'].{scalar}"),
        9 => format!("{base}.{list}[].keys(@)[]"),
        10 => format!("{base}.{list}[0].{scalar}"),
        11 => format!("length({base}.{list} || `[]`)"),
        12 => format!("to_string({base}.{scalar} || 'a')"),
        13 => format!("{base}.{list}[?count > `1`].name"),
        _ => format!("{base}.{scalar} == 'a' && {base}.{list}"),
    }
}

/// A review of a Pod.
pub(super) fn review(random: &mut Random) -> String {
    let operation = random.pick(&["CREATE", "CREATE", "CREATE", "UPDATE", "DELETE"]);
    let namespace = random.pick(&["team-a", "default"]);
    let object = object(random, namespace);
    let old_object = self::object(random, namespace);
    let (object, old_object) = match operation {
        "CREATE" => (object, "null".to_owned()),
        "DELETE" => ("null".to_owned(), old_object),
        _ => (object, old_object),
    };
    let groups = random.pick(&["[]", "[\"dev\"]", "[\"ops\",\"dev\"]"]);
    let user = random.pick(&["jane", "joe", "system:serviceaccount:ns:sa"]);
    format!(
        r#"{{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{{"uid":"u","kind":{{"group":"","version":"v1","kind":"Pod"}},"resource":{{"group":"","version":"v1","resource":"pods"}},"name":"a","namespace":"{namespace}","operation":"{operation}","userInfo":{{"username":"{user}","groups":{groups}}},"object":{object},"oldObject":{old_object}}}}}"#
    )
}

/// The unit of a review that was made here.
pub(super) fn unit(review: &str) -> Unit {
    let operation = [Operation::Create, Operation::Update, Operation::Delete]
        .into_iter()
        .find(|operation| review.contains(&format!("\"operation\":\"{}\"", operation.as_str())));
    Unit::of_objects(Kind::new("", "v1", "Pod"), operation.unwrap_or(Operation::Create))
}

fn object(random: &mut Random, namespace: &str) -> String {
    let name = random.pick(&["a", "ab", "b", "x"]);
    let labels =
        random.pick(&["", r#","labels":{}"#, r#","labels":{"app":"a"}"#, r#","labels":{"app":"ab","old":"x"}"#]);
    let annotations = random.pick(&["", r#","annotations":{"ab":"x"}"#, r#","annotations":{"c":"d"}"#]);
    format!(
        r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{name}","namespace":"{namespace}"{labels}{annotations}}},"spec":{}}}"#,
        if random.one_in(2) { members(random, 3) } else { document::object(random, 2) }
    )
}

fn members(random: &mut Random, depth: usize) -> String {
    let mut parts = Vec::new();
    for name in SCALARS {
        if random.one_in(2) {
            let value = if random.one_in(12) { odd(random) } else { random.pick(&VALUES).to_owned() };
            parts.push(format!("\"{name}\":{value}"));
        }
    }
    if depth > 0 {
        for name in LISTS.into_iter().chain(["ports"]) {
            if random.one_in(2) {
                let count = random.below(4);
                let items: Vec<String> = (0..count)
                    .map(|_| if random.one_in(16) { odd(random) } else { members(random, depth - 1) })
                    .collect();
                let value = if random.one_in(16) { odd(random) } else { format!("[{}]", items.join(",")) };
                parts.push(format!("\"{name}\":{value}"));
            }
        }
    }
    format!("{{{}}}", parts.join(","))
}

fn item(text: &str) -> String {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or("{}");
    let rest: String = lines.map(|line| format!("  {line}\n")).collect();
    format!("- {first}\n{rest}")
}

fn indent(text: &str, spaces: usize) -> String {
    text.lines().map(|line| format!("{:spaces$}{line}\n", "")).collect()
}
