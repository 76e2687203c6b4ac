//! `guatu register`: the shipped definitions, a first draft from a workbook, and work on definitions and figures.

use crate::definition;
use crate::say::{complain, finding_text, say};
use anyhow::Context;
use clap::{Args, Subcommand};
use ground::Severity;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// 台账定义
#[derive(Args)]
pub struct RegisterCommand {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// 列出随程序带的台账
    List {
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
    Check(definition::Check),
    Apply(definition::Apply),
    Revert(definition::Revert),
    Metrics(definition::Metrics),
    /// 由现成的台账表格（或 XLSForm 表单）起草一份定义
    New {
        /// .xlsx、.xls、.et 或 .csv 文件
        #[arg(long)]
        from: PathBuf,
        /// 工作表名；不写则取第一张有表头的
        #[arg(long)]
        sheet: Option<String>,
        /// 台账 id，小写英文和下划线
        #[arg(long)]
        id: Option<String>,
        /// 写到这个文件夹（其下建 <id>/definition.toml）；不写则打印
        #[arg(short, long)]
        out: Option<PathBuf>,
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
}

/// Lists or checks definitions.
pub fn run(command: RegisterCommand) -> anyhow::Result<ExitCode> {
    match command.act {
        Act::List { json } => list(json),
        Act::Check(command) => definition::check(&command),
        Act::Apply(command) => definition::apply(&command),
        Act::Revert(command) => definition::revert(&command),
        Act::Metrics(command) => definition::figures(&command),
        Act::New {
            from,
            sheet,
            id,
            out,
            json,
        } => new(&from, sheet.as_deref(), id.as_deref(), out.as_deref(), json),
    }
}

fn list(json: bool) -> anyhow::Result<ExitCode> {
    let definitions = app::shipped_definitions()?;
    if json {
        let lines: Vec<_> = definitions.iter().map(|one| serde_json::json!({"id": one.id, "title": one.title.zh, "version": one.version, "fields": one.fields.len()})).collect();
        say!("{}", serde_json::to_string_pretty(&lines)?);
        return Ok(ExitCode::SUCCESS);
    }
    for one in definitions.iter() {
        say!(
            "{:<20} {:<8} {}（{} 个字段）",
            one.id,
            one.version,
            one.title.zh,
            one.fields.len()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn new(
    from: &Path,
    sheet: Option<&str>,
    id: Option<&str>,
    out: Option<&Path>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(from).with_context(|| format!("读不了 {}", from.display()))?;
    let name = from
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let made = match app::proposing::draft(&bytes, &name, sheet, id) {
        Ok(made) => made,
        Err(app::AppError::Invalid(findings)) => {
            print_findings(&findings, json)?;
            return Ok(ExitCode::from(1));
        }
        Err(error) => return Err(error.into()),
    };
    if json {
        let columns: Vec<_> = made
            .columns
            .iter()
            .map(|(head, field, why)| serde_json::json!({"head": head, "field": field, "why": why}))
            .collect();
        let all = serde_json::json!({"register": made.register, "kind": made.kind, "toml": made.toml, "columns": columns, "findings": made.findings});
        say!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        for finding in &made.findings {
            complain!("{}", finding_text(finding));
        }
    }
    if let Some(folder) = out {
        let folder = folder.join(&made.register);
        let file = folder.join("definition.toml");
        anyhow::ensure!(
            !file.exists(),
            "{} 已经有了，请换一个 --id 或先移走它",
            file.display()
        );
        std::fs::create_dir_all(&folder)?;
        std::fs::write(&file, &made.toml)?;
        complain!("已写到 {}", file.display());
    } else if !json {
        say!("{}", made.toml.trim_end());
    }
    let broken = made.findings.iter().any(|f| f.severity == Severity::Error);
    Ok(if broken {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn print_findings(findings: &[ground::Finding], json: bool) -> anyhow::Result<()> {
    if json {
        say!("{}", serde_json::to_string_pretty(findings)?);
        return Ok(());
    }
    for finding in findings {
        say!("{}", finding_text(finding));
    }
    Ok(())
}
