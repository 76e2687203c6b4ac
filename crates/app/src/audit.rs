//! 审计 What was refused to a signed-in person: who, when, by which request. What the request said stays out of it: a
//! refused value may be another person's secret.

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use store::{Event, JournalQuery};

/// Journal action of a refusal.
const DENIED: &str = "denied";
/// Longest path kept.
const PATH_CHARS: usize = 200;

/// One refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Login of the person.
    pub actor: String,
    /// Moment, UTC.
    pub at: String,
    /// Method and path, without its query: `PATCH /api/v1/registers/matter/records/7`.
    pub request: String,
    /// The answer's status: 403, or 404 for what is out of sight.
    pub status: u16,
}

/// Keeps a refusal in the journal (GB/T 22239 8.1.4.3: 安全审计 covers each user's refused access).
///
/// # Errors
/// The store's.
pub fn denied(
    app: &App,
    actor: &Actor,
    method: &str,
    path: &str,
    status: u16,
) -> Result<(), AppError> {
    let path: String = path.chars().take(PATH_CHARS).collect();
    let detail = serde_json::json!({ "request": format!("{method} {path}"), "status": status });
    let meta = app.meta(actor, "");
    app.write(move |writer| {
        let event = Event {
            action: DENIED.to_owned(),
            register: None,
            record: None,
            detail: Some(detail),
        };
        writer.note(event, &meta)?;
        Ok(())
    })
}

/// The newest refusals, newest first.
///
/// # Errors
/// The store's.
pub fn denials(app: &App, limit: u32) -> Result<Vec<Denial>, AppError> {
    let query = JournalQuery {
        action: Some(DENIED.to_owned()),
        newest_first: true,
        limit,
        ..JournalQuery::default()
    };
    let entries = app.read(|reader| reader.journal(&query))?;
    let denial = |entry: store::Entry| {
        let detail: serde_json::Value = serde_json::from_str(&entry.patch?).ok()?;
        Some(Denial {
            actor: entry.actor,
            at: entry.at,
            request: detail["request"].as_str()?.to_owned(),
            status: detail["status"].as_u64()?.try_into().ok()?,
        })
    };
    Ok(entries.into_iter().filter_map(denial).collect())
}
