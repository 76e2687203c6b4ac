//! Words to paste into a chat group.

use ground::Date;

use super::{UnitStand, UnitStatus, Window};
use crate::definition::Definition;

/// Hour by which reports are wanted on the due day, as printed. [P] Offices close at 17:30 and say 17:00 in their notices;
/// the due day itself counts until its end.
pub const REPORT_HOUR: &str = "17:00";

/// `3月下旬防汛旬报：还有 3 个单位没有报（须水、莲湖、柳湖），请今天 17:00 前报送。`
///
/// Units only, in the order of the board: no ranking, no persons, nobody named who has sent.
pub fn reminder_text(
    definition: &Definition,
    window: Window,
    board: &[UnitStand],
    today: Date,
) -> String {
    let head = format!("{}{}", window.period.short_label(), definition.title.zh);
    let names = |status: &[UnitStatus]| -> Vec<&str> {
        let units = board.iter().filter(|unit| status.contains(&unit.status));
        units.map(|unit| unit.name.as_str()).collect()
    };
    let waiting = names(&[UnitStatus::Open, UnitStatus::Missing]);
    let locked = names(&[UnitStatus::Locked]);
    if board.is_empty() {
        return format!("{head}：没有需要填报的单位。");
    }
    let mut sentences = Vec::new();
    if !waiting.is_empty() {
        sentences.push(format!(
            "还有 {} 个单位没有报（{}），{}。",
            waiting.len(),
            waiting.join("、"),
            request(window, today)
        ));
    }
    if !locked.is_empty() {
        sentences.push(format!(
            "{} 个单位没有报且已锁定（{}），补报请申请解锁。",
            locked.len(),
            locked.join("、")
        ));
    }
    if sentences.is_empty() {
        sentences.push(format!("{} 个单位已全部报送。", board.len()));
    }
    format!("{head}：{}", sentences.concat())
}

fn request(window: Window, today: Date) -> String {
    let due = window.due_on;
    let day = format!("{}月{}日", due.month(), due.day());
    if today > due {
        return format!("已过 {day} 的报送时间，请尽快补报");
    }
    let tomorrow = today.tomorrow().ok();
    if today == due {
        format!("请今天 {REPORT_HOUR} 前报送")
    } else if tomorrow == Some(due) {
        format!("请明天 {REPORT_HOUR} 前报送")
    } else {
        format!("请 {day} {REPORT_HOUR} 前报送")
    }
}
