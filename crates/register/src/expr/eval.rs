//! Evaluation: exact, without effects, within a budget of steps.

use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;

use rust_decimal::Decimal;

use super::call::call;
use super::moment::civil_day;
use super::number;
use super::scope::{Known, Scope};
use super::tree::{BinaryOp, Expr, Fold, FoldKind, Tree, UnaryOp, Val};
use super::view::{View, Words, field_of};

/// Steps of one evaluation: about a tenth of a second. `exists(register, …)` over 100,000 records fits.
const STEPS_MAX: u64 = 2_000_000;
/// Computed fields within computed fields; more is a circle.
const COMPUTED_MAX: u32 = 12;

/// Why an expression has no value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EvalError {
    /// A name that nothing in sight has.
    UnknownName(String),
    /// A function that does not exist, or not with so many arguments.
    UnknownFunction(String),
    /// Values that an operator or function cannot take.
    Clash(String),
    /// A result outside the range of exact numbers or dates.
    Range(String),
    /// Division by zero.
    Zero,
    /// No such element or key.
    Missing(String),
    /// More steps than an evaluation may take.
    Steps,
    /// A computed field that needs itself.
    Circle(String),
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EvalError::UnknownName(name) => write!(f, "没有“{name}”这个字段或名称"),
            EvalError::UnknownFunction(name) => write!(f, "没有函数“{name}”，或参数个数不对"),
            EvalError::Clash(problem) | EvalError::Range(problem) => f.write_str(problem),
            EvalError::Zero => f.write_str("除数是零"),
            EvalError::Missing(what) => write!(f, "列表里没有“{what}”"),
            EvalError::Steps => f.write_str("计算量太大，已停止"),
            EvalError::Circle(name) => write!(f, "计算字段“{name}”绕回了自己"),
        }
    }
}

impl std::error::Error for EvalError {}

pub(super) type Result<T> = std::result::Result<T, EvalError>;

/// The exact value of an expression.
///
/// # Errors
/// What has no value: see [`EvalError`]. A missing field is no error but `Val::None`.
pub fn eval(expr: &Expr, scope: &Scope) -> Result<Val> {
    let left = Cell::new(STEPS_MAX);
    let run = Run::new(scope, &left);
    run.eval(expr.tree(), None).map(|view| view.to_val())
}

/// True only when the value is true: guards, filters, visibility.
pub fn holds(expr: &Expr, scope: &Scope) -> bool {
    truth(expr, scope) == Some(true)
}

/// True only when the value is false: checks.
pub fn fails(expr: &Expr, scope: &Scope) -> bool {
    truth(expr, scope) == Some(false)
}

fn truth(expr: &Expr, scope: &Scope) -> Option<bool> {
    let left = Cell::new(STEPS_MAX);
    match Run::new(scope, &left).eval(expr.tree(), None) {
        Ok(View::Bool(yes)) => Some(yes),
        _ => None,
    }
}

/// A variable of a macro, with those around it.
#[derive(Clone, Copy)]
pub(super) struct Env<'e, 'v> {
    name: &'e str,
    value: &'e View<'v>,
    up: Option<&'e Env<'e, 'v>>,
}

pub(super) type Around<'e, 'v> = Option<&'e Env<'e, 'v>>;

/// One evaluation.
#[derive(Clone, Copy)]
pub(super) struct Run<'v> {
    pub(super) scope: &'v Scope<'v>,
    left: &'v Cell<u64>,
    computed: u32,
}

