//! Workflow: spans and deadlines, states and the ways between them.

pub(crate) mod moment;
mod span;

pub use span::{Due, OFFICE_HOURS, office_seconds};
