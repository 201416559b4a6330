//! Lists and objects.

pub(super) mod contains;
pub(super) mod items;
pub(super) mod join;
pub(super) mod keys;
pub(super) mod label_match;
pub(super) mod length;
pub(super) mod lookup;
pub(super) mod map;
pub(super) mod max;
pub(super) mod max_by;
pub(super) mod merge;
pub(super) mod min;
pub(super) mod min_by;
pub(super) mod not_null;
pub(super) mod object_from_lists;
mod order;
pub(super) mod reverse;
pub(super) mod sort;
pub(super) mod sort_by;
pub(super) mod values;
