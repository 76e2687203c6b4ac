//! What type a column has, judged by its head and by what stands in it. Order of judgement: a drop-down list, then
//! codes with a check digit, then dates, money, percents, numbers, then the shape of the texts.

use std::collections::BTreeMap;

use ground::{Date, MoneyUnit, check_citizen_id, check_uscc, parse_number};
use register::read_date;

/// Share of filled cells (in percent) that must agree before a type is believed; the rest are findings at import.
const AGREE: usize = 90;
/// A column with at most this many different texts, each used several times, is a code list.
const OPTIONS_MAX: usize = 12;
/// A year for dates written without one; only whether they are dates is asked here.
const ANY_DAY: Date = Date::constant(2024, 1, 1);
/// Texts longer than this need a field of several lines.
const LONG: usize = 60;

/// What a column seems to hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ColumnKind {
    /// One line of text.
    Text,
    /// Several lines.
    LongText,
    /// Whole numbers.
    Int,
    /// Numbers with a point, digits after it.
    Decimal(u8),
    /// Money in a unit.
    Money(MoneyUnit),
    /// Percent.
    Percent,
    /// Yes and no.
    Bool,
    /// Dates.
    Date,
    /// One of a list.
    Code(Vec<String>),
    /// Telephone numbers.
    Phone,
    /// Citizen numbers.
    IdCard,
    /// Credit codes.
    Uscc,
    /// Names of organisations.
    Org,
    /// Names of people.
    Person,
}

/// A column as the judge sees it.
pub(super) struct Evidence<'a> {
    pub label: &'a str,
    pub unit: Option<MoneyUnit>,
    pub percent: bool,
    /// Filled cells, as people see them.
    pub texts: &'a [String],
    /// Cells that the file itself marks as dates.
    pub dated: usize,
    /// Cells that the file itself marks as percents.
    pub percents: usize,
    /// Options of the drop-down list on the column.
    pub options: Option<Vec<String>>,
}

/// The type and why, in Chinese.
pub(super) fn judge(evidence: &Evidence) -> (ColumnKind, String) {
    let told = by_list(evidence)
        .or_else(|| by_codes(evidence))
        .or_else(|| by_dates(evidence))
        .or_else(|| by_numbers(evidence));
    told.or_else(|| by_head(evidence))
        .or_else(|| by_repetition(evidence))
        .unwrap_or_else(|| by_length(evidence))
}

fn by_list(evidence: &Evidence) -> Option<(ColumnKind, String)> {
    let options = evidence.options.clone().filter(|o| !o.is_empty())?;
    let why = format!("单元格带下拉列表，共 {} 项", options.len());
    if is_yes_no(&options) {
        return Some((ColumnKind::Bool, why));
    }
    Some((ColumnKind::Code(options), why))
}

fn is_yes_no(options: &[String]) -> bool {
    const WORDS: [&str; 10] = ["是", "否", "有", "无", "√", "×", "已", "未", "Y", "N"];
    options.len() <= 2 && options.iter().all(|o| WORDS.contains(&o.as_str()))
}

/// Whether nearly all filled cells pass.
fn most(texts: &[String], test: impl Fn(&str) -> bool) -> bool {
    let good = texts.iter().filter(|t| test(t.trim())).count();
    !texts.is_empty() && good * 100 >= texts.len() * AGREE
}

fn by_codes(evidence: &Evidence) -> Option<(ColumnKind, String)> {
    let texts = evidence.texts;
    let label = evidence.label;
    let citizen = label.contains("身份证");
    if citizen && texts.is_empty() || most(texts, |t| check_citizen_id(t).is_ok()) {
        return Some((
            ColumnKind::IdCard,
            "公民身份号码（GB 11643），按敏感字段遮盖".into(),
        ));
    }
    if label.contains("信用代码") || most(texts, |t| check_uscc(t).is_ok()) {
        return Some((ColumnKind::Uscc, "统一社会信用代码（GB 32100）".into()));
    }
    let mobile = |t: &str| {
        let digits = t.chars().filter(char::is_ascii_digit).count();
        (7..=12).contains(&digits) && t.chars().all(|c| c.is_ascii_digit() || "-() ".contains(c))
    };
    let head = ["电话", "手机", "联系方式"]
        .iter()
        .any(|w| label.contains(w));
    let long = |t: &str| t.len() == 11 && t.starts_with('1') && mobile(t);
    (head && (texts.is_empty() || most(texts, mobile)) || most(texts, long))
        .then(|| (ColumnKind::Phone, "电话号码".into()))
}

