//! CPU time of a whole schedule on the generated network that peers are measured with: n tasks,
//! finish-start links to 2 random predecessors within the last 200, durations of 1–10 days, seed 1.
//! Beyond 100,000 tasks durations are 1–10 tenths of a day, since calendars end in 2084.
//! `mixed` has three calendars, all link kinds and lags; `shuffled` has its activities in no order;
//! `chain` has one link after the other.
//!
//! `cargo run --release -p plan --example speed [tasks]`

use ground::{HolidayTable, WorkCalendar, date_of_finish, minute_of};
use plan::{Activity, Link, LinkKind, Network, Options, schedule};

fn main() {
    let sizes: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![10_000, 100_000, 1_000_000]
    } else {
        sizes
    };
    for count in sizes {
        measure("random", &random_network(count, 1));
        measure("mixed", &mixed(random_network(count, 1)));
        measure("shuffled", &shuffled(random_network(count, 1)));
        measure("chain", &chain(count));
    }
}

fn measure(shape: &str, network: &Network) {
    let start = minute_of("2023-01-03".parse().expect("a date"), 0, 0);
    let options = Options::from_start(start);
    for run in 1..=3 {
        let before = cpu_seconds();
        let answer = schedule(network, &options).expect("no loop is generated");
        let seconds = cpu_seconds() - before;
        println!(
            "{shape:8} n={:>8} links={:>8} run {run}: {seconds:.3} s CPU, finish {}",
            network.activities.len(),
            network.links.len(),
            date_of_finish(answer.finish),
        );
    }
}

/// xorshift: fixed numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn random_network(count: usize, seed: u64) -> Network {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut network = empty();
    let day = if count > 100_000 { 48 } else { 480 };
    for i in 0..count {
        let work = (1 + random.below(10) as i64) * day;
        network
            .activities
            .push(Activity::task(format!("{i}"), format!("工作{i}"), 0, work));
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

/// The same network on three calendars, every link kind, every third link with a lag.
fn mixed(mut network: Network) -> Network {
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

/// The same network with its activities in no order at all: every step is a cache miss.
fn shuffled(mut network: Network) -> Network {
    let count = network.activities.len();
    let mut random = Random(7);
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

fn chain(count: usize) -> Network {
    let mut network = empty();
    for i in 0..count {
        network
            .activities
            .push(Activity::task(format!("{i}"), format!("工作{i}"), 0, 1));
        // Written backwards, so that the order has to be found.
        if i > 0 {
            network
                .links
                .push(Link::finish_start(count - i, count - i - 1));
        }
    }
    network
}

fn empty() -> Network {
    let calendar = WorkCalendar::official(HolidayTable::shipped());
    Network {
        calendars: vec![calendar.timeline()],
        activities: Vec::new(),
        links: Vec::new(),
    }
}

/// User and system time of this process so far, from the kernel's own account.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = stat
        .split_whitespace()
        .next()
        .and_then(|text| text.parse::<f64>().ok());
    nanoseconds.unwrap_or(0.0) / 1e9
}
