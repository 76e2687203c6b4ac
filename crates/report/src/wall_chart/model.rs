//! What a wall chart is made of before anything has a position.

use std::collections::BTreeMap;

use ground::Date;

/// 挂图. One sheet: groups of projects on one time axis.
#[derive(Clone, PartialEq, Debug)]
pub struct WallChart {
    /// 图名, as `中原区第七期“三个一批”重点项目挂图`.
    pub title: String,
    /// Counts and sums under the title, ready text: `15 个项目`, `总投资 62.4 亿元`.
    pub facts: Vec<String>,
    /// 今日.
    pub today: Date,
    /// 数据截至, ready text: `2023年3月10日 08:00`. May be empty.
    pub as_of: String,
    /// Where the data come from, ready text. May be empty.
    pub note: String,
    /// 填报单位. May be empty.
    pub filler: String,
    /// Groups from top to bottom.
    pub groups: Vec<Group>,
    /// Dependencies between bars. A link whose bar is not there is left out.
    pub links: Vec<Link>,
    /// 休息日. Days without work, with the holiday's name or an empty text for a plain rest day.
    pub days_off: BTreeMap<Date, String>,
}

/// 分组, as 签约一批.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Group {
    /// Name.
    pub label: String,
    /// Count and sum, ready text: `6 个项目 · 31.2 亿元`.
    pub note: String,
    /// Projects from top to bottom.
    pub rows: Vec<Row>,
}

/// One project's row.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Row {
    /// Id of the project, given back with every bar.
    pub project_id: String,
    /// 序. May be empty.
    pub order_no: String,
    /// 灯.
    pub light: Light,
    /// A word of the business in place of the light's own (临期, 逾期, 办理中).
    pub light_word: Option<String>,
    /// 项目.
    pub name: String,
    /// 牵头单位.
    pub unit: String,
    /// Bars of the row. Bars that overlap are put on lanes one under the other.
    pub bars: Vec<Bar>,
    /// 目标.
    pub target: Option<Target>,
    /// 预计.
    pub verdict: Option<Verdict>,
    /// Chosen by the user: tinted, its links to other rows are shown.
    pub selected: bool,
    /// Activities of an opened project, one per line; empty when it is closed.
    pub sub_rows: Vec<SubRow>,
}

/// One activity of an opened project, on its own line.
#[derive(Clone, PartialEq, Debug)]
pub struct SubRow {
    /// Code or number of the activity. May be empty.
    pub order_no: String,
    /// 责任单位. May be empty.
    pub unit: String,
    /// Level under the project, 0 for the first.
    pub depth: u8,
    /// Its bar; name and light of the line are the bar's.
    pub bar: Bar,
    /// 预计.
    pub verdict: Option<Verdict>,
}

/// 工序条.
#[derive(Clone, PartialEq, Debug)]
pub struct Bar {
    /// Id of the activity.
    pub activity_id: String,
    /// Name.
    pub name: String,
    /// First day, inclusive.
    pub first: Date,
    /// Last day, inclusive. Earlier than `first` is read as `first`.
    pub last: Date,
    /// How far it is.
    pub state: BarState,
    /// 完成率 in hundredths of a percent, 0..=10000; outside is read as the nearest end.
    pub percent_hundredths: i64,
    /// 灯.
    pub light: Light,
    /// 关键线路.
    pub critical: bool,
    /// 预计完成. Last day by forecast; drawn when later than `last`.
    pub forecast_last: Option<Date>,
    /// 原计划. First and last day before the plan was changed.
    pub ghost: Option<(Date, Date)>,
}

/// How far an activity is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BarState {
    /// 已完成.
    Done,
    /// 进行中.
    Running,
    /// 未开始.
    Ahead,
}

/// 灯. Shape, word and colour go together; colour never stands alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Light {
    /// 正常: circle with tick.
    Green,
    /// 预警: triangle with exclamation mark.
    Yellow,
    /// 滞后: square with bar.
    Red,
    /// 已完成: circle with tick, neutral.
    Done,
    /// 未到: open circle.
    #[default]
    Grey,
}

