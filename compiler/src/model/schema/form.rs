//! Forms of texts: names that Kubernetes takes, schedules.

use dikast_stdlib::duration::GoDuration;

/// What a text must look like.
#[derive(Debug)]
pub(in crate::model) struct Form {
    /// What it is called in messages.
    pub(in crate::model) title: &'static str,
    /// What is wrong with a text; nothing when it has the form.
    pub(in crate::model) problem: fn(&str) -> Option<String>,
}

/// The name of a policy: a DNS subdomain that fits a label (Kyverno `api/kyverno/v1/utils.go`, `ValidatePolicyName`).
pub(in crate::model) static POLICY_NAME: Form =
    Form { title: "the name of a policy", problem: |text| too_long(text, 63).or_else(|| not_subdomain(text)) };

/// The name of a rule (Kyverno `api/kyverno/v1/rule_types.go`).
pub(in crate::model) static RULE_NAME: Form =
    Form { title: "the name of a rule", problem: |text| empty(text).or_else(|| too_long(text, 63)) };

/// The name of another object: a DNS subdomain.
pub(in crate::model) static OBJECT_NAME: Form =
    Form { title: "the name of an object", problem: |text| too_long(text, 253).or_else(|| not_subdomain(text)) };

/// The name of a namespace: a DNS label.
pub(in crate::model) static NAMESPACE: Form = Form {
    title: "the name of a namespace",
    problem: |text| {
        let dots = || text.contains('.').then(|| "it has a dot".to_owned());
        too_long(text, 63).or_else(dots).or_else(|| not_subdomain(text))
    },
};

/// The name of a context entry.
pub(in crate::model) static ENTRY_NAME: Form = Form { title: "the name of a context entry", problem: empty };

/// The name of a part of a global context entry.
pub(in crate::model) static PROJECTION_NAME: Form = Form { title: "the name of a projection", problem: empty };

/// The time between two calls (Kyverno `api/kyverno/v2beta1/global_context_entry_types.go`).
pub(in crate::model) static REFRESH_INTERVAL: Form = Form {
    title: "the time between two calls",
    problem: |text| match GoDuration::parse(text) {
        Err(error) => Some(error.to_string()),
        Ok(duration) => (duration.nanoseconds() <= 0).then(|| "it is not more than 0 seconds".to_owned()),
    },
};

/// A schedule as in a CronJob.
pub(in crate::model) static SCHEDULE: Form = Form { title: "a schedule", problem: not_schedule };

/// A version of the Pod Security Standards.
pub(in crate::model) static STANDARDS_VERSION: Form = Form {
    title: "a version of the standards",
    problem: |text| {
        let minor = text.strip_prefix("v1.").filter(|minor| minor.bytes().all(|byte| byte.is_ascii_digit()));
        let is_version = text == "latest" || minor.is_some_and(|minor| !minor.is_empty());
        (!is_version).then(|| "it is written like `v1.29`, or `latest`".to_owned())
    },
};

fn empty(text: &str) -> Option<String> {
    text.is_empty().then(|| "it is empty".to_owned())
}

fn too_long(text: &str, most: usize) -> Option<String> {
    let length = text.chars().count();
    (length > most).then(|| format!("it has {length} characters, and {most} is the most"))
}

fn not_subdomain(text: &str) -> Option<String> {
    let is_end = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let wrong = text.chars().find(|&character| !is_end(character) && !matches!(character, '-' | '.'));
    if let Some(wrong) = wrong {
        let advice = if wrong.is_ascii_uppercase() { "small letters" } else { "small letters, digits, `-` and `.`" };
        return Some(format!("it has `{wrong}`, and takes {advice}"));
    }
    let bad_part = |part: &str| !part.starts_with(is_end) || !part.ends_with(is_end);
    empty(text).or_else(|| {
        text.split('.')
            .any(bad_part)
            .then(|| "each part between dots begins and ends with a letter or digit".to_owned())
    })
}

fn not_schedule(text: &str) -> Option<String> {
    const RANGES: [(&str, u32, u32); 5] =
        [("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7)];
    if text.starts_with('@') {
        let known = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
        return (!known.contains(&text) && !text.starts_with("@every ")).then(|| format!("there is no `{text}`"));
    }
    let fields: Vec<&str> = text.split_whitespace().filter(|field| !is_zone(field)).collect();
    if fields.len() != RANGES.len() {
        return Some(format!("it has {} fields instead of five", fields.len()));
    }
    fields.iter().zip(RANGES).find_map(|(field, (name, low, high))| {
        let fits = |part: &str| is_schedule_part(part, low, high);
        (!field.split(',').all(fits)).then(|| format!("`{field}` is no {name}"))
    })
}

fn is_zone(field: &str) -> bool {
    field.starts_with("TZ=") || field.starts_with("CRON_TZ=")
}

/// `*`, a number, a name such as `MON`, a range, and perhaps a step.
fn is_schedule_part(part: &str, low: u32, high: u32) -> bool {
    let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
    let is_value = |value: &str| match value.parse::<u32>() {
        Ok(number) => (low..=high).contains(&number),
        Err(_) => value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_alphabetic()),
    };
    let is_range = match range.split_once('-') {
        Some((from, to)) => is_value(from) && is_value(to),
        None => matches!(range, "*" | "?") || is_value(range),
    };
    is_range && step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for name in ["a", "a-b", "a.b", "1"] {
            assert_eq!((POLICY_NAME.problem)(name), None, "{name}");
        }
        for name in ["", "A", "a_b", "-a", "a-", "a..b", "a b"] {
            assert!((POLICY_NAME.problem)(name).is_some(), "{name}");
        }
        assert!((POLICY_NAME.problem)(&"a".repeat(64)).is_some());
        assert!((NAMESPACE.problem)("a.b").is_some());
    }

    #[test]
    fn schedules_have_five_fields() {
        for schedule in ["* * * * *", "*/5 0-6 1,15 * MON-FRI", "@hourly", "@every 1h", "TZ=UTC 0 1 * * *"] {
            assert_eq!((SCHEDULE.problem)(schedule), None, "{schedule}");
        }
        for schedule in ["", "* * * *", "60 * * * *", "* 24 * * *", "@often", "*/0 * * * *", "a * * * *"] {
            assert!((SCHEDULE.problem)(schedule).is_some(), "{schedule}");
        }
    }
}
