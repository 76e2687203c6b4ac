//! `guatu schedule`: dates, floats and drivers of a schedule file.

use crate::import::{spinner, tell_findings};
use anyhow::Context;
use app::plan_file::{Comparison, PlanFile, PlanForm, PlanRow, XerEncoding};
use clap::{Args, ValueEnum};
use ground::{Date, Finding};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// 排程
#[derive(Args)]
pub struct Schedule {
    /// 计划文件：P6 的 .xer、.xml，Project 的 .xml，或计划文本 .toml
    file: PathBuf,
    /// 从目标日期倒排：最晚日期就是倒排计划
    #[arg(long)]
    backward: bool,
    /// 目标完成日期；不给时用文件里的目标，再没有时用计算完成日期
    #[arg(long, value_name = "日期", requires = "backward")]
    target: Option<Date>,
    /// 写成文件：.xml（Project）、.xer（P6）或 .csv
    #[arg(short, long, value_name = "文件")]
    output: Option<PathBuf>,
    /// 写 .xer 时文字用哪种编码；P6 Professional 中文版读 gbk，别的程序多读 utf-8
    #[arg(long, value_name = "编码", default_value = "gbk", requires = "output")]
    encoding: TextEncoding,
    /// 以 JSON 输出
    #[arg(long)]
    json: bool,
    /// 与文件里原有的日期、时差比较
    #[arg(long)]
    compare: bool,
    /// 给出各步用时：读、算、解释、写（秒）
    #[arg(long)]
    timings: bool,
}

/// 编码 on the command line.
#[derive(ValueEnum, Clone, Copy)]
enum TextEncoding {
    Gbk,
    #[value(name = "utf-8")]
    Utf8,
}

/// Seconds of one step.
#[derive(Serialize, Clone, Copy)]
struct Cost {
    wall_s: f64,
    /// Processor time of this thread; none where the system does not tell.
    cpu_s: Option<f64>,
}

/// Seconds of each step.
#[derive(Serialize)]
struct Timings {
    read: Cost,
    schedule: Cost,
    explain: Cost,
    write: Cost,
}

#[derive(Serialize)]
struct Answer<'a> {
    activities: Vec<PlanRow<'a>>,
    findings: &'a [Finding],
    #[serde(skip_serializing_if = "Option::is_none")]
    compare: Option<&'a Comparison>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<&'a Timings>,
}

/// Reads, calculates, explains, writes, tells.
pub fn schedule(schedule: Schedule) -> anyhow::Result<ExitCode> {
    let form = |output: &Path| form_of(output, schedule.encoding);
    let form = schedule.output.as_deref().map(form).transpose()?;
    let waiting = spinner("正在读计划文件");
    let (plan, read) = measured(|| read(&schedule.file));
    let mut plan = plan?;
    waiting.set_message("正在计算");
    if schedule.backward {
        plan.aim(schedule.target);
    }
    let ((), calculated) = measured(|| plan.schedule());
    waiting.set_message("正在说明依据");
    let ((), explained) = measured(|| plan.explain());
    waiting.set_message("正在写出");
    let (written, write) = measured(|| put(&mut plan, schedule.output.as_deref().zip(form)));
    waiting.finish_and_clear();
    written?;
    let timings = Timings {
        read,
        schedule: calculated,
        explain: explained,
        write,
    };
    let comparison = schedule.compare.then(|| plan.compare());
    let timings = schedule.timings.then_some(&timings);
    if schedule.json {
        tell_json(&plan, comparison.as_ref(), timings)?;
    } else {
        tell(
            &plan,
            comparison.as_ref(),
            timings,
            schedule.output.as_deref(),
        )?;
    }
    Ok(ExitCode::from(u8::from(plan.has_errors())))
}

fn read(file: &Path) -> anyhow::Result<PlanFile> {
    let bytes = std::fs::read(file).with_context(|| format!("读不了文件 {}", file.display()))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(PlanFile::read(&name, &bytes))
}

fn form_of(output: &Path, encoding: TextEncoding) -> anyhow::Result<PlanForm> {
    let ending = output
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    match ending.as_str() {
        "xml" => Ok(PlanForm::Mspdi),
        "xer" => Ok(PlanForm::Xer(match encoding {
            TextEncoding::Gbk => XerEncoding::Gbk,
            TextEncoding::Utf8 => XerEncoding::Utf8,
        })),
        "csv" => Ok(PlanForm::Csv),
        _ => anyhow::bail!("只能写成 .xml、.xer 或 .csv，不能写成 {}", output.display()),
    }
}

