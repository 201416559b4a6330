//! File names as editors write them.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What a path may hold as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path of a `file:` URI; nothing for other schemes, such as that of a text that was never saved.
pub(crate) fn to_path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let path = &rest[rest.find('/')?..];
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    // file:///c:/policies on Windows
    let drive = decoded.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
    Some(PathBuf::from(drive.unwrap_or(&decoded)))
}

/// The URI of an absolute path; nothing for a path whose name is no text.
pub(crate) fn of_path(path: &Path) -> Option<Uri> {
    let path = path.to_str()?.replace('\\', "/");
    let root = if path.starts_with('/') { "" } else { "/" };
    Uri::from_str(&format!("file://{root}{}", utf8_percent_encode(&path, ENCODED))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_uris_are_the_same_names() {
        for (uri, path) in [("file:///a/b.yaml", "/a/b.yaml"), ("file:///a%20b/%C3%A9%23.yaml", "/a b/\u{e9}#.yaml")] {
            assert_eq!(to_path(&Uri::from_str(uri).unwrap()), Some(PathBuf::from(path)));
            assert_eq!(of_path(Path::new(path)).unwrap().as_str(), uri);
        }
        assert_eq!(to_path(&Uri::from_str("untitled:One").unwrap()), None);
        assert_eq!(to_path(&Uri::from_str("file:///c%3A/x").unwrap()), Some(PathBuf::from("c:/x")));
    }
}
