//! The example policies, with resources, tests and admission reviews, embedded so that `dikast demo` and the tests need
//! no files. Each folder beside `src` is one example; its README says what it shows.
#![forbid(unsafe_code)]

/// A text of an example and its file name within the example's folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// Path from the example's folder.
    pub name: &'static str,
    /// Content.
    pub text: &'static str,
}

/// An admission review and the answer that Kyverno gives to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Review {
    /// Short name.
    pub name: &'static str,
    /// The `AdmissionReview` as JSON.
    pub request: &'static str,
    /// `allowed`, the `message` of a refusal, `rules` with their status and message, `warnings` and the `patched` object,
    /// as JSON.
    pub expected: &'static str,
}

/// One example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// Name of its folder.
    pub name: &'static str,
    /// What it is about, in one line.
    pub title: &'static str,
    /// Its policies.
    pub policies: &'static [File],
    /// Its test file (`kyverno-test.yaml`), which also holds the answers of services.
    pub test: File,
    /// The objects that its policies look up in a cluster, as `ClusterResource` documents.
    pub cluster: Option<File>,
    /// Labels of namespaces and other values, as a `Values` document.
    pub values: Option<File>,
    /// Reviews to send, in order.
    pub reviews: &'static [Review],
}

macro_rules! file {
    ($folder:literal, $name:literal) => {
        File { name: $name, text: include_str!(concat!("../", $folder, "/", $name)) }
    };
}

macro_rules! review {
    ($folder:literal, $name:literal) => {
        Review {
            name: $name,
            request: include_str!(concat!("../", $folder, "/reviews/", $name, ".json")),
            expected: include_str!(concat!("../", $folder, "/expected/", $name, ".json")),
        }
    };
}

/// All examples, the scenarios of the founding article first.
pub fn all() -> &'static [Example] {
    ALL
}

static ALL: &[Example] = &[
    Example {
        name: "creator-annotation",
        title: "The creator of an object is written down and stays",
        policies: &[file!("creator-annotation", "policy.yaml")],
        test: file!("creator-annotation", "kyverno-test.yaml"),
        cluster: None,
        values: None,
        reviews: &[
            review!("creator-annotation", "create"),
            review!("creator-annotation", "honest-update"),
            review!("creator-annotation", "forged-update"),
        ],
    },
    Example {
        name: "default-architecture",
        title: "Pods get the architecture of their namespace",
        policies: &[file!("default-architecture", "policy.yaml")],
        test: file!("default-architecture", "kyverno-test.yaml"),
        cluster: Some(file!("default-architecture", "cluster.yaml")),
        values: Some(file!("default-architecture", "values.yaml")),
        reviews: &[review!("default-architecture", "undecided"), review!("default-architecture", "decided")],
    },
    Example {
        name: "public-registry-images",
        title: "Public images come through the mirror",
        policies: &[file!("public-registry-images", "policy.yaml")],
        test: file!("public-registry-images", "kyverno-test.yaml"),
        cluster: None,
        values: None,
        reviews: &[review!("public-registry-images", "shop"), review!("public-registry-images", "billing")],
    },
    Example {
        name: "keda-prometheus",
        title: "One Prometheus address for all scalers",
        policies: &[file!("keda-prometheus", "policy.yaml")],
        test: file!("keda-prometheus", "kyverno-test.yaml"),
        cluster: Some(file!("keda-prometheus", "cluster.yaml")),
        values: None,
        reviews: &[review!("keda-prometheus", "checkout")],
    },
    Example {
        name: "sidecar-injection",
        title: "Pods that ask get a TLS sidecar",
        policies: &[file!("sidecar-injection", "policy.yaml"), file!("sidecar-injection", "generate.yaml")],
        test: file!("sidecar-injection", "kyverno-test.yaml"),
        cluster: None,
        values: None,
        reviews: &[review!("sidecar-injection", "asks"), review!("sidecar-injection", "does-not-ask")],
    },
    Example {
        name: "namespace-starter",
        title: "New namespaces get credentials and settings",
        policies: &[file!("namespace-starter", "policy.yaml")],
        test: file!("namespace-starter", "kyverno-test.yaml"),
        cluster: None,
        values: None,
        reviews: &[review!("namespace-starter", "create")],
    },
    Example {
        name: "require-labels",
        title: "Labels are required",
        policies: &[file!("require-labels", "policy.yaml")],
        test: file!("require-labels", "kyverno-test.yaml"),
        cluster: None,
        values: None,
        reviews: &[
            review!("require-labels", "labelled"),
            review!("require-labels", "half-labelled"),
            review!("require-labels", "bare-template"),
        ],
    },
    Example {
        name: "disallow-latest",
        title: "No image without a tag, none with latest",
        policies: &[file!("disallow-latest", "policy.yaml")],
        test: file!("disallow-latest", "kyverno-test.yaml"),
        cluster: None,
        values: None,
        reviews: &[
            review!("disallow-latest", "pinned"),
            review!("disallow-latest", "latest"),
            review!("disallow-latest", "untagged"),
        ],
    },
    Example {
        name: "pod-security-baseline",
        title: "Pod Security, Baseline",
        policies: &[file!("pod-security-baseline", "policy.yaml")],
        test: file!("pod-security-baseline", "kyverno-test.yaml"),
        cluster: None,
        values: None,
        reviews: &[review!("pod-security-baseline", "modest"), review!("pod-security-baseline", "greedy")],
    },
    Example {
        name: "default-limits",
        title: "Containers get default limits",
        policies: &[file!("default-limits", "policy.yaml")],
        test: file!("default-limits", "kyverno-test.yaml"),
        cluster: None,
        values: None,
        reviews: &[review!("default-limits", "unlimited")],
    },
    Example {
        name: "restrict-registries",
        title: "Only known registries",
        policies: &[file!("restrict-registries", "policy.yaml")],
        test: file!("restrict-registries", "kyverno-test.yaml"),
        cluster: None,
        values: None,
        reviews: &[
            review!("restrict-registries", "known"),
            review!("restrict-registries", "unknown"),
            review!("restrict-registries", "system"),
        ],
    },
];
