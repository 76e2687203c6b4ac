//! 交办单、督办单 A record with a workflow as an official paper with its number.

use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::fonts;
use crate::page::record::RecordView;
use crate::records;
use ground::{Date, Finding};
use report::slip::{Slip, print};

/// Which paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipKind {
    /// 交办单.
    Assignment,
    /// 督办单: the same thing again, with what is overdue.
    Supervision,
}

impl SlipKind {
    /// assignment, supervision.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "assignment" => Some(Self::Assignment),
            "supervision" => Some(Self::Supervision),
            _ => None,
        }
    }

    /// 交办单, 督办单.
    pub fn title(self) -> &'static str {
        match self {
            Self::Assignment => "交办单",
            Self::Supervision => "督办单",
        }
    }
}

/// Fields told in the table, in order, where the register has them.
const FACTS: [&str; 9] = [
    "source_kind",
    "level",
    "project",
    "enterprise",
    "place",
    "support_units",
    "sponsor",
    "asked_on",
    "due_on",
];
/// Fields whose text is the body.
const BODY: [&str; 4] = ["text", "content", "goal", "remark"];
/// Who writes, unless the register names its owner.
const ISSUER: &str = "督查室";

/// The paper of a record as PDF.
///
/// # Errors
/// As for reading the record; `Invalid` when it has not been given to a unit.
pub fn slip(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
    kind: SlipKind,
) -> Result<Vec<u8>, AppError> {
    let view = records::get(app, actor, register, id, None)?;
    let definition = app.definition(register)?;
    let shown = |id: &str| view.shown.get(id).filter(|text| !text.is_empty()).cloned();
    let unit = shown("lead_unit")
        .or_else(|| shown("duty_org"))
        .or_else(|| holder(&view));
    let Some(unit) = unit else {
        return Err(AppError::invalid(Finding::error(
            "slip.no_unit",
            definition.title.zh.clone(),
            "还没有确定承办单位，不能出单。",
            "请先填牵头单位再交办。",
        )));
    };
    let label = |id: &str| definition.field(id).map(|field| field.label.zh.clone());
    let facts = FACTS
        .iter()
        .filter_map(|id| Some((label(id)?, shown(id)?)))
        .collect();
    let issuer = definition
        .owner
        .clone()
        .unwrap_or_else(|| ISSUER.to_owned());
    let issuer = issuer.strip_prefix("org:").unwrap_or(&issuer).to_owned();
    let title = view
        .record
        .name(&definition)
        .unwrap_or(&definition.title.zh);
    let slip = Slip {
        kind: kind.title().to_owned(),
        number: view.record.number.clone().unwrap_or_default(),
        urgency: urgency(&view),
        title: title.to_owned(),
        to: unit,
        paragraphs: paragraphs(&view, kind, app.today(), title),
        facts,
        signed_on: Some(app.today()),
        receipt: ["签收人", "签收时间", "联系电话"]
            .map(str::to_owned)
            .to_vec(),
        copies: shown("support_units").unwrap_or_default(),
        signed_by: issuer.clone(),
        issuer,
    };
    let printed = print(&slip, fonts::fonts())
        .map_err(|error| AppError::File(std::io::Error::other(error)))?;
    Ok(printed.bytes)
}

fn holder(view: &RecordView) -> Option<String> {
    let (_, name) = view.flow.as_ref()?.holder.as_ref()?;
    (!name.is_empty()).then(|| name.clone())
}

/// A major matter is urgent on paper.
fn urgency(view: &RecordView) -> String {
    match view.record.text("level") {
        Some("major") => "紧急".to_owned(),
        _ => String::new(),
    }
}

fn paragraphs(view: &RecordView, kind: SlipKind, today: Date, title: &str) -> Vec<String> {
    let due = view.record.date("due_on");
    let by = due.map_or_else(
        || "按规定时限".to_owned(),
        |due| format!("于{}前", crate::flow::view::written(due, today)),
    );
    let mut all = vec![match kind {
        SlipKind::Assignment => {
            format!(
                "现将“{title}”交由你单位牵头办理，请制定措施、明确责任人，{by}办结，并附佐证材料申请销号。"
            )
        }
        SlipKind::Supervision => {
            format!(
                "“{title}”交办后尚未办结，现予督办。请说明未办结原因和下一步措施，倒排工期，抓紧办理并反馈。"
            )
        }
    }];
    let late = view.flow.as_ref().and_then(|flow| flow.due.as_ref());
    if let (SlipKind::Supervision, Some(due)) = (kind, late) {
        all.push(format!(
            "截至{}年{}月{}日：{}。",
            today.year(),
            today.month(),
            today.day(),
            due.text
        ));
    }
    let body = BODY.iter().filter_map(|id| view.shown.get(*id).cloned());
    all.extend(body.filter(|text| !text.is_empty()));
    all
}
