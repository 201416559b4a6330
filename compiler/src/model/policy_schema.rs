//! The fields of policies, exceptions and tests, for those who show them: an editor, a reference page.

use super::schema::cleanup::CLEANUP;
use super::schema::exception::EXCEPTION;
use super::schema::global::GLOBAL_ENTRY;
use super::schema::policy::POLICY;
use super::schema::testing::{TEST, USER, VALUES_FILE};
use super::schema::{self, Constraint, Shape, context};

/// An object of a policy document.
#[derive(Clone, Copy, Debug)]
pub struct Object(&'static schema::ObjectShape);

/// A field of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field(&'static schema::Field);

/// What a field takes.
#[derive(Clone, Copy, Debug)]
pub struct Type(&'static Shape);

/// The object that a document of a kind is; nothing for a kind that has no schema here.
pub fn document(kind: &str) -> Option<Object> {
    match kind {
        "ClusterPolicy" | "Policy" => Some(Object(&POLICY)),
        "CleanupPolicy" | "ClusterCleanupPolicy" => Some(Object(&CLEANUP)),
        "PolicyException" => Some(Object(&EXCEPTION)),
        "GlobalContextEntry" => Some(Object(&GLOBAL_ENTRY)),
        "Test" => Some(Object(&TEST)),
        "Values" | "Value" => Some(Object(&VALUES_FILE)),
        "UserInfo" => Some(Object(&USER)),
        _ => None,
    }
}

impl Object {
    /// What messages call it.
    pub fn title(self) -> &'static str {
        self.0.title
    }

    /// Its fields, deprecated ones included.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        self.0.fields.iter().map(Field)
    }

    /// The field of a name.
    pub fn field(self, name: &str) -> Option<Field> {
        self.0.field(name).map(Field)
    }

    /// The fields that exclude a field.
    pub fn excluded_by(self, name: &str) -> impl Iterator<Item = &'static str> {
        let groups = self.0.constraints.iter().filter_map(|constraint| match constraint {
            Constraint::AtMostOne(names) | Constraint::ExactlyOne(names) => Some(*names),
            Constraint::AllUnless { .. } | Constraint::Form(..) => None,
        });
        groups.filter(move |names| names.contains(&name)).flatten().copied().filter(move |other| *other != name)
    }
}

impl Field {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What it is for: a sentence.
    pub fn doc(self) -> &'static str {
        self.0.doc
    }

    /// What it takes.
    pub fn takes(self) -> Type {
        Type(&self.0.shape)
    }

    /// Whether it must be given.
    pub fn is_required(self) -> bool {
        self.0.required
    }

    /// What to write instead, when it is deprecated.
    pub fn successor(self) -> Option<&'static str> {
        self.0.successor
    }
}

impl Type {
    /// What is expected, in words.
    pub fn words(self) -> &'static str {
        self.0.expected()
    }

    /// The object with known fields that it is.
    pub fn object(self) -> Option<Object> {
        match self.0 {
            Shape::Object(object) => Some(Object(object)),
            Shape::Conditions => Some(Object(&context::ANY_ALL)),
            _ => None,
        }
    }

    /// What its items are, if it is a list. The plain list of conditions that Kyverno still takes counts as one.
    pub fn item(self) -> Option<Type> {
        static CONDITION: Shape = Shape::Object(&context::CONDITION);
        match self.0 {
            Shape::List(item) => Some(Type(item)),
            Shape::Conditions => Some(Type(&CONDITION)),
            _ => None,
        }
    }

    /// What its members are, if it is an object with keys of the author's choice.
    pub fn member(self) -> Option<Type> {
        match self.0 {
            Shape::MapOf(value) => Some(Type(value)),
            _ => None,
        }
    }

    /// The texts that it allows; none when it is not about a choice.
    pub fn choices(self) -> &'static [&'static str] {
        match self.0 {
            Shape::Choice(choices) => choices,
            Shape::Bool => &["true", "false"],
            _ => &[],
        }
    }

    /// Whether it takes anything.
    pub fn is_any(self) -> bool {
        matches!(self.0, Shape::Any)
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        matches!(self.0, Shape::List(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_from_the_document_down() {
        let spec = document("ClusterPolicy").and_then(|policy| policy.field("spec")?.takes().object()).unwrap();
        let rule = spec.field("rules").and_then(|rules| rules.takes().item()?.object()).unwrap();
        let validate = rule.field("validate").unwrap();
        assert_eq!(rule.excluded_by("validate").collect::<Vec<_>>(), ["mutate", "generate", "verifyImages"]);
        assert_eq!(
            validate.takes().object().and_then(|of| of.field("failureAction")?.takes().choices().first()),
            Some(&"Audit")
        );
        assert!(spec.field("validationFailureAction").unwrap().successor().is_some());
        assert!(document("Pod").is_none());
    }
}
