//! Counts and amounts in a sentence, each with the place where it is written.

use crate::sentences::{Sentence, Span};
use ground::{Amount, Bound, MoneyUnit, parse_amount, parse_number};

/// What a figure says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// 个数.
    Count {
        /// The number.
        value: i64,
        /// Exact, or 余, 约, 近.
        bound: Bound,
        /// 个, 家, 所 or 项.
        measure: char,
        /// True when it counts 项目: `项目15个`, `15个项目`.
        of_projects: bool,
        /// True behind 等: it closes a list (`甲、乙等6个项目`) or counts inside a name.
        after_list: bool,
    },
    /// 金额.
    Money {
        /// The amount.
        amount: Amount,
        /// The unit it is written in.
        unit: MoneyUnit,
        /// Size of its last written digit, in fen.
        step: i64,
    },
}

/// A figure and where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Figure {
    /// Number of its sentence.
    pub sentence: usize,
    /// Where it is written, in the page.
    pub span: Span,
    /// What it says.
    pub what: What,
}

/// All counts and amounts of a sentence in the order of the text. Ordinals (第2个), spans of time
/// (3个月), percentage points and the name 三个一批 are no counts.
pub fn read_figures(sentence: &Sentence) -> Vec<Figure> {
    let text = sentence.text.as_str();
    let mut figures = Vec::new();
    let mut done = 0;
    for (at, c) in text.char_indices() {
        if at < done {
            continue;
        }
        let found = match c {
            '元' | '亿' | '万' => read_money(text, done, at, c),
            '个' | '家' | '所' | '项' => read_count(text, done, at, c),
            _ => None,
        };
        if let Some((start, end, what)) = found {
            let span = Span {
                start: sentence.span.start + start,
                end: sentence.span.start + end,
            };
            figures.push(Figure {
                sentence: sentence.number,
                span,
                what,
            });
            done = end;
        }
    }
    figures
}

type Found = Option<(usize, usize, What)>;

/// An amount that ends with the unit character at `at`.
fn read_money(text: &str, from: usize, at: usize, last: char) -> Found {
    let mut end = at + last.len_utf8();
    if last != '元' && !(follows_money_word(text, from, at) && stands_alone(&text[end..])) {
        return None;
    }
    let number = number_start(text, from, at);
    let digits = &text[number..at];
    // 二元, 三元里: one Chinese digit alone is no sum of money.
    let telling = digits.contains(is_digit) || digits.contains(['万', '亿', '百', '千']);
    if last == '元' && !telling {
        return None;
    }
    let start = with_words_before(text, from, number);
    if let Some(word) = ["以上", "左右", "以内", "以下", "上下"]
        .iter()
        .find(|w| text[end..].starts_with(**w))
    {
        end += word.len();
    }
    let amount = parse_amount(&text[start..end], None).ok()?;
    let (unit, step) = written_unit(&text[number..at + last.len_utf8()]);
    Some((start, end, What::Money { amount, unit, step }))
}

/// 投资2亿 is money without 元, 2亿人 is not.
fn follows_money_word(text: &str, from: usize, at: usize) -> bool {
    let number = number_start(text, from, at);
    let before: String = tail(&text[from..number], 6);
    ["投资", "总额", "金额", "资金"]
        .iter()
        .any(|word| before.contains(word))
}

fn stands_alone(rest: &str) -> bool {
    rest.chars()
        .next()
        .is_none_or(|c| "，。、；：,;） )”".contains(c) || c.is_whitespace())
}

fn written_unit(written: &str) -> (MoneyUnit, i64) {
    let unit = if written.contains('亿') {
        MoneyUnit::YiYuan
    } else if written.contains('万') {
        MoneyUnit::WanYuan
    } else {
        MoneyUnit::Yuan
    };
    let decimals = match written.find(['.', '．']) {
        Some(at) => written[at..]
            .chars()
            .skip(1)
            .take_while(|c| is_digit(*c))
            .count(),
        None => 0,
    };
    let step = 10_i64
        .checked_pow(decimals as u32)
        .map_or(1, |tens| (unit.fen() / tens).max(1));
    (unit, step)
}

/// A count whose measure word stands at `at`.
fn read_count(text: &str, from: usize, at: usize, measure: char) -> Found {
    let end = at + measure.len_utf8();
    let rest = &text[end..];
    let other_sense = [
        "月",
        "百分点",
        "亿",
        "万",
        "一批",
        "工作日",
        "小时",
        "星期",
        "目",
    ];
    if other_sense.iter().any(|word| rest.starts_with(word)) {
        return None;
    }
    let number = number_start(text, from, at);
    let before = &text[from..number];
    // 一个, 一项 are mostly articles, not counts.
    let digits = &text[number..at];
    // 三五个 is a guess, 一一 a slip: digits side by side count nothing.
    let side_by_side = digits.chars().count() > 1 && digits.chars().all(is_chinese_digit);
    if number == at || before.ends_with('第') || digits == "一" || side_by_side {
        return None;
    }
    let start = with_words_before(text, from, number);
    let (value, bound) = parse_number(&text[start..at]).ok()?;
    if !value.fract().is_zero() {
        return None;
    }
    let value: i64 = value.try_into().ok()?;
    let of_projects = matches!(measure, '个' | '项')
        && (counts_what_precedes(&text[..start]) || counts_what_follows(rest));
    let after_list = text[..start].ends_with('等');
    Some((
        start,
        end,
        What::Count {
            value,
            bound,
            measure,
            of_projects,
            after_list,
        },
    ))
}

/// `项目15个`, `项目总数达15个`.
fn counts_what_precedes(before: &str) -> bool {
    let mut rest = before.trim_end();
    while let Some(shorter) = [
        "总数", "合计", "共计", "共有", "共", "达到", "达", "有", "为", "：", ":",
    ]
    .iter()
    .find_map(|word| rest.strip_suffix(word))
    {
        rest = shorter.trim_end();
    }
    rest.ends_with("项目")
}

