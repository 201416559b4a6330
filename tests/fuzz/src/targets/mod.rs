//! What is fed, and the properties beyond "no panic" that are checked on the way.
//!
//! | target | feeds | also checks |
//! |---|---|---|
//! | `yaml` | the YAML reader | spans lie in the text |
//! | `json` | the JSON reader | it agrees with serde_json on what is JSON |
//! | `jmespath` | the expression parser | what prints parses to the same, where the text is JMESPath |
//! | `template` | the `{{ }}` scanner and parser | |
//! | `reference` | `$( )` references, anchors, `kinds` entries | |
//! | `quantity` | quantities | what prints parses to the same |
//! | `duration` | durations | what prints parses to the same |
//! | `wildcard` | wildcards and a text | the pattern without classification answers the same |
//! | `pattern` | scalar patterns on values, patterns on documents | |
//! | `condition` | operators on a key and a value | prepared values answer the same |
//! | `semver` | versions and ranges | |
//! | `image` | image references | what prints parses to the same |
//! | `regex` | Go regular expressions, replacement, random text | |
//! | `time` | instants by layout | |
//! | `x509` | certificates, base64 | |
//! | `url` | URLs, label selectors | |
//! | `query` | expressions lowered and run on a document | the program is well-formed |
//! | `policy` | the whole compiler with all passes | the program is well-formed, its text form reads back |
//! | `review` | the review reader | |
//! | `test` | the check of test files, its other documents as policies and objects | |
//! | `settings` | `dikast.toml` | |
//! | `ir` | the text form of programs | what prints parses to the same |

mod compiled;
mod library;
mod syntax;

pub(crate) use compiled::Nowhere;

use crate::novelty::Novelty;
use crate::tokens;

/// Something to feed.
pub(crate) struct Target {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// Takes one input; panics when a property does not hold.
    pub(crate) run: fn(&[u8], &mut Novelty),
    /// Words that mutations put in.
    pub(crate) tokens: &'static [&'static [&'static str]],
    seeds: &'static [&'static str],
    examples: Examples,
}

/// Which parts of the examples are seeds too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Examples {
    None,
    Policies,
    Reviews,
}

