//! The functions by name: how many arguments they take and what they look at. `call` computes them, `check` and
//! `explain` read this table.

/// What a function looks at besides its arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Looks {
    /// Nothing.
    Nowhere,
    /// The moment of the request.
    Moment,
    /// The working calendar.
    Calendar,
    /// The record's history.
    Record,
}

/// A function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) least: usize,
    pub(super) most: usize,
    #[allow(dead_code)] // read by the checker, which follows
    pub(super) looks: Looks,
}

const MANY: usize = usize::MAX;

const fn plain(name: &'static str, least: usize, most: usize) -> Function {
    looking(name, least, most, Looks::Nowhere)
}

const fn looking(name: &'static str, least: usize, most: usize, looks: Looks) -> Function {
    Function {
        name,
        least,
        most,
        looks,
    }
}

/// All functions. A method `x.f(y)` is the function `f(x, y)`.
pub(super) const FUNCTIONS: [Function; 64] = [
    looking("today", 0, 0, Looks::Moment),
    looking("now", 0, 0, Looks::Moment),
    looking("actor", 1, 1, Looks::Record),
    looking("left", 1, 1, Looks::Record),
    looking("entered", 1, 1, Looks::Record),
    looking("obligation", 1, 1, Looks::Record),
    looking("add_workdays", 2, 2, Looks::Calendar),
    looking("workdays", 2, 2, Looks::Calendar),
    looking("is_workday", 1, 1, Looks::Calendar),
    plain("date", 1, 1),
    plain("days", 1, 1),
    plain("add_days", 2, 2),
    plain("add_months", 2, 2),
    plain("year", 1, 1),
    plain("month", 1, 1),
    plain("day", 1, 1),
    plain("weekday", 1, 1),
    plain("coalesce", 1, MANY),
    plain("max", 1, MANY),
    plain("min", 1, MANY),
    plain("max_or_none", 1, MANY),
    plain("min_or_none", 1, MANY),
    plain("abs", 1, 1),
    plain("round", 1, 2),
    plain("floor", 1, 1),
    plain("ceil", 1, 1),
    plain("sum", 1, 1),
    plain("avg", 1, 1),
    plain("count", 1, 1),
    plain("size", 1, 1),
    plain("contains", 2, 2),
    plain("startsWith", 2, 2),
    plain("endsWith", 2, 2),
    plain("lower", 1, 1),
    plain("upper", 1, 1),
    plain("text", 1, 1),
    plain("int", 1, 1),
    plain("decimal", 1, 1),
    plain("yuan", 1, 1),
    plain("wan", 1, 1),
    plain("percent", 1, 2),
    plain("record", 2, 2),
    plain("string", 1, 1),
    plain("uint", 1, 1),
    plain("double", 1, 1),
    plain("bool", 1, 1),
    plain("bytes", 1, 1),
    plain("dyn", 1, 1),
    plain("timestamp", 1, 1),
    plain("duration", 1, 1),
    plain("lowerAscii", 1, 1),
    plain("upperAscii", 1, 1),
    plain("getFullYear", 1, 2),
    plain("getMonth", 1, 2),
    plain("getDate", 1, 2),
    plain("getDayOfMonth", 1, 2),
    plain("getDayOfWeek", 1, 2),
    plain("getDayOfYear", 1, 2),
    plain("getHours", 1, 2),
    plain("getMinutes", 1, 2),
    plain("getSeconds", 1, 2),
    plain("getMilliseconds", 1, 2),
    plain("exists", 2, 2),
    plain("has", 1, 1),
];

/// A function by its name.
pub(super) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|f| f.name == name)
}
