//! `guatu import` and `guatu export`.

use crate::open::{Folder, Place};
use crate::say::{finding_text, say, sentences};
use anyhow::Context;
use app::page::import::{ImportAct, ImportPreview};
use app::{App, imports};
use clap::Args;
use ground::{Date, Finding, Severity};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// 导入
#[derive(Args)]
pub struct Import {
    /// 工作簿：.xlsx .xlsm .xls .et .csv
    file: PathBuf,
    /// 导入到哪个台账，例如 project
    #[arg(long, value_name = "台账")]
    register: String,
    /// 只看不导：给出记录、发现的问题和核对结果
    #[arg(long)]
    dry_run: bool,
    /// 以 JSON 输出
    #[arg(long)]
    json: bool,
    /// 数据目录；--dry-run 时可以不给
    #[command(flatten)]
    place: ImportPlace,
}

/// Like `Place`, but a dry run needs no folder.
#[derive(Args)]
struct ImportPlace {
    /// 数据目录
    #[arg(long, value_name = "目录", env = "GUATU_DATA")]
    data: Option<PathBuf>,
    /// 改用 PostgreSQL
    #[arg(
        long,
        value_name = "地址",
        env = "GUATU_DATABASE",
        hide_env_values = true
    )]
    database: Option<String>,
    /// 区县代码，新目录用
    #[arg(long, value_name = "代码")]
    district: Option<String>,
    /// 把“今天”定在某一天
    #[arg(long, value_name = "日期")]
    as_of: Option<Date>,
}

impl ImportPlace {
    fn open(&self) -> anyhow::Result<App> {
        let data = self.data.clone().unwrap_or_else(|| PathBuf::from("data"));
        Folder {
            data,
            database: self.database.clone(),
            district: self.district.clone(),
            as_of: self.as_of,
        }
        .open()
    }
}

/// Looks at a workbook, or takes it in.
pub fn import(import: Import) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(&import.file)
        .with_context(|| format!("读不了文件 {}", import.file.display()))?;
    let name = file_name(&import.file);
    let waiting = spinner("正在读工作簿");
    if import.dry_run && import.place.data.is_none() && import.place.database.is_none() {
        let today = import
            .place
            .as_of
            .unwrap_or_else(|| app::Clock::System.today());
        let look = imports::look_without_district(&name, &bytes, &import.register, today)?;
        waiting.finish_and_clear();
        return Ok(tell_look(&look, import.json));
    }
    let app = import.place.open()?;
    let actor = app::account::local_actor(&app);
    let preview = imports::preview(&app, &actor, &name, bytes, Some(&import.register));
    waiting.finish_and_clear();
    let preview = match preview {
        Ok(preview) => preview,
        Err(app::AppError::Invalid(findings)) => {
            return Ok(tell_look(&imports::Look::refused(findings), import.json));
        }
        Err(error) => return Err(error.into()),
    };
    if import.dry_run {
        return Ok(tell_look(&imports::Look::from(&preview), import.json));
    }
    take_in(&app, &actor, &preview, import.json)
}

fn take_in(
    app: &App,
    actor: &app::Actor,
    preview: &ImportPreview,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let waiting = spinner("正在写入");
    let (result, register) = imports::commit(app, actor, &preview.token, &[], "命令行导入")?;
    waiting.finish_and_clear();
    if json {
        let answer = serde_json::json!({"batch_id": result.batch_id, "register": register, "created": result.created, "updated": result.updated,
            "unchanged": result.unchanged, "skipped": result.skipped, "findings": preview.findings});
        say!("{}", serde_json::to_string_pretty(&answer)?);
    } else {
        tell_findings(&preview.findings);
        say!(
            "导入完成：新增 {}，修改 {}，未变 {}，未导入 {}。批次 {}，可在页面“导入”里整批撤销。",
            result.created,
            result.updated,
            result.unchanged,
            result.skipped,
            result.batch_id
        );
    }
    let refused = preview
        .records
        .iter()
        .any(|record| record.act == ImportAct::Refused);
    Ok(code(&preview.findings, refused))
}

fn tell_look(look: &imports::Look, json: bool) -> ExitCode {
    if json {
        say!(
            "{}",
            serde_json::to_string_pretty(&look.to_json()).unwrap_or_default()
        );
    } else {
        tell_findings(&look.findings);
        for check in &look.checks {
            say!(
                "核对  {}：{} 与 {}（{}）",
                check.statement,
                check.left,
                check.right,
                app::verdict_code(check.verdict)
            );
        }
        say!("共读到 {} 条记录", look.records.len());
    }
    code(&look.findings, false)
}

/// One line per finding.
pub fn tell_findings(findings: &[Finding]) {
    for finding in findings {
        let word = match finding.severity {
            Severity::Error => "错误",
            Severity::Warning => "警告",
            Severity::Info => "提示",
        };
        say!("{word}  {}", finding_text(finding));
    }
}

fn code(findings: &[Finding], refused: bool) -> ExitCode {
    let errors = findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    if errors || refused {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Shows that long work goes on, when somebody is looking.
pub fn spinner(text: &'static str) -> indicatif::ProgressBar {
    if !std::io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new_spinner().with_message(text);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// 导出
#[derive(Args)]
pub struct Export {
    /// 导出哪个台账
    #[arg(long, value_name = "台账")]
    register: String,
    /// 写到哪个 .xlsx 文件
    #[arg(short, long, value_name = "文件")]
    output: PathBuf,
    /// 条件，字段:算符:值，可重复
    #[arg(long, value_name = "条件")]
    filter: Vec<String>,
    #[command(flatten)]
    place: Place,
}

/// Writes a register as a workbook.
pub fn export(export: Export) -> anyhow::Result<ExitCode> {
    let app = export.place.open()?;
    let actor = app::account::local_actor(&app);
    let query = app::records::ListQuery::from_filters(&export.filter)
        .map_err(|finding| anyhow::anyhow!("{}", sentences(&finding.problem, &finding.remedy)))?;
    let bytes = app::records::export(&app, &actor, &export.register, &query, None)?;
    std::fs::write(&export.output, bytes)
        .with_context(|| format!("写不了 {}", export.output.display()))?;
    say!("已写到 {}", export.output.display());
    Ok(ExitCode::SUCCESS)
}