impl<'v> Run<'v> {
    pub(super) fn new(scope: &'v Scope<'v>, left: &'v Cell<u64>) -> Run<'v> {
        Run {
            scope,
            left,
            computed: 0,
        }
    }

    /// Takes steps off the budget.
    pub(super) fn spend(&self, steps: usize) -> Result<()> {
        let left = self.left.get().checked_sub(steps as u64);
        self.left.set(left.ok_or(EvalError::Steps)?);
        Ok(())
    }

    pub(super) fn eval(&self, tree: &'v Tree, env: Around<'_, 'v>) -> Result<View<'v>> {
        self.spend(1)?;
        match tree {
            Tree::Literal(val) => Ok(View::of_val(val)),
            Tree::Name(name) => self.name(name, env),
            Tree::Select { of, name } => self.select(&self.eval(of, env)?, name),
            Tree::Has(path) => self.has(path, env).map(View::Bool),
            Tree::Index { of, at } => index(&self.eval(of, env)?, &self.eval(at, env)?),
            Tree::Unary { op, of } => unary(*op, self.eval(of, env)?),
            Tree::Binary { op, left, right } => self.binary(*op, left, right, env),
            Tree::Conditional { test, yes, no } => match self.eval(test, env)? {
                View::Bool(true) => self.eval(yes, env),
                View::Bool(false) => self.eval(no, env),
                View::None => Ok(View::None),
                other => Err(clash_one("? :", &other)),
            },
            Tree::Call { name, args } => self.call(name, None, args, env),
            Tree::Method { of, name, args } => self.call(name, Some(of), args, env),
            Tree::Fold(fold) => self.fold(fold, env),
            Tree::List(items) => {
                let items = items.iter().map(|item| self.eval(item, env));
                Ok(View::list(items.collect::<Result<_>>()?))
            }
            Tree::Map(pairs) => self.map(pairs, env),
        }
    }

    fn name(&self, name: &'v str, env: Around<'_, 'v>) -> Result<View<'v>> {
        let mut around = env;
        while let Some(here) = around {
            if here.name == name {
                return Ok(here.value.clone());
            }
            around = here.up;
        }
        if let Some((_, val)) = self.scope.names.iter().find(|(n, _)| *n == name) {
            return Ok(View::of_val(val));
        }
        self.field(name)
    }

    /// A field of the record, or what the engine knows of it.
    fn field(&self, name: &'v str) -> Result<View<'v>> {
        let Scope {
            definition, fields, ..
        } = self.scope;
        if let Some(value) = fields.get(name) {
            let typed = matches!(
                value,
                crate::record::Value::Ref(_)
                    | crate::record::Value::Refs(_)
                    | crate::record::Value::Rows(_)
            );
            let field = if typed {
                field_of(definition, name)
            } else {
                None
            };
            return Ok(View::of_value(value, field));
        }
        if let Some(field) = field_of(definition, name) {
            return match &field.compute {
                Some(compute) => self.compute(name, compute),
                None => Ok(View::None),
            };
        }
        self.known_name(name)
    }

    fn known_name(&self, name: &str) -> Result<View<'v>> {
        let record = self.scope.record;
        match name {
            "user" => Ok(self.scope.user.map_or(View::None, View::User)),
            "number" => {
                let number = record.and_then(|r| r.number.as_deref());
                Ok(number.map_or(View::None, |n| View::Text(Words::Lent(n))))
            }
            "org" => Ok(record.map_or(View::None, |r| View::Text(Words::Lent(r.org.as_str())))),
            // Where no candidate is looked at, `ref` is the record itself.
            "ref" => Ok(record.map_or(View::None, |r| {
                View::Ref(Words::Lent(&self.scope.definition.id), r.id)
            })),
            "id" => Ok(record.map_or(View::None, |r| View::text(r.id.to_string()))),
            // The words of the engine that this moment has no value for.
            "state" | "holder" | "period" | "old" | "row" | "unit" | "option" | "person" => {
                Ok(View::None)
            }
            _ => Err(EvalError::UnknownName(name.to_owned())),
        }
    }

    /// A computed field that is not in the record: one that follows the day, or a record not yet written.
    fn compute(&self, name: &str, compute: &'v Expr) -> Result<View<'v>> {
        if self.computed >= COMPUTED_MAX {
            return Err(EvalError::Circle(name.to_owned()));
        }
        let inner = Run {
            computed: self.computed + 1,
            ..*self
        };
        inner.eval(compute.tree(), None)
    }

    pub(super) fn select(&self, of: &View<'v>, name: &'v str) -> Result<View<'v>> {
        let absent = || EvalError::Missing(name.to_owned());
        match of {
            View::None => Ok(View::None),
            View::Row(row, columns) => {
                let column = columns.iter().find(|c| c.id == name);
                match row.get(name) {
                    Some(value) => Ok(View::of_value(value, column)),
                    None if column.is_some() || columns.is_empty() => Ok(View::None),
                    None => Err(EvalError::UnknownName(name.to_owned())),
                }
            }
            View::Dict(map) => map.get(name).map(View::of_val).ok_or_else(absent),
            View::Map(pairs) => {
                let found = pairs.iter().find(|(key, _)| is_text(key, name));
                found.map(|(_, value)| value.clone()).ok_or_else(absent)
            }
            View::Record(known) => self.of_record(known, name),
            View::Ref(register, id) => self.through(register, *id, name),
            View::User(user) => user_part(user, name),
            View::Text(text) => period_part(text, name),
            other => Err(EvalError::Clash(format!(
                "{}没有“{name}”可取",
                other.kind()
            ))),
        }
    }

    /// A field of a record at hand, without a copy of it.
    fn of_record(&self, known: &'v Known, name: &'v str) -> Result<View<'v>> {
        match known.record.fields.get(name) {
            Some(value) => Ok(View::of_value(value, field_of(&known.definition, name))),
            None => self.outside(known, name),
        }
    }

    /// A field of a record that is pointed at. One that is gone has no values.
    fn through(&self, register: &str, id: ground::RecordId, name: &str) -> Result<View<'v>> {
        match self.scope.world.record(register, id) {
            Some(known) => self.outside(&known, name),
            None => Ok(View::None),
        }
    }

    /// A field of another record by its own definition.
    fn outside(&self, known: &Known, name: &str) -> Result<View<'v>> {
        let scope = Scope {
            definition: &known.definition,
            fields: &known.record.fields,
            record: Some(&known.record),
            names: &[],
            ..*self.scope
        };
        let run = Run {
            scope: &scope,
            left: self.left,
            computed: self.computed + 1,
        };
        if run.computed > COMPUTED_MAX {
            return Err(EvalError::Circle(name.to_owned()));
        }
        run.field(name).map(|view| View::own(view.to_val()))
    }

