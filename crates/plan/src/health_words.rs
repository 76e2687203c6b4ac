//! The fourteen checks in words: name, meaning, remedy. Counting is the business of `health`.

use ground::Ratio;

use crate::health::Verdict;
use crate::network::Network;

/// How a value is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shown {
    /// Found ÷ looked at, as a percent with both numbers.
    Share,
    /// As a percent alone.
    Percent,
    /// As an index with two decimals.
    Index,
}

/// One row of the table.
pub(crate) struct Point {
    pub id: &'static str,
    pub label: &'static str,
    pub meaning: &'static str,
    /// What to do; `{}` stands for the first names.
    pub remedy: &'static str,
    pub shown: Shown,
}

/// In the published order.
pub(crate) const POINTS: [Point; 14] = [
    Point {
        id: "logic",
        label: "前后关系不缺",
        meaning: "每项工作都应有紧前和紧后，缺了，前面拖期就传不到后面，算出的完工日期不可信。",
        remedy: "请给{}补上紧前或紧后工作。",
        shown: Shown::Share,
    },
    Point {
        id: "leads",
        label: "没有提前量",
        meaning: "用负的间隔表示搭接，前一项一变，搭接就失真，也容易把逻辑绕乱。",
        remedy: "请把{}的提前量改成“开始—开始”，或把前一项拆成两段。",
        shown: Shown::Share,
    },
    Point {
        id: "lags",
        label: "间隔少用",
        meaning: "间隔里藏着没写出来的工作，没人负责，也不能催办。",
        remedy: "请把{}前面的间隔写成一项工作，例如养护、公示、到货。",
        shown: Shown::Share,
    },
    Point {
        id: "finish_start",
        label: "以完成—开始为主",
        meaning: "前一项完成、后一项开始，谁等谁一目了然；其他关系多了，关键线路看不清。",
        remedy: "请看一看{}，能拆开写成“完成—开始”的就拆开。",
        shown: Shown::Share,
    },
    Point {
        id: "hard_constraints",
        label: "少用硬限制",
        meaning: "定死的日期会挡住前面的拖期，让计划看上去按时。",
        remedy: "请取消{}的硬限制，改用“不早于”或目标时限。",
        shown: Shown::Share,
    },
    Point {
        id: "high_float",
        label: "时差不过大",
        meaning: "时差太大，多半是漏了紧后工作。",
        remedy: "请核对{}的紧后工作。",
        shown: Shown::Share,
    },
    Point {
        id: "negative_float",
        label: "没有负时差",
        meaning: "负时差就是按现在的排法赶不上目标，差几天就是几。",
        remedy: "请压缩{}所在线路的工期，或按程序调整目标。",
        shown: Shown::Share,
    },
    Point {
        id: "long_duration",
        label: "工期不过长",
        meaning: "两个月以上的工作，中间出了问题看不出来。",
        remedy: "请把{}拆细到一两个月以内。",
        shown: Shown::Share,
    },
    Point {
        id: "invalid_dates",
        label: "日期不失真",
        meaning: "没做完的不应排在数据日期之前，已发生的不应在数据日期之后；多见于没更新或虚报。",
        remedy: "请更新{}的进展或改正实际日期。",
        shown: Shown::Share,
    },
    Point {
        id: "resources",
        label: "工作都有资源",
        meaning: "一天以上的工作应有人、机械或资金，否则排得再好也落不了地。",
        remedy: "请给{}配上资源或费用。",
        shown: Shown::Share,
    },
    Point {
        id: "missed",
        label: "逾期不多",
        meaning: "基准里到今天应完成的，有多少没有按时完成。",
        remedy: "请看{}为什么晚了，后面的计划要跟着调。",
        shown: Shown::Share,
    },
    Point {
        id: "critical_path",
        label: "关键线路通到底",
        meaning: "给关键线路上的一项加上很长的工期，完工应跟着推后同样的天数；不跟着动，说明线路中间断了。",
        remedy: "从{}往后查：哪里缺紧后，哪里有定死的日期。",
        shown: Shown::Percent,
    },
    Point {
        id: "path_length",
        label: "关键线路长度指数",
        meaning: "剩余线路加上到目标的余量，除以剩余线路；小于 1 就是时间不够。",
        remedy: "时间不够，请从{}往前压缩关键线路。",
        shown: Shown::Index,
    },
    Point {
        id: "execution",
        label: "基准执行指数",
        meaning: "已完成的项数除以基准里到今天应完成的项数。",
        remedy: "还没有完成的有{}，请先赶这些。",
        shown: Shown::Index,
    },
];

/// More names than this help nobody in a sentence.
const NAMES_MAX: usize = 3;

/// Sentences about one check of one plan.
pub(crate) struct Words<'a> {
    pub network: &'a Network,
    pub point: &'a Point,
}

impl Words<'_> {
    /// `3.2%（2/62）`, `100%`, `0.93`, or `—`.
    pub fn value(&self, value: Ratio) -> String {
        match self.point.shown {
            _ if !value.is_defined() => "—".to_owned(),
            Shown::Share => format!(
                "{}（{}/{}）",
                value.percent_text(),
                value.numerator,
                value.denominator
            ),
            Shown::Percent => value.percent_text(),
            Shown::Index => index(value),
        }
    }

    /// What to do when the check fails; what still deserves a look when it passes with a few.
    pub fn remedy(&self, verdict: Verdict, activities: &[usize]) -> String {
        match (verdict, activities) {
            (Verdict::Pass, []) => String::new(),
            _ => self.point.remedy.replace("{}", &self.names(activities)),
        }
    }

    fn names(&self, activities: &[usize]) -> String {
        let name = |&i: &usize| {
            let activity = &self.network.activities[i];
            match activity.name.is_empty() {
                true => format!("“{}”", activity.code),
                false => format!("“{}”", activity.name),
            }
        };
        let first: Vec<String> = activities.iter().take(NAMES_MAX).map(name).collect();
        let rest = if activities.len() > NAMES_MAX {
            format!("等 {} 项", activities.len())
        } else {
            String::new()
        };
        first.join("、") + &rest
    }
}

/// Two decimals, cut off: 0.949 is not 0.95.
fn index(value: Ratio) -> String {
    let hundredths = value.numerator * 100;
    let hundredths = hundredths.div_euclid(value.denominator);
    let sign = if hundredths < 0 { "−" } else { "" };
    let size = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_cut_not_rounded() {
        assert_eq!(index(Ratio::new(949, 1_000)), "0.94");
        assert_eq!(index(Ratio::new(-1, 2)), "−0.50");
        assert_eq!(index(Ratio::new(5, 4)), "1.25");
    }

    #[test]
    fn every_check_has_its_own_id_and_a_place_for_names() {
        let mut ids: Vec<&str> = POINTS.iter().map(|point| point.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 14);
        assert!(POINTS.iter().all(|point| point.remedy.contains("{}")));
    }
}
