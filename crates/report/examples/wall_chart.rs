//! Writes the sample round as SVG and PDF into a folder, to be looked at:
//! `cargo run -p report --example wall_chart -- <folder>`.

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::path::Path;

use report::fonts::Fonts;
use report::pdf::{self, Paper};
use report::svg;
use report::wall_chart::{Density, LayoutOptions, Style, SubRow, Theme, Zoom, layout};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder")?;
    let folder = Path::new(&folder);
    let chart = sample::chart();
    for (name, options) in variants() {
        let scene = layout(&chart, &options);
        std::fs::write(folder.join(format!("{name}.svg")), svg::document(&scene))?;
    }
    let mut opened = chart.clone();
    let row = &mut opened.groups[1].rows[5];
    let bars = row.bars.clone();
    row.sub_rows = bars
        .into_iter()
        .map(|bar| SubRow {
            order_no: String::new(),
            unit: row.unit.clone(),
            depth: 0,
            bar,
            verdict: None,
        })
        .collect();
    row.bars[1].ghost = row.bars.first().map(|bar| (bar.first, bar.last));
    let scene = layout(&opened, &LayoutOptions::default());
    std::fs::write(folder.join("opened.svg"), svg::document(&scene))?;
    let panes = svg::panes(&layout(&chart, &LayoutOptions::default()));
    std::fs::write(folder.join("panes.html"), page(&panes))?;
    for paper in [Paper::A0, Paper::A1, Paper::A3] {
        let options = pdf::options_for(&chart, paper);
        let printed = pdf::print(&layout(&chart, &options), paper, &Fonts::embedded())?;
        println!(
            "{paper:?}: {} pages, {:?}, {:?}",
            printed.pages, options.density, printed.findings
        );
        std::fs::write(folder.join(format!("{paper:?}.pdf")), printed.bytes)?;
    }
    let mut long = opened.clone();
    let rows = long.groups[1].rows.clone();
    long.groups[1].rows = rows.iter().cycle().take(30).cloned().collect();
    let scene = layout(&long, &LayoutOptions::print());
    std::fs::write(
        folder.join("long.pdf"),
        pdf::document(&scene, Paper::A3, &Fonts::embedded())?,
    )?;
    let grey = LayoutOptions {
        style: Style::GreyPrint,
        ..LayoutOptions::default()
    };
    let bytes = pdf::document(&layout(&chart, &grey), Paper::A3, &Fonts::embedded())?;
    std::fs::write(folder.join("grey.pdf"), bytes)?;
    Ok(())
}

fn variants() -> Vec<(&'static str, LayoutOptions)> {
    let base = LayoutOptions::default;
    vec![
        ("year", base()),
        (
            "dark",
            LayoutOptions {
                theme: Theme::Dark,
                ..base()
            },
        ),
        ("print", LayoutOptions::print()),
        (
            "grey",
            LayoutOptions {
                style: Style::GreyPrint,
                ..base()
            },
        ),
        (
            "compact",
            LayoutOptions {
                density: Density::Compact,
                ..base()
            },
        ),
        (
            "loose",
            LayoutOptions {
                density: Density::Loose,
                ..base()
            },
        ),
        (
            "quarter",
            LayoutOptions {
                zoom: Zoom::Quarter,
                px_per_day: Some(3.5),
                ..base()
            },
        ),
        (
            "month",
            LayoutOptions {
                zoom: Zoom::Month,
                range: march(),
                ..base()
            },
        ),
        (
            "week",
            LayoutOptions {
                zoom: Zoom::Week,
                range: march(),
                px_per_day: Some(60.0),
                ..base()
            },
        ),
    ]
}

fn march() -> Option<(ground::Date, ground::Date)> {
    Some((
        ground::Date::constant(2023, 2, 27),
        ground::Date::constant(2023, 4, 2),
    ))
}

fn page(panes: &svg::Panes) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><body>{}{}{}<br>{}{}{}",
        panes.left_head,
        panes.plot_head,
        panes.right_head,
        panes.left_body,
        panes.plot_body,
        panes.right_body
    )
}
