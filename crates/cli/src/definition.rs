//! `guatu register check|apply|metrics` on a district: what a definition would do to its records, bringing it into
//! force, and the figures of a register.

use crate::open::Folder;
use crate::say::{complain, finding_text, say, sentences};
use anyhow::Context;
use app::page::definition::DefinitionCheck;
use app::reports::TemplateFile;
use app::{App, AppError, definition_editing, metrics};
use clap::Args;
use ground::{Finding, Severity};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// 检查一个 definition.toml：指出每处问题和改法；指明数据目录时，还试算它对现有记录的影响
#[derive(Args)]
pub struct Check {
    /// 定义文件，或放着 definition.toml 和报表模板的文件夹
    file: PathBuf,
    /// 在这个数据目录里试算，什么也不写
    #[arg(long, value_name = "目录")]
    data: Option<PathBuf>,
    /// 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// 启用一个台账定义：全部记录一起转过去，不成则一条不动
#[derive(Args)]
pub struct Apply {
    /// 定义文件，或放着 definition.toml 和报表模板的文件夹
    file: PathBuf,
    #[command(flatten)]
    at: Folder,
    /// 为什么改，记入日志
    #[arg(long, value_name = "原因")]
    reason: String,
    /// 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// 退回一个台账的上一版定义：记录一起转回去，旧版的值从日志里取回
#[derive(Args)]
pub struct Revert {
    /// 台账代号
    register: String,
    #[command(flatten)]
    at: Folder,
    /// 为什么退回，记入日志
    #[arg(long, value_name = "原因", required_unless_present = "dry_run")]
    reason: Option<String>,
    /// 只试算，什么也不写
    #[arg(long)]
    dry_run: bool,
    /// 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// 计算一个台账的指标
#[derive(Args)]
pub struct Metrics {
    /// 台账代号
    register: String,
    /// 时段，如 2023Q1、2023M03；不写则为本季
    #[arg(long, value_name = "时段")]
    period: Option<String>,
    #[command(flatten)]
    at: Folder,
    /// 写进指标数值台账，供目标与进度计算；重复执行不会重复记
    #[arg(long, requires = "period")]
    write: bool,
    /// 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// Checks a definition, and tries it on a district where one is named.
pub fn check(command: &Check) -> anyhow::Result<ExitCode> {
    let (text, files) = read(&command.file)?;
    let Some(data) = &command.data else {
        let place = definition_of(&command.file).display().to_string();
        let (definition, mut findings) = app::register::parse(&place, &text);
        if let Some(definition) = &definition {
            findings.extend(app::reports::offline_check(definition, &files)?);
        }
        return told(&findings, command.json);
    };
    let app = Folder {
        data: data.clone(),
        database: None,
        district: None,
        as_of: None,
    }
    .open()?;
    let checked =
        definition_editing::check_with(&app, &app::account::local_actor(&app), &text, &files)?;
    print(&checked, command.json)
}

/// Brings a definition into force.
pub fn apply(command: &Apply) -> anyhow::Result<ExitCode> {
    let (text, files) = read(&command.file)?;
    let app = command.at.open()?;
    let actor = app::account::local_actor(&app);
    match definition_editing::apply_with(&app, &actor, &text, &command.reason, &files) {
        Ok(checked) => {
            let code = print(&checked, command.json)?;
            if let (Some(definition), false) = (&checked.definition, command.json) {
                say!("已启用：{} {}", definition.title.zh, definition.version);
            }
            Ok(code)
        }
        Err(AppError::Invalid(findings)) => refused(&findings, command.json),
        Err(other) => Err(other.into()),
    }
}

/// Goes back one version of a definition.
pub fn revert(command: &Revert) -> anyhow::Result<ExitCode> {
    let app = command.at.open()?;
    let actor = app::account::local_actor(&app);
    let reason = command.reason.as_deref().unwrap_or_default();
    let done = definition_editing::revert(&app, &actor, &command.register, reason, command.dry_run);
    match done {
        Ok(checked) => {
            let code = print(&checked, command.json)?;
            if let (Some(definition), false) =
                (&checked.definition, command.json || command.dry_run)
            {
                say!("已退回：{} {}", definition.title.zh, definition.version);
            }
            Ok(code)
        }
        Err(AppError::Invalid(findings)) => refused(&findings, command.json),
        Err(other) => Err(other.into()),
    }
}

/// What stands in the way, and that nothing has changed.
fn refused(findings: &[Finding], json: bool) -> anyhow::Result<ExitCode> {
    let code = told(findings, json)?;
    let errors = findings
        .iter()
        .filter(|one| one.severity == Severity::Error);
    if !json {
        say!("没有启用：有 {} 处错误，改好后再试", errors.count());
    }
    Ok(code)
}

fn definition_of(file: &Path) -> PathBuf {
    match file.is_dir() {
        true => file.join("definition.toml"),
        false => file.to_owned(),
    }
}

/// The text of a definition, and the templates of its reports that stand beside it. One that is not there, or cannot be
/// read, is a finding of the check.
fn read(file: &Path) -> anyhow::Result<(String, Vec<TemplateFile>)> {
    let file = definition_of(file);
    let lost = || format!("读不了 {}", file.display());
    let text = std::fs::read_to_string(&file).with_context(lost)?;
    let (definition, _) = app::register::parse("definition.toml", &text);
    let reports = definition.map(|one| one.reports).unwrap_or_default();
    let names: BTreeSet<String> = reports.into_iter().map(|report| report.template).collect();
    let beside = |name: String| {
        let bytes = std::fs::read(file.with_file_name(&name)).ok()?;
        Some(TemplateFile { name, bytes })
    };
    Ok((text, names.into_iter().filter_map(beside).collect()))
}

fn told(findings: &[Finding], json: bool) -> anyhow::Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string_pretty(findings)?);
    } else {
        for finding in findings {
            let word = word_of(finding.severity);
            say!("{word}  {}", finding_text(finding));
        }
        if findings.is_empty() {
            say!("没有发现问题");
        }
    }
    let errors = findings.iter().any(|one| one.severity == Severity::Error);
    Ok(ExitCode::from(u8::from(errors)))
}

/// 错误 stands in the way, 提醒 does not.
fn word_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "错误",
        Severity::Warning => "提醒",
        Severity::Info => "说明",
    }
}

