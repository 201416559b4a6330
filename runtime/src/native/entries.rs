//! The helpers that native code calls: their raw entries and addresses.
//!
//! Each helper has two layers. The outer one, made here by a macro from the table in
//! [`dikast_compiler::for_each_helper`], has the raw calling convention: it turns the pointer into a reference, catches
//! panics and gives the answer [`Answer::Undecided`] for them. The inner one is an ordinary method of [`Running`].
//!
//! Cells come in as byte offsets and are looked up with bounds checked; an offset outside the frame reads as absent.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use dikast_compiler::codegen::{Answer, HelperAddresses};
use dikast_compiler::for_each_helper;

use super::run::Running;

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
                    // SAFETY: native code hands on the pointer that `Running::run` made from an exclusive reference
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
