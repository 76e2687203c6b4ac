//! Dates and floats of generated networks: n tasks, finish-start links to 2 random predecessors within the last 200,
//! seed 1. Durations are 1–10 tenths of an office day, because calendars end in 2084. `peer` is that network on a plain
//! five-day week and is what `bench/peers/mpxj_speed.py` builds, number by number; `holidays` puts it on the official
//! calendar with its exceptions, `mixed` on three calendars with every link kind and lags; `shuffled` has its
//! activities in no order; `layers` has three links from each layer of a thousand to the next; `chain` has one link after
//! the other, written backwards.

use std::collections::BTreeMap;

use ground::{
    HolidayTable, Minute, Timeline, WorkCalendar, date_of_finish, minute_of, timeline::OFFICE_DAY,
};
use plan::{Activity, Link, LinkKind, Network, Options, schedule};

use crate::change;
use crate::figure;
use crate::random::Random;

const RUNS: usize = 5;
/// A tenth of an office day.
const TENTH: i64 = 48;

/// Builds the network of a shape with so many activities.
type Shape = (&'static str, fn(usize) -> Network);

const SHAPES: [Shape; 6] = [
    ("peer", random),
    ("holidays", holidays),
    ("mixed", mixed),
    ("shuffled", shuffled),
    ("layers", layers),
    ("chain", chain),
];

/// Prints the figures of all shapes in each size.
pub fn run(sizes: &[usize]) {
    for &count in sizes {
        whole(count, "");
    }
    changes(sizes, &["", ""]);
}

/// Whole calculations. `only` is part of a shape's name; empty for all. One network stands in memory at a time.
pub fn whole(count: usize, only: &str) {
    for (shape, network) in SHAPES {
        if shape.contains(only) {
            measure(shape, &network(count));
        }
    }
}

/// Single changes in kept plans of each size. `only` is part of a line's name; empty for all.
pub fn changes(sizes: &[usize], only: &[&str; 2]) {
    let options = Options::from_start(start());
    for &count in sizes {
        for (shape, network) in SHAPES {
            // A calendar with exceptions costs what one without costs.
            if shape != "holidays" && shape.contains(only[0]) {
                change::run(shape, &network(count), &options, only[1]);
            }
        }
    }
}

fn start() -> Minute {
    minute_of("2023-01-02".parse().expect("a date"), 0, 0)
}

fn measure(shape: &str, network: &Network) {
    let options = Options::from_start(start());
    let (cost, answer) = figure::best(RUNS, || {
        schedule(network, &options).expect("no loop is generated")
    });
    let links = network.links.len();
    let remark = format!("{links} links, finish {}", date_of_finish(answer.finish));
    let name = format!("schedule: {} {shape}", network.activities.len());
    figure::line(&name, &cost, &remark);
}

fn random(count: usize) -> Network {
    let mut random = Random::new(1);
    let mut network = empty();
    for i in 0..count {
        let work = (1 + random.below(10) as i64) * TENTH;
        network.activities.push(task(i, work));
        let near = i.min(200) as u64;
        for _ in 0..2 {
            if near > 0 {
                let from = i - 1 - random.below(near) as usize;
                let link = Link::finish_start(from, i);
                if network.links.last() != Some(&link) {
                    network.links.push(link);
                }
            }
        }
    }
    network
}

fn holidays(count: usize) -> Network {
    let mut network = random(count);
    let calendar = WorkCalendar::official(HolidayTable::shipped());
    network.calendars = vec![calendar.timeline()];
    network
}

/// Every link kind, every third link with a lag of nine minutes.
fn mixed(count: usize) -> Network {
    let mut network = random(count);
    let calendars = [
        WorkCalendar::official(HolidayTable::shipped()),
        WorkCalendar::six_day(HolidayTable::shipped()),
        WorkCalendar::seven_day(),
    ];
    network.calendars = calendars.iter().map(WorkCalendar::timeline).collect();
    for (i, activity) in network.activities.iter_mut().enumerate() {
        activity.calendar = i % 3;
    }
    let kinds = [LinkKind::FS, LinkKind::SS, LinkKind::FF, LinkKind::SF];
    for (i, link) in network.links.iter_mut().enumerate() {
        link.kind = kinds[i / 3 % 4];
        link.lag = [0, 0, 9][i % 3];
    }
    network
}

/// Every step is a cache miss.
fn shuffled(count: usize) -> Network {
    let mut network = random(count);
    let mut random = Random::new(7);
    let mut place: Vec<usize> = (0..count).collect();
    for i in (1..count).rev() {
        let other = random.below(i as u64 + 1) as usize;
        place.swap(i, other);
        network.activities.swap(i, other);
    }
    let mut moved = vec![0; count];
    for (new, &old) in place.iter().enumerate() {
        moved[old] = new;
    }
    for link in &mut network.links {
        (link.from, link.to) = (moved[link.from], moved[link.to]);
    }
    network
}

/// Layers of a thousand, each activity after three of the layer before.
fn layers(count: usize) -> Network {
    let mut random = Random::new(5);
    let mut network = empty();
    for i in 0..count {
        let work = (1 + random.below(10) as i64) * TENTH;
        network.activities.push(task(i, work));
        if let Some(before) = (i / 1000).checked_sub(1) {
            let first = random.below(1000) as usize;
            let steps = [0, 1 + random.below(400) as usize, 500];
            let from = steps.map(|step| before * 1000 + (first + step) % 1000);
            network
                .links
                .extend(from.map(|from| Link::finish_start(from, i)));
        }
    }
    network
}

fn chain(count: usize) -> Network {
    let mut network = empty();
    network.activities = (0..count).map(|i| task(i, 1)).collect();
    network.links = (1..count)
        .map(|i| Link::finish_start(count - i, count - i - 1))
        .collect();
    network
}

fn task(i: usize, work: i64) -> Activity {
    Activity::task(i.to_string(), format!("工作{i}"), 0, work)
}

/// A five-day week without holidays, 08:00–12:00 and 13:00–17:00.
fn empty() -> Network {
    let rest = Vec::new;
    let work = || OFFICE_DAY.to_vec();
    let week = [work(), work(), work(), work(), work(), rest(), rest()];
    Network {
        calendars: vec![Timeline::from_week(&week, &BTreeMap::new())],
        activities: Vec::new(),
        links: Vec::new(),
    }
}
