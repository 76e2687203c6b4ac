//! Expressions of a definition: one tree, three uses. `eval` gives the exact value, the store turns the same tree into
//! SQL, `explain` says it in Chinese. Syntax is that of CEL (Common Expression Language), core subset; values are exact
//! decimals, fen, civil dates.

mod arithmetic;
mod bind;
mod call;
mod check;
mod convert;
mod eval;
mod explain;
#[cfg(test)]
mod explain_tests;
mod fit;
mod function;
mod history;
mod kind;
mod lex;
pub mod moment;
mod narrow;
mod number;
mod parse;
mod pattern;
mod print;
mod scope;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tree;
mod view;
mod words;

pub use bind::bind;
pub use check::{Named, Registers, Sight, check_condition, check_expr, check_value, field_at};
pub use eval::{EvalError, eval, fails, holds};
pub use explain::{explain, explain_field, explain_guard};
pub use fit::{fit, value_of};
pub use narrow::Held;
pub use number::sum_exactly;
pub use pattern::problem as pattern_problem;
pub use print::print_val;
pub use scope::{Known, Moment, Nowhere, Scope, User, World};
pub use tree::{BinaryOp, Expr, ExprError, Fold, FoldKind, Tree, UnaryOp, Val};
pub use view::val_of;
