//! Files with faults: each gives an error with its place, or an answer; nothing panics, and the files beside it are
//! processed all the same. The faults are made from our own examples: chosen ones, and some by chance from seeds, the same ones
//! each time. `DIKAST_SEEDS=2000` takes more seeds.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod mutation;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How a command ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

/// Runs the command. That it ends by itself, with one of its own codes, is part of every test here.
fn run(arguments: &[&str]) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_dikast")).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code().unwrap_or(-1);
    assert!((0..=2).contains(&code) && !err.contains("panicked"), "{arguments:?}: {code}\n{}", tail(&err));
    Ended { code, out, err }
}

fn tail(text: &str) -> &str {
    let start = text.len().saturating_sub(2000);
    (start..text.len()).find_map(|at| text.get(at..)).unwrap_or_default()
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn example(path: &str) -> String {
    examples().join(path).display().to_string()
}

/// The files of this name in all examples.
fn originals(name: &str) -> Vec<(String, String)> {
    let folders = fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = folders
        .filter_map(|folder| {
            let text = fs::read_to_string(folder.join(name)).ok()?;
            Some((folder.file_name()?.to_str()?.to_owned(), text))
        })
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no example has a {name}");
    found
}

/// A folder with faulty forms of all examples' files of a name, and how many there are.
fn faulty_folder(folder: &str, name: &str) -> (PathBuf, usize) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    let mut count = 0;
    for (example, text) in originals(name) {
        for (fault, bytes) in faults::of(&text) {
            fs::write(path.join(format!("{example}-{fault}.yaml")), bytes).unwrap();
            count += 1;
        }
    }
    (path, count)
}

#[test]
fn faulty_policies_leave_the_others_alone() {
    let (folder, count) = faulty_folder("faulty-policies", "policy.yaml");
    assert!(count >= 200, "{count} files");
    fs::copy(example("require-labels/policy.yaml"), folder.join("good.yaml")).unwrap();
    let path = folder.display().to_string();
    let checked = run(&["compile", "--check", "-o", "jsonl", &path]);
    assert_eq!(checked.code, 1);
    let mut findings: BTreeMap<String, usize> = BTreeMap::new();
    for line in checked.out.lines() {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(finding["line"].as_u64() >= Some(1) && finding["column"].as_u64() >= Some(1), "{finding}");
        *findings.entry(finding["file"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    // what reads as nothing at all has nothing to be said of
    let silent = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path().display().to_string());
    let silent: Vec<_> = silent.filter(|file| !findings.contains_key(file)).collect();
    assert!(silent.len() * 2 < count, "{} of {count} files have no finding:\n{}", silent.len(), silent.join("\n"));

    let applied = run(&["apply", &path, "-r", &example("require-labels/resources.yaml")]);
    assert_eq!(applied.code, 1);
    assert!(applied.out.contains("policy require-labels -> resource"), "{}", tail(&applied.out));
}

#[test]
fn faulty_objects_leave_the_others_alone() {
    let (folder, count) = faulty_folder("faulty-objects", "resources.yaml");
    assert!(count >= 200, "{count} files");
    fs::copy(example("require-labels/resources.yaml"), folder.join("zz-good.yaml")).unwrap();
    let path = folder.display().to_string();
    for engine in ["interpreter", "native"] {
        let applied = run(&["apply", &example("require-labels/policy.yaml"), "-r", &path, "--engine", engine]);
        assert_eq!(applied.code, 1);
        assert!(applied.out.contains("policy require-labels -> resource"), "{}", tail(&applied.out));
        for line in applied.err.lines().filter(|line| line.starts_with("error: ")) {
            assert!(line.contains(".yaml:"), "no place: {line}");
        }
    }
    // each for itself: the answer is an error with a place or a count of results
    for entry in fs::read_dir(&folder).unwrap().step_by(8) {
        let file = entry.unwrap().path().display().to_string();
        let applied = run(&["apply", &example("require-labels/policy.yaml"), "-r", &file]);
        let told = applied.err.contains(&format!("error: {file}:")) || applied.out.contains("\npass: ");
        assert!(told, "{file}\n{}", tail(&applied.err));
    }
}

#[test]
fn faulty_tests_leave_the_others_alone() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faulty-tests");
    let _ = fs::remove_dir_all(&folder);
    let mut count = 0;
    for (example, text) in originals("kyverno-test.yaml") {
        for (fault, bytes) in faults::of(&text).into_iter().step_by(3) {
            let own = folder.join(format!("{example}-{fault}"));
            fs::create_dir_all(&own).unwrap();
            for file in fs::read_dir(examples().join(&example)).unwrap().map(|entry| entry.unwrap().path()) {
                if file.extension().is_some_and(|end| end == "yaml") {
                    fs::copy(&file, own.join(file.file_name().unwrap())).unwrap();
                }
            }
            fs::write(own.join("kyverno-test.yaml"), bytes).unwrap();
            count += 1;
        }
    }
    assert!(count >= 60, "{count} tests");
    let path = folder.display().to_string();
    let tested = run(&["test", &path, &example("require-labels"), "-o", "json"]);
    assert_eq!(tested.code, 1);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&tested.out).unwrap();
    assert!(rows.iter().any(|row| row["POLICY"] == "require-labels"));
    for line in tested.err.lines().filter(|line| line.starts_with("error: ")) {
        assert!(line.contains(".yaml"), "no place: {line}");
    }
}

