//! The sample district on its day and a week before.

use crate::world::{World, day, local, on_both, sample};
use app::figure::{Figure, Source};
use app::page::LightCount;
use app::page::home::Home;
use app::records::ListQuery;
use app::{App, Rag, home, records};

fn lights(counts: &[LightCount]) -> Vec<(Rag, usize)> {
    counts.iter().map(|one| (one.rag, one.count)).collect()
}

fn at(app: &App, text: &str) -> Home {
    home::home(app, &local(app), Some(day(text))).expect("home")
}

#[test]
fn the_sample_shows_its_known_figures_on_both_engines() {
    on_both(|world| {
        let app = world.open();
        app::sample::fill(&app).expect("filled");
        let page = home::home(&app, &local(&app), None).expect("home");
        let round = page.round.as_ref().expect("a round");
        assert_eq!((round.no, round.label.as_str()), (7, "第七期"));
        assert_eq!(
            (round.total.text.as_str(), round.total.unit.as_str()),
            ("62.4", "亿元")
        );
        assert_eq!(round.total.value.as_deref(), Some("6240000000.00"));
        assert_eq!(round.project_count.text, "15");
        assert_eq!(
            lights(&round.lights),
            [(Rag::Green, 11), (Rag::Yellow, 3), (Rag::Red, 1)]
        );
        let batches: Vec<(&str, usize)> = page.pipeline[0]
            .batches
            .iter()
            .map(|batch| (batch.amount.text.as_str(), batch.count))
            .collect();
        assert_eq!(batches, [("2", 2), ("31.2", 6), ("29.2", 7)]);
        assert_eq!(page.tiles.cells.len(), 14);
        let stages: Vec<usize> = page
            .matters
            .stages
            .iter()
            .map(|(_, count, _)| *count)
            .collect();
        assert_eq!(stages, [86, 23, 9, 54, 38]);
        assert_eq!(page.title, "中原区重点项目总览");
        assert!(!page.empty && page.data_note.contains("演示数据"));
        let verified = app::backup::verify(&app).expect("verify");
        assert!(verified.whole, "{}", verified.sentence);
    });
}

#[test]
fn the_economy_has_rows_with_lights_and_reasons() {
    let (_world, app) = sample();
    let economy = home::home(&app, &local(&app), None)
        .expect("home")
        .economy
        .expect("observations of the quarter");
    assert_eq!(economy.title, "一季度经济运行");
    assert!(economy.rows.len() >= 4, "{:?}", economy.rows);
    for row in &economy.rows {
        assert!(
            row.light.rag != Rag::Grey,
            "{}: {:?}",
            row.indicator,
            row.light
        );
        assert!(!row.light.causes[0].text.is_empty() && !row.basis.is_empty());
        assert!(
            !row.actual_text.is_empty() && row.actual_text != "—",
            "{row:?}"
        );
    }
    assert_eq!(economy.pace_permille, 69 * 1000 / 90);
}

#[test]
fn a_week_before_shows_what_was_known_then() {
    let (_world, app) = sample();
    let page = at(&app, "2023-03-03");
    assert_eq!(page.today, day("2023-03-03"));
    assert_eq!(
        lights(&page.round.as_ref().expect("a round").lights),
        [(Rag::Green, 12), (Rag::Yellow, 3), (Rag::Red, 0)]
    );
    let told = format!("{page:?}");
    for later in ["3月10日", "2023-03-10", "2023-03-09"] {
        assert!(!told.contains(later), "{later} was not known on 3 March");
    }
}

#[test]
fn before_the_first_entry_the_district_is_empty_and_after_today_it_is_refused_or_same() {
    let (_world, app) = sample();
    let page = at(&app, "2023-01-01");
    assert!(page.empty && page.round.is_none());
    let far = home::home(&app, &local(&app), Some(day("1999-01-01")));
    assert_eq!(crate::world::codes(far), ["as_of.range"]);
}

/// All figures of the home page.
fn figures(page: &Home) -> Vec<Figure> {
    let round = page
        .round
        .iter()
        .flat_map(|round| [round.total.clone(), round.project_count.clone()]);
    let cells = page
        .pipeline
        .iter()
        .flat_map(|row| &row.batches)
        .map(|batch| batch.amount.clone());
    let rates = page
        .stated_rates
        .iter()
        .flat_map(|rates| &rates.rates)
        .map(|(_, figure)| figure.clone());
    round
        .chain(cells)
        .chain(rates)
        .chain(page.economy.iter().map(|economy| economy.pace.clone()))
        .collect()
}