impl Light {
    /// Worst first, as sums of a group are read.
    pub const ALL: [Light; 5] = [
        Light::Green,
        Light::Yellow,
        Light::Red,
        Light::Done,
        Light::Grey,
    ];

    /// The word that a reading aid speaks.
    pub const fn word(self) -> &'static str {
        match self {
            Light::Green => "正常",
            Light::Yellow => "预警",
            Light::Red => "滞后",
            Light::Done => "完成",
            Light::Grey => "未到",
        }
    }

    /// Class name in SVG.
    pub const fn code(self) -> &'static str {
        match self {
            Light::Green => "green",
            Light::Yellow => "yellow",
            Light::Red => "red",
            Light::Done => "done",
            Light::Grey => "grey",
        }
    }
}

/// 目标.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// 开工, 投产, 交付 …
    pub kind: String,
    /// The day, inclusive.
    pub date: Date,
}

/// 预计, as `晚 17 天`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Ready text.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// How a verdict is meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tone {
    /// 早.
    Good,
    /// 准时.
    Plain,
    /// 晚, within the yellow limit.
    Warning,
    /// 晚, beyond it.
    Bad,
}

/// Where a bar stands in the chart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct BarAt {
    /// Index of the group.
    pub group: usize,
    /// Index of the row in the group.
    pub row: usize,
    /// Index of the sub row, none for a bar of the project's own row.
    pub sub_row: Option<usize>,
    /// Index of the bar in the row; 0 in a sub row.
    pub bar: usize,
}

/// A dependency. Inside one line neighbours speak for themselves; only links between lines are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Link {
    /// The bar that comes first.
    pub from: BarAt,
    /// The bar that waits.
    pub to: BarAt,
    /// Which ends are tied.
    pub kind: LinkKind,
}

/// Which ends of two bars are tied.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LinkKind {
    /// 完成—开始.
    FinishStart,
    /// 开始—开始.
    StartStart,
    /// 完成—完成.
    FinishFinish,
    /// 开始—完成.
    StartFinish,
}

impl WallChart {
    /// The bar a link speaks of.
    pub fn bar(&self, at: BarAt) -> Option<&Bar> {
        let row = self.groups.get(at.group)?.rows.get(at.row)?;
        match at.sub_row {
            None => row.bars.get(at.bar),
            Some(sub_row) => row.sub_rows.get(sub_row).map(|sub_row| &sub_row.bar),
        }
    }

    /// Every day on which something is drawn, without today.
    pub(crate) fn dates(&self) -> impl Iterator<Item = Date> {
        let rows = self.groups.iter().flat_map(|group| &group.rows);
        rows.flat_map(|row| {
            let bars = row
                .bars
                .iter()
                .chain(row.sub_rows.iter().map(|sub_row| &sub_row.bar));
            let days = bars.flat_map(|bar| {
                let ghost = bar
                    .ghost
                    .map_or([None, None], |(one, two)| [Some(one), Some(two)]);
                [Some(bar.first), Some(bar.last), bar.forecast_last]
                    .into_iter()
                    .chain(ghost)
                    .flatten()
            });
            days.chain(row.target.as_ref().map(|target| target.date))
        })
    }
}

impl Bar {
    /// Last day, never before the first.
    pub fn last_day(&self) -> Date {
        self.last.max(self.first)
    }

    /// Finished share, 0 to 1.
    pub fn share(&self) -> f32 {
        match self.state {
            BarState::Done => 1.0,
            BarState::Ahead => 0.0,
            BarState::Running => self.percent_hundredths.clamp(0, 10_000) as f32 / 10_000.0,
        }
    }

    /// The forecast, if it is later than the plan and the work is not done.
    pub fn slip(&self) -> Option<Date> {
        let later = self.forecast_last.filter(|day| *day > self.last_day());
        later.filter(|_| self.state != BarState::Done)
    }

