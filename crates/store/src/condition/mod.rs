//! Conditions in SQL. An expression that is already bound (nothing left of the moment or the person) becomes a text
//! that both engines read alike and that is true for exactly the records for which the evaluator says true.
//!
//! Each part is written in two ways: what is true when the part is true, and what is true when it is false. A missing
//! value makes neither true, which is Kleene's unknown; so no `NOT` ever meets a NULL. What one engine would round,
//! refuse or compare differently is not written at all: then the caller asks the evaluator.

mod day;
mod fold;
mod number;
mod simple;
mod term;
mod text;

use std::sync::Arc;

use register::expr::{BinaryOp, Expr, Tree, UnaryOp, Val};
use register::{Field, FieldKind};

use crate::catalog::Catalog;
use crate::engine::{Cell, Dialect};
use crate::instant;
use crate::query::Sql;
use crate::schema::RegisterTable;
use number::{Bound, are_numbers, is_numeric};
use term::{Kind, Piece, Term, is_none};

pub(crate) use simple::tests_of;

/// Nodes written at most: a test inside a test is written twice, and again twice.
const NODES_MAX: u32 = 4000;

/// Marks around the number of a parameter in a text that has no place yet.
const MARK: (char, char) = ('\u{1}', '\u{2}');

/// Conditions joined by `&&` at the top of an expression.
pub(crate) fn conjuncts(tree: &Tree) -> Vec<&Tree> {
    match tree {
        Tree::Binary {
            op: BinaryOp::And,
            left,
            right,
        } => [conjuncts(left), conjuncts(right)].concat(),
        other => vec![other],
    }
}

/// A condition in SQL with its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    text: String,
    cells: Vec<Cell>,
}

impl Compiled {
    /// The condition, if the database can decide it.
    pub fn of(
        catalog: &Catalog,
        table: &Arc<RegisterTable>,
        dialect: Dialect,
        tree: &Tree,
    ) -> Option<Self> {
        let mut compiler = Compiler::new(catalog, table, dialect);
        let text = compiler.holds(tree, true)?;
        Some(Self {
            text,
            cells: compiler.cells,
        })
    }

    /// Appends ` AND (condition)`.
    pub fn write(&self, sql: &mut Sql) {
        let mut places: Vec<Option<String>> = vec![None; self.cells.len()];
        let mut text = String::from(" AND (");
        let mut parts = self.text.split(MARK.0);
        text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let Some((number, rest)) = part.split_once(MARK.1) else {
                continue;
            };
            let at: usize = number.parse().unwrap_or_default();
            let place = places[at].get_or_insert_with(|| sql.bind(self.cells[at].clone()));
            text.push_str(place);
            text.push_str(rest);
        }
        text.push(')');
        sql.push(&text);
    }
}

/// Whether the database can decide the whole expression.
pub(crate) fn sql_able(catalog: &Catalog, table: &Arc<RegisterTable>, expr: &Expr) -> bool {
    conjuncts(expr.tree())
        .into_iter()
        .all(|part| part_able(catalog, table, part))
}

/// The SQL of a stored field, or of one behind references (`firm.mother.name`), with the field itself.
pub(crate) fn column_at(
    catalog: &Catalog,
    table: &Arc<RegisterTable>,
    path: &str,
) -> Option<(String, Field)> {
    let mut compiler = Compiler::new(catalog, table, Dialect::Postgres);
    let mut names = path.split('.');
    let first = names.next()?;
    let mut field = field_of(table, first)?;
    let mut term = compiler.named(first)?;
    for name in names {
        let target = catalog.table(field.kind.target()?).ok()?;
        field = field_of(&target, name)?;
        term = compiler.member(&term, name)?;
    }
    match term {
        Term::Value(Piece { sql, .. }) | Term::List { sql, .. } => Some((sql, field)),
        _ => None,
    }
}

/// The stored field, or what stands for the number and the organisation.
fn field_of(table: &RegisterTable, name: &str) -> Option<Field> {
    let known = match name {
        "number" => Some("编号"),
        "org" => Some("机构"),
        _ => None,
    };
    let plain = || Some(Field::new(name, known?, FieldKind::Text));
    table.field(name).cloned().or_else(plain)
}

/// What the database can decide of a condition, and the rest.
pub(crate) fn split(
    catalog: &Catalog,
    table: &Arc<RegisterTable>,
    expr: &Expr,
) -> (Option<Expr>, Option<Expr>) {
    let (able, rest): (Vec<&Tree>, Vec<&Tree>) = conjuncts(expr.tree())
        .into_iter()
        .partition(|part| part_able(catalog, table, part));
    (joined(able), joined(rest))
}

