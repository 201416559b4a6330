//! Verification of images and manifests, and checks in CEL (Kyverno `api/kyverno/v1/image_verification_types.go`,
//! `common_types.go`). They are not run; mistakes in them are told all the same.

use super::context::ANY_ALL;
use super::{Constraint, Field, ObjectShape, Shape};

const TEXTS: Shape = Shape::List(&Shape::Text);
const TEXT_MAP: Shape = Shape::MapOf(&Shape::Text);
const ATTESTORS: Shape = Shape::List(&Shape::Object(&ATTESTOR_SET));
const ALGORITHM: Shape = Shape::Choice(&["sha224", "sha256", "sha384", "sha512"]);

/// An entry of `verifyImages`.
pub(in crate::model) static VERIFY_IMAGES: ObjectShape = ObjectShape {
    title: "an entry of `verifyImages`",
    fields: &[
        Field::new("imageReferences", TEXTS, "Images that are verified, with the wildcards `*` and `?`."),
        Field::new("skipImageReferences", TEXTS, "Images that are not verified."),
        Field::new("type", Shape::Choice(&["Cosign", "SigstoreBundle", "Notary"]), "How images are signed."),
        Field::new("attestors", ATTESTORS, "Who must have signed."),
        Field::new("attestations", Shape::List(&Shape::Object(&ATTESTATION)), "Statements that must be signed."),
        Field::new("annotations", TEXT_MAP, "Annotations of the signature."),
        Field::new("repository", Shape::Text, "Where signatures are, when not beside the image."),
        Field::new("cosignOCI11", Shape::Bool, "Whether signatures are looked for in the way of OCI 1.1."),
        Field::new("mutateDigest", Shape::Bool, "Whether tags are replaced by digests; they are by default."),
        Field::new("verifyDigest", Shape::Bool, "Whether images need digests; they do by default."),
        Field::new("required", Shape::Bool, "Whether images must be verified; they must by default."),
        Field::new("imageRegistryCredentials", Shape::Object(&CREDENTIALS), "How to log in to registries."),
        Field::new("useCache", Shape::Bool, "Whether results are kept; they are by default."),
        Field::new("validate", Shape::Object(&VALIDATE_VERIFICATION), "Checks of what was verified."),
        Field::new("failureAction", Shape::Choice(&["Audit", "Enforce"]), "`Audit` or `Enforce`."),
        Field::deprecated("image", Shape::Text, "write a list under `imageReferences`", "Image."),
        Field::deprecated("key", Shape::Text, "write `attestors`", "Public key."),
        Field::deprecated("roots", Shape::Text, "write `attestors`", "Root certificates."),
        Field::deprecated("subject", Shape::Text, "write `attestors`", "Who signed."),
        Field::deprecated("issuer", Shape::Text, "write `attestors`", "Who says so."),
        Field::deprecated("additionalExtensions", TEXT_MAP, "write `attestors`", "Extensions of the certificate."),
    ],
    constraints: &[],
};

static ATTESTOR_SET: ObjectShape = ObjectShape {
    title: "an entry of `attestors`",
    fields: &[
        Field::new("count", Shape::IntIn(1, i64::MAX), "How many of the entries must have signed; all by default."),
        Field::new("entries", Shape::List(&Shape::Object(&ATTESTOR)), "Who signs."),
    ],
    constraints: &[],
};

static ATTESTOR: ObjectShape = ObjectShape {
    title: "an attestor",
    fields: &[
        Field::new("keys", Shape::Object(&KEYS), "A public key."),
        Field::new("certificates", Shape::Object(&CERTIFICATES), "A certificate."),
        Field::new("keyless", Shape::Object(&KEYLESS), "An identity."),
        Field::new("attestor", Shape::Any, "A set of attestors within this one."),
        Field::new("annotations", TEXT_MAP, "Annotations of the signature."),
        Field::new("repository", Shape::Text, "Where signatures are."),
        Field::new("signatureAlgorithm", ALGORITHM, "How the key hashes; `sha256` by default."),
    ],
    constraints: &[Constraint::AtMostOne(&["keys", "certificates", "keyless", "attestor"])],
};

static KEYS: ObjectShape = ObjectShape {
    title: "`keys`",
    fields: &[
        Field::new("publicKeys", Shape::Text, "Public keys, as text or as a reference to a Secret."),
        Field::new("signatureAlgorithm", ALGORITHM, "How the key hashes; `sha256` by default."),
        Field::new("kms", Shape::Text, "URI of a key management service."),
        Field::new("secret", Shape::Object(&SECRET), "Secret with the key."),
        Field::new("rekor", Shape::Object(&REKOR), "The transparency log."),
        Field::new("ctlog", Shape::Object(&CTLOG), "The log of certificates."),
    ],
    constraints: &[],
};

