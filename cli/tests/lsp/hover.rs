//! What is said of what stands at a place.

use serde_json::Value;

use crate::client::{Client, URI, about};
use crate::sample::POLICY;

fn hovers(client: &mut Client, text: &str, marked: &str) -> String {
    match client.ask("textDocument/hover", about(text, marked)) {
        Value::Null => String::new(),
        hover => hover["contents"]["value"].as_str().unwrap().to_owned(),
    }
}

#[test]
fn everything_says_what_it_is() {
    let mut client = Client::initialised();
    client.open(URI, POLICY);
    for (marked, expected) in [
        ("pre§conditions:", "**`preconditions`**: an object with `any` or `all`"),
        ("validationFailureAct§ion", "*Deprecated:*"),
        ("pat§tern:", "Not beside"),
        ("Greater§Than", "greater than"),
        ("- P§od", "`v1 Pod`, namespaced"),
        ("{{ len§gth(", "length("),
        ("{{ allo§wed.data", "ConfigMap `default/owners`. Defined in line 15."),
        ("jmesPath: req§uest", "admission request"),
        ("jmesPath: request.obj§ect", "as it will be"),
        ("jmesPath: request.object.spec.cont§ainers", "a list of `Container`"),
        ("{{ first.im§age", "**`image`**: the reference of an image"),
        ("containers[?im§age ==", "**`image`**: the reference of an image"),
        ("{{ ele§ment.image", "`Container`"),
        ("{{ element.im§age", "**`image`**: the reference of an image"),
        ("=(host§Network)", "If it is there"),
        ("=(host§Network)", "**`hostNetwork`**: a truth value"),
        ("own§er: ", ""),
        ("con§tainers:\n          - image: \"*", "a list of `Container`"),
        ("- im§age: \"*", "**`image`**: the reference of an image"),
    ] {
        let said = hovers(&mut client, POLICY, marked);
        assert!(said.contains(expected) && (!expected.is_empty() || said.is_empty()), "{marked}: {said}");
    }
    client.finish();
}

#[test]
fn a_finding_shows_its_page() {
    let mut client = Client::initialised();
    client.open(URI, "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: a}\nspek: {} # DK0201\n");
    let text = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: a}\nspek: {} # DK0201\n";
    assert!(hovers(&mut client, text, "sp§ek").contains("**DK0201**: unknown field"));
    assert!(hovers(&mut client, text, "# DK0§201").contains("#### Right"));
    client.finish();
}

#[test]
fn other_documents_are_left_alone() {
    let mut client = Client::initialised();
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  spec: '{{ request.object }}'\n";
    client.open(URI, text);
    for marked in ["sp§ec", "requ§est", "ki§nd"] {
        assert_eq!(hovers(&mut client, text, marked), "", "{marked}");
    }
    client.finish();
}
