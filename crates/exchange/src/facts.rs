//! What the rows above a table say: title, unit, as-of day, who filled it in, round, target, period, project.
//! Each fact keeps the place it was read at. Which field a fact becomes is left to `read`.

use ground::{Date, MoneyUnit, Period};

use crate::moments::{self, Span};
use crate::words::{self, label, narrow};

/// A fact and the cell it stands in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact<T> {
    /// What was read.
    pub value: T,
    /// `第七期!G2`.
    pub place: String,
}

/// 目标. The day a plan ends, and with what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The day.
    pub date: Date,
    /// 交付, 开工, 竣工, 投产 … as written; empty when nothing stands behind the day.
    pub kind: String,
}

/// Everything read above (and in the notes below) a table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// 标题, as written.
    pub title: Option<Fact<String>>,
    /// 金额单位 of the whole sheet.
    pub unit: Option<Fact<MoneyUnit>>,
    /// Every word of the unit row: 万元, %.
    pub unit_words: Vec<String>,
    /// 截至.
    pub as_of: Option<Fact<Date>>,
    /// 填报单位.
    pub filler: Option<Fact<String>>,
    /// 街道 or department named in the title.
    pub organisation: Option<Fact<String>>,
    /// 第N期.
    pub round: Option<Fact<u32>>,
    /// 目标 date and kind.
    pub target: Option<Fact<Target>>,
    /// 报告期; the span of days, and the period if it is one.
    pub span: Option<Fact<Span>>,
    /// The project named in the title or behind 项目名称:.
    pub project: Option<Fact<String>>,
    /// All texts above the table and its notes, with places, in order.
    pub texts: Vec<Fact<String>>,
}

impl Facts {
    /// The reporting period, if the title names one of the calendar.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        self.span.as_ref().and_then(|s| s.value.period)
    }

    /// Takes in one text; the first text that tells a fact wins.
    pub(crate) fn read(&mut self, text: &str, place: &str) {
        self.texts.push(Fact {
            value: text.to_string(),
            place: place.to_string(),
        });
        for (key, value) in pairs(text) {
            self.read_pair(key, &value, place);
        }
        keep(
            &mut self.as_of,
            moments::day_after(text, &["截至", "截止"]).map(|(day, _)| day),
            place,
        );
        keep(&mut self.target, target_in(text), place);
        keep(&mut self.span, moments::period_in(text), place);
        keep(&mut self.round, round_in(text), place);
    }

    /// Takes in the title: what only a title tells.
    pub(crate) fn read_title(&mut self, text: &str, place: &str) {
        keep(&mut self.title, Some(text.trim().to_string()), place);
        keep(&mut self.organisation, organisation_in(text), place);
        keep(&mut self.project, project_in(text), place);
    }

    fn read_pair(&mut self, key: Key, value: &str, place: &str) {
        match key {
            Key::Unit => self.read_unit(value, place),
            Key::Filler => keep(&mut self.filler, organisation_value(value), place),
            Key::AsOf => match moments::period_in(value).filter(|span| span.days_written) {
                Some(span) => keep(&mut self.span, Some(span), place),
                None => keep(&mut self.as_of, moments::day_in(value), place),
            },
            Key::Project => keep(
                &mut self.project,
                Some(value.to_string()).filter(|v| !v.is_empty()),
                place,
            ),
            Key::Period => keep(&mut self.span, moments::period_in(value), place),
            Key::Other => {}
        }
    }

    /// `单位:万元、%` is a unit, `单位:区发改委` is who filled it in.
    fn read_unit(&mut self, value: &str, place: &str) {
        let value = label(value.split(')').next().unwrap_or(value));
        let measures: Vec<&str> = words::unit_words(&value)
            .filter(|w| words::is_measure(w))
            .collect();
        if measures.is_empty() {
            keep(&mut self.filler, organisation_value(&value), place);
            return;
        }
        keep(
            &mut self.unit,
            measures.iter().find_map(|w| words::money_unit(w)),
            place,
        );
        self.unit_words
            .extend(measures.into_iter().map(String::from));
    }
}