/// All targets.
pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "yaml",
        run: syntax::yaml,
        tokens: &[tokens::COMMON, tokens::YAML],
        seeds: YAML_SEEDS,
        examples: Examples::Policies,
    },
    Target {
        name: "json",
        run: syntax::json,
        tokens: &[tokens::COMMON],
        seeds: &["{\"a\":[1,2.5e3,\"\\u00e9\\n\",null,true]}", "[[[[]]]]", "\"\\ud83d\\ude00\\ud800\"", "-0.1E+2"],
        examples: Examples::Reviews,
    },
    Target {
        name: "jmespath",
        run: syntax::jmespath,
        tokens: &[tokens::COMMON, tokens::EXPRESSION],
        seeds: EXPRESSION_SEEDS,
        examples: Examples::None,
    },
    Target {
        name: "template",
        run: syntax::template,
        tokens: &[tokens::COMMON, tokens::TEMPLATE, tokens::EXPRESSION],
        seeds: TEMPLATE_SEEDS,
        examples: Examples::None,
    },
    Target {
        name: "reference",
        run: syntax::reference,
        tokens: &[tokens::COMMON, tokens::TEMPLATE],
        seeds: REFERENCE_SEEDS,
        examples: Examples::None,
    },
    Target {
        name: "quantity",
        run: library::quantity,
        tokens: &[tokens::COMMON, tokens::SCALAR],
        seeds: SCALAR_SEEDS,
        examples: Examples::None,
    },
    Target {
        name: "duration",
        run: library::duration,
        tokens: &[tokens::COMMON, tokens::SCALAR],
        seeds: SCALAR_SEEDS,
        examples: Examples::None,
    },
    Target {
        name: "wildcard",
        run: library::wildcard,
        tokens: &[&["*", "?", "a", "b", "\n", "é", "ab"]],
        seeds: &["*a?b*\nxxaab", "?*:latest\nnginx:latest", "a*b*c\na1b2b3c", "*aa?b??*\naaaabcd"],
        examples: Examples::None,
    },
    Target {
        name: "pattern",
        run: library::pattern,
        tokens: &[tokens::COMMON, tokens::SCALAR, tokens::TEMPLATE],
        seeds: PATTERN_SEEDS,
        examples: Examples::None,
    },
    Target {
        name: "condition",
        run: library::condition,
        tokens: &[tokens::COMMON, tokens::SCALAR, tokens::CONDITION],
        seeds: CONDITION_SEEDS,
        examples: Examples::None,
    },
    Target {
        name: "semver",
        run: library::semver,
        tokens: &[tokens::COMMON, tokens::REFERENCE],
        seeds: &["1.2.3-rc.1+b\n>=1.0.0 <2.0.0 || !1.x", "1.x.3", "<=1.2.x || >3.0.0-0"],
        examples: Examples::None,
    },
    Target {
        name: "image",
        run: library::image,
        tokens: &[tokens::COMMON, tokens::REFERENCE],
        seeds: &[
            "docker.io/a/b:c@sha256:0000000000000000000000000000000000000000000000000000000000000000",
            "[::1]:5000/a__b/c--d:v1",
            "localhost/x",
            "nginx",
        ],
        examples: Examples::None,
    },
    Target {
        name: "regex",
        run: library::regex,
        tokens: &[tokens::COMMON, tokens::REGEX],
        seeds: &[
            "^(?i:[a-z]+)(?P<n>\\d{2,3})?$\nab12\n${n}-$1",
            "[[:alpha:]\\pL^-]*?|\\Qa.b\\E\\b\nx a.b\n$$1x",
            "a{2,5}(b|c|)+\\x{e9}\naabcé\n",
        ],
        examples: Examples::None,
    },
    Target {
        name: "time",
        run: library::time,
        tokens: &[tokens::COMMON, tokens::TIME],
        seeds: &[
            "2006-01-02T15:04:05Z07:00\n2024-02-29T23:59:59.5+02:00",
            "Mon Jan _2 15:04:05 2006\nThu Feb 29 23:05:00 2024",
            "Monday, 02-Jan-06 3:04PM MST\nThursday, 29-Feb-24 11:05PM GMT+3",
            "\n2024-01-01T00:00:00Z",
            "2006-002 15:04:05.999 -0700\n2024-060 23:05:06.7 +0100",
        ],
        examples: Examples::None,
    },
    Target {
        name: "x509",
        run: library::x509,
        tokens: &[tokens::COMMON, tokens::CERTIFICATE],
        seeds: &[
            library::CERTIFICATE,
            library::CERTIFICATE_REQUEST,
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        ],
        examples: Examples::None,
    },
    Target {
        name: "url",
        run: library::url,
        tokens: &[tokens::COMMON, tokens::REFERENCE],
        seeds: &[
            "https://user:pw@example.org:8080/a%20b?q=1#f",
            "http://[fe80::1%25eth0]:80/",
            "//1.1.1.1",
            "app.kubernetes.io/name=a-b_c.d",
        ],
        examples: Examples::None,
    },
    Target {
        name: "query",
        run: compiled::query,
        tokens: &[tokens::COMMON, tokens::EXPRESSION, tokens::SCALAR],
        seeds: EXPRESSION_SEEDS,
        examples: Examples::None,
    },
    Target {
        name: "policy",
        run: compiled::policy,
        tokens: &[tokens::COMMON, tokens::YAML, tokens::TEMPLATE, tokens::EXPRESSION, tokens::SCALAR],
        seeds: POLICY_SEEDS,
        examples: Examples::Policies,
    },
    Target {
        name: "review",
        run: compiled::review,
        tokens: &[tokens::COMMON],
        seeds: &["{\"request\":{\"uid\":\"u\"}}"],
        examples: Examples::Reviews,
    },
    Target {
        name: "test",
        run: compiled::test,
        tokens: &[tokens::COMMON, tokens::YAML],
        seeds: TEST_SEEDS,
        examples: Examples::Policies,
    },
    Target {
        name: "settings",
        run: compiled::settings,
        tokens: &[tokens::COMMON],
        seeds: &[
            "[levels]\nDK0201 = \"error\"\nDK0300 = \"off\"\n[schemas]\ncrds = [\"crds/\"]\n",
            "exclude = [\"vendor/**\", \"*.gen.yaml\"]\n",
        ],
        examples: Examples::None,
    },
    Target {
        name: "ir",
        run: compiled::ir,
        tokens: &[tokens::COMMON],
        seeds: &["(expr %0 (variable request))\n(expr %1 (member %0 name))\n(expr %2 (const (list \"b\" 1)))\n"],
        examples: Examples::None,
    },
];

