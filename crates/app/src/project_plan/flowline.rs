//! 流水 The part of a plan that repeats from building to building, as a line of balance: where crews clash or wait, which
//! trade sets the pace, and the rhythm a target asks for.

use super::{PlanBook, day_text, days_text, tenths};
use crate::App;
use crate::account::Actor;
use crate::error::AppError;
use crate::page::project_plan::{FlowPage, FlowTrade};
use ground::{Date, Finding, Timeline, date_of_finish, date_of_start, minute_of};
use plan::{ActivityKind, Flow, Passage, RepeatRow, Repeats, Stay, Trade, TradeWait};
use portfolio::Scheduled;
use report::flow_chart::{self, FlowChart, FlowLine};
use std::collections::{BTreeMap, BTreeSet};

/// Crews that one may ask for.
const CREWS: i64 = 60;

/// What to look at.
#[derive(Clone, Debug, Default)]
pub struct FlowQuery {
    /// Trades left out, by their number (from 1).
    pub without: Vec<usize>,
    /// 每个工序的作业队; unknown when absent.
    pub crews: Option<i64>,
}

/// The line of balance of a plan.
///
/// # Errors
/// As [`PlanBook::open`].
pub fn flowline(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
    query: &FlowQuery,
) -> Result<FlowPage, AppError> {
    let book = PlanBook::open(app, actor, project, day)?;
    let scheduled = book.scheduled(app, book.activities());
    Ok(Room::new(&book, &scheduled, query).page())
}

/// The drawing alone, for printing; where nothing repeats it says so.
///
/// # Errors
/// As [`PlanBook::open`].
pub fn flowline_svg(
    app: &App,
    actor: &Actor,
    project: &str,
    day: Option<Date>,
    query: &FlowQuery,
) -> Result<String, AppError> {
    let page = flowline(app, actor, project, day, query)?;
    let why = page
        .findings
        .first()
        .map_or("没有选工序。", |one| one.problem.as_str());
    Ok(page.svg.unwrap_or_else(|| flow_chart::blank("流水图", why)))
}

struct Room<'a> {
    book: &'a PlanBook,
    scheduled: &'a Scheduled<'a>,
    crews: Option<i64>,
    without: BTreeSet<usize>,
    found: Repeats,
    passages: Vec<Passage>,
    /// What each trade waits for.
    waits: Vec<Vec<TradeWait>>,
}

impl<'a> Room<'a> {
    fn new(book: &'a PlanBook, scheduled: &'a Scheduled<'a>, query: &FlowQuery) -> Self {
        let mut room = Self {
            book,
            scheduled,
            crews: query.crews.map(|crews| crews.clamp(1, CREWS)),
            without: query.without.iter().copied().collect(),
            found: Repeats::default(),
            passages: Vec::new(),
            waits: Vec::new(),
        };
        if scheduled
            .schedule
            .as_ref()
            .is_some_and(|s| !s.early_start.is_empty())
        {
            room.found = plan::repeats(&room.rows());
            room.order();
            let trades = room.found.trades.iter();
            room.passages = trades.map(|trade| room.passage(&trade.on)).collect();
            if let (Some(answer), Some(day)) = (&scheduled.schedule, room.timeline()) {
                let network = &scheduled.built.network;
                room.waits = plan::waits(network, answer, &room.found, day);
            }
        }
        room
    }

    fn rows(&self) -> Vec<RepeatRow> {
        let built = &self.scheduled.built;
        let row = |(i, node): (usize, &plan::Activity)| RepeatRow {
            name: built.activities[i].name.clone(),
            parent: node
                .parent
                .map(|parent| (parent, built.activities[parent].name.clone())),
            work: node.kind == ActivityKind::Task && node.duration > 0,
        };
        built
            .network
            .activities
            .iter()
            .enumerate()
            .map(row)
            .collect()
    }

    /// Trades in the order in which they begin anywhere: the order of work, whatever the order of rows.
    fn order(&mut self) {
        let schedule = self.scheduled.schedule.as_ref();
        let begin = |on: &[Option<usize>]| {
            let starts = on
                .iter()
                .flatten()
                .filter_map(|&i| Some(schedule?.planned_start[i]));
            starts.min()
        };
        self.found.trades.sort_by_key(|trade| begin(&trade.on));
    }

    fn stay(&self, i: usize) -> Option<Stay> {
        let schedule = self.scheduled.schedule.as_ref()?;
        Some(Stay {
            start: schedule.planned_start[i],
            finish: schedule.planned_finish[i],
        })
    }

    /// The calendar of the flow: that of the first trade.
    fn timeline(&self) -> Option<&Timeline> {
        let first = self.found.trades.first()?.on.iter().flatten().next()?;
        let network = &self.scheduled.built.network;
        network.calendars.get(network.activities[*first].calendar)
    }