/// The records a figure leads to, as the list page reads its filter.
fn behind(app: &App, source: &Source) -> usize {
    let text = format!("filter={}", source.filter);
    let pairs: Vec<(String, String)> = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let query = ListQuery::from_pairs(&pairs).expect("a filter the list page reads");
    let page = records::list(app, &local(app), &source.register, &query, None).expect("the list");
    page.total.expect("a total")
}

#[test]
fn every_figure_leads_to_as_many_records_as_it_says() {
    let (_world, app) = sample();
    let page = home::home(&app, &local(&app), None).expect("home");
    let all = figures(&page);
    assert!(all.iter().filter(|figure| figure.source.is_some()).count() >= 5);
    for figure in all {
        assert!(!figure.basis.is_empty(), "{figure:?}");
        if let Some(source) = &figure.source {
            assert_eq!(behind(&app, source), source.count, "{figure:?}");
        }
    }
    let lianhu = crate::world::id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let project = app::project::page(&app, &local(&app), &lianhu, None).expect("a project");
    for (label, figure) in &project.investment.figures {
        if let Some(source) = &figure.source {
            assert_eq!(behind(&app, source), source.count, "{label}");
        }
    }
}

#[test]
fn the_rounds_page_adds_up() {
    let (_world, app) = sample();
    let lines = app::rounds::list(&app, &local(&app), None).expect("rounds");
    assert_eq!(lines[0].no, 7);
    let page = app::rounds::page(&app, &local(&app), 7, None).expect("round 7");
    let fen: i64 = page
        .batches
        .iter()
        .map(|batch| {
            ground::Fen::from_yuan(batch.amount.value.as_deref().expect("an amount"))
                .expect("yuan")
                .0
        })
        .sum();
    assert_eq!(ground::Fen(fen).yuan(), "6240000000.00");
    assert_eq!(
        page.batches.iter().map(|batch| batch.count).sum::<usize>(),
        15
    );
    assert!(
        page.checks
            .iter()
            .all(|check| check.verdict != app::Verdict::Fails),
        "{:?}",
        page.checks
    );
    for rate in &page.rates {
        assert!(rate.numerator.len() <= rate.denominator, "{rate:?}");
    }
    assert!(matches!(
        app::rounds::page(&app, &local(&app), 99, None),
        Err(app::AppError::NotFound(_) | app::AppError::OutOfSight(_))
    ));
}

#[test]
fn a_sample_in_a_district_that_is_not_empty_is_told_apart_by_its_entries() {
    let world = World::sqlite();
    let app = world.open();
    app::sample::fill(&app).expect("filled");
    let before = crate::world::count(&app, "project");
    assert!(
        app::sample::fill(&app).is_err(),
        "the sample fills a district once"
    );
    assert_eq!(crate::world::count(&app, "project"), before);
}

#[test]
fn every_programme_has_something_to_show_and_all_of_it_is_invented() {
    let (_world, app) = sample();
    let programmes = [
        "enterprise_request",
        "service_case",
        "safety_place",
        "safety_check",
        "safety_hazard",
        "grid_event",
        "recognition_item",
        "recognition_institution",
        "recognition_report",
        "recognition_check",
        "radiation_institution",
        "radiation_worker",
        "radiation_dose",
        "radiation_device",
        "radiation_finding",
        "complaint",
        "tip_off",
        "meeting",
        "street_return",
    ];
    let query = ListQuery {
        limit: 50,
        ..Default::default()
    };
    for register in programmes {
        let page = records::list(&app, &local(&app), register, &query, None).expect("a list");
        assert!(page.items.len() >= 2, "{register}");
        for item in &page.items {
            let source = item.record.text("source");
            assert_eq!(source, Some(app::sample::DEMO), "{register}");
        }
    }
    // What follows from the invented values is there as for any record: the place was checked on 2 March.
    let query = ListQuery {
        limit: 500,
        ..query
    };
    let places = records::list(&app, &local(&app), "safety_place", &query, None).expect("places");
    let of = |name: &str| {
        places
            .items
            .iter()
            .find(|i| i.record.text("name") == Some(name))
    };
    let checked = of("演示甲饭店").and_then(|item| item.values.get("last_checked_on"));
    assert_eq!(
        checked.and_then(serde_json::Value::as_str),
        Some("2023-03-02")
    );
    // And who has left the first state has the number that leaving it gives.
    let hazards =
        records::list(&app, &local(&app), "safety_hazard", &query, None).expect("hazards");
    let numbered = hazards
        .items
        .iter()
        .filter(|item| item.record.number.is_some());
    assert_eq!(numbered.count(), hazards.items.len());
}
