//! The `images` variable: the images of an object's containers in their parts (Kyverno `pkg/utils/api/image.go`).

use dikast_stdlib::image::{ImageDefaults, ImageInfo};
use dikast_stdlib::{Object, Value};

use crate::configuration::Configuration;

/// Lists of containers in a pod's spec.
const GROUPS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// The images by group and container name; nothing when the object has none. Only the kind is looked at, not its group.
///
/// # Errors
///
/// When containers have no names or an image cannot be read.
pub(super) fn of_object(object: &Value, configuration: &Configuration) -> Result<Option<Value>, String> {
    let path: &[&str] = match object.get("kind").and_then(Value::as_text) {
        Some("Pod") => &["spec"],
        Some("DaemonSet" | "Deployment" | "ReplicaSet" | "ReplicationController" | "StatefulSet" | "Job") => {
            &["spec", "template", "spec"]
        }
        Some("CronJob") => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => return Ok(None),
    };
    let defaults = ImageDefaults {
        registry: configuration.default_registry.to_string(),
        write_registry: configuration.default_registry_mutation,
    };
    let mut groups = Vec::new();
    for group in GROUPS {
        let images = of_group(object, path, group, &defaults)?;
        if !images.is_empty() {
            groups.push((group, Value::object(images)));
        }
    }
    Ok((!groups.is_empty()).then(|| Value::object(groups)))
}

/// The images of one list of containers by container name.
fn of_group(
    object: &Value,
    path: &[&str],
    group: &str,
    defaults: &ImageDefaults,
) -> Result<Vec<(String, Value)>, String> {
    let mut containers = object;
    for step in path.iter().chain([&group]) {
        containers = match containers {
            Value::Null => return Ok(Vec::new()),
            Value::Object(members) => members.get(*step).unwrap_or(&Value::Null),
            _ => return Err("invalid image config".to_owned()),
        };
    }
    let mut found = Vec::new();
    collect(containers, "", &mut found)?;
    let mut images = Vec::new();
    for (position, members) in found {
        let name = members.get("name").and_then(Value::as_text).ok_or("invalid key")?;
        let Some(image) = members.get("image").and_then(Value::as_text).filter(|image| !image.trim().is_empty()) else {
            continue;
        };
        let info = ImageInfo::parse(image, defaults).map_err(|error| format!("invalid image '{image}' ({error})"))?;
        let pointer = format!("/{}/{group}{position}/image", path.join("/"));
        let parts = info.members().into_iter().chain([("jsonPointer", Value::text(pointer))]);
        images.push((name.to_owned(), Value::object(parts)));
    }
    Ok(images)
}

/// The containers of a list with their places. Lists in the list count too; what is no object is passed over there.
fn collect<'v>(containers: &'v Value, place: &str, found: &mut Vec<(String, &'v Object)>) -> Result<(), String> {
    match containers {
        Value::Null => Ok(()),
        Value::List(items) => items.iter().enumerate().try_for_each(|(position, item)| match item {
            Value::Object(members) => {
                found.push((format!("{place}/{position}"), members));
                Ok(())
            }
            Value::List(_) => collect(item, &format!("{place}/{position}"), found),
            _ => Ok(()),
        }),
        Value::Object(members) => members.iter().try_for_each(|(key, item)| match item {
            Value::Object(members) => {
                found.push((format!("{place}/{key}"), members));
                Ok(())
            }
            Value::List(_) => Err("invalid image config".to_owned()),
            _ => Ok(()),
        }),
        _ => Err("invalid image config".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(json: &str) -> Result<Option<Value>, String> {
        of_object(&serde_json::from_str(json).unwrap(), &Configuration::default())
    }

    #[test]
    fn images_are_listed_by_group_and_name() {
        let found =
            images(r#"{"kind":"Job","spec":{"template":{"spec":{"containers":[{"name":"c","image":"r.io/a/b:1"}]}}}}"#);
        let container = found.unwrap().unwrap().at(&["containers", "c"]).cloned().unwrap();
        assert_eq!(container.get("path"), Some(&Value::text("a/b")));
        assert_eq!(container.get("digest"), None);
        assert_eq!(container.get("jsonPointer"), Some(&Value::text("/spec/template/spec/containers/0/image")));
    }

    #[test]
    fn containers_without_images_are_passed_over_and_nameless_ones_are_errors() {
        assert_eq!(images(r#"{"kind":"Pod","spec":{"containers":[{"name":"c"},{"name":"d","image":" "}]}}"#), Ok(None));
        assert_eq!(images(r#"{"kind":"Pod","spec":{"containers":[{"image":"a"}]}}"#), Err("invalid key".to_owned()));
        assert_eq!(images(r#"{"kind":"Pod","spec":{"containers":3}}"#), Err("invalid image config".to_owned()));
        assert_eq!(images(r#"{"kind":"Pod","spec":{"containers":[3,[["x"]]]}}"#), Ok(None));
        assert_eq!(images(r#"{"kind":"Service","spec":{"containers":3}}"#), Ok(None));
    }
}
