//! Measurements of the budgets. Never a test.

fn main() {}
