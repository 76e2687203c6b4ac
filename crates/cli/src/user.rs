//! `guatu user`: accounts are made on the machine that holds the data; no account exists before.

use crate::open::{Folder, Place};
use crate::say::say;
use app::account::{self, NewAccount};
use clap::{Args, Subcommand};
use std::io::BufRead;
use std::process::ExitCode;

/// 账号
#[derive(Args)]
pub struct UserCommand {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// 新增账号，打印一次性登录链接的令牌
    Add {
        /// 登录名
        login: String,
        /// 姓名或岗位
        #[arg(long)]
        name: String,
        /// 职务
        #[arg(long, default_value = "")]
        post: String,
        /// 单位路径，默认全区
        #[arg(long)]
        unit: Option<String>,
        /// 角色：supervisor 督查（全部业务），clerk 填报（本单位），viewer 查看，以及台账定义里写的角色；可重复
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        #[command(flatten)]
        place: Folder,
    },
    /// 列出账号
    List {
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// 一次性登录链接（15 分钟内有效）
    Link {
        /// 登录名
        login: String,
        #[command(flatten)]
        place: Place,
    },
    /// 设密码，从标准输入读一行
    Password {
        /// 登录名
        login: String,
        #[command(flatten)]
        place: Place,
    },
    /// 停用账号，已登录的立即失效
    Disable {
        /// 登录名
        login: String,
        #[command(flatten)]
        place: Place,
    },
    /// 恢复账号
    Enable {
        /// 登录名
        login: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Does one thing to accounts.
pub fn run(command: UserCommand) -> anyhow::Result<ExitCode> {
    match command.act {
        Act::Add {
            login,
            name,
            post,
            unit,
            roles,
            place,
        } => {
            let app = place.open()?;
            account::add(
                &app,
                NewAccount {
                    login: login.clone(),
                    name,
                    post,
                    unit,
                    roles,
                },
            )?;
            let token = account::link(&app, &login)?;
            say!("已新增 {login}。一次性登录：/signin?token={token}");
        }
        Act::List { json, place } => list(&place, json)?,
        Act::Link { login, place } => {
            say!("/signin?token={}", account::link(&place.open()?, &login)?)
        }
        Act::Password { login, place } => {
            let app = place.open()?;
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            account::set_password(&app, &login, line.trim_end_matches(['\r', '\n']))?;
            say!("已设置");
        }
        Act::Disable { login, place } => {
            account::set_enabled(&place.open()?, &login, false)?;
            say!("已停用 {login}");
        }
        Act::Enable { login, place } => {
            account::set_enabled(&place.open()?, &login, true)?;
            say!("已恢复 {login}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(place: &Place, json: bool) -> anyhow::Result<()> {
    let accounts = account::list(&place.open()?)?;
    if json {
        let rows: Vec<_> = accounts.iter().map(|one| serde_json::json!({"login": one.login, "name": one.name, "post": one.post, "unit": one.organisation_path, "roles": one.roles, "enabled": one.enabled})).collect();
        say!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    for one in accounts {
        let state = if one.enabled { "" } else { "（已停用）" };
        say!(
            "{:<16} {}  {}  {}{state}",
            one.login,
            one.name,
            one.organisation_path,
            one.roles.join(",")
        );
    }
    Ok(())
}
