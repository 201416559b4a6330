//! The form of `kyverno-test.yaml` (Kyverno `cmd/cli/kubectl-kyverno/apis/v1alpha1/test.go`).

use std::path::{Component, Path, PathBuf};

use dikast_grammar::yaml::Node;
use dikast_runtime::request::Operation;
use dikast_stdlib::Value;

use super::assertion::Check;
use crate::input::InputError;
use crate::input::fields::Fields;
use crate::input::file::File;
use crate::input::folder::globbed;
use crate::input::values::Values;

/// One test: policies, what they are applied to, and what should come of it.
#[derive(Debug)]
pub(crate) struct Test {
    /// The file it stands in; its paths are relative to the folder of that.
    pub(crate) path: PathBuf,
    /// Its name in the old form of tests; the present form has none that Kyverno shows.
    pub(crate) name: String,
    /// Files with policies.
    pub(crate) policies: Vec<PathBuf>,
    /// Files with objects.
    pub(crate) resources: Vec<PathBuf>,
    /// Files with existing objects that rules with targets change.
    pub(crate) target_resources: Vec<PathBuf>,
    /// Files with policy exceptions.
    pub(crate) exceptions: Vec<PathBuf>,
    /// Where values for variables come from.
    pub(crate) values: ValuesSource,
    /// File with the user.
    pub(crate) user: Option<PathBuf>,
    /// Files that say what exists in the cluster.
    pub(crate) cluster_resources: Vec<PathBuf>,
    /// Answers to API calls.
    pub(crate) api_calls: Vec<ApiCallAnswer>,
    /// Entries of the global context.
    pub(crate) global_entries: Vec<GlobalEntry>,
    /// Fields that only policies in CEL use.
    pub(crate) cel_inputs: bool,
    /// What should come of it.
    pub(crate) expectations: Vec<Expectation>,
    /// Assertions about what the rules answer.
    pub(crate) checks: Vec<Check>,
    /// What is odd about the form of the file.
    pub(crate) warnings: Vec<String>,
}

/// Where values for variables come from.
#[derive(Debug)]
pub(crate) enum ValuesSource {
    /// Nowhere.
    None,
    /// A file of kind `Values`.
    File(PathBuf),
    /// The test itself.
    Inline(Values),
}

/// The answer to an API call.
#[derive(Debug)]
pub(crate) struct ApiCallAnswer {
    /// The URL of a service, or the path of the API server.
    pub(crate) url: String,
    /// Only for this method; any when absent.
    pub(crate) method: Option<String>,
    /// The status code.
    pub(crate) status: i64,
    /// The body, an object.
    pub(crate) body: Value,
}

/// An entry of the global context.
#[derive(Debug)]
pub(crate) struct GlobalEntry {
    /// Its name.
    pub(crate) name: String,
    /// What it holds before projections.
    pub(crate) root: Value,
    /// An expression that takes a part of it.
    pub(crate) field_path: String,
    /// Names and expressions; when there are any, the entry is an object of them.
    pub(crate) projections: Vec<(String, String)>,
}

/// One entry of `results`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expectation {
    /// The policy as written, with its namespace perhaps.
    pub(crate) policy: String,
    /// The rule; empty for all.
    pub(crate) rule: String,
    /// The status.
    pub(crate) result: String,
    /// Objects by `name` or `namespace/name`; nothing when the field is absent.
    pub(crate) resources: Option<Vec<String>>,
    /// Objects by group, version, namespace and name.
    pub(crate) resource_specs: Vec<ResourceSpec>,
    /// Evaluate this operation.
    pub(crate) operation: Option<Operation>,
    /// File with the objects after mutation.
    pub(crate) patched: Option<PathBuf>,
    /// Files with generated objects; any one of them has to fit.
    pub(crate) generated: Vec<PathBuf>,
    /// Whether there is a list of them, which changes Kyverno's words.
    pub(crate) generated_listed: bool,
    /// File with the objects that a generate rule clones.
    pub(crate) clone_source: Option<PathBuf>,
    /// Whether an object that the file lacks is a failure.
    pub(crate) fail_on_missing: bool,
}

