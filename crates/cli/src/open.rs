//! Which district a command works on: a data folder or a database, and the clock.

use anyhow::Context;
use app::{App, Clock, OpenOptions};
use clap::Args;
use ground::Date;
use std::path::PathBuf;

/// Where the data is. Shared by all commands that work on a district.
#[derive(Args, Clone)]
pub struct Place {
    #[command(flatten)]
    pub at: Folder,
    /// 区县名称，新目录用
    #[arg(long, value_name = "名称")]
    pub name: Option<String>,
}

/// The same without a district's name, for commands in which `--name` is somebody's.
#[derive(Args, Clone)]
pub struct Folder {
    /// 数据目录（SQLite），没有就新建
    #[arg(long, value_name = "目录", default_value = "data", env = "GUATU_DATA")]
    pub data: PathBuf,
    /// 改用 PostgreSQL：postgres://用户:密码@主机/库；附件仍放在数据目录
    #[arg(
        long,
        value_name = "地址",
        env = "GUATU_DATABASE",
        hide_env_values = true
    )]
    pub database: Option<String>,
    /// 区县代码（GB/T 2260 六位）；新目录必要，默认 410102
    #[arg(long, value_name = "代码")]
    pub district: Option<String>,
    /// 把“今天”定在某一天
    #[arg(long, value_name = "日期")]
    pub as_of: Option<Date>,
}

impl Place {
    /// Opens the district.
    pub fn open(&self) -> anyhow::Result<App> {
        self.at.open_named(self.name.clone())
    }
}

impl Folder {
    /// Opens the district.
    pub fn open(&self) -> anyhow::Result<App> {
        self.open_named(None)
    }

    fn open_named(&self, district_name: Option<String>) -> anyhow::Result<App> {
        let clock = self.as_of.map_or(Clock::System, Clock::standing);
        let options = OpenOptions {
            data: self.data.clone(),
            database: self.database.clone(),
            district: self.district.clone(),
            district_name,
            clock,
        };
        let place = self.data.display().to_string();
        App::open(options).with_context(|| format!("打不开数据目录 {place}"))
    }
}
