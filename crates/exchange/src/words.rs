//! Words of headers and titles: spaces and widths made even, units and counts taken out of brackets.

use ground::MoneyUnit;

/// One writing for comparing and showing labels: full-width ASCII becomes half-width, line breaks and spaces
/// between Chinese characters go (`项 目` is 项目), single spaces between Latin words stay.
#[must_use]
pub(crate) fn label(text: &str) -> String {
    let chars: Vec<char> = text.chars().map(narrow).collect();
    let mut out = String::with_capacity(text.len());
    for (i, &c) in chars.iter().enumerate() {
        if !is_space(c) {
            out.push(c);
            continue;
        }
        let before = out.chars().last();
        let after = chars[i..].iter().copied().find(|c| !is_space(*c));
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if latin(before) && latin(after) {
            out.push(' ');
        }
    }
    out
}

/// Half-width form of a full-width ASCII character; brackets 【〔 count as brackets.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '【' | '〔' | '[' => '(',
        '】' | '〕' | ']' => ')',
        c => c,
    }
}

pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{3000}' | '\u{A0}' | '\u{200B}' | '\u{FEFF}')
}

/// A label taken apart: `投资(万元)` is 投资 with 万元.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Parts {
    /// The words without brackets.
    pub(crate) bare: String,
    /// What stood in brackets.
    pub(crate) brackets: Vec<String>,
    pub(crate) money: Option<MoneyUnit>,
    pub(crate) percent: bool,
}

/// Takes a label (already through [`label`]) apart.
pub(crate) fn parts(label: &str) -> Parts {
    let mut parts = Parts::default();
    let (mut depth, mut inside) = (0u32, String::new());
    for c in label.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    parts.brackets.push(std::mem::take(&mut inside));
                }
            }
            c if depth > 0 => inside.push(c),
            c => parts.bare.push(c),
        }
    }
    // An unclosed bracket is a slip of typing; what stands in it still counts.
    parts
        .brackets
        .extend((!inside.is_empty()).then_some(inside));
    for word in parts.brackets.iter().flat_map(|b| unit_words(b)) {
        parts.money = parts.money.or_else(|| money_unit(word));
        parts.percent |= is_percent(word);
    }
    read_tail(&mut parts);
    parts
}

/// The label without brackets that hold only units: `产值(万元)` is 产值, `竣工(投产)` stays.
pub(crate) fn without_units(label: &str) -> String {
    let mut out = label.to_string();
    for inside in parts(label).brackets {
        if unit_words(&inside).next().is_some() && unit_words(&inside).all(is_measure) {
            out = out.replace(&format!("({inside})"), "");
        }
    }
    if out.is_empty() {
        label.to_string()
    } else {
        out
    }
}

/// `总投资:亿元`, `增速%` and a label that is only a unit say it without brackets.
fn read_tail(parts: &mut Parts) {
    let bare = parts.bare.clone();
    for unit in ["亿元", "万元", "元"] {
        let Some(rest) = bare.strip_suffix(unit) else {
            continue;
        };
        let cut =
            rest.ends_with([':', ',', '、', '/', '-', '_', ' ']) || rest.is_empty() || unit != "元";
        if cut
            && parts.money.is_none()
            && !rest.ends_with(['美', '欧', '多', '单', '每', '百', '千'])
        {
            parts.money = money_unit(unit);
            parts.bare = rest
                .trim_end_matches([':', ',', '、', '/', '-', '_', ' '])
                .to_string();
        }
        break;
    }
    if let Some(rest) = bare.strip_suffix('%') {
        parts.percent = true;
        parts.bare = rest.trim_end_matches([':', ',', '、', '/']).to_string();
    }
}

/// The words of a unit list: `万元、%`.
pub(crate) fn unit_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(['、', ',', ';', '/', ' ', ':'])
        .map(str::trim)
        .filter(|w| !w.is_empty())
}

/// 元, 万元, 亿元, also with 人民币 before it.
pub(crate) fn money_unit(word: &str) -> Option<MoneyUnit> {
    let word = word
        .trim_start_matches("单位")
        .trim_start_matches(':')
        .trim_start_matches("人民币");
    match word {
        "亿" => Some(MoneyUnit::YiYuan),
        "万" => Some(MoneyUnit::WanYuan),
        word => MoneyUnit::from_label(word),
    }
}

pub(crate) fn is_percent(word: &str) -> bool {
    matches!(
        word.trim_start_matches("单位:"),
        "%" | "百分比" | "百分点" | "％"
    )
}

/// Measure words that make a `单位:` value a unit and not an organisation.
pub(crate) fn is_measure(word: &str) -> bool {
    money_unit(word).is_some()
        || is_percent(word)
        || matches!(
            word,
            "千元"
                | "百万元"
                | "美元"
                | "万美元"
                | "个"
                | "人"
                | "人次"
                | "万人"
                | "万人次"
                | "户"
                | "家"
                | "件"
                | "项"
                | "吨"
                | "万吨"
                | "天"
                | "日"
                | "亩"
                | "公顷"
                | "平方米"
                | "万平方米"
                | "米"
                | "公里"
                | "千米"
                | "处"
                | "台"
                | "套"
                | "辆"
                | "次"
                | "条"
                | "座"
                | "万千瓦时"
                | "千瓦时"
                | "吨标准煤"
                | "元/平方米"
                | "小时"
                | "度"
        )
}

