//! The wall chart of the sample's seventh round.

use crate::world::{day, id_of, local, person, sample};
use app::page::wall::{WallPage, WallQuery};
use app::{App, AppError, Rag, wall};

fn chart(app: &App, query: WallQuery) -> WallPage {
    wall::wall_chart(
        app,
        &local(app),
        &WallQuery {
            round: Some(7),
            ..query
        },
        None,
    )
    .expect("a chart")
}

#[test]
fn the_seventh_round_hangs_with_fifteen_rows_and_one_red_light() {
    let (_world, app) = sample();
    let page = chart(&app, WallQuery::default());
    assert_eq!(page.title, "中原区第七期“三个一批”重点项目挂图");
    assert_eq!(page.rows.len(), 15);
    let counts: Vec<(Rag, usize)> = page.lights.iter().map(|one| (one.rag, one.count)).collect();
    assert_eq!(counts, [(Rag::Green, 11), (Rag::Yellow, 3), (Rag::Red, 1)]);
    let red: Vec<_> = page
        .rows
        .iter()
        .filter(|row| row.light.rag == Rag::Red)
        .collect();
    assert_eq!(red.len(), 1);
    assert_eq!(
        (
            red[0].name.as_str(),
            red[0].verdict.as_str(),
            red[0].target_text.as_str()
        ),
        ("郑州外国语中学莲湖校区项目", "晚 17 天", "交付 8/20")
    );
    let why: Vec<String> = red[0]
        .why
        .iter()
        .map(|line| format!("{} {}", line.label, line.text))
        .collect();
    assert_eq!(
        why,
        [
            "卡在 桩基工程应 3/1 完成,现 62%",
            "影响 关键线路,预计 9/6 交付",
            "追回 主体施工增一班追 11 天,缺 6 天",
            "交办 区住建局 3/12 前:莲湖校区10kV临时用电未接入",
        ]
    );
}

#[test]
fn the_facts_of_the_chart_add_up() {
    let (_world, app) = sample();
    let page = chart(&app, WallQuery::default());
    let facts: Vec<&str> = page.facts.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(
        facts,
        [
            "15 个项目",
            "62.4 亿元",
            "2 个 2 亿",
            "6 个 31.2 亿",
            "7 个 29.2 亿"
        ]
    );
    assert_eq!(
        page.lights.iter().map(|one| one.count).sum::<usize>(),
        page.rows.len()
    );
    for row in &page.cascade {
        assert!(row.done <= row.should, "{row:?}");
    }
    assert_eq!(page.cascade.len(), 5);
}