impl Expectation {
    /// The policy's name without a namespace.
    pub(crate) fn policy_name(&self) -> &str {
        self.policy.rsplit('/').next().unwrap_or_default()
    }

    /// Whether a rule is the one that it names, or one that autogen made of it.
    pub(crate) fn names_rule(&self, name: &str) -> bool {
        let written = name.strip_prefix("autogen-");
        let names = [Some(name), written, written.and_then(|name| name.strip_prefix("cronjob-"))];
        names.contains(&Some(self.rule.as_str()))
    }
}

/// An object by group, version, namespace and name.
#[derive(Clone, Debug)]
pub(crate) struct ResourceSpec {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

/// Reads the tests of a file, one per document.
///
/// # Errors
/// When it cannot be read or has another form.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Test>> {
    let file = File::read(path)?;
    file.documents.iter().filter(|node| !node.is_null()).map(|node| test(path, &file, node)).collect()
}

/// Paths in a test file are relative to its folder.
struct Folder<'a>(&'a Path);

impl Folder<'_> {
    fn path(&self, path: &str) -> PathBuf {
        clean(&self.0.join(path))
    }

    fn one(&self, path: String) -> Option<PathBuf> {
        (!path.is_empty()).then(|| self.path(&path))
    }

    fn all(&self, paths: Option<Vec<String>>) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = Vec::new();
        for path in paths.unwrap_or_default() {
            for path in globbed(self.path(&path)) {
                if !all.contains(&path) {
                    all.push(path);
                }
            }
        }
        all
    }
}

/// A path without `.` and `..`, as far as its text tells.
fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(cleaned.components().next_back(), Some(Component::Normal(_))) => {
                cleaned.pop();
            }
            other => cleaned.push(other),
        }
    }
    cleaned
}

fn test(path: &Path, file: &File, node: &Node) -> anyhow::Result<Test> {
    let folder = Folder(path.parent().unwrap_or(Path::new("")));
    let mut fields = Fields::of(file, node, "test")?;
    let mut warnings = Vec::new();
    let name = fields.text("name")?;
    if fields.text("apiVersion")?.is_empty() || fields.text("kind")?.is_empty() || !name.is_empty() {
        let odd = "the old form of tests, which Kyverno no longer reads: write `apiVersion: cli.kyverno.io/v1alpha1`, \
                   `kind: Test` and the name in `metadata`";
        warnings.push(file.error(node.span, odd).to_string());
    }
    fields.node("metadata");
    let values_file = fields.text("variables")?;
    let values = match fields.node("values") {
        Some(node) => ValuesSource::Inline(Values::from_node(file, node)?),
        None => folder.one(values_file).map_or(ValuesSource::None, ValuesSource::File),
    };
    let mut cel_inputs = false;
    for name in ["jsonPayload", "jsonPayloads", "httpPayloads", "envoyPayloads", "paramResources", "context"] {
        cel_inputs |= fields.node(name).is_some();
    }
    let test = Test {
        path: path.to_owned(),
        name,
        policies: folder.all(fields.texts("policies")?),
        resources: folder.all(fields.texts("resources")?),
        target_resources: folder.all(fields.texts("targetResources")?),
        exceptions: folder.all(fields.texts("exceptions")?),
        values,
        user: folder.one(fields.text("userinfo")?),
        cluster_resources: folder.all(fields.texts("clusterResources")?),
        api_calls: each(&mut fields, "apiCallResponses", |node| api_call(file, node))?,
        global_entries: each(&mut fields, "globalContextEntries", |node| global_entry(file, &folder, node))?,
        cel_inputs,
        expectations: each(&mut fields, "results", |node| expectation(file, &folder, node))?,
        checks: each(&mut fields, "checks", |node| Check::read(file, node))?,
        warnings,
    };
    fields.finish()?;
    Ok(test)
}

fn each<T, E: From<InputError>>(
    fields: &mut Fields<'_>,
    name: &'static str,
    read: impl FnMut(&Node) -> Result<T, E>,
) -> Result<Vec<T>, E> {
    fields.list(name)?.unwrap_or_default().iter().map(read).collect()
}

