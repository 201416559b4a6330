//! What an entry of the global context holds at one time.

use std::collections::BTreeMap;
use std::sync::Arc;

use dikast_stdlib::Value;
use dikast_stdlib::functions::Environment;

use super::entry::Projection;
use crate::interpreter::Fault;

/// The data of an entry, with its projections computed.
#[derive(Clone, Debug, PartialEq)]
pub struct GlobalSnapshot {
    whole: Value,
    projections: BTreeMap<Arc<str>, Value>,
    /// Of an answer, what is null counts as not there.
    is_answer: bool,
}

impl GlobalSnapshot {
    /// A list of objects (Kyverno `pkg/globalcontext/k8sresource/entry.go`). A projection that fails is what it was
    /// `before`; gives why those that did.
    pub fn of_objects(
        objects: Value,
        projections: &[Projection],
        before: Option<&Self>,
        environment: &dyn Environment,
    ) -> (Self, Vec<String>) {
        let mut computed = BTreeMap::new();
        let mut faults = Vec::new();
        for Projection { name, expression } in projections {
            match expression.ask(&objects, environment) {
                Ok(value) => drop(computed.insert(Arc::clone(name), value)),
                Err(fault) => {
                    faults.push(format!("failed to apply projection \"{name}\": {fault}"));
                    if let Some(value) = before.and_then(|before| before.projections.get(name)) {
                        computed.insert(Arc::clone(name), value.clone());
                    }
                }
            }
        }
        (Self { whole: objects, projections: computed, is_answer: false }, faults)
    }

    /// The answer of a call (Kyverno `pkg/globalcontext/externalapi/entry.go`).
    ///
    /// # Errors
    ///
    /// Why a projection cannot be computed.
    pub fn of_answer(answer: &Value, projections: &[Projection], environment: &dyn Environment) -> Result<Self, Fault> {
        let whole = answer.to_floats();
        let compute = |projection: &Projection| {
            Ok::<_, Fault>((Arc::clone(&projection.name), projection.expression.ask(&whole, environment)?))
        };
        let projections = projections.iter().map(compute).collect::<Result<_, _>>()?;
        Ok(Self { whole, projections, is_answer: true })
    }

    /// All of the data, or a projection of it.
    ///
    /// # Errors
    ///
    /// In Kyverno's words, when there is nothing of that name.
    pub fn get(&self, projection: Option<&str>) -> Result<Value, String> {
        let found = match projection {
            None => Some(&self.whole),
            Some(name) => self.projections.get(name),
        };
        match (found.filter(|value| !(self.is_answer && value.is_null())), projection) {
            (Some(value), _) => Ok(value.clone()),
            (None, Some(name)) if !self.is_answer => Err(format!("projection \"{name}\" not found")),
            (None, _) => Err("no data available".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use dikast_stdlib::functions::Isolated;

    use super::*;
    use crate::interpreter::LoneExpression;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    fn projections(texts: &[(&str, &str)]) -> Vec<Projection> {
        let read = |&(name, text): &(&str, &str)| Projection {
            name: name.into(),
            expression: LoneExpression::parse(text).unwrap(),
        };
        texts.iter().map(read).collect()
    }

    #[test]
    fn objects_keep_projections_that_fail() {
        let projections = projections(&[("names", "[].metadata.name"), ("first", "[0].a.b"), ("none", "[9]")]);
        let take = |json, before| GlobalSnapshot::of_objects(value(json), &projections, before, &Isolated::EPOCH);
        let (first, faults) = take(r#"[{"metadata":{"name":"x"},"a":{"b":1}}]"#, None);
        assert_eq!((first.get(Some("first")), faults.len()), (Ok(Value::Int(1)), 0));
        let (second, faults) = take(r#"[{"metadata":{"name":"y"},"a":{}}]"#, Some(&first));
        assert_eq!(second.get(Some("names")), Ok(value(r#"["y"]"#)));
        assert_eq!(second.get(Some("first")), Ok(Value::Int(1)));
        assert_eq!(second.get(Some("none")), Ok(Value::Null));
        assert!(faults[0].starts_with("failed to apply projection \"first\": "), "{faults:?}");
        assert_eq!(second.get(Some("other")), Err("projection \"other\" not found".to_owned()));
        assert_eq!(take(r#"[{"a":{}}]"#, None).0.get(Some("first")), Err("projection \"first\" not found".to_owned()));
    }

    #[test]
    fn answers_have_floats_and_nothing_for_null() {
        let take = |json, texts: &[_]| GlobalSnapshot::of_answer(&value(json), &projections(texts), &Isolated::EPOCH);
        let answer = take(r#"{"a":1,"b":null}"#, &[("a", "a"), ("b", "b")]).unwrap();
        assert_eq!(answer.get(Some("a")), Ok(Value::Float(1.0)));
        for projection in [Some("b"), Some("c")] {
            assert_eq!(answer.get(projection), Err("no data available".to_owned()));
        }
        assert_eq!(take("null", &[]).unwrap().get(None), Err("no data available".to_owned()));
        assert!(take("{}", &[("a", "a.b")]).is_err());
    }
}
