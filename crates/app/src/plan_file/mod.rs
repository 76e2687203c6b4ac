//! 计划文件: a schedule of P6, of Microsoft Project or of our own text, read, calculated, explained, compared with the
//! dates in it, written in another form. Needs no district.

mod compare;
mod table;

pub use compare::{Comparison, Difference, FieldComparison};
pub use exchange::schedule_file::XerEncoding;

use exchange::schedule_file::{self, ScheduleFile};
use ground::{Date, Finding, Minute, Severity, iso_minutes, minute_of};
use plan::{Dialect, Driver, LagCalendar, Link, Network, Progress, Schedule};
use serde::Serialize;

/// A schedule file and what was calculated from it.
pub struct PlanFile {
    file: ScheduleFile,
    findings: Vec<Finding>,
    schedule: Option<Schedule>,
    drivers: Vec<String>,
}

/// One activity as it is printed; dates are local ISO minutes, floats working minutes of its calendar.
#[derive(Serialize)]
pub struct PlanRow<'a> {
    /// P6 activity code, MSP UID.
    pub id: &'a str,
    /// 最早开始; of a started activity of P6 that of its remaining work.
    pub early_start: String,
    /// 最早完成.
    pub early_finish: String,
    /// 最晚开始.
    pub late_start: String,
    /// 最晚完成.
    pub late_finish: String,
    /// 总时差.
    pub total_float_min: i64,
    /// 自由时差.
    pub free_float_min: i64,
    /// 关键.
    pub critical: bool,
    /// What sets the early date.
    pub driver: &'a str,
}

/// The form in which a plan is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlanForm {
    /// Microsoft Project XML.
    Mspdi,
    /// P6 XER, its text in this encoding.
    Xer(XerEncoding),
    /// A table.
    Csv,
}

impl PlanFile {
    /// Reads the bytes of a file; the name only appears in findings.
    pub fn read(name: &str, bytes: &[u8]) -> PlanFile {
        let (file, findings) = schedule_file::read(name, bytes);
        PlanFile {
            file,
            findings,
            schedule: None,
            drivers: Vec::new(),
        }
    }

    /// What is to be said about the file and the calculation.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// True when one of the findings is an error.
    pub fn has_errors(&self) -> bool {
        let mut all = self.findings.iter();
        all.any(|finding| finding.severity == Severity::Error)
    }

    /// Plans from the target backwards: the finish of that day, else the file's own target, else the computed finish.
    pub fn aim(&mut self, target: Option<Date>) {
        let Some(head) = self.file.projects.first_mut() else {
            return;
        };
        head.from_finish = true;
        let (calendar, own) = (head.calendar, head.must_finish);
        let Some(date) = target else {
            // Of several projects the file has been aimed at the latest already.
            self.file.options.target = self.file.options.target.or(own);
            return;
        };
        let midnight = minute_of(date, 0, 0) + 1440;
        let calendar = self.file.network.calendars.get(calendar);
        let at = calendar.map_or(midnight, |timeline| timeline.previous_finish(midnight));
        self.file.aim_all(at);
    }

    /// Calculates all dates and floats; what makes that impossible becomes findings.
    pub fn schedule(&mut self) {
        let (network, options) = (&self.file.network, &self.file.options);
        let odd = plan::out_of_range(network, options);
        if !odd.is_empty() {
            return self.findings.extend(odd);
        }
        match plan::schedule(network, options) {
            Ok(schedule) => {
                let beyond = plan::beyond_calendars(network, &schedule);
                self.schedule = beyond.is_empty().then_some(schedule);
                self.findings.extend(beyond);
            }
            Err(findings) => self.findings.extend(findings),
        }
    }

    /// Puts into words what sets each date.
    pub fn explain(&mut self) {
        let Some(schedule) = &self.schedule else {
            return;
        };
        let network = &self.file.network;
        let drivers = schedule.driver.iter();
        self.drivers = drivers
            .map(|driver| driver_words(network, *driver))
            .collect();
    }