fn joined(parts: Vec<&Tree>) -> Option<Expr> {
    let join = |left: Tree, right: Tree| Tree::Binary {
        op: BinaryOp::And,
        left: Box::new(left),
        right: Box::new(right),
    };
    let tree = parts.into_iter().cloned().reduce(join)?;
    Some(Expr::from_tree(tree))
}

/// Whether the database can decide one of the conjuncts. What can be written is the same on both engines.
pub(crate) fn part_able(catalog: &Catalog, table: &Arc<RegisterTable>, part: &Tree) -> bool {
    Compiled::of(catalog, table, Dialect::Sqlite, part).is_some()
}

/// The writing of one condition.
pub(crate) struct Compiler<'a> {
    catalog: &'a Catalog,
    table: Arc<RegisterTable>,
    dialect: Dialect,
    cells: Vec<Cell>,
    /// Variables of macros, innermost last.
    names: Vec<(String, Term)>,
    aliases: u32,
    nodes: u32,
}

impl<'a> Compiler<'a> {
    fn new(catalog: &'a Catalog, table: &Arc<RegisterTable>, dialect: Dialect) -> Self {
        Self {
            catalog,
            table: table.clone(),
            dialect,
            cells: Vec::new(),
            names: Vec::new(),
            aliases: 0,
            nodes: 0,
        }
    }

    fn place(&mut self, cell: Cell) -> String {
        self.cells.push(cell);
        format!("{}{}{}", MARK.0, self.cells.len() - 1, MARK.1)
    }

    /// A whole number as a parameter. PostgreSQL has to be told its type.
    fn whole(&mut self, number: i64) -> String {
        format!("CAST({} AS BIGINT)", self.place(Cell::Int(number)))
    }

    /// A text as a parameter.
    fn words(&mut self, text: &str) -> Option<String> {
        if text.contains('\0') {
            return None;
        }
        Some(self.cast(Cell::from(text)))
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("c{}", self.aliases)
    }

