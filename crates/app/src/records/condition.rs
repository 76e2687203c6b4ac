//! A plain condition `field:op:value` on a value that no column holds (it follows the day, or it belongs to a record
//! pointed at), as an expression with a typed right side.

use super::query::{read, refuse};
use crate::definitions::Definitions;
use ground::Finding;
use register::expr::{BinaryOp, Expr, Tree, UnaryOp, Val, val_of};
use register::{Definition, Field};

/// The expression of a condition.
///
/// # Errors
/// A finding that names the field, the operator or the value that cannot be read.
pub(super) fn expression(
    definitions: &Definitions,
    definition: &Definition,
    (path, op, value): (&str, &str, &str),
) -> Result<Expr, Finding> {
    let (owner, field) = owner(definitions, definition, path)
        .ok_or_else(|| refuse(path, format!("{}没有字段“{path}”。", definition.title.zh)))?;
    let left = Expr::parse(path).map_err(|error| refuse(path, error.problem))?;
    let left = left.tree().clone();
    let literal = |text: &str| {
        let value = read(owner, field, text)?;
        Ok::<_, Finding>(Tree::Literal(val_of(field, &value)))
    };
    let compare = |op: BinaryOp, right: Tree| Tree::Binary {
        op,
        left: Box::new(left.clone()),
        right: Box::new(right),
    };
    let tree = match op {
        "eq" => compare(BinaryOp::Eq, literal(value)?),
        "ne" => compare(BinaryOp::Ne, literal(value)?),
        "lt" => compare(BinaryOp::Lt, literal(value)?),
        "le" => compare(BinaryOp::Le, literal(value)?),
        "gt" => compare(BinaryOp::Gt, literal(value)?),
        "ge" => compare(BinaryOp::Ge, literal(value)?),
        "in" => {
            let all = value.split(',').map(literal).collect::<Result<_, _>>()?;
            compare(BinaryOp::In, Tree::List(all))
        }
        "contains" => Tree::Method {
            of: Box::new(left.clone()),
            name: "contains".to_owned(),
            args: vec![Tree::Literal(Val::Text(value.into()))],
        },
        "missing" => Tree::Unary {
            op: UnaryOp::Not,
            of: Box::new(Tree::Has(Box::new(left.clone()))),
        },
        other => return Err(refuse(path, format!("没有算符“{other}”。"))),
    };
    Ok(Expr::from_tree(tree))
}

/// The definition and the field at the end of a path of references.
fn owner<'d>(
    definitions: &'d Definitions,
    definition: &'d Definition,
    path: &str,
) -> Option<(&'d Definition, &'d Field)> {
    match path.split_once('.') {
        None => Some((definition, definition.field(path)?)),
        Some((first, rest)) => {
            let target = definition.field(first)?.kind.target()?;
            owner(definitions, definitions.get(target)?, rest)
        }
    }
}

/// Both conditions.
pub(crate) fn both(left: Expr, right: Expr) -> Expr {
    joined(BinaryOp::And, left, right)
}

/// One condition or the other.
pub(crate) fn either(left: Expr, right: Expr) -> Expr {
    joined(BinaryOp::Or, left, right)
}

fn joined(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    Expr::from_tree(Tree::Binary {
        op,
        left: Box::new(left.tree().clone()),
        right: Box::new(right.tree().clone()),
    })
}