fn by_dates(evidence: &Evidence) -> Option<(ColumnKind, String)> {
    let texts = evidence.texts;
    if !texts.is_empty() && evidence.dated * 100 >= texts.len() * AGREE {
        return Some((ColumnKind::Date, "单元格是日期格式".into()));
    }
    let head = ["日期", "时间", "时限", "期限", "有效期"]
        .iter()
        .any(|w| evidence.label.contains(w));
    let dates = |t: &str| t.chars().any(|c| c.is_ascii_digit()) && read_date(t, ANY_DAY).is_ok();
    if head && (texts.is_empty() || most(texts, dates)) {
        return Some((ColumnKind::Date, "表头和内容都是日期".into()));
    }
    None
}

fn by_numbers(evidence: &Evidence) -> Option<(ColumnKind, String)> {
    let texts = evidence.texts;
    let number = |t: &str| parse_number(t.trim_end_matches('%')).is_ok();
    if let Some(unit) = evidence.unit
        && (texts.is_empty() || most(texts, |t| t.chars().any(|c| c.is_ascii_digit())))
    {
        return Some((ColumnKind::Money(unit), format!("表头写明{}", unit.label())));
    }
    let percents = most(texts, |t| t.ends_with('%') && number(t));
    if percents
        || !texts.is_empty() && evidence.percents * 100 >= texts.len() * AGREE
        || evidence.percent && (texts.is_empty() || most(texts, number))
    {
        return Some((ColumnKind::Percent, "百分数".into()));
    }
    if !most(texts, number) || is_label_number(evidence) {
        return None;
    }
    let digits = texts
        .iter()
        .filter_map(|t| t.trim().split_once('.'))
        .map(|(_, d)| d.len())
        .max();
    Some(match digits {
        None => (ColumnKind::Int, "都是整数".into()),
        Some(n) => {
            let n = u8::try_from(n.clamp(1, 6)).unwrap_or(6);
            (ColumnKind::Decimal(n), format!("数，最多 {n} 位小数"))
        }
    })
}

/// 编号, 代码 and numbers with leading zeros are names, not quantities.
fn is_label_number(evidence: &Evidence) -> bool {
    ["编号", "代码", "编码", "号码", "证号"]
        .iter()
        .any(|w| evidence.label.contains(w))
        || evidence
            .texts
            .iter()
            .any(|t| t.len() > 1 && t.starts_with('0') && !t.contains('.'))
        || evidence.texts.iter().any(|t| t.len() > 15)
}

fn by_head(evidence: &Evidence) -> Option<(ColumnKind, String)> {
    let label = evidence.label;
    let has = |words: &[&str]| words.iter().any(|w| label.contains(w));
    let short = evidence.texts.iter().all(|t| t.chars().count() <= 20);
    if has(&["单位", "街道", "属地", "部门", "社区", "牵头", "主管"])
        && short
        && !has(&["名称", "企业", "建设单位", "施工单位", "监理", "设计"])
    {
        return Some((
            ColumnKind::Org,
            "表头说的是机构；导入时在机构名录里认名，认不出的留作名称".into(),
        ));
    }
    if has(&[
        "责任人",
        "负责人",
        "联系人",
        "姓名",
        "领导",
        "网格员",
        "经办人",
        "检查人",
    ]) && short
    {
        return Some((ColumnKind::Person, "表头说的是人".into()));
    }
    None
}

fn by_repetition(evidence: &Evidence) -> Option<(ColumnKind, String)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in evidence.texts {
        *counts.entry(text.trim()).or_default() += 1;
    }
    let options: Vec<String> = counts.keys().map(|t| (*t).to_owned()).collect();
    if is_yes_no(&options) && !options.is_empty() || evidence.label.starts_with("是否") {
        return Some((ColumnKind::Bool, "只有是与否".into()));
    }
    let few = counts.len() <= OPTIONS_MAX && evidence.texts.len() >= counts.len() * 4;
    let listed = ["类", "等级", "级别", "状态", "性质", "性别"]
        .iter()
        .any(|w| evidence.label.contains(w));
    let short = options.iter().all(|t| t.chars().count() <= 12);
    let enough = evidence.texts.len() >= 8 && few || listed && counts.len() <= OPTIONS_MAX;
    (short && enough && counts.len() >= 2).then(|| {
        let why = format!("{} 行里只有 {} 种写法", evidence.texts.len(), counts.len());
        (ColumnKind::Code(options), why)
    })
}

fn by_length(evidence: &Evidence) -> (ColumnKind, String) {
    let longest = evidence.texts.iter().map(|t| t.chars().count()).max();
    let prose = [
        "内容", "描述", "措施", "情况", "问题", "进展", "备注", "说明",
    ]
    .iter()
    .any(|w| evidence.label.contains(w));
    match longest {
        Some(n) if n > LONG => (ColumnKind::LongText, format!("最长 {n} 个字")),
        _ if prose => (ColumnKind::LongText, "表头说的是一段话".into()),
        _ => (ColumnKind::Text, "短文字".into()),
    }
}
