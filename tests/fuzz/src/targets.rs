//! What is fed, and the properties beyond "no panic" that are checked on the way.
//!
//! | target | feeds | also checks |
//! |---|---|---|
//! | `yaml` | the YAML reader | spans lie in the text |
//! | `jmespath` | the expression parser | what prints parses to the same, where the text is JMESPath |
//! | `template` | the `{{ }}` scanner and parser | |
//! | `reference` | `$( )` references, anchors, kinds | |
//! | `json` | the JSON reader | |
//! | `scalar` | quantities, durations, wildcards, image references, scalar patterns | |
//! | `policy` | the whole compiler with all passes | the program is well-formed, its text form reads back |
//! | `review` | the review reader | |

use std::sync::Arc;

use dikast_compiler::compile;
use dikast_compiler::ir::{text, verify};
use dikast_compiler::passes::optimise;
use dikast_grammar::{FileId, SourceMap, anchor, jmespath, json, reference, template, yaml};
use dikast_runtime::webhook::review::{Review, uid_of};
use dikast_stdlib::Value;
use dikast_stdlib::duration::GoDuration;
use dikast_stdlib::image::ImageInfo;
use dikast_stdlib::pattern::ScalarPattern;
use dikast_stdlib::quantity::Quantity;
use dikast_stdlib::wildcard::Wildcard;

/// Something to feed.
pub(crate) struct Target {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// Takes one input; panics when a property does not hold.
    pub(crate) run: fn(&[u8]),
    seeds: &'static [&'static str],
    /// Whether the examples' policies and reviews are seeds too.
    examples: bool,
}

/// All targets.
pub(crate) const TARGETS: &[Target] = &[
    Target { name: "yaml", run: run_yaml, seeds: YAML_SEEDS, examples: true },
    Target { name: "jmespath", run: run_jmespath, seeds: EXPRESSION_SEEDS, examples: false },
    Target { name: "template", run: run_template, seeds: TEMPLATE_SEEDS, examples: false },
    Target { name: "reference", run: run_reference, seeds: TEMPLATE_SEEDS, examples: false },
    Target {
        name: "json",
        run: run_json,
        seeds: &["{\"a\":[1,2.5e3,\"\\u00e9\\n\",null,true]}", "[[[[]]]]"],
        examples: false,
    },
    Target { name: "scalar", run: run_scalar, seeds: SCALAR_SEEDS, examples: false },
    Target { name: "policy", run: run_policy, seeds: &[], examples: true },
    Target { name: "review", run: run_review, seeds: &["{\"request\":{\"uid\":\"u\"}}"], examples: true },
];

const YAML_SEEDS: &[&str] = &[
    "a: &x [1, 0777, 0x1F, 1_000, .inf, ~, yes]\nb: *x\nc: |\n  one\n   two\n\nd: >-\n  folded\n  text\ne: 'it''s'\nf: \"\\u00e9\\n\"\n",
    "---\n? k\n: v\n<<: {a: 1}\n...\n--- # c\n- - a\n  - {b: [c, d]}\n",
];
const EXPRESSION_SEEDS: &[&str] = &[
    "request.object.spec.[ephemeralContainers, initContainers, containers][].securityContext.capabilities.add[]",
    "sort_by(items(@, 'k', 'v'), &k)[?v > `1` && !contains(k, 'x')] | [0].{a: k, \"b c\": v[-1:0:-2]} || `{\"d\": 1}`",
    "a.b.c(@)[1].d(&e.f, 'g\\'h') == `\"\\\\\"` != x[*].y.*",
];
const TEMPLATE_SEEDS: &[&str] = &[
    "x {{ images.containers.\"{{ element.name }}\".registry || '' }}/{{- y }} \\{{ z }} {{ {a: `{}`} }}",
    "$(./../spec/a) $(<=/b) \\$(c) {{@}}",
    "=(a) +(b) <(c) ^(d) X(e) (f) ((g))",
];
const SCALAR_SEEDS: &[&str] = &[
    "12.5Ki",
    "-1e3",
    "1h30m0.5s",
    ">=10Mi & <1Gi | !a*?b",
    "10-20m",
    "1!-3",
    "docker.io/a/b:c@sha256:00",
    "*/*:latest",
];

/// The inputs that mutations start from.
pub(crate) fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = target.seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    if target.examples {
        for example in dikast_examples::all() {
            if target.name == "review" {
                seeds.extend(example.reviews.iter().map(|review| review.request.as_bytes().to_vec()));
            } else {
                seeds.extend(example.policies.iter().map(|policy| policy.text.as_bytes().to_vec()));
            }
        }
    }
    seeds
}

fn run_yaml(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let parsed = yaml::parse(FileId(0), &text);
    for error in &parsed.errors {
        assert!(error.span.end as usize <= text.len(), "a fault beyond the end");
    }
    for document in &parsed.documents {
        assert!(document.span.end as usize <= text.len(), "a document beyond the end");
    }
}

fn run_jmespath(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let parsed = jmespath::parse(&text);
    // Forms that Kyverno accepts although they are no JMESPath have no text of their own.
    if let Some(ast) = parsed.ast.filter(|_| parsed.lenient.is_empty()) {
        let printed = ast.to_string();
        let again = jmespath::parse(&printed).ast.map(|ast| ast.to_string());
        assert_eq!(again.as_deref(), Some(printed.as_str()), "{text:?} does not print as it parses");
    }
}

fn run_template(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let _ = template::Template::parse(&text);
    let _ = template::find_variables(&text);
    let _ = template::unescape(&text);
}

fn run_reference(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let _ = reference::find_references(&text);
    let _ = reference::unescape_references(&text);
    let _ = reference::absolute_path(&text, "/a/b/0");
    let _ = anchor::parse(&text);
    let _ = dikast_grammar::kind::plain_kind(&text);
}

fn run_json(input: &[u8]) {
    let _ = json::parse(&String::from_utf8_lossy(input));
}

fn run_scalar(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let _ = Quantity::parse(&text).map(|quantity| quantity.to_string());
    let _ = GoDuration::parse(&text).map(|duration| duration.to_string());
    let _ = ImageInfo::parse(&text, &Default::default());
    let pattern = Wildcard::new(&*text);
    let _ = pattern.matches(&text);
    let scalar = ScalarPattern::new(&Value::text(&*text));
    for value in [Value::Null, Value::Int(5), Value::Float(0.5), Value::text(&*text)] {
        let _ = scalar.matches(&value);
    }
}

fn run_policy(input: &[u8]) {
    let mut sources = SourceMap::new();
    let text: Arc<str> = String::from_utf8_lossy(input).into();
    sources.add("policy.yaml", text);
    let compilation = compile(&sources);
    assert_eq!(verify(&compilation.program), [], "lowering made a program that is not well-formed");
    let printed = text::print(&compilation.program);
    let again = text::parse(&printed).map(|program| text::print(&program));
    assert_eq!(again.as_deref(), Ok(printed.as_str()), "the text form does not read back");
    let (program, _) = optimise(compilation.program);
    assert_eq!(verify(&program), [], "a pass made a program that is not well-formed");
}

fn run_review(input: &[u8]) {
    let _ = Review::read(input);
    let _ = uid_of(input);
}
