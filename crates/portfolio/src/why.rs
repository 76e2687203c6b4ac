//! 为什么亮这盏灯: the four lines of the popover (卡在, 影响, 追回, 交办), each computed from the standing.

use ground::Date;
use plan::CauseKind;

use crate::calendars::{days_between, short};
use crate::matter::Matter;
use crate::reading::Names;
use crate::standing::{Bar, BarState, Standing, Verdict};

/// How many open matters are named; the rest is counted.
const MATTERS_SHOWN: usize = 2;

/// The four lines in order: (label, text).
pub(crate) fn lines(
    standing: &Standing,
    stuck_on: Option<&Bar>,
    matters: &[&Matter],
    names: &Names,
) -> Vec<(String, String)> {
    let line = |label: &str, text: String| (label.to_owned(), text);
    vec![
        line("卡在", stuck_text(standing, stuck_on)),
        line("影响", effect_text(standing, stuck_on)),
        line("追回", catch_up_text(standing)),
        line("交办", matter_text(matters, names)),
    ]
}

fn stuck_text(standing: &Standing, stuck_on: Option<&Bar>) -> String {
    if standing.activities.is_empty() {
        return "没有倒排计划,看不出卡点".to_owned();
    }
    let Some(bar) = stuck_on else {
        return "各项工序已完成".to_owned();
    };
    let now = match bar.state {
        BarState::NotStarted => "未开始".to_owned(),
        _ => format!("现 {}", percent_text(bar.percent)),
    };
    if let Some(text) = silence_text(standing, bar, &now) {
        return text;
    }
    match bar.planned_finish {
        Some(due) if due < standing.today && bar.slip_days <= 0 => {
            format!("没有卡点,{}应 {} 完成,待填报", bar.name, short(due))
        }
        Some(due) if due < standing.today => format!("{}应 {} 完成,{now}", bar.name, short(due)),
        Some(due) if bar.slip_days > 0 => {
            let forecast = short(bar.forecast_finish);
            format!("{}应 {} 完成,{now},预计 {forecast}", bar.name, short(due))
        }
        _ => format!("没有卡点,{}{now}", bar.name),
    }
}

/// When silence is what the light is about, silence is the answer.
fn silence_text(standing: &Standing, bar: &Bar, now: &str) -> Option<String> {
    let worst = standing.light.causes.first()?;
    if worst.cause != CauseKind::NoReport || bar.slip_days > 0 {
        return None;
    }
    let Some(last) = standing.last_report else {
        return Some(format!("应已开工,一直没有填报,{}{now}", bar.name));
    };
    let days = days_between(last, standing.today);
    Some(format!(
        "已 {days} 天没有填报(最近 {}),{}{now}",
        short(last),
        bar.name
    ))
}

fn percent_text(hundredths: i64) -> String {
    match hundredths % 100 {
        0 => format!("{}%", hundredths / 100),
        part => format!("{}.{part:02}%", hundredths / 100),
    }
}

fn effect_text(standing: &Standing, stuck_on: Option<&Bar>) -> String {
    let kind = standing.target.as_ref().map_or("完成", |t| t.kind.as_str());
    if let Some(done) = standing.actual_finish {
        return format!("已于 {} {kind}", short(done));
    }
    let Some(forecast) = standing.forecast_finish else {
        return "算不出预计日期".to_owned();
    };
    let critical = if stuck_on.is_some_and(|b| b.critical) {
        "关键线路,"
    } else {
        ""
    };
    let tail = match standing.verdict {
        Some(Verdict::Late(_)) | None => String::new(),
        Some(verdict) => format!(",{}", verdict.text()),
    };
    format!(
        "{critical}预计 {} {kind}{tail}",
        date_text(forecast, standing.today)
    )
}

/// The year is written only when it is another one.
fn date_text(day: Date, today: Date) -> String {
    if day.year() == today.year() {
        short(day)
    } else {
        format!("{}/{}", day.year(), short(day))
    }
}

fn catch_up_text(standing: &Standing) -> String {
    if let Some(made) = &standing.catch_up {
        return made.text.clone();
    }
    match (standing.actual_finish, standing.float_workdays) {
        (Some(_), _) => "不需要追赶".to_owned(),
        (None, Some(float)) if float > 0 => format!("不需要追赶,还有 {float} 个工作日余量"),
        (None, Some(0)) => "不需要追赶,没有余量".to_owned(),
        _ => "没有目标日期或倒排计划,算不出要追多少".to_owned(),
    }
}

fn matter_text(matters: &[&Matter], names: &Names) -> String {
    if matters.is_empty() {
        return "没有未销号的交办".to_owned();
    }
    let shown: Vec<String> = matters
        .iter()
        .take(MATTERS_SHOWN)
        .map(|m| one_matter(m, names))
        .collect();
    let more = match matters.len().saturating_sub(MATTERS_SHOWN) {
        0 => String::new(),
        n => format!(",另有 {n} 件"),
    };
    shown.join(";") + &more
}

fn one_matter(matter: &Matter, names: &Names) -> String {
    let unit = matter
        .lead_unit
        .map_or_else(|| "未定单位".to_owned(), |id| names.show(id));
    match matter.due_on {
        Some(due) => format!("{unit} {} 前:{}", short(due), matter.title),
        None => format!("{unit}:{}", matter.title),
    }
}
