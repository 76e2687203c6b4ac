//! The wall chart as a whole: positions, texts on screen and paper, page breaks, odd input.

mod sample;

use ground::Date;
use proptest::prelude::*;
use report::fonts::Fonts;
use report::pdf::{self, Paper};
use report::scene::{Mark, Node, RowKind, Scene, Side};
use report::svg;
use report::wall_chart::{
    Bar, BarAt, BarState, Density, Group, LayoutOptions, Light, Link, LinkKind, Row, Style, SubRow,
    Target, WallChart, Zoom, layout,
};

/// One project of three stages on two lanes, small enough to read its positions.
fn small() -> WallChart {
    let mut chart = sample::chart();
    chart.groups.truncate(1);
    chart.groups[0].rows.truncate(1);
    chart.groups[0].rows[0].bars.truncate(3);
    chart.links.clear();
    chart
}

/// Rows and plot nodes in one line each, positions to a tenth.
fn outline(scene: &Scene<'_>) -> String {
    let mut text = String::new();
    for (row, spot) in scene.rows.iter().enumerate() {
        text += &format!("{:?} y={} h={}\n", spot.kind, spot.y, spot.height);
        for node in scene.row_nodes(row, Side::Plot) {
            match node {
                Node::Open(Mark::Bar { bar, .. }) => text += &format!("  {}\n", bar.name),
                Node::Rect { area, fill, .. } => {
                    let kind = if fill.is_some() { "rect" } else { "edge" };
                    text += &format!(
                        "    {kind} {:.1} {:.1} {:.1} {:.1}\n",
                        area.x, area.y, area.w, area.h
                    );
                }
                Node::Text { at, content, .. } => {
                    text += &format!("    text {:.1} {:.1} {content}\n", at.0, at.1);
                }
                Node::Path { at, .. } => text += &format!("  flag {:.1} {:.1}\n", at.0, at.1),
                _ => {}
            }
        }
    }
    text
}

#[test]
fn a_small_chart_has_the_positions_of_the_design() {
    let chart = small();
    let scene = layout(&chart, &LayoutOptions::default());
    assert_eq!((scene.width(), scene.head_height), (1372.0, 46.0));
    // 1 January + 27 days at 800/365 pixels a day = 59.2, one pixel of air.
    assert_eq!(
        outline(&scene),
        "\
Group y=0 h=26
    rect 0.0 0.0 800.0 26.0
Project y=26 h=29
  签约
    rect 60.2 5.0 28.7 18.0
    text 74.5 18.0 签约
  备案
    rect 90.9 5.0 39.6 18.0
    text 110.7 18.0 备案
  规划许可
    rect 133.0 5.5 106.6 17.0
    rect 132.5 5.0 37.7 18.0
    text 205.1 18.0 规划许可
    rect 133.5 25.0 105.6 1.5
  flag 385.8 3.0
"
    );
}

#[test]
fn the_year_has_four_quarters_with_their_aims() {
    let chart = sample::chart();
    let scene = layout(&chart, &LayoutOptions::default());
    let texts: Vec<&str> = scene.texts().collect();
    for word in [
        "一季度",
        "开门红",
        "双过半",
        "季季红",
        "全年红",
        "12月",
        "今日 3/10",
        "牵头单位",
    ] {
        assert!(texts.contains(&word), "{word} is missing in {texts:?}");
    }
    assert!(!texts.contains(&"3月"), "the badge hides 3月 wholly");
}

