//! `guatu chart`: the wall chart as a file.

use crate::open::Place;
use crate::say::say;
use anyhow::Context;
use app::page::wall::WallQuery;
use app::wall::{self, Paper};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// 挂图
#[derive(Args)]
pub struct Chart {
    /// 写到哪个文件：.pdf 或 .svg
    #[arg(short, long, value_name = "文件")]
    output: PathBuf,
    /// 第几期，默认最新一期
    #[arg(long, value_name = "期")]
    round: Option<i64>,
    /// 纸张
    #[arg(long, value_enum, default_value_t = PaperName::A1)]
    paper: PaperName,
    #[command(flatten)]
    place: Place,
}

#[derive(Clone, Copy, ValueEnum)]
enum PaperName {
    #[value(name = "A0")]
    A0,
    #[value(name = "A1")]
    A1,
    #[value(name = "A3")]
    A3,
}

/// Writes the chart.
pub fn chart(chart: Chart) -> anyhow::Result<ExitCode> {
    let app = chart.place.open()?;
    let actor = app::account::local_actor(&app);
    let query = WallQuery {
        round: chart.round,
        ..WallQuery::default()
    };
    let paper = match chart.paper {
        PaperName::A0 => Paper::A0,
        PaperName::A1 => Paper::A1,
        PaperName::A3 => Paper::A3,
    };
    let ending = chart
        .output
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    let bytes = match ending.as_deref() {
        Some("pdf") => wall::wall_pdf(&app, &actor, &query, paper, None)?,
        Some("svg") => wall::wall_svg(&app, &actor, &query, None)?.into_bytes(),
        _ => anyhow::bail!("文件名要以 .pdf 或 .svg 结尾"),
    };
    std::fs::write(&chart.output, bytes)
        .with_context(|| format!("写不了 {}", chart.output.display()))?;
    say!("已写到 {}", chart.output.display());
    Ok(ExitCode::SUCCESS)
}
