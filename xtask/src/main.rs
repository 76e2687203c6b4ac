//! Checks and generators of the house: `cargo xtask tidy`, `cargo xtask gen [--check]`.
//!
//! `tidy` is a test (see `xtask/src/tidy/`): each message says the fix. `gen` writes the committed files that are
//! made from code, or with `--check` says which of them are stale.

mod generate;
mod tidy;

use anyhow::{Result, bail};
use std::path::PathBuf;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let root = repository_root();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tidy"] => tidy::run(&root),
        ["gen"] => generate::run(&root, false),
        ["gen", "--check"] => generate::run(&root, true),
        _ => bail!("usage: cargo xtask tidy | gen [--check]"),
    }
}

/// The folder that holds the workspace: xtask's own folder's parent.
fn repository_root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
        .to_path_buf()
}
