//! 问题清单、责任清单、整改清单 The three lists of the closed loop as workbooks.

use super::Matters;
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use ground::{Date, Finding, Period};
use register::Record;
use register::law::Ability;

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// 问题清单: what is wrong.
    Problems,
    /// 责任清单: who must do what by when.
    Duties,
    /// 整改清单: what was done.
    Rectification,
}

impl ListKind {
    /// problems, duties, rectification.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "problems" => Some(Self::Problems),
            "duties" => Some(Self::Duties),
            "rectification" => Some(Self::Rectification),
            _ => None,
        }
    }

    /// Title of the workbook.
    pub fn title(self) -> &'static str {
        match self {
            Self::Problems => "问题清单",
            Self::Duties => "责任清单",
            Self::Rectification => "整改清单",
        }
    }

    /// Whether a matter belongs to a period: a problem and a duty by when it was given out, what was done by when it was
    /// due or closed.
    fn belongs(self, matter: &Record, period: Period) -> bool {
        let days: &[&str] = match self {
            Self::Problems | Self::Duties => &["asked_on"],
            Self::Rectification => &["due_on", "closed_on"],
        };
        let within = |day: Date| (period.first()..=period.last()).contains(&day);
        days.iter().any(|id| matter.date(id).is_some_and(within))
    }

    /// Fields in order with their width; `number` is the record's own.
    fn columns(self) -> &'static [(&'static str, f64)] {
        match self {
            Self::Problems => &[
                ("number", 16.0),
                ("title", 40.0),
                ("source_kind", 10.0),
                ("project", 24.0),
                ("place", 18.0),
                ("level", 8.0),
                ("asked_on", 14.0),
                ("sponsor", 12.0),
            ],
            Self::Duties => &[
                ("number", 16.0),
                ("title", 36.0),
                ("goal", 24.0),
                ("lead_unit", 18.0),
                ("support_units", 18.0),
                ("duty_person", 12.0),
                ("sponsor", 12.0),
                ("due_on", 14.0),
            ],
            Self::Rectification => &[
                ("number", 16.0),
                ("title", 32.0),
                ("lead_unit", 18.0),
                ("measures", 36.0),
                ("result", 36.0),
                ("due_on", 14.0),
                ("state", 10.0),
                ("closed_on", 14.0),
                ("close_kind", 10.0),
            ],
        }
    }
}

/// One of the lists, of the matters in sight on a day: of those of a period, where one is named.
///
/// # Errors
/// `Forbidden` without the right to export, `Invalid` for a period that cannot be read.
pub fn list(
    app: &App,
    actor: &Actor,
    kind: ListKind,
    period: Option<&str>,
    day: Option<Date>,
) -> Result<Vec<u8>, AppError> {
    let mut matters = Matters::read(app, actor, day, Ability::Export)?;
    if let Some(text) = period.filter(|text| !text.is_empty()) {
        let period = crate::metrics::read_period(text)?;
        matters.records.retain(|one| kind.belongs(one, period));
    }
    matters
        .records
        .retain(|one| one.text("state") != Some("draft"));
    matters
        .records
        .sort_by_key(|one| (one.date("asked_on"), one.id));
    let label = |id: &str| match matters.definition.field(id) {
        Some(field) => Some(field.label.zh.clone()),
        None => (id == "number").then(|| "编号".to_owned()),
    };
    let columns: Vec<(&str, String, f64)> = kind
        .columns()
        .iter()
        .filter_map(|(id, width)| Some((*id, label(id)?, *width)))
        .collect();
    let row = |record: &Record| {
        let shown = matters.names.shown(&matters.definition, &record.fields);
        let cell = |id: &str| match id {
            "number" => record.number.clone().unwrap_or_default(),
            id => shown.get(id).cloned().unwrap_or_default(),
        };
        columns.iter().map(|(id, _, _)| cell(id)).collect()
    };
    let today = matters.setting.today;
    let list = exchange::List {
        title: format!("{}{}", app.district_name(), kind.title()),
        note: format!(
            "截至{}年{}月{}日，共{}件",
            today.year(),
            today.month(),
            today.day(),
            matters.records.len()
        ),
        rows: matters.records.iter().map(row).collect(),
        columns: columns
            .iter()
            .map(|(_, label, width)| (label.clone(), *width))
            .collect(),
    };
    let bytes = exchange::write_list(&list).map_err(|error| {
        AppError::invalid(Finding::error(
            "export.workbook",
            kind.title(),
            error.to_string(),
            "请加筛选条件，分几次导出。",
        ))
    })?;
    note(app, actor, kind.title(), list.rows.len())?;
    Ok(bytes)
}

/// Files that leave the house stand in the journal.
fn note(app: &App, actor: &Actor, what: &str, count: usize) -> Result<(), AppError> {
    let meta = app.meta(actor, "");
    let detail = serde_json::json!({ "list": what, "records": count });
    app.write(move |writer| {
        let event = store::Event {
            action: "export".to_owned(),
            register: Some(super::MATTER.to_owned()),
            record: None,
            detail: Some(detail),
        };
        writer.note(event, &meta)?;
        Ok(())
    })
}
