//! 流水(线平衡): trades that pass over n similar units (楼栋、里程段、户) one after another; their
//! rates, where their lines would cross, the takt a target asks for, and the network of it all.
//!
//! Times are working minutes of one calendar counted from the start of the flow. A line is a
//! trade's start on each unit; crews never wait and never work on two units at once. Trades need not
//! stand in one row: each names those it waits for on a unit, and what waits for nothing in common
//! goes side by side.

use std::fmt::Write as _;

use ground::Ratio;

use crate::network::{Activity, LagCalendar, Link, LinkKind, Network};

/// 工序 that visits every unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trade {
    /// 名称.
    pub name: String,
    /// 单元工期: working minutes of one crew on one unit; at least 1.
    pub work: i64,
    /// 作业队数: units worked on at the same time; at least 1.
    pub crews: i64,
    /// What it waits for on each unit; trades that stand before it in the list.
    pub waits: Vec<TradeWait>,
}

/// 前道工序 of a trade on the same unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TradeWait {
    /// Index of the trade that goes ahead.
    pub trade: usize,
    /// 缓冲: least working minutes from its end to this one's start; negative = they overlap (搭接).
    pub gap: i64,
}

impl Trade {
    /// 速率: units per working day of `minutes_per_day`.
    pub fn rate(&self, minutes_per_day: i64) -> Ratio {
        let top = i128::from(self.crews()) * i128::from(minutes_per_day);
        Ratio::new(top, i128::from(self.work()))
    }

    fn work(&self) -> i64 {
        self.work.max(1)
    }

    fn crews(&self) -> i64 {
        self.crews.max(1)
    }

    /// What it waits for among the trades before place `own`.
    fn ahead(&self, own: usize) -> impl Iterator<Item = &TradeWait> {
        self.waits.iter().filter(move |wait| wait.trade < own)
    }
}

/// One trade's line: unit u starts at `start + u × pace.0 ÷ pace.1`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// Start on the first unit.
    pub start: i64,
    /// Working minutes on one unit.
    pub work: i64,
    /// Time between starts on neighbouring units as (minutes, for so many units).
    pub pace: (i64, i64),
    /// Units worked on at the same time.
    pub crews: i64,
}

impl Line {
    /// Start on `unit`, counted from 0.
    pub fn start_on(&self, unit: usize) -> i64 {
        self.start + self.offset(unit)
    }

    /// Finish on `unit`.
    pub fn finish_on(&self, unit: usize) -> i64 {
        self.start_on(unit) + self.work
    }

    fn offset(&self, unit: usize) -> i64 {
        let minutes = i128::from(self.pace.0) * unit as i128 / i128::from(self.pace.1.max(1));
        i64::try_from(minutes).unwrap_or(i64::MAX / 4)
    }
}

/// 流水. The lines of all trades over `units` units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flow {
    /// Number of units.
    pub units: usize,
    /// One line per trade, in working order.
    pub lines: Vec<Line>,
}

/// 冲突. Where a trade would come before the one ahead of it (with its buffer) has left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Crossing {
    /// Index of the following trade.
    pub trade: usize,
    /// Index of the trade it comes too close to.
    pub ahead: usize,
    /// First unit, from 0, on which it comes too early.
    pub unit: usize,
    /// Number of units on which it does.
    pub units: usize,
    /// Working minutes by which it comes too early at worst.
    pub lack: i64,
}

/// Lines of trades that work on without waiting, each as early as those ahead of it allow.
///
/// A faster trade behind a slower one starts late enough to arrive with it at the last unit; a
/// slower one starts as soon as the first unit is free.
pub fn flow(trades: &[Trade], units: usize) -> Flow {
    let mut lines: Vec<Line> = Vec::with_capacity(trades.len());
    for (own, trade) in trades.iter().enumerate() {
        let mut line = Line {
            start: 0,
            work: trade.work(),
            pace: (trade.work(), trade.crews()),
            crews: trade.crews(),
        };
        let free = |wait: &TradeWait| {
            let ahead = &lines[wait.trade];
            let free = |unit: usize| ahead.finish_on(unit) + wait.gap - line.offset(unit);
            (0..units.max(1)).map(free).max().unwrap_or(0)
        };
        line.start = trade.ahead(own).map(free).max().unwrap_or(0).max(0);
        lines.push(line);
    }
    Flow { units, lines }
}

