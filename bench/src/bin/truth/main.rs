//! `make truth`: what outside data says against what we read. Takes the folder of outside data; prints per file how many
//! answers are equal and lists each difference. Exits 1 when one differs.

mod cel;
mod earlier;
mod plan_files;
mod psplib;
mod read_back;
mod schedules;
mod shifted;
mod textproto;
mod xlsform;

use app::imports::{Look, look_without_district};
use ground::{Date, Fen, MoneyUnit};
use std::path::Path;
use std::process::ExitCode;

/// The day of the sample workbooks.
const DAY: Date = Date::constant(2023, 3, 10);

/// Counts equal answers and tells different ones.
#[derive(Default)]
struct Tally {
    equal: usize,
    different: usize,
}

impl Tally {
    /// Prints one topic's tally and adds it.
    fn take(&mut self, topic: &str, tally: Tally) {
        let sum = tally.equal + tally.different;
        println!("{topic}: {} of {sum} equal", tally.equal);
        self.equal += tally.equal;
        self.different += tally.different;
    }

    fn check(&mut self, file: &str, what: &str, ours: impl ToString, theirs: &str) {
        let ours = ours.to_string();
        if ours == theirs {
            self.equal += 1;
            return;
        }
        self.different += 1;
        println!("  differs  {file}: {what}: ours {ours}, theirs {theirs}");
    }
}

fn main() -> ExitCode {
    // A checkout of google/cel-spec: its cases against our expressions.
    if let Some(folder) = std::env::var_os("CEL_SPEC") {
        return match cel::run(Path::new(&folder)) {
            Ok((_, 0)) => ExitCode::SUCCESS,
            Ok(_) => ExitCode::from(1),
            Err(problem) => {
                eprintln!("{problem}");
                ExitCode::from(2)
            }
        };
    }
    // Plan files gathered from public repositories: what P6 and Project calculated against ours.
    if let Some(folder) = std::env::var_os("PLAN_FILES") {
        return match plan_files::run(Path::new(&folder)) {
            Ok(0) => ExitCode::SUCCESS,
            Ok(_) => ExitCode::from(1),
            Err(problem) => {
                eprintln!("{problem}");
                ExitCode::from(2)
            }
        };
    }
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: truth FOLDER");
        return ExitCode::from(2);
    };
    let folder = Path::new(&folder);
    if !folder.join("workbooks").is_dir() {
        eprintln!(
            "no outside data in {}: make truth SHARED=FOLDER",
            folder.display()
        );
        return ExitCode::from(2);
    }
    let all = judge_all(folder);
    println!(
        "outside truth: {} equal, {} different",
        all.equal, all.different
    );
    if all.different == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}

/// Everything there is in the folder.
fn judge_all(folder: &Path) -> Tally {
    let mut all = Tally::default();
    for (file, register, judge) in CASES {
        let mut tally = Tally::default();
        match look(folder, file, register) {
            Ok(look) => judge(&look, &mut tally, file),
            Err(problem) => tally.check(file, "reads", problem, "ok"),
        }
        all.take(file, tally);
    }
    let instances = folder.join("truth/psplib.tar.gz");
    if instances.is_file() {
        let mut tally = Tally::default();
        psplib::judge(&instances, &mut tally);
        all.take("psplib", tally);
    }
    if folder.join("truth/xlsform").is_dir() {
        let mut tally = Tally::default();
        xlsform::judge(folder, &mut tally);
        all.take("xlsform", tally);
    }
    if folder.join("truth/schedules").is_dir() {
        read_back::judge(folder, &mut all);
        schedules::judge(folder, &mut all);
    }
    all
}

type Judge = fn(&Look, &mut Tally, &str);

/// Sample workbooks as people make them; the sums are the published ones.
const CASES: [(&str, &str, Judge); 5] = [
    ("第七期三个一批项目台账.xlsx", "project", ledger),
    ("莲湖校区倒排工期表.xlsx", "activity", plan),
    ("莲湖街道周报.xlsx", "progress_report", lianhu),
    ("须水街道周报.xlsx", "progress_report", xushui),
    ("2025年1-2月主要经济指标.xlsx", "observation", indicators),
];

fn look(folder: &Path, file: &str, register: &str) -> Result<Look, String> {
    let bytes =
        std::fs::read(folder.join("workbooks").join(file)).map_err(|error| error.to_string())?;
    look_without_district(file, &bytes, register, DAY).map_err(|error| error.to_string())
}

fn text<'a>(look: &'a Look, row: usize, field: &str) -> &'a str {
    look.records
        .get(row)
        .and_then(|record| record.values.get(field))
        .and_then(|value| value.as_str())
        .unwrap_or("missing")
}

