//! Texts, lists and functions. Engines differ in LIKE (SQLite takes both cases for one), in `instr` and in counting
//! from the end; `replace` and `substr` with positive places they share.

use register::expr::{BinaryOp, Tree, UnaryOp, Val};

use super::term::{Kind, Piece, Term, is_none};
use super::{Compiler, MARK};
use crate::engine::Cell;

impl Compiler<'_> {
    /// `text.startsWith('…')` and its kin.
    pub(super) fn text_test(
        &mut self,
        of: &Tree,
        name: &str,
        arg: &Tree,
        yes: bool,
    ) -> Option<String> {
        let of = self.term(of)?;
        let Term::Literal(literal) = self.term(arg)? else {
            return None;
        };
        if let (Term::List { sql, register }, "contains") = (&of, name) {
            let found = self.found(sql, register.as_deref(), &literal)?;
            return Some(if yes { found } else { format!("NOT {found}") });
        }
        let (Term::Value(piece), Val::Text(part)) = (of, literal) else {
            return None;
        };
        if piece.kind != Kind::Text || part.is_empty() {
            return None;
        }
        let (sql, length) = (piece.sql, part.chars().count());
        let part = self.words(&part)?;
        let (is, not) = if yes { ("=", "<>") } else { ("<>", "=") };
        match name {
            "contains" => Some(format!("replace({sql}, {part}, '') {not} {sql}")),
            "startsWith" => Some(format!("substr({sql}, 1, {length}) {is} {part}")),
            "endsWith" => {
                let from = length - 1;
                let end = format!("substr({sql}, length({sql}) - {from}, {length})");
                Some(if yes {
                    format!("(length({sql}) >= {length} AND {end} = {part})")
                } else {
                    format!("(length({sql}) < {length} OR {end} <> {part})")
                })
            }
            _ => None,
        }
    }

    /// Whether a JSON list holds a literal; NULL when there is no list.
    fn found(&mut self, sql: &str, register: Option<&str>, val: &Val) -> Option<String> {
        let item = match (val, register) {
            (Val::Ref { register, id }, Some(to)) if **register == *to => id.to_string(),
            (Val::Text(text), None) => plain_item(text)?.to_owned(),
            _ => return None,
        };
        // An item stands at the start or after a comma; neither can be inside another item, whose own quotes are
        // written with a backslash.
        let first = format!("[\"{item}\"");
        let length = first.chars().count();
        let (first, later) = (self.words(&first)?, self.words(&format!(",\"{item}\""))?);
        Some(format!(
            "(substr({sql}, 1, {length}) = {first} OR replace({sql}, {later}, '') <> {sql})"
        ))
    }

    /// `literal in list`: a missing list is an empty one.
    pub(super) fn listed(
        &mut self,
        sql: &str,
        register: Option<&str>,
        val: &Val,
        yes: bool,
    ) -> Option<String> {
        let found = self.found(sql, register, val)?;
        Some(if yes {
            found
        } else {
            format!("({sql} IS NULL OR NOT {found})")
        })
    }

    /// The term of a tree.
    pub(super) fn term(&mut self, tree: &Tree) -> Option<Term> {
        self.nodes += 1;
        if self.nodes > super::NODES_MAX {
            return None;
        }
        match tree {
            Tree::Literal(val) => Some(Term::Literal(val.clone())),
            Tree::List(items) => {
                let literal = |item: &Tree| match item {
                    Tree::Literal(val) => Some(val.clone()),
                    _ => None,
                };
                let items: Option<Vec<Val>> = items.iter().map(literal).collect();
                Some(Term::Literal(Val::List(items?)))
            }
            Tree::Name(name) => self.named(name),
            Tree::Select { of, name } => {
                let of = self.term(of)?;
                self.member(&of, name)
            }
            Tree::Unary {
                op: UnaryOp::Minus,
                of,
            } => {
                let of = self.term(of)?;
                let of = self.value(of)?;
                self.negated(of).map(Term::Value)
            }
            Tree::Binary {
                op: op @ (BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul),
                left,
                right,
            } => {
                let (left, right) = (self.term(left)?, self.term(right)?);
                let (left, right) = (self.value(left)?, self.value(right)?);
                self.arithmetic(*op, left, right).map(Term::Value)
            }
            Tree::Conditional { test, yes, no } => self.choice(test, yes, no).map(Term::Value),
            Tree::Call { .. } | Tree::Method { .. } => {
                let (name, args) = called(tree)?;
                let piece = if super::is_text_test(name) {
                    self.answer(tree)
                } else {
                    self.call(name, &args)
                };
                piece.map(Term::Value)
            }
            Tree::Unary { .. } | Tree::Binary { .. } | Tree::Has(_) | Tree::Fold(_) => {
                self.answer(tree).map(Term::Value)
            }
            Tree::Index { .. } | Tree::Map(_) => None,
        }
    }

    /// A test as a value.
    fn answer(&mut self, tree: &Tree) -> Option<Piece> {
        let (yes, no) = (self.holds(tree, true)?, self.holds(tree, false)?);
        let sql = format!("CASE WHEN {yes} THEN 1 WHEN {no} THEN 0 END");
        Some(Piece::new(sql, Kind::Bool))
    }

    pub(super) fn named(&mut self, name: &str) -> Option<Term> {
        if let Some((_, term)) = self.names.iter().rev().find(|(n, _)| n == name) {
            return Some(term.clone());
        }
        let table = self.table.clone();
        let alias = table.table.clone();
        let own = Term::Record { table, alias };
        // Where no candidate is looked at, `ref` is the record itself.
        if name == "ref" && self.table.definition.field(name).is_none() {
            return Some(own);
        }
        let dialect = self.dialect;
        let fence = |sql: String| dialect.fenced(&sql);
        match self.member(&own, name)? {
            Term::Value(piece) => Some(Term::Value(Piece {
                sql: fence(piece.sql),
                ..piece
            })),
            Term::List { sql, register } => Some(Term::List {
                sql: fence(sql),
                register,
            }),
            other => Some(other),
        }
    }

    fn choice(&mut self, test: &Tree, yes: &Tree, no: &Tree) -> Option<Piece> {
        let (is, not) = (self.holds(test, true)?, self.holds(test, false)?);
        let (yes, no) = (self.term(yes)?, self.term(no)?);
        let (kind, range, parts) = self.one_kind(vec![yes, no])?;
        let [yes, no] = &parts[..] else { return None };
        let sql = format!("CASE WHEN {is} THEN {yes} WHEN {not} THEN {no} END");
        Some(Piece { sql, kind, range })
    }

    /// Values of one kind as SQL: literals take the kind of the others.
    fn one_kind(&mut self, terms: Vec<Term>) -> Option<(Kind, (i128, i128), Vec<String>)> {
        let mut model: Option<Piece> = None;
        for term in &terms {
            match term {
                Term::Literal(_) => {}
                Term::Value(piece) => match &model {
                    Some(known) if known.kind != piece.kind => return None,
                    _ => model = Some(piece.clone()),
                },
                _ => return None,
            }
        }
        if model.is_none() {
            let some = terms.iter().find_map(|term| match term {
                Term::Literal(val) if !is_none(val) => Some(val.clone()),
                _ => None,
            });
            model = Some(self.literal(&some?)?);
        }
        let model = model?;
        let mut range: Option<(i128, i128)> = None;
        let mut parts = Vec::new();
        for term in terms {
            let (sql, part) = match term {
                Term::Value(piece) => (piece.sql, piece.range),
                Term::Literal(val) if is_none(&val) => {
                    parts.push("NULL".to_owned());
                    continue;
                }
                Term::Literal(val) => {
                    let cell = self.cell(&model, &val)??;
                    let part = match cell {
                        Cell::Int(n) => (i128::from(n), i128::from(n)),
                        _ => super::term::WHOLE,
                    };
                    (self.cast(cell), part)
                }
                _ => return None,
            };
            let known = range.unwrap_or(part);
            range = Some((known.0.min(part.0), known.1.max(part.1)));
            parts.push(sql);
        }
        Some((model.kind, range.unwrap_or(super::term::WHOLE), parts))
    }

    fn call(&mut self, name: &str, args: &[&Tree]) -> Option<Piece> {
        match (name, args) {
            ("size", [of]) => self.size(of),
            ("max_or_none" | "min_or_none", [of]) => self.extreme(name, of),
            ("coalesce", [_, _, ..]) => {
                let terms: Option<Vec<Term>> = args.iter().map(|arg| self.term(arg)).collect();
                let (kind, range, parts) = self.one_kind(terms?)?;
                let sql = format!("COALESCE({})", parts.join(", "));
                Some(Piece { sql, kind, range })
            }
            ("date", [of]) => match self.term(of)? {
                Term::Value(piece) if piece.kind == Kind::Date => Some(piece),
                Term::Value(piece) if piece.kind == Kind::Instant => {
                    Some(Piece::new(piece.sql, Kind::Day))
                }
                _ => None,
            },
            ("year" | "month" | "day", [of]) => {
                let Term::Value(piece) = self.term(of)? else {
                    return None;
                };
                let (from, length) = match name {
                    "year" => (1, 4),
                    "month" => (6, 2),
                    _ => (9, 2),
                };
                (piece.kind == Kind::Date).then(|| Piece {
                    sql: format!("CAST(substr({}, {from}, {length}) AS BIGINT)", piece.sql),
                    kind: Kind::Number { digits: 0 },
                    range: (0, 9999),
                })
            }
            _ => None,
        }
    }

    /// Characters of a text, items of a list, rows of a table; 0 when missing.
    fn size(&mut self, of: &Tree) -> Option<Piece> {
        if let Tree::Fold(_) = of {
            return self.count(of);
        }
        let sql = match self.term(of)? {
            Term::Value(piece) if piece.kind == Kind::Text => format!("length({})", piece.sql),
            Term::List { sql, .. } => self.dialect.json_length(&sql),
            Term::Rows { .. } => return self.count(of),
            _ => return None,
        };
        Some(Piece {
            sql: format!("CAST(COALESCE({sql}, 0) AS BIGINT)"),
            kind: Kind::Number { digits: 0 },
            range: (0, 1 << 53),
        })
    }
}

/// Function and arguments; a method `x.f(y)` is the function `f(x, y)`.
pub(super) fn called(tree: &Tree) -> Option<(&str, Vec<&Tree>)> {
    match tree {
        Tree::Call { name, args } => Some((name, args.iter().collect())),
        Tree::Method { of, name, args } => {
            let args = std::iter::once(&**of).chain(args).collect();
            Some((name, args))
        }
        _ => None,
    }
}

/// A list item whose JSON is itself, and that cannot be taken for the seam between two items.
fn plain_item(text: &str) -> Option<&str> {
    let plain = |c: char| !c.is_control() && !matches!(c, '"' | '\\') && c != MARK.0;
    let starts = text.starts_with([',', ']']);
    (!text.is_empty() && !starts && text.chars().all(plain)).then_some(text)
}