    /// Whether a value is there. A key of a map that is there but null counts, as CEL has it.
    fn has(&self, path: &'v Tree, env: Around<'_, 'v>) -> Result<bool> {
        if let Tree::Select { of, name } = path {
            let of = self.eval(of, env)?;
            match &of {
                View::Dict(map) => return Ok(map.contains_key(name)),
                View::Map(pairs) => return Ok(pairs.iter().any(|(key, _)| is_text(key, name))),
                _ => return Ok(!self.select(&of, name)?.is_none()),
            }
        }
        Ok(!self.eval(path, env)?.is_none())
    }

    fn map(&self, pairs: &'v [(Tree, Tree)], env: Around<'_, 'v>) -> Result<View<'v>> {
        let mut map: Vec<(View<'v>, View<'v>)> = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let key = self.eval(key, env)?;
            if !matches!(
                key,
                View::Bool(_) | View::Int(_) | View::Uint(_) | View::Text(_)
            ) {
                return Err(EvalError::Clash(format!("{}不能作键", key.kind())));
            }
            if map.iter().any(|(known, _)| equal(known, &key)) {
                return Err(EvalError::Clash("同一个键写了两次".to_owned()));
            }
            self.spend(map.len() / 8)?;
            map.push((key, self.eval(value, env)?));
        }
        Ok(View::Map(map.into()))
    }

