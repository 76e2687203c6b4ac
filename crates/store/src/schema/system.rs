//! Tables that are there whatever registers are defined. District first in every key; logins,
//! sessions, counters and the journal are tenant rows like all others.

use super::{Column, Index, Shape};

/// All system tables.
pub(crate) fn shapes() -> Vec<Shape> {
    [journal(), records(), imports(), accounts(), small()].concat()
}

/// A table from words: `name!` is a required text, `name#` a number, `name#!` a required number.
fn table(name: &str, key: &[&'static str], columns: &str, indexes: &[&[&str]]) -> Shape {
    let mut all = vec![Column::text("district_code").required()];
    for word in columns.split_whitespace() {
        let plain = word.trim_end_matches(['!', '#']);
        let column = if word.contains('#') {
            Column::int(plain)
        } else {
            Column::text(plain)
        };
        all.push(if word.ends_with('!') {
            column.required()
        } else {
            column
        });
    }
    let mut full_key = vec!["district_code"];
    full_key.extend_from_slice(key);
    let index =
        |columns: &&[&str]| Index::on(name, &[&["district_code"], *columns].concat(), false);
    Shape {
        name: name.to_owned(),
        columns: all,
        key: full_key,
        indexes: indexes.iter().map(index).collect(),
        only_key: false,
    }
}

fn journal() -> Vec<Shape> {
    let mut journal = table(
        "journal",
        &["seq"],
        "seq#! at! actor! action! register record_id# version# batch_id# reason source patch \
         after mark#!",
        &[
            // History of a record, and the newest entry of each record up to a moment.
            &["register", "record_id", "seq", "at"],
            &["actor", "seq"],
            &["at", "seq"],
        ],
    );
    // Few entries belong to an import, and every write makes one that does not.
    let imported = by_import().only("batch_id IS NOT NULL");
    journal.indexes.push(imported);
    vec![
        journal,
        table(
            "journal_block",
            &["first_seq"],
            "first_seq#! last_seq#! previous_hash! hash!",
            &[&["last_seq"]],
        ),
        table("journal_head", &[], "seq#! hash! last_id#!", &[]),
    ]
}

fn by_import() -> Index {
    Index::on("journal", &["district_code", "batch_id", "seq"], false)
}

/// Indexes of former programs that cost every write and serve nobody.
pub(super) fn given_up() -> [Index; 1] {
    [by_import()]
}

fn records() -> Vec<Shape> {
    vec![
        table(
            "record_index",
            &["record_id"],
            "record_id#! register! org_path!",
            &[],
        ),
        table(
            "number_counter",
            &["register", "scope"],
            "register! scope! last#!",
            &[],
        ),
        table(
            "definition_version",
            &["register", "version"],
            "register! version! digest! text! at! actor!",
            &[],
        ),
        table(
            "definition_file",
            &["register", "version", "name"],
            "register! version! name! size#! content! at! actor! digest",
            &[],
        ),
        table("definition_content", &["digest"], "digest! content!", &[]),
    ]
}

fn imports() -> Vec<Shape> {
    vec![
        table(
            "import_batch",
            &["batch_id"],
            "batch_id#! register! file_name! file_digest rows#! at! actor! state! summary undone_at \
             undone_by",
            &[&["register", "batch_id"], &["file_digest"]],
        ),
        table(
            "import_mapping",
            &["register", "fingerprint"],
            "register! fingerprint! mapping! at! actor!",
            &[],
        ),
        table(
            "idempotency",
            &["actor", "key"],
            "actor! key! body_digest! answer! at!",
            &[&["at"]],
        ),
    ]
}

fn accounts() -> Vec<Shape> {
    vec![
        table(
            "account",
            &["login"],
            "login! name! post org_path! roles! status! password_hash password_changed_at \
             must_change_password#! second_factor failed_count#! locked_until last_login_at \
             created_at! updated_at!",
            &[&["org_path", "login"]],
        ),
        table(
            "login_link",
            &["token_hash"],
            "token_hash! login! purpose! created_at! expires_at! used_at",
            &[&["login"]],
        ),
        table(
            "login_session",
            &["token_hash"],
            "token_hash! login! created_at! last_seen_at! expires_at! address client ended_at \
             detail",
            &[&["login", "created_at"], &["expires_at"]],
        ),
    ]
}

fn small() -> Vec<Shape> {
    vec![
        table(
            "attachment",
            &["content_id"],
            "content_id! file_name! media_type! size#! at! actor!",
            &[],
        ),
        table(
            "attachment_link",
            &["record_id", "field", "content_id"],
            "record_id#! field! content_id! at! actor!",
            &[&["content_id"]],
        ),
        table(
            "notice",
            &["login", "record_id", "key"],
            "login! record_id#! key! register! kind! reason! at! done_at",
            &[&["login", "kind", "at"], &["record_id"]],
        ),
        table(
            "search_mark",
            &["register"],
            "register! upto#! again#! recipe! version",
            &[],
        ),
        table(
            "look_again",
            &["record_id"],
            "record_id#! register! at!",
            &[&["at", "record_id"]],
        ),
        table("setting", &["name"], "name! value! at! actor!", &[]),
        table(
            "chart_snapshot",
            &["snapshot_id"],
            "snapshot_id#! name! as_of! at! actor! journal_seq#! content!",
            &[&["name", "snapshot_id"]],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_and_index_begins_with_the_district() {
        for shape in shapes() {
            assert_eq!(shape.key[0], "district_code", "{}", shape.name);
            assert!(shape.columns[0].name == "district_code" && shape.columns[0].required);
            for index in &shape.indexes {
                assert_eq!(index.columns[0], "district_code", "{}", index.name);
                assert!(index.name.len() < 50, "{}", index.name);
            }
            for column in shape.key.iter().map(|c| (*c).to_owned()) {
                assert!(
                    shape.columns.iter().any(|c| c.name == column && c.required),
                    "{column}"
                );
            }
        }
    }
}
