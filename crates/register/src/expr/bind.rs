//! What an expression depends on, and expressions made from others: bound to a moment and a person, or with the
//! computed fields written out.

use std::collections::BTreeSet;

use super::eval::eval;
use super::scope::Scope;
use super::tree::{BinaryOp, Expr, Fold, Tree, Val};
use crate::definition::Definition;

/// Computed fields within computed fields; more is a circle, which `check_expr` names.
const COMPUTED_MAX: usize = 12;

impl Expr {
    /// Free names with what is selected from them: `institution.state == 'x'` gives `[institution, state]`. Variables of
    /// macros and names of registers are left out; what a macro reads of its rows is not listed, only the table.
    pub fn paths(&self) -> Vec<Vec<String>> {
        let mut paths = Vec::new();
        free(self.tree(), &mut Vec::new(), &mut |path| {
            if !paths.contains(&path) {
                paths.push(path);
            }
        });
        paths
    }

    /// Whether the value may change without a write to the record: it follows the day (`today()`, `now()`, `period`,
    /// `obligation(…)`), or it looks over another register (`count_of(…)`, `max_of(…)`). Computed fields are not looked
    /// into, see [`Definition::depends_on_moment`].
    pub fn uses_moment(&self) -> bool {
        let named = self.paths().iter().any(|path| path[0] == "period");
        named || any(self.tree(), &is_moment_call)
    }
}

fn is_moment_call(tree: &Tree) -> bool {
    match tree {
        Tree::Call { name, .. } => matches!(name.as_str(), "today" | "now" | "obligation"),
        Tree::Fold(fold) => fold.over_register,
        _ => false,
    }
}

/// Whether a node or one below it is such.
pub(super) fn any(tree: &Tree, such: &dyn Fn(&Tree) -> bool) -> bool {
    if such(tree) {
        return true;
    }
    let mut found = false;
    each_child(tree, &mut |child| found = found || any(child, such));
    found
}

/// The children of a node, whatever its kind.
fn each_child<'t>(tree: &'t Tree, see: &mut dyn FnMut(&'t Tree)) {
    match tree {
        Tree::Literal(_) | Tree::Name(_) => {}
        Tree::Select { of, .. } | Tree::Unary { of, .. } | Tree::Has(of) => see(of),
        Tree::Index { of: a, at: b }
        | Tree::Binary {
            left: a, right: b, ..
        } => {
            see(a);
            see(b);
        }
        Tree::Conditional { test, yes, no } => {
            see(test);
            see(yes);
            see(no);
        }
        Tree::Call { args, .. } | Tree::List(args) => args.iter().for_each(see),
        Tree::Method { of, args, .. } => {
            see(of);
            args.iter().for_each(see);
        }
        Tree::Fold(fold) => {
            if !fold.over_register {
                see(&fold.over);
            }
            fold.test.iter().chain(&fold.step).for_each(see);
        }
        Tree::Map(pairs) => {
            for (key, value) in pairs {
                see(key);
                see(value);
            }
        }
    }
}

fn path_of(tree: &Tree) -> Option<Vec<String>> {
    match tree {
        Tree::Name(name) => Some(vec![name.clone()]),
        Tree::Select { of, name } => {
            let mut path = path_of(of)?;
            path.push(name.clone());
            Some(path)
        }
        _ => None,
    }
}

fn free<'t>(tree: &'t Tree, bound: &mut Vec<&'t str>, found: &mut dyn FnMut(Vec<String>)) {
    if let Some(path) = path_of(tree) {
        if !bound.contains(&path[0].as_str()) {
            found(path);
        }
        return;
    }
    if let Tree::Fold(fold) = tree {
        if !fold.over_register {
            free(&fold.over, bound, found);
        }
        bound.push(&fold.var);
        for part in fold.test.iter().chain(&fold.step) {
            free(part, bound, found);
        }
        bound.pop();
        return;
    }
    each_child(tree, &mut |child| free(child, bound, found));
}

/// The expression with everything that does not depend on the record's own fields as a literal: today, the user's
/// organisation, the period's end. What cannot be computed stays as it is.
pub fn bind(expr: &Expr, scope: &Scope) -> Expr {
    Expr::from_tree(bound(expr.tree(), scope, &mut Vec::new()))
}

