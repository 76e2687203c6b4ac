//! Prints the lights, verdicts and forecasts of the sample district on the days given, and what
//! its rounds add up to: `cargo run -p portfolio --example sample_table -- 2023-03-03 2023-03-10`.

#[path = "../tests/sample/mod.rs"]
mod sample;

use ground::Date;
use portfolio::{Calendars, Standing, due_nodes, funnel, node_counts, summarise};

fn main() {
    let days: Vec<String> = std::env::args().skip(1).collect();
    let days = if days.is_empty() {
        vec!["2023-03-10".to_owned()]
    } else {
        days
    };
    for day in days {
        match day.parse() {
            Ok(today) => print_day(today),
            Err(error) => eprintln!("{day}: {error}"),
        }
    }
}

fn print_day(today: Date) {
    let district = sample::District::load(today);
    for finding in &district.findings {
        println!("! {} {} {}", finding.place, finding.problem, finding.remedy);
    }
    let calendars = Calendars::standard(ground::HolidayTable::shipped());
    let standings = district.standings(&calendars, today);
    println!("== {today}  {}", lights(&standings));
    for standing in &standings {
        print_standing(standing);
    }
    for node in node_counts(&district.activities, &district.reports, &calendars, today) {
        let label = node.period.label();
        println!(
            "{label}: {}/{} 序时 {}",
            node.done, node.should, node.should_to_date
        );
    }
    for node in due_nodes(&standings, today) {
        println!(
            "{} {} {} {}",
            node.rag.label(),
            node.project_name,
            node.name,
            node.text()
        );
    }
    println!("{:?}", funnel(&district.matters));
    for round in &district.rounds {
        for check in summarise(round, &district.memberships, today).checks {
            println!("{} {:?} {}", round.name, check.verdict, check.statement);
        }
    }
}

fn lights(standings: &[Standing]) -> String {
    let count = |rag| standings.iter().filter(|s| s.light.rag == rag).count();
    format!(
        "绿 {} 黄 {} 红 {}",
        count(plan::Rag::Green),
        count(plan::Rag::Yellow),
        count(plan::Rag::Red)
    )
}

fn print_standing(standing: &Standing) {
    let target = standing
        .target
        .as_ref()
        .map_or(String::new(), |t| format!("{} {}", t.kind, t.date));
    let verdict = standing.verdict.map_or(String::new(), |v| v.text());
    let forecast = standing
        .forecast_finish
        .map_or(String::new(), |d| d.to_string());
    println!(
        "{} {} | {target} | {verdict} | {forecast}",
        standing.light.rag.label(),
        standing.name
    );
    if matches!(standing.light.rag, plan::Rag::Yellow | plan::Rag::Red) {
        for (label, text) in &standing.why {
            println!("      {label} {text}");
        }
    }
    for finding in &standing.findings {
        println!("    ! {} {}", finding.place, finding.problem);
    }
}
