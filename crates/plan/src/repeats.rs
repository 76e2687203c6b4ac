//! 流水段 What a plan repeats from building to building: read off its summaries and names, measured on its dates, and
//! held against the rhythm its trades could have.
//!
//! A unit is a summary whose parts are called like those of other summaries (1号楼: 基础、主体、装修), or a mark in the names
//! of activities (主体施工（3号）, 2标段路基). What stands in one unit only is no trade of the flow.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ground::{Minute, Timeline};

use crate::flowline::{Trade, TradeWait};
use crate::network::{Link, LinkKind, Network, Schedule};

/// An activity as far as its place in a flow is concerned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RepeatRow {
    /// 工作内容.
    pub name: String,
    /// Name of the summary it belongs to, and which one.
    pub parent: Option<(usize, String)>,
    /// Whether it is work that takes time.
    pub work: bool,
}

/// One trade on its units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RepeatedTrade {
    /// 工序.
    pub name: String,
    /// Per unit, which activity does it there; index into the rows.
    pub on: Vec<Option<usize>>,
}

/// Units and the trades that visit them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Repeats {
    /// 楼栋、标段 in the order of their numbers.
    pub units: Vec<String>,
    /// In the order in which they come first in the rows.
    pub trades: Vec<RepeatedTrade>,
}

/// Marks that follow a number in the name of a unit, the longer ones first.
const MARKS: [&str; 13] = [
    "号楼", "#楼", "号", "#", "栋", "幢", "标段", "单元", "工区", "分区", "段", "区", "标",
];

/// Reads off the plan what it repeats; of the two ways the one that covers more work.
///
/// ```
/// use plan::{RepeatRow, repeats};
/// let row = |name: &str| RepeatRow { name: name.into(), parent: None, work: true };
/// let found = repeats(&[row("基础（1号）"), row("主体（1号）"), row("基础（2号）"), row("主体（2号）"), row("绿化")]);
/// assert_eq!(found.units, ["1号", "2号"]);
/// assert_eq!(found.trades[1].name, "主体");
/// assert_eq!(found.trades[1].on, [Some(1), Some(3)]);
/// ```
pub fn repeats(rows: &[RepeatRow]) -> Repeats {
    let by_summary = gather(rows, |row| {
        let (key, name) = row.parent.clone()?;
        Some((format!("{name}\u{0}{key}"), name, row.name.clone()))
    });
    let by_name = gather(rows, |row| {
        let (unit, trade) = split(&row.name)?;
        Some((unit.clone(), unit, trade))
    });
    let covered = |found: &Repeats| -> usize {
        let on = found.trades.iter().flat_map(|trade| &trade.on);
        on.flatten().count()
    };
    match covered(&by_summary) >= covered(&by_name) {
        true => by_summary,
        false => by_name,
    }
}

