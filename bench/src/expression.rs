//! Rules of a register evaluated on records: how many a second on one core.

use ground::{Date, HolidayTable, WorkCalendar};
use register::expr::{Expr, Moment, Scope, Val, holds};
use register::{Fields, Value};

use crate::figure;

const RULES: [&str; 4] = [
    "state == 'closed' && late_days == 0",
    "due_on <= period.end && state != 'void'",
    "state in ['assigned', 'reported', 'fixed'] && level == 'major'",
    "add_workdays(date(assigned_at), level == 'major' ? 30 : 5) < today()",
];

const REGISTER: &str = include_str!("../data/hazard.toml");
const RECORDS: usize = 1_000;
const ROUNDS: usize = 1_000;

/// Prints evaluations a second of CPU time for each rule.
pub fn run() {
    let (definition, findings) = register::parse("hazard.toml", REGISTER);
    let definition = definition.unwrap_or_else(|| panic!("{findings:#?}"));
    let records: Vec<Fields> = (0..RECORDS).map(record).collect();
    let calendar = WorkCalendar::official(HolidayTable::shipped());
    let moment = Moment {
        today: Date::constant(2025, 5, 12),
        now: "2025-05-12T01:30:00Z",
        calendar: &calendar,
    };
    let end = Val::Date(Date::constant(2025, 6, 30));
    let names = [("period", Val::Map([("end".to_owned(), end)].into()))];
    for rule in RULES {
        let expr = Expr::parse(rule).unwrap_or_else(|error| panic!("{rule}: {error:?}"));
        let held = |fields: &&Fields| {
            let scope = Scope {
                names: &names,
                ..Scope::new(&definition, fields, moment)
            };
            holds(&expr, &scope)
        };
        let round = || records.iter().filter(held).count();
        let (cost, held) = figure::best(3, || (0..ROUNDS).map(|_| round()).sum::<usize>());
        let rate = (RECORDS * ROUNDS) as f64 / cost.cpu / 1e6;
        let share = 100 * held / (RECORDS * ROUNDS);
        let remark = format!("{rate:.2} million a second, {share} % hold");
        figure::line(&format!("expr: {rule}"), &cost, &remark);
    }
}

/// A hazard with some thirty values, as registers have.
fn record(n: usize) -> Fields {
    let day = |n: usize| Value::Date(Date::constant(2025, 1 + (n % 12) as i8, 1 + (n % 28) as i8));
    let states = ["draft", "reported", "assigned", "fixed", "closed", "void"];
    let text = |text: &str| Value::Text(text.to_owned());
    let mut fields: Fields = (0..24)
        .map(|at| (format!("note_{at:02}"), text("楼道堆放杂物")))
        .collect();
    let moment = format!("2025-{:02}-{:02}T02:00:00Z", 1 + n % 12, 1 + n % 28);
    fields.extend([
        ("state".to_owned(), text(states[n % states.len()])),
        ("level".to_owned(), text(["general", "major"][n % 2])),
        ("late_days".to_owned(), Value::Int((n / 6 % 3) as i64)),
        ("due_on".to_owned(), day(n)),
        ("assigned_at".to_owned(), Value::DateTime(moment)),
    ]);
    fields
}