    fn binary(
        &self,
        op: BinaryOp,
        left: &'v Tree,
        right: &'v Tree,
        env: Around<'_, 'v>,
    ) -> Result<View<'v>> {
        match op {
            BinaryOp::And => self.logic(false, left, right, env),
            BinaryOp::Or => self.logic(true, left, right, env),
            BinaryOp::In if matches!(right, Tree::List(_)) => self.is_one_of(left, right, env),
            _ => {
                let (a, b) = (self.eval(left, env)?, self.eval(right, env)?);
                match op {
                    BinaryOp::Eq => Ok(View::Bool(equal(&a, &b))),
                    BinaryOp::Ne => Ok(View::Bool(!equal(&a, &b))),
                    BinaryOp::In => self.is_in(&a, &b),
                    BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                        ordered(op, &a, &b)
                    }
                    _ => super::arithmetic::arithmetic(self, op, &a, &b),
                }
            }
        }
    }

    /// `&&` and `||`: the side that decides wins, even over an error of the other (CEL) and over an unknown (Kleene).
    fn logic(
        &self,
        decides: bool,
        left: &'v Tree,
        right: &'v Tree,
        env: Around<'_, 'v>,
    ) -> Result<View<'v>> {
        let first = self.eval(left, env).and_then(as_truth);
        if first == Ok(Some(decides)) {
            return Ok(View::Bool(decides));
        }
        let second = self.eval(right, env).and_then(as_truth);
        if second == Ok(Some(decides)) {
            return Ok(View::Bool(decides));
        }
        Ok(match (first?, second?) {
            (Some(_), Some(_)) => View::Bool(!decides),
            _ => View::None,
        })
    }

    /// `a in [b, c]` without making the list.
    fn is_one_of(&self, left: &'v Tree, right: &'v Tree, env: Around<'_, 'v>) -> Result<View<'v>> {
        let sought = self.eval(left, env)?;
        let mut found = false;
        if let Tree::List(items) = right {
            for item in items {
                found |= equal(&self.eval(item, env)?, &sought);
            }
        }
        Ok(View::Bool(found))
    }

    /// `a in list`, `key in map`. A missing list is an empty one.
    fn is_in(&self, a: &View<'v>, list: &View<'v>) -> Result<View<'v>> {
        let Some(len) = list.len() else {
            return Err(EvalError::Clash(format!(
                "in 的右边应是列表，不是{}",
                list.kind()
            )));
        };
        self.spend(len)?;
        if let (View::Dict(map), View::Text(key)) = (list, a) {
            return Ok(View::Bool(map.contains_key(&**key)));
        }
        Ok(View::Bool(list.items().any(|item| equal(&item, a))))
    }

    fn fold(&self, fold: &'v Fold, env: Around<'_, 'v>) -> Result<View<'v>> {
        if fold.over_register {
            return self.fold_register(fold, env);
        }
        let list = self.eval(&fold.over, env)?;
        if list.len().is_none() {
            let problem = format!("只有列表可以逐行检查，这里是{}", list.kind());
            return Err(EvalError::Clash(problem));
        }
        self.fold_items(fold, list.items(), env)
    }

    /// `exists(device, …)`: the candidates are looked at where they lie, those left out that the test cannot hold for.
    fn fold_register(&self, fold: &'v Fold, env: Around<'_, 'v>) -> Result<View<'v>> {
        let world = self.scope.world;
        let found = match self.equalities(fold, env) {
            equal if equal.is_empty() => world.records(&fold.var),
            equal => world.records_where(&fold.var, &equal),
        };
        self.fold_known(fold, &found, env)
    }

    fn fold_known<'s>(
        &self,
        fold: &'s Fold,
        found: &'s [Known],
        env: Around<'_, 's>,
    ) -> Result<View<'v>>
    where
        'v: 's,
    {
        let run: Run<'s> = *self;
        let items = found.iter().map(View::Record);
        let result = run.fold_items(fold, items, env)?;
        Ok(View::own(result.to_val()))
    }

    fn fold_items(
        &self,
        fold: &'v Fold,
        items: impl Iterator<Item = View<'v>>,
        env: Around<'_, 'v>,
    ) -> Result<View<'v>> {
        let mut tally = Tally::default();
        for item in items {
            let here = Env {
                name: &fold.var,
                value: &item,
                up: env,
            };
            let test = fold.test.as_ref().map(|t| self.eval(t, Some(&here)));
            let truth = test.map_or(Ok(Some(true)), |t| t.and_then(as_truth));
            let kept = match fold.kind {
                FoldKind::All | FoldKind::Exists => {
                    if truth == Ok(Some(fold.kind == FoldKind::Exists)) {
                        return Ok(View::Bool(fold.kind == FoldKind::Exists));
                    }
                    tally.note(truth);
                    continue;
                }
                _ => truth? == Some(true),
            };
            if !kept {
                continue;
            }
            tally.count += 1;
            match (&fold.step, fold.kind) {
                (Some(step), _) => tally.list.push(self.eval(step, Some(&here))?),
                (None, FoldKind::Filter) => tally.list.push(item),
                _ => {}
            }
        }
        tally.result(fold.kind)
    }

    fn call(
        &self,
        name: &str,
        of: Option<&'v Tree>,
        args: &'v [Tree],
        env: Around<'_, 'v>,
    ) -> Result<View<'v>> {
        let all = of.into_iter().chain(args).map(|arg| self.eval(arg, env));
        if name == "coalesce" {
            return first_value(all);
        }
        match (of, args) {
            (None, []) => call(self, name, &[]),
            (None, [one]) => call(self, name, &[self.eval(one, env)?]),
            (None, [one, two]) => call(self, name, &[self.eval(one, env)?, self.eval(two, env)?]),
            _ => call(self, name, &all.collect::<Result<Vec<_>>>()?),
        }
    }
}

