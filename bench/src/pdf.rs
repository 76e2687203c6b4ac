//! The wall chart on paper: A1 with 2,000 labelled bars, 400 projects × 5.

use std::collections::BTreeMap;

use ground::Date;
use report::fonts::Fonts;
use report::pdf::{self, Paper};
use report::wall_chart::{
    Bar, BarState, Group, LayoutOptions, Light, Row, Target, Tone, Verdict, WallChart, layout,
};

use crate::figure;

const RUNS: usize = 5;
const PROJECTS: usize = 400;
const BARS: usize = 5;
const NAMES: [&str; BARS] = ["桩基工程", "主体施工", "装饰装修", "设备安装", "竣工验收"];
const TODAY: Date = Date::constant(2023, 6, 15);

/// Prints the figure.
pub fn run() {
    let chart = chart();
    let fonts = Fonts::embedded();
    let (cost, printed) = figure::best(RUNS, || {
        let scene = layout(&chart, &LayoutOptions::print());
        pdf::print(&scene, Paper::A1, &fonts).expect("a PDF of known fonts")
    });
    let (pages, bytes) = (printed.pages, printed.bytes.len());
    let remark = format!("{pages} pages, {} KB; budget 1 s", bytes / 1024);
    figure::line("pdf: A1, 2,000 bars", &cost, &remark);
}

fn chart() -> WallChart {
    let rows: Vec<Row> = (0..PROJECTS).map(row).collect();
    let group = |(place, rows): (usize, &[Row])| Group {
        label: format!("第{}组", place + 1),
        note: format!("{} 个项目", rows.len()),
        rows: rows.to_vec(),
    };
    WallChart {
        title: "全区重点项目挂图".to_owned(),
        facts: vec![format!("{PROJECTS} 个项目")],
        today: TODAY,
        as_of: "2023年6月15日".to_owned(),
        note: "计时用数据".to_owned(),
        filler: "工作专班".to_owned(),
        groups: rows.chunks(100).enumerate().map(group).collect(),
        links: Vec::new(),
        days_off: BTreeMap::new(),
    }
}

fn row(place: usize) -> Row {
    let light = [Light::Green, Light::Green, Light::Yellow, Light::Red][place % 4];
    Row {
        project_id: place.to_string(),
        order_no: (place + 1).to_string(),
        light,
        name: format!("第{}号重点项目基础设施建设工程", place + 1),
        unit: "区住建局".to_owned(),
        bars: (0..BARS).map(|i| bar(place, i, light)).collect(),
        target: Some(Target {
            kind: "交付".to_owned(),
            date: Date::constant(2023, 11, 30),
        }),
        verdict: Some(Verdict {
            text: "晚 7 天".to_owned(),
            tone: Tone::Warning,
        }),
        ..Row::default()
    }
}

fn bar(project: usize, place: usize, light: Light) -> Bar {
    let first_day = ground::timeline::day_number(Date::constant(2023, 1, 1));
    let day = |place: usize| ground::timeline::date_of_day(first_day + (place * 364 / BARS) as i64);
    let (first, last) = (day(place), day(place + 1));
    let state = match TODAY {
        today if last < today => BarState::Done,
        today if first > today => BarState::Ahead,
        _ => BarState::Running,
    };
    Bar {
        activity_id: (project * 1000 + place).to_string(),
        name: NAMES[place].to_owned(),
        first,
        last,
        state,
        percent_hundredths: 4_500,
        light: if state == BarState::Running {
            light
        } else {
            Light::Grey
        },
        critical: place.is_multiple_of(2),
        forecast_last: None,
        ghost: None,
    }
}
