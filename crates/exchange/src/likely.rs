//! How likely a column is a field: words first, then the words above, then what the cells hold.

use ground::{parse_amount, parse_number};
use register::{Field, FieldKind, read_date, read_period};

use crate::table::Column;
use crate::words::{self, label};

/// Likeness of a column and a field.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Score {
    /// 0 to 100.
    pub(crate) value: u8,
    /// Likeness of the whole path, to tell equal values apart.
    pub(crate) tie: u8,
    pub(crate) reason: String,
}

/// A column's words, made even once.
struct Words {
    leaf: String,
    leaf_bare: String,
    brackets: Vec<String>,
    /// All labels joined, without units.
    full: String,
    path: String,
}

/// Whether the lowest label is one of the field's own words.
pub(crate) fn is_exact(column: &Column, field: &Field) -> bool {
    let words = words_of(column);
    field.header_words().any(|w| {
        let w = label(w);
        w == words.leaf || words::parts(&w).bare == words.leaf_bare
    })
}

/// Compares words, then corrects by contradictions, units and contents.
pub(crate) fn score(column: &Column, field: &Field, sample: &[String]) -> Score {
    let words = words_of(column);
    let mut best = Score::default();
    for (at, word) in field.header_words().enumerate() {
        let word = label(word);
        let (value, reason) = compare(&words, &word);
        // A synonym is a little weaker than the field's own label.
        let value = value.saturating_sub(u8::from(at > 0 && value == 100));
        let tie = dice(&words.full, &word);
        if (value, tie) > (best.value, best.tie) {
            best = Score { value, tie, reason };
        }
    }
    if best.value == 0 {
        return best;
    }
    correct(&mut best, column, field, &words, sample);
    best
}

fn words_of(column: &Column) -> Words {
    let leaf = column.leaf().to_string();
    let parts = words::parts(&leaf);
    let full = column
        .path
        .iter()
        .map(|p| words::parts(p).bare)
        .collect::<Vec<_>>()
        .join("");
    Words {
        leaf_bare: parts.bare,
        brackets: parts.brackets,
        leaf,
        full,
        path: column.path_text(),
    }
}

fn compare(words: &Words, word: &str) -> (u8, String) {
    let bare = words::parts(word).bare;
    if word.is_empty() || bare.is_empty() {
        return (0, String::new());
    }
    if word == words.leaf || bare == words.leaf_bare && !words.leaf_bare.is_empty() {
        return (100, format!("表头就是“{word}”"));
    }
    if bare == words.full || word == words.path {
        return (100, format!("各层表头合起来是“{word}”"));
    }
    if words.brackets.contains(&bare) {
        return (90, format!("表头括号里有“{word}”"));
    }
    let (leaf, long) = (words.leaf_bare.chars().count(), bare.chars().count());
    if long >= 2 && words.leaf_bare.contains(&bare) {
        return (
            (66 + 22 * long / leaf.max(1)) as u8,
            format!("表头含有“{word}”"),
        );
    }
    if leaf >= 2 && bare.contains(&words.leaf_bare) {
        return (
            (62 + 22 * leaf / long.max(1)) as u8,
            format!("表头是“{word}”的一部分"),
        );
    }
    let alike = dice(&words.full, &bare);
    if alike >= 50 {
        (30 + alike / 2, format!("表头与“{word}”相近"))
    } else {
        (0, String::new())
    }
}

/// Words of which one in the head and the other in the field speak against the pair.
const OPPOSITES: [(&[&str], &[&str]); 6] = [
    (&["计划", "预计", "拟"], &["实际", "已完成"]),
    (&["本周", "本月", "当月", "本期", "本旬", "当期"], &["累计"]),
    (
        &["开工", "开始"],
        &["竣工", "完工", "投产", "完成时间", "结束"],
    ),
    (&["总投资"], &["年度计划", "年计划"]),
    (&["牵头"], &["配合", "责任"]),
    (&["电话"], &["姓名", "单位", "联系人"]),
];

fn correct(score: &mut Score, column: &Column, field: &Field, words: &Words, sample: &[String]) {
    let own: Vec<String> = field.header_words().map(label).collect();
    let label_words = own.first().cloned().unwrap_or_default();
    let has = |text: &str, set: &[&str]| set.iter().any(|w| text.contains(w));
    for (one, other) in OPPOSITES {
        let against = |a: &[&str], b: &[&str]| {
            has(&words.full, a)
                && !has(&words.full, b)
                && has(&label_words, b)
                && !has(&label_words, a)
        };
        if against(one, other) || against(other, one) {
            // The head's own word in the synonyms is stronger than our list.
            let exact_full = own
                .iter()
                .any(|w| *w == words.full || words::parts(w).bare == words.full);
            score.value = score.value.saturating_sub(if exact_full { 0 } else { 45 });
        }
    }
    let money = matches!(field.kind, FieldKind::Money);
    if column.percent && !matches!(field.kind, FieldKind::Percent | FieldKind::Decimal { .. })
        || column.unit.is_some() && !money && is_number(field)
    {
        score.value = score.value.saturating_sub(30);
    }
    if let Some(share) = fitting_share(field, sample) {
        if share < 50 {
            score.value = score.value.saturating_sub(35);
            score.reason.push_str(",但内容不像");
        } else if score.value < 90 && strict(field) {
            score.value = (score.value + 6).min(95);
            score.reason.push_str(",内容也像");
        }
    }
    if score.value < 90
        && !strict(field)
        && sample.iter().all(|t| words::is_numeric(t))
        && !sample.is_empty()
    {
        score.value = score.value.saturating_sub(15);
    }
}

