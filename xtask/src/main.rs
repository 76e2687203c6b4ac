//! Checks and generators of the house.

fn main() {}