static SECRET: ObjectShape = ObjectShape {
    title: "`secret`",
    fields: &[
        Field::required("name", Shape::Text, "Name of the Secret."),
        Field::required("namespace", Shape::Text, "Namespace of the Secret."),
    ],
    constraints: &[],
};

static REKOR: ObjectShape = ObjectShape {
    title: "`rekor`",
    fields: &[
        Field::new("url", Shape::Text, "Address of the log."),
        Field::new("pubkey", Shape::Text, "Public key of the log."),
        Field::new("ignoreTlog", Shape::Bool, "Whether the log is not asked."),
    ],
    constraints: &[],
};

static CTLOG: ObjectShape = ObjectShape {
    title: "`ctlog`",
    fields: &[
        Field::new("ignoreSCT", Shape::Bool, "Whether the log is not asked."),
        Field::new("pubkey", Shape::Text, "Public key of the log."),
        Field::new("tsaCertChain", Shape::Text, "Certificates of the authority for time stamps."),
    ],
    constraints: &[],
};

static CERTIFICATES: ObjectShape = ObjectShape {
    title: "`certificates`",
    fields: &[
        Field::new("cert", Shape::Text, "The certificate."),
        Field::new("certChain", Shape::Text, "The certificates behind it."),
        Field::new("rekor", Shape::Object(&REKOR), "The transparency log."),
        Field::new("ctlog", Shape::Object(&CTLOG), "The log of certificates."),
    ],
    constraints: &[],
};

static KEYLESS: ObjectShape = ObjectShape {
    title: "`keyless`",
    fields: &[
        Field::new("subject", Shape::Text, "Who signs, with wildcards."),
        Field::new("subjectRegExp", Shape::Text, "Who signs, as a regular expression."),
        Field::new("issuer", Shape::Text, "Who says so."),
        Field::new("issuerRegExp", Shape::Text, "Who says so, as a regular expression."),
        Field::new("roots", Shape::Text, "Root certificates."),
        Field::new("rekor", Shape::Object(&REKOR), "The transparency log."),
        Field::new("ctlog", Shape::Object(&CTLOG), "The log of certificates."),
        Field::new("additionalExtensions", TEXT_MAP, "Extensions of the certificate."),
    ],
    constraints: &[],
};

static ATTESTATION: ObjectShape = ObjectShape {
    title: "an entry of `attestations`",
    fields: &[
        Field::new("name", Shape::Text, "Name under which conditions find the statement."),
        Field::new("type", Shape::Text, "Type of the statement."),
        Field::new("attestors", ATTESTORS, "Who must have signed it."),
        Field::new("conditions", Shape::List(&Shape::Object(&ANY_ALL)), "What the statement must say."),
        Field::deprecated("predicateType", Shape::Text, "write `type`", "Type of the statement."),
    ],
    constraints: &[],
};

static CREDENTIALS: ObjectShape = ObjectShape {
    title: "`imageRegistryCredentials`",
    fields: &[
        Field::new("allowInsecureRegistry", Shape::Bool, "Whether registries without TLS are asked."),
        Field::new(
            "providers",
            Shape::List(&Shape::Choice(&["default", "amazon", "azure", "google", "github"])),
            "Clouds whose credentials are used.",
        ),
        Field::new("secrets", TEXTS, "Secrets in Kyverno's namespace."),
    ],
    constraints: &[],
};

static VALIDATE_VERIFICATION: ObjectShape = ObjectShape {
    title: "`validate` of an image verification",
    fields: &[
        Field::new("message", Shape::Text, "What is said when it fails."),
        Field::new("deny", Shape::Any, "Conditions under which it fails."),
    ],
    constraints: &[],
};

/// `validate.manifests`
pub(in crate::model) static MANIFESTS: ObjectShape = ObjectShape {
    title: "`manifests`",
    fields: &[
        Field::new("attestors", ATTESTORS, "Who must have signed."),
        Field::new("annotationDomain", Shape::Text, "Domain of the annotations with the signature."),
        Field::new("ignoreFields", Shape::List(&Shape::Object(&IGNORED)), "Fields that may differ."),
        Field::new("dryRun", Shape::Object(&DRY_RUN), "Whether the API server is asked what it would make of it."),
        Field::new("repository", Shape::Text, "Where signatures are."),
    ],
    constraints: &[],
};

