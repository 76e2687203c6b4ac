//! The sample district on the wall: every row is a valid record, and the real engine gives the lights, verdicts and
//! forecasts that the demo shows.

mod sample;

use ground::{Date, HolidayTable, Ratio, Severity};
use plan::Rag;
use portfolio::*;
use sample::District;

fn day(text: &str) -> Date {
    text.parse().expect("date")
}

fn standings(on: &str) -> Vec<Standing> {
    let calendars = Calendars::standard(HolidayTable::shipped());
    District::load(day(on)).standings(&calendars, day(on))
}

/// `灯 名称 判断 预计`, the first characters of the name.
fn row(standing: &Standing) -> String {
    let verdict = standing.verdict.expect("a target").text();
    let forecast = standing.forecast_finish.expect("a plan");
    let name: String = standing.name.chars().take(6).collect();
    format!("{} {name} {verdict} {forecast}", standing.light.rag.label())
}

fn lights(standings: &[Standing]) -> [usize; 3] {
    [Rag::Green, Rag::Yellow, Rag::Red]
        .map(|rag| standings.iter().filter(|s| s.light.rag == rag).count())
}

#[test]
fn every_row_of_the_sample_is_a_valid_record() {
    for on in ["2023-01-28", "2023-03-10", "2025-12-31"] {
        let district = District::load(day(on));
        let errors: Vec<_> = district
            .findings
            .iter()
            .filter(|f| f.severity == Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{on}: {errors:#?}");
    }
}

#[test]
fn on_10_march_the_wall_shows_eleven_green_three_yellow_one_red() {
    let standings = standings("2023-03-10");
    let rows: Vec<String> = standings.iter().map(row).collect();
    let expected = [
        "正常 八通技术研发 准时 2023-06-25",
        "预警 河南省品牌服 晚 6 天 2023-07-06",
        "正常 泛锐云智项目 早 3 天 2023-11-27",
        "预警 西京花园幼儿 晚 8 天 2023-09-02",
        "正常 河南省煤矿智 准时 2023-10-31",
        "正常 中原区202 准时 2023-10-31",
        "滞后 郑州外国语中 晚 17 天 2023-09-06",
        "正常 郑州市常庄水 准时 2023-12-20",
        "正常 渡森服饰年产 早 2 天 2023-06-28",
        "正常 中原区建设路 准时 2023-08-10",
        "预警 河南昱峰医疗 晚 5 天 2023-09-05",
        "正常 郑州市医疗卫 准时 2023-05-31",
        "正常 郑州国棉三厂 准时 2023-08-20",
        "正常 大喜城综合体 准时 2023-10-01",
        "正常 CCD Pa 早 4 天 2023-09-26",
    ];
    assert_eq!(rows, expected);
    assert_eq!(lights(&standings), [11, 3, 1]);
}

#[test]
fn a_week_earlier_the_red_one_was_yellow() {
    let standings = standings("2023-03-03");
    assert_eq!(lights(&standings), [12, 3, 0]);
    assert_eq!(row(&standings[6]), "预警 郑州外国语中 晚 9 天 2023-08-29");
}

#[test]
fn nobody_is_called_late_between_two_weekly_reports() {
    assert_eq!(lights(&standings("2023-02-08")), [15, 0, 0]);
    assert_eq!(lights(&standings("2023-03-08")), [12, 3, 0]);
    assert_eq!(lights(&standings("2023-03-13")), [11, 3, 1]);
}

#[test]
fn silence_of_more_than_a_reporting_period_is_red_and_says_so() {
    let standings = standings("2023-03-21");
    assert_eq!(lights(&standings), [0, 0, 15]);
    assert_eq!(
        standings[0].why[0].1,
        "已 11 天没有填报(最近 3/10),规划许可现 35%"
    );
}

#[test]
fn the_red_light_answers_in_four_lines() {
    let standings = standings("2023-03-10");
    let red = &standings[6];
    let lines: Vec<String> = red
        .why
        .iter()
        .map(|(label, text)| format!("{label} {text}"))
        .collect();
    let expected = [
        "卡在 桩基工程应 3/1 完成,现 62%",
        "影响 关键线路,预计 9/6 交付",
        "追回 主体施工增一班追 11 天,缺 6 天",
        "交办 区住建局 3/12 前:莲湖校区10kV临时用电未接入",
    ];
    assert_eq!(lines, expected);
    assert_eq!(red.float_workdays, Some(-17));
    assert_eq!(
        red.catch_up.as_ref().map(|c| c.factor),
        Some(Ratio::new(180, 163))
    );
}

#[test]
fn four_activities_are_overdue_at_the_end_of_the_first_dekad() {
    let nodes = due_nodes(&standings("2023-03-10"), day("2023-03-10"));
    let lines: Vec<String> = nodes
        .iter()
        .map(|n| format!("{} {}", n.name, n.text()))
        .collect();
    assert_eq!(
        lines,
        [
            "桩基工程 逾期 9 天",
            "备案 逾期 4 天",
            "基础 逾期 2 天",
            "设备安装 逾期 1 天"
        ]
    );
    assert_eq!(nodes[0].rag, Rag::Red);
}

#[test]
fn the_funnel_of_matters_is_the_one_on_the_home_page() {
    let district = District::load(day("2023-03-10"));
    let expected = Funnel {
        issued: 86,
        in_progress: 23,
        verify: 9,
        closed: 54,
        recheck: 38,
    };
    assert_eq!(funnel(&district.matters), expected);
}

#[test]
fn the_list_of_round_seven_agrees_with_the_announcement() {
    let district = District::load(day("2023-01-28"));
    let seven = summarise(district.round(7), &district.memberships, day("2023-01-28"));
    assert_eq!(seven.failures().count(), 0);
    assert_eq!(
        seven
            .checks
            .iter()
            .filter(|c| c.verdict == CheckVerdict::Holds)
            .count(),
        9
    );
    let five = district.round(5);
    assert!(five.is_combined());
    assert_eq!(
        five.stated_rate(RateKind::Benefit, false)
            .map(|r| r.percent),
        Some(10_000)
    );
}

#[test]
fn rates_of_round_seven_rest_on_the_frozen_list() {
    let district = District::load(day("2023-03-10"));
    let of = |kind| {
        let mut request = RateRequest::of(kind, district.round_id(7), day("2023-03-10"));
        request.horizon = Some(day("2023-12-31"));
        rate(&request, &district.memberships, &district.projects)
    };
    let fulfilment = of(RateKind::Fulfilment);
    assert_eq!(fulfilment.actual.by_count.percent_text(), "50.0%");
    assert_eq!(fulfilment.actual.by_money.percent_text(), "60.0%");
    assert_eq!(
        of(RateKind::StartVerified).actual.by_count.percent_text(),
        "100%"
    );
    let benefit = of(RateKind::Benefit);
    assert_eq!(benefit.actual.by_count.percent_text(), "0.0%");
    assert_eq!(
        benefit.forecast.expect("asked").by_count.percent_text(),
        "100%"
    );
    assert_eq!(benefit.denominator.len(), 7);
}

#[test]
fn quarter_indicators_stand_where_the_home_page_shows_them() {
    let district = District::load(day("2023-03-10"));
    let value = |indicator: &str, scenario: &str| {
        let of_district = |r: &&register::Record| {
            r.text("indicator") == Some(indicator)
                && r.text("scenario") == Some(scenario)
                && r.text("period") == Some("2023Q1")
                && r.org.as_str() == "410102"
        };
        let record = district.records["observation"]
            .iter()
            .find(of_district)
            .expect(indicator);
        i128::from(record.fields["value"].as_decimal().expect("decimal").0)
    };
    for (indicator, done, forecast) in [
        ("地区生产总值", "78.2%", "101.0%"),
        ("规上工业增加值", "72.4%", "97.0%"),
        ("固定资产投资", "80.6%", "103.0%"),
        ("工业技改投资", "61.5%", "89.0%"),
        ("社会消费品零售", "77.0%", "100%"),
        ("一般公共预算收入", "79.3%", "102.0%"),
    ] {
        let share = |scenario| {
            Ratio::new(value(indicator, scenario), value(indicator, "target")).percent_text()
        };
        assert_eq!(
            (share("actual").as_str(), share("forecast").as_str()),
            (done, forecast)
        );
    }
}

#[test]
fn an_enterprise_has_a_credit_code_only_when_it_is_marked_as_made_up() {
    let district = District::load(day("2025-12-31"));
    for enterprise in &district.records["enterprise"] {
        if let Some(code) = enterprise.text("uscc") {
            assert!(ground::check_uscc(code).is_ok());
            assert!(enterprise.text("name").expect("name").contains("演示"));
        }
    }
}
