//! `guatu tick`: what is due by itself, done now. The server does the same at its start and each hour.

use crate::open::Place;
use crate::say::say;
use clap::Args;
use std::process::ExitCode;

/// 到期自动办理
#[derive(Args)]
pub struct Tick {
    /// 以 JSON 输出
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// Does what is due and prints it.
pub fn tick(tick: Tick) -> anyhow::Result<ExitCode> {
    let done = app::tick::run(&tick.place.open()?)?;
    if tick.json {
        let lines: Vec<_> = done.iter().map(|one| serde_json::json!({"register": one.register, "record": one.record, "text": one.text, "done": one.done})).collect();
        say!("{}", serde_json::to_string_pretty(&lines)?);
    } else if done.is_empty() {
        say!("没有到期要办的");
    }
    for one in done.iter().filter(|_| !tick.json) {
        let mark = if one.done { "" } else { "（未办）" };
        say!("{} {}：{}{mark}", one.register, one.record, one.text);
    }
    let refused = done.iter().any(|one| !one.done);
    Ok(if refused {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}
