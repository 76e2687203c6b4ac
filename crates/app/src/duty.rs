//! 周期义务 Recurring duties of a record, in words and as what they open.

use crate::flow::view::{rag, written};
use crate::page::record::DutyView;
use crate::tick::DueStep;
use crate::world::Setting;
use register::duty::{DutyStand, obligations};
use register::expr::Scope;

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

/// What duties that are due or overdue do, each step once: by key. Who holds the record is told of it.
pub(crate) fn steps(scope: &Scope) -> impl Iterator<Item = DueStep> {
    let all = obligations(scope).into_iter();
    let told = all.filter(|duty| duty.remind || !duty.opens.is_empty() || is_late(duty, scope));
    let today = scope.moment.today;
    told.map(move |duty| DueStep {
        why: match duty.due {
            Some(due) if due >= today => format!("“{}”{}到期", duty.title, written(due, today)),
            _ => format!("“{}”已逾期", duty.title),
        },
        key: duty.key,
        opens: duty.opens,
        notify: vec!["holder".to_owned()],
    })
}

fn is_late(duty: &DutyStand, scope: &Scope) -> bool {
    duty.due.is_some_and(|due| scope.moment.today > due)
}
