//! The list that `items` gives is none of JMESPath's types in Kyverno.
//!
//! It is a Go list of maps, not the list of anything that JMESPath knows. It prints, has a length and can be projected
//! and indexed like any list, but functions that ask for a list refuse it or crash. Here it is an ordinary list; whoever
//! knows that a list comes straight from `items` asks [`treatment_of_rows`] what a function would make of it.

use super::{FunctionError, FunctionId, Kind, get};

/// What a function makes of the list that `items` gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowsTreatment {
    /// The same as of any list.
    List,
    /// What it makes of a value that is no list.
    Single,
    /// An error.
    Refused(FunctionError),
}

/// Whether a function gives such a list.
pub fn makes_rows(function: FunctionId) -> bool {
    get(function).name == "items"
}

/// What a function makes of such a list at a position, counted from 0.
pub fn treatment_of_rows(function: FunctionId, position: usize) -> RowsTreatment {
    let function = get(function);
    let kinds = function.parameters.get(position).map_or(&[] as &[Kind], |parameter| parameter.kinds);
    let not_of_type = |expected| FunctionError::not_of_type(function.name, position + 1, expected);
    let refusal = match function.name {
        "length" => return RowsTreatment::List,
        "to_array" => return RowsTreatment::Single,
        "type" | "to_number" => FunctionError::failed("unknown type"),
        "items" | "lookup" if position == 0 => not_of_type("Object or Array"),
        "object_from_lists" => not_of_type("Array"),
        "sum" => FunctionError::refused("sum", "Types mismatch"),
        _ if kinds.contains(&Kind::List) => {
            // Where Kyverno crashes.
            FunctionError::crash("interface conversion: interface {} is []map[string]interface {}, not []interface {}")
        }
        _ if kinds.contains(&Kind::Numbers) || kinds.contains(&Kind::Texts) => {
            FunctionError::ArgumentType { value: "a list of maps".to_owned(), expected: kinds }
        }
        _ => return RowsTreatment::List,
    };
    RowsTreatment::Refused(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::find;

    #[test]
    fn functions_of_lists_refuse_rows() {
        let treatment = |name, position| find(name).map(|function| treatment_of_rows(function, position));
        for (name, position) in [("map", 1), ("sort_by", 0), ("reverse", 0), ("sort", 0), ("join", 1), ("type", 0)] {
            assert!(matches!(treatment(name, position), Some(RowsTreatment::Refused(_))), "{name}");
        }
        for (name, position) in [("length", 0), ("to_string", 0), ("not_null", 0), ("contains", 1), ("map", 0)] {
            assert_eq!(treatment(name, position), Some(RowsTreatment::List), "{name}");
        }
        assert_eq!(treatment("to_array", 0), Some(RowsTreatment::Single));
    }
}