fn is_number(field: &Field) -> bool {
    matches!(
        field.kind,
        FieldKind::Int | FieldKind::Decimal { .. } | FieldKind::Percent | FieldKind::Money
    )
}

/// Kinds whose contents can be told by looking.
fn strict(field: &Field) -> bool {
    is_number(field)
        || matches!(
            field.kind,
            FieldKind::Date
                | FieldKind::Period
                | FieldKind::Phone
                | FieldKind::Uscc
                | FieldKind::IdCard
                | FieldKind::Code { .. }
        )
}

/// Percent of the sample that fits the kind; `None` when nothing can be said.
fn fitting_share(field: &Field, sample: &[String]) -> Option<usize> {
    let today = ground::Date::constant(2023, 1, 1);
    let filled: Vec<&String> = sample
        .iter()
        .filter(|t| !matches!(t.as_str(), "—" | "-" | "/" | "无"))
        .collect();
    if filled.is_empty() || !strict(field) {
        return None;
    }
    let fits = |t: &str| match &field.kind {
        FieldKind::Money => parse_amount(t, Some(ground::MoneyUnit::WanYuan)).is_ok(),
        FieldKind::Int | FieldKind::Decimal { .. } | FieldKind::Percent => {
            let digits = t.trim_end_matches(|c: char| !c.is_ascii_digit() && c != '%');
            parse_number(digits).is_ok() || parse_number(t).is_ok()
        }
        FieldKind::Date => read_date(t, today).is_ok(),
        FieldKind::Period => read_period(t, today).is_ok(),
        FieldKind::Phone => t.chars().filter(char::is_ascii_digit).count() >= 7,
        FieldKind::Uscc | FieldKind::IdCard => t.trim().len() == 18,
        FieldKind::Code { .. } => {
            let t = label(t);
            field.choices.iter().any(|c| {
                c.code == t
                    || t.contains(&label(&c.label.zh))
                    || c.synonyms.iter().any(|s| t.contains(&label(s)))
            })
        }
        _ => true,
    };
    Some(filled.iter().filter(|t| fits(t)).count() * 100 / filled.len())
}

/// Shared neighbouring characters of two labels, 0 to 100; the order of the parts does not matter.
fn dice(a: &str, b: &str) -> u8 {
    let pairs = |t: &str| {
        let chars: Vec<char> = t.chars().collect();
        let mut pairs: Vec<(char, char)> = chars.windows(2).map(|w| (w[0], w[1])).collect();
        if chars.len() == 1 {
            pairs.push((chars[0], chars[0]));
        }
        pairs
    };
    let (left, mut right) = (pairs(a), pairs(b));
    let total = left.len() + right.len();
    if total == 0 {
        return 0;
    }
    let mut shared = 0;
    for pair in left {
        if let Some(at) = right.iter().position(|p| *p == pair) {
            right.swap_remove(at);
            shared += 1;
        }
    }
    (200 * shared / total) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(path: &[&str]) -> Column {
        let path: Vec<String> = path.iter().map(|p| label(p)).collect();
        let parts = words::parts(path.last().expect("a label"));
        Column {
            index: 0,
            unit: parts.money,
            percent: parts.percent,
            path,
            hidden: false,
        }
    }

    fn field(label: &str, synonyms: &[&str], kind: FieldKind) -> Field {
        let mut field = Field::new("x", label, kind);
        field.synonyms = synonyms.iter().map(|s| (*s).to_string()).collect();
        field
    }

    #[test]
    fn the_words_above_decide_between_equal_leaves() {
        let planned = field("计划开工时间", &["开工时间", "开工"], FieldKind::Date);
        let actual = field("实际开工时间", &["开工"], FieldKind::Date);
        let head = column(&["计划时间", "开工"]);
        assert!(score(&head, &planned, &[]).value > score(&head, &actual, &[]).value);
        let head = column(&["实际时间", "开工"]);
        assert!(score(&head, &planned, &[]).value < score(&head, &actual, &[]).value);
    }

    #[test]
    fn contents_speak_against_a_wrong_kind() {
        let date = field("开工时间", &[], FieldKind::Date);
        let texts = vec!["桩基完成".to_string(), "主体一层".to_string()];
        assert!(score(&column(&["开工时间"]), &date, &texts).value < 70);
        let dates = vec!["2023.6.25".to_string(), "2023年10月底".to_string()];
        assert_eq!(score(&column(&["开工时间"]), &date, &dates).value, 100);
    }

    #[test]
    fn units_in_heads_do_not_hide_the_words() {
        let money = field("总投资", &["投资总额"], FieldKind::Money);
        assert_eq!(score(&column(&["总投资(万元)"]), &money, &[]).value, 100);
        assert_eq!(
            score(&column(&["投资", "总投资(亿元)"]), &money, &[]).value,
            100
        );
        assert!(score(&column(&["占年计划(%)"]), &money, &[]).value < 60);
    }

    #[test]
    fn brackets_hold_second_names() {
        let done = field("投产时间", &["投产"], FieldKind::Date);
        assert_eq!(score(&column(&["竣工(投产)"]), &done, &[]).value, 90);
    }
}
