//! 批量 The same act on several records: each is a write of its own with its own version check, so that one that cannot
//! be done does not hold up the others; what became of each is told.

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::flow::{self, ActRequest};
use crate::records;
use ground::Finding;
use serde_json::{Map, Value as Json};

/// Records of one request at most: as many as a page of a list.
const ITEMS: usize = 500;

/// What is done to each record.
#[derive(Clone, Debug)]
pub enum BulkAct {
    /// A step of the workflow.
    Action {
        /// Transition or built-in act.
        id: String,
        /// Values asked for.
        values: Map<String, Json>,
        /// Reason.
        reason: String,
        /// 逾期原因 and next step.
        late: Option<(String, String)>,
    },
    /// Fields set.
    Update {
        /// Values by field; null clears.
        values: Map<String, Json>,
        /// Reason.
        reason: String,
    },
    /// Taken out of use.
    Withdraw {
        /// Reason, required.
        reason: String,
    },
}

/// What became of one record.
#[derive(Clone, Debug)]
pub struct BulkResult {
    /// Record.
    pub id: String,
    /// Done.
    pub ok: bool,
    /// Its version after it.
    pub version: Option<i64>,
    /// Why not.
    pub findings: Vec<Finding>,
}

/// Does one thing to several records, each with the version that the person saw.
///
/// # Errors
/// `NotFound` without such a register, `Invalid` for an empty or too long list; what stands against a single record is
/// told in its result.
pub fn run(
    app: &App,
    actor: &Actor,
    register: &str,
    items: &[(String, i64)],
    act: &BulkAct,
) -> Result<Vec<BulkResult>, AppError> {
    app.definition(register)?;
    check_count(items.len())?;
    items
        .iter()
        .map(
            |(id, version)| match one(app, actor, register, id, *version, act) {
                Ok(version) => Ok(BulkResult {
                    id: id.clone(),
                    ok: true,
                    version: Some(version),
                    findings: Vec::new(),
                }),
                Err(error) => refused(id, error),
            },
        )
        .collect()
}

fn check_count(count: usize) -> Result<(), AppError> {
    if (1..=ITEMS).contains(&count) {
        return Ok(());
    }
    Err(AppError::invalid(Finding::error(
        "bulk.items",
        "items",
        format!("这次选了 {count} 条记录。"),
        format!("请选 1 到 {ITEMS} 条，多的分几次办。"),
    )))
}

fn one(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
    version: i64,
    act: &BulkAct,
) -> Result<i64, AppError> {
    let view = match act {
        BulkAct::Action {
            id: action,
            values,
            reason,
            late,
        } => {
            let request = ActRequest {
                action: action.clone(),
                version,
                values: values.clone(),
                reason: reason.clone(),
                late: late.clone(),
                ..ActRequest::default()
            };
            flow::act(app, actor, register, id, request)?
        }
        BulkAct::Update { values, reason } => {
            records::update(app, actor, register, id, version, values, reason)?
        }
        BulkAct::Withdraw { reason } => {
            records::withdraw(app, actor, register, id, version, reason)?
        }
    };
    Ok(view.record.version)
}

/// What stands against one record; a database that does not answer stands against all.
fn refused(id: &str, error: AppError) -> Result<BulkResult, AppError> {
    let (version, findings) = match error {
        AppError::Store(_) | AppError::File(_) | AppError::NotSignedIn => return Err(error),
        AppError::Invalid(findings) | AppError::Conflict(findings) => (None, findings),
        AppError::Stale { current } => {
            let problem = "这条记录已被别人改过。";
            let finding = Finding::error("record.stale", id, problem, "请刷新后再改。");
            (Some(current), vec![finding])
        }
        other => {
            let problem = format!("{other}。");
            let finding = Finding::error("bulk.refused", id, problem, "请核对后单独处理这一条。");
            (None, vec![finding])
        }
    };
    Ok(BulkResult {
        id: id.to_owned(),
        ok: false,
        version,
        findings,
    })
}
