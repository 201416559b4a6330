//! Writing what the commands have to say.
//!
//! | module | writes |
//! |---|---|
//! | [`style`] | colours, where the output is a terminal |
//! | [`table`] | tables with borders |
//! | [`yaml`] | values as YAML |
//! | [`report`] | policy reports |
//! | [`exceptions`] | policy exceptions for what fails |
//! | [`difference`] | the lines in which two texts differ |

pub(crate) mod difference;
pub(crate) mod exceptions;
pub(crate) mod report;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod yaml;
