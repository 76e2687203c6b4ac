//! Spans across the festivals of 2023 with their make-up days, and laws of all spans.

use ground::{HolidayTable, WorkCalendar};
use proptest::prelude::*;

use super::super::moment::{instant_of, utc_text};
use super::*;

fn calendar() -> WorkCalendar {
    WorkCalendar::official(HolidayTable::shipped())
}

fn span(text: &str) -> Span {
    Span::parse(text).expect("a span")
}

fn at(text: &str) -> i64 {
    instant_of(text).expect("a moment")
}

/// Deadline of a span from a moment, written as UTC.
fn check(start: &str, text: &str, expect: &str) {
    let due = span(text).due(at(start), &[], &calendar());
    assert_eq!(utc_text(due.at), expect, "{text} from {start}");
}

/// 10:00 on that day at UTC+8, and the end of a day.
fn check_day(start: &str, text: &str, expect: &str) {
    check(
        &format!("{start}T02:00:00Z"),
        text,
        &format!("{expect}T15:59:59Z"),
    );
}

#[test]
fn spans_read_as_rules_write_them() {
    let read = |text: &str| span(text).text();
    for text in [
        "5wd", "-1wd", "45cd", "1m", "1y", "2w", "2h", "4wh", "30min", "0wd",
    ] {
        assert_eq!(read(text), text);
    }
    assert_eq!(read("+3wd"), "3wd");
    assert_eq!(read("30d"), "30cd");
    for bad in [
        "",
        "5",
        "wd",
        "5 wd",
        "--1wd",
        "1.5h",
        "5天",
        "1000000wd",
        "99999999999wd",
    ] {
        let problem = Span::parse(bad).expect_err(bad);
        assert!(problem.contains("5wd"), "{problem}");
    }
    assert_eq!(span("5wd").label(), "5 个工作日");
}

#[test]
fn working_days_pass_over_the_spring_festival_of_2023_and_count_its_make_up_days() {
    // Holiday 21–27 January, Saturday 28 and Sunday 29 are worked.
    check_day("2023-01-19", "1wd", "2023-01-20");
    check_day("2023-01-19", "2wd", "2023-01-28");
    check_day("2023-01-19", "3wd", "2023-01-29");
    check_day("2023-01-19", "5wd", "2023-01-31");
    check_day("2023-01-21", "1wd", "2023-01-28");
    check_day("2023-01-28", "1wd", "2023-01-29");
}

#[test]
fn calendar_days_roll_off_the_spring_festival_onto_the_make_up_saturday() {
    check_day("2023-01-19", "2cd", "2023-01-28");
    check_day("2023-01-19", "7d", "2023-01-28");
    check_day("2023-01-19", "10cd", "2023-01-29");
    check_day("2023-01-19", "1w", "2023-01-28");
    check_day("2023-01-19", "45cd", "2023-03-06");
    check_day("2023-01-21", "0wd", "2023-01-28");
}

#[test]
fn the_national_day_of_2023_is_passed_over_likewise() {
    // Holiday 29 September–6 October, Saturday 7 and Sunday 8 are worked.
    check_day("2023-09-28", "1wd", "2023-10-07");
    check_day("2023-09-28", "2wd", "2023-10-08");
    check_day("2023-09-28", "3wd", "2023-10-09");
    check_day("2023-09-28", "1cd", "2023-10-07");
    check_day("2023-08-30", "1m", "2023-10-07");
}

#[test]
fn months_end_on_the_same_day_or_on_the_last_one() {
    check_day("2023-01-31", "1m", "2023-02-28");
    check_day("2023-03-31", "6m", "2023-10-07");
    check_day("2023-11-30", "3m", "2024-02-29");
    check_day("2024-02-29", "1y", "2025-02-28");
    check_day("2023-03-10", "1m", "2023-04-10");
}

#[test]
fn hours_run_by_the_clock_and_office_hours_only_while_the_office_is_open() {
    check("2023-09-28T09:30:00Z", "2h", "2023-09-28T11:30:00Z");
    check("2023-09-28T15:50:00Z", "30min", "2023-09-28T16:20:00Z");
    check("2023-03-08T02:00:00Z", "4wh", "2023-03-08T07:30:00Z");
    // Thursday 16:30: one hour before the holiday, three on the make-up Saturday.
    check("2023-09-28T08:30:00Z", "4wh", "2023-10-07T04:00:00Z");
    // Friday 20:00.
    check("2023-03-10T12:00:00Z", "1wh", "2023-03-13T02:00:00Z");
    check("2023-03-08T07:30:00Z", "-4wh", "2023-03-08T02:00:00Z");
    check("2023-03-13T02:00:00Z", "-2wh", "2023-03-10T08:30:00Z");
}

