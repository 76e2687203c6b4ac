//! `guatu backup`, `guatu restore`, `guatu audit verify`.

use crate::open::Place;
use crate::say::say;
use anyhow::Context;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// 备份
#[derive(Args)]
pub struct Backup {
    /// 写到哪个新目录
    #[arg(short, long, value_name = "目录")]
    output: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// 恢复
#[derive(Args)]
pub struct Restore {
    /// 备份目录
    from: PathBuf,
    /// 恢复到哪个空目录
    #[arg(long, value_name = "目录")]
    data: PathBuf,
}

/// 日志链
#[derive(Args)]
pub struct AuditCommand {
    #[command(subcommand)]
    act: AuditAct,
}

#[derive(Subcommand)]
enum AuditAct {
    /// 核验日志链完整；有改动时指出第一处
    Verify {
        #[command(flatten)]
        place: Place,
    },
}

/// Copies the running district to a folder.
pub fn backup(backup: Backup) -> anyhow::Result<ExitCode> {
    let app = backup.place.open()?;
    app::backup::backup(&app, &backup.output)
        .with_context(|| format!("备份到 {} 没有完成", backup.output.display()))?;
    say!("已备份到 {}", backup.output.display());
    Ok(ExitCode::SUCCESS)
}

/// Makes a data folder from a backup.
pub fn restore(restore: Restore) -> anyhow::Result<ExitCode> {
    app::backup::restore(&restore.from, &restore.data)
        .with_context(|| format!("没有恢复到 {}", restore.data.display()))?;
    say!(
        "已恢复到 {}，用 guatu serve --data 打开",
        restore.data.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Checks the journal's chain.
pub fn run(command: AuditCommand) -> anyhow::Result<ExitCode> {
    let AuditAct::Verify { place } = command.act;
    let told = app::backup::verify(&place.open()?)?;
    say!("{}", told.sentence);
    Ok(if told.whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