    /// SQL that is true exactly when the expression is `yes`.
    fn holds(&mut self, tree: &Tree, yes: bool) -> Option<String> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return None;
        }
        match tree {
            Tree::Literal(Val::Bool(is)) => Some(constant(*is == yes)),
            Tree::Literal(Val::None) => Some(constant(false)),
            Tree::Unary {
                op: UnaryOp::Not,
                of,
            } => self.holds(of, !yes),
            Tree::Binary { op, left, right } => self.binary(*op, left, right, yes),
            Tree::Conditional {
                test,
                yes: then,
                no: other,
            } => {
                let (is, not) = (self.holds(test, true)?, self.holds(test, false)?);
                let (then, other) = (self.holds(then, yes)?, self.holds(other, yes)?);
                Some(format!("(({is} AND {then}) OR ({not} AND {other}))"))
            }
            Tree::Has(of) => {
                let term = self.term(of)?;
                self.missing(&term, !yes)
            }
            Tree::Fold(fold) => self.fold(fold, yes),
            Tree::Call { name, .. } | Tree::Method { name, .. } if is_text_test(name) => {
                let (name, args) = text::called(tree)?;
                match &args[..] {
                    [of, arg] => self.text_test(of, name, arg, yes),
                    _ => None,
                }
            }
            _ => match self.term(tree)? {
                Term::Value(piece) if piece.kind == Kind::Bool => {
                    Some(format!("{} = {}", piece.sql, i32::from(yes)))
                }
                _ => None,
            },
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &Tree, right: &Tree, yes: bool) -> Option<String> {
        use BinaryOp as B;
        match (op, yes) {
            (B::And, true) | (B::Or, false) => {
                let (left, right) = (self.holds(left, yes)?, self.holds(right, yes)?);
                Some(format!("({left} AND {right})"))
            }
            (B::Or, true) | (B::And, false) => {
                let (left, right) = (self.holds(left, yes)?, self.holds(right, yes)?);
                Some(format!("({left} OR {right})"))
            }
            (B::Eq, _) => self.equal(left, right, yes),
            (B::Ne, _) => self.equal(left, right, !yes),
            (B::Lt | B::Le | B::Gt | B::Ge, true) => self.order(op, left, right),
            (B::Lt | B::Le | B::Gt | B::Ge, false) => self.order(opposite(op), left, right),
            (B::In, _) => self.among(left, right, yes),
            _ => None,
        }
    }

    /// `left == right`, which is always true or false; its opposite when `yes` is false.
    fn equal(&mut self, left: &Tree, right: &Tree, yes: bool) -> Option<String> {
        match (self.term(left)?, self.term(right)?) {
            (Term::Literal(a), Term::Literal(b)) if is_none(&a) || is_none(&b) => {
                Some(constant((is_none(&a) && is_none(&b)) == yes))
            }
            (Term::Literal(val), term) | (term, Term::Literal(val)) if is_none(&val) => {
                self.missing(&term, yes)
            }
            (Term::Literal(val), term) | (term, Term::Literal(val)) => {
                let piece = self.value(term)?;
                if let (Kind::Instant | Kind::Day, Val::Date(date)) = (&piece.kind, &val) {
                    return day::is_on(self, &piece.sql, *date, yes);
                }
                let Some(cell) = self.cell(&piece, &val)? else {
                    return Some(constant(!yes));
                };
                let other = self.cast(cell);
                let sign = if yes { "=" } else { "IS DISTINCT FROM" };
                Some(format!("{} {sign} {other}", piece.sql))
            }
            (left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                let numbers = are_numbers(&left.kind, &right.kind);
                if numbers && !number::same_scale(&left, &right) {
                    let equal = number::equal_scaled(&left, &right)?;
                    return Some(if yes { equal } else { format!("NOT {equal}") });
                }
                if !numbers && left.kind != right.kind || left.kind == Kind::Day {
                    return None;
                }
                let not = if yes { "NOT " } else { "" };
                Some(format!("{} IS {not}DISTINCT FROM {}", left.sql, right.sql))
            }
        }
    }

    /// A comparison of order: neither true nor false when a value is missing.
    fn order(&mut self, op: BinaryOp, left: &Tree, right: &Tree) -> Option<String> {
        let shifted = self.order_shifted(op, left, right);
        let shifted = shifted.or_else(|| self.order_shifted(turned(op), right, left));
        if shifted.is_some() {
            return shifted;
        }
        match (self.term(left)?, self.term(right)?) {
            (Term::Literal(_), Term::Literal(_)) => None,
            (Term::Literal(val), term) => self.order_literal(turned(op), term, &val),
            (term, Term::Literal(val)) => self.order_literal(op, term, &val),
            (left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                let (l, r) = if are_numbers(&left.kind, &right.kind) {
                    number::sides(&left, &right)?
                } else if left.kind == right.kind && is_ordered(&left.kind) {
                    (left.sql, right.sql)
                } else {
                    return None;
                };
                Some(format!("{l} {} {r}", sign(op)?))
            }
        }
    }

    fn order_literal(&mut self, op: BinaryOp, term: Term, val: &Val) -> Option<String> {
        let piece = self.value(term)?;
        if *val == Val::None {
            return Some(constant(false));
        }
        if let (Kind::Instant | Kind::Day, Val::Date(date)) = (&piece.kind, val) {
            return day::compared(self, &piece.sql, op, *date);
        }
        if is_numeric(&piece.kind) {
            return Some(match number::bound(&piece, op, val)? {
                Bound::All => piece.is_missing(false),
                Bound::Never => constant(false),
                Bound::Sign(op, step) => {
                    let step = self.whole(step);
                    format!("{} {} {step}", piece.sql, sign(op)?)
                }
            });
        }
        if !is_ordered(&piece.kind) {
            return None;
        }
        let cell = self.cell(&piece, val)??;
        let other = self.cast(cell);
        Some(format!("{} {} {other}", piece.sql, sign(op)?))
    }

    /// `left in right`.
    fn among(&mut self, left: &Tree, right: &Tree, yes: bool) -> Option<String> {
        let list = match self.term(right)? {
            Term::Literal(Val::List(list)) => list,
            Term::List { sql, register } => {
                let Term::Literal(val) = self.term(left)? else {
                    return None;
                };
                return self.listed(&sql, register.as_deref(), &val, yes);
            }
            _ => return None,
        };
        let piece = match self.term(left)? {
            Term::Literal(_) => return None,
            term => self.value(term)?,
        };
        let mut cells = Vec::new();
        for val in list.iter().filter(|val| !is_none(val)) {
            if matches!(
                (&piece.kind, val),
                (Kind::Instant | Kind::Day, Val::Date(_))
            ) {
                return None;
            }
            cells.extend(self.cell(&piece, val)?);
        }
        if cells.len() > crate::insert::LIST_MAX {
            return None;
        }
        let or_missing = list.iter().any(is_none);
        let missing = piece.is_missing(true);
        if cells.is_empty() {
            let never = if or_missing { missing } else { constant(false) };
            return Some(if yes { never } else { format!("NOT ({never})") });
        }
        let places: Vec<String> = crate::insert::padded(cells)
            .into_iter()
            .map(|cell| self.cast(cell))
            .collect();
        let (sql, places) = (&piece.sql, places.join(", "));
        Some(match (yes, or_missing) {
            (true, false) => format!("{sql} IN ({places})"),
            (true, true) => format!("({missing} OR {sql} IN ({places}))"),
            (false, false) => format!("({missing} OR {sql} NOT IN ({places}))"),
            (false, true) => format!("{sql} NOT IN ({places})"),
        })
    }

    /// Whether the term has no value.
    fn missing(&mut self, term: &Term, yes: bool) -> Option<String> {
        let not = if yes { "" } else { "NOT " };
        match term {
            Term::Literal(val) => Some(constant(is_none(val) == yes)),
            Term::Value(piece) => Some(piece.is_missing(yes)),
            Term::List { sql, .. } => Some(format!("{sql} IS {not}NULL")),
            Term::Rows { sub, record } => {
                let any = self.any_row(sub, record);
                Some(if yes { format!("NOT {any}") } else { any })
            }
            Term::Row { .. } | Term::Record { .. } => Some(constant(!yes)),
        }
    }

    /// The cell that a stored value has when it equals this literal; `Some(None)` when no value of the kind can. `None`
    /// when only the evaluator knows.
    fn cell(&mut self, piece: &Piece, val: &Val) -> Option<Option<Cell>> {
        let text = match (&piece.kind, val) {
            (_, Val::Double(_) | Val::Bytes(_) | Val::Duration(_) | Val::List(_) | Val::Map(_)) => {
                return None;
            }
            (Kind::Bool, Val::Bool(yes)) => return Some(Some(Cell::from(*yes))),
            (Kind::Ref(register), Val::Ref { register: to, id }) => {
                return Some((**to == **register).then_some(Cell::Int(id.0)));
            }
            (Kind::Date, Val::Date(date)) => date.to_string(),
            (Kind::Date, Val::Instant(seconds)) => day::civil(*seconds)?.to_string(),
            (Kind::Instant, Val::Instant(seconds)) => instant::text(*seconds)?,
            (Kind::Instant | Kind::Day, Val::Date(_)) | (Kind::Day, Val::Instant(_)) => {
                return None;
            }
            (Kind::Text, Val::Text(text)) if !text.contains('\0') => text.to_string(),
            (kind, Val::Int(_) | Val::Uint(_) | Val::Decimal(_) | Val::Money(_))
                if is_numeric(kind) =>
            {
                return number::cell_of(piece, val);
            }
            // Values of different kinds differ.
            _ => return Some(None),
        };
        Some(Some(Cell::Text(text)))
    }

    fn cast(&mut self, cell: Cell) -> String {
        let ty = match cell {
            Cell::Text(_) => self.dialect.text_literal(),
            _ => "AS BIGINT)",
        };
        format!("CAST({} {ty}", self.place(cell))
    }

    /// The single value of a term.
    fn value(&mut self, term: Term) -> Option<Piece> {
        match term {
            Term::Value(piece) => Some(piece),
            Term::Record { table, alias } => {
                let kind = Kind::Ref(table.definition.id.clone());
                Some(Piece::new(term::of(&alias, "record_id"), kind))
            }
            Term::Literal(val) => self.literal(&val),
            Term::List { .. } | Term::Rows { .. } | Term::Row { .. } => None,
        }
    }

    fn literal(&mut self, val: &Val) -> Option<Piece> {
        let (text, kind) = match val {
            Val::Bool(yes) => {
                let sql = if *yes { "1" } else { "0" };
                return Some(Piece::new(sql, Kind::Bool));
            }
            Val::Ref { register, id } => {
                let sql = self.whole(id.0);
                return Some(Piece::new(sql, Kind::Ref(register.to_string())));
            }
            Val::Date(date) => (date.to_string(), Kind::Date),
            Val::Instant(seconds) => (instant::text(*seconds)?, Kind::Instant),
            Val::Text(text) if !text.contains('\0') => (text.to_string(), Kind::Text),
            number => return self.number(number),
        };
        let sql = self.words(&text)?;
        Some(Piece::new(sql, kind))
    }
}

