//! How long an editor waits.

use std::time::{Duration, Instant};

use dikast_compiler::compile_with;
use dikast_compiler::schema::Schemas;
use dikast_grammar::SourceMap;
use serde_json::json;

use crate::client::{Client, URI, place};

/// A policy of some two thousand lines.
fn policy() -> String {
    let mut text =
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:\n  name: large\nspec:\n  rules:\n".to_owned();
    for rule in 0..100 {
        text += &format!(
            "  - name: rule-{rule}
    match:
      any:
      - resources:
          kinds: [Pod]
          namespaces: [\"team-{rule}-*\"]
    preconditions:
      all:
      - key: \"{{{{ request.operation }}}}\"
        operator: AnyIn
        value: [CREATE, UPDATE]
    validate:
      message: \"{{{{ request.object.metadata.name }}}} breaks rule {rule}\"
      foreach:
      - list: request.object.spec.containers
        deny:
          conditions:
            any:
            - key: \"{{{{ element.image }}}}\"
              operator: Equals
              value: \"registry-{rule}.example.org/*\"
"
        );
    }
    text
}

/// The shortest of several times.
fn shortest(times: usize, mut run: impl FnMut()) -> Duration {
    let time = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..times).map(|_| time(&mut run)).min().unwrap()
}

#[test]
fn an_edit_takes_little_longer_than_checking_the_text() {
    let text = policy();
    let schemas = Schemas::embedded();
    let mut sources = SourceMap::new();
    sources.add("large.yaml", text.as_str());
    let checked = shortest(5, || assert_eq!(compile_with(&sources, schemas.clone()).diagnostics, []));
    let mut client = Client::initialised();
    client.open(URI, &text);
    assert_eq!(client.findings(URI), [] as [serde_json::Value; 0]);
    let at = place(&text, "breaks §rule 50");
    let answered = shortest(10, || {
        client.edit(URI, json!([{ "range": { "start": at, "end": at }, "text": "the " }]));
        assert_eq!(client.findings(URI), [] as [serde_json::Value; 0]);
    });
    client.finish();
    // The machine may have been busier, and pipes and the scheduler take something.
    assert!(answered < checked * 3 + Duration::from_millis(30), "{answered:?}, and {checked:?} to check the text");
}
