//! The rules of shared SQL, as a check: every statement names its district, and nothing is used
//! that one of SQLite, PostgreSQL and Citus refuses. In debug builds every statement is checked
//! when it is first prepared, so each test of this crate and of those above is also a test of
//! these rules.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Statements that may leave the district out, each with its reason.
const REVIEWED: &[&str] = &[
    // Which districts live here: the list that a roll-up or `audit verify` walks over.
    "SELECT district_code FROM journal_head ORDER BY district_code",
    // What the columns mean belongs to the database, not to a district.
    "SELECT column_name, meaning FROM schema_column WHERE table_name = $1 ORDER BY column_name",
    "INSERT INTO schema_column (table_name, column_name, meaning) VALUES ($1, $2, $3) \
     ON CONFLICT (table_name, column_name) DO NOTHING",
    "DELETE FROM schema_column WHERE table_name = $1",
    // What fields were in earlier definitions, likewise.
    "SELECT field, shape, now_field, archived, until_seq FROM schema_past \
     WHERE register = $1 ORDER BY field, until_seq",
    "INSERT INTO schema_past (register, field, until_seq, shape, now_field, archived) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (register, field, until_seq) \
     DO UPDATE SET now_field = excluded.now_field, archived = excluded.archived",
    "UPDATE schema_past SET now_field = $3 WHERE register = $1 AND now_field = $2",
];

/// Words that SQLite 3.40, PostgreSQL 15 or Citus does not take, or that bring the server's clock
/// or chance into a statement. Each is looked for as a whole word.
const FORBIDDEN: &[&str] = &[
    "ilike",
    "now",
    "string_agg",
    "group_concat",
    "percentile_cont",
    "any",
    "lateral",
    "rollup",
    "cube",
    "greatest",
    "least",
    "random",
    "current_timestamp",
    "current_date",
    "current_time",
    "constraint",
    "merge",
    "rowid",
    "glob",
    "ifnull",
    "nvl",
    "pragma",
    "strftime",
    "date_trunc",
    "returning_into",
    "serial",
    "autoincrement",
    "truncate",
    "array",
    "json_each",
    "recursive",
];

static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Records a statement and holds it against the rules; does nothing in release builds.
pub(crate) fn note(sql: &str) {
    if cfg!(debug_assertions) {
        if let Err(problem) = check(sql) {
            let start: String = sql.chars().take(300).collect();
            panic!("{problem}: {start}");
        }
        SEEN.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(sql.to_owned());
    }
}

/// All statements prepared so far by this process; empty in release builds.
pub fn statements_seen() -> Vec<String> {
    SEEN.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
        .cloned()
        .collect()
}

/// Holds one statement against the rules.
///
/// # Errors
/// The first rule that is broken, in English, for developers.
pub fn check(sql: &str) -> Result<(), String> {
    let words = words(sql);
    if let Some(word) = words.iter().find(|w| FORBIDDEN.contains(&w.as_str())) {
        return Err(format!("`{word}` is not shared SQL"));
    }
    for (pair, name) in [
        (["for", "update"], "FOR UPDATE"),
        (["insert", "or"], "INSERT OR"),
    ] {
        if words.windows(2).any(|w| w == pair) {
            return Err(format!("`{name}` is not shared SQL"));
        }
    }
    if words.iter().any(|w| w == "::") {
        return Err("write CAST(), not `::`".to_owned());
    }
    if words.windows(2).any(|w| w[0] == "select" && w[1] == "*") {
        return Err("name the columns: `*` changes when a definition grows".to_owned());
    }
    writing_cte(&words)?;
    district(sql, &words)
}

fn writing_cte(words: &[String]) -> Result<(), String> {
    let writes = ["insert", "update", "delete"];
    let with = words.first().is_some_and(|w| w == "with");
    if with && words.iter().any(|w| writes.contains(&w.as_str())) {
        return Err("a writing WITH is not shared SQL".to_owned());
    }
    Ok(())
}

