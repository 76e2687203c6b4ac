//! Expressions of a definition: one tree, three uses. `eval` gives the exact value, the store turns the same tree into
//! SQL, `explain` says it in Chinese. Syntax is that of CEL (Common Expression Language), core subset; values are exact
//! decimals, fen, civil dates.

mod scope;
mod tree;

pub use scope::{Known, Moment, Nowhere, Scope, User, World};
pub use tree::{BinaryOp, Expr, ExprError, Fold, FoldKind, Tree, UnaryOp, Val};