#[test]
fn faulty_values_users_and_exceptions_are_refused_at_their_place() {
    let policy = example("require-labels/policy.yaml");
    let objects = example("require-labels/resources.yaml");
    let exception = "apiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata:\n  name: legacy\n  namespace: default\n\
                     spec:\n  exceptions:\n    - policyName: require-labels\n      ruleNames: [team-and-app]\n  match:\n    \
                     any:\n      - resources:\n          kinds: [Pod]\n          names: [\"old-*\"]\n";
    let values = originals("values.yaml").remove(0).1;
    let user = originals("user.yaml").remove(0).1;
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faulty.yaml");
    let name = file.display().to_string();
    for (flag, text) in [("--values-file", values.as_str()), ("--userinfo", &user), ("--exception", exception)] {
        for (fault, bytes) in faults::of(text) {
            fs::write(&file, bytes).unwrap();
            let applied = run(&["apply", &policy, "-r", &objects, flag, &name]);
            let told = applied.out.contains("\npass: ") || applied.err.contains(&format!("{name}:"));
            assert!(told, "{flag} {fault}: {}\n{}", applied.code, tail(&applied.err));
        }
    }
}

/// Files of a folder that are mutated forms of the examples' files of a name, one for each seed.
fn mutated_folder(folder: &str, name: &str, seeds: std::ops::Range<u64>) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    let originals = originals(name);
    for seed in seeds {
        let mut chance = mutation::Chance::of(seed);
        let (example, text) = &originals[chance.below(originals.len())];
        fs::write(path.join(format!("{seed}-{example}.yaml")), mutation::mutate(text, &mut chance)).unwrap();
    }
    path
}

/// Seeds in parts, each of which is a folder.
fn seeds() -> Vec<std::ops::Range<u64>> {
    let count = std::env::var("DIKAST_SEEDS").ok().and_then(|count| count.parse().ok()).unwrap_or(200);
    (0..count).step_by(100).map(|from| from..count.min(from + 100)).collect()
}

#[test]
fn mutated_policies_leave_the_others_alone() {
    for seeds in seeds() {
        let folder = mutated_folder("mutated-policies", "policy.yaml", seeds.clone());
        fs::copy(example("require-labels/policy.yaml"), folder.join("good.yaml")).unwrap();
        let path = folder.display().to_string();
        let checked = run(&["compile", "--check", "-o", "jsonl", &path]);
        for line in checked.out.lines() {
            let finding: serde_json::Value = serde_json::from_str(line).unwrap();
            let has_place = finding["line"].as_u64() >= Some(1) && finding["column"].as_u64() >= Some(1);
            assert!(has_place && finding["file"].as_str().is_some_and(|file| file.ends_with(".yaml")), "{finding}");
        }
        let objects = example("require-labels/resources.yaml");
        for engine in ["interpreter", "native"] {
            let applied = run(&["apply", &path, "-r", &objects, "--engine", engine]);
            assert_eq!(applied.code, 1, "{seeds:?}");
            assert!(applied.out.contains("policy require-labels -> resource"), "{seeds:?}: {}", tail(&applied.out));
        }
    }
}

#[test]
fn mutated_objects_leave_the_others_alone() {
    let policy = example("require-labels/policy.yaml");
    for seeds in seeds() {
        let folder = mutated_folder("mutated-objects", "resources.yaml", seeds.clone());
        fs::copy(example("require-labels/resources.yaml"), folder.join("zz-good.yaml")).unwrap();
        let applied = run(&["apply", &policy, "-r", &folder.display().to_string()]);
        assert_eq!(applied.code, 1, "{seeds:?}");
        assert!(applied.out.contains("policy require-labels -> resource"), "{seeds:?}: {}", tail(&applied.out));
        for line in applied.err.lines().filter(|line| line.starts_with("error")) {
            assert!(line.contains(".yaml:"), "no place: {line}");
        }
    }
}

#[test]
fn mutated_tests_give_rows_or_a_place() {
    for seeds in seeds() {
        let folder = mutated_folder("mutated-tests", "kyverno-test.yaml", seeds.clone());
        let mut arguments = vec!["test".to_owned(), example("require-labels/kyverno-test.yaml")];
        arguments.extend(fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path().display().to_string()));
        arguments.extend(["-o".to_owned(), "json".to_owned()]);
        let tested = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let rows: Vec<serde_json::Value> = serde_json::from_str(&tested.out).unwrap();
        assert!(rows.iter().any(|row| row["POLICY"] == "require-labels"), "{seeds:?}");
        for line in tested.err.lines().filter(|line| line.starts_with("error: ")) {
            assert!(line.contains(".yaml"), "no place: {line}");
        }
    }
}