/// A number of things told in a label: `签约一批(2个)` has 2, `合计(15个)` 15, `共6项` 6.
pub(crate) fn count_in(label: &str) -> Option<u32> {
    const MEASURES: [char; 9] = ['个', '项', '家', '件', '户', '处', '条', '所', '宗'];
    let chars: Vec<char> = label.chars().collect();
    for (i, c) in chars.iter().enumerate() {
        // `7所幼儿园` in a name is no count of rows: the measure must end the label or its bracket.
        let ends = chars
            .get(i + 1)
            .is_none_or(|next| matches!(next, ')' | ',' | '、' | ':' | '项' | ';'));
        if !MEASURES.contains(c) || !ends {
            continue;
        }
        let digits: String = chars[..i]
            .iter()
            .rev()
            .take_while(|c| c.is_ascii_digit())
            .collect();
        if let Ok(count) = digits.chars().rev().collect::<String>().parse() {
            return Some(count);
        }
    }
    None
}

/// The name of a group without numbering, bracketed counts and colon: `一、签约一批(2个):` is 签约一批.
pub(crate) fn group_name(label: &str) -> String {
    let mut name = parts(label).bare;
    if let Some(rest) = strip_numbering(&name) {
        name = rest.to_string();
    }
    if let Some(at) = name
        .find("共")
        .filter(|at| count_in(&name[*at..]).is_some())
    {
        name.truncate(at);
    }
    name.trim_matches([':', ',', '、', '。', ' ', '-', '—'])
        .to_string()
}

/// The rest behind `一、` `(一)` `1.` `第一部分`; `None` when there is no numbering.
fn strip_numbering(label: &str) -> Option<&str> {
    let (head, rest) = label.split_once(['、', '.', '.'])?;
    let numeral = !head.is_empty()
        && head
            .chars()
            .all(|c| "一二三四五六七八九十".contains(c) || c.is_ascii_digit());
    (numeral && !rest.is_empty()).then_some(rest)
}

/// 一, 十二, (三), 三、: the numbers of groups, as against 1, 2, 3 of rows.
pub(crate) fn is_chinese_ordinal(text: &str) -> bool {
    let inner = text.trim_matches(['(', ')', '、', '.', ' ']);
    !inner.is_empty()
        && inner.chars().count() <= 3
        && inner.chars().all(|c| "一二三四五六七八九十".contains(c))
}

/// Whether a text reads as a number, percent or amount and not as a word.
pub(crate) fn is_numeric(text: &str) -> bool {
    let text = label(text);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits > 0
        && text.chars().all(|c| {
            c.is_ascii_digit()
                || matches!(c, '.' | ',' | '-' | '+' | '%' | '/' | ':' | ' ' | 'e' | 'E')
        })
}

/// A year standing alone, as heads of year columns do.
pub(crate) fn is_year(text: &str) -> bool {
    text.parse::<u32>()
        .is_ok_and(|n| (1990..=2100).contains(&n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lose_spaces_breaks_and_widths() {
        for (text, expect) in [
            ("项 目", "项目"),
            ("占年计划\n(%)", "占年计划(%)"),
            ("CCD  Park 店", "CCD Park店"),
            ("全  区", "全区"),
        ] {
            assert_eq!(label(text), expect);
        }
    }

    #[test]
    fn units_are_taken_out_of_brackets_and_tails() {
        for (text, bare, money, percent) in [
            ("投资(万元)", "投资", Some(MoneyUnit::WanYuan), false),
            ("占年计划(%)", "占年计划", None, true),
            (
                "总投资(亿元,含征迁)",
                "总投资",
                Some(MoneyUnit::YiYuan),
                false,
            ),
            ("竣工(投产)", "竣工", None, false),
            ("完成投资:亿元", "完成投资", Some(MoneyUnit::YiYuan), false),
            ("总投资万元", "总投资", Some(MoneyUnit::WanYuan), false),
            ("增速%", "增速", None, true),
            ("单元", "单元", None, false),
        ] {
            let parts = parts(&label(text));
            assert_eq!(
                (parts.bare.as_str(), parts.money, parts.percent),
                (bare, money, percent),
                "{text}"
            );
        }
    }

    #[test]
    fn only_brackets_of_units_are_dropped() {
        assert_eq!(without_units("1-3月(万元)"), "1-3月");
        assert_eq!(without_units("竣工(投产)"), "竣工(投产)");
        assert_eq!(without_units("(万元)"), "(万元)");
    }

    #[test]
    fn counts_in_labels_are_counts_of_rows_only() {
        assert_eq!(count_in("签约一批(2个)"), Some(2));
        assert_eq!(count_in("合计(15个)"), Some(15));
        assert_eq!(count_in("共6项"), Some(6));
        assert_eq!(count_in("西京花园幼儿园等7所幼儿园建设项目"), None);
        assert_eq!(count_in("三个一批"), None);
    }

    #[test]
    fn group_names_lose_numbering_and_counts() {
        for (text, name) in [
            ("签约一批(2个)", "签约一批"),
            ("一、开工一批(6个)", "开工一批"),
            ("(二)工业项目共8个", "工业项目"),
            ("投产一批:", "投产一批"),
        ] {
            assert_eq!(group_name(text), name, "{text}");
        }
    }
}
