//! Replacement texts with references to groups.

use crate::bounds::{TextTooLong, check_text};

/// Appends a replacement with its references filled in, as Go's `Regexp.Expand` does. Stops when the text is too long.
pub(super) fn expand(
    replacement: &str,
    captures: &regex::Captures<'_>,
    names: &[Option<String>],
    out: &mut String,
) -> Result<(), TextTooLong> {
    let mut rest = replacement;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = reference(after) {
            out.push_str(referred(name, captures, names));
            check_text(out.len(), 0, 0)?;
            rest = after;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out.push_str(rest);
    Ok(())
}

/// The name after a `$`, and what follows it; nothing when there is no name.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (braced, text) = text.strip_prefix('{').map_or((false, text), |text| (true, text));
    let end = text.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    Some((name, if braced { rest.strip_prefix('}')? } else { rest }))
}

/// What the group of a number or name matched. Of groups with the same name, the first that matched.
fn referred<'t>(name: &str, captures: &regex::Captures<'t>, names: &[Option<String>]) -> &'t str {
    let numeric = name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    if numeric {
        return name.parse().ok().and_then(|group: usize| captures.get(group)).map_or("", |found| found.as_str());
    }
    let mut groups = names.iter().enumerate().filter(|(_, group)| group.as_deref() == Some(name));
    groups.find_map(|(at, _)| captures.get(at)).map_or("", |found| found.as_str())
}
