//! The user of a request: `UserInfo` files.

use std::path::Path;

use dikast_stdlib::Value;

use super::InputError;
use super::fields::Fields;
use super::file::File;

/// Who makes a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct User {
    /// `userInfo` as in an admission request.
    pub(crate) info: Value,
    /// Roles as `namespace:name`.
    pub(crate) roles: Vec<String>,
    /// Cluster roles.
    pub(crate) cluster_roles: Vec<String>,
}

impl User {
    /// Reads a file of kind `UserInfo`.
    ///
    /// # Errors
    /// When it cannot be read, is of another form, or lacks `apiVersion` or `kind`.
    pub(crate) fn read(path: &Path) -> Result<Self, InputError> {
        let file = File::read(path)?;
        let Some(document) = file.documents.first() else {
            return Err(InputError::of_file(&path.display().to_string(), "holds no `UserInfo` document"));
        };
        let mut fields = Fields::of(&file, document, "user info")?;
        if fields.text("apiVersion")?.is_empty() || fields.text("kind")?.is_empty() {
            return Err(file.error(
                document.span,
                "needs `apiVersion: cli.kyverno.io/v1alpha1` and `kind: UserInfo`; files without them are of a form that is no longer read",
            ));
        }
        fields.node("metadata");
        fields.node("synchronize");
        let info = fields.node("userInfo");
        if let Some(info) = info {
            let mut info = Fields::of(&file, info, "userInfo")?;
            info.text("username")?;
            info.text("uid")?;
            info.texts("groups")?;
            info.members("extra")?;
            info.finish()?;
        }
        let user = Self {
            info: info.map_or_else(|| Value::object::<&str>([]), Value::from),
            roles: fields.texts("roles")?.unwrap_or_default(),
            cluster_roles: fields.texts("clusterRoles")?.unwrap_or_default(),
        };
        fields.finish()?;
        Ok(user)
    }
}