fn district(sql: &str, words: &[String]) -> Result<(), String> {
    if REVIEWED.contains(&sql) {
        return Ok(());
    }
    let named = words
        .windows(2)
        .filter(|w| w[0] == "district_code" && w[1] == "=")
        .count();
    let first = words.windows(3).any(|w| w == ["district_code", "=", "$1"]);
    let mut tables = 0;
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map_or("", String::as_str);
        let before = if at == 0 { "" } else { words[at - 1].as_str() };
        match word.as_str() {
            "into" => insert_columns(&words[at..])?,
            "from" if before == "distinct" => {}
            "from" | "join" | "update" if is_name(next) && next != "set" => tables += 1,
            _ => {}
        }
    }
    if tables > 0 && !first {
        return Err("the statement does not say `district_code = $1`".to_owned());
    }
    if named < tables {
        return Err(format!(
            "{tables} tables, but district_code is compared {named} times"
        ));
    }
    Ok(())
}

/// `INTO table ( district_code , …`: the district comes first.
fn insert_columns(words: &[String]) -> Result<(), String> {
    let named = words.get(2).is_some_and(|w| w == "(")
        && words.get(3).is_some_and(|w| w == "district_code");
    if named {
        Ok(())
    } else {
        Err("INSERT must name district_code first".to_owned())
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '"')
}

/// Lower-case words and signs; a quoted name is one word with its quotes, a text literal is left
/// out. `a.b` gives `b`: the table alias does not matter here.
fn words(sql: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = sql.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        let mut take = |keep: fn(char) -> bool| {
            let mut end = start + c.len_utf8();
            while let Some((at, next)) = rest.next_if(|(_, next)| keep(*next)) {
                end = at + next.len_utf8();
            }
            sql[start..end].to_lowercase()
        };
        match c {
            _ if c.is_whitespace() || c == '.' => {}
            '"' => {
                let name = take(|c| c != '"') + "\"";
                rest.next();
                let district = name == "\"district_code\"";
                found.push(if district {
                    "district_code".to_owned()
                } else {
                    name
                });
            }
            '\'' => {
                take(|c| c != '\'');
                rest.next();
            }
            ':' => found.push(take(|c| c == ':')),
            '$' => found.push(take(|c| c.is_ascii_digit())),
            _ if c.is_ascii_alphanumeric() || c == '_' => {
                found.push(take(|c| c.is_ascii_alphanumeric() || c == '_'));
            }
            _ => found.push(c.to_string()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(sql: &str, with: &str) {
        let problem = check(sql).expect_err(sql);
        assert!(problem.contains(with), "{sql}: {problem}");
    }

    #[test]
    fn good_statements_pass() {
        for sql in [
            "SELECT a FROM t WHERE district_code = $1 AND b IS DISTINCT FROM $2",
            "INSERT INTO t (district_code, a) VALUES ($1, $2) \
             ON CONFLICT (district_code, a) DO UPDATE SET a = excluded.a",
            "UPDATE t SET a = $2 WHERE district_code = $1",
            "SELECT \"now\" FROM \"any\" WHERE district_code = $1",
            "SELECT x.a FROM (SELECT a FROM t WHERE district_code = $1 LIMIT 5) AS x",
        ] {
            assert_eq!(check(sql), Ok(()), "{sql}");
        }
    }

    #[test]
    fn a_statement_without_district_is_refused() {
        refused("SELECT a FROM t WHERE b = $1", "district_code = $1");
        refused(
            "SELECT a FROM t WHERE district_code = $2 AND b = $1",
            "district_code = $1",
        );
        refused("DELETE FROM t", "district_code = $1");
        refused("INSERT INTO t (a, district_code) VALUES ($1, $2)", "first");
        refused(
            "SELECT t.a FROM t JOIN u ON u.a = t.a WHERE t.district_code = $1",
            "2 tables",
        );
    }

    #[test]
    fn what_one_engine_lacks_is_refused() {
        for sql in [
            "SELECT a FROM t WHERE district_code = $1 FOR UPDATE",
            "SELECT a::TEXT FROM t WHERE district_code = $1",
            "SELECT a FROM t WHERE district_code = $1 AND a ILIKE $2",
            "SELECT now() FROM t WHERE district_code = $1",
            "SELECT a FROM t WHERE district_code = $1 AND a = ANY($2)",
            "SELECT greatest(a, b) FROM t WHERE district_code = $1",
            "SELECT * FROM t WHERE district_code = $1",
            "WITH x AS (DELETE FROM t WHERE district_code = $1 RETURNING a) SELECT a FROM x",
            "INSERT OR REPLACE INTO t (district_code) VALUES ($1)",
        ] {
            assert!(check(sql).is_err(), "{sql}");
        }
    }
}