/// Groups rows by unit (key and name) and trade; keeps trades of two units or more.
fn gather(
    rows: &[RepeatRow],
    of: impl Fn(&RepeatRow) -> Option<(String, String, String)>,
) -> Repeats {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut trades: Vec<(String, BTreeMap<String, usize>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (i, row) in rows.iter().enumerate().filter(|(_, row)| row.work) {
        let Some((key, name, trade)) = of(row) else {
            continue;
        };
        let place = *places.entry(trade).or_insert_with_key(|trade| {
            trades.push((trade.clone(), BTreeMap::new()));
            trades.len() - 1
        });
        trades[place].1.entry(key.clone()).or_insert(i);
        names.insert(key, name);
    }
    trades.retain(|(_, on)| on.len() > 1);
    let visited: BTreeSet<&String> = trades.iter().flat_map(|(_, on)| on.keys()).collect();
    let mut keys: Vec<&String> = visited.into_iter().collect();
    keys.sort_by_key(|key| (number_in(&names[*key]), (*key).clone()));
    let trade = |(name, on): &(String, BTreeMap<String, usize>)| RepeatedTrade {
        name: name.clone(),
        on: keys.iter().map(|key| on.get(*key).copied()).collect(),
    };
    Repeats {
        trades: trades.iter().map(trade).collect(),
        units: keys.iter().map(|key| names[*key].clone()).collect(),
    }
}

/// The first number of a name, so that 10号楼 comes after 9号楼.
fn number_in(name: &str) -> u64 {
    let digits: String = name
        .chars()
        .map(|c| digit(c).map_or(c, |n| char::from_digit(n, 10).unwrap_or(c)))
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .take(12)
        .collect();
    digits.parse().unwrap_or(u64::MAX)
}

/// A digit, also a wide one or a Chinese one.
fn digit(c: char) -> Option<u32> {
    let chinese = "零一二三四五六七八九".chars().position(|one| one == c);
    let wide = ('０'..='９').contains(&c).then(|| c as u32 - '０' as u32);
    c.to_digit(10).or(wide).or(chinese.map(|n| n as u32))
}

/// A name without its unit, and the unit: 主体施工（3号） is 主体施工 on 3号.
fn split(name: &str) -> Option<(String, String)> {
    let chars: Vec<char> = name.chars().collect();
    let starts = |c: char| digit(c).is_some() || c.is_ascii_uppercase() || c == '十';
    for start in (0..chars.len()).filter(|&i| starts(chars[i])) {
        let letter = chars[start].is_ascii_uppercase();
        let mut end = start + 1;
        while !letter && end < chars.len() && (digit(chars[end]).is_some() || chars[end] == '十') {
            end += 1;
        }
        let rest: String = chars[end..].iter().collect();
        let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(*mark)) else {
            continue;
        };
        let first = start - usize::from(start > 0 && chars[start - 1] == '第');
        let end = end + mark.chars().count();
        let unit: String = chars[start..end].iter().collect();
        let left: String = chars[..first].iter().chain(&chars[end..]).collect();
        let trade = left
            .replace("（）", "")
            .replace("()", "")
            .trim_matches(|c: char| " 　-—_、，,：:".contains(c))
            .to_owned();
        return (!trade.is_empty()).then_some((unit, trade));
    }
    None
}

/// One trade's work on one unit by the plan's dates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stay {
    /// Begin.
    pub start: Minute,
    /// End.
    pub finish: Minute,
}

/// 工序行进 What the dates of a plan say about one trade that passes over the units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passage {
    /// Where and when, per unit.
    pub stays: Vec<Option<Stay>>,
    /// 一个单元用时: the middle one of its durations, working minutes.
    pub work: i64,
    /// 作业队数: most units worked on at the same time.
    pub crews: i64,
    /// 窝工: working minutes in which all crews of the trade wait between two units.
    pub idle: i64,
    /// Units in which more crews than there are would be at work; empty without a limit.
    pub clashes: Vec<usize>,
}

impl Passage {
    /// Measures a trade. `crews` is how many there are, if that is known.
    pub fn of(stays: Vec<Option<Stay>>, timeline: &Timeline, crews: Option<i64>) -> Self {
        let mut known: Vec<(Stay, usize)> = stays
            .iter()
            .enumerate()
            .filter_map(|(unit, stay)| Some(((*stay)?, unit)))
            .collect();
        known.sort_by_key(|(stay, unit)| (stay.start, stay.finish, *unit));
        let mut works: Vec<i64> = known
            .iter()
            .map(|(stay, _)| timeline.between(stay.start, stay.finish).max(1))
            .collect();
        works.sort_unstable();
        let (mut most, mut idle, mut clashes) = (0, 0, Vec::new());
        let mut busy_until: Option<Minute> = None;
        for (at, (stay, unit)) in known.iter().enumerate() {
            let before = known[..at].iter();
            let others = before
                .filter(|(other, _)| other.finish > stay.start)
                .count();
            let together = others as i64 + 1;
            most = most.max(together);
            if crews.is_some_and(|crews| together > crews) {
                clashes.push(*unit);
            }
            if let Some(until) = busy_until.filter(|until| *until < stay.start) {
                idle += timeline.between(until, stay.start);
            }
            busy_until = Some(busy_until.map_or(stay.finish, |until| until.max(stay.finish)));
        }
        clashes.sort_unstable();
        Self {
            stays,
            work: works.get(works.len() / 2).copied().unwrap_or(1),
            crews: most.max(1),
            idle,
            clashes,
        }
    }

    /// The same trade without dates, for a rhythm: so many crews as there are, else as the plan has.
    pub fn trade(&self, name: &str, crews: Option<i64>) -> Trade {
        Trade {
            name: name.to_owned(),
            work: self.work,
            crews: crews.unwrap_or(self.crews),
            waits: Vec::new(),
        }
    }
}

