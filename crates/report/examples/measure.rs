//! Times of layout, SVG and PDF on invented charts, best of several runs:
//! `cargo run --release -p report --example measure`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ground::Date;
use report::fonts::Fonts;
use report::pdf::{self, Paper};
use report::svg;
use report::wall_chart::{
    Bar, BarState, Group, LayoutOptions, Light, Row, SubRow, Target, Tone, Verdict, WallChart,
    layout,
};

const RUNS: usize = 7;
const NAMES: [&str; 6] = [
    "桩基工程",
    "主体施工",
    "装饰装修",
    "设备安装",
    "联调联试",
    "竣工验收",
];

fn main() {
    let district = chart(300, 200, false);
    report_screen("300 projects × 200 bars, all rows in six panes", &district);
    let wall = chart(300, 6, false);
    report_screen("300 projects × 6 stages on the wall", &wall);
    let mut opened = wall.clone();
    opened.groups[0].rows[3] = row(3, 200, true);
    report_screen("the same, one project opened to 200 lines", &opened);
    window(&chart(300, 200, true));
    print(&chart(400, 5, false));
}

fn report_screen(what: &str, chart: &WallChart) {
    let (time, size) = best(|| {
        let scene = layout(chart, &LayoutOptions::default());
        let panes = svg::panes(&scene);
        panes.plot_body.len() + panes.left_body.len() + panes.right_body.len()
    });
    let (layout_time, _) = best(|| layout(chart, &LayoutOptions::default()).rows.len());
    println!(
        "{what}: {time:?}, of it layout {layout_time:?}, {} KB",
        size / 1024
    );
}

fn window(chart: &WallChart) {
    let scene = layout(chart, &LayoutOptions::default());
    let middle = scene.body_height / 2.0;
    let (time, size) = best(|| {
        let rows = scene.rows_between(middle, middle + 900.0);
        svg::panes_of_rows(&scene, rows).plot_body.len()
    });
    let rows = scene.rows.len();
    println!(
        "a window of 900 pixels out of {rows} rows (all opened): {time:?}, {} KB",
        size / 1024
    );
}

fn print(chart: &WallChart) {
    let fonts = Fonts::embedded();
    let (time, size) = best(|| {
        let scene = layout(chart, &LayoutOptions::print());
        let printed = pdf::print(&scene, Paper::A1, &fonts).expect("a PDF");
        printed.bytes.len() + printed.pages * 1_000_000_000
    });
    let (pages, bytes) = (size / 1_000_000_000, size % 1_000_000_000);
    println!(
        "A1, 400 projects × 5 bars with labels: {time:?}, {pages} pages, {} KB",
        bytes / 1024
    );
}

fn best<T>(mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut best = (Duration::MAX, work());
    for _ in 0..RUNS {
        let start = Instant::now();
        let result = work();
        let time = start.elapsed();
        if time < best.0 {
            best = (time, result);
        }
    }
    best
}

fn chart(projects: usize, bars: usize, opened: bool) -> WallChart {
    let rows: Vec<Row> = (0..projects)
        .map(|place| row(place, bars, opened))
        .collect();
    let groups = rows
        .chunks(projects.div_ceil(4))
        .enumerate()
        .map(|(place, rows)| Group {
            label: format!("第{}组", place + 1),
            note: format!("{} 个项目", rows.len()),
            rows: rows.to_vec(),
        });
    WallChart {
        title: "全区重点项目挂图".into(),
        facts: vec![format!("{projects} 个项目")],
        today: Date::constant(2023, 6, 15),
        as_of: "2023年6月15日".into(),
        note: "计时用数据".into(),
        filler: "工作专班".into(),
        groups: groups.collect(),
        links: Vec::new(),
        days_off: BTreeMap::new(),
    }
}

fn row(place: usize, bars: usize, opened: bool) -> Row {
    let light = [Light::Green, Light::Green, Light::Yellow, Light::Red][place % 4];
    let made: Vec<Bar> = (0..bars)
        .map(|bar| self::bar(place, bar, bars, light))
        .collect();
    let sub_row = |bar: &Bar| SubRow {
        order_no: String::new(),
        unit: "区住建局".into(),
        depth: 0,
        bar: bar.clone(),
        verdict: None,
    };
    Row {
        project_id: place.to_string(),
        order_no: (place + 1).to_string(),
        light,
        name: format!("第{}号重点项目基础设施建设工程", place + 1),
        unit: "区住建局".into(),
        sub_rows: if opened {
            made.iter().map(sub_row).collect()
        } else {
            Vec::new()
        },
        bars: made,
        target: Some(Target {
            kind: "交付".into(),
            date: Date::constant(2023, 11, 30),
        }),
        verdict: Some(Verdict {
            text: "晚 7 天".into(),
            tone: Tone::Warning,
        }),
        ..Row::default()
    }
}

fn bar(project: usize, place: usize, bars: usize, light: Light) -> Bar {
    let start = Date::constant(2023, 1, 1);
    let day = |share: usize| {
        let days = (share * 364 / bars) as i64;
        start
            .checked_add(std::time::Duration::from_secs(days as u64 * 86_400))
            .expect("in the year")
    };
    let (first, last) = (day(place), day(place + 1));
    let today = Date::constant(2023, 6, 15);
    let state = if last < today {
        BarState::Done
    } else if first > today {
        BarState::Ahead
    } else {
        BarState::Running
    };
    Bar {
        activity_id: (project * 1000 + place).to_string(),
        name: NAMES[place % NAMES.len()].into(),
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