/// 节拍方案: all lines parallel, every trade a unit per takt, so that a target is met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaktPlan {
    /// 节拍: working minutes per unit.
    pub takt: i64,
    /// 各工序要的作业队数.
    pub crews: Vec<i64>,
    /// The lines, parallel.
    pub flow: Flow,
    /// What is left of the time given.
    pub slack: i64,
}

/// Why no takt can meet a target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TaktShortage {
    /// Working minutes one unit needs from the first trade to the last, along its longest way.
    pub cycle: i64,
    /// Working minutes that are missing, whatever the number of crews.
    pub lack: i64,
}

/// 倒排节拍. The slowest takt, and with it the fewest crews, at which `units` units are done within
/// `available` working minutes. The takt is cut down to multiples of `whole` (480 = whole days)
/// where it is at least that.
///
/// # Errors
/// When not even one unit fits, or the time left for the others is less than a minute each.
///
/// ```
/// use plan::{Trade, takt};
/// use plan::TradeWait;
/// let trade = |name: &str, days: i64, waits| Trade { name: name.into(), work: days * 480, crews: 1, waits };
/// let behind = vec![TradeWait { trade: 0, gap: 0 }];
/// // Ten buildings, 30 + 20 days each, in 140 working days: nine more starts in 90 days.
/// let plan = takt(&[trade("主体", 30, vec![]), trade("装修", 20, behind)], 10, 140 * 480, 480).unwrap();
/// assert_eq!((plan.takt / 480, plan.crews), (10, vec![3, 2]));
/// ```
pub fn takt(
    trades: &[Trade],
    units: usize,
    available: i64,
    whole: i64,
) -> Result<TaktPlan, TaktShortage> {
    let begins = begins(trades);
    let ends = begins
        .iter()
        .zip(trades)
        .map(|(begin, trade)| begin + trade.work());
    let cycle = ends.max().unwrap_or(0);
    let further = units.saturating_sub(1) as i64;
    let room = available - cycle;
    if room < further {
        return Err(TaktShortage {
            cycle,
            lack: further - room,
        });
    }
    let exact = if further > 0 {
        room / further
    } else {
        room.max(1)
    };
    let takt = if whole > 0 && exact >= whole {
        exact - exact % whole
    } else {
        exact
    };
    let flow = parallel(trades, units, takt);
    Ok(TaktPlan {
        takt,
        crews: flow.lines.iter().map(|line| line.crews).collect(),
        slack: available - flow.total(),
        flow,
    })
}

/// When each trade may begin on the first unit, nothing but the trades ahead of it in its way.
fn begins(trades: &[Trade]) -> Vec<i64> {
    let mut begins: Vec<i64> = Vec::with_capacity(trades.len());
    for (own, trade) in trades.iter().enumerate() {
        let free = |wait: &TradeWait| begins[wait.trade] + trades[wait.trade].work() + wait.gap;
        let begin = trade.ahead(own).map(free).max().unwrap_or(0);
        begins.push(begin.max(0));
    }
    begins
}

fn parallel(trades: &[Trade], units: usize, takt: i64) -> Flow {
    let line = |(trade, start): (&Trade, i64)| {
        let crews = (trade.work() + takt - 1) / takt;
        Line {
            start,
            work: trade.work(),
            pace: (takt, 1),
            crews: crews.clamp(1, units.max(1) as i64),
        }
    };
    Flow {
        units,
        lines: trades.iter().zip(begins(trades)).map(line).collect(),
    }
}