/// 工序间的先后: which trades each one waits for on its units, as the links of the plan say, whatever stands between them.
/// Counts where both trades meet on a unit and every such unit says so. Where the plan lets them overlap, so may the trades.
/// One list per trade, of trades that stand before it.
pub fn waits(
    network: &Network,
    answer: &Schedule,
    found: &Repeats,
    day: &Timeline,
) -> Vec<Vec<TradeWait>> {
    let web = Web::of(network, found);
    let mut lists = Vec::with_capacity(found.trades.len());
    for (own, trade) in found.trades.iter().enumerate() {
        let mut seen: BTreeMap<usize, (usize, i64)> = BTreeMap::new();
        for (unit, work) in trade.on.iter().enumerate() {
            let Some(work) = *work else { continue };
            for (ahead, lag) in web.ahead(unit, work) {
                let from = found.trades[ahead].on[unit];
                let room = from.map_or(0, |from| {
                    day.between(answer.early_finish[from], answer.early_start[work])
                });
                let entry = seen.entry(ahead).or_insert((0, i64::MAX));
                *entry = (entry.0 + 1, entry.1.min(room.min(lag)));
            }
        }
        let together = |ahead: usize| {
            let pairs = trade.on.iter().zip(&found.trades[ahead].on);
            pairs
                .filter(|(own, ahead)| own.is_some() && ahead.is_some())
                .count()
        };
        let sure = seen
            .into_iter()
            .filter(|(ahead, (count, _))| *ahead < own && *count == together(*ahead));
        lists.push(
            sure.map(|(trade, (_, gap))| TradeWait { trade, gap })
                .collect(),
        );
    }
    lists
}

/// The links of a plan, seen from the units of its flow.
struct Web<'a> {
    network: &'a Network,
    /// Links into each activity.
    into: Vec<Vec<&'a Link>>,
    members: Vec<Vec<usize>>,
    /// Unit and trade of each activity that repeats.
    place: HashMap<usize, (usize, usize)>,
}

impl<'a> Web<'a> {
    fn of(network: &'a Network, found: &Repeats) -> Self {
        let count = network.activities.len();
        let mut web = Web {
            network,
            into: vec![Vec::new(); count],
            members: vec![Vec::new(); count],
            place: HashMap::new(),
        };
        for link in &network.links {
            web.into[link.to].push(link);
        }
        for (i, activity) in network.activities.iter().enumerate() {
            if let Some(parent) = activity.parent {
                web.members[parent].push(i);
            }
        }
        for (trade, one) in found.trades.iter().enumerate() {
            for (unit, work) in one.on.iter().enumerate() {
                web.place.extend(work.map(|work| (work, (unit, trade))));
            }
        }
        web
    }

    /// The trades that work `own` on `unit` waits for directly or through work that does not repeat, each with the lag of a
    /// direct link from finish to start.
    fn ahead(&self, unit: usize, own: usize) -> BTreeMap<usize, i64> {
        let mut found = BTreeMap::new();
        let mut seen = BTreeSet::from([own]);
        let mut open: Vec<(usize, i64)> = self.before(own);
        while let Some((i, lag)) = open.pop() {
            if !seen.insert(i) {
                continue;
            }
            match self.place.get(&i) {
                Some(&(at, trade)) if at == unit => {
                    found.insert(trade, lag);
                }
                Some(_) => {}
                None => {
                    open.extend(self.members[i].iter().map(|&member| (member, 0)));
                    open.extend(self.before(i).into_iter().map(|(from, _)| (from, 0)));
                }
            }
        }
        found
    }

    /// What stands before an activity by its own links and those of the summaries above it.
    fn before(&self, i: usize) -> Vec<(usize, i64)> {
        let above = std::iter::successors(Some(i), |&i| self.network.activities[i].parent);
        let links = above.flat_map(|i| &self.into[i]);
        links
            .map(|link| match link.kind {
                LinkKind::FS => (link.from, link.lag.max(0)),
                _ => (link.from, 0),
            })
            .collect()
    }
}

