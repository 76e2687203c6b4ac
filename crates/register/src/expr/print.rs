//! A tree back into text, so that an expression made by a program (bound, expanded) can be stored, compared and read.
//! `parse(print(x)) == x`.

use std::fmt::Write as _;
use std::sync::Arc;

use super::tree::{BinaryOp, Expr, Fold, FoldKind, Tree, UnaryOp, Val};

impl Expr {
    /// An expression from a tree, with its text.
    pub fn from_tree(tree: Tree) -> Expr {
        Expr::of(&print(&tree), tree)
    }

    pub(super) fn of(text: &str, tree: Tree) -> Expr {
        Expr {
            text: Arc::from(text),
            tree: Arc::new(tree),
        }
    }
}

impl BinaryOp {
    /// All operators, those with longer signs first.
    pub(super) const ALL: [BinaryOp; 14] = [
        BinaryOp::Or,
        BinaryOp::And,
        BinaryOp::Eq,
        BinaryOp::Ne,
        BinaryOp::Le,
        BinaryOp::Ge,
        BinaryOp::Lt,
        BinaryOp::Gt,
        BinaryOp::Add,
        BinaryOp::Sub,
        BinaryOp::Mul,
        BinaryOp::Div,
        BinaryOp::Rem,
        BinaryOp::In,
    ];

    /// As written.
    pub fn sign(self) -> &'static str {
        match self {
            BinaryOp::Or => "||",
            BinaryOp::And => "&&",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::In => "in",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
        }
    }

    /// How tight it binds.
    pub(super) fn binding(self) -> u8 {
        match self {
            BinaryOp::Or => 1,
            BinaryOp::And => 2,
            BinaryOp::Add | BinaryOp::Sub => 4,
            BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => 5,
            _ => 3,
        }
    }
}

/// How tight a tree binds: 0 a conditional, 6 a prefix, 7 what needs no brackets.
fn binding(tree: &Tree) -> u8 {
    match tree {
        Tree::Conditional { .. } => 0,
        Tree::Binary { op, .. } => op.binding(),
        Tree::Unary { .. } => 6,
        Tree::Literal(Val::Int(n)) if *n < 0 => 6,
        Tree::Literal(Val::Decimal(d)) if d.is_sign_negative() => 6,
        _ => 7,
    }
}

/// A value as it is written in an expression. Equal values have equal text.
pub fn print_val(val: &Val) -> String {
    let mut out = String::new();
    match val {
        Val::Decimal(d) => write_val(&Val::Decimal(d.normalize()), &mut out),
        val => write_val(val, &mut out),
    }
    out
}

/// Text of a tree.
pub(super) fn print(tree: &Tree) -> String {
    let mut out = String::new();
    write(tree, &mut out);
    out
}

fn within(tree: &Tree, least: u8, out: &mut String) {
    if binding(tree) >= least {
        write(tree, out);
        return;
    }
    out.push('(');
    write(tree, out);
    out.push(')');
}

fn write(tree: &Tree, out: &mut String) {
    match tree {
        Tree::Literal(val) => write_val(val, out),
        Tree::Name(name) => out.push_str(name),
        Tree::Select { of, name } => {
            within(of, 7, out);
            out.push('.');
            write_name(name, out);
        }
        Tree::Has(path) => call("has", std::slice::from_ref(path.as_ref()), out),
        Tree::Index { of, at } => {
            within(of, 7, out);
            list("[", std::slice::from_ref(at.as_ref()), "]", out);
        }
        Tree::Unary { op, of } => {
            out.push(if *op == UnaryOp::Not { '!' } else { '-' });
            // `-5` is a literal and `- 5` too: a minus before a number needs brackets to stay an operator.
            let number = matches!(**of, Tree::Literal(_)) && *op == UnaryOp::Minus;
            within(of, if number { 8 } else { 6 }, out);
        }
        Tree::Binary { op, left, right } => {
            within(left, op.binding(), out);
            let _ = write!(out, " {} ", op.sign());
            within(right, op.binding() + 1, out);
        }
        Tree::Conditional { test, yes, no } => {
            within(test, 1, out);
            out.push_str(" ? ");
            within(yes, 1, out);
            out.push_str(" : ");
            write(no, out);
        }
        Tree::Call { name, args } => write_call(name, args, out),
        Tree::Method { of, name, args } => {
            within(of, 7, out);
            out.push('.');
            call(name, args, out);
        }
        Tree::Fold(fold) => write_fold(fold, out),
        Tree::List(items) => list("[", items, "]", out),
        Tree::Map(pairs) => {
            out.push('{');
            for (index, (key, value)) in pairs.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                write(key, out);
                out.push_str(": ");
                write(value, out);
            }
            out.push('}');
        }
    }
}

