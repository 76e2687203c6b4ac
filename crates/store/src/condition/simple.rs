//! The conditions that an index can serve: a stored column against literals.

use std::sync::Arc;

use register::expr::{BinaryOp, Tree, Val};

use super::number::{self, Bound};
use super::term::{Kind, Piece, Term, is_none};
use super::{Compiler, turned};
use crate::catalog::Catalog;
use crate::engine::{Cell, Dialect};
use crate::query::{Key, Op, Test};
use crate::schema::RegisterTable;

/// The condition as a test of one column, if it is one.
pub(crate) fn tests_of(catalog: &Catalog, table: &Arc<RegisterTable>, part: &Tree) -> Option<Test> {
    let Tree::Binary { op, left, right } = part else {
        return None;
    };
    let (op, name, other) = match (&**left, &**right) {
        (Tree::Name(name), other) => (*op, name, other),
        (other, Tree::Name(name)) if *op != BinaryOp::In => (turned(*op), name, other),
        _ => return None,
    };
    let mut compiler = Compiler::new(catalog, table, Dialect::Postgres);
    let Term::Value(piece) = compiler.named(name)? else {
        return None;
    };
    let Term::Literal(val) = compiler.term(other)? else {
        return None;
    };
    if matches!((&piece.kind, &val), (Kind::Instant, Val::Date(_))) {
        return None;
    }
    let (op, cells) = match (op, &val) {
        (BinaryOp::In, Val::List(list)) if !list.iter().any(is_none) => {
            let mut cells = Vec::new();
            for val in list {
                cells.extend(compiler.cell(&piece, val)?);
            }
            (Op::In, cells)
        }
        (BinaryOp::In, _) => return None,
        _ if is_none(&val) => return None,
        (BinaryOp::Eq, val) => (Op::Eq, vec![compiler.cell(&piece, val)??]),
        (op, val) => ordered(&mut compiler, &piece, op, val)?,
    };
    if cells.is_empty() || cells.len() > crate::insert::LIST_MAX {
        return None;
    }
    let column = match (name.as_str(), table.field(name)) {
        ("org", None) => "org_path",
        _ => name,
    };
    Some(Test::plain(Key::of(table, column).ok()?, op, cells))
}

fn ordered(
    compiler: &mut Compiler<'_>,
    piece: &Piece,
    op: BinaryOp,
    val: &Val,
) -> Option<(Op, Vec<Cell>)> {
    let (op, cell) = if number::is_numeric(&piece.kind) {
        match number::bound(piece, op, val)? {
            Bound::Sign(op, step) => (op, Cell::Int(step)),
            Bound::All | Bound::Never => return None,
        }
    } else if super::is_ordered(&piece.kind) {
        (op, compiler.cell(piece, val)??)
    } else {
        return None;
    };
    let op = match op {
        BinaryOp::Lt => Op::Lt,
        BinaryOp::Le => Op::Le,
        BinaryOp::Gt => Op::Gt,
        BinaryOp::Ge => Op::Ge,
        _ => return None,
    };
    Some((op, vec![cell]))
}
