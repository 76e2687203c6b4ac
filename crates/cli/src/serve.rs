//! `guatu demo` and `guatu serve`.

use crate::open::Place;
use anyhow::Context;
use app::{App, Clock, OpenOptions};
use clap::Args;
use ground::Date;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// 示范区
#[derive(Args)]
pub struct Demo {
    /// 监听地址
    #[arg(long, value_name = "地址:端口", default_value = "127.0.0.1:8600")]
    listen: SocketAddr,
    /// 数据放在哪个空目录；默认新建一个临时目录
    #[arg(long, value_name = "目录")]
    data: Option<PathBuf>,
    /// 启动后用浏览器打开
    #[arg(long)]
    open: bool,
}

/// 服务
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// 监听地址
    #[arg(long, value_name = "地址:端口", default_value = "127.0.0.1:8600")]
    listen: SocketAddr,
    /// 用户只经 https 访问（前面有网关或反向代理，而它不带 X-Forwarded-Proto）
    #[arg(long)]
    https: bool,
    /// 启动后用浏览器打开
    #[arg(long)]
    open: bool,
}

/// Builds the sample district in a fresh folder and serves it on its day.
pub fn demo(demo: Demo) -> anyhow::Result<ExitCode> {
    let data = demo.data.map_or_else(fresh_folder, Ok)?;
    let occupied = data
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some());
    anyhow::ensure!(
        !occupied,
        "目录 {} 不是空的。示范区要放在空目录里；已有示范区请用 guatu serve --data 打开",
        data.display()
    );
    let day: Date = app::sample::DAY;
    let options = OpenOptions {
        data: data.clone(),
        database: None,
        district: Some(app::sample::DISTRICT.to_owned()),
        district_name: Some(app::sample::DISTRICT_NAME.to_owned()),
        clock: Clock::standing(day),
    };
    let app = App::open(options).context("建不了示范区")?;
    app::sample::fill(&app)?;
    println!("示范区在 {}（{} 的数据）", data.display(), day);
    // The first account comes before the guests: it is the one that is printed first and opened.
    let first = app::account::first_link(&app)?;
    let guests = app::sample::people(&app)?;
    let doors = Doors { first, guests };
    run_server(app, doors, (demo.listen, false), demo.open)
}

fn fresh_folder() -> anyhow::Result<PathBuf> {
    let base = std::env::temp_dir();
    for number in 1..10_000 {
        let folder = base.join(format!("guatu-demo-{}-{number}", std::process::id()));
        if !folder.exists() {
            std::fs::create_dir_all(&folder)?;
            return Ok(folder);
        }
    }
    anyhow::bail!(
        "临时目录 {} 里建不了新目录，请用 --data 指定",
        base.display()
    )
}

/// Serves a data folder or a database.
pub fn serve(serve: Serve) -> anyhow::Result<ExitCode> {
    let app = serve.place.open()?;
    let doors = Doors {
        first: app::account::first_link(&app)?,
        guests: Vec::new(),
    };
    run_server(app, doors, (serve.listen, serve.https), serve.open)
}

/// One-time links that are printed at the start.
struct Doors {
    /// Token of the first account, while nobody has a password.
    first: Option<String>,
    /// The people of the sample district.
    guests: Vec<app::sample::Guest>,
}

fn run_server(
    app: App,
    doors: Doors,
    at: (SocketAddr, bool),
    open: bool,
) -> anyhow::Result<ExitCode> {
    let app = Arc::new(app);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let told = |address: SocketAddr| announce(address, &doors, open);
    runtime
        .block_on(server::serve(app, at, told))
        .with_context(|| {
            format!(
                "不能在 {} 上监听，端口可能被占用，可用 --listen 换一个",
                at.0
            )
        })?;
    Ok(ExitCode::SUCCESS)
}

fn announce(address: SocketAddr, doors: &Doors, open: bool) {
    println!("监听 http://{address}/");
    let link = |token: &str| format!("http://{address}/signin?token={token}");
    let page = match &doors.first {
        Some(token) => {
            println!("登录（一次有效）：{}", link(token));
            link(token)
        }
        None => format!("http://{address}/"),
    };
    if !doors.guests.is_empty() {
        println!("换个身份看（各一次有效，15 分钟内；请用另一个浏览器窗口或隐身窗口）：");
    }
    for guest in &doors.guests {
        println!(
            "  {}（{}）：{}",
            guest.name,
            guest.login,
            link(&guest.token)
        );
    }
    if open {
        open_browser(&page);
    }
}

/// Opens the page where there is a desktop; where there is none, the printed link is enough.
fn open_browser(page: &str) {
    let has_desktop =
        std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some();
    if !has_desktop {
        return;
    }
    let quiet = std::process::Stdio::null;
    let started = std::process::Command::new("xdg-open")
        .arg(page)
        .stdout(quiet())
        .stderr(quiet())
        .spawn();
    if started.is_err() {
        println!("没有找到浏览器，请手工打开上面的链接");
    }
}