static IGNORED: ObjectShape = ObjectShape {
    title: "an entry of `ignoreFields`",
    fields: &[
        Field::new("objects", Shape::List(&Shape::Object(&IGNORED_OBJECT)), "Objects that it is about."),
        Field::new("fields", TEXTS, "Paths of the fields."),
    ],
    constraints: &[],
};

static IGNORED_OBJECT: ObjectShape = ObjectShape {
    title: "an entry of `objects`",
    fields: &[
        Field::new("group", Shape::Text, "Group of the kind."),
        Field::new("version", Shape::Text, "Version of the kind."),
        Field::new("kind", Shape::Text, "Kind."),
        Field::new("name", Shape::Text, "Name of the object."),
        Field::new("namespace", Shape::Text, "Namespace of the object."),
    ],
    constraints: &[],
};

static DRY_RUN: ObjectShape = ObjectShape {
    title: "`dryRun`",
    fields: &[
        Field::new("enable", Shape::Bool, "Whether it is done."),
        Field::new("namespace", Shape::Text, "Namespace in which it is done."),
    ],
    constraints: &[],
};

/// An extractor of images out of a custom resource.
pub(in crate::model) static IMAGE_EXTRACTOR: ObjectShape = ObjectShape {
    title: "an image extractor",
    fields: &[
        Field::required("path", Shape::Text, "Way to the images, such as `/spec/steps/*`."),
        Field::new("value", Shape::Text, "Member that holds the image, where the path leads to an object."),
        Field::new("name", Shape::Text, "Name under which the images stand in `images`; `custom` by default."),
        Field::new("key", Shape::Text, "Member that tells the images apart."),
        Field::new("jmesPath", Shape::Text, "Expression that makes the image of what is found."),
    ],
    constraints: &[],
};

/// `validate.cel`
pub(in crate::model) static CEL: ObjectShape = ObjectShape {
    title: "`cel`",
    fields: &[
        Field::new("expressions", Shape::List(&Shape::Object(&CEL_CHECK)), "What must hold."),
        Field::new("variables", Shape::List(&Shape::Object(&CEL_NAMED)), "Expressions that others can name."),
        Field::new("auditAnnotations", Shape::List(&Shape::Object(&CEL_AUDIT)), "What is written to the audit log."),
        Field::new("paramKind", Shape::Object(&PARAM_KIND), "Kind of the parameters."),
        Field::new("paramRef", Shape::Object(&PARAM_REF), "Where the parameters are."),
        Field::new("generate", Shape::Bool, "Whether a ValidatingAdmissionPolicy is made of the rule."),
    ],
    constraints: &[],
};

static CEL_CHECK: ObjectShape = ObjectShape {
    title: "an entry of `expressions`",
    fields: &[
        Field::required("expression", Shape::Text, "What must hold, in CEL."),
        Field::new("message", Shape::Text, "What is said when it does not."),
        Field::new("messageExpression", Shape::Text, "The same, in CEL."),
        Field::new("reason", Shape::Text, "Reason for machines."),
    ],
    constraints: &[],
};

/// A named expression in CEL: a variable, a precondition, a condition of the webhook.
pub(in crate::model) static CEL_NAMED: ObjectShape = ObjectShape {
    title: "a named expression",
    fields: &[
        Field::required("name", Shape::Text, "Name."),
        Field::required("expression", Shape::Text, "Expression in CEL."),
    ],
    constraints: &[],
};

static CEL_AUDIT: ObjectShape = ObjectShape {
    title: "an entry of `auditAnnotations`",
    fields: &[
        Field::required("key", Shape::Text, "Name of the annotation."),
        Field::required("valueExpression", Shape::Text, "Its value, in CEL."),
    ],
    constraints: &[],
};

static PARAM_KIND: ObjectShape = ObjectShape {
    title: "`paramKind`",
    fields: &[Field::new("apiVersion", Shape::Text, "Group and version."), Field::new("kind", Shape::Text, "Kind.")],
    constraints: &[],
};

static PARAM_REF: ObjectShape = ObjectShape {
    title: "`paramRef`",
    fields: &[
        Field::new("name", Shape::Text, "Name of the parameters."),
        Field::new("namespace", Shape::Text, "Their namespace."),
        Field::new("selector", Shape::Any, "Labels of the parameters."),
        Field::new("parameterNotFoundAction", Shape::Choice(&["Allow", "Deny"]), "What becomes of requests without."),
    ],
    constraints: &[],
};