fn keep<T>(slot: &mut Option<Fact<T>>, value: Option<T>, place: &str) {
    if let (None, Some(value)) = (&slot, value) {
        *slot = Some(Fact {
            value,
            place: place.to_string(),
        });
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Key {
    Unit,
    Filler,
    AsOf,
    Project,
    Period,
    Other,
}

/// Words before a colon, longer ones first so that 填报单位 is not taken for 单位.
const KEYS: [(&str, Key); 51] = [
    ("建设单位负责人", Key::Other),
    ("单位负责人", Key::Other),
    ("截至日期", Key::AsOf),
    ("截止日期", Key::AsOf),
    ("截止时间", Key::AsOf),
    ("截至时间", Key::AsOf),
    ("数据截至", Key::AsOf),
    ("统计时间", Key::AsOf),
    ("填报时间", Key::AsOf),
    ("填报日期", Key::AsOf),
    ("报送时间", Key::AsOf),
    ("报送日期", Key::AsOf),
    ("制表日期", Key::AsOf),
    ("制表时间", Key::AsOf),
    ("金额单位", Key::Unit),
    ("计量单位", Key::Unit),
    ("货币单位", Key::Unit),
    ("数据单位", Key::Unit),
    ("填报单位", Key::Filler),
    ("报送单位", Key::Filler),
    ("编制单位", Key::Filler),
    ("制表单位", Key::Filler),
    ("填表单位", Key::Filler),
    ("上报单位", Key::Filler),
    ("填报部门", Key::Filler),
    ("报送部门", Key::Filler),
    ("责任单位", Key::Other),
    ("建设单位", Key::Other),
    ("施工单位", Key::Other),
    ("监理单位", Key::Other),
    ("牵头单位", Key::Other),
    ("业主单位", Key::Other),
    ("联系电话", Key::Other),
    ("项目名称", Key::Project),
    ("工程名称", Key::Project),
    ("填报人", Key::Other),
    ("填表人", Key::Other),
    ("制表人", Key::Other),
    ("审核人", Key::Other),
    ("负责人", Key::Other),
    ("联系人", Key::Other),
    ("报告期", Key::Period),
    ("统计期", Key::Period),
    ("分管领导", Key::Other),
    ("截至", Key::AsOf),
    ("截止", Key::AsOf),
    ("单位", Key::Unit),
    ("日期", Key::AsOf),
    ("时间", Key::AsOf),
    ("电话", Key::Other),
    ("目标", Key::Other),
];

/// `key:value` pairs of a text; a value ends at the next key, at a wide gap or at the end of its line.
fn pairs(text: &str) -> Vec<(Key, String)> {
    let chars: Vec<char> = text.chars().map(narrow).collect();
    let mut found: Vec<(Key, usize, usize)> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match key_at(&chars, at) {
            Some((key, value_at)) => {
                found.push((key, at, value_at));
                at = value_at;
            }
            None => at += 1,
        }
    }
    let ends = found
        .iter()
        .skip(1)
        .map(|f| f.1)
        .chain([chars.len()])
        .collect::<Vec<_>>();
    found
        .iter()
        .zip(ends)
        .map(|(&(key, _, from), to)| (key, value_of(&chars[from..to])))
        .collect()
}

fn key_at(chars: &[char], at: usize) -> Option<(Key, usize)> {
    KEYS.iter().find_map(|(word, key)| {
        let mut end = at;
        for c in word.chars() {
            // 单 位: and the like: people pad short words with spaces.
            while end > at
                && chars
                    .get(end)
                    .is_some_and(|c| words::is_space(*c) && *c != '\n')
            {
                end += 1;
            }
            if chars.get(end) != Some(&c) {
                return None;
            }
            end += 1;
        }
        while chars
            .get(end)
            .is_some_and(|c| words::is_space(*c) && *c != '\n')
        {
            end += 1;
        }
        (chars.get(end) == Some(&':')).then_some((*key, end + 1))
    })
}

fn value_of(chars: &[char]) -> String {
    let text: String = chars.iter().collect();
    let text = text.trim_start_matches(words::is_space);
    let gap = ["  ", "\u{3000}", "\n", "\t"]
        .iter()
        .filter_map(|g| text.find(g))
        .min()
        .unwrap_or(text.len());
    text[..gap]
        .trim_end_matches(|c| words::is_space(c) || matches!(c, '(' | ',' | ';' | '、'))
        .to_string()
}

fn organisation_value(value: &str) -> Option<String> {
    let name = label(value.split(['(', ')', ',', ';']).next().unwrap_or(value));
    let fits =
        (2..=30).contains(&name.chars().count()) && !name.chars().all(|c| c == '_' || c == '-');
    fits.then_some(name)
}

/// 第七期, 第 12 期.
pub(crate) fn round_in(text: &str) -> Option<u32> {
    let text = label(text);
    let (_, behind) = text.split_once('第')?;
    let (number, _) = behind.split_once('期')?;
    number
        .parse()
        .ok()
        .or_else(|| chinese_number(number))
        .filter(|n| (1..1000).contains(n))
}

/// 七, 十二, 二十一.
fn chinese_number(text: &str) -> Option<u32> {
    const DIGITS: &str = "一二三四五六七八九";
    let digit = |c: char| DIGITS.chars().position(|d| d == c).map(|p| p as u32 + 1);
    let chars: Vec<char> = text.chars().collect();
    match chars.as_slice() {
        ['十'] => Some(10),
        ['十', one] => Some(10 + digit(*one)?),
        [ten, '十'] => Some(digit(*ten)? * 10),
        [ten, '十', one] => Some(digit(*ten)? * 10 + digit(*one)?),
        [one] => digit(*one),
        _ => None,
    }
}

fn target_in(text: &str) -> Option<Target> {
    const KINDS: [&str; 10] = [
        "开工", "竣工", "投产", "交付", "完工", "验收", "通车", "封顶", "投用", "开业",
    ];
    let (date, rest) = moments::day_after(text, &["目标", "确保"])?;
    let kind = KINDS
        .iter()
        .find(|k| rest.contains(**k))
        .map_or_else(String::new, |k| (*k).to_string());
    Some(Target { date, kind })
}

/// The 街道 or department a title opens with: 莲湖街道重点项目进展周报 is 莲湖街道's.
fn organisation_in(title: &str) -> Option<String> {
    let title = label(title.split(['(', '(']).next().unwrap_or(title));
    for ending in ["街道办事处", "街道", "办事处"] {
        if let Some(at) = title.find(ending) {
            let name = &title[..at + ending.len()];
            let short = (3..=12).contains(&name.chars().count())
                && !name.contains(['各', '年', '月', '第']);
            return short.then(|| name.to_string());
        }
    }
    let chars: Vec<char> = title.chars().take(12).collect();
    let end = chars
        .iter()
        .position(|c| matches!(c, '局' | '委' | '办' | '镇' | '乡'))?;
    let name: String = chars[..=end].iter().collect();
    let is_unit =
        name.starts_with(['区', '市', '县']) || name.contains('区') || name.ends_with(['镇', '乡']);
    ((2..=10).contains(&(end + 1)) && is_unit && !name.contains(['第', '年', '月'])).then_some(name)
}

/// The project a plan's title names: 郑州外国语中学莲湖校区项目倒排工期表 plans that project.
fn project_in(title: &str) -> Option<String> {
    const SHEETS: [&str; 12] = [
        "倒排工期计划表",
        "倒排工期表",
        "倒排计划表",
        "倒排工期",
        "倒排计划",
        "施工进度计划表",
        "施工进度计划",
        "进度计划表",
        "推进计划表",
        "工期计划表",
        "节点计划表",
        "工期表",
    ];
    let title = label(title.split(['(', '(']).next().unwrap_or(title));
    let at = SHEETS.iter().filter_map(|s| title.find(s)).min()?;
    let name = title[..at].trim_matches(['“', '”', '"', '《', '》', ':', '-', '—']);
    let general = ["重点项目", "三个一批", "各项目", "建设项目"]
        .iter()
        .any(|g| name.ends_with(g) && name.chars().count() <= 12);
    (name.chars().count() >= 4 && !general).then(|| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(texts: &[&str]) -> Facts {
        let mut facts = Facts::default();
        for text in texts {
            facts.read(text, "表!A1");
        }
        facts.read_title(texts[0], "表!A1");
        facts
    }

    #[test]
    fn a_unit_row_tells_unit_day_and_filler() {
        let f = facts(&[
            "某区第七期“三个一批”项目台账",
            "填报单位:区发改委(演示数据:分批合计一致)",
            "单位:亿元    截至:2023年1月28日",
        ]);
        assert_eq!(f.round.map(|r| r.value), Some(7));
        assert_eq!(f.filler.map(|r| r.value).as_deref(), Some("区发改委"));
        assert_eq!(f.unit.map(|r| r.value), Some(MoneyUnit::YiYuan));
        assert_eq!(
            f.as_of.map(|r| r.value.to_string()).as_deref(),
            Some("2023-01-28")
        );
        assert_eq!(f.span, None);
    }

    #[test]
    fn a_weekly_title_tells_organisation_and_week() {
        let f = facts(&[
            "莲湖街道重点项目进展周报(2023年3月6日—3月10日)",
            "填报人:        联系电话:        金额单位:万元",
        ]);
        assert_eq!(
            f.organisation.as_ref().map(|r| r.value.as_str()),
            Some("莲湖街道")
        );
        assert_eq!(f.period().map(Period::code).as_deref(), Some("2023W10"));
        assert_eq!(f.unit.map(|r| r.value), Some(MoneyUnit::WanYuan));
        assert_eq!(f.filler, None);
    }

    #[test]
    fn a_plan_title_tells_project_and_target() {
        let f = facts(&["某某中学东校区项目倒排工期表(目标:2023年8月20日交付)"]);
        assert_eq!(
            f.project.map(|r| r.value).as_deref(),
            Some("某某中学东校区项目")
        );
        let target = f.target.expect("target").value;
        assert_eq!(
            (target.date.to_string().as_str(), target.kind.as_str()),
            ("2023-08-20", "交付")
        );
    }

    #[test]
    fn units_in_brackets_and_organisations_behind_the_same_word_differ() {
        assert_eq!(facts(&["表", "(单位:万元、%)"]).unit_words, ["万元", "%"]);
        let f = facts(&["表", "单 位:某街道办事处"]);
        assert_eq!(f.filler.map(|r| r.value).as_deref(), Some("某街道办事处"));
        assert_eq!(f.unit, None);
    }

    #[test]
    fn general_titles_name_no_project_and_no_unit() {
        let f = facts(&["2025年1—2月份主要经济指标完成情况(演示数据)"]);
        assert_eq!((f.project, f.organisation), (None, None));
        assert_eq!(facts(&["全区重点项目倒排工期表"]).project, None);
        assert_eq!(round_in("第十二期项目"), Some(12));
        assert_eq!(round_in("第二十一期"), Some(21));
        assert_eq!(round_in("第一季度"), None);
    }
}