/// `15个项目`, `15个“三个一批”项目`, `2个省级项目`: 项目 within the same phrase.
fn counts_what_follows(rest: &str) -> bool {
    const REACH: usize = 14;
    let phrase: String = rest
        .chars()
        .take_while(|c| !"，。、；：,;！？\n".contains(*c))
        .take(REACH)
        .collect();
    phrase.contains("项目")
}

/// Where the number that ends before `at` starts; `at` when there is none.
fn number_start(text: &str, from: usize, at: usize) -> usize {
    let mut start = at;
    for (index, c) in text[from..at].char_indices().rev() {
        if !is_number_part(c) {
            break;
        }
        start = from + index;
    }
    // A number starts with a digit: 多元, 、，etc. do not count.
    let head =
        text[start..at].find(|c: char| is_digit(c) || is_chinese_digit(c) || "十廿".contains(c));
    head.map_or(at, |skip| start + skip)
}

fn is_number_part(c: char) -> bool {
    is_digit(c) || is_chinese_digit(c) || "廿十百千万亿点余多个.．,".contains(c)
}

/// Half or full width.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

fn is_chinese_digit(c: char) -> bool {
    "〇零一二三四五六七八九两".contains(c)
}

/// Takes in 约, 近, 超 … that stand right before the number.
fn with_words_before(text: &str, from: usize, number: usize) -> usize {
    const WORDS: [&str; 14] = [
        "不低于",
        "不少于",
        "不超过",
        "不到",
        "不足",
        "至少",
        "超过",
        "将近",
        "接近",
        "大约",
        "约",
        "近",
        "超",
        "逾",
    ];
    let before = &text[from..number];
    let word = WORDS.iter().find(|word| before.ends_with(**word));
    number - word.map_or(0, |word| word.len())
}

/// The last `count` characters.
fn tail(text: &str, count: usize) -> String {
    let skip = text.chars().count().saturating_sub(count);
    text.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentences::split_sentences;
    use proptest::prelude::*;

    /// Figures as `15个项目` (projects), `7所`, `62.4亿元`.
    fn shown(page: &str) -> Vec<String> {
        let sentences = split_sentences(page);
        let figures = sentences.iter().flat_map(read_figures);
        figures
            .map(|figure| match figure.what {
                What::Count {
                    value,
                    bound,
                    measure,
                    of_projects,
                    ..
                } => {
                    let noun = if of_projects { "项目" } else { "" };
                    format!("{}{value}{measure}{noun}", bound.label())
                }
                What::Money { amount, unit, .. } => amount.show(unit),
            })
            .collect()
    }

    #[track_caller]
    fn check(page: &str, expect: &[&str]) {
        assert_eq!(shown(page), expect, "{page}");
    }

    #[test]
    fn projects_are_counted_before_or_behind_the_word() {
        check("项目15个，总投资62.4亿元", &["15个项目", "62.4亿元"]);
        check("15个“三个一批”项目", &["15个项目"]);
        check("签约项目总数达32个", &["32个项目"]);
        check("2个省级项目、19个市级项目", &["2个项目", "19个项目"]);
        check("六个项目", &["6个项目"]);
        check("五大类８２项，检查机构53家", &["82项", "53家"]);
    }

    #[test]
    fn other_measures_are_counts_but_not_of_projects() {
        check("幼儿园等7所幼儿园建设项目", &["7所"]);
        check("29家企业签署承诺书", &["29家"]);
        check("解答问题20余个", &["余20个"]);
        check("约300家", &["约300家"]);
    }

    #[test]
    fn ordinals_spans_of_time_and_names_are_no_counts() {
        for page in [
            "第2个项目",
            "一个月内",
            "3个月",
            "三个一批",
            "1.9个百分点",
            "一项工作",
            "各项工作",
            "这个项目",
            "项目",
            "多个项目",
            "三五个项目",
            "大家",
            "所有人",
        ] {
            check(page, &[]);
        }
    }

    #[test]
    fn money_needs_its_unit_or_a_word_of_investment() {
        check("旅游收入９９７４.７万元", &["9974.7万元"]);
        check("负担78万余元", &["78余万元"]);
        check("投资约2亿，", &["约2亿元"]);
        check("总投资额180亿元左右。", &["约180亿元"]);
        check("一亿二千万元", &["1.2亿元"]);
        check("超5000万元", &["5000余万元"]);
        check("接待235.97万人次", &[]);
        check("二元结构、多元化、单元、元旦", &[]);
        check("500万美元", &[]);
        check("总投资两个亿。", &["2亿元"]);
    }

    #[test]
    fn a_figure_knows_its_place_in_the_page() {
        let page = "第一句。项目15个，总投资62.4亿元。";
        let sentences = split_sentences(page);
        let figures = read_figures(&sentences[1]);
        let texts: Vec<&str> = figures.iter().map(|figure| figure.span.of(page)).collect();
        assert_eq!(texts, ["15个", "62.4亿元"]);
        assert_eq!(figures[0].sentence, 2);
        assert!(matches!(
            figures[1].what,
            What::Money {
                step: 1_000_000_000,
                ..
            }
        ));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic_and_spans_are_in_order(page in "[甲项目投资个家所元万亿约余第等一二十1-9.,，。“”\n]{0,40}") {
            let mut last = 0;
            for sentence in split_sentences(&page) {
                for figure in read_figures(&sentence) {
                    prop_assert!(figure.span.start >= last && figure.span.end > figure.span.start);
                    prop_assert!(!figure.span.of(&page).is_empty());
                    last = figure.span.end;
                }
            }
        }
    }
}