impl Flow {
    /// Working minutes from the start to the last trade's end on the last unit to be left.
    pub fn total(&self) -> i64 {
        let last = self.units.saturating_sub(1);
        self.lines
            .iter()
            .map(|line| line.finish_on(last))
            .max()
            .unwrap_or(0)
    }

    /// Crossings of these lines, wherever their starts come from: drag a line and look again.
    pub fn crossings(&self, trades: &[Trade]) -> Vec<Crossing> {
        let lines = self.lines.iter().zip(trades).enumerate();
        let waits = lines.flat_map(|(own, (line, trade))| {
            let ahead = trade.ahead(own);
            ahead.map(move |wait| (own, line, wait))
        });
        let crossing = |(trade, line, wait): (usize, &Line, &TradeWait)| {
            let ahead = &self.lines[wait.trade];
            let lack = |unit: usize| ahead.finish_on(unit) + wait.gap - line.start_on(unit);
            let bad: Vec<usize> = (0..self.units).filter(|&unit| lack(unit) > 0).collect();
            Some(Crossing {
                trade,
                ahead: wait.trade,
                unit: *bad.first()?,
                units: bad.len(),
                lack: bad.iter().map(|&unit| lack(unit)).max()?,
            })
        };
        waits.filter_map(crossing).collect()
    }

    /// The flow as a network on `Network::calendars[calendar]`: one activity per unit and trade
    /// (code `unit.trade`, both from 1), whose early dates are those of the lines.
    ///
    /// Inside a unit trades follow those they wait for (FS with the gap as lag), crews go on to the unit
    /// as many places further as there are crews (FS), and the start of a line and its pace are kept by
    /// start-to-start lags from the first line, which starts with the flow.
    pub fn network(&self, trades: &[Trade], network: Network, calendar: usize) -> Network {
        let base = network.activities.len();
        let count = self.lines.len();
        let at = |unit: usize, trade: usize| base + unit * count + trade;
        let mut network = network;
        for unit in 0..self.units {
            for (trade, line) in self.lines.iter().enumerate() {
                let mut name = trades
                    .get(trade)
                    .map_or_else(String::new, |trade| trade.name.clone());
                let _ = write!(name, "（{}号）", unit + 1);
                let code = format!("{}.{}", unit + 1, trade + 1);
                network
                    .activities
                    .push(Activity::task(code, name, calendar, line.work));
                let waits = trades.get(trade).map_or(&[][..], |trade| &trade.waits);
                network
                    .links
                    .extend(self.links_into(unit, trade, waits, &at));
            }
        }
        network
    }

    fn links_into(
        &self,
        unit: usize,
        trade: usize,
        waits: &[TradeWait],
        at: &dyn Fn(usize, usize) -> usize,
    ) -> Vec<Link> {
        let line = &self.lines[trade];
        let to = at(unit, trade);
        let link = |from, kind, lag| Link {
            from,
            to,
            kind,
            lag,
            lag_calendar: LagCalendar::Predecessor,
        };
        let mut links = Vec::new();
        for wait in waits.iter().filter(|wait| wait.trade < trade) {
            links.push(link(at(unit, wait.trade), LinkKind::FS, wait.gap));
        }
        if unit == 0 && trade > 0 {
            links.push(link(
                at(0, 0),
                LinkKind::SS,
                line.start - self.lines[0].start,
            ));
        }
        if unit > 0 {
            links.push(link(at(0, trade), LinkKind::SS, line.offset(unit)));
        }
        if let Some(before) = unit.checked_sub(line.crews.max(1) as usize) {
            links.push(link(at(before, trade), LinkKind::FS, 0));
        }
        links
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Options, schedule};
    use ground::{HolidayTable, WorkCalendar, minute_of};
    use proptest::prelude::*;

    const DAY: i64 = 480;

    /// Trades one after the other: days, crews, and the days between the one ahead and this one.
    fn row(trades: &[(i64, i64, i64)]) -> Vec<Trade> {
        let trades = trades.iter().enumerate();
        let one = |(own, &(days, crews, gap)): (usize, &(i64, i64, i64))| Trade {
            name: format!("{days}天"),
            work: days * DAY,
            crews,
            waits: behind(own, gap * DAY),
        };
        trades.map(one).collect()
    }