fn write_call(name: &str, args: &[Tree], out: &mut String) {
    match args {
        [Tree::Fold(fold)]
            if name == "size" && fold.over_register && fold.kind == FoldKind::Filter =>
        {
            register_fold("count_of", fold, out);
        }
        [Tree::Fold(fold)] if fold.over_register && fold.kind == FoldKind::Map => {
            let name = match name {
                "max_or_none" => "max_of",
                "min_or_none" => "min_of",
                _ => "sum_of",
            };
            register_fold(name, fold, out);
        }
        _ => call(name, args, out),
    }
}

fn register_fold(name: &str, fold: &Fold, out: &mut String) {
    let _ = write!(out, "{name}({}", fold.var);
    for part in fold.step.iter().chain(&fold.test) {
        out.push_str(", ");
        write(part, out);
    }
    out.push(')');
}

fn write_fold(fold: &Fold, out: &mut String) {
    let name = match fold.kind {
        FoldKind::All => "all",
        FoldKind::Exists => "exists",
        FoldKind::ExistsOne => "exists_one",
        FoldKind::Map => "map",
        FoldKind::Filter => "filter",
    };
    if fold.over_register {
        return register_fold(name, fold, out);
    }
    within(&fold.over, 7, out);
    let _ = write!(out, ".{name}({}", fold.var);
    for part in fold.test.iter().chain(&fold.step) {
        out.push_str(", ");
        write(part, out);
    }
    out.push(')');
}

fn call(name: &str, args: &[Tree], out: &mut String) {
    out.push_str(name);
    list("(", args, ")", out);
}

fn list(open: &str, items: &[Tree], close: &str, out: &mut String) {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        write(item, out);
    }
    out.push_str(close);
}

fn write_name(name: &str, out: &mut String) {
    let plain = name.chars().all(|c| c == '_' || c.is_alphanumeric());
    if plain && !name.starts_with(|c: char| c.is_numeric()) {
        out.push_str(name);
    } else {
        let _ = write!(out, "`{name}`");
    }
}

fn write_val(val: &Val, out: &mut String) {
    let _ = match val {
        Val::None => write!(out, "none"),
        Val::Bool(yes) => write!(out, "{yes}"),
        Val::Int(n) => write!(out, "{n}"),
        Val::Uint(n) => write!(out, "{n}u"),
        Val::Decimal(d) if d.scale() == 0 => write!(out, "{d}.0"),
        Val::Decimal(d) => write!(out, "{d}"),
        Val::Double(d) => write!(out, "double('{d}')"),
        Val::Money(fen) => write!(out, "yuan({})", fen.yuan()),
        Val::Text(text) => write!(out, "{}", quoted(text)),
        Val::Bytes(bytes) => write!(out, "b'{}'", escaped(bytes)),
        Val::Date(date) => write!(out, "date('{date}')"),
        Val::Instant(at) => write!(out, "timestamp('{}')", super::moment::utc_text(*at)),
        Val::Duration(seconds) => write!(out, "duration('{seconds}s')"),
        Val::Ref { register, id } => write!(out, "record({}, {id})", quoted(register)),
        Val::List(items) => {
            let items: Vec<Tree> = items.iter().cloned().map(Tree::Literal).collect();
            list("[", &items, "]", out);
            Ok(())
        }
        Val::Map(map) => {
            let pair = |(key, val): (&String, &Val)| {
                let key = Tree::Literal(Val::Text(Arc::from(key.as_str())));
                (key, Tree::Literal(val.clone()))
            };
            write(&Tree::Map(map.iter().map(pair).collect()), out);
            Ok(())
        }
    };
}

fn escaped(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in bytes {
        let _ = write!(out, "\\x{byte:02x}");
    }
    out
}

/// A text in single quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}