    fn passage(&self, on: &[Option<usize>]) -> Passage {
        let stays: Vec<Option<Stay>> = on.iter().map(|i| self.stay((*i)?)).collect();
        let network = &self.scheduled.built.network;
        let own = on.iter().flatten().next();
        let calendar = own.map_or(0, |&i| network.activities[i].calendar);
        Passage::of(stays, &network.calendars[calendar], self.crews)
    }

    fn shown(&self) -> Vec<usize> {
        let all = 0..self.found.trades.len();
        all.filter(|place| !self.without.contains(&(place + 1)))
            .collect()
    }

    fn trades(&self, shown: &[usize]) -> Vec<Trade> {
        let waits = self.waits_among(shown);
        let trade = |&place: &usize| Trade {
            waits: waits[place].clone(),
            ..self.passages[place].trade(&self.found.trades[place].name, self.crews)
        };
        shown.iter().map(trade).collect()
    }

    /// What each trade waits for among those shown: what is left out still takes its time.
    fn waits_among(&self, shown: &[usize]) -> Vec<Vec<TradeWait>> {
        let mut lists: Vec<Vec<TradeWait>> = Vec::with_capacity(self.waits.len());
        for own in &self.waits {
            let mut gaps: BTreeMap<usize, i64> = BTreeMap::new();
            let mut wait = |trade: usize, gap: i64| {
                let known = gaps.entry(trade).or_insert(gap);
                *known = gap.max(*known);
            };
            for one in own {
                match shown.binary_search(&one.trade) {
                    Ok(trade) => wait(trade, one.gap),
                    Err(_) => {
                        let further = one.gap + self.passages[one.trade].work;
                        let behind = &lists[one.trade];
                        behind
                            .iter()
                            .for_each(|far| wait(far.trade, far.gap + further));
                    }
                }
            }
            let list = gaps.into_iter();
            lists.push(list.map(|(trade, gap)| TradeWait { trade, gap }).collect());
        }
        lists
    }

    fn page(&self) -> FlowPage {
        let shown = self.shown();
        let trades = self.trades(&shown);
        let controlling = plan::controlling(&trades).map(|at| shown[at]);
        let mut page = FlowPage {
            units: self.found.units.clone(),
            trades: (0..self.found.trades.len())
                .map(|place| self.trade(place, controlling))
                .collect(),
            crews: self.crews,
            text: String::new(),
            rhythm: Vec::new(),
            svg: None,
            proposed_svg: None,
            findings: self.findings(),
        };
        if let Some(timeline) = self.timeline().filter(|_| !shown.is_empty()) {
            page.text = self.told(controlling);
            page.svg = flow_chart::document(&self.chart(&shown, controlling, &page.text));
            let proposal = self.proposal(&shown, &trades, timeline);
            page.proposed_svg = proposal.1;
            page.rhythm = proposal.0;
        }
        page
    }

    fn trade(&self, place: usize, controlling: Option<usize>) -> FlowTrade {
        let (found, passage) = (&self.found.trades[place], &self.passages[place]);
        let day = self.timeline().map_or(480, Timeline::minutes_per_day);
        let clashes = passage.clashes.iter();
        FlowTrade {
            number: place + 1,
            name: found.name.clone(),
            units: found.on.iter().flatten().count(),
            days_text: days_text(tenths(passage.work, day)),
            crews: passage.crews,
            idle_text: days_text(tenths(passage.idle, day)),
            clashes: clashes
                .map(|&unit| self.found.units[unit].clone())
                .collect(),
            controlling: controlling == Some(place),
            shown: !self.without.contains(&(place + 1)),
        }
    }

    fn chart(&self, shown: &[usize], controlling: Option<usize>, fact: &str) -> FlowChart {
        let line = |&place: &usize| {
            let passage = &self.passages[place];
            let days = |stay: &Stay| (date_of_start(stay.start), date_of_finish(stay.finish));
            FlowLine {
                number: place + 1,
                name: self.found.trades[place].name.clone(),
                stays: passage
                    .stays
                    .iter()
                    .map(|stay| stay.as_ref().map(days))
                    .collect(),
                controlling: controlling == Some(place),
                clashes: passage.clashes.clone(),
            }
        };
        FlowChart {
            title: format!("{} 流水图", self.book.project.name),
            fact: fact.to_owned(),
            units: self.found.units.clone(),
            lines: shown.iter().map(line).collect(),
            today: Some(self.book.state.today),
            target: self.book.project.target.as_ref().map(|target| target.date),
        }
    }