/// What a browser would show: text between tags, entities undone.
fn shown(svg: &str) -> String {
    let mut text = String::new();
    for part in svg.split('<').skip(1) {
        if let Some((_, words)) = part.split_once('>') {
            text.push_str(words);
            text.push('\n');
        }
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[test]
fn every_text_of_the_scene_is_in_the_panes_and_in_the_document() {
    let chart = sample::chart();
    for options in [LayoutOptions::default(), LayoutOptions::print()] {
        let scene = layout(&chart, &options);
        let panes = svg::panes(&scene);
        let six = [
            panes.left_head,
            panes.left_body,
            panes.plot_head,
            panes.plot_body,
            panes.right_head,
            panes.right_body,
        ];
        let (panes, whole) = (shown(&six.concat()), shown(&svg::document(&scene)));
        for text in scene.texts() {
            assert!(
                panes.contains(text) && whole.contains(text),
                "{text} is missing"
            );
        }
        assert!(
            whole.contains(&chart.title) && whole.contains("填报单位：中原区“三个一批”工作专班")
        );
    }
}

#[test]
fn bars_tell_the_page_what_they_are() {
    let chart = sample::chart();
    let panes = svg::panes(&layout(&chart, &LayoutOptions::default()));
    let expect = "<g class=\"bar running red\" data-activity=\"80\" data-project=\"8\" \
        data-first=\"2023-01-28\" data-last=\"2023-03-01\" data-forecast=\"2023-03-18\" \
        tabindex=\"0\" role=\"img\" aria-label=\"桩基工程 1月28日至3月1日 完成62% 滞后 预计延至3月18日 关键线路\">";
    assert!(panes.plot_body.contains(expect));
    assert!(
        !panes.plot_body.contains("style="),
        "a strict content policy forbids inline style"
    );
}

#[test]
fn hostile_texts_stay_texts() {
    let mut chart = small();
    let evil = "<script>alert(1)</script>\"'&\u{0}\u{FFFF}";
    let row = &mut chart.groups[0].rows[0];
    row.name = evil.into();
    row.unit = evil.into();
    row.project_id = evil.into();
    row.bars[0].activity_id = evil.into();
    row.bars[0].name = evil.into();
    chart.title = evil.into();
    chart.filler = evil.into();
    let options = LayoutOptions {
        id: "\"><x".into(),
        ..LayoutOptions::default()
    };
    let scene = layout(&chart, &options);
    let panes = svg::panes(&scene);
    for svg in [panes.left_body, panes.plot_body, svg::document(&scene)] {
        assert!(!svg.contains("<script") && !svg.contains("<x"), "{svg}");
        assert!(!svg.contains('\u{0}') && !svg.contains('\u{FFFF}'));
    }
    pdf::document(&scene, Paper::A3, &Fonts::embedded()).expect("a PDF all the same");
}

#[test]
fn ids_differ_from_pane_to_pane_and_every_reference_has_its_definition() {
    let chart = sample::chart();
    let panes = svg::panes(&layout(&chart, &LayoutOptions::print()));
    let mut seen = std::collections::BTreeSet::new();
    for svg in [panes.left_body, panes.plot_body, panes.right_body] {
        let ids: Vec<&str> = svg
            .split(" id=\"")
            .skip(1)
            .filter_map(|part| part.split('"').next())
            .collect();
        for id in &ids {
            assert!(seen.insert(id.to_string()), "{id} stands twice");
        }
        for used in svg
            .split("url(#")
            .skip(1)
            .filter_map(|part| part.split(')').next())
        {
            assert!(ids.contains(&used), "{used} is not defined");
        }
    }
    assert!(!seen.is_empty());
}

#[test]
fn a_long_name_is_cut_and_told_whole() {
    let mut chart = small();
    let name = "河南省特别长的项目名称需要在左侧冻结列里截短并保留全称以便悬停查看";
    chart.groups[0].rows[0].name = name.into();
    let panes = svg::panes(&layout(&chart, &LayoutOptions::default()));
    assert!(
        panes.left_body.contains("…")
            && panes.left_body.contains(&format!("<title>{name}</title>"))
    );
}

#[test]
fn links_between_rows_are_drawn_when_critical_or_selected_and_wait_otherwise() {
    let mut chart = sample::chart();
    let at = |group, row, bar| BarAt {
        group,
        row,
        sub_row: None,
        bar,
    };
    let link = |from, to| Link {
        from,
        to,
        kind: LinkKind::FinishStart,
    };
    chart.links = vec![
        link(at(1, 0, 1), at(1, 1, 1)),  // both critical
        link(at(1, 1, 3), at(1, 5, 3)),  // enters the selected row
        link(at(1, 2, 2), at(2, 1, 2)),  // neither
        link(at(1, 0, 0), at(1, 0, 1)),  // same row: neighbours speak for themselves
        link(at(9, 0, 0), at(1, 0, 99)), // no such bars
    ];
    let scene = layout(&chart, &LayoutOptions::default());
    let kinds: Vec<(bool, bool)> = scene
        .links
        .iter()
        .map(|link| (link.critical, link.hidden))
        .collect();
    assert_eq!(kinds, [(true, false), (false, false), (false, true)]);
}

#[test]
fn an_opened_project_has_a_row_for_each_activity() {
    let mut chart = sample::chart();
    open(&mut chart.groups[1].rows[5], 1);
    let scene = layout(&chart, &LayoutOptions::default());
    let lines: Vec<_> = scene
        .rows
        .iter()
        .filter(|row| row.kind == RowKind::Activity)
        .collect();
    assert_eq!(lines.len(), 4);
    assert!(lines.iter().all(|line| line.project_id == Some("8")));
    assert_eq!(lines[0].activity_id, Some("80"));
}

fn open(row: &mut Row, times: usize) {
    let line = |bar: &Bar| SubRow {
        order_no: String::new(),
        unit: String::new(),
        depth: 0,
        bar: bar.clone(),
        verdict: None,
    };
    let lines: Vec<SubRow> = row.bars.iter().map(line).collect();
    row.sub_rows = std::iter::repeat_n(lines, times).flatten().collect();
}

#[test]
fn a_window_of_rows_holds_those_rows_and_no_other() {
    let chart = sample::chart();
    let scene = layout(&chart, &LayoutOptions::default());
    let rows = scene.rows_between(30.0, 60.0);
    assert_eq!(rows, 1..3);
    let panes = svg::panes_of_rows(&scene, rows);
    assert_eq!(panes.left_body.matches("data-row=").count(), 2);
    assert!(
        panes.left_body.contains("八通技术研发中心") && !panes.left_body.contains("泛锐云智项目")
    );
}

#[test]
fn density_sets_the_height_of_rows() {
    let chart = small();
    for (density, height) in [
        (Density::Compact, 25.0),
        (Density::Standard, 29.0),
        (Density::Loose, 36.0),
    ] {
        let options = LayoutOptions {
            density,
            ..LayoutOptions::default()
        };
        assert_eq!(layout(&chart, &options).rows[1].height, height);
    }
}

#[test]
fn a_given_width_is_filled_by_the_days() {
    let chart = sample::chart();
    let options = LayoutOptions {
        width: Some(1600.0),
        ..LayoutOptions::default()
    };
    let scene = layout(&chart, &options);
    assert!((scene.width() - 1600.0).abs() < 0.1, "{}", scene.width());
}

#[test]
fn overlapping_stages_make_the_row_higher() {
    let mut chart = small();
    chart.groups[0].rows[0].bars[1].first = Date::constant(2023, 1, 30);
    assert_eq!(
        layout(&chart, &LayoutOptions::default()).rows[1].height,
        29.0 + 24.0
    );
}

// Paper.

/// Text of a PDF through its ToUnicode maps, read by `pdftotext`; none where that tool is missing.
fn pdf_text(bytes: &[u8], name: &str) -> Option<String> {
    use std::io::Write as _;
    let path = std::env::temp_dir().join(format!("guatu-{}-{name}.pdf", std::process::id()));
    std::fs::File::create(&path)
        .and_then(|mut file| file.write_all(bytes))
        .expect("a temporary file");
    let run = std::process::Command::new("pdftotext")
        .arg(&path)
        .arg("-")
        .output();
    std::fs::remove_file(&path).expect("it was there");
    run.ok()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn every_text_of_the_scene_is_on_paper() {
    let chart = sample::chart();
    let scene = layout(&chart, &LayoutOptions::print());
    let printed = pdf::print(&scene, Paper::A1, &Fonts::embedded()).expect("a PDF");
    assert_eq!((printed.pages, printed.findings.len()), (1, 0));
    let Some(text) = pdf_text(&printed.bytes, "all") else {
        return;
    };
    let flat = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    };
    let text = flat(&text);
    for word in scene
        .texts()
        .chain([chart.title.as_str(), "数据截至", "第1页共1页", "填报单位"])
    {
        assert!(text.contains(&flat(word)), "{word} is not on paper");
    }
}

#[test]
fn paper_has_its_exact_size() {
    for (paper, width, height) in [
        (Paper::A0, 1189.0, 841.0),
        (Paper::A1, 841.0, 594.0),
        (Paper::A3, 420.0, 297.0),
    ] {
        let (w, h) = paper.points();
        assert!(
            (w - width * 72.0 / 25.4_f32).abs() < 0.01
                && (h - height * 72.0 / 25.4_f32).abs() < 0.01
        );
    }
}

fn many(projects: usize) -> WallChart {
    let mut chart = sample::chart();
    let row = chart.groups[1].rows[0].clone();
    chart.groups[1].rows = vec![row; projects];
    chart.links.clear();
    chart
}

#[test]
fn what_does_not_fit_goes_to_further_pages() {
    let chart = many(100);
    let scene = layout(&chart, &LayoutOptions::print());
    let printed = pdf::print(&scene, Paper::A3, &Fonts::embedded()).expect("a PDF");
    assert!(printed.pages >= 4, "{} pages", printed.pages);
    let Some(text) = pdf_text(&printed.bytes, "pages") else {
        return;
    };
    let pages: Vec<&str> = text
        .split('\u{c}')
        .filter(|page| !page.trim().is_empty())
        .collect();
    assert_eq!(pages.len(), printed.pages);
    for page in &pages {
        for word in [
            "重点项目挂图",
            "一季度",
            "牵头单位",
            "今日",
            "关键线路",
            "填报单位",
        ] {
            assert!(page.contains(word), "{word} is not repeated");
        }
    }
    assert!(pages[2].contains("续上页") && !pages[0].contains("续上页"));
    let names = text.matches("泛锐云智项目").count();
    assert_eq!(names, 100, "each project once, none twice");
}

#[test]
fn a_character_no_face_holds_is_reported() {
    let mut chart = small();
    chart.groups[0].rows[0].name = "𠅤里工程".into();
    let scene = layout(&chart, &LayoutOptions::print());
    let printed = pdf::print(&scene, Paper::A3, &Fonts::embedded()).expect("a PDF");
    assert_eq!(printed.findings.len(), 1);
    let finding = &printed.findings[0];
    assert_eq!(finding.code, "print.glyph");
    assert!(finding.place.contains("𠅤里工程") && finding.problem.contains("U+20164"));
}

/// Three rare characters of names, cut from the same family as the embedded faces.
const RARE: &[u8] = include_bytes!("rare.otf");

#[test]
fn a_fallback_face_gives_what_the_embedded_ones_lack() {
    let mut chart = small();
    chart.groups[0].rows[0].name = "㙓里䶮村".into();
    let fonts = Fonts::embedded().with_fallback(RARE.to_vec(), 0);
    let scene = layout(&chart, &LayoutOptions::print());
    let printed = pdf::print(&scene, Paper::A3, &fonts).expect("a PDF");
    assert!(printed.findings.is_empty(), "{:?}", printed.findings);
    let Some(text) = pdf_text(&printed.bytes, "rare") else {
        return;
    };
    assert!(text.contains("㙓里䶮村"), "{text}");
}

#[test]
fn a_chart_too_long_to_read_is_reported() {
    let chart = small();
    let options = LayoutOptions {
        zoom: Zoom::Week,
        ..LayoutOptions::print()
    };
    let scene = layout(&chart, &options);
    let printed = pdf::print(&scene, Paper::A3, &Fonts::embedded()).expect("a PDF");
    assert_eq!(printed.findings[0].code, "print.small");
}

#[test]
fn few_projects_fill_the_paper_with_loose_rows_and_many_keep_standard_ones() {
    assert_eq!(
        pdf::options_for(&sample::chart(), Paper::A1).density,
        Density::Loose
    );
    assert_eq!(
        pdf::options_for(&many(200), Paper::A1).density,
        Density::Standard
    );
}

#[test]
fn the_same_chart_gives_the_same_bytes() {
    let chart = small();
    let scene = layout(&chart, &LayoutOptions::print());
    let once = pdf::document(&scene, Paper::A3, &Fonts::embedded()).expect("a PDF");
    assert_eq!(
        once,
        pdf::document(&scene, Paper::A3, &Fonts::embedded()).expect("a PDF")
    );
}

#[test]
fn an_empty_chart_is_a_header_and_a_page() {
    let chart = WallChart {
        groups: Vec::new(),
        links: Vec::new(),
        ..sample::chart()
    };
    let scene = layout(&chart, &LayoutOptions::print());
    assert_eq!((scene.body_height, scene.rows.len()), (0.0, 0));
    assert_eq!(
        pdf::print(&scene, Paper::A3, &Fonts::embedded())
            .expect("a PDF")
            .pages,
        1
    );
    assert!(svg::panes(&scene).plot_head.contains("一季度"));
}

#[test]
fn a_thousand_rows_and_a_thousand_lines_of_one_project_are_laid_out_and_printed() {
    let mut chart = many(1_000);
    open(&mut chart.groups[1].rows[0], 250);
    let scene = layout(&chart, &LayoutOptions::print());
    assert_eq!(
        scene
            .rows
            .iter()
            .filter(|row| row.kind == RowKind::Activity)
            .count(),
        1_000
    );
    let printed = pdf::print(&scene, Paper::A3, &Fonts::embedded()).expect("a PDF");
    assert!(printed.pages > 50);
}

// Odd input.

fn any_date() -> impl Strategy<Value = Date> {
    let near = (2020i16..2027, 1i8..=12, 1i8..=28);
    let far = (-9999i16..=9999, 1i8..=12, 1i8..=28);
    prop_oneof![8 => near, 1 => far].prop_map(|(year, month, day)| Date::constant(year, month, day))
}

fn any_bar() -> impl Strategy<Value = Bar> {
    let states = prop_oneof![
        Just(BarState::Done),
        Just(BarState::Running),
        Just(BarState::Ahead)
    ];
    let ghost = proptest::option::of((any_date(), any_date()));
    (
        ("\\PC{0,12}", any_date(), any_date(), states),
        (
            -5_000i64..20_000,
            any_light(),
            any::<bool>(),
            proptest::option::of(any_date()),
            ghost,
        ),
    )
        .prop_map(
            |(
                (name, first, last, state),
                (percent_hundredths, light, critical, forecast_last, ghost),
            )| Bar {
                activity_id: "1".into(),
                name,
                first,
                last,
                state,
                percent_hundredths,
                light,
                critical,
                forecast_last,
                ghost,
            },
        )
}

fn any_light() -> impl Strategy<Value = Light> {
    (0..Light::ALL.len()).prop_map(|place| Light::ALL[place])
}

fn any_chart() -> impl Strategy<Value = WallChart> {
    let row = (
        proptest::collection::vec(any_bar(), 0..6),
        proptest::option::of(any_date()),
        any::<bool>(),
    );
    (any_date(), proptest::collection::vec(row, 0..5)).prop_map(|(today, rows)| {
        let row = |(bars, target, selected): (Vec<Bar>, Option<Date>, bool)| {
            let mut row = Row {
                bars,
                selected,
                ..Row::default()
            };
            row.target = target.map(|date| Target {
                kind: "交付".into(),
                date,
            });
            if selected {
                open(&mut row, 1);
            }
            row
        };
        let rows = rows.into_iter().map(row).collect();
        let group = Group {
            label: "组".into(),
            note: String::new(),
            rows,
        };
        let at = |bar| BarAt {
            group: 0,
            row: bar,
            sub_row: None,
            bar,
        };
        let links = (0..4).map(|bar| Link {
            from: at(bar),
            to: at(bar + 1),
            kind: LinkKind::StartFinish,
        });
        WallChart {
            today,
            groups: vec![group],
            links: links.collect(),
            ..sample::chart()
        }
    })
}

fn any_options() -> impl Strategy<Value = LayoutOptions> {
    let zooms = prop_oneof![
        Just(Zoom::Year),
        Just(Zoom::Quarter),
        Just(Zoom::Month),
        Just(Zoom::Week)
    ];
    let range = proptest::option::of((any_date(), any_date()));
    let styles = prop_oneof![
        Just(Style::Screen),
        Just(Style::Print),
        Just(Style::GreyPrint)
    ];
    (zooms, range, styles, proptest::option::of(-1.0f32..200.0)).prop_map(
        |(zoom, range, style, px_per_day)| LayoutOptions {
            zoom,
            range,
            style,
            px_per_day,
            ..LayoutOptions::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_of_a_bar_lies_outside_the_plot(chart in any_chart(), options in any_options()) {
        let scene = layout(&chart, &options);
        let width = scene.pane(Side::Plot).width;
        for node in &scene.pane(Side::Plot).body {
            if let Node::Rect { area, .. } = node {
                prop_assert!(area.x >= 0.0 && area.x + area.w <= width + 0.01, "{area:?} in {width}");
                prop_assert!(area.w >= 0.0 && area.h > 0.0);
            }
        }
    }

    #[test]
    fn rows_follow_one_another_without_gap(chart in any_chart(), options in any_options()) {
        let scene = layout(&chart, &options);
        let mut y = 0.0;
        for row in &scene.rows {
            prop_assert_eq!(row.y, y);
            y += row.height;
        }
        prop_assert_eq!(scene.body_height, y);
    }

    #[test]
    fn groups_of_nodes_are_closed(chart in any_chart(), options in any_options()) {
        let scene = layout(&chart, &options);
        let svg = svg::document(&scene);
        prop_assert_eq!(svg.matches("<g ").count() + svg.matches("<g>").count(), svg.matches("</g>").count());
        prop_assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_chart_can_be_printed(chart in any_chart(), options in any_options()) {
        let scene = layout(&chart, &options);
        let printed = pdf::print(&scene, Paper::A3, &Fonts::embedded());
        prop_assert!(printed.is_ok());
    }
}
