//! The `guatu` binary: reads the command line, calls one `app` function, prints. Exit codes: 0 done, 1 findings of
//! severity error (or the program could not do it), 2 wrong use.

mod audit;
mod chart;
mod definition;
mod import;
mod open;
mod register;
mod report;
mod say;
mod schedule;
mod serve;
mod tick;
mod user;

use clap::{Parser, Subcommand};
use say::{complain, finding_text, say};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 挂图：区县的项目、计划、交办与台账。一个程序，一个数据目录。
#[derive(Parser)]
#[command(
    name = "guatu",
    version,
    about,
    propagate_version = true,
    arg_required_else_help = true
)]
struct Guatu {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 在新目录里建示范区（中原区，2023-03-10），并打开服务
    Demo(serve::Demo),
    /// 打开一个数据目录或数据库的服务
    Serve(serve::Serve),
    /// 把工作簿读成记录：先看（--dry-run），再导入
    Import(import::Import),
    /// 把台账写成工作簿
    Export(import::Export),
    /// 排程：P6、Project 计划文件或计划文本的最早、最晚日期和时差
    Schedule(schedule::Schedule),
    /// 出挂图：.pdf（A0、A1、A3）或 .svg
    Chart(chart::Chart),
    /// 出报表：按模板和时段生成 docx 或 xlsx
    Report(report::Report),
    /// 台账定义：列出、检查
    Register(register::RegisterCommand),
    /// 账号：新增、列出、停用、一次性登录链接、设密码
    User(user::UserCommand),
    /// 备份数据目录
    Backup(audit::Backup),
    /// 从备份恢复到一个新目录
    Restore(audit::Restore),
    /// 办理到期自动办的事：自动流转、超期开督办、回头看；服务每小时也做
    Tick(tick::Tick),
    /// 日志链
    Audit(audit::AuditCommand),
    /// 打印 OpenAPI 文档
    Openapi,
}

fn main() -> ExitCode {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("GUATU_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(Guatu::parse().command) {
        Ok(code) => code,
        // The reader at the other end of a pipe has seen enough; that is no failure.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain!("guatu：{error:#}");
            tell_findings(&error);
            ExitCode::from(1)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = |one: &(dyn std::error::Error + 'static)| {
        let written = one
            .downcast_ref::<std::io::Error>()
            .map(std::io::Error::kind);
        written.or_else(|| one.downcast_ref::<serde_json::Error>()?.io_error_kind())
    };
    error
        .chain()
        .any(|one| kind(one) == Some(std::io::ErrorKind::BrokenPipe))
}

/// Each place with its remedy, where the failure is about data.
fn tell_findings(error: &anyhow::Error) {
    let Some(app::AppError::Invalid(findings) | app::AppError::Conflict(findings)) =
        error.downcast_ref()
    else {
        return;
    };
    for finding in findings {
        complain!("  {}", finding_text(finding));
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(demo) => serve::demo(demo),
        Command::Serve(serve) => serve::serve(serve),
        Command::Import(import) => import::import(import),
        Command::Export(export) => import::export(export),
        Command::Schedule(schedule) => schedule::schedule(schedule),
        Command::Chart(chart) => chart::chart(chart),
        Command::Report(command) => report::report(&command),
        Command::Register(command) => register::run(command),
        Command::User(command) => user::run(command),
        Command::Backup(backup) => audit::backup(backup),
        Command::Restore(restore) => audit::restore(restore),
        Command::Tick(tick) => tick::tick(tick),
        Command::Audit(command) => audit::run(command),
        Command::Openapi => openapi(),
    }
}

fn openapi() -> anyhow::Result<ExitCode> {
    let document = server::openapi(&app::shipped_definitions()?);
    say!("{}", serde_json::to_string_pretty(&document)?);
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_command_has_arguments_of_its_own() {
        super::Guatu::command().debug_assert();
    }
}
