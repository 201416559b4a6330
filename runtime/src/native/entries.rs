//! The helpers that native code calls.
//!
//! Each entry has two layers. The outer one, made by a macro from the table in
//! [`dikast_compiler::for_each_helper`], has the raw calling convention: it turns the pointer into a reference, catches
//! panics and gives the answer [`Answer::Undecided`] for them. The inner one is an ordinary method of [`Running`].
//!
//! Cells come in as byte offsets and are looked up with bounds checked; an offset outside the frame reads as absent.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use dikast_compiler::codegen::{Answer, HelperAddresses};
use dikast_compiler::for_each_helper;
use dikast_stdlib::condition;
use dikast_stdlib::functions::{self, Argument, FunctionError, FunctionId};
use dikast_stdlib::{Value, encode};

use super::run::Running;

/// How long a text may grow that is put together from parts.
const TEXT_BYTES_MAX: usize = 8 << 20;

macro_rules! raw_type {
    (Cell) => {
        u64
    };
    (Number) => {
        u32
    };
}

macro_rules! entries {
    ($($(#[$doc:meta])* $name:ident = $entry:ident($($param:ident: $kind:ident),*);)*) => {
        mod raw {
            use super::{Answer, AssertUnwindSafe, Running, catch_unwind};

            $(
                $(#[$doc])*
                ///
                /// # Safety
                ///
                /// `running` is what [`Code::run`](dikast_compiler::codegen::Code::run) was given, and native code that
                /// it called is waiting for the answer.
                pub(super) unsafe extern "C" fn $entry(
                    running: *mut Running<'_>,
                    $($param: raw_type!($kind)),*
                ) -> Answer {
                    // SAFETY: native code hands on the pointer that `NativeUnit::run` made from an exclusive reference
                    // to a `Running`, and touches it itself only between calls.
                    let running = unsafe { &mut *running };
                    catch_unwind(AssertUnwindSafe(|| running.$entry($($param),*))).unwrap_or(Answer::Undecided)
                }
            )*
        }

        /// The addresses of all entries.
        pub(super) fn addresses() -> HelperAddresses {
            static ADDRESSES: OnceLock<Vec<usize>> = OnceLock::new();
            let addresses = ADDRESSES.get_or_init(|| vec![$(raw::$entry as *const () as usize),*]);
            // SAFETY: each address is that of the function made above from the same line of the table, in the table's
            // order; these catch panics, so they never unwind.
            unsafe { HelperAddresses::new(addresses) }
        }
    };
}

for_each_helper!(entries);

/// Functions that native code must not call because they would see another world than the interpreter.
fn may_be_called(function: FunctionId) -> bool {
    !functions::get(function).volatile
}

impl Running<'_> {
    fn wildcard(&mut self, text: u64, wildcard: u32) -> Answer {
        let text = self.text(self.cell(text)).unwrap_or_default();
        match self.unit.pool.wildcards.get(wildcard as usize) {
            Some(wildcard) => wildcard.matches(text).into(),
            None => Answer::Undecided,
        }
    }

    fn scalar_pattern(&mut self, value: u64, pattern: u32, numbers: u32) -> Answer {
        match (self.value(value, numbers), self.unit.pool.scalars.get(pattern as usize)) {
            (Some(value), Some(pattern)) => pattern.matches(&value).into(),
            _ => Answer::Undecided,
        }
    }

    fn same_text(&mut self, left: u64, right: u64) -> Answer {
        (self.text(self.cell(left)) == self.text(self.cell(right))).into()
    }

    fn condition(&mut self, value: u64, condition: u32, numbers: u32) -> Answer {
        match (self.value(value, numbers), self.unit.pool.conditions.get(condition as usize)) {
            (Some(value), Some(condition)) => condition.ask(&value).map_or(Answer::Undecided, Answer::from),
            _ => Answer::Undecided,
        }
    }

    fn operator(&mut self, key: u64, value: u64, operator: u32, numbers: u32) -> Answer {
        let sides = (self.value(key, numbers), self.value(value, numbers));
        match (sides, self.unit.pool.operators.get(operator as usize)) {
            ((Some(key), Some(value)), Some(operator)) => {
                condition::evaluate(&key, operator, &value).map_or(Answer::Undecided, Answer::from)
            }
            _ => Answer::Undecided,
        }
    }

    fn equal(&mut self, left: u64, right: u64, numbers: u32) -> Answer {
        match (self.value(left, numbers), self.value(right, numbers)) {
            (Some(left), Some(right)) => (left == right).into(),
            _ => Answer::Undecided,
        }
    }

    fn argument(&mut self, value: u64, numbers: u32) -> Answer {
        match self.value(value, numbers) {
            Some(value) => {
                self.arguments.push(value);
                Answer::Yes
            }
            None => Answer::Undecided,
        }
    }

    fn call(&mut self, function: u32, arguments: u32, result: u64) -> Answer {
        let Ok(function) = u16::try_from(function).map(FunctionId) else { return Answer::Undecided };
        if !may_be_called(function) {
            return Answer::Undecided;
        }
        let arguments: Vec<Argument<'_>> = self.last_arguments(arguments).map(Argument::Value).collect();
        match functions::invoke(function, &arguments, self.environment) {
            Ok(value) => {
                drop(arguments);
                self.write(result, value);
                Answer::Yes
            }
            Err(FunctionError::Missing(_)) => Answer::Undecided,
            Err(_) => Answer::No,
        }
    }

    /// Parts of a template that could join to a variable are left to the interpreter.
    fn concat(&mut self, arguments: u32, result: u64) -> Answer {
        let mut whole = String::new();
        for part in self.last_arguments(arguments).collect::<Vec<_>>() {
            let part = match part {
                Value::Text(text) => text.to_string(),
                other => match encode::to_go_json(&other) {
                    Ok(text) => text,
                    Err(_) => return Answer::Undecided,
                },
            };
            let may_join = part.contains("{{") || part.starts_with('{') || part.ends_with(['{', '\\']);
            if may_join || whole.len() + part.len() > TEXT_BYTES_MAX {
                return Answer::Undecided;
            }
            whole.push_str(&part);
        }
        self.write(result, Value::text(whole));
        Answer::Yes
    }

    fn begin(&mut self) -> Answer {
        self.lists.push(self.arguments.len());
        Answer::Yes
    }

    fn collect(&mut self, result: u64) -> Answer {
        let Some(start) = self.lists.pop() else { return Answer::Undecided };
        let items = Value::list(self.arguments.drain(start.min(self.arguments.len())..));
        self.write(result, items);
        Answer::Yes
    }

    fn namespace_selector(&mut self, selector: u32) -> Answer {
        match self.unit.pool.selectors.get(selector as usize) {
            Some(selector) => self.outlook.namespace_fits(selector).into(),
            None => Answer::Undecided,
        }
    }

    fn role(&mut self, name: u32) -> Answer {
        match self.unit.pool.names.get(name as usize) {
            Some(name) => self.outlook.surroundings.roles.contains(name).into(),
            None => Answer::Undecided,
        }
    }

    fn cluster_role(&mut self, name: u32) -> Answer {
        match self.unit.pool.names.get(name as usize) {
            Some(name) => self.outlook.surroundings.cluster_roles.contains(name).into(),
            None => Answer::Undecided,
        }
    }

    fn last_arguments(&mut self, count: u32) -> std::vec::IntoIter<Value> {
        let start = self.arguments.len().saturating_sub(count as usize);
        self.arguments.split_off(start).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use dikast_compiler::codegen::Helper;

    use super::*;

    #[test]
    fn each_helper_has_one_address() {
        let addresses = format!("{:?}", addresses());
        assert_eq!(addresses.matches(',').count() + 1, Helper::ALL.len());
    }
}