#[test]
fn rows_stand_one_under_the_other_and_name_activities_that_exist() {
    let (_world, app) = sample();
    let page = chart(&app, WallQuery::default());
    for pair in page.rows.windows(2) {
        assert!(
            pair[0].y + pair[0].height <= pair[1].y + 0.01,
            "{} and {}",
            pair[0].name,
            pair[1].name
        );
    }
    let body = &page.drawing.panes.plot_body;
    let drawn: Vec<&str> = body
        .split("data-activity=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(drawn.len() >= 15);
    for id in drawn {
        assert!(
            page.activities.contains_key(id),
            "bar of activity {id} without data"
        );
    }
    for activity in page.activities.values() {
        assert!(
            page.rows
                .iter()
                .any(|row| row.project_id == activity.project_id)
        );
        assert!(
            activity.editable || activity.percent_text == "100%",
            "{activity:?}"
        );
    }
}

#[test]
fn another_day_is_drawn_on_the_same_axis() {
    let (_world, app) = sample();
    let page = chart(
        &app,
        WallQuery {
            compare: Some(day("2023-03-03")),
            ..WallQuery::default()
        },
    );
    let then = page.compare.expect("a comparison");
    assert_eq!(then.as_of, day("2023-03-03"));
    let axis = |drawing: &app::page::wall::Drawing| {
        (drawing.first, drawing.last, drawing.px_per_day.to_bits())
    };
    assert_eq!(axis(&then.drawing), axis(&page.drawing));
    let counts: Vec<usize> = then.lights.iter().map(|one| one.count).collect();
    assert_eq!(counts, [12, 3, 0]);
}

#[test]
fn filters_keep_the_numbers_of_the_rows_and_never_the_counts() {
    let (_world, app) = sample();
    let red = chart(
        &app,
        WallQuery {
            rag: Some(Rag::Red),
            ..WallQuery::default()
        },
    );
    assert_eq!(red.rows.len(), 1);
    assert_eq!(red.lights.iter().map(|one| one.count).sum::<usize>(), 15);
    let street = chart(
        &app,
        WallQuery {
            unit: Some("410102.s013".to_owned()),
            ..WallQuery::default()
        },
    );
    assert!(street.rows.iter().any(|row| row.name.contains("莲湖校区")) && street.rows.len() < 15);
    let words = chart(
        &app,
        WallQuery {
            text: Some("莲湖".to_owned()),
            ..WallQuery::default()
        },
    );
    assert_eq!(words.rows.len(), street.rows.len());
    let none = chart(
        &app,
        WallQuery {
            text: Some("没有这样的项目".to_owned()),
            ..WallQuery::default()
        },
    );
    assert!(none.rows.is_empty());
}

#[test]
fn an_opened_project_shows_one_line_an_activity() {
    let (_world, app) = sample();
    let lianhu = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let closed = chart(&app, WallQuery::default());
    let open = chart(
        &app,
        WallQuery {
            open: vec![lianhu.clone()],
            ..WallQuery::default()
        },
    );
    assert!(open.drawing.height[1] > closed.drawing.height[1]);
    assert_eq!(open.rows.len(), closed.rows.len());
}

#[test]
fn the_chart_is_a_file_too() {
    let (_world, app) = sample();
    let query = WallQuery {
        round: Some(7),
        ..WallQuery::default()
    };
    let svg = wall::wall_svg(&app, &local(&app), &query, None).expect("svg");
    assert!(
        svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>") && svg.contains("莲湖校区")
    );
    let pdf = wall::wall_pdf(&app, &local(&app), &query, wall::Paper::A1, None).expect("pdf");
    assert!(pdf.starts_with(b"%PDF-"));
}

#[test]
fn a_kept_chart_shows_its_day() {
    let (_world, app) = sample();
    let kept = app::snapshot::keep(&app, &local(&app), Some(7), "周例会").expect("kept");
    assert_eq!(
        (kept.note.as_str(), kept.as_of),
        ("周例会", crate::world::DAY)
    );
    assert_eq!(kept.lights.iter().map(|one| one.count).sum::<usize>(), 15);
    let again = app::snapshot::open(&app, &local(&app), &kept.id).expect("opened");
    assert_eq!((again.title, again.rows.len()), (kept.title, 15));
    assert!(matches!(
        app::snapshot::open(&app, &local(&app), "9007199254740000"),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
}

#[test]
fn a_street_sees_its_own_rows_only() {
    let (_world, app) = sample();
    let clerk = person("410102.s013", "clerk");
    let page = wall::wall_chart(
        &app,
        &clerk,
        &WallQuery {
            round: Some(7),
            ..WallQuery::default()
        },
        None,
    )
    .expect("a chart");
    let names: Vec<&str> = page.rows.iter().map(|row| row.name.as_str()).collect();
    assert!(
        names.contains(&"郑州外国语中学莲湖校区项目") && names.len() < 15,
        "{names:?}"
    );
    assert!(
        page.rows
            .iter()
            .all(|row| page.drawing.panes.left_body.contains(&row.project_id))
    );
    assert!(matches!(
        wall::wall_chart(
            &app,
            &clerk,
            &WallQuery {
                round: Some(99),
                ..WallQuery::default()
            },
            None
        ),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
}
