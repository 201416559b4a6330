//! Counts that may not fall: a file of lines `TOPIC = COUNT`.

use std::path::Path;

use anyhow::{Context, bail};

use crate::Count;
use crate::topic::Topic;

/// Whether each topic that ran reaches the count that the file asks for.
pub(crate) fn holds(path: &Path, counts: &[(String, Count)]) -> anyhow::Result<bool> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut all_hold = true;
    for (name, asked) in parse(&text)? {
        let topic = name.strip_prefix("native-").unwrap_or(name);
        if Topic::ALL.iter().all(|known| known.name() != topic) {
            bail!("{}: `{name}` is no topic", path.display());
        }
        let Some((_, count)) = counts.iter().find(|(known, _)| known == name) else { continue };
        if count.agreed < asked {
            eprintln!("{name} fell to {} of {}, below {asked}", count.agreed, count.total);
            all_hold = false;
        }
    }
    Ok(all_hold)
}

fn parse(text: &str) -> anyhow::Result<Vec<(&str, usize)>> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (name, count) = line.split_once('=').with_context(|| format!("no count in `{line}`"))?;
            let count = count.trim().parse().with_context(|| format!("no number in `{line}`"))?;
            Ok((name.trim(), count))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_empty_lines_are_passed_over() {
        assert_eq!(parse("# counts\n\nvars = 12 # last\n").unwrap(), [("vars", 12)]);
        assert!(parse("vars: 12").is_err());
    }
}
