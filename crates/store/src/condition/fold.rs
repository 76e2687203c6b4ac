//! Macros as sub-queries: over the rows of a table field, and over the records of a register.

use std::sync::Arc;

use register::expr::{Fold, FoldKind, Tree};

use super::Compiler;
use super::term::{Kind, Piece, Term, of};
use crate::schema::SubTable;

impl Compiler<'_> {
    /// SQL that is true exactly when `all`, `exists` or `exists_one` gives `yes`.
    pub(super) fn fold(&mut self, fold: &Fold, yes: bool) -> Option<String> {
        let test = fold.test.as_ref()?;
        if fold.step.is_some() {
            return None;
        }
        let (from, element) = self.run_through(fold)?;
        self.names.push((fold.var.clone(), element));
        let wanted = match (fold.kind, yes) {
            (FoldKind::All | FoldKind::Exists, yes) => self.holds(test, yes),
            // An element of which it is unknown is not counted.
            (FoldKind::ExistsOne, _) => self.holds(test, true),
            _ => None,
        };
        self.names.pop();
        let wanted = wanted?;
        Some(match (fold.kind, yes) {
            (FoldKind::Exists, true) | (FoldKind::All, false) => {
                format!("EXISTS (SELECT 1 {from} AND {wanted})")
            }
            // One element that is not surely so is enough against it.
            (FoldKind::All | FoldKind::Exists, _) => {
                format!("NOT EXISTS (SELECT 1 {from} AND ({wanted}) IS NOT TRUE)")
            }
            (_, yes) => {
                let sign = if yes { "=" } else { "<>" };
                format!("(SELECT COUNT(*) {from} AND {wanted}) {sign} 1")
            }
        })
    }

    /// `size(list.filter(r, test))` and `size(rows)`.
    pub(super) fn count(&mut self, over: &Tree) -> Option<Piece> {
        let (from, wanted) = match over {
            Tree::Fold(fold) if fold.kind == FoldKind::Filter && fold.step.is_none() => {
                let (from, element) = self.run_through(fold)?;
                self.names.push((fold.var.clone(), element));
                let wanted = self.holds(fold.test.as_ref()?, true);
                self.names.pop();
                (from, format!(" AND {}", wanted?))
            }
            _ => match self.term(over)? {
                Term::Rows { sub, record } => (self.rows(&sub, &record).0, String::new()),
                _ => return None,
            },
        };
        let mut piece = Piece::new(
            format!("(SELECT COUNT(*) {from}{wanted})"),
            Kind::Number { digits: 0 },
        );
        piece.range = (0, 1 << 53);
        Some(piece)
    }

    /// `max_or_none(list.map(r, x))`, `max_of(register, x, test)` and their kin: missing values are left out.
    pub(super) fn extreme(&mut self, name: &str, over: &Tree) -> Option<Piece> {
        let Tree::Fold(fold) = over else { return None };
        if fold.kind != FoldKind::Map {
            return None;
        }
        let (mut from, element) = self.run_through(fold)?;
        let (Term::Row { alias, .. } | Term::Record { alias, .. }) = &element else {
            return None;
        };
        let alias = format!("{alias}.");
        self.names.push((fold.var.clone(), element));
        let test = fold.test.as_ref().map(|test| self.holds(test, true));
        let step = fold.step.as_ref().and_then(|step| self.term(step));
        let step = step.and_then(|step| self.value(step));
        self.names.pop();
        if let Some(test) = test {
            from.push_str(&format!(" AND {}", test?));
        }
        let step = step?;
        // An aggregate of nothing but outer columns would belong to the outer statement.
        if !super::is_ordered(&step.kind) || step.kind == Kind::Bool || !step.sql.contains(&alias) {
            return None;
        }
        let function = if name == "max_or_none" { "MAX" } else { "MIN" };
        Some(Piece {
            sql: format!("(SELECT {function}({}) {from})", step.sql),
            ..step
        })
    }

    /// `SELECT 1 …` that finds a row of a table field.
    pub(super) fn any_row(&mut self, sub: &SubTable, record: &str) -> String {
        format!("EXISTS (SELECT 1 {})", self.rows(sub, record).0)
    }

    fn rows(&mut self, sub: &SubTable, record: &str) -> (String, String) {
        let alias = self.alias();
        let from = format!(
            "FROM {} AS {alias} WHERE {alias}.district_code = $1 AND {alias}.record_id = {record}",
            sub.table
        );
        (from, alias)
    }

    /// What a macro runs through: `FROM … WHERE …`, and the element that its variable names.
    fn run_through(&mut self, fold: &Fold) -> Option<(String, Term)> {
        if fold.over_register {
            let Tree::Name(register) = &fold.over else {
                return None;
            };
            let table = self.catalog.table(register).ok()?;
            let alias = self.alias();
            let from = format!(
                "FROM {} AS {alias} WHERE {alias}.district_code = $1 AND {alias}.withdrawn = 0",
                table.table
            );
            return Some((from, Term::Record { table, alias }));
        }
        // `rows.filter(a, …).map(b, …)`: the rows that are left.
        if let Tree::Fold(inner) = &fold.over {
            if inner.kind != FoldKind::Filter || inner.step.is_some() {
                return None;
            }
            let (from, element) = self.run_through(inner)?;
            self.names.push((inner.var.clone(), element.clone()));
            let wanted = inner.test.as_ref().and_then(|test| self.holds(test, true));
            self.names.pop();
            return Some((format!("{from} AND {}", wanted?), element));
        }
        let Term::Rows { sub, record } = self.term(&fold.over)? else {
            return None;
        };
        let (from, alias) = self.rows(&sub, &record);
        let fields = sub.columns;
        Some((from, Term::Row { alias, fields }))
    }

    /// A value of the record that `record` (SQL of its id) names; NULL when it is withdrawn or gone.
    pub(super) fn through(&mut self, register: &str, record: &str, name: &str) -> Option<Term> {
        let table = self.catalog.table(register).ok()?;
        let alias = self.alias();
        let element = Term::Record {
            table: Arc::clone(&table),
            alias: alias.clone(),
        };
        let wrap = |sql: &str| {
            format!(
                "(SELECT {sql} FROM {} AS {alias} WHERE {alias}.district_code = $1 \
                 AND {alias}.record_id = {record} AND {alias}.withdrawn = 0)",
                table.table
            )
        };
        match self.member(&element, name)? {
            Term::Value(piece) => Some(Term::Value(Piece {
                sql: wrap(&piece.sql),
                ..piece
            })),
            Term::List { sql, register } => Some(Term::List {
                sql: wrap(&sql),
                register,
            }),
            _ => None,
        }
    }

    /// `term.name`.
    pub(super) fn member(&mut self, term: &Term, name: &str) -> Option<Term> {
        match term {
            Term::Row { alias, fields } => {
                let field = fields.iter().find(|f| f.id == name)?;
                super::term::column(field, of(alias, name))
            }
            Term::Record { table, alias } => {
                if let Some(field) = table.field(name) {
                    return super::term::column(field, of(alias, name));
                }
                if let Some(sub) = table.subs.iter().find(|s| s.field == name) {
                    return Some(Term::Rows {
                        sub: sub.clone(),
                        record: of(alias, "record_id"),
                    });
                }
                // A field that is not stored is not found here under another meaning.
                if table.definition.field(name).is_some() {
                    return None;
                }
                let column = match name {
                    "number" => "number",
                    "org" => "org_path",
                    _ => return None,
                };
                Some(Term::Value(Piece::new(of(alias, column), Kind::Text)))
            }
            Term::Value(Piece {
                sql,
                kind: Kind::Ref(register),
                ..
            }) => self.through(&register.clone(), &sql.clone(), name),
            _ => None,
        }
    }
}