const YAML_SEEDS: &[&str] = &[
    "a: &x [1, 0777, 0x1F, 1_000, .inf, ~, yes]\nb: *x\nc: |\n  one\n   two\n\nd: >-\n  folded\n  text\ne: 'it''s'\nf: \"\\u00e9\\n\"\n",
    "---\n? k\n: v\n<<: {a: 1}\n...\n--- # c\n- - a\n  - {b: [c, d]}\n",
    "a: !!binary YQ==\nb: !t\n  - ? [x, {y: z}]\n    : w\n  -\n  - {? p : q, r: }\n",
];
const TEST_SEEDS: &[&str] = &[
    "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nmetadata:\n  name: t\npolicies: [p.yaml]\nresources: [r.yaml]\n\
     results:\n- policy: p\n  rule: r\n  kind: Pod\n  resources: [ns/web]\n  result: pass\n\
     ---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: ns\n",
];
/// Kinds of policies and values of fields that no example has.
const POLICY_SEEDS: &[&str] = &[
    "apiVersion: kyverno.io/v2\nkind: ClusterCleanupPolicy\nmetadata:\n  name: a\nspec:\n  schedule: \"*/5 0-6 1,15 * \
     MON-FRI\"\n  match:\n    any:\n    - resources:\n        kinds: [Pod]\n  conditions:\n    any:\n    - key: \
     \"{{ time_since('', '{{ target.metadata.creationTimestamp }}', '') }}\"\n      operator: GreaterThan\n      value: 1h\n",
    "apiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata:\n  name: a\nspec:\n  exceptions:\n  - policyName: p\n    \
     ruleNames: [\"autogen-*\"]\n  match:\n    any:\n    - resources:\n        kinds: [Pod]\n  podSecurity:\n  - \
     controlName: Capabilities\n    images: [\"*\"]\n",
    "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:\n  name: a\nspec:\n  rules:\n  - name: r\n    match:\n      any:\n      \
     - resources:\n          kinds: [NetworkPolicy]\n    validate:\n      message: m\n      pattern:\n        spec:\n          \
     egress:\n          - to:\n            - ipBlock:\n                cidr: \"10.0.0.0/8 | fd00::/8\"\n",
];

const EXPRESSION_SEEDS: &[&str] = &[
    "request.object.spec.[ephemeralContainers, initContainers, containers][].securityContext.capabilities.add[]",
    "sort_by(items(@, 'k', 'v'), &k)[?v > `1` && !contains(k, 'x')] | [0].{a: k, \"b c\": v[-1:0:-2]} || `{\"d\": 1}`",
    "a.b.c(@)[1].d(&e.f, 'g\\'h') == `\"\\\\\"` != x[*].y.*",
    "l[?a == 'x'].b[] | sum(@) | to_string(@) | split(@, ',') | map(&to_number(@), @)",
    "o.*.c | max_by(@, &n).n || not_null(missing, `[1, 2.5, {\"a\": null}]`[::-1][0])",
    "add('1Ki', '5') && divide('1h', '5m') && truncate(t, `2`) && regex_replace_all('(a)', t, '$1')",
];
const TEMPLATE_SEEDS: &[&str] = &[
    "x {{ images.containers.\"{{ element.name }}\".registry || '' }}/{{- y }} \\{{ z }} {{ {a: `{}`} }}",
    "{{ a }}{{ b.{{ c }} }}{{@}}",
    "{{ request.object.metadata.annotations.\"a/b\" | to_upper(@) }}",
];
const REFERENCE_SEEDS: &[&str] = &[
    "$(./../spec/a) $(<=/b) \\$(c) x",
    "=(a)",
    "+(b)",
    "^(d)",
    "X(e)",
    "<(f)",
    "((g))",
    "apps/v1/Deployment/scale",
    "*/*",
    "Pod.exec",
];
const SCALAR_SEEDS: &[&str] =
    &["12.5Ki", "-1e3", "1h30m0.5s", "+5E", "100m", "0.000000001", "9223372036854775807", "1Ei", "-1.5h", "1µs"];
const PATTERN_SEEDS: &[&str] = &[
    ">=10Mi & <1Gi | !a*?b\n15Mi",
    "10-20m\n15m",
    "1!-3\n2",
    "{\"a\":{\"(b)\":\"x*\",\"=(c)\":\">1\"}}\n{\"a\":{\"b\":\"xy\",\"c\":2}}",
    "{\"l\":[{\"name\":\"?*\",\"^(m)\":[{\"k\":null}]}]}\n{\"l\":[{\"name\":\"a\",\"m\":[{\"k\":1}]},{}]}",
    "{\"X(a)\":\"x\",\"<(b)\":1.5,\"+(c)\":\"1h\"}\n{\"b\":1.5}",
    "[\"a\",\"b*\"]\n[\"bc\",1,null]",
];
const CONDITION_SEEDS: &[&str] = &[
    "Equals\n\"1Ki\"\n\"1024\"",
    "AnyIn\n[\"a\",1]\n[\"a*\",\"b\"]",
    "AllNotIn\n\"5\"\n\"1-10\"",
    "GreaterThan\n\"1h\"\n60",
    "LessThan\n\"1.2.3\"\n\"1.10.0\"",
    "NotIn\n[\"x\"]\n\"[\\\"x\\\",\\\"y\\\"]\"",
    "Equal\n{\"a\":[1,2.5]}\n{\"a\":[1,2.5]}",
    "DurationLessThanOrEquals\n\"30m\"\n\"1h\"",
];

/// The inputs that mutations start from.
pub(crate) fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = target.seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    for example in dikast_examples::all() {
        match target.examples {
            Examples::None => {}
            Examples::Policies => seeds.extend(example.policies.iter().map(|policy| policy.text.as_bytes().to_vec())),
            Examples::Reviews => seeds.extend(example.reviews.iter().map(|review| review.request.as_bytes().to_vec())),
        }
    }
    seeds
}
