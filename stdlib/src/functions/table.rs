//! The one list of all functions.

use super::{Function, FunctionId, arithmetic, collection, conversion, infrastructure, text, time};

static TABLE: &[&Function] = &[
    &arithmetic::abs::FUNCTION,
    &arithmetic::add::FUNCTION,
    &arithmetic::avg::FUNCTION,
    &text::base64_decode::FUNCTION,
    &text::base64_encode::FUNCTION,
    &arithmetic::ceil::FUNCTION,
    &text::compare::FUNCTION,
    &collection::contains::FUNCTION,
    &arithmetic::divide::FUNCTION,
    &text::ends_with::FUNCTION,
    &text::equal_fold::FUNCTION,
    &arithmetic::floor::FUNCTION,
    &infrastructure::image_normalize::FUNCTION,
    &infrastructure::is_external_url::FUNCTION,
    &collection::items::FUNCTION,
    &collection::join::FUNCTION,
    &collection::keys::FUNCTION,
    &collection::label_match::FUNCTION,
    &collection::length::FUNCTION,
    &collection::lookup::FUNCTION,
    &collection::map::FUNCTION,
    &collection::max::FUNCTION,
    &collection::max_by::FUNCTION,
    &text::md5::FUNCTION,
    &collection::merge::FUNCTION,
    &collection::min::FUNCTION,
    &collection::min_by::FUNCTION,
    &arithmetic::modulo::FUNCTION,
    &arithmetic::multiply::FUNCTION,
    &collection::not_null::FUNCTION,
    &collection::object_from_lists::FUNCTION,
    &conversion::parse_json::FUNCTION,
    &conversion::parse_yaml::FUNCTION,
    &text::path_canonicalize::FUNCTION,
    &text::pattern_match::FUNCTION,
    &text::random::FUNCTION,
    &text::regex_match::FUNCTION,
    &text::regex_replace_all::FUNCTION,
    &text::regex_replace_all_literal::FUNCTION,
    &text::replace::FUNCTION,
    &text::replace_all::FUNCTION,
    &collection::reverse::FUNCTION,
    &arithmetic::round::FUNCTION,
    &infrastructure::semver_compare::FUNCTION,
    &text::sha1::FUNCTION,
    &text::sha256::FUNCTION,
    &collection::sort::FUNCTION,
    &collection::sort_by::FUNCTION,
    &text::split::FUNCTION,
    &text::starts_with::FUNCTION,
    &arithmetic::subtract::FUNCTION,
    &arithmetic::sum::FUNCTION,
    &time::time_add::FUNCTION,
    &time::time_after::FUNCTION,
    &time::time_before::FUNCTION,
    &time::time_between::FUNCTION,
    &time::time_diff::FUNCTION,
    &time::time_now::FUNCTION,
    &time::time_now_utc::FUNCTION,
    &time::time_parse::FUNCTION,
    &time::time_since::FUNCTION,
    &time::time_to_cron::FUNCTION,
    &time::time_truncate::FUNCTION,
    &time::time_utc::FUNCTION,
    &conversion::to_array::FUNCTION,
    &conversion::to_boolean::FUNCTION,
    &text::to_lower::FUNCTION,
    &conversion::to_number::FUNCTION,
    &conversion::to_string::FUNCTION,
    &text::to_upper::FUNCTION,
    &text::trim::FUNCTION,
    &text::trim_prefix::FUNCTION,
    &text::truncate::FUNCTION,
    &conversion::r#type::FUNCTION,
    &collection::values::FUNCTION,
    &infrastructure::x509_decode::FUNCTION,
];

/// All functions, sorted by name; a [`FunctionId`] is a position in it.
pub fn table() -> &'static [&'static Function] {
    TABLE
}

/// The function of a name.
pub fn find(name: &str) -> Option<FunctionId> {
    TABLE.binary_search_by(|function| function.name.cmp(name)).ok().map(|at| FunctionId(at as u16))
}

/// The function of an id. Panics when the id does not come from [`find`], which is a bug of ours.
pub fn get(id: FunctionId) -> &'static Function {
    TABLE[id.0 as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::Kind;

    #[test]
    fn names_are_sorted_and_found() {
        assert!(TABLE.is_sorted_by(|left, right| left.name < right.name));
        for function in TABLE {
            assert_eq!(find(function.name).map(|id| get(id).name), Some(function.name));
        }
        assert_eq!(find("env"), None);
    }

    #[test]
    fn signatures_are_whole() {
        for function in TABLE {
            assert!(!function.summary.is_empty(), "{}", function.name);
            assert_ne!(function.result, Kind::Lambda, "{}", function.name);
            assert!(function.parameters.iter().all(|parameter| !parameter.kinds.is_empty()), "{}", function.name);
            for (_, result) in function.examples {
                assert!(serde_json::from_str::<serde_json::Value>(result).is_ok(), "{}: {result}", function.name);
            }
        }
    }
}
