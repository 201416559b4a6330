//! The expressions that policies ask most often, each answered in three ways: by native code, by the `jmespath` crate
//! and by hand.

mod by_hand;
mod by_value;

use dikast_compiler::codegen::Question;
use dikast_compiler::lower::expression::lower_query;
use dikast_runtime::document::Frame;
use dikast_runtime::native::{NativeQuestion, Outcome};
use dikast_stdlib::Value;
use jmespath::{Expression, Rcvar};
use serde::{Serialize, Serializer};

use dikast_stdlib::functions::Isolated;

/// The document that is asked: a review of a Pod, with what Kyverno's context has beside it.
pub const DOCUMENT: &str = include_str!("document.json");

/// An expression with what somebody would write in its place.
pub struct Case {
    /// The expression.
    pub expression: &'static str,
    /// Finds its value in the text of a document. It reads what it needs with types made for it.
    pub from_text: fn(&str) -> Option<Value>,
    /// Finds its value in a document that was read.
    pub from_value: fn(&Value) -> Option<Value>,
}

/// The ten commonest, by what they do; written anew.
pub const CASES: [Case; 10] = [
    Case {
        expression: "request.operation || 'BACKGROUND'",
        from_text: by_hand::operation,
        from_value: by_value::operation,
    },
    Case { expression: "request.object.metadata.name", from_text: by_hand::name, from_value: by_value::name },
    Case { expression: "request.namespace", from_text: by_hand::namespace, from_value: by_value::namespace },
    Case {
        expression: "request.object.metadata.annotations.role",
        from_text: by_hand::annotation,
        from_value: by_value::annotation,
    },
    Case { expression: "element.image", from_text: by_hand::element, from_value: by_value::element },
    Case {
        expression: "request.object.spec.[ephemeralContainers, initContainers, containers][].image",
        from_text: by_hand::all_images,
        from_value: by_value::all_images,
    },
    Case {
        expression: "request.object.spec.containers[].securityContext.capabilities.drop[]",
        from_text: by_hand::dropped,
        from_value: by_value::dropped,
    },
    Case {
        expression: "images.containers.*.registry",
        from_text: by_hand::registries,
        from_value: by_value::registries,
    },
    Case {
        expression: "length(request.object.spec.initContainers || `[]`)",
        from_text: by_hand::init_containers,
        from_value: by_value::init_containers,
    },
    Case {
        expression: "request.object.metadata.ownerReferences[0].kind || ''",
        from_text: by_hand::owner,
        from_value: by_value::owner,
    },
];

/// Native code of an expression.
pub struct Native {
    question: NativeQuestion,
}

impl Native {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// When there is no native code for it.
    pub fn new(expression: &str) -> Result<Self, String> {
        let (program, expr) = lower_query(expression)?;
        let question = NativeQuestion::compile(&program, &Question::Query(expr)).map_err(|error| error.to_string())?;
        Ok(Self { question })
    }

    /// Reads what the expression needs of a text, and finds its value.
    pub fn from_text(&self, frame: &mut Frame, text: &str) -> Option<Value> {
        value(self.question.read(frame, text.as_bytes()).ok()?.answer(&Isolated::EPOCH))
    }

    /// The question, to be asked more than once of what was read.
    pub fn question(&self) -> &NativeQuestion {
        &self.question
    }
}

/// The value of an outcome.
pub fn value(outcome: Outcome) -> Option<Value> {
    match outcome {
        Outcome::Value(value) => Some(value),
        _ => None,
    }
}

/// The `jmespath` crate's form of an expression.
///
/// # Errors
///
/// When it does not parse.
pub fn compiled_by_crate(expression: &str) -> Result<Expression<'static>, String> {
    jmespath::compile(expression).map_err(|error| error.to_string())
}

/// The value that the `jmespath` crate finds in a text.
pub fn crate_from_text(expression: &Expression<'_>, text: &str) -> Option<Rcvar> {
    expression.search(Json(text)).ok()
}

/// A text that becomes what the crate asks for by one pass over it. On stable Rust the crate converts whatever it is
/// given, even its own values, by serialising it.
struct Json<'a>(&'a str);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_transcode::transcode(&mut serde_json::Deserializer::from_str(self.0), serializer)
    }
}
