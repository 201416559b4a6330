//! Parsers of `dikast-grammar`.

use dikast_grammar::kind::{KindSelector, plain_kind};
use dikast_grammar::{FileId, anchor, jmespath, json, reference, template, yaml};

use crate::novelty::Novelty;

pub(super) fn yaml(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    let parsed = yaml::parse(FileId(0), &text);
    for error in &parsed.errors {
        assert!(error.span.end as usize <= text.len(), "a fault beyond the end");
        assert!(text.is_char_boundary(error.span.start as usize), "a fault within a character");
    }
    for document in &parsed.documents {
        assert!(document.span.end as usize <= text.len(), "a document beyond the end");
    }
    novelty.look(&parsed);
}

pub(super) fn json(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    let parsed = json::parse(&text);
    if let Ok(theirs) = serde_json::from_str::<serde_json::Value>(&text) {
        let is_deep = text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() > 100;
        assert!(parsed.is_ok() || is_deep, "{theirs} is refused");
    }
    novelty.look(&parsed);
}

pub(super) fn jmespath(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    let parsed = jmespath::parse(&text);
    novelty.look(&parsed);
    for error in &parsed.errors {
        assert!(text.get(error.range.clone()).is_some(), "a fault that is no part of the text");
    }
    // Forms that Kyverno accepts although they are no JMESPath have no text of their own.
    if let Some(ast) = parsed.ast.filter(|_| parsed.lenient.is_empty()) {
        let printed = ast.to_string();
        let again = jmespath::parse(&printed);
        // The parentheses of a long row of references are levels that its text did not have.
        if again.errors.iter().any(|error| error.fault == jmespath::Fault::TooDeep) {
            return;
        }
        let again = again.ast.map(|ast| ast.to_string());
        assert_eq!(again.as_deref(), Some(printed.as_str()), "{text:?} does not print as it parses");
    }
}

pub(super) fn template(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    novelty.look(&template::Template::parse(&text));
    novelty.look(&template::find_variables(&text));
    novelty.look(&template::unescape(&text));
}

pub(super) fn reference(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    novelty.look(&reference::find_references(&text));
    novelty.look(&reference::unescape_references(&text));
    novelty.look(&reference::absolute_path(&text, "/a/b/0"));
    novelty.look(&reference::without_anchors(&text));
    novelty.look(&anchor::parse(&text));
    novelty.look(&KindSelector::parse(&text));
    novelty.look(&plain_kind(&text));
}
