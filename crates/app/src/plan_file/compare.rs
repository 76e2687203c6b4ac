//! Our dates beside those the other program stored in the file.

use super::PlanFile;
use ground::{Minute, iso_minutes};
use plan::{ActivityKind, Progress};
use serde::Serialize;

/// How far the calculation agrees with the file.
#[derive(Serialize, Default, Debug)]
pub struct Comparison {
    /// Activities that were compared: no summaries, and of finished ones only start and finish.
    pub activities: usize,
    /// Activities of which something was compared and every stored value is ours.
    pub equal_activities: usize,
    /// Activities for which the file stores nothing to compare with.
    pub nothing_to_compare: usize,
    /// Activities whose stored total float was not compared: P6 left it from an earlier run.
    pub floats_left: usize,
    /// Value by value.
    pub fields: Vec<FieldComparison>,
    /// The first differences, at most a hundred.
    pub differences: Vec<Difference>,
}

/// One value over all activities.
#[derive(Serialize, Debug)]
pub struct FieldComparison {
    /// `early_start` and so on.
    pub field: &'static str,
    /// Chinese name.
    pub label: &'static str,
    /// Activities for which the file says it.
    pub compared: usize,
    /// Those for which we say the same.
    pub equal: usize,
}

/// One value that differs.
#[derive(Serialize, Debug)]
pub struct Difference {
    /// Activity.
    pub id: String,
    /// Which value.
    pub field: &'static str,
    /// Ours: a date as `2023-03-10 08:00`, a float as `175小时59分`.
    pub ours: String,
    /// The file's.
    pub file: String,
}

const FIELDS: [(&str, &str); 8] = [
    ("early_start", "最早开始"),
    ("early_finish", "最早完成"),
    ("late_start", "最晚开始"),
    ("late_finish", "最晚完成"),
    ("start", "开始"),
    ("finish", "完成"),
    ("total_float_min", "总时差"),
    ("free_float_min", "自由时差"),
];
const DIFFERENCES: usize = 100;

/// Working minutes in hours and minutes.
fn clock_text(minutes: i64) -> String {
    let sign = if minutes < 0 { "-" } else { "" };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    match (hours, rest) {
        (0, rest) => format!("{sign}{rest}分"),
        (hours, 0) => format!("{sign}{hours}小时"),
        (hours, rest) => format!("{sign}{hours}小时{rest}分"),
    }
}

impl PlanFile {
    /// Compares what was calculated with what the file says; empty before the calculation.
    pub fn compare(&self) -> Comparison {
        let mut comparison = Comparison {
            fields: FIELDS
                .map(|(field, label)| FieldComparison {
                    field,
                    label,
                    compared: 0,
                    equal: 0,
                })
                .into(),
            ..Comparison::default()
        };
        for index in 0..self.file.ids.len() {
            self.compare_one(index, &mut comparison);
        }
        comparison
    }

    fn compare_one(&self, index: usize, comparison: &mut Comparison) {
        let Some(s) = &self.schedule else { return };
        let activity = &self.file.network.activities[index];
        if activity.kind == ActivityKind::Summary {
            return;
        }
        let stored = &self.file.stored[index];
        let open = !matches!(activity.progress, Progress::Finished { .. });
        // Early and late dates of finished work are a convention of each program, not a result.
        let pair =
            |ours: Minute, theirs: Option<Minute>| theirs.filter(|_| open).map(|t| (ours, t));
        let shown = |ours: Minute, theirs: Option<Minute>| theirs.map(|theirs| (ours, theirs));
        let left = stored.total_float.is_some() && self.file.float_left(s, index);
        comparison.floats_left += usize::from(left);
        let total_float = stored.total_float.filter(|_| !left);
        let values = [
            pair(self.early_start(s, index), stored.early_start),
            pair(s.early_finish[index], stored.early_finish),
            pair(s.late_start[index], stored.late_start),
            pair(s.late_finish[index], stored.late_finish),
            shown(s.early_start[index], stored.start),
            shown(s.early_finish[index], stored.finish),
            pair(s.total_float[index], total_float),
            pair(s.free_float[index], stored.free_float),
        ];
        let (mut same, mut some) = (true, false);
        for (number, value) in values.into_iter().enumerate() {
            let Some((ours, theirs)) = value else {
                continue;
            };
            let field = &mut comparison.fields[number];
            field.compared += 1;
            some = true;
            if ours == theirs {
                field.equal += 1;
                continue;
            }
            same = false;
            if comparison.differences.len() < DIFFERENCES {
                let words = |value: i64| match number {
                    6 | 7 => clock_text(value),
                    _ => iso_minutes(value).replace('T', " "),
                };
                comparison.differences.push(Difference {
                    id: self.file.ids[index].clone(),
                    field: FIELDS[number].0,
                    ours: words(ours),
                    file: words(theirs),
                });
            }
        }
        comparison.activities += 1;
        comparison.equal_activities += usize::from(same && some);
        comparison.nothing_to_compare += usize::from(!some);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_told_in_hours_and_minutes() {
        for (minutes, text) in [
            (10_559, "175小时59分"),
            (-30, "-30分"),
            (480, "8小时"),
            (0, "0分"),
        ] {
            assert_eq!(clock_text(minutes), text);
        }
    }
}
