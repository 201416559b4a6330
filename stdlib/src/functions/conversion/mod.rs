//! From one type or format to another.

pub(super) mod parse_json;
pub(super) mod parse_yaml;
pub(super) mod to_array;
pub(super) mod to_boolean;
pub(super) mod to_number;
pub(super) mod to_string;
pub(super) mod r#type;
