//! The `guatu` binary: reads the command line, calls one app function, prints.

fn main() {}
