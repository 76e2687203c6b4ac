//! The tree of an expression and the values in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ground::{Date, Fen, RecordId};
use rust_decimal::Decimal;

/// A parsed expression. Equal when written alike.
#[derive(Clone, Debug)]
pub struct Expr {
    pub(crate) text: Arc<str>,
    pub(crate) tree: Arc<Tree>,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.text == other.text
    }
}

impl Eq for Expr {}

impl Expr {
    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }
}

/// Why a text is no expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExprError {
    /// Byte offset in the text.
    pub offset: usize,
    /// What is wrong, one Chinese sentence.
    pub problem: String,
    /// What to write instead.
    pub remedy: String,
}

/// A node.
#[derive(Clone, PartialEq, Debug)]
pub enum Tree {
    /// A constant.
    Literal(Val),
    /// A field, a variable of a macro, or `user`, `state`, `period`, `ref`, `row`, `old`.
    Name(String),
    /// `of.name`.
    Select {
        /// Left of the point.
        of: Box<Tree>,
        /// Right of the point.
        name: String,
    },
    /// `has(path)`: a value is there.
    Has(Box<Tree>),
    /// `of[at]`.
    Index {
        /// List or map.
        of: Box<Tree>,
        /// Position or key.
        at: Box<Tree>,
    },
    /// `!x`, `-x`.
    Unary {
        /// Operator.
        op: UnaryOp,
        /// Operand.
        of: Box<Tree>,
    },
    /// `a + b`, `a && b`, `a in b` …
    Binary {
        /// Operator.
        op: BinaryOp,
        /// Left.
        left: Box<Tree>,
        /// Right.
        right: Box<Tree>,
    },
    /// `test ? yes : no`.
    Conditional {
        /// Condition.
        test: Box<Tree>,
        /// If true.
        yes: Box<Tree>,
        /// If false.
        no: Box<Tree>,
    },
    /// `name(args)`.
    Call {
        /// Function.
        name: String,
        /// Arguments.
        args: Vec<Tree>,
    },
    /// `of.name(args)`.
    Method {
        /// Receiver.
        of: Box<Tree>,
        /// Function.
        name: String,
        /// Arguments.
        args: Vec<Tree>,
    },
    /// A macro over a list: `rows.all(r, …)`, or over a register: `exists(device, …)`.
    Fold(Box<Fold>),
    /// `[a, b]`.
    List(Vec<Tree>),
    /// `{a: b}`.
    Map(Vec<(Tree, Tree)>),
}

/// A macro.
#[derive(Clone, PartialEq, Debug)]
pub struct Fold {
    /// Which.
    pub kind: FoldKind,
    /// The list; for `exists(device, …)` a `Tree::Name` with the register and `over_register` set.
    pub over: Tree,
    /// `over` names a register, not a value.
    pub over_register: bool,
    /// Name of the element.
    pub var: String,
    /// Condition of `filter`-like macros and the test of `all`, `exists`, `exists_one`.
    pub test: Option<Tree>,
    /// What `map` gives.
    pub step: Option<Tree>,
}

/// Kinds of macro.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FoldKind {
    /// True for all.
    All,
    /// True for one at least.
    Exists,
    /// True for exactly one.
    ExistsOne,
    /// The list of results.
    Map,
    /// The elements for which it is true.
    Filter,
}

/// Operators with one side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    /// `!`.
    Not,
    /// `-`.
    Minus,
}

/// Operators with two sides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    /// `||`.
    Or,
    /// `&&`.
    And,
    /// `==`.
    Eq,
    /// `!=`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
    /// `in`.
    In,
    /// `+`.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`.
    Div,
    /// `%`.
    Rem,
}

/// A value of an expression.
#[derive(Clone, PartialEq, Debug)]
pub enum Val {
    /// `none`, `null`: no value. A missing field, an empty text and an empty list are none.
    ///
    /// - `==`, `!=`, `in` are always true or false: `none == none`, `none == ''`, `none == []` are true, none differs
    ///   from all else, nothing is in a missing list.
    /// - `<`, `<=`, `>`, `>=`, `+ - * / %` and functions with a missing value are none again; `coalesce`,
    ///   `max_or_none`, `min_or_none`, `sum`, `avg`, `count` leave missing values out; `size(none)` is 0 and `sum([])`
    ///   too.
    /// - `&&`, `||`, `!` and the macros `all`, `exists` follow Kleene: what decides wins, else none. Macros over a
    ///   missing list see an empty one.
    /// - `none ? a : b` is none.
    /// - A filter or guard holds only when true, a check fails only when false.
    None,
    /// Yes or no.
    Bool(bool),
    /// Whole number.
    Int(i64),
    /// Whole number without sign, CEL `uint`.
    Uint(u64),
    /// Exact decimal. A literal with a point is one.
    Decimal(Decimal),
    /// Binary double; only where CEL asks for one, never for figures.
    Double(f64),
    /// Money.
    Money(Fen),
    /// Text, code, period.
    Text(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// Civil date.
    Date(Date),
    /// Moment: seconds since 1970-01-01T00:00:00Z.
    Instant(i64),
    /// Days or seconds between moments: `days(30)`, `duration('2h')`, in seconds.
    Duration(i64),
    /// A record of a register; `.field` reads it through the world.
    Ref {
        /// Register; `organisation` for units.
        register: Arc<str>,
        /// Which.
        id: RecordId,
    },
    /// List.
    List(Vec<Val>),
    /// Map or a table row.
    Map(BTreeMap<String, Val>),
}
