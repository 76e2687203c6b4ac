//! Whether a claim holds on the stage, and if not, what is there instead.

use std::sync::Arc;

use app::page::record::RecordView;
use register::{Definition, Fields, to_json};
use serde_json::Value as Json;

use super::grammar::{Claim, Pairs};
use super::plans;
use super::stage::{Doubt, Place, Stage, field, told};

/// What was found where something else was claimed.
#[derive(Debug)]
pub struct Miss {
    pub claimed: String,
    pub found: String,
}

type Checked = Result<Option<Miss>, Doubt>;

fn compare(claimed: impl Into<String>, found: impl Into<String>) -> Checked {
    let (claimed, found) = (claimed.into(), found.into());
    Ok((claimed != found).then_some(Miss { claimed, found }))
}

/// Checks one claim.
pub fn check(stage: &mut Stage, claim: &Claim) -> Checked {
    match claim {
        Claim::Standing { alias, what, value } => standing(stage, alias.as_deref(), what, value),
        Claim::Field {
            alias,
            label,
            value,
        } => {
            let place = stage.place(alias.as_deref())?;
            let view = stage.view(&place)?;
            holds_value(stage, &place, &view, label, value)
        }
        Claim::Duty {
            alias,
            title,
            due,
            light,
        } => duty(stage, alias.as_deref(), title, due, light.as_deref()),
        Claim::NoDuty { alias, title } => {
            let view = stage.view(&stage.place(alias.as_deref())?)?;
            let there = view.duties.iter().any(|duty| duty.title == *title);
            compare("没有", if there { "有" } else { "没有" })
        }
        Claim::Metric {
            title,
            period,
            by,
            value,
        } => metric(stage, title, period, by, value),
        Claim::Campaign { title, what } => campaign(stage, title, what),
        Claim::Cycle {
            period,
            what,
            value,
        } => cycle(stage, period, what, value),
        Claim::Count {
            register,
            count,
            values,
        } => counted(stage, register, *count, values),
        Claim::Sees { who, alias, values } => sees(stage, who, alias, values),
        Claim::Days {
            late,
            alias,
            first,
            last,
        } => {
            let found = plans::days(stage, alias, *late)?;
            compare(format!("{first} 至 {last}"), found)
        }
        Claim::Float { alias, days } => compare(days.clone(), plans::float(stage, alias)?),
        Claim::Finish { alias, what, value } => {
            compare(value.clone(), plans::finish(stage, alias, what)?)
        }
        Claim::Refused { words } => {
            let Some(found) = stage.refused.take() else {
                return compare("被拒", "办成了");
            };
            match words {
                Some(words) if !found.contains(words.as_str()) => {
                    compare(format!("拒绝的话里有“{words}”"), found)
                }
                _ => Ok(None),
            }
        }
    }
}

fn standing(stage: &mut Stage, alias: Option<&str>, what: &str, value: &str) -> Checked {
    let view = stage.view(&stage.place(alias)?)?;
    let flow = view.flow.as_ref();
    let none = || "无".to_owned();
    let found = match what {
        "状态" => flow.map_or_else(none, |flow| flow.label.clone()),
        "承办" => flow
            .and_then(|flow| flow.holder.as_ref())
            .map_or_else(none, |(_, name)| name.clone()),
        "期限" => flow
            .and_then(|flow| flow.due.as_ref())
            .map_or_else(none, |due| china(&due.at, value.len())),
        "灯" => view
            .light
            .as_ref()
            .map_or_else(none, |light| colour(&format!("{:?}", light.rag))),
        _ => view.record.number.clone().unwrap_or_else(none),
    };
    compare(value, found)
}

/// An instant as it is written in China, as long as the claim is.
fn china(instant: &str, length: usize) -> String {
    let Ok(at) = instant.parse::<jiff::Timestamp>() else {
        return instant.to_owned();
    };
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    let text = at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string();
    text.chars().take(length).collect()
}

fn colour(rag: &str) -> String {
    let zh = match rag {
        "Green" => "绿",
        "Yellow" => "黄",
        "Red" => "红",
        "Done" => "蓝",
        _ => "灰",
    };
    zh.to_owned()
}

fn holds_value(
    stage: &mut Stage,
    place: &Place,
    view: &RecordView,
    label: &str,
    value: &str,
) -> Checked {
    let definition = stage.register(&place.0)?;
    let field = field(&definition, label)?;
    let found = view.values.get(&field.id).cloned().unwrap_or(Json::Null);
    if value == "无" {
        return compare("null", found.to_string());
    }
    let wanted = stage.value(field, value, false)?;
    let wanted = to_json(&definition, &Fields::from([(field.id.clone(), wanted)]));
    compare(wanted[&field.id].to_string(), found.to_string())
}

