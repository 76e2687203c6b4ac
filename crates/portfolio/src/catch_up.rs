//! 追回: how much of a slip can be made good on the remaining path, and how fast the rest must go.

use ground::{Date, Ratio, WorkCalendar};
use serde::Serialize;

use crate::calendars::days_between;

/// Parameters of catching up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CatchUpRule {
    /// 增一班: percent of an activity's remaining duration that one more shift takes off. 12 is proposed: a second
    /// shift of four hours on a quarter of the fronts gains one day in eight, rounded down. A district sets its own.
    pub shift_gain_percent: i64,
}

impl Default for CatchUpRule {
    fn default() -> Self {
        CatchUpRule {
            shift_gain_percent: 12,
        }
    }
}

/// The remaining activity that can take most of the catching up.
#[derive(Clone, Copy, Debug)]
pub struct Longest<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its remaining work in working days.
    pub remaining_days: i64,
    /// Its forecast finish.
    pub finish: Date,
    /// Its calendar.
    pub calendar: &'a WorkCalendar,
}

/// 追赶. Days are calendar days, as the slip is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CatchUp {
    /// Slip to make good.
    pub needed_days: i64,
    /// 追赶系数: days the remaining path takes / days left to the target; undefined when none is left.
    pub factor: Ratio,
    /// Activity that gets one more shift, if there is one.
    pub on: Option<String>,
    /// What one more shift there takes off.
    pub absorbable_days: i64,
    /// What is still missing then.
    pub missing_days: i64,
    /// The sentence.
    pub text: String,
}

/// What it takes to be back on target. `None` when the project is not late.
pub fn catch_up(
    rule: &CatchUpRule,
    today: Date,
    target: Date,
    forecast: Date,
    longest: Option<Longest<'_>>,
) -> Option<CatchUp> {
    let needed_days = days_between(target, forecast);
    if needed_days <= 0 {
        return None;
    }
    let left = days_between(today, target).max(0);
    let factor = Ratio::new(days_between(today, forecast).into(), left.into());
    let absorbable_days = longest.as_ref().map_or(0, |l| gain(rule, l));
    let missing_days = (needed_days - absorbable_days).max(0);
    let text = sentence(
        longest.as_ref(),
        absorbable_days.min(needed_days),
        missing_days,
    );
    let on = longest.map(|l| l.name.to_owned());
    Some(CatchUp {
        needed_days,
        factor,
        on,
        absorbable_days,
        missing_days,
        text,
    })
}

/// Working days gained, told as the calendar days by which the activity ends earlier.
fn gain(rule: &CatchUpRule, longest: &Longest<'_>) -> i64 {
    let gained = longest
        .remaining_days
        .max(0)
        .saturating_mul(rule.shift_gain_percent)
        / 100;
    let earlier = i32::try_from(gained).map_or(longest.finish, |n| {
        longest.calendar.add_workdays(longest.finish, -n)
    });
    days_between(earlier, longest.finish)
}

fn sentence(longest: Option<&Longest<'_>>, gained: i64, missing: i64) -> String {
    let Some(longest) = longest.filter(|_| gained > 0) else {
        return format!("后续没有可压缩的工序,缺 {missing} 天");
    };
    // Offices do not work in shifts.
    let how = if longest.calendar.id() == "cn5" {
        "加快办理"
    } else {
        "增一班"
    };
    let tail = match missing {
        0 => "可全部追回".to_owned(),
        n => format!("缺 {n} 天"),
    };
    format!("{}{how}追 {gained} 天,{tail}", longest.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::day;
    use ground::HolidayTable;

    #[test]
    fn one_more_shift_on_ninety_six_days_makes_good_eleven() {
        let seven = WorkCalendar::seven_day();
        let longest = Longest {
            name: "主体施工",
            remaining_days: 96,
            finish: day("2023-06-22"),
            calendar: &seven,
        };
        let rule = CatchUpRule::default();
        let made = catch_up(
            &rule,
            day("2023-03-10"),
            day("2023-08-20"),
            day("2023-09-06"),
            Some(longest),
        );
        let made = made.expect("late");
        assert_eq!(
            (made.needed_days, made.absorbable_days, made.missing_days),
            (17, 11, 6)
        );
        assert_eq!(made.text, "主体施工增一班追 11 天,缺 6 天");
        assert_eq!(made.factor, Ratio::new(180, 163));
    }

    #[test]
    fn a_project_on_target_needs_no_catching_up() {
        let target = day("2023-08-20");
        assert_eq!(
            catch_up(
                &CatchUpRule::default(),
                day("2023-03-10"),
                target,
                target,
                None
            ),
            None
        );
    }

    #[test]
    fn after_the_target_no_factor_helps() {
        let late = catch_up(
            &CatchUpRule::default(),
            day("2023-09-01"),
            day("2023-08-20"),
            day("2023-09-06"),
            None,
        );
        let late = late.expect("late");
        assert!(!late.factor.is_defined());
        assert_eq!(late.text, "后续没有可压缩的工序,缺 17 天");
    }

    #[test]
    fn an_office_is_told_to_hurry_not_to_add_a_shift() {
        let office = WorkCalendar::official(HolidayTable::shipped());
        let longest = Longest {
            name: "规划许可",
            remaining_days: 41,
            finish: day("2023-05-16"),
            calendar: &office,
        };
        let made = catch_up(
            &CatchUpRule::default(),
            day("2023-03-10"),
            day("2023-06-30"),
            day("2023-07-06"),
            Some(longest),
        );
        assert_eq!(
            made.expect("late").text,
            "规划许可加快办理追 6 天,可全部追回"
        );
    }
}
