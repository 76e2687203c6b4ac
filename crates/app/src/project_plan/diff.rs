//! 对比 What a change does to a plan: what moved, by how much, and whether the target is met then.

use super::edit::Draft;
use super::{day_text, tenths};
use crate::App;
use crate::directory;
use crate::page::project_plan::{ChangedRow, MovedRow, NamedRow, PlanDiff, PlanState, RowState};
use crate::records;
use ground::{Date, Finding, RecordId};
use portfolio::{Bar, Scheduled, days_between};
use std::collections::BTreeMap;

/// The difference that a draft makes. With something wrong there is no after.
pub(super) fn diff(
    app: &App,
    before: &Scheduled<'_>,
    after: &Scheduled<'_>,
    draft: &Draft<'_>,
    wrong: &[Finding],
) -> PlanDiff {
    let mut diff = match wrong.is_empty() {
        true => between(app, before, after),
        false => PlanDiff {
            before: Some(state(before)),
            ..PlanDiff::default()
        },
    };
    if wrong.is_empty() {
        let warnings = after.standing.findings.iter();
        diff.findings = warnings.map(|one| draft.named(one.clone())).collect();
    } else {
        diff.findings = wrong.to_vec();
    }
    let keys: BTreeMap<RecordId, &str> = draft
        .added
        .iter()
        .map(|(key, id)| (*id, key.as_str()))
        .collect();
    for moved in &mut diff.moved {
        moved.row.know_key(&keys);
    }
    let row = |id: &RecordId| {
        let mut row = named(*id, &draft.text(*id, "code"), &draft.text(*id, "name"));
        row.know_key(&keys);
        row
    };
    diff.added = draft.added.iter().map(|(_, id)| row(id)).collect();
    let old = draft.book.records();
    let text = |id: &RecordId, field: &str| {
        let record = old.get(id);
        let text = record.and_then(|record| record.text(field));
        text.unwrap_or_default().to_owned()
    };
    let gone = |id: &RecordId| named(*id, &text(id, "code"), &text(id, "name"));
    diff.removed = draft.removed.iter().map(gone).collect();
    diff.changed = changed(app, draft, &row);
    diff
}

fn changed(app: &App, draft: &Draft<'_>, row: &dyn Fn(&RecordId) -> NamedRow) -> Vec<ChangedRow> {
    let definition = &draft.book.definition;
    let old = draft.book.records();
    let pairs: Vec<_> = draft
        .touched
        .keys()
        .filter_map(|id| Some((id, old.get(id)?, draft.records.get(id)?)))
        .collect();
    let values = pairs
        .iter()
        .flat_map(|(_, before, after)| [&before.fields, &after.fields]);
    let names =
        app.read(|reader| directory::names_of(reader, &app.definitions(), definition, values));
    let mut names = names.unwrap_or_default();
    for (key, id) in &draft.added {
        let name = draft.text(*id, "name");
        let name = if name.is_empty() { key.clone() } else { name };
        names.insert(super::ACTIVITY, *id, name);
    }
    pairs
        .into_iter()
        .map(|(id, before, after)| ChangedRow {
            row: row(id),
            fields: records::field_changes(definition, &before.fields, &after.fields, &names),
        })
        .filter(|changed| !changed.fields.is_empty())
        .collect()
}

/// The difference of two states of one plan.
pub(super) fn between(_app: &App, before: &Scheduled<'_>, after: &Scheduled<'_>) -> PlanDiff {
    let finishes = before
        .standing
        .forecast_finish
        .zip(after.standing.forecast_finish);
    let days = finishes.map(|(old, new)| days_between(old, new));
    PlanDiff {
        before: Some(state(before)),
        after: Some(state(after)),
        finish_change_days: days,
        finish_text: finish_text(before, after),
        moved: moved(before, after),
        ..PlanDiff::default()
    }
}

/// A scheduled plan in one line.
pub(super) fn state(scheduled: &Scheduled<'_>) -> PlanState {
    let standing = &scheduled.standing;
    PlanState {
        forecast_finish: standing.forecast_finish,
        verdict: standing.verdict.map_or_else(String::new, |v| v.text()),
        float_days: standing.float_workdays.map(|days| days * 10),
        rag: standing.light.rag,
        findings: standing.findings.len(),
    }
}