fn bound(tree: &Tree, scope: &Scope, vars: &mut Vec<String>) -> Tree {
    if is_closed(tree, scope, vars)
        && let Ok(val) = eval(&Expr::of("", tree.clone()), scope)
        && !matches!(val, Val::Map(_))
    {
        return Tree::Literal(val);
    }
    if let Tree::Fold(fold) = tree {
        let over = if fold.over_register {
            fold.over.clone()
        } else {
            bound(&fold.over, scope, vars)
        };
        vars.push(fold.var.clone());
        let mut part = |part: &Option<Tree>| part.as_ref().map(|p| bound(p, scope, vars));
        let (test, step) = (part(&fold.test), part(&fold.step));
        vars.pop();
        return Tree::Fold(Box::new(Fold {
            over,
            test,
            step,
            ..fold.as_ref().clone()
        }));
    }
    simpler(rebuilt(tree, &mut |child| bound(child, scope, vars)))
}

/// No name of the record in it, and none of a macro around it.
fn is_closed(tree: &Tree, scope: &Scope, vars: &[String]) -> bool {
    if matches!(tree, Tree::Literal(_)) || any(tree, &is_record_call) {
        return false;
    }
    let mut closed = true;
    free(tree, &mut Vec::new(), &mut |path| {
        let name = path[0].as_str();
        let given = name == "user" || scope.names.iter().any(|(n, _)| *n == name);
        closed = closed && given && !vars.iter().any(|var| var == name);
    });
    closed
}

fn is_record_call(tree: &Tree) -> bool {
    matches!(tree, Tree::Call { name, .. }
        if matches!(name.as_str(), "actor" | "left" | "entered" | "obligation"))
}

/// A side of `&&` or `||` that is known goes.
fn simpler(tree: Tree) -> Tree {
    let Tree::Binary { op, left, right } = tree else {
        return tree;
    };
    let known = |side: &Tree| match side {
        Tree::Literal(Val::Bool(yes)) => Some(*yes),
        _ => None,
    };
    let decides = op == BinaryOp::Or;
    if matches!(op, BinaryOp::And | BinaryOp::Or) {
        match (known(&left), known(&right)) {
            (Some(a), _) if a == decides => return *left,
            (_, Some(b)) if b == decides => return *right,
            (Some(_), _) => return *right,
            (_, Some(_)) => return *left,
            _ => {}
        }
    }
    Tree::Binary { op, left, right }
}

/// The node with its children changed. Folds over a register keep their register.
fn rebuilt(tree: &Tree, change: &mut dyn FnMut(&Tree) -> Tree) -> Tree {
    let boxed = |child: &Tree, change: &mut dyn FnMut(&Tree) -> Tree| Box::new(change(child));
    match tree {
        Tree::Literal(_) | Tree::Name(_) => tree.clone(),
        Tree::Select { of, name } => Tree::Select {
            of: boxed(of, change),
            name: name.clone(),
        },
        Tree::Has(path) => Tree::Has(match boxed(path, change) {
            // `has` takes a path; what is no path any more is asked by itself.
            path if path_of(&path).is_some() => path,
            _ => path.clone(),
        }),
        Tree::Index { of, at } => Tree::Index {
            of: boxed(of, change),
            at: boxed(at, change),
        },
        Tree::Unary { op, of } => Tree::Unary {
            op: *op,
            of: boxed(of, change),
        },
        Tree::Binary { op, left, right } => Tree::Binary {
            op: *op,
            left: boxed(left, change),
            right: boxed(right, change),
        },
        Tree::Conditional { test, yes, no } => Tree::Conditional {
            test: boxed(test, change),
            yes: boxed(yes, change),
            no: boxed(no, change),
        },
        Tree::Call { name, args } => Tree::Call {
            name: name.clone(),
            args: args.iter().map(change).collect(),
        },
        Tree::Method { of, name, args } => Tree::Method {
            of: boxed(of, change),
            name: name.clone(),
            args: args.iter().map(change).collect(),
        },
        Tree::Fold(fold) => Tree::Fold(Box::new(refolded(fold, change))),
        Tree::List(items) => Tree::List(items.iter().map(change).collect()),
        Tree::Map(pairs) => {
            let pair = |(key, value): &(Tree, Tree)| (change(key), change(value));
            Tree::Map(pairs.iter().map(pair).collect())
        }
    }
}

fn refolded(fold: &Fold, change: &mut dyn FnMut(&Tree) -> Tree) -> Fold {
    let over = if fold.over_register {
        fold.over.clone()
    } else {
        change(&fold.over)
    };
    Fold {
        over,
        test: fold.test.as_ref().map(&mut *change),
        step: fold.step.as_ref().map(&mut *change),
        ..fold.clone()
    }
}