    /// 6 个单元、8 道工序；主导工序是主体施工，一个单元 60 天。……
    fn told(&self, controlling: Option<usize>) -> String {
        let shown = self.shown();
        let head = format!(
            "{} 个单元、{} 道工序；",
            self.found.units.len(),
            shown.len()
        );
        let pace = controlling.map_or_else(String::new, |place| {
            let trade = self.trade(place, controlling);
            format!(
                "主导工序是“{}”，一个单元 {} 天",
                trade.name, trade.days_text
            )
        });
        let clashes: usize = shown.iter().map(|&p| self.passages[p].clashes.len()).sum();
        let clashes = match (self.crews, clashes) {
            (Some(crews), 0) => format!("；每道工序 {crews} 队够用。"),
            (Some(crews), n) => format!("；每道工序 {crews} 队，有 {n} 处作业队冲突。"),
            (None, _) => "。".to_owned(),
        };
        format!("{head}{pace}{clashes}")
    }

    /// What the trades could do without waiting, and what the target asks for; with the drawing of the second, else of
    /// the first.
    fn proposal(
        &self,
        shown: &[usize],
        trades: &[Trade],
        timeline: &Timeline,
    ) -> (Vec<String>, Option<String>) {
        let units = self.found.units.len();
        let begins = shown
            .iter()
            .flat_map(|&place| self.passages[place].stays.iter().flatten());
        let Some(begin) = begins.map(|stay| stay.start).min() else {
            return (Vec::new(), None);
        };
        let day = timeline.minutes_per_day().max(1);
        let steady = plan::flow(trades, units);
        let end = |flow: &Flow| date_of_finish(timeline.advance(begin, flow.total()));
        // A day that is begun is needed whole.
        let days = |minutes: i64| (minutes + day - 1).div_euclid(day);
        let today = self.book.state.today;
        let mut told = vec![format!(
            "按现有作业队连续施工、互不等待：共 {} 天，{} 完成。",
            days(steady.total()),
            day_text(end(&steady), today)
        )];
        let mut flow = steady;
        if let Some(target) = &self.book.project.target {
            let available = timeline.between(begin, minute_of(target.date, 24, 0));
            let date = day_text(target.date, today);
            match plan::takt(trades, units, available, day) {
                Ok(takt) => {
                    let crews: Vec<String> = trades
                        .iter()
                        .zip(&takt.crews)
                        .map(|(trade, crews)| format!("{} {crews} 队", trade.name))
                        .collect();
                    told.push(format!(
                        "要在 {date} 前完成：每 {} 天进一个单元，需要{}，余 {} 天。",
                        days_text(tenths(takt.takt, day)),
                        crews.join("、"),
                        takt.slack.div_euclid(day)
                    ));
                    flow = takt.flow;
                }
                Err(short) => told.push(format!(
                    "{date} 前无论加多少作业队都做不完：一个单元从头到尾要 {} 天，还差 {} 天；要压缩工序本身或让工序搭接。",
                    days(short.cycle),
                    days(short.lack)
                )),
            }
        }
        let fact = told.last().cloned().unwrap_or_default();
        let drawn = self.proposed(shown, &flow, begin, timeline, &fact);
        (told, flow_chart::document(&drawn))
    }

    fn proposed(
        &self,
        shown: &[usize],
        flow: &Flow,
        begin: ground::Minute,
        timeline: &Timeline,
        fact: &str,
    ) -> FlowChart {
        let line = |(at, &place): (usize, &usize)| {
            let line = &flow.lines[at];
            let stay = |unit: usize| {
                let start = timeline.next_start(timeline.advance(begin, line.start_on(unit)));
                let finish = timeline.advance(begin, line.finish_on(unit));
                (
                    date_of_start(start),
                    date_of_finish(finish).max(date_of_start(start)),
                )
            };
            let on = &self.found.trades[place].on;
            FlowLine {
                number: place + 1,
                name: format!("{} {} 队", self.found.trades[place].name, line.crews),
                stays: (0..flow.units)
                    .map(|unit| on[unit].map(|_| stay(unit)))
                    .collect(),
                controlling: false,
                clashes: Vec::new(),
            }
        };
        FlowChart {
            title: format!("{} 流水建议", self.book.project.name),
            lines: shown.iter().enumerate().map(line).collect(),
            ..self.chart(&[], None, fact)
        }
    }

    fn findings(&self) -> Vec<Finding> {
        if self.scheduled.schedule.is_none() {
            return self.scheduled.standing.findings.clone();
        }
        if !self.found.trades.is_empty() {
            return Vec::new();
        }
        let problem = "计划里没有在几栋楼、几个标段上重复的工作，画不出流水图。";
        let remedy = "用模板按楼栋数起计划；或把每栋楼设成一个汇总，下面的工作同名；或在名称里写“（1号）”“2标段”。";
        vec![Finding::info("plan.no_repeats", "计划", problem, remedy)]
    }
}
