//! 核稿. Stated totals against the sum of their parts, and stated counts against the names listed.

use crate::batches::{Batch, Group, Part, read_groups};
use crate::figures::{Figure, What};
use crate::sentences::{Sentence, split_sentences};
use ground::{Bound, Fen, Finding, MoneyUnit};

/// What was added up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Measure {
    /// 个数.
    Count,
    /// 金额.
    Amount,
}

/// How total and parts compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// 一致.
    Holds,
    /// 四舍五入差: the parts and the total, rounded as written, may still agree.
    Rounding,
    /// 不符.
    Fails,
    /// 无法核对: a part is not stated, or only as 约 or 余.
    NotCheckable,
}

/// One total with its parts, each tied to its place in the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SumCheck {
    /// 期次, where the page says it.
    pub round: Option<u32>,
    /// Counts or amounts.
    pub measure: Measure,
    /// The parts in the order of the batches; missing ones left out.
    pub parts: Vec<(Batch, Figure)>,
    /// The stated total.
    pub total: Figure,
    /// The verdict.
    pub verdict: Verdict,
    /// `分项 2+6+7=15，与合计 15 一致`.
    pub statement: String,
}

/// Everything that should be looked at in a page, in the order of the text. An agreeing page gives
/// nothing.
///
/// ```
/// let page = "“三个一批”项目16个。“签约一批”项目2个。“开工一批”项目6个。“投产一批”项目7个。";
/// let findings = press::check_page(page);
/// assert_eq!(findings[0].problem, "分项 2+6+7=15，与合计 16 不符");
/// ```
pub fn check_page(page: &str) -> Vec<Finding> {
    let sentences = split_sentences(page);
    let groups = read_groups(page);
    let place = |number: usize| place_of(&sentences, number);
    let mut findings: Vec<(usize, Finding)> = Vec::new();
    for check in groups.iter().flat_map(check_group) {
        if check.verdict == Verdict::Fails {
            let number = check.total.sentence;
            findings.push((number, sum_finding(&check, place(number))));
        }
    }
    for group in &groups {
        findings.extend(totals_that_differ(group).map(|(number, problem)| {
            let remedy = "标题与正文、前文与后文应当一致,请核对。";
            (
                number,
                Finding::warning("press.totals_differ", place(number), problem, remedy),
            )
        }));
        for part in &group.parts {
            findings.extend(names_finding(part, &place).map(|finding| (part.sentence, finding)));
        }
    }
    findings.sort_by_key(|(number, _)| *number);
    findings.into_iter().map(|(_, finding)| finding).collect()
}

/// Every total of the page that has parts, checked: also those that hold.
pub fn check_sums(page: &str) -> Vec<SumCheck> {
    read_groups(page).iter().flat_map(check_group).collect()
}

fn place_of(sentences: &[Sentence], number: usize) -> String {
    match sentences.iter().find(|sentence| sentence.number == number) {
        Some(sentence) => sentence.place(),
        None => format!("第{number}句"),
    }
}

fn check_group(group: &Group) -> Vec<SumCheck> {
    let mut parts: Vec<&Part> = group.parts.iter().collect();
    parts.sort_by_key(|part| part.batch);
    let figures = |of: fn(&Part) -> Option<Figure>| -> Vec<(Batch, Figure)> {
        parts
            .iter()
            .filter_map(|part| Some((part.batch, of(part)?)))
            .collect()
    };
    let counts = figures(|part| part.count);
    let amounts = figures(|part| part.amount);
    let mut checks = Vec::new();
    for total in &group.totals {
        if let Some(total) = total.count.filter(|_| !counts.is_empty()) {
            checks.push(compare(group.round, Measure::Count, &counts, total));
        }
        if let Some(total) = total.amount.filter(|_| !amounts.is_empty()) {
            checks.push(compare(group.round, Measure::Amount, &amounts, total));
        }
    }
    checks
}

