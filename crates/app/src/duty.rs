//! 周期义务 Recurring duties of a record, in words and as what they open.

use crate::flow::view::{rag, written};
use crate::page::record::DutyView;
use crate::world::Setting;
use register::duty::{DutyStand, obligations};
use register::expr::Scope;
use register::flow::Opening;

/// Duties of a record.
pub(crate) fn views(scope: &Scope, setting: &Setting) -> Vec<DutyView> {
    let all = obligations(scope).into_iter();
    all.map(|duty| DutyView {
        text: text(&duty, setting),
        light: rag(duty.light),
        due: duty.due,
        title: duty.title,
        id: duty.id,
    })
    .collect()
}

fn text(duty: &DutyStand, setting: &Setting) -> String {
    let Some(due) = duty.due else {
        return "到期日未知，请补填所依据的日期".to_owned();
    };
    let day = written(due, setting.today);
    match portfolio::days_between(setting.today, due) {
        days if days < 0 => format!("已逾期{}天（{day}）", -days),
        0 => "今天到期".to_owned(),
        days => format!("还有{days}天（{day}）"),
    }
}

/// Records that overdue duties open, each once: by key.
pub(crate) fn openings(scope: &Scope) -> Vec<(String, Vec<Opening>)> {
    let all = obligations(scope).into_iter();
    let opening = all.filter(|duty| !duty.opens.is_empty());
    opening.map(|duty| (duty.key, duty.opens)).collect()
}