fn expectation(file: &File, folder: &Folder<'_>, node: &Node) -> Result<Expectation, InputError> {
    let mut fields = Fields::of(file, node, "result")?;
    let operation = match fields.text("operation")?.as_str() {
        "" => None,
        "CREATE" => Some(Operation::Create),
        "UPDATE" => Some(Operation::Update),
        "DELETE" => Some(Operation::Delete),
        other => {
            let message = format!("result.operation must be CREATE, UPDATE or DELETE, not `{other}`");
            return Err(file.error(node.span, message));
        }
    };
    let (one, several) = (fields.text("generatedResource")?, fields.texts("generatedResources")?.unwrap_or_default());
    let generated_listed = !several.is_empty();
    let generated = if generated_listed { several } else { vec![one] };
    let mut resources = fields.texts("resources")?;
    let mut result = fields.text("result")?;
    let mut patched = fields.text("patchedResources")?;
    // names of the old form
    let (namespace, name) = (fields.text("namespace")?, fields.text("resource")?);
    if !name.is_empty() {
        let name = if namespace.is_empty() { name } else { format!("{namespace}/{name}") };
        resources.get_or_insert_default().push(name);
    }
    for (given, old) in [(&mut result, "status"), (&mut patched, "patchedResource")] {
        let old = fields.text(old)?;
        if given.is_empty() {
            *given = old;
        }
    }
    let expectation = Expectation {
        policy: fields.text("policy")?,
        rule: fields.text("rule")?,
        result,
        resources,
        resource_specs: each(&mut fields, "resourceSpecs", |node| resource_spec(file, node))?,
        operation,
        patched: folder.one(patched),
        generated: generated.into_iter().filter_map(|path| folder.one(path)).collect(),
        generated_listed,
        clone_source: folder.one(fields.text("cloneSourceResource")?),
        fail_on_missing: fields.flag("failOnMissingResources")?,
    };
    fields.text("kind")?;
    for name in [
        "isValidatingAdmissionPolicy",
        "isMutatingAdmissionPolicy",
        "isValidatingPolicy",
        "isDeletingPolicy",
        "isImageValidatingPolicy",
        "isGeneratingPolicy",
        "isMutatingPolicy",
    ] {
        fields.flag(name)?;
    }
    fields.finish()?;
    Ok(expectation)
}

fn resource_spec(file: &File, node: &Node) -> Result<ResourceSpec, InputError> {
    let mut fields = Fields::of(file, node, "resourceSpec")?;
    let spec = ResourceSpec {
        group: fields.text("group")?,
        version: fields.text("version")?,
        namespace: fields.text("namespace")?,
        name: fields.text("name")?,
    };
    fields.text("kind")?;
    fields.text("subresource")?;
    fields.finish()?;
    Ok(spec)
}

fn api_call(file: &File, node: &Node) -> Result<ApiCallAnswer, InputError> {
    let mut fields = Fields::of(file, node, "apiCallResponse")?;
    let (url, path) = (fields.text("url")?.trim().to_owned(), fields.text("urlPath")?.trim().to_owned());
    let method = fields.text("method")?.trim().to_uppercase();
    let Some(response) = fields.node("response") else {
        return Err(file.error(node.span, "apiCallResponse needs a `response`"));
    };
    fields.finish()?;
    let mut response_fields = Fields::of(file, response, "response")?;
    let status = response_fields.number("statusCode")?.filter(|&code| code != 0).unwrap_or(200);
    let body = response_fields.value("body").unwrap_or_default();
    response_fields.finish()?;
    let problem = match (url.as_str(), path.as_str()) {
        ("", "") => Some("needs `url` or `urlPath`"),
        ("", path) if !path.starts_with('/') => Some("has a `urlPath` that does not start with `/`"),
        (url, "") if !url.starts_with("http://") && !url.starts_with("https://") => {
            Some("has a `url` that is no http or https address")
        }
        (url, path) if !url.is_empty() && !path.is_empty() => Some("has both `url` and `urlPath`; only one can be"),
        _ if !matches!(method.as_str(), "" | "GET" | "POST") => Some("has a `method` other than GET and POST"),
        _ if body.as_object().is_none() => Some("needs an object as `response.body`"),
        _ if !(100..=599).contains(&status) => Some("has a `statusCode` outside 100 to 599"),
        _ => None,
    };
    match problem {
        Some(problem) => Err(file.error(node.span, format!("apiCallResponse {problem}"))),
        None => Ok(ApiCallAnswer {
            url: if url.is_empty() { path } else { url },
            method: (!method.is_empty()).then_some(method),
            status,
            body: body.to_floats(),
        }),
    }
}