fn compare(
    round: Option<u32>,
    measure: Measure,
    parts: &[(Batch, Figure)],
    total: Figure,
) -> SumCheck {
    let numbers: Vec<Number> = parts.iter().map(|(_, figure)| Number::of(figure)).collect();
    let whole = Number::of(&total);
    let sum: i128 = numbers.iter().map(|number| number.value).sum();
    let all_exact = numbers.iter().chain([&whole]).all(|number| number.exact);
    // The finest written digit tells how the figures were rounded: 2亿元 beside 31.2亿元 is 2.0.
    let step = numbers
        .iter()
        .chain([&whole])
        .map(|number| number.step)
        .min()
        .unwrap_or(0);
    let off = (sum - whole.value).abs();
    let verdict = if !all_exact || parts.len() < Batch::ALL.len() {
        Verdict::NotCheckable
    } else if off == 0 {
        Verdict::Holds
    } else if off * 2 <= step * (numbers.len() as i128 + 1) {
        Verdict::Rounding
    } else {
        Verdict::Fails
    };
    let statement = statement(verdict, &numbers, sum, &whole, parts);
    SumCheck {
        round,
        measure,
        parts: parts.to_vec(),
        total,
        verdict,
        statement,
    }
}

/// A figure as an integer: projects, or fen.
struct Number {
    value: i128,
    exact: bool,
    /// Size of the last written digit; 0 for counts, which are never rounded.
    step: i128,
    unit: Option<MoneyUnit>,
}

impl Number {
    fn of(figure: &Figure) -> Number {
        match figure.what {
            What::Count { value, bound, .. } => Number {
                value: value.into(),
                exact: bound == Bound::Exact,
                step: 0,
                unit: None,
            },
            What::Money { amount, unit, step } => Number {
                value: amount.fen.0.into(),
                exact: amount.bound == Bound::Exact,
                step: step.into(),
                unit: Some(unit),
            },
        }
    }
}

/// In the unit of the total, so that a reader can add up what he sees.
fn show(value: i128, unit: Option<MoneyUnit>) -> String {
    match (unit, i64::try_from(value)) {
        (Some(unit), Ok(fen)) => Fen(fen).show(unit),
        _ => value.to_string(),
    }
}

fn statement(
    verdict: Verdict,
    numbers: &[Number],
    sum: i128,
    whole: &Number,
    parts: &[(Batch, Figure)],
) -> String {
    let unit = whole.unit;
    let label = unit.map_or("", MoneyUnit::label);
    let terms: Vec<String> = numbers
        .iter()
        .map(|number| show(number.value, unit))
        .collect();
    let added = format!("{}={}{label}", terms.join("+"), show(sum, unit));
    let stated = format!("{}{label}", show(whole.value, unit));
    match verdict {
        Verdict::Holds => format!("分项 {added}，与合计 {stated} 一致"),
        Verdict::Rounding => format!("分项 {added}，与合计 {stated} 相差在四舍五入之内"),
        Verdict::Fails => format!("分项 {added}，与合计 {stated} 不符"),
        Verdict::NotCheckable => {
            let missing: Vec<&str> = Batch::ALL
                .iter()
                .filter(|batch| !parts.iter().any(|(known, _)| known == *batch))
                .map(|batch| batch.label())
                .collect();
            let why = match missing.is_empty() {
                true => "有约数或余数".to_owned(),
                false => format!("缺{}", missing.join("、")),
            };
            format!("合计 {stated} 无法核对:{why}")
        }
    }
}

fn sum_finding(check: &SumCheck, place: String) -> Finding {
    let code = match check.measure {
        Measure::Count => "press.count_sum",
        Measure::Amount => "press.amount_sum",
    };
    let remedy = "请核对合计数,或检查签约、开工、投产三批中是否有一批写错。";
    Finding::error(code, place, check.statement.clone(), remedy)
}

/// Later totals of one round that differ from the first: headline against body.
fn totals_that_differ(group: &Group) -> impl Iterator<Item = (usize, String)> + '_ {
    let first = group.totals.first();
    group.totals.iter().skip(1).filter_map(move |total| {
        let first = first?;
        let differs = |a: Option<Figure>, b: Option<Figure>| match (a, b) {
            (Some(a), Some(b)) => {
                let (a, b) = (Number::of(&a), Number::of(&b));
                (a.exact && b.exact && a.value != b.value).then(|| {
                    let label = a.unit.map_or("个", MoneyUnit::label);
                    format!(
                        "这里的合计 {}{label}，与前面的 {}{label} 不一致",
                        show(b.value, a.unit),
                        show(a.value, a.unit)
                    )
                })
            }
            _ => None,
        };
        let count = differs(first.count, total.count);
        let problem = count.or_else(|| differs(first.amount, total.amount))?;
        Some((total.sentence, problem))
    })
}

