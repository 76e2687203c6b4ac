//! 排程选项 of the text, in the words of their register.

use plan::{CriticalRule, LagCalendar, Link, Options};
use portfolio::plan_option::{
    FLOAT_RULES, LAG_CALENDARS, LONGEST_PATH, OUT_OF_SEQUENCE, THRESHOLD,
};

use super::shape::OptionsText;
use crate::schedule_file::remarks::Remarks;

/// Minutes of a day in which thresholds are written, as lags are.
const DAY: i64 = 480;

/// The options with what the text says among them.
pub(super) fn lay_on(text: &OptionsText, options: Options, remarks: &mut Remarks) -> Options {
    let mut options = Options {
        open_ends_critical: text.open_ends_critical,
        ..options
    };
    if let Some(mode) = chosen(
        &text.out_of_sequence,
        "out_of_sequence",
        &OUT_OF_SEQUENCE,
        remarks,
    ) {
        options.out_of_sequence = mode;
    }
    if let Some(rule) = chosen(&text.float_rule, "float_rule", &FLOAT_RULES, remarks) {
        options.float = rule;
    }
    let rules = [(LONGEST_PATH, true), (THRESHOLD, false)];
    match chosen(&text.critical_rule, "critical_rule", &rules, remarks) {
        Some(true) => options.critical = CriticalRule::LongestPath,
        Some(false) => options.critical = threshold(text.critical_days.unwrap_or(0)),
        None => options.critical = text.critical_days.map_or(options.critical, threshold),
    }
    options
}

fn threshold(days: i64) -> CriticalRule {
    CriticalRule::Threshold(days.saturating_mul(DAY))
}

/// Lags of working time run on the chosen calendar; `project` is the one of the plan.
pub(super) fn lay_lags(
    text: &OptionsText,
    links: &mut [Link],
    project: usize,
    remarks: &mut Remarks,
) {
    let Some(calendar) = chosen(&text.lag_calendar, "lag_calendar", &LAG_CALENDARS, remarks) else {
        return;
    };
    let calendar = match calendar {
        LagCalendar::Of(_) => LagCalendar::Of(project),
        other => other,
    };
    for link in links {
        if link.lag_calendar == LagCalendar::Predecessor {
            link.lag_calendar = calendar;
        }
    }
}

/// What a code means; one that nobody knows is told with those there are.
fn chosen<T: Copy>(
    code: &Option<String>,
    key: &str,
    words: &[(&str, T)],
    remarks: &mut Remarks,
) -> Option<T> {
    let code = code.as_deref()?;
    let found = words.iter().find(|(word, _)| *word == code);
    if found.is_none() {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let remedy = format!("可以写 {}", known.join("、"));
        remarks.error(
            "toml.options",
            || "排程选项".to_owned(),
            || format!("“{key}”没有“{code}”这一种，没有采用"),
            &remedy,
        );
    }
    found.map(|(_, value)| *value)
}