    /// Writes what a reading aid speaks: `桩基工程 1月28日至3月1日 完成62% 滞后`.
    /// Dates of `this_year` go without the year.
    pub fn describe(&self, this_year: i16, out: &mut String) {
        use std::fmt::Write as _;
        out.push_str(&self.name);
        out.push(' ');
        spoken(self.first, this_year, out);
        out.push('至');
        spoken(self.last_day(), this_year, out);
        match self.state {
            BarState::Done => out.push_str(" 已完成"),
            BarState::Ahead => out.push_str(" 未开始"),
            BarState::Running => {
                let percent = self.percent_hundredths.clamp(0, 10_000);
                let _ = match percent % 100 {
                    0 => write!(out, " 完成{}%", percent / 100),
                    part if part % 10 == 0 => write!(out, " 完成{}.{}%", percent / 100, part / 10),
                    part => write!(out, " 完成{}.{part:02}%", percent / 100),
                };
            }
        }
        if !matches!(self.light, Light::Grey | Light::Done) {
            out.push(' ');
            out.push_str(self.light.word());
        }
        if let Some(forecast) = self.slip() {
            out.push_str(" 预计延至");
            spoken(forecast, this_year, out);
        }
        if self.critical && self.state != BarState::Done {
            out.push_str(" 关键线路");
        }
    }
}

fn spoken(date: Date, this_year: i16, out: &mut String) {
    if date.year() != this_year {
        number(i32::from(date.year()), out);
        out.push('年');
    }
    number(i32::from(date.month()), out);
    out.push('月');
    number(i32::from(date.day()), out);
    out.push('日');
}

/// Small whole numbers without the formatting machinery: labels of 60,000 bars are written at once.
pub(crate) fn number(value: i32, out: &mut String) {
    if value < 0 {
        out.push('-');
    }
    let value = value.unsigned_abs();
    if value >= 10 {
        number((value / 10) as i32, out);
    }
    out.push(char::from(b'0' + (value % 10) as u8));
}

/// `3/10`, or `2024/3/10` in another year: the short writing of the chart.
pub(crate) fn short_date(date: Date, this_year: i16) -> String {
    let mut text = String::new();
    if date.year() != this_year {
        number(i32::from(date.year()), &mut text);
        text.push('/');
    }
    number(i32::from(date.month()), &mut text);
    text.push('/');
    number(i32::from(date.day()), &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar() -> Bar {
        Bar {
            activity_id: "7".into(),
            name: "桩基工程".into(),
            first: Date::constant(2023, 1, 28),
            last: Date::constant(2023, 3, 1),
            state: BarState::Running,
            percent_hundredths: 6200,
            light: Light::Red,
            critical: false,
            forecast_last: None,
            ghost: None,
        }
    }

    #[track_caller]
    fn check(bar: &Bar, expect: &str) {
        let mut text = String::new();
        bar.describe(2023, &mut text);
        assert_eq!(text, expect);
    }

    #[test]
    fn a_bar_says_name_days_share_and_light() {
        check(&bar(), "桩基工程 1月28日至3月1日 完成62% 滞后");
    }

    #[test]
    fn a_bar_says_its_forecast_and_the_critical_path() {
        let forecast_last = Some(Date::constant(2024, 3, 18));
        let bar = Bar {
            critical: true,
            forecast_last,
            percent_hundredths: 6250,
            ..bar()
        };
        check(
            &bar,
            "桩基工程 1月28日至3月1日 完成62.5% 滞后 预计延至2024年3月18日 关键线路",
        );
    }

    #[test]
    fn a_finished_bar_has_no_slip() {
        let forecast_last = Some(Date::constant(2023, 3, 18));
        let bar = Bar {
            state: BarState::Done,
            light: Light::Done,
            forecast_last,
            ..bar()
        };
        check(&bar, "桩基工程 1月28日至3月1日 已完成");
    }

    #[test]
    fn days_in_the_wrong_order_are_one_day() {
        let bar = Bar {
            last: Date::constant(2022, 1, 1),
            ..bar()
        };
        assert_eq!(bar.last_day(), bar.first);
    }
}
