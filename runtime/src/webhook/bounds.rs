//! Bounds of what requests may take up.

use std::time::Duration;

/// Bounds of one request.
#[derive(Clone, Copy, Debug)]
pub struct RequestBounds {
    /// Requests that are being read or decided at the same time.
    pub open_max: usize,
    /// Bodies of more than 256 KiB that are being read at the same time.
    pub large_max: usize,
    /// Requests that are decided by more than native code at the same time.
    pub in_flight_max: usize,
    /// Size of a review in bytes.
    pub body_bytes_max: usize,
    /// Time that policies which are put in place wait for their units to be compiled.
    pub compile_timeout: Duration,
    /// Time for a request, loading included.
    pub request_timeout: Duration,
    /// Time for one piece of data.
    pub load_timeout: Duration,
    /// How often data may turn out to be needed that depends on data loaded before.
    pub load_rounds_max: usize,
}

impl Default for RequestBounds {
    fn default() -> Self {
        Self {
            open_max: 1024,
            large_max: 32,
            in_flight_max: 256,
            body_bytes_max: 8 << 20,
            compile_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(9),
            load_timeout: Duration::from_secs(5),
            load_rounds_max: 16,
        }
    }
}