fn first_value<'v>(values: impl Iterator<Item = Result<View<'v>>>) -> Result<View<'v>> {
    for value in values {
        let value = value?;
        if !value.is_none() {
            return Ok(value);
        }
    }
    Ok(View::None)
}

/// What a macro has seen so far.
#[derive(Default)]
struct Tally<'v> {
    list: Vec<View<'v>>,
    count: usize,
    unknown: bool,
    error: Option<EvalError>,
}

impl<'v> Tally<'v> {
    fn note(&mut self, truth: Result<Option<bool>>) {
        match truth {
            Ok(None) => self.unknown = true,
            Ok(Some(_)) => {}
            Err(error) => self.error = Some(error),
        }
    }

    fn result(self, kind: FoldKind) -> Result<View<'v>> {
        if let Some(error) = self.error {
            return Err(error);
        }
        Ok(match kind {
            FoldKind::All | FoldKind::Exists if self.unknown => View::None,
            FoldKind::All => View::Bool(true),
            FoldKind::Exists => View::Bool(false),
            FoldKind::ExistsOne => View::Bool(self.count == 1),
            FoldKind::Map | FoldKind::Filter => View::list(self.list),
        })
    }
}

fn as_truth(view: View) -> Result<Option<bool>> {
    match view {
        View::Bool(yes) => Ok(Some(yes)),
        View::None => Ok(None),
        other => Err(clash_one("&& 或 ||", &other)),
    }
}

pub(super) fn clash_one(sign: &str, value: &View) -> EvalError {
    EvalError::Clash(format!("“{sign}”不能用在{}上", value.kind()))
}

pub(super) fn clash(sign: &str, a: &View, b: &View) -> EvalError {
    EvalError::Clash(format!("“{sign}”不能用在{}和{}之间", a.kind(), b.kind()))
}

fn is_text(view: &View, text: &str) -> bool {
    matches!(view, View::Text(words) if **words == *text)
}

