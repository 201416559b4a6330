//! Tests of policies: `kyverno-test.yaml` files.
//!
//! | module | what |
//! |---|---|
//! | [`mod@file`] | the form of the files |
//! | [`selector`] | which expectations are checked |
//! | [`compare`] | objects against files |
//! | [`run`] | running a test |
//! | [`check`] | what was said against what is expected |
//! | [`assertion`] | what was said against assertion trees |
//! | [`row`] | results |
//! | [`vacuous`] | results that show nothing |
//! | [`coverage`] | which rules the rows reach |
//! | [`inspect`] | what is wrong with test files before they are run |
//! | [`mod@format`] | results as tables, JSON, YAML, Markdown and JUnit |

pub(crate) mod assertion;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod coverage;
pub(crate) mod file;
pub(crate) mod format;
pub(crate) mod inspect;
pub(crate) mod row;
pub(crate) mod run;
pub(crate) mod selector;
pub(crate) mod vacuous;
