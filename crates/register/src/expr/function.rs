//! The functions by name: how many arguments they take. `call` computes them, `check` and
//! `explain` read this table.

/// A function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) least: usize,
    pub(super) most: usize,
}

const MANY: usize = usize::MAX;

const fn of(name: &'static str, least: usize, most: usize) -> Function {
    Function { name, least, most }
}

/// All functions. A method `x.f(y)` is the function `f(x, y)`.
pub(super) const FUNCTIONS: [Function; 70] = [
    of("today", 0, 0),
    of("now", 0, 0),
    of("actor", 1, 1),
    of("left", 1, 1),
    of("entered", 1, 1),
    of("obligation", 1, 1),
    of("add_workdays", 2, 2),
    of("workdays", 2, 2),
    of("is_workday", 1, 1),
    of("before_holiday", 1, 1),
    of("date", 1, 1),
    of("days", 1, 1),
    of("add_days", 2, 2),
    of("add_months", 2, 2),
    of("year", 1, 1),
    of("month", 1, 1),
    of("day", 1, 1),
    of("weekday", 1, 1),
    of("coalesce", 1, MANY),
    of("max", 1, MANY),
    of("min", 1, MANY),
    of("max_or_none", 1, MANY),
    of("min_or_none", 1, MANY),
    of("abs", 1, 1),
    of("round", 1, 2),
    of("floor", 1, 1),
    of("ceil", 1, 1),
    of("sum", 1, 1),
    of("avg", 1, 1),
    of("count", 1, 1),
    of("size", 1, 1),
    of("contains", 2, 2),
    of("startsWith", 2, 2),
    of("endsWith", 2, 2),
    of("matches", 2, 2),
    of("lower", 1, 1),
    of("upper", 1, 1),
    of("text", 1, 1),
    of("int", 1, 1),
    of("decimal", 1, 1),
    of("yuan", 1, 1),
    of("wan", 1, 1),
    of("percent", 1, 2),
    of("record", 2, 2),
    of("string", 1, 1),
    of("uint", 1, 1),
    of("double", 1, 1),
    of("bool", 1, 1),
    of("bytes", 1, 1),
    of("dyn", 1, 1),
    of("timestamp", 1, 1),
    of("duration", 1, 1),
    of("lowerAscii", 1, 1),
    of("upperAscii", 1, 1),
    of("getFullYear", 1, 2),
    of("getMonth", 1, 2),
    of("getDate", 1, 2),
    of("getDayOfMonth", 1, 2),
    of("getDayOfWeek", 1, 2),
    of("getDayOfYear", 1, 2),
    of("getHours", 1, 2),
    of("getMinutes", 1, 2),
    of("getSeconds", 1, 2),
    of("getMilliseconds", 1, 2),
    of("exists", 2, 2),
    of("count_of", 2, 2),
    of("max_of", 3, 3),
    of("min_of", 3, 3),
    of("sum_of", 3, 3),
    of("has", 1, 1),
];

/// A function by its name.
pub(super) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|f| f.name == name)
}