fn user_part<'v>(user: &'v super::scope::User, name: &str) -> Result<View<'v>> {
    let text = |t: &'v str| View::Text(Words::Lent(t));
    Ok(match name {
        "id" => text(&user.id),
        "name" => text(&user.name),
        "org" => user
            .org
            .map_or(View::None, |id| View::Ref(Words::Lent("organisation"), id)),
        "org_path" => text(&user.org_path),
        "roles" => View::Texts(&user.roles),
        _ => return Err(EvalError::UnknownName(format!("user.{name}"))),
    })
}

/// `.start` and `.end` of a period code.
fn period_part<'v>(text: &str, name: &str) -> Result<View<'v>> {
    let no = || EvalError::Clash(format!("文字没有“{name}”可取"));
    let period: ground::Period = text.parse().map_err(|_| no())?;
    match name {
        "start" => Ok(View::Date(period.first())),
        "end" => Ok(View::Date(period.last())),
        _ => Err(no()),
    }
}

fn index<'v>(of: &View<'v>, at: &View<'v>) -> Result<View<'v>> {
    let missing = || EvalError::Missing(super::call::shown(at));
    match (of, at) {
        (View::None, _) => Ok(View::None),
        (View::Map(pairs), _) => {
            let found = pairs.iter().find(|(key, _)| equal(key, at));
            found.map(|(_, value)| value.clone()).ok_or_else(missing)
        }
        (View::Dict(map), View::Text(key)) => map.get(&**key).map(View::of_val).ok_or_else(missing),
        (list, at) if list.is_list() => {
            let at = position(at).ok_or_else(missing)?;
            list.item(at).ok_or_else(missing)
        }
        (of, at) => Err(clash("[ ]", of, at)),
    }
}

fn position(at: &View) -> Option<usize> {
    match at {
        View::Int(n) => usize::try_from(*n).ok(),
        View::Uint(n) => usize::try_from(*n).ok(),
        View::Decimal(d) => usize::try_from(number::whole(*d)?).ok(),
        View::Double(d) if d.fract() == 0.0 && *d >= 0.0 && *d < 1e9 => Some(*d as usize),
        _ => None,
    }
}

fn unary<'v>(op: UnaryOp, of: View<'v>) -> Result<View<'v>> {
    let range = || EvalError::Range("整数超出范围".to_owned());
    Ok(match (op, of) {
        (_, View::None) => View::None,
        (UnaryOp::Not, View::Bool(yes)) => View::Bool(!yes),
        (UnaryOp::Minus, View::Int(n)) => View::Int(n.checked_neg().ok_or_else(range)?),
        (UnaryOp::Minus, View::Decimal(d)) => View::Decimal(-d),
        (UnaryOp::Minus, View::Double(d)) => View::Double(-d),
        (UnaryOp::Minus, View::Duration(d)) => View::Duration(-d),
        (UnaryOp::Minus, View::Money(fen)) => {
            View::Money(ground::Fen(fen.0.checked_neg().ok_or_else(range)?))
        }
        (UnaryOp::Not, other) => return Err(clash_one("!", &other)),
        (UnaryOp::Minus, other) => return Err(clash_one("-", &other)),
    })
}

fn ordered<'v>(op: BinaryOp, a: &View<'v>, b: &View<'v>) -> Result<View<'v>> {
    if matches!(a, View::None) || matches!(b, View::None) {
        return Ok(View::None);
    }
    let Some(order) = order(a, b)? else {
        // NaN stands in no order.
        return Ok(View::Bool(false));
    };
    Ok(View::Bool(match op {
        BinaryOp::Lt => order == Ordering::Less,
        BinaryOp::Le => order != Ordering::Greater,
        BinaryOp::Gt => order == Ordering::Greater,
        _ => order != Ordering::Less,
    }))
}

