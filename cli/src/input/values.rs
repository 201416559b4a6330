//! Values for variables: `Values` files and `--set` (Kyverno `cmd/cli/kubectl-kyverno/variables`).

use std::collections::BTreeMap;
use std::path::Path;

use dikast_grammar::yaml::Node;
use dikast_runtime::request::{GroupVersionKind, Operation};
use dikast_stdlib::Value;

use super::InputError;
use super::fields::Fields;
use super::file::File;

/// The variable that decides which operation is simulated.
const OPERATION: &str = "request.operation";

/// What a `Values` file says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    global: Vec<(String, Value)>,
    policies: Vec<PolicyValues>,
    /// Labels of namespaces by name.
    pub(crate) namespaces: BTreeMap<String, BTreeMap<String, String>>,
    /// Subresources that objects of the given kinds stand for.
    pub(crate) subresources: Vec<Subresource>,
    set: Vec<(String, Value)>,
}

#[derive(Clone, Debug)]
struct PolicyValues {
    name: String,
    /// By object name.
    resources: Vec<(String, Vec<(String, Value)>)>,
    /// By rule name.
    rules: Vec<(String, Vec<(String, Value)>)>,
}

/// A kind that stands for a subresource of another.
#[derive(Clone, Debug)]
pub(crate) struct Subresource {
    /// The kind of the object.
    pub(crate) kind: GroupVersionKind,
    /// The kind of the parent.
    pub(crate) parent: GroupVersionKind,
    /// The name behind the slash, such as `scale`.
    pub(crate) name: String,
}

impl Values {
    /// Reads a file of kind `Values`.
    ///
    /// # Errors
    /// When it cannot be read, is of another form, or lacks `apiVersion` or `kind`.
    pub(crate) fn read(path: &Path) -> Result<Self, InputError> {
        let file = File::read(path)?;
        let Some(document) = file.documents.first() else {
            return Err(InputError::of_file(&path.display().to_string(), "holds no `Values` document"));
        };
        let mut fields = Fields::of(&file, document, "values")?;
        if fields.text("apiVersion")?.is_empty() || fields.text("kind")?.is_empty() {
            return Err(file.error(
                document.span,
                "needs `apiVersion: cli.kyverno.io/v1alpha1` and `kind: Values`; files without them are of a form that is no longer read",
            ));
        }
        fields.node("metadata");
        Self::from_fields(&file, fields)
    }

    /// Reads the content of a `Values` document, as it also stands in test files.
    pub(crate) fn from_node(file: &File, node: &Node) -> Result<Self, InputError> {
        Self::from_fields(file, Fields::of(file, node, "values")?)
    }

    fn from_fields(file: &File, mut fields: Fields<'_>) -> Result<Self, InputError> {
        let mut values = Self { global: floats(fields.members("globalValues")?), ..Self::default() };
        for node in fields.list("policies")?.unwrap_or_default() {
            values.policies.push(policy_values(file, node)?);
        }
        for node in fields.list("namespaceSelector")?.unwrap_or_default() {
            let mut selector = Fields::of(file, node, "namespaceSelector")?;
            let name = selector.text("name")?;
            values.namespaces.insert(name, selector.text_members("labels")?.into_iter().collect());
            selector.finish()?;
        }
        // whole objects win over labels alone
        for node in fields.list("namespaces")?.unwrap_or_default() {
            let object = Value::from(node);
            let name = object.at(&["metadata", "name"]).and_then(Value::as_text).unwrap_or_default();
            let labels = object.at(&["metadata", "labels"]).and_then(Value::as_object).cloned().unwrap_or_default();
            let labels =
                labels.iter().filter_map(|(key, value)| Some((key.to_string(), value.as_text()?.to_owned()))).collect();
            values.namespaces.insert(name.to_owned(), labels);
        }
        for node in fields.list("subresources")?.unwrap_or_default() {
            values.subresources.push(subresource(file, node)?);
        }
        fields.finish()?;
        Ok(values)
    }