/// 完工由 9月6日 提前到 8月27日，提前 10 天；比目标仍晚 7 天。
fn finish_text(before: &Scheduled<'_>, after: &Scheduled<'_>) -> String {
    let today = after.standing.today;
    let show = |day: Date| day_text(day, today);
    let (old, new) = (
        before.standing.forecast_finish,
        after.standing.forecast_finish,
    );
    let moved = match (old, new) {
        (Some(old), Some(new)) => {
            let days = days_between(old, new);
            match days {
                0 => format!("完工仍在 {}", show(new)),
                1.. => format!("完工由 {} 推后到 {}，推后 {days} 天", show(old), show(new)),
                _ => format!(
                    "完工由 {} 提前到 {}，提前 {} 天",
                    show(old),
                    show(new),
                    -days
                ),
            }
        }
        (None, Some(new)) => format!("推算完工 {}", show(new)),
        _ => return String::new(),
    };
    let target = match after.standing.slip_days {
        Some(late) if late > 0 => format!("；比目标晚 {late} 天"),
        Some(0) => "；正好赶上目标".to_owned(),
        Some(early) => format!("；比目标早 {} 天", -early),
        None => String::new(),
    };
    format!("{moved}{target}。")
}

fn moved(before: &Scheduled<'_>, after: &Scheduled<'_>) -> Vec<MovedRow> {
    let rows = |scheduled: &Scheduled<'_>| -> BTreeMap<RecordId, (NamedRow, RowState)> {
        let bars = scheduled.standing.activities.iter().enumerate();
        bars.map(|(i, bar)| {
            let row = named(bar.activity.0, &bar.code, &bar.name);
            (bar.activity.0, (row, row_state(scheduled, i, bar)))
        })
        .collect()
    };
    let (old, new) = (rows(before), rows(after));
    let mut all = Vec::new();
    for bar in &after.standing.activities {
        let id = bar.activity.0;
        let (row, now) = &new[&id];
        let was = old.get(&id).map(|(_, was)| was.clone());
        if was.as_ref() == Some(now) {
            continue;
        }
        all.push(MovedRow {
            days: was.as_ref().map(|was| days_between(was.finish, now.finish)),
            row: row.clone(),
            before: was,
            after: Some(now.clone()),
        });
    }
    let gone = old.into_iter().filter(|(id, _)| !new.contains_key(id));
    all.extend(gone.map(|(_, (row, was))| MovedRow {
        row,
        before: Some(was),
        after: None,
        days: None,
    }));
    all
}

fn row_state(scheduled: &Scheduled<'_>, i: usize, bar: &Bar) -> RowState {
    let network = &scheduled.built.network;
    let calendar = network.activities[i].calendar;
    let per_day = network.calendars[calendar].minutes_per_day();
    let float = scheduled.schedule.as_ref().map_or(0, |s| s.total_float[i]);
    RowState {
        start: bar.forecast_start,
        finish: bar.forecast_finish,
        float_days: tenths(float, per_day),
        critical: bar.critical,
    }
}

fn named(id: RecordId, code: &str, name: &str) -> NamedRow {
    NamedRow {
        key: String::new(),
        activity_id: id.to_string(),
        code: code.to_owned(),
        name: name.to_owned(),
    }
}

impl NamedRow {
    /// A row that is not stored yet goes by its key.
    fn know_key(&mut self, keys: &BTreeMap<RecordId, &str>) {
        let id = self.activity_id.parse().map(RecordId);
        if let Some(key) = id.ok().and_then(|id| keys.get(&id)) {
            (*key).clone_into(&mut self.key);
            (*key).clone_into(&mut self.activity_id);
        }
    }
}

impl PlanDiff {
    /// Puts the ids that added rows have got in the place of their keys.
    pub(super) fn know_ids(&mut self, ids: &BTreeMap<RecordId, RecordId>) {
        let added = self.added.iter_mut();
        let moved = self.moved.iter_mut().map(|moved| &mut moved.row);
        // Keys were given in the order of ids, one by one below zero.
        let mut by_key: BTreeMap<String, String> = BTreeMap::new();
        for (row, (_, made)) in added.zip(ids.iter().rev()) {
            by_key.insert(row.key.clone(), made.to_string());
            row.activity_id = made.to_string();
        }
        for row in moved {
            if let Some(id) = by_key.get(&row.key).filter(|_| !row.key.is_empty()) {
                row.activity_id.clone_from(id);
            }
        }
    }
}