impl Definition {
    /// The expression with computed fields that are not stored (those that follow the day) written out.
    pub fn expand(&self, expr: &Expr) -> Expr {
        let moving = self.moving();
        let names = |path: &Vec<String>| moving.contains(path[0].as_str());
        if !expr.paths().iter().any(names) {
            return expr.clone();
        }
        Expr::from_tree(self.written_out(expr.tree(), &moving, &mut Vec::new(), 0))
    }

    /// Computed fields that follow the day.
    fn moving(&self) -> BTreeSet<&str> {
        let computed = self.fields.iter().filter(|f| f.compute.is_some());
        let ids = computed.map(|f| f.id.as_str());
        ids.filter(|id| self.depends_on_moment(id)).collect()
    }

    fn written_out(
        &self,
        tree: &Tree,
        moving: &BTreeSet<&str>,
        vars: &mut Vec<String>,
        depth: usize,
    ) -> Tree {
        match tree {
            Tree::Name(name) if moving.contains(name.as_str()) && !vars.contains(name) => {
                let compute = self.field(name).and_then(|f| f.compute.as_ref());
                match compute {
                    Some(expr) if depth < COMPUTED_MAX => {
                        self.written_out(expr.tree(), moving, &mut Vec::new(), depth + 1)
                    }
                    _ => tree.clone(),
                }
            }
            // `has(late_days)` asks for a path; the value itself is compared with none.
            Tree::Has(path) => match self.written_out(path, moving, vars, depth) {
                same if path_of(&same).is_some() => Tree::Has(Box::new(same)),
                value => Tree::Binary {
                    op: BinaryOp::Ne,
                    left: Box::new(value),
                    right: Box::new(Tree::Literal(Val::None)),
                },
            },
            Tree::Fold(fold) => {
                let over = match fold.over_register {
                    true => fold.over.clone(),
                    false => self.written_out(&fold.over, moving, vars, depth),
                };
                vars.push(fold.var.clone());
                let mut part = |part: &Option<Tree>| {
                    let part = part.as_ref()?;
                    Some(self.written_out(part, moving, vars, depth))
                };
                let (test, step) = (part(&fold.test), part(&fold.step));
                vars.pop();
                Tree::Fold(Box::new(Fold {
                    over,
                    test,
                    step,
                    ..fold.as_ref().clone()
                }))
            }
            _ => rebuilt(tree, &mut |child| {
                self.written_out(child, moving, vars, depth)
            }),
        }
    }

    /// Whether a field's value changes without a write: it is computed from the moment or from other records, directly
    /// or through other computed fields. Such a value is worked out at each reading and never stored.
    pub fn depends_on_moment(&self, field: &str) -> bool {
        self.field(field).is_some_and(|f| f.live)
    }

    /// Finds out which computed fields are live. `parse` does it; a definition made by a program has to ask for it.
    pub fn mark_live(&mut self) {
        let ids = self.fields.iter().map(|f| f.id.clone());
        let live: Vec<bool> = ids
            .map(|id| self.follows_day(&id, &mut BTreeSet::new()))
            .collect();
        for (field, live) in self.fields.iter_mut().zip(live) {
            field.live = live;
        }
    }

    fn follows_day<'d>(&'d self, field: &str, seen: &mut BTreeSet<&'d str>) -> bool {
        let Some(found) = self.fields.iter().find(|f| f.id == field) else {
            return false;
        };
        let Some(compute) = &found.compute else {
            return false;
        };
        if !seen.insert(&found.id) {
            return false;
        }
        let paths = compute.paths();
        compute.uses_moment_of(self)
            || self.reads_others(compute)
            || paths.iter().any(|path| self.follows_day(&path[0], seen))
    }

    /// Whether an expression looks into other records, whose values change without a word here.
    fn reads_others(&self, expr: &Expr) -> bool {
        let through = expr.paths().iter().any(|path| {
            let field = self.fields.iter().find(|f| f.id == path[0]);
            path.len() > 1 && field.is_some_and(|f| f.kind.target().is_some())
        });
        through || any(expr.tree(), &is_look)
    }
}

fn is_look(tree: &Tree) -> bool {
    match tree {
        Tree::Fold(fold) => fold.over_register,
        Tree::Call { name, .. } => name == "count_of",
        _ => false,
    }
}

impl Expr {
    /// As [`Expr::uses_moment`], knowing that a field may be named `period` itself.
    fn uses_moment_of(&self, definition: &Definition) -> bool {
        let own_period = definition.fields.iter().any(|f| f.id == "period");
        any(self.tree(), &is_moment_call) || (!own_period && self.uses_moment())
    }
}