fn duty(
    stage: &mut Stage,
    alias: Option<&str>,
    title: &str,
    due: &str,
    light: Option<&str>,
) -> Checked {
    let view = stage.view(&stage.place(alias)?)?;
    let Some(duty) = view.duties.iter().find(|duty| duty.title == title) else {
        let titles: Vec<&str> = view.duties.iter().map(|d| d.title.as_str()).collect();
        return compare(title, format!("只有义务：{}", titles.join("、")));
    };
    let mut found = duty
        .due
        .map_or_else(|| "无".to_owned(), |day| day.to_string());
    let mut claimed = due.to_owned();
    if let Some(light) = light {
        found = format!("{found} {}", colour(&format!("{:?}", duty.light)));
        claimed = format!("{claimed} {light}");
    }
    compare(claimed, found)
}

fn counted(stage: &mut Stage, register: &str, count: usize, values: &Pairs) -> Checked {
    let definition = stage.register(register)?;
    let mut found = 0;
    for view in stage.all(&definition.id)? {
        let place = (definition.id.clone(), view.record.id);
        let mut fits = true;
        for (label, value) in values {
            fits = fits && holds_value(stage, &place, &view, label, value)?.is_none();
        }
        found += usize::from(fits);
    }
    compare(format!("{count} 条"), format!("{found} 条"))
}

fn sees(stage: &mut Stage, who: &str, alias: &str, values: &Pairs) -> Checked {
    let actor = stage.actor(who)?;
    let place = stage.place(Some(alias))?;
    let view = stage.seen_by(&actor, &place)?;
    let definition = stage.register(&place.0)?;
    for (label, value) in values {
        let field = field(&definition, label)?;
        let found = view.values.get(&field.id).and_then(Json::as_str);
        let found = found.unwrap_or("无");
        if found != value {
            return compare(value.as_str(), found);
        }
    }
    Ok(None)
}

/// A figure as the page prints it: of the whole, or of the group that all values name. Registers are asked in the
/// order: the scenario's own, then the others.
fn metric(stage: &Stage, title: &str, period: &str, by: &Pairs, value: &str) -> Checked {
    let local = app::account::local_actor(&stage.app);
    let all = stage.app.definitions();
    let own = all.iter().filter(|one| one.id == stage.home);
    let others = all.iter().filter(|one| one.id != stage.home);
    let has = |one: &&Arc<Definition>| one.metrics.iter().any(|m| m.title.zh == title);
    let Some(definition) = own.chain(others).find(has) else {
        return Err(format!("没有指标“{title}”"));
    };
    let pages = app::metrics::metrics(&stage.app, &local, &definition.id, Some(period), None);
    let pages = pages.map_err(|error| told(&error))?;
    let page = pages.iter().find(|page| page.title == title);
    let page = page.ok_or_else(|| format!("没有算出“{title}”"))?;
    let (text, exact) = if by.is_empty() {
        (page.text.clone(), page.value.clone())
    } else {
        let named = |group: &&app::page::metric::MetricGroup| {
            by.iter()
                .all(|(_, value)| group.by.contains(value.as_str()))
        };
        match page.groups.iter().find(named) {
            Some(group) => (group.text.clone(), group.value.clone()),
            None => ("无".to_owned(), None),
        }
    };
    let same = exact.is_some_and(|exact| number(&exact) == number(value));
    if same { Ok(None) } else { compare(value, text) }
}

/// The number of a figure, without its unit and without zeros at the end.
fn number(text: &str) -> Option<rust_decimal::Decimal> {
    let digits = text.trim_end_matches('%').replace(',', "");
    digits
        .parse::<rust_decimal::Decimal>()
        .ok()
        .map(|n| n.normalize())
}

fn campaign(stage: &Stage, title: &str, what: &str) -> Checked {
    let local = app::account::local_actor(&stage.app);
    for definition in stage.app.definitions().iter() {
        if !definition.campaigns.iter().any(|one| one.title.zh == title) {
            continue;
        }
        let lines = app::cycle::campaigns(&stage.app, &local, &definition.id, None);
        let lines = lines.map_err(|error| told(&error))?;
        let line = lines.into_iter().find(|line| line.title == title);
        let line = line.ok_or_else(|| format!("没有算出“{title}”"))?;
        return match what.strip_prefix("截止 ") {
            Some(day) => compare(day, line.due.map_or_else(String::new, |d| d.to_string())),
            None => compare(what, format!("{}/{}", line.done, line.of)),
        };
    }
    Err(format!("没有专项行动“{title}”"))
}

fn cycle(stage: &Stage, period: &str, what: &str, value: &str) -> Checked {
    let local = app::account::local_actor(&stage.app);
    let board = app::cycle::board(&stage.app, &local, &stage.home, Some(period), None);
    let board = board.map_err(|error| told(&error))?;
    let status = match what {
        "截止" => return compare(value, board.due_on.to_string()),
        "已报" => &["sent", "zero", "late"][..],
        "未报" => &["open", "missing", "locked"][..],
        _ => return Err(format!("报送后面写“已报”“未报”或“截止”，不是“{what}”")),
    };
    let count = board
        .units
        .iter()
        .filter(|unit| status.contains(&unit.status));
    compare(value, count.count().to_string())
}