/// A stated count against the names listed behind it; where 及 and 和 leave the number of names
/// open, only a count outside the possible range is told.
fn names_finding(part: &Part, place: &dyn Fn(usize) -> String) -> Option<Finding> {
    let (fewest, most) = part.named?;
    let What::Count {
        value,
        bound: Bound::Exact,
        ..
    } = part.count?.what
    else {
        return None;
    };
    let stated = usize::try_from(value).ok()?;
    if (fewest..=most).contains(&stated) {
        return None;
    }
    let listed = if fewest == most {
        fewest.to_string()
    } else {
        format!("{fewest}至{most}")
    };
    Some(Finding::warning(
        "press.names_listed",
        place(part.sentence),
        format!(
            "“{}”写明 {stated} 个，后面列出 {listed} 个",
            part.batch.label()
        ),
        "请核对个数,或补全、删去列出的项目;没有列全的请加“等”。",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures of a public report in our own short words.
    const GOOD: &str = "某区第七期15个“三个一批”项目 总投资62.4亿元\n\n\
        本报讯 抓“三个一批”项目开工率。某区第七期“三个一批”项目15个，总投资62.4亿元。\n\
        “签约一批”项目2个，投资总额2亿元。其中八通项目投资1.2亿元，有3个车间。\n\
        “开工一批”项目6个，投资总额31.2亿元。分别是：泛锐云智项目、西京花园幼儿园等7所幼儿园建设项目、\
        煤矿智能化中心、老旧小区改造项目、莲湖校区项目及常庄水库加固及分洪工程项目。\n\
        “投产一批”项目7个，投资总额29.2亿元。\n\
        在库第六期“三个一批”项目18个。其中“签约一批”项目3个，总投资14亿元，已全部开工；\
        “开工一批”项目7个，总投资29.2亿元，预计投产率100%；“投产一批”项目8个，总投资63.8亿元。\n";

    fn problems(page: &str) -> Vec<String> {
        check_page(page)
            .into_iter()
            .map(|finding| finding.problem)
            .collect()
    }

    #[test]
    fn a_correct_report_raises_no_alarm() {
        assert_eq!(problems(GOOD), Vec::<String>::new());
        let statements: Vec<String> = check_sums(GOOD).into_iter().map(|c| c.statement).collect();
        assert_eq!(
            statements,
            [
                "分项 2+6+7=15，与合计 15 一致",
                "分项 2+31.2+29.2=62.4亿元，与合计 62.4亿元 一致",
                "分项 2+6+7=15，与合计 15 一致",
                "分项 2+31.2+29.2=62.4亿元，与合计 62.4亿元 一致",
                "分项 3+7+8=18，与合计 18 一致",
            ]
        );
        let rounds: Vec<_> = check_sums(GOOD).iter().map(|check| check.round).collect();
        assert_eq!(rounds, [Some(7), Some(7), Some(7), Some(7), Some(6)]);
    }

    #[test]
    fn sixteen_instead_of_fifteen_is_told_with_its_sentence() {
        let page = GOOD.replace("项目15个，总投资", "项目16个，总投资");
        let findings = check_page(&page);
        assert_eq!(findings[0].problem, "分项 2+6+7=15，与合计 16 不符");
        assert_eq!(
            findings[0].place,
            "第3句:某区第七期“三个一批”项目16个，总投资62.4亿元。"
        );
        assert_eq!(findings[1].problem, "这里的合计 16个，与前面的 15个 不一致");
        assert_eq!(findings.len(), 2);
    }

    #[test]
    fn a_wrong_amount_is_told_in_its_own_unit() {
        let page = GOOD
            .replace("总额31.2亿元", "总额33.2亿元")
            .replace(" 总投资62.4亿元", "");
        assert_eq!(
            problems(&page),
            ["分项 2+33.2+29.2=64.4亿元，与合计 62.4亿元 不符"]
        );
        let page = GOOD.replace("投资总额2亿元", "投资总额20000万元");
        assert_eq!(problems(&page), Vec::<String>::new());
    }

    #[test]
    fn a_wrong_headline_is_told_at_the_headline() {
        let page = GOOD.replace("第七期15个", "第七期16个");
        let findings = check_page(&page);
        assert!(findings[0].place.starts_with("第1句:某区第七期16个"));
        assert_eq!(findings[0].problem, "分项 2+6+7=15，与合计 16 不符");
    }

    #[test]
    fn a_nested_count_does_not_disturb() {
        let page = "“三个一批”项目15个。“签约一批”项目2个。\
            “开工一批”含西京花园幼儿园等7所幼儿园建设项目，共有项目6个。“投产一批”7个。";
        assert_eq!(problems(page), Vec::<String>::new());
        assert_eq!(check_sums(page)[0].verdict, Verdict::Holds);
        let page = page.replace("等7所", "等7个");
        assert_eq!(
            check_sums(&page)[0].statement,
            "分项 2+6+7=15，与合计 15 一致"
        );
    }

    #[test]
    fn figures_told_respectively_are_given_to_their_batches() {
        let page = "某区“三个一批”项目16个，总投资62.4亿元。签约一批、开工一批、投产一批项目分别为2个、6个、7个，\
            投资分别为2亿元、31.2亿元、29.2亿元。";
        assert_eq!(problems(page), ["分项 2+6+7=15，与合计 16 不符"]);
        assert_eq!(
            problems(&page.replace("16个", "15个")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_total_behind_its_parts_is_checked_too() {
        let page = "“签约一批”2个、2亿元，“开工一批”6个、31.2亿元，“投产一批”7个、29.2亿元，合计16个项目、62.4亿元。";
        assert_eq!(problems(page), ["分项 2+6+7=15，与合计 16 不符"]);
        assert_eq!(
            problems(&page.replace("16个", "15个")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn counts_before_the_name_are_read() {
        let page = "第八期“三个一批”项目共有12个。3个“签约一批”项目，4个“开工一批”项目，6个“投产一批”项目。";
        assert_eq!(problems(page), ["分项 3+4+6=13，与合计 12 不符"]);
    }

    #[test]
    fn what_is_not_stated_exactly_is_not_checked() {
        let about =
            "“三个一批”项目20余个。“签约一批”项目2个。“开工一批”项目6个。“投产一批”项目7个。";
        assert_eq!(problems(about), Vec::<String>::new());
        assert_eq!(
            check_sums(about)[0].statement,
            "合计 20 无法核对:有约数或余数"
        );
        let two = "“三个一批”项目20个。“签约一批”项目2个。“开工一批”项目6个。";
        assert_eq!(problems(two), Vec::<String>::new());
        assert_eq!(check_sums(two)[0].statement, "合计 20 无法核对:缺投产一批");
    }

    #[test]
    fn rounding_is_not_an_error() {
        let page = "“三个一批”项目15个，总投资62.5亿元。“签约一批”项目2个，2亿元。“开工一批”项目6个，31.2亿元。\
            “投产一批”项目7个，29.2亿元。";
        assert_eq!(problems(page), Vec::<String>::new());
        assert_eq!(check_sums(page)[1].verdict, Verdict::Rounding);
        assert_eq!(problems(&page.replace("62.5", "62.7")).len(), 1);
    }

    #[test]
    fn a_count_that_differs_from_the_names_listed_is_told() {
        let page = "“签约一批”项目3个。“开工一批”项目3个，分别是：甲项目、乙项目。";
        assert_eq!(problems(page), ["“开工一批”写明 3 个，后面列出 2 个"]);
        for fine in [
            "甲项目、乙项目及丙项目",
            "甲项目、乙项目、丙及丁工程",
            "甲项目、乙项目等",
        ] {
            let page = format!("“开工一批”项目3个，分别是：{fine}。");
            assert_eq!(problems(&page), Vec::<String>::new(), "{fine}");
        }
    }

    #[test]
    fn talk_about_batches_without_figures_says_nothing() {
        let page = "抓好签约一批、开工一批、投产一批项目建设。“三个一批”项目开工率达100%。全市8个县区参加。";
        assert!(read_groups(page).is_empty());
        assert_eq!(check_page(""), []);
    }

    #[test]
    fn another_report_does_not_mix_with_the_one_before() {
        let page = "本报讯 “三个一批”项目15个。“签约一批”项目2个。\n本报讯 “开工一批”项目6个。“投产一批”项目9个。";
        assert_eq!(problems(page), Vec::<String>::new());
        assert_eq!(read_groups(page).len(), 2);
    }
}