    /// Adds `name=value` pairs of the command line. What is no pair, names a part of `request.object` or repeats a name
    /// is passed over, as Kyverno does.
    pub(crate) fn add_pairs<'p>(&mut self, pairs: impl IntoIterator<Item = &'p str>) {
        for pair in pairs {
            let parts: Vec<&str> = pair.split('=').map(str::trim).collect();
            let [key, value] = parts[..] else { continue };
            let known = self.set.iter().any(|(name, _)| name == key);
            if !key.is_empty() && !value.is_empty() && !key.contains("request.object.") && !known {
                self.set.push((key.to_owned(), Value::text(value)));
            }
        }
    }

    /// Adds labels of namespaces, where the values have none.
    pub(crate) fn add_namespaces(&mut self, namespaces: BTreeMap<String, BTreeMap<String, String>>) {
        for (name, labels) in namespaces {
            self.namespaces.entry(name).or_insert(labels);
        }
    }

    /// The variables for a policy on an object, the later ones stronger; the operation is not among them.
    pub(crate) fn variables(&self, policy: &str, object: &str) -> Vec<(String, Value)> {
        let mut variables = self.all(policy, object);
        // of the operations, the context takes only this one from the values
        variables.retain(|name, value| name != OPERATION || value.as_text() == Some("CONNECT"));
        variables.into_iter().collect()
    }

    /// The operation that the values name for a policy on an object.
    pub(crate) fn operation(&self, policy: &str, object: &str) -> Option<String> {
        self.all(policy, object).get(OPERATION).and_then(Value::as_text).map(str::to_owned)
    }

    /// Whether there are variables for a policy on an object, or for rules of the policy.
    pub(crate) fn concern(&self, policy: &str, object: &str) -> bool {
        let of_rules = self.policies.iter().filter(|values| values.name == policy);
        !self.variables(policy, object).is_empty() || of_rules.into_iter().any(|values| !values.rules.is_empty())
    }

    fn all(&self, policy: &str, object: &str) -> BTreeMap<String, Value> {
        let mut variables: BTreeMap<String, Value> = self.global.iter().cloned().collect();
        for policy in self.policies.iter().filter(|values| values.name == policy) {
            for (_, values) in policy.resources.iter().filter(|(name, _)| name == object) {
                variables.extend(values.iter().cloned());
            }
        }
        variables.extend(self.set.iter().cloned());
        variables
    }

    /// The variables of a rule, autogen's rules included.
    pub(crate) fn rule_variables(&self, policy: &str, rule: &str) -> &[(String, Value)] {
        let is_rule = |name: &str| {
            let written = rule.strip_prefix("autogen-cronjob-").or_else(|| rule.strip_prefix("autogen-"));
            name == rule || written == Some(name)
        };
        let rules = self.policies.iter().filter(|values| values.name == policy).flat_map(|values| &values.rules);
        rules.into_iter().find(|(name, _)| is_rule(name)).map(|(_, values)| values.as_slice()).unwrap_or_default()
    }

    /// Checks the operation that the global values name.
    ///
    /// # Errors
    /// When it is none that can be simulated.
    pub(crate) fn check_operation(&self) -> Result<(), InputError> {
        let named = self.global.iter().find(|(key, _)| key == OPERATION).and_then(|(_, value)| value.as_text());
        match named.filter(|name| !name.is_empty() && Operation::parse(name) == Operation::Unknown) {
            None => Ok(()),
            Some(name) => Err(InputError {
                place: OPERATION.to_owned(),
                message: format!("`{name}` is none of CREATE, UPDATE, DELETE and CONNECT"),
            }),
        }
    }
}

/// The members on the way to a variable: the parts of its name between dots. A part in quotes may hold dots, and a
/// quote in it is written twice.
pub(crate) fn path_of(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = name.chars().peekable();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        let last = parts.len() - 1;
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                parts[last].push('"');
            }
            '"' if quoted || parts[last].is_empty() => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            other => parts[last].push(other),
        }
    }
    parts
}

/// Values come through Go's JSON decoder, which makes all numbers floats.
fn floats(members: Vec<(String, Value)>) -> Vec<(String, Value)> {
    members.into_iter().map(|(key, value)| (key, value.to_floats())).collect()
}