    fn behind(own: usize, gap: i64) -> Vec<TradeWait> {
        let ahead = own.checked_sub(1);
        ahead
            .map(|trade| TradeWait { trade, gap })
            .into_iter()
            .collect()
    }

    fn in_days(flow: &Flow) -> Vec<i64> {
        flow.lines.iter().map(|line| line.start / DAY).collect()
    }

    #[test]
    fn a_faster_trade_waits_so_that_it_never_has_to_stop() {
        // Five units: 10 days each, then 6, then 8. The second meets the first at unit 5:
        // 50 − 4 × 6 = 26; the third follows at once behind the first unit: 26 + 6 = 32.
        let trades = row(&[(10, 1, 0), (6, 1, 0), (8, 1, 0)]);
        let answer = flow(&trades, 5);
        assert_eq!(in_days(&answer), [0, 26, 32]);
        assert_eq!(answer.total(), (32 + 5 * 8) * DAY);
        assert!(answer.crossings(&trades).is_empty());
    }

    #[test]
    fn what_does_not_wait_for_each_other_goes_side_by_side() {
        // Structure 20; pipes 15 and walls 10 both behind it; painting 5 behind both, five days into the pipes' end.
        let mut trades = row(&[(20, 1, 0), (15, 1, 0), (10, 1, 0), (5, 1, 0)]);
        trades[2].waits = vec![TradeWait { trade: 0, gap: 0 }];
        trades[3].waits = vec![
            TradeWait {
                trade: 1,
                gap: -5 * DAY,
            },
            TradeWait { trade: 2, gap: 0 },
        ];
        let one = flow(&trades, 1);
        assert_eq!(in_days(&one), [0, 20, 20, 30]);
        assert_eq!(one.total(), 35 * DAY);
        let short = takt(&trades, 3, 30 * DAY, DAY).expect_err("one unit takes 35 days");
        assert_eq!(short.cycle, 35 * DAY);
        let plan = takt(&trades, 3, 55 * DAY, DAY).expect("ten days for each further unit");
        assert_eq!((plan.takt / DAY, plan.crews), (10, vec![2, 2, 1, 1]));
    }

    #[test]
    fn two_crews_double_the_rate_and_buffers_push_the_next_line() {
        let pair = row(&[(10, 2, 0), (5, 1, 3)]);
        assert_eq!(pair[0].rate(DAY), Ratio::new(960, 4_800));
        let answer = flow(&pair, 4);
        // Starts of the first 0, 5, 10, 15; both lines have the pace of 5, so 10 + 3 holds for all.
        assert_eq!(in_days(&answer), [0, 13]);
        assert_eq!(answer.total(), 33 * DAY);
    }

    #[test]
    fn a_line_pulled_forward_crosses_the_one_ahead() {
        let trades = row(&[(10, 1, 0), (6, 1, 0)]);
        let mut answer = flow(&trades, 5);
        answer.lines[1].start -= 5 * DAY;
        // Lack on units 4 and 5: 1 and 5 days.
        let crossing = Crossing {
            trade: 1,
            ahead: 0,
            unit: 3,
            units: 2,
            lack: 5 * DAY,
        };
        assert_eq!(answer.crossings(&trades), [crossing]);
    }

    #[test]
    fn a_target_gives_the_takt_and_the_crews() {
        let trades = row(&[(30, 1, 0), (20, 1, 5), (12, 1, 0)]);
        // Cycle 67; 12 units in 150 days leave 83 ÷ 11 = 7 whole days each.
        let plan = takt(&trades, 12, 150 * DAY, DAY).expect("fits");
        assert_eq!(
            (plan.takt / DAY, plan.crews.as_slice()),
            (7, &[5, 3, 2][..])
        );
        assert_eq!(plan.slack, (83 - 77) * DAY);
        assert!(plan.flow.crossings(&trades).is_empty());
        let short = takt(&trades, 12, 60 * DAY, DAY).expect_err("one unit takes 67 days");
        assert_eq!((short.cycle, short.lack), (67 * DAY, 7 * DAY + 11));
        let one = takt(&trades, 1, 67 * DAY, DAY).expect("exactly one");
        assert_eq!((one.slack, one.crews), (0, vec![1, 1, 1]));
    }

