//! `guatu report`: a register's report from its template, as a file.

use crate::open::Folder;
use crate::say::say;
use anyhow::Context;
use app::reports;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// 出报表：按模板和时段生成 docx 或 xlsx；不写报表代号则列出可出的报表
#[derive(Args)]
pub struct Report {
    /// 台账代号
    register: String,
    /// 报表代号
    report: Option<String>,
    /// 时段，如 2023W09、2023M03、2023Q1；不写则为最近一个已结束的
    #[arg(long, value_name = "时段")]
    period: Option<String>,
    /// 写到哪个文件；不写则用“报表名（时段）”，放在当前目录
    #[arg(short, long, value_name = "文件")]
    output: Option<PathBuf>,
    #[command(flatten)]
    at: Folder,
    /// 列出报表时以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// Makes a report, or lists what can be made.
pub fn report(command: &Report) -> anyhow::Result<ExitCode> {
    let app = command.at.open()?;
    let actor = app::account::local_actor(&app);
    let Some(report) = &command.report else {
        let lines = reports::list(&app, &actor, &command.register, None)?;
        return list(&lines, command.json);
    };
    let asked = (report.as_str(), command.period.as_deref());
    let file = reports::make(&app, &actor, &command.register, asked, None)?;
    let output = command.output.clone();
    let output = output.unwrap_or_else(|| PathBuf::from(&file.name));
    std::fs::write(&output, &file.bytes).with_context(|| format!("写不了 {}", output.display()))?;
    say!("已写到 {}", output.display());
    Ok(ExitCode::SUCCESS)
}

fn list(lines: &[reports::ReportLine], json: bool) -> anyhow::Result<ExitCode> {
    if json {
        let lines: Vec<_> = lines
            .iter()
            .map(|one| serde_json::json!({"id": one.id, "title": one.title, "format": one.format, "cycle": one.cycle, "period": one.period, "missing": one.missing}))
            .collect();
        say!("{}", serde_json::to_string_pretty(&lines)?);
    } else {
        for one in lines {
            let lack = if one.missing { "（缺模板）" } else { "" };
            say!(
                "{:<16} {}（按{}，{}）{lack} 最近一期 {}",
                one.id,
                one.title,
                one.cycle,
                one.format,
                one.period
            );
        }
        if lines.is_empty() {
            say!("这个台账没有报表");
        }
    }
    Ok(ExitCode::SUCCESS)
}
