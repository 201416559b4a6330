//! Bounds on what a single call may make out of small arguments.

/// How many bytes a text may have that a call makes. Kyverno knows no bound; replacing each character of a request by the
/// whole request would take all memory.
pub const MAX_TEXT_BYTES: usize = 32 << 20;

/// A text would have more than [`MAX_TEXT_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the resulting text would be longer than {MAX_TEXT_BYTES} bytes")]
pub struct TextTooLong;

/// The product and sum of lengths, if a text may be that long.
pub(crate) fn check_text(fixed: usize, repeated: usize, times: usize) -> Result<usize, TextTooLong> {
    let length = repeated.checked_mul(times).and_then(|length| length.checked_add(fixed));
    length.filter(|length| *length <= MAX_TEXT_BYTES).ok_or(TextTooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_added_without_overflow() {
        assert_eq!(check_text(1, 2, 3), Ok(7));
        assert_eq!(check_text(0, usize::MAX, 2), Err(TextTooLong));
        assert_eq!(check_text(MAX_TEXT_BYTES, 1, 1), Err(TextTooLong));
    }
}