    /// The activities, in the order of the file; none before the calculation.
    pub fn rows(&self) -> impl Iterator<Item = PlanRow<'_>> {
        let schedule = self.schedule.as_ref();
        schedule.into_iter().flat_map(move |schedule| {
            (0..self.file.ids.len()).map(move |index| self.row(schedule, index))
        })
    }

    fn row<'a>(&'a self, schedule: &Schedule, index: usize) -> PlanRow<'a> {
        PlanRow {
            id: &self.file.ids[index],
            early_start: iso_minutes(self.early_start(schedule, index)),
            early_finish: iso_minutes(schedule.early_finish[index]),
            late_start: iso_minutes(schedule.late_start[index]),
            late_finish: iso_minutes(schedule.late_finish[index]),
            total_float_min: schedule.total_float[index],
            free_float_min: schedule.free_float[index],
            critical: schedule.critical[index],
            driver: self.drivers.get(index).map_or("", String::as_str),
        }
    }

    /// P6 calls the start of the remaining work early start; Project keeps the actual one.
    fn early_start(&self, schedule: &Schedule, index: usize) -> Minute {
        let started = matches!(
            self.file.network.activities[index].progress,
            Progress::Started { .. }
        );
        match self.file.options.dialect {
            Dialect::P6 if started => schedule.remaining_start[index],
            _ => schedule.early_start[index],
        }
    }

    /// The plan in another form; what cannot be said there joins the findings. `None` before the calculation.
    pub fn write(&mut self, form: PlanForm) -> Option<Vec<u8>> {
        let schedule = self.schedule.as_ref()?;
        let (bytes, findings) = match form {
            PlanForm::Mspdi => schedule_file::write_mspdi(&self.file, schedule),
            PlanForm::Xer(encoding) => {
                let (bytes, mut findings) =
                    schedule_file::write_xer_as(&self.file, schedule, encoding);
                findings.push(encoding_told(encoding));
                (bytes, findings)
            }
            PlanForm::Csv => (self.csv(), Vec::new()),
        };
        self.findings.extend(findings);
        Some(bytes)
    }
}

/// Names the encoding of a written file, which says nothing of it itself.
fn encoding_told(encoding: XerEncoding) -> Finding {
    let remedy = match encoding {
        XerEncoding::Gbk => {
            "P6 Professional 中文版照此读取；别的程序读出乱码时，请用 --encoding utf-8 重写"
        }
        XerEncoding::Utf8 => "P6 Professional 中文版读出乱码时，请用 --encoding gbk 重写",
    };
    let problem = format!("文字按 {} 编码写出", encoding.label());
    Finding::info("xer.encoding", "XER", problem, remedy)
}

/// What sets a date, in a few words: a link as people write it, a constraint, the data date.
fn driver_words(network: &Network, driver: Driver) -> String {
    match driver {
        Driver::ProjectStart => "项目开始日期".to_owned(),
        Driver::DataDate => "数据日期".to_owned(),
        Driver::Actual => "实际日期".to_owned(),
        Driver::Link(index) => network.links.get(index).map_or_else(String::new, |link| {
            format!("前置 {}", link_words(network, link))
        }),
        Driver::Constraint(kind) => {
            let (before, after) = kind.words();
            format!("限制条件：{before}…{after}")
        }
        Driver::Deadline => "目标时限".to_owned(),
        Driver::Target => "项目目标日期".to_owned(),
        Driver::Fixed => "手动排定".to_owned(),
        Driver::Delay => "资源调配推迟".to_owned(),
        Driver::ExpectedFinish => "预计完成日期".to_owned(),
        Driver::Late => "尽量晚排".to_owned(),
        Driver::Rollup => "汇总的工作".to_owned(),
        Driver::ProjectFinish => "项目计算完成".to_owned(),
    }
}

/// `A1010FS+5天`: days of the calendar the lag is counted on, hours where it is no whole day.
fn link_words(network: &Network, link: &Link) -> String {
    let code = &network.activities[link.from].code;
    let kind = link.kind.code();
    if link.lag == 0 {
        return format!("{code}{kind}");
    }
    let of = |activity: usize| {
        network.calendars[network.activities[activity].calendar].minutes_per_day()
    };
    let (day, word) = match link.lag_calendar {
        LagCalendar::Elapsed => (1440, "自然日"),
        LagCalendar::Predecessor => (of(link.from), "天"),
        LagCalendar::Successor => (of(link.to), "天"),
        LagCalendar::Of(calendar) => (network.calendars[calendar].minutes_per_day(), "天"),
    };
    match link.lag % day {
        0 => format!("{code}{kind}{:+}{word}", link.lag / day),
        _ => format!(
            "{code}{kind}{:+}小时",
            (link.lag as f64 / 6.0).round() / 10.0
        ),
    }
}