/// 主导工序: the trade whose units follow each other most slowly, the first of equals.
pub fn controlling(trades: &[Trade]) -> Option<usize> {
    let slower = |&(i, trade): &(usize, &Trade)| {
        // Minutes per unit in thousandths: work ÷ crews without a fraction.
        (
            trade.work.saturating_mul(1_000) / trade.crews.max(1),
            std::cmp::Reverse(i),
        )
    };
    trades.iter().enumerate().max_by_key(slower).map(|(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::{WorkCalendar, minute_of};

    fn row(name: &str, parent: Option<(usize, &str)>) -> RepeatRow {
        RepeatRow {
            name: name.to_owned(),
            parent: parent.map(|(at, name)| (at, name.to_owned())),
            work: true,
        }
    }

    #[test]
    fn a_unit_is_found_in_a_name_wherever_it_stands() {
        let of = |name: &str| split(name).map(|(unit, trade)| format!("{unit}|{trade}"));
        assert_eq!(of("主体施工（3号）").as_deref(), Some("3号|主体施工"));
        assert_eq!(of("12#楼桩基").as_deref(), Some("12#楼|桩基"));
        assert_eq!(of("第二标段路基土方").as_deref(), Some("二标段|路基土方"));
        assert_eq!(of("A区 绿化").as_deref(), Some("A区|绿化"));
        assert_eq!(of("10kV 临时用电"), None);
        assert_eq!(of("竣工验收"), None);
        assert_eq!(of("3号楼"), None, "a unit alone is no trade");
    }

    #[test]
    fn units_are_ordered_by_their_numbers_and_single_work_is_left_out() {
        let names = [
            "基础（10号）",
            "基础（2号）",
            "主体（2号）",
            "主体（10号）",
            "塔吊（2号）",
            "绿化",
        ];
        let rows: Vec<RepeatRow> = names.iter().map(|name| row(name, None)).collect();
        let found = repeats(&rows);
        assert_eq!(found.units, ["2号", "10号"]);
        let trades: Vec<&str> = found.trades.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(trades, ["基础", "主体"]);
        assert_eq!(found.trades[0].on, [Some(1), Some(0)]);
    }

    #[test]
    fn summaries_with_parts_of_the_same_names_are_units() {
        let rows = [
            row("基础", Some((10, "1号楼"))),
            row("主体", Some((10, "1号楼"))),
            row("基础", Some((11, "2号楼"))),
            row("主体", Some((11, "2号楼"))),
            row("围挡", Some((12, "前期"))),
        ];
        let found = repeats(&rows);
        assert_eq!(found.units, ["1号楼", "2号楼"]);
        assert_eq!(found.trades[1].on, [Some(1), Some(3)]);
        assert_eq!(repeats(&[row("围挡", None)]), Repeats::default());
    }

    /// Minutes where each name was held against all others.
    #[test]
    fn a_plan_of_very_many_trades_is_read_in_no_time() {
        let rows: Vec<RepeatRow> = (0..200_000)
            .map(|i| {
                row(
                    &format!("在各处都不一样的工作内容 {i:06} 次"),
                    Some((i, "1号楼")),
                )
            })
            .collect();
        assert_eq!(repeats(&rows), Repeats::default());
    }

    fn stays(spans: &[(i64, i64)]) -> (Vec<Option<Stay>>, Timeline) {
        let timeline = WorkCalendar::seven_day().timeline();
        let first = timeline.next_start(minute_of("2023-03-06".parse().expect("a date"), 0, 0));
        let at = |day: i64| timeline.advance(first, day * 480);
        let stay = |&(from, to): &(i64, i64)| {
            Some(Stay {
                start: timeline.next_start(at(from)),
                finish: at(to),
            })
        };
        (spans.iter().map(stay).collect(), timeline)
    }

    #[test]
    fn a_passage_counts_crews_waits_and_clashes() {
        let (all, timeline) = stays(&[(0, 10), (10, 20), (25, 35), (30, 42)]);
        let one = Passage::of(all.clone(), &timeline, Some(1));
        assert_eq!((one.work / 480, one.crews, one.idle / 480), (10, 2, 5));
        assert_eq!(
            one.clashes,
            [3],
            "the fourth unit begins before the third is done"
        );
        assert_eq!(Passage::of(all, &timeline, None).clashes, [0usize; 0]);
        let none = Passage::of(vec![None, None], &timeline, Some(1));
        assert_eq!((none.work, none.crews, none.idle), (1, 1, 0));
    }

    #[test]
    fn the_slowest_rate_controls_and_not_the_longest_work() {
        let trade = |work: i64, crews: i64| Trade {
            name: String::new(),
            work,
            crews,
            waits: Vec::new(),
        };
        assert_eq!(
            controlling(&[trade(30, 3), trade(12, 1), trade(20, 2)]),
            Some(1)
        );
        assert_eq!(controlling(&[]), None);
    }
}
