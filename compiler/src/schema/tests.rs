use dikast_grammar::{FileId, yaml};

use super::*;

fn type_at(schemas: &Schemas, entry: &str, path: &[&str]) -> String {
    let Found::Kinds(found) = schemas.find(entry) else { return format!("{:?}", schemas.find(entry)) };
    let graph = schemas.graph();
    graph.at(found[0].ty, path).map_or("nothing".to_owned(), |ty| graph.title(ty))
}

#[test]
fn kubernetes_is_embedded() {
    let schemas = Schemas::embedded();
    for (entry, path, expected) in [
        ("Pod", &["spec", "containers", "image"][..], "the reference of an image"),
        ("v1/Pod", &["spec", "containers"], "a list"),
        ("apps/v1/Deployment", &["spec", "template", "spec"], "`PodSpec`"),
        ("CronJob", &["spec", "jobTemplate", "spec", "template", "spec", "hostNetwork"], "a truth value"),
        ("Service", &["spec", "ports", "targetPort"], "a whole number or text"),
        ("Pod", &["spec", "containers", "resources", "limits"], "an object"),
        ("PodSecurityPolicy", &["spec", "privileged"], "a truth value"),
        ("Pod/exec", &["stdin"], "a truth value"),
        ("Deployment/scale", &["spec", "replicas"], "a whole number"),
        ("Pod/eviction", &["deleteOptions"], "`DeleteOptions`"),
        ("Pod", &["spec", "image"], "nothing"),
    ] {
        assert_eq!(type_at(&schemas, entry, path), expected, "{entry} {path:?}");
    }
}

#[test]
fn entries_of_kinds_are_told_apart() {
    let schemas = Schemas::embedded();
    let said = |entry: &str| match schemas.find(entry) {
        Found::Kinds(found) => found.iter().map(|found| schemas.api_version(found.kind)).collect(),
        Found::Unchecked => vec!["unchecked".to_owned()],
        Found::NoKind { meant } => vec![format!("meant {meant:?}")],
        Found::NoVersion { instead } => instead,
        Found::NoSubresource { known } => known.into_iter().map(str::to_owned).collect(),
    };
    assert_eq!(said("Ingress"), ["networking.k8s.io/v1"]);
    assert_eq!(said("extensions/v1beta1/Ingress"), ["extensions/v1beta1"]);
    assert_eq!(said("pods"), ["meant Some(\"Pod\")"]);
    assert_eq!(said("Deploymnet"), ["meant Some(\"Deployment\")"]);
    assert_eq!(said("PipelineRun"), ["meant None"]);
    assert_eq!(said("serving.knative.dev/v1/Service"), ["unchecked"]);
    assert_eq!(said("apps/v2/Deployment"), ["apps/v1"]);
    assert_eq!(said("*"), ["unchecked"]);
    assert_eq!(said("ConfigMap/status"), Vec::<String>::new());
}

#[test]
fn fields_have_descriptions() {
    let schemas = Schemas::embedded();
    let Found::Kinds(found) = schemas.find("Pod") else { panic!("a Pod is a kind") };
    let graph = schemas.graph();
    let object = graph.object(graph.at(found[0].ty, &["spec"]).unwrap()).unwrap();
    let field = graph.field(object, "hostNetwork").unwrap();
    assert_eq!(schemas.description(field), "Host networking requested for this pod.");
}

#[test]
fn definitions_add_kinds() {
    let text = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  group: example.org
  scope: Cluster
  names: {kind: Lamp}
  versions:
  - name: v1
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              watts: {type: integer, description: How much it draws. And more.}
              notes: {type: object, x-kubernetes-preserve-unknown-fields: true}
";
    let document = yaml::parse(FileId(0), text).documents.remove(0);
    let mut schemas = Schemas::embedded();
    assert!(schemas.add_definition(&document));
    assert_eq!(type_at(&schemas, "Lamp", &["spec", "watts"]), "a whole number");
    assert_eq!(type_at(&schemas, "Lamp", &["metadata", "labels"]), "an object");
    assert_eq!(type_at(&schemas, "example.org/v1/Lamp/status", &["spec", "notes"]), "any value");
    let Found::Kinds(found) = schemas.find("Lamp") else { panic!("it was added") };
    assert!(!found[0].kind.is_namespaced);
    let graph = schemas.graph();
    let spec = graph.object(graph.at(found[0].ty, &["spec"]).unwrap()).unwrap();
    assert_eq!(schemas.description(graph.field(spec, "watts").unwrap()), "How much it draws.");
}

#[test]
fn damaged_bundles_are_refused() {
    assert!(bundle::decode(&[]).is_err());
    for cut in 0..64 {
        assert!(bundle::decode(&KUBERNETES[..cut * KUBERNETES.len() / 64]).is_err());
    }
    let graph = bundle::decode(KUBERNETES).unwrap();
    assert_eq!(bundle::decode(&bundle::encode(&graph).0).unwrap().kinds, graph.kinds);
}

#[test]
fn one_version_has_its_own_kinds_and_fields() {
    let of = |version: &str| Schemas::of_version(version.parse().unwrap()).unwrap();
    let newest = Schemas::embedded();
    let oldest = newest.graph().kinds().iter().map(|kind| *kind.versions.start()).min().unwrap();
    let old = of(&format!("1.{oldest}"));
    let removed = newest.graph().kinds().iter().find(|kind| !newest.is_served(kind)).unwrap();
    let (kind, api_version) = (newest.graph().name(removed.kind), newest.api_version(removed));
    assert!(newest.of_object(&api_version, kind).is_some(), "all versions are known when none is named");
    assert!(of(&format!("v1.{}", removed.versions.start())).of_object(&api_version, kind).is_some());
    assert!(of(&format!("1.{}", removed.versions.end() + 1)).of_object(&api_version, kind).is_none());
    assert_eq!(type_at(&old, "Pod", &["spec", "containers", "workingDir"]), "text");
    assert!(Schemas::of_version("1.2".parse().unwrap()).is_err());
    assert!("1".parse::<KubernetesVersion>().is_err() && "2.29".parse::<KubernetesVersion>().is_err());
}
