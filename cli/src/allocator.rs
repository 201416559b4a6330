//! The allocator.

use mimalloc::MiMalloc;

/// Documents and contexts are many small values, which the system's allocator is a quarter slower at. Huge pages are off
/// (`no_thp` in `Cargo.toml`): a server of a few MiB would be rounded up to several times its size.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// As long as there is one of these, memory that is freed goes back to the system at once, and not after a second: what
/// compiling takes is not needed to serve, and what serving takes is needed again soon.
pub(crate) struct Frugality(());

impl Frugality {
    pub(crate) fn begin() -> Self {
        return_free_memory_after(0);
        Self(())
    }
}

impl Drop for Frugality {
    fn drop(&mut self) {
        return_free_memory_after(DEFAULT_DELAY_MS);
    }
}

/// The number of `mi_option_purge_delay` in `mimalloc.h`, which the crate has no name for.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// What mimalloc begins with.
const DEFAULT_DELAY_MS: u16 = 1000;

fn return_free_memory_after(milliseconds: u16) {
    // SAFETY: the function stores a number under one of mimalloc's options; it may be called at any time by any thread.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, milliseconds.into()) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_is_the_option_with_its_default() {
        // SAFETY: the function reads a number.
        let delay = || unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) };
        assert_eq!(delay(), i64::from(DEFAULT_DELAY_MS));
        let frugality = Frugality::begin();
        assert_eq!(delay(), 0);
        drop(frugality);
        assert_eq!(delay(), i64::from(DEFAULT_DELAY_MS));
    }
}
