//! Measuring contenders in turns.

use std::time::{Duration, Instant};

/// Rounds of one comparison.
const ROUNDS: usize = 15;

/// How long a contender runs in a round, about.
const TURN: Duration = Duration::from_millis(8);

/// Parts of a turn, the best of which counts: what another process takes away is not the contender's.
const PARTS: u32 = 4;

/// One of those that take turns.
pub(crate) struct Contender<'a> {
    name: &'static str,
    run: Box<dyn FnMut() + 'a>,
}

impl<'a> Contender<'a> {
    pub(crate) fn new(name: &'static str, run: impl FnMut() + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }

    fn calls_in_a_turn(&mut self) -> u32 {
        let start = Instant::now();
        let mut calls = 0;
        while start.elapsed() < TURN {
            (self.run)();
            calls += 1;
        }
        calls
    }

    /// Time of a call.
    fn time(&mut self, calls: u32) -> Duration {
        let start = Instant::now();
        (0..calls).for_each(|_| (self.run)());
        start.elapsed() / calls
    }
}

/// What a contender took, round by round, in microseconds.
pub(crate) struct Times {
    pub(crate) name: &'static str,
    pub(crate) micros: Vec<f64>,
}

/// Lets all contenders take turns.
pub(crate) fn race(mut contenders: Vec<Contender<'_>>) -> Vec<Times> {
    let calls: Vec<u32> = contenders.iter_mut().map(|each| each.calls_in_a_turn().div_ceil(PARTS)).collect();
    let mut times: Vec<Times> = contenders.iter().map(|each| Times { name: each.name, micros: Vec::new() }).collect();
    for _ in 0..ROUNDS {
        for ((contender, &calls), times) in contenders.iter_mut().zip(&calls).zip(&mut times) {
            let best = (0..PARTS).map(|_| contender.time(calls)).min().unwrap_or_default();
            times.micros.push(best.as_secs_f64() * 1e6);
        }
    }
    times
}

/// The middle one.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}