fn policy_values(file: &File, node: &Node) -> Result<PolicyValues, InputError> {
    let mut fields = Fields::of(file, node, "policy")?;
    let mut policy = PolicyValues { name: fields.text("name")?, resources: Vec::new(), rules: Vec::new() };
    for node in fields.list("resources")?.unwrap_or_default() {
        let mut resource = Fields::of(file, node, "resource")?;
        policy.resources.push((resource.text("name")?, floats(resource.members("values")?)));
        resource.finish()?;
    }
    for node in fields.list("rules")?.unwrap_or_default() {
        let mut rule = Fields::of(file, node, "rule")?;
        let name = rule.text("name")?;
        let mut values = floats(rule.members("values")?);
        for (key, elements) in rule.members("foreachValues")? {
            // Kyverno only ever takes the first of them
            if let Some(first) = elements.as_list().and_then(<[Value]>::first) {
                values.push((key, first.to_floats()));
            }
        }
        rule.finish()?;
        policy.rules.push((name, values));
    }
    fields.finish()?;
    Ok(policy)
}

fn subresource(file: &File, node: &Node) -> Result<Subresource, InputError> {
    let kind = |fields: &mut Fields<'_>, name| -> Result<(GroupVersionKind, String), InputError> {
        let resource = fields.value(name).unwrap_or_default();
        let text = |key| resource.get(key).and_then(Value::as_text).unwrap_or_default();
        let kind = GroupVersionKind {
            group: text("group").into(),
            version: text("version").into(),
            kind: text("kind").into(),
        };
        Ok((kind, text("name").to_owned()))
    };
    let mut fields = Fields::of(file, node, "subresource")?;
    let (child, name) = kind(&mut fields, "subresource")?;
    let (parent, _) = kind(&mut fields, "parentResource")?;
    fields.finish()?;
    let Some((_, name)) = name.split_once('/') else {
        return Err(file.error(node.span, "subresource.name must have the form `resource/subresource`"));
    };
    Ok(Subresource { kind: child, parent, name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: &str = "
globalValues: {request.operation: UPDATE, count: 1}
policies:
- name: p
  resources: [{name: web, values: {count: 2}}]
  rules: [{name: r, values: {x: a}, foreachValues: {element.name: [first, second]}}]
namespaceSelector: [{name: blue, labels: {team: x}}]
subresources:
- subresource: {name: deployments/scale, kind: Scale, group: autoscaling, version: v1}
  parentResource: {name: deployments, kind: Deployment, group: apps, version: v1}
";

    fn values() -> Values {
        let file = File::parse("v.yaml", VALUES.to_owned()).unwrap();
        Values::from_node(&file, &file.documents[0]).unwrap()
    }

    #[test]
    fn later_layers_win() {
        let mut values = values();
        let count = |values: &Values, object| {
            values.variables("p", object).into_iter().find(|(key, _)| key == "count").map(|(_, value)| value)
        };
        assert_eq!(count(&values, "other"), Some(Value::Float(1.0)));
        assert_eq!(count(&values, "web"), Some(Value::Float(2.0)));
        values.add_pairs(["count=3", "count=4", "request.object.x=1", "bad"]);
        assert_eq!(count(&values, "web"), Some(Value::text("3")));
        assert_eq!(values.variables("p", "web").len(), 1);
        assert_eq!(values.operation("p", "web").as_deref(), Some("UPDATE"));
        assert!(values.concern("p", "other"));
    }

    #[test]
    fn rules_of_autogen_have_the_values_of_the_written_one() {
        let values = values();
        assert_eq!(values.rule_variables("p", "autogen-cronjob-r").len(), 2);
        assert_eq!(values.rule_variables("p", "r")[1], ("element.name".to_owned(), Value::text("first")));
        assert!(values.rule_variables("p", "other").is_empty());
        assert_eq!(values.subresources[0].name, "scale");
    }

    #[test]
    fn names_are_cut_at_dots_outside_quotes() {
        assert_eq!(path_of("request.object.a"), ["request", "object", "a"]);
        assert_eq!(path_of(r#"a."b.c"."d""e""#), ["a", "b.c", "d\"e"]);
    }
}