    /// Each trade behind one or two of those before it.
    fn some_trades() -> impl Strategy<Value = Vec<Trade>> {
        let one = (
            1i64..3_000,
            1i64..5,
            [(0usize..9, 0i64..900), (0usize..9, 0i64..900)],
        );
        prop::collection::vec(one, 1..6).prop_map(|list| {
            let made =
                |(own, (work, crews, waits)): (usize, (i64, i64, [(usize, i64); 2]))| Trade {
                    name: String::new(),
                    work,
                    crews,
                    waits: match own {
                        0 => Vec::new(),
                        _ => waits
                            .map(|(trade, gap)| TradeWait {
                                trade: trade % own,
                                gap,
                            })
                            .into(),
                    },
                };
            list.into_iter().enumerate().map(made).collect()
        })
    }

    fn agrees(flow: &Flow, trades: &[Trade]) -> Result<(), TestCaseError> {
        let timeline = WorkCalendar::official(HolidayTable::shipped()).timeline();
        let empty = Network {
            calendars: vec![timeline.clone()],
            activities: Vec::new(),
            links: Vec::new(),
        };
        let network = flow.network(trades, empty, 0);
        let start = timeline.next_start(minute_of("2023-03-06".parse().expect("a date"), 0, 0));
        let answer = schedule(&network, &Options::from_start(start)).expect("no loop");
        for unit in 0..flow.units {
            for (index, line) in flow.lines.iter().enumerate() {
                let i = unit * flow.lines.len() + index;
                prop_assert_eq!(
                    timeline.between(start, answer.early_start[i]),
                    line.start_on(unit)
                );
                prop_assert_eq!(
                    timeline.between(start, answer.early_finish[i]),
                    line.finish_on(unit)
                );
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn lines_never_cross_and_touch_somewhere(trades in some_trades(), units in 1usize..12) {
            let answer = flow(&trades, units);
            prop_assert!(answer.crossings(&trades).is_empty());
            for (own, line) in answer.lines.iter().enumerate().skip(1) {
                let room = |wait: &TradeWait| {
                    let ahead = &answer.lines[wait.trade];
                    let room = |unit: usize| line.start_on(unit) - ahead.finish_on(unit) - wait.gap;
                    (0..units).map(room).min()
                };
                prop_assert_eq!(trades[own].waits.iter().filter_map(room).min(), Some(0));
            }
        }

        #[test]
        fn the_network_has_the_dates_of_the_lines(trades in some_trades(), units in 1usize..10) {
            agrees(&flow(&trades, units), &trades)?;
        }

        #[test]
        fn a_takt_plan_meets_its_time_without_crossing_and_one_crew_less_would_not_do(
            trades in some_trades(), units in 2usize..10, spare in 0i64..40_000,
        ) {
            let cycle = flow(&trades, 1).total();
            let available = cycle + units as i64 + spare;
            let plan = takt(&trades, units, available, 0).expect("room for a minute each");
            prop_assert!(plan.slack >= 0 && plan.flow.total() + plan.slack == available);
            prop_assert!(plan.flow.crossings(&trades).is_empty());
            for (line, trade) in plan.flow.lines.iter().zip(&trades) {
                // So many crews do a unit per takt; one less would be overtaken.
                prop_assert!(line.crews == units as i64 || line.crews * plan.takt >= trade.work);
                prop_assert!((line.crews - 1) * plan.takt < trade.work);
            }
            agrees(&plan.flow, &trades)?;
        }
    }
}
