//! `guatu register`: the shipped definitions, and a check of a definition file.

use anyhow::Context;
use clap::{Args, Subcommand};
use ground::Severity;
use std::path::PathBuf;
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
    /// 检查一个 definition.toml，指出每处问题和改法
    Check {
        /// 定义文件
        file: PathBuf,
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
}

/// Lists or checks definitions.
pub fn run(command: RegisterCommand) -> anyhow::Result<ExitCode> {
    match command.act {
        Act::List { json } => list(json),
        Act::Check { file, json } => check(&file, json),
    }
}

fn list(json: bool) -> anyhow::Result<ExitCode> {
    let definitions = app::shipped_definitions()?;
    if json {
        let lines: Vec<_> = definitions.iter().map(|one| serde_json::json!({"id": one.id, "title": one.title.zh, "version": one.version, "fields": one.fields.len()})).collect();
        println!("{}", serde_json::to_string_pretty(&lines)?);
        return Ok(ExitCode::SUCCESS);
    }
    for one in &definitions {
        println!(
            "{:<20} {:<8} {}（{} 个字段）",
            one.id,
            one.version,
            one.title.zh,
            one.fields.len()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn check(file: &PathBuf, json: bool) -> anyhow::Result<ExitCode> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("读不了 {}", file.display()))?;
    let (_, findings) = app::register::parse(&file.display().to_string(), &text);
    if json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for finding in &findings {
            println!("{}  {}{}", finding.place, finding.problem, finding.remedy);
        }
        if findings.is_empty() {
            println!("没有发现问题");
        }
    }
    let errors = findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    Ok(if errors {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}