fn is_text_test(name: &str) -> bool {
    matches!(name, "contains" | "startsWith" | "endsWith")
}

fn constant(yes: bool) -> String {
    if yes { "TRUE" } else { "FALSE" }.to_owned()
}

/// Kinds whose stored order is the evaluator's.
fn is_ordered(kind: &Kind) -> bool {
    is_numeric(kind) || matches!(kind, Kind::Bool | Kind::Date | Kind::Instant | Kind::Text)
}

fn opposite(op: BinaryOp) -> BinaryOp {
    use BinaryOp as B;
    match op {
        B::Lt => B::Ge,
        B::Le => B::Gt,
        B::Gt => B::Le,
        B::Ge => B::Lt,
        other => other,
    }
}

/// The operator with its sides changed.
fn turned(op: BinaryOp) -> BinaryOp {
    use BinaryOp as B;
    match op {
        B::Lt => B::Gt,
        B::Le => B::Ge,
        B::Gt => B::Lt,
        B::Ge => B::Le,
        other => other,
    }
}

fn sign(op: BinaryOp) -> Option<&'static str> {
    use BinaryOp as B;
    Some(match op {
        B::Lt => "<",
        B::Le => "<=",
        B::Gt => ">",
        B::Ge => ">=",
        _ => return None,
    })
}