/// Nothing is written when nothing could be calculated: the findings say why.
fn put(plan: &mut PlanFile, output: Option<(&Path, PlanForm)>) -> anyhow::Result<()> {
    let Some((path, form)) = output else {
        return Ok(());
    };
    if let Some(bytes) = plan.write(form) {
        std::fs::write(path, bytes).with_context(|| format!("写不了 {}", path.display()))?;
    }
    Ok(())
}

fn measured<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let (cpu, start) = (cpu_seconds(), Instant::now());
    let done = work();
    let cost = Cost {
        wall_s: start.elapsed().as_secs_f64(),
        cpu_s: cpu_seconds().zip(cpu).map(|(after, before)| after - before),
    };
    (done, cost)
}

/// Processor time of this thread so far, from the kernel's table (Linux).
fn cpu_seconds() -> Option<f64> {
    let table = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = table.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

fn tell_json(
    plan: &PlanFile,
    compare: Option<&Comparison>,
    timings: Option<&Timings>,
) -> anyhow::Result<()> {
    let answer = Answer {
        activities: plan.rows().collect(),
        findings: plan.findings(),
        compare,
        timings,
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer(&mut out, &answer)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

fn tell(
    plan: &PlanFile,
    comparison: Option<&Comparison>,
    timings: Option<&Timings>,
    output: Option<&Path>,
) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if output.is_none() {
        out.write_all(plan.table().as_bytes())?;
    }
    if let Some(path) = output.filter(|_| plan.rows().next().is_some()) {
        writeln!(out, "已写到 {}", path.display())?;
    }
    if let Some(comparison) = comparison {
        tell_comparison(&mut out, comparison)?;
    }
    if let Some(timings) = timings {
        let steps = [
            ("读", timings.read),
            ("算", timings.schedule),
            ("解释", timings.explain),
            ("写", timings.write),
        ];
        for (step, cost) in steps {
            let cpu = cost.cpu_s.map_or("—".to_owned(), |cpu| format!("{cpu:.3}"));
            writeln!(out, "用时  {step}：{:.3} 秒，处理器 {cpu} 秒", cost.wall_s)?;
        }
    }
    out.flush()?;
    drop(out);
    tell_findings(plan.findings());
    Ok(())
}

fn tell_comparison(out: &mut impl Write, comparison: &Comparison) -> anyhow::Result<()> {
    writeln!(out, "{}", headline(comparison))?;
    for field in &comparison.fields {
        writeln!(
            out,
            "  {}：{} 项中 {} 项一致",
            field.label, field.compared, field.equal
        )?;
    }
    if comparison.floats_left > 0 {
        writeln!(
            out,
            "  另有 {} 项尽晚安排而无处可挪的工作不比总时差：P6 只在挪动时改写它，文件里是上一次计算的数",
            comparison.floats_left
        )?;
    }
    for difference in comparison.differences.iter().take(20) {
        let label = comparison
            .fields
            .iter()
            .find(|field| field.field == difference.field);
        let label = label.map_or(difference.field, |field| field.label);
        writeln!(
            out,
            "  不同  {} {label}：本系统 {}，文件 {}",
            difference.id, difference.ours, difference.file
        )?;
    }
    Ok(())
}

/// How many were compared, and how many of them agree.
fn headline(comparison: &Comparison) -> String {
    let Comparison {
        activities,
        equal_activities,
        nothing_to_compare,
        ..
    } = comparison;
    let compared = activities - nothing_to_compare;
    match nothing_to_compare {
        0 => format!("与文件比较：{activities} 项工作中 {equal_activities} 项全部一致"),
        nothing => format!(
            "与文件比较：{activities} 项工作，其中 {nothing} 项没有可比的；比过的 {compared} 项中 {equal_activities} 项全部一致"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headline_says_how_many_had_nothing_to_compare() {
        let comparison = |activities, nothing_to_compare, equal_activities| Comparison {
            activities,
            equal_activities,
            nothing_to_compare,
            ..Comparison::default()
        };
        assert_eq!(
            headline(&comparison(12, 0, 11)),
            "与文件比较：12 项工作中 11 项全部一致"
        );
        assert_eq!(
            headline(&comparison(12, 3, 9)),
            "与文件比较：12 项工作，其中 3 项没有可比的；比过的 9 项中 9 项全部一致"
        );
    }
}
