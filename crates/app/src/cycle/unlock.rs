//! 解锁 The way through a lock: a unit asks with a reason, the 督查室 answers; both stand in the register of requests.

use super::{Form, unit_of};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::flow::{self, ActRequest};
use crate::page::record::RecordView;
use crate::records;
use crate::world::Setting;
use ground::{Finding, Period, RecordId};
use register::Value;
use serde_json::{Map, Value as Json};
use store::{Filter, Query, Reader};

/// Register of the requests.
const REQUESTS: &str = "unlock_request";

/// A request to open a locked period for a unit.
pub(super) struct Request {
    pub id: RecordId,
    pub unit: RecordId,
    pub reason: String,
    pub granted: bool,
    pub waiting: bool,
}

/// The requests for a form and a period.
pub(super) fn requests(
    reader: &mut Reader<'_>,
    setting: &Setting,
    form: &str,
    period: Period,
) -> Result<Vec<Request>, AppError> {
    if setting.definitions.get(REQUESTS).is_none() {
        return Ok(Vec::new());
    }
    let query = Query::default()
        .filter(Filter::eq("form", Value::Text(form.to_owned())))
        .filter(Filter::eq("period", Value::Text(period.code())));
    let found = match &setting.past {
        Some(instant) => reader.all_as_of(REQUESTS, &query, instant)?,
        None => reader.all(REQUESTS, &query)?,
    };
    let request = |stored: &store::Stored| {
        let record = &stored.record;
        Some(Request {
            id: record.id,
            unit: record.reference("unit")?,
            reason: record.text("why").unwrap_or_default().to_owned(),
            granted: record.text("state") == Some("granted"),
            waiting: record.text("state") == Some("asked"),
        })
    };
    Ok(found.iter().filter_map(request).collect())
}

/// Asks to open a locked period for a unit. `key` makes a repeated request harmless.
///
/// # Errors
/// `Conflict` when the period is not locked or a request waits already, `Invalid` without a reason.
pub fn ask_unlock(
    app: &App,
    actor: &Actor,
    register: &str,
    (unit, period): (&str, &str),
    reason: &str,
    key: Option<&str>,
) -> Result<RecordView, AppError> {
    let form = Form::open(app, actor, register, Some(period), None)?;
    let period = form.window.period;
    let unit = app.look(|reader| {
        let unit = unit_of(reader, actor, Some(unit))?;
        // A repeated request finds its own answer first, in `create`.
        if key.is_none() {
            let asked = requests(reader, &form.setting, register, period)?;
            if asked.iter().any(|one| one.unit == unit && one.waiting) {
                return Err(conflict(
                    "cycle.asked",
                    "已经申请过，正在等答复。",
                    "请等督查室答复。",
                ));
            }
        }
        let locked = form
            .window
            .lock_on
            .is_some_and(|lock| form.setting.today > lock);
        if !locked {
            return Err(conflict(
                "cycle.not_locked",
                "这一期没有锁定。",
                "请直接填报。",
            ));
        }
        Ok(unit)
    })?;
    let text = |text: &str| Json::String(text.to_owned());
    let values = Map::from_iter([
        ("form".to_owned(), text(register)),
        ("unit".to_owned(), text(&unit.to_string())),
        ("period".to_owned(), text(&period.code())),
        ("why".to_owned(), text(reason.trim())),
    ]);
    records::create(app, actor, REQUESTS, &values, reason, key)
}

/// Answers a request.
///
/// # Errors
/// `NotFound` when it belongs to another form, and as for every step of a workflow.
pub fn decide_unlock(
    app: &App,
    actor: &Actor,
    register: &str,
    request: &str,
    grant: bool,
    reason: &str,
) -> Result<RecordView, AppError> {
    let asked = records::get(app, actor, REQUESTS, request, None)?;
    if asked.record.text("form") != Some(register) {
        return Err(AppError::NotFound("这条解锁申请".to_owned()));
    }
    let act = ActRequest {
        action: if grant { "grant" } else { "refuse" }.to_owned(),
        version: asked.record.version,
        reason: reason.to_owned(),
        ..ActRequest::default()
    };
    flow::act(app, actor, REQUESTS, request, act)
}

fn conflict(code: &str, problem: &str, remedy: &str) -> AppError {
    AppError::Conflict(vec![Finding::error(code, "period", problem, remedy)])
}