fn no_errors(look: &Look, tally: &mut Tally, file: &str) {
    let errors = look
        .findings
        .iter()
        .filter(|finding| finding.severity == ground::Severity::Error)
        .count();
    tally.check(file, "errors", errors, "0");
    let failed = look
        .checks
        .iter()
        .filter(|check| app::verdict_code(check.verdict) == "fails")
        .count();
    tally.check(file, "sums that fail", failed, "0");
}

fn ledger(look: &Look, tally: &mut Tally, file: &str) {
    no_errors(look, tally, file);
    tally.check(file, "projects", look.records.len(), "15");
    for (batch, count, amount) in [
        ("signed", "2", "2"),
        ("started", "6", "31.2"),
        ("commissioned", "7", "29.2"),
    ] {
        let rows: Vec<_> = look
            .records
            .iter()
            .filter(|record| {
                record.values.get("batch").and_then(|value| value.as_str()) == Some(batch)
            })
            .collect();
        tally.check(file, &format!("{batch} count"), rows.len(), count);
        let fen = |record: &&app::imports::LookRecord| {
            record
                .values
                .get("investment_total")
                .and_then(|value| value.as_str())
                .and_then(Fen::from_yuan)
                .map_or(0, |fen| fen.0)
        };
        let sum = Fen(rows.iter().map(fen).sum());
        tally.check(
            file,
            &format!("{batch} 亿元"),
            sum.show(MoneyUnit::YiYuan),
            amount,
        );
    }
    let all: i64 = look
        .records
        .iter()
        .filter_map(|record| Fen::from_yuan(record.values.get("investment_total")?.as_str()?))
        .map(|fen| fen.0)
        .sum();
    tally.check(
        file,
        "总投资 亿元",
        Fen(all).show(MoneyUnit::YiYuan),
        "62.4",
    );
    tally.check(
        file,
        "2023.6.25",
        text(look, 0, "start_planned"),
        "2023-06-25",
    );
    tally.check(
        file,
        "2023年8月25日",
        text(look, 3, "completion_planned"),
        "2023-08-25",
    );
    tally.check(
        file,
        "2023年10月底",
        text(look, 4, "completion_planned"),
        "2023-10-31",
    );
    tally.check(
        file,
        "责任单位",
        text(look, 0, "responsible_unit"),
        "区科技局",
    );
}

fn plan(look: &Look, tally: &mut Tally, file: &str) {
    no_errors(look, tally, file);
    tally.check(file, "activities", look.records.len(), "10");
    tally.check(
        file,
        "project of the title",
        text(look, 0, "project"),
        "郑州外国语中学莲湖校区项目",
    );
    tally.check(
        file,
        "target of the title",
        text(look, 0, "target_date"),
        "2023-08-20",
    );
    tally.check(file, "紧前工作 3", text(look, 2, "predecessors"), "1SS+10");
    tally.check(file, "紧前工作 4", text(look, 3, "predecessors"), "2FS-10");
    tally.check(file, "日历 1", text(look, 0, "calendar"), "site7");
    tally.check(file, "日历 3", text(look, 2, "calendar"), "cn5");
}

fn lianhu(look: &Look, tally: &mut Tally, file: &str) {
    no_errors(look, tally, file);
    tally.check(file, "reports", look.records.len(), "1");
    tally.check(
        file,
        "本周完成投资",
        text(look, 0, "investment_period"),
        "3200000.00",
    );
    tally.check(
        file,
        "年累计完成投资",
        text(look, 0, "investment_year_to_date"),
        "73200000.00",
    );
    tally.check(file, "占年计划", text(look, 0, "year_plan_share"), "28.2");
    let problems = look
        .records
        .first()
        .and_then(|record| record.values.get("problems"))
        .and_then(|value| value.as_array())
        .map_or(0, Vec::len);
    tally.check(file, "problems", problems, "2");
}

fn xushui(look: &Look, tally: &mut Tally, file: &str) {
    no_errors(look, tally, file);
    tally.check(file, "reports", look.records.len(), "2");
    tally.check(
        file,
        "850.5 万元",
        text(look, 0, "investment_period"),
        "8505000.00",
    );
    tally.check(
        file,
        "5000余",
        text(look, 0, "investment_year_to_date"),
        "50000000.00",
    );
    tally.check(
        file,
        "5000余 bound",
        text(look, 0, "investment_year_to_date_bound"),
        "at_least",
    );
    tally.check(
        file,
        "120万",
        text(look, 1, "investment_period"),
        "1200000.00",
    );
}

fn indicators(look: &Look, tally: &mut Tally, file: &str) {
    no_errors(look, tally, file);
    tally.check(
        file,
        "observations (14 × 3 less one that does not apply)",
        look.records.len(),
        "41",
    );
    tally.check(file, "period", text(look, 0, "period"), "2025M01-02");
    tally.check(
        file,
        "first street",
        text(look, 0, "organisation"),
        "林山寨街道",
    );
}