fn print(checked: &DefinitionCheck, json: bool) -> anyhow::Result<ExitCode> {
    let plan = checked.plan.clone().unwrap_or_default();
    if json {
        let changes: Vec<_> = plan
            .changes
            .iter()
            .map(|one| serde_json::json!({"kind": one.kind, "text": one.text, "count": one.count}))
            .collect();
        let failed: Vec<_> = plan
            .failed
            .iter()
            .map(
                |one| serde_json::json!({"id": one.id, "title": one.title, "finding": one.finding}),
            )
            .collect();
        let all = serde_json::json!({"findings": checked.findings, "changes": changes, "converted": plan.converted, "failed": failed});
        say!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        for change in &plan.changes {
            say!("{}（{} 条记录）", change.text, change.count);
        }
        for failure in &plan.failed {
            let finding = &failure.finding;
            say!(
                "{}  {}",
                failure.title,
                sentences(&finding.problem, &finding.remedy)
            );
        }
        say!(
            "可以转换 {} 条，不能转换 {} 条",
            plan.converted,
            plan.failed.len()
        );
        told(&checked.findings, false)?;
    }
    let errors = checked
        .findings
        .iter()
        .any(|one| one.severity == Severity::Error);
    Ok(ExitCode::from(u8::from(errors || !plan.failed.is_empty())))
}

/// Prints the figures of a register, and writes them for the figure engine when asked.
pub fn figures(command: &Metrics) -> anyhow::Result<ExitCode> {
    let app = command.at.open()?;
    let actor = app::account::local_actor(&app);
    let period = command.period.as_deref();
    let pages = match metrics::metrics(&app, &actor, &command.register, period, None) {
        Ok(pages) => pages,
        Err(AppError::Invalid(findings)) => return told(&findings, command.json),
        Err(other) => return Err(other.into()),
    };
    if command.json {
        let groups = |page: &app::page::metric::MetricPage| {
            page.groups.iter().map(|group| serde_json::json!({"by": group.by, "text": group.text, "value": group.value})).collect::<Vec<_>>()
        };
        let lines: Vec<_> = pages.iter().map(|page| serde_json::json!({"id": page.id, "title": page.title, "unit": page.unit, "text": page.text, "value": page.value, "numerator": page.numerator, "denominator": page.denominator, "basis": page.basis, "groups": groups(page)})).collect();
        say!("{}", serde_json::to_string_pretty(&lines)?);
    } else {
        for page in &pages {
            say!("{}  {}{}", page.title, page.text, unit_of(page));
            for group in &page.groups {
                say!("    {}  {}", group.by, group.text);
            }
        }
    }
    if command.write {
        write(&app, &actor, command)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn unit_of(page: &app::page::metric::MetricPage) -> String {
    match page.unit.as_str() {
        "" | "%" => String::new(),
        unit => format!(" {unit}"),
    }
}

fn write(app: &App, actor: &app::Actor, command: &Metrics) -> anyhow::Result<()> {
    let period = command.period.as_deref().unwrap_or_default();
    let done = metrics::observe(app, actor, &command.register, period)?;
    complain!(
        "指标数值：新记 {} 个，更新 {} 个，未变 {} 个",
        done.created,
        done.updated,
        done.unchanged
    );
    Ok(())
}
