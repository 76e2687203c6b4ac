//! Who may use whom (the table of the house), where heavy dependencies live, and which licences may come in.

use super::Complaint;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// The rooms and what each may use. A change of this table comes alone, with a decision page.
const ROOMS: &[(&str, &[&str])] = &[
    ("ground", &[]),
    ("plan", &["ground"]),
    ("indicator", &["ground"]),
    ("register", &["ground"]),
    ("press", &["ground"]),
    ("portfolio", &["ground", "plan", "register"]),
    ("exchange", &["ground", "plan", "register", "portfolio"]),
    (
        "report",
        &["ground", "plan", "indicator", "register", "portfolio"],
    ),
    ("store", &["ground", "register", "indicator"]),
    (
        "app",
        &[
            "ground",
            "plan",
            "indicator",
            "register",
            "portfolio",
            "press",
            "exchange",
            "report",
            "store",
        ],
    ),
    ("server", &["app", "ground"]),
    ("cli", &["app", "server", "ground"]),
    (
        "bench",
        &[
            "ground",
            "plan",
            "indicator",
            "register",
            "portfolio",
            "exchange",
            "report",
            "store",
            "app",
        ],
    ),
    ("xtask", &[]),
];

/// Heavy outside crates and the one room each lives in.
const HOMES: &[(&str, &str)] = &[
    ("axum", "server"),
    ("tower-http", "server"),
    ("utoipa", "server"),
    ("rusqlite", "store"),
    ("postgres", "store"),
    ("calamine", "exchange"),
    ("rust_xlsxwriter", "exchange"),
    ("krilla", "report"),
    ("clap", "cli"),
];

/// Licences that may be linked into the binary.
const LICENCES: &[&str] = &[
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "MIT",
    "MIT-0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "CC0-1.0",
    "0BSD",
    "BSL-1.0",
    "Unlicense",
    "CDLA-Permissive-2.0",
    "OFL-1.1",
];

/// Complaints about crates that use a room the table does not give them.
pub fn walls(root: &Path) -> Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    for (room, allowed) in ROOMS {
        let path = manifest_path(room);
        let Ok(text) = std::fs::read_to_string(root.join(&path)) else {
            continue;
        };
        let manifest: toml::Table = text.parse().with_context(|| path.clone())?;
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let names = manifest
                .get(table)
                .and_then(toml::Value::as_table)
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str());
            // Tests may make foreign files and start real databases themselves; the walls between our rooms hold there too.
            let told = |name: &str| {
                judge(room, allowed, name).filter(|_| table != "dev-dependencies" || is_ours(name))
            };
            complaints.extend(
                names
                    .filter_map(told)
                    .map(|text| Complaint::new(&path, text)),
            );
        }
    }
    Ok(complaints)
}

fn manifest_path(room: &str) -> String {
    match room {
        "xtask" | "bench" => format!("{room}/Cargo.toml"),
        _ => format!("crates/{room}/Cargo.toml"),
    }
}

fn is_ours(name: &str) -> bool {
    ROOMS.iter().any(|(known, _)| *known == name)
}

/// The complaint about one dependency of one room, if any.
fn judge(room: &str, allowed: &[&str], name: &str) -> Option<String> {
    if is_ours(name) && !allowed.contains(&name) {
        return Some(format!(
            "`{room}` may not use `{name}`; let `app` introduce them, or move the wall with a decision page"
        ));
    }
    let home = HOMES
        .iter()
        .find(|(heavy, _)| *heavy == name)
        .map(|(_, home)| *home)?;
    let exempt = room == home || room == "bench";
    (!exempt).then(|| format!("`{name}` lives in `{home}` only; call that room instead"))
}

/// Complaints about outside crates whose licence is not on the list.
pub fn licences(root: &Path) -> Result<Vec<Complaint>> {
    let output = std::process::Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        return Ok(vec![Complaint::new(
            "Cargo.lock",
            "cargo metadata failed; run `cargo fetch` and commit a fresh Cargo.lock",
        )]);
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let mut unknown = BTreeMap::new();
    for package in packages {
        let licence = package["license"]
            .as_str()
            .unwrap_or("none stated")
            .to_owned();
        if !acceptable(&licence) {
            unknown.insert(package["name"].as_str().unwrap_or("?").to_owned(), licence);
        }
    }
    let complain = |(name, licence): (String, String)| {
        Complaint::new(
            "Cargo.lock",
            format!(
                "`{name}` has licence `{licence}`, which is not on the list; use another crate"
            ),
        )
    };
    Ok(unknown.into_iter().map(complain).collect())
}

/// Whether an SPDX expression can be met: `OR` needs one side, `AND` needs both.
fn acceptable(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" AND ").all(|part| {
        part.split(" OR ")
            .any(|name| LICENCES.contains(&name.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sibling_is_refused_and_an_allowed_room_is_not() {
        assert!(judge("plan", &["ground"], "register").is_some());
        assert!(judge("plan", &["ground"], "ground").is_none());
        assert!(judge("app", &[], "axum").is_some());
        assert!(judge("server", &[], "axum").is_none());
    }

    #[test]
    fn an_or_licence_needs_one_side_only() {
        assert!(acceptable("GPL-3.0 OR MIT"));
        assert!(acceptable("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!acceptable("AGPL-3.0-only"));
    }
}