/// `==`: always true or false. An empty text or list is no value; values of different kinds differ.
pub(super) fn equal(a: &View, b: &View) -> bool {
    match (a, b) {
        (View::Text(a), View::Text(b)) => **a == **b,
        (View::None, b) => b.is_none(),
        (a, View::None) => a.is_none(),
        (View::Bool(a), View::Bool(b)) => a == b,
        (View::Bytes(a), View::Bytes(b)) => a == b,
        (View::Duration(a), View::Duration(b)) => a == b,
        (
            View::Row(..) | View::Dict(_) | View::Map(_),
            View::Row(..) | View::Dict(_) | View::Map(_),
        ) => equal_maps(a, b),
        (a, b) if a.is_list() && b.is_list() => {
            a.len() == b.len() && a.items().zip(b.items()).all(|(a, b)| equal(&a, &b))
        }
        (a, b) => match (record_of(a), record_of(b)) {
            (Some(a), Some(b)) => a == b,
            _ => order(a, b) == Ok(Some(Ordering::Equal)),
        },
    }
}

fn record_of<'w>(view: &'w View<'_>) -> Option<(&'w str, ground::RecordId)> {
    match view {
        View::Ref(register, id) => Some((register, *id)),
        View::Record(known) => Some((&known.definition.id, known.record.id)),
        _ => None,
    }
}

fn equal_maps(a: &View, b: &View) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let value = |of: &View<'_>, key: &View<'_>, same: &dyn Fn(&View<'_>) -> bool| match (of, key) {
        (View::Row(row, columns), View::Text(key)) => {
            let column = columns.iter().find(|c| c.id == **key);
            let found = row.get(&**key);
            found.is_some_and(|value| same(&View::of_value(value, column)))
        }
        _ => index(of, key).is_ok_and(|value| same(&value)),
    };
    a.items()
        .all(|key| value(a, &key, &|left| value(b, &key, &|right| equal(left, right))))
}

/// Order of two values of kinds that have one; money beside a plain number is that many 元, a moment beside a date is
/// its civil day.
pub(super) fn order(a: &View, b: &View) -> Result<Option<Ordering>> {
    Ok(Some(match (a, b) {
        (View::Int(a), View::Int(b)) => a.cmp(b),
        (View::Date(a), View::Date(b)) => a.cmp(b),
        (View::Text(a), View::Text(b)) => (**a).cmp(&**b),
        (View::Money(a), View::Money(b)) => a.cmp(b),
        (View::Instant(a), View::Instant(b)) => a.cmp(b),
        (View::Date(a), View::Instant(b)) => a.cmp(&civil_day(*b)),
        (View::Instant(a), View::Date(b)) => civil_day(*a).cmp(b),
        (View::Duration(a), View::Duration(b)) => a.cmp(b),
        (View::Bool(a), View::Bool(b)) => a.cmp(b),
        (View::Bytes(a), View::Bytes(b)) => a.cmp(b),
        _ => return order_numbers(a, b),
    }))
}

fn order_numbers(a: &View, b: &View) -> Result<Option<Ordering>> {
    let no = || clash("<", a, b);
    let integer = |v: &View| match v {
        View::Int(n) => Some(i128::from(*n)),
        View::Uint(n) => Some(i128::from(*n)),
        _ => None,
    };
    Ok(match (a, b) {
        (View::Double(a), View::Double(b)) => a.partial_cmp(b),
        (View::Double(d), n) => match integer(n) {
            Some(n) => number::order_double(*d, n),
            None => d.partial_cmp(&number::double_of(decimal(n).ok_or_else(no)?)),
        },
        (n, View::Double(_)) => order_numbers(b, n)
            .map_err(|_| no())?
            .map(Ordering::reverse),
        _ => match (integer(a), integer(b)) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => {
                let (a, b) = (decimal(a).ok_or_else(no)?, decimal(b).ok_or_else(no)?);
                Some(a.cmp(&b))
            }
        },
    })
}

/// A number or an amount in 元 as an exact decimal.
pub(super) fn decimal(view: &View) -> Option<Decimal> {
    match view {
        View::Int(n) => Some(Decimal::from(*n)),
        View::Uint(n) => Some(Decimal::from(*n)),
        View::Decimal(d) => Some(*d),
        View::Money(fen) => Some(Decimal::new(fen.0, 2)),
        _ => None,
    }
}