fn global_entry(file: &File, folder: &Folder<'_>, node: &Node) -> Result<GlobalEntry, InputError> {
    let mut fields = Fields::of(file, node, "globalContextEntry")?;
    let name = fields.text("name")?.trim().to_owned();
    let (data, resources) = (fields.value("data"), fields.list("resources")?);
    let resource_files = fields.texts("resourceFiles")?;
    let field_path = fields.text("fieldPath")?;
    let mut projections = Vec::new();
    for node in fields.list("projections")?.unwrap_or_default() {
        let mut projection = Fields::of(file, node, "projection")?;
        projections.push((projection.text("name")?, projection.text("path")?));
        projection.finish()?;
    }
    fields.finish()?;
    let given = usize::from(data.is_some()) + usize::from(resources.is_some()) + usize::from(resource_files.is_some());
    if name.is_empty() || given != 1 {
        let message = "globalContextEntry needs a `name` and one of `data`, `resources` and `resourceFiles`";
        return Err(file.error(node.span, message));
    }
    let root = match (data, resources, resource_files) {
        (Some(data), ..) => data,
        (_, Some(resources), _) => Value::list(resources.iter().map(Value::from)),
        (_, _, files) => {
            let mut objects = Vec::new();
            for path in files.unwrap_or_default() {
                if Path::new(&path).is_absolute() || path.split('/').any(|part| part == "..") {
                    let message = format!("globalContextEntry.resourceFiles: `{path}` leaves the folder of the test");
                    return Err(file.error(node.span, message));
                }
                objects.extend(File::read(&folder.path(&path))?.values().filter(|object| !object.is_null()));
            }
            Value::list(objects)
        }
    };
    Ok(GlobalEntry { name, root: root.to_floats(), field_path, projections })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> anyhow::Result<Test> {
        let file = File::parse("t/kyverno-test.yaml", text.to_owned()).unwrap();
        test(Path::new("t/kyverno-test.yaml"), &file, &file.documents[0])
    }

    #[test]
    fn paths_are_relative_to_the_file_and_repeated_ones_dropped() {
        let test = parse(
            "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\npolicies: [../p.yaml, ../p.yaml]\nresults:\n- {policy: ns/p, isMUtatingPolicy: true, result: pass, resources: [a], patchedResources: x.yaml}\n",
        )
        .unwrap();
        assert_eq!(test.policies, [PathBuf::from("p.yaml")]);
        assert_eq!(test.expectations[0].policy_name(), "p");
        assert_eq!(test.expectations[0].patched, Some(PathBuf::from("t/x.yaml")));
    }

    #[test]
    fn the_old_form_is_read_with_a_warning() {
        let test = parse(
            "name: t\npolicies: [p.yaml]\nresults:\n- {policy: p, rule: r, resource: a, namespace: shop, status: fail}\n",
        )
        .unwrap();
        assert_eq!(test.warnings.len(), 1);
        assert_eq!(test.expectations[0].resources.as_deref(), Some(&["shop/a".to_owned()][..]));
        assert_eq!(test.expectations[0].result, "fail");
    }

    #[test]
    fn faults_of_checks_have_codes_and_places() {
        let told = |check: &str| {
            let head = "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nchecks:\n";
            crate::fault::line(&parse(&format!("{head}- {check}\n")).unwrap_err())
        };
        assert_eq!(told("match: {}"), "error: t/kyverno-test.yaml:4:3: check needs `assert` or `error`");
        assert_eq!(
            told("assert: {(status =): pass}"),
            "error[DK0401]: t/kyverno-test.yaml:4:20: malformed expression: a comparison is written `==`; \
             `dikast jp parse EXPRESSION` shows how an expression is read"
        );
        assert!(told("assert: {status: ($x)}").starts_with("error[DK1103]: t/kyverno-test.yaml:4:21: "));
        assert!(told("asert: {}").contains("did you mean `assert`?"));
    }
}