#[test]
fn reminders_count_back_over_a_holiday() {
    let back = |day: &str, text: &str| {
        let day: Date = day.parse().expect("a day");
        span(text).counted_from(day, &calendar()).to_string()
    };
    assert_eq!(back("2023-10-07", "-1wd"), "2023-09-28");
    assert_eq!(back("2023-10-09", "-1wd"), "2023-10-08");
    assert_eq!(back("2023-03-10", "-30d"), "2023-02-08");
    assert_eq!(back("2023-03-10", "+0wd"), "2023-03-10");
    assert_eq!(back("2023-03-11", "+3wd"), "2023-03-15");
}

#[test]
fn a_pause_moves_a_deadline_by_its_own_kind_of_days() {
    let monday = at("2023-03-06T02:00:00Z");
    // Thursday 10:00 to Monday 09:00: two working days, four calendar days.
    let pause = [(at("2023-03-09T02:00:00Z"), at("2023-03-13T01:00:00Z"))];
    let due = |text: &str| span(text).due(monday, &pause, &calendar()).on.to_string();
    assert_eq!(due("5wd"), "2023-03-15");
    assert_eq!(due("8cd"), "2023-03-20");
    assert_eq!(due("3wd"), "2023-03-13");
    let hours = span("100h").due(monday, &pause, &calendar());
    assert_eq!(utc_text(hours.at), "2023-03-14T05:00:00Z");
}

#[test]
fn standing_still_after_the_deadline_does_not_wash_lateness_away() {
    let monday = at("2023-03-06T02:00:00Z");
    let late = [(at("2023-03-20T02:00:00Z"), at("2023-03-31T02:00:00Z"))];
    let due = span("5wd").due(monday, &late, &calendar());
    assert_eq!(due.on.to_string(), "2023-03-13");
}

fn any_span() -> impl Strategy<Value = Span> {
    let units = [
        SpanUnit::Minute,
        SpanUnit::Hour,
        SpanUnit::WorkHour,
        SpanUnit::Day,
        SpanUnit::Workday,
        SpanUnit::Week,
        SpanUnit::Month,
        SpanUnit::Year,
    ];
    (0..40, 0..units.len()).prop_map(move |(count, unit)| Span {
        count,
        unit: units[unit],
    })
}

/// A moment in 2022 to 2025.
fn any_moment() -> impl Strategy<Value = i64> {
    1_640_966_400i64..1_767_196_800
}

proptest! {
    #[test]
    fn a_clock_with_pauses_never_ends_earlier_than_without(
        span in any_span(),
        start in any_moment(),
        steps in proptest::collection::vec((0i64..3_000_000, 1i64..3_000_000), 0..5),
    ) {
        let mut pauses = Vec::new();
        let mut now = start;
        for (running, standing) in steps {
            pauses.push((now + running, now + running + standing));
            now += running + standing;
        }
        let plain = span.due(start, &[], &calendar());
        let mut last = plain.at;
        for n in 0..=pauses.len() {
            let due = span.due(start, &pauses[..n], &calendar());
            prop_assert!(due.at >= last, "{} with {n} pauses", span.text());
            last = due.at;
        }
    }

    #[test]
    fn a_longer_span_never_ends_earlier_and_no_deadline_falls_on_a_rest_day(
        span in any_span(),
        start in any_moment(),
    ) {
        let calendar = calendar();
        let due = span.due(start, &[], &calendar);
        let longer = Span { count: span.count + 1, ..span }.due(start, &[], &calendar);
        prop_assert!(longer.at >= due.at);
        prop_assert!(due.at >= start);
        if due.whole_day {
            prop_assert!(calendar.is_working(due.on));
        }
    }

    #[test]
    fn office_hours_added_are_office_hours_counted(
        start in any_moment(),
        hours in 1i32..60,
    ) {
        let calendar = calendar();
        let due = Span { count: hours, unit: SpanUnit::WorkHour }.due(start, &[], &calendar);
        prop_assert_eq!(office_seconds(start, due.at, &calendar), i64::from(hours) * 3600);
    }
}
