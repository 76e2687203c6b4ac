//! An expression in Chinese, for 口径, for guards that refuse and for the page of a definition: labels of fields and
//! options instead of ids, sentences instead of operators.

use super::check::{Checker, Sight};
use super::kind::Kind;
use super::tree::{BinaryOp, Expr, Fold, FoldKind, Tree, UnaryOp, Val};
use super::words;
use crate::definition::{Choice, Field};

/// What an expression says, as one clause without a full stop.
///
/// ```
/// use register::expr::{Expr, Sight, explain};
/// let toml = r#"
/// [register]
/// id = "hazard"
/// version = "1.0.0"
/// title = { "zh-CN" = "隐患" }
/// [[field]]
/// id = "found_on"
/// type = "date"
/// label = { "zh-CN" = "发现日期" }
/// "#;
/// let (definition, _) = register::parse("hazard/definition.toml", toml);
/// let definition = definition.unwrap();
/// let rule = Expr::parse("found_on <= today()").unwrap();
/// assert_eq!(explain(&rule, &Sight::of(&definition)), "发现日期不晚于今天");
/// ```
pub fn explain(expr: &Expr, sight: &Sight) -> String {
    Teller::new(expr, sight).whole(expr.tree())
}

/// `整改期限 = 交办时间 + 5 个工作日（隐患等级为重大隐患时 30 个工作日）`. None for a field that is typed.
pub fn explain_field(field: &Field, sight: &Sight) -> Option<String> {
    let compute = field.compute.as_ref()?;
    let mut teller = Teller::new(compute, sight);
    teller.options = &field.choices;
    let rule = teller.value(compute.tree());
    Some(format!("{} = {rule}", field.label.zh))
}

/// `要求：整改后照片不少于 1 个，且整改措施每一行的完成为是。` A guard that refused.
pub fn explain_guard(guard: &Expr, sight: &Sight) -> String {
    format!("要求：{}。", explain(guard, sight))
}

pub(super) struct Teller<'d> {
    pub(super) checker: Checker<'d>,
    /// Variables of macros around, and what they are called.
    vars: Vec<(&'d str, &'static str)>,
    /// Options of the field that the value goes into.
    options: &'d [Choice],
}

impl<'d> Teller<'d> {
    fn new(expr: &'d Expr, sight: &'d Sight<'d>) -> Teller<'d> {
        Teller {
            checker: Checker::new(expr, sight),
            vars: Vec::new(),
            options: &[],
        }
    }

    fn whole(&mut self, tree: &'d Tree) -> String {
        if self.is_condition(tree) {
            self.condition(tree, true)
        } else {
            self.value(tree)
        }
    }

    fn is_condition(&mut self, tree: &'d Tree) -> bool {
        matches!(self.checker.kind(tree), Kind::Bool)
    }

    /// A clause that is true, or false when not `positive`.
    fn condition(&mut self, tree: &'d Tree, positive: bool) -> String {
        match tree {
            Tree::Literal(Val::Bool(yes)) => {
                let always = *yes == positive;
                if always { "任何情况" } else { "从不" }.to_owned()
            }
            Tree::Unary {
                op: UnaryOp::Not,
                of,
            } => self.condition(of, !positive),
            Tree::Has(path) => {
                let path = self.value(path);
                format!("{}{path}", if positive { "已填" } else { "未填" })
            }
            Tree::Binary { op, left, right } => match op {
                BinaryOp::And | BinaryOp::Or => self.joined(*op, left, right, positive),
                _ => {
                    let op = if positive { *op } else { opposite(*op) };
                    self.comparison(op, left, right, positive)
                }
            },
            Tree::Fold(fold) => self.fold_condition(fold, positive),
            Tree::Call { name, args } => self.test(name, args.iter().collect(), positive),
            Tree::Method { of, name, args } => {
                let args = std::iter::once(of.as_ref()).chain(args).collect();
                self.test(name, args, positive)
            }
            Tree::Conditional { test, yes, no } => {
                let when = self.condition(test, true);
                let (yes, no) = (self.condition(yes, positive), self.condition(no, positive));
                format!("{when}时{yes}，否则{no}")
            }
            other => {
                let what = self.value(other);
                format!("{what}为{}", if positive { "是" } else { "否" })
            }
        }
    }

    /// `A，且B`. What begins with a denial and an “or” is a “when”: `状态为在用时，许可证有效期至不早于今天`.
    fn joined(&mut self, op: BinaryOp, left: &'d Tree, right: &'d Tree, positive: bool) -> String {
        let and = (op == BinaryOp::And) == positive;
        if !and && positive && is_denial(left) {
            let when = self.condition(left, false);
            let then = self.part(right, positive, BinaryOp::Or);
            let when = if when.starts_with("已填") {
                when.replacen("已填", "填了", 1)
            } else {
                when
            };
            return format!("{when}时，{then}");
        }
        let word = if and { "，且" } else { "，或" };
        let left = self.part(left, positive, op);
        let right = self.part(right, positive, op);
        let same = if and {
            merged(&left, &right, "不是", "、")
        } else {
            merged(&left, &right, "为", "或")
        };
        same.unwrap_or_else(|| format!("{left}{word}{right}"))
    }

    /// A side of “and” or “or”; the other of the two gets brackets.
    fn part(&mut self, tree: &'d Tree, positive: bool, around: BinaryOp) -> String {
        let text = self.condition(tree, positive);
        match tree {
            Tree::Binary { op, .. }
                if *op != around && matches!(op, BinaryOp::And | BinaryOp::Or) =>
            {
                format!("（{text}）")
            }
            _ => text,
        }
    }

    fn comparison(
        &mut self,
        op: BinaryOp,
        left: &'d Tree,
        right: &'d Tree,
        positive: bool,
    ) -> String {
        if op == BinaryOp::In {
            return self.within(left, right, positive);
        }
        if let Some(text) = self.size(op, left, right) {
            return text;
        }
        if is_constant(left) && !is_constant(right) {
            return self.comparison(turned(op), right, left, positive);
        }
        let kind = self.checker.kind(left);
        let (what, beside) = (self.value(left), self.beside(&kind, right));
        let blank = match right {
            Tree::Literal(Val::None) => true,
            Tree::Literal(Val::Text(text)) => text.is_empty(),
            _ => false,
        };
        if blank {
            let filled = op == BinaryOp::Ne;
            return format!("{what}{}", if filled { "已填" } else { "未填" });
        }
        let other = self.checker.kind(right);
        let day = kind.is_day() || other.is_day();
        let discrete = kind.is_discrete() || other.is_discrete();
        let word = words::comparison(op, day, discrete);
        // A figure keeps its distance from Chinese characters.
        let figure = beside.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '#');
        let distance = if figure { " " } else { "" };
        format!("{what}{word}{distance}{beside}")
    }

    /// What stands beside a value of a kind: options by their labels.
    fn beside(&mut self, kind: &Kind<'d>, tree: &'d Tree) -> String {
        match (kind, tree) {
            (Kind::Code(choices), Tree::Literal(Val::Text(code))) => label_of(choices, code),
            (Kind::Money, Tree::Literal(Val::Int(_) | Val::Decimal(_))) => {
                format!("{} 元", self.value(tree))
            }
            _ => self.value(tree),
        }
    }

    fn within(&mut self, left: &'d Tree, right: &'d Tree, positive: bool) -> String {
        let kind = self.checker.kind(left);
        let items: Vec<String> = match right {
            Tree::List(items) => items.iter().map(|item| self.beside(&kind, item)).collect(),
            Tree::Literal(Val::List(items)) => {
                items.iter().map(|item| literal(item, &kind)).collect()
            }
            list => {
                // `'inspector' in user.roles`, `'fire' in domains`
                let item_kind = match self.checker.kind(list) {
                    Kind::List(item) => *item,
                    _ => Kind::Any,
                };
                let item = self.beside(&item_kind, left);
                let list = self.value(list);
                return format!("{list}{}{item}", if positive { "包括" } else { "不包括" });
            }
        };
        let what = self.value(left);
        if positive {
            format!("{what}为{}", words::either(&items))
        } else {
            format!("{what}不是{}", items.join("、"))
        }
    }

    /// `size(photos) > 0`: 不少于 1 个.
    fn size(&mut self, op: BinaryOp, left: &'d Tree, right: &'d Tree) -> Option<String> {
        let of = size_of(left)?;
        let Tree::Literal(Val::Int(n)) = right else {
            return None;
        };
        let measure = match self.checker.kind(of) {
            Kind::List(item) if matches!(*item, Kind::Row(_)) => "行",
            Kind::List(item) if matches!(*item, Kind::Record(_)) && is_register(of) => "条",
            Kind::Text => "个字",
            _ => "个",
        };
        let what = match of {
            Tree::Fold(fold) if fold.over_register => {
                let register = self.register_title(&fold.var);
                let test = self.inside(fold, "其");
                format!("“{register}”中{test}的记录")
            }
            _ => self.value(of),
        };
        let (word, n) = match op {
            BinaryOp::Gt => ("不少于", n.saturating_add(1)),
            BinaryOp::Ge => ("不少于", *n),
            BinaryOp::Lt => ("不多于", n.saturating_sub(1)),
            BinaryOp::Le => ("不多于", *n),
            BinaryOp::Eq => ("正好", *n),
            _ => ("不是", *n),
        };
        if n == 0 && matches!(word, "不多于" | "正好") {
            return Some(format!("没有{what}"));
        }
        if n == 0 && word == "不是" {
            return Some(format!("有{what}"));
        }
        Some(format!("{what}{word} {n} {measure}"))
    }

    fn test(&mut self, name: &'d str, args: Vec<&'d Tree>, positive: bool) -> String {
        let not = if positive { "" } else { "不" };
        match (name, args.as_slice()) {
            ("contains", [of, part]) => {
                let (of, part) = (self.value(of), self.value(part));
                format!("{of}{not}包含{part}")
            }
            ("startsWith", [of, part]) => {
                let (of, part) = (self.value(of), self.value(part));
                format!("{of}{not}以{part}开头")
            }
            ("endsWith", [of, part]) => {
                let (of, part) = (self.value(of), self.value(part));
                format!("{of}{not}以{part}结尾")
            }
            ("matches", [of, pattern]) => {
                let (of, pattern) = (self.value(of), self.value(pattern));
                format!("{of}{not}符合格式{pattern}")
            }
            ("is_workday", [of]) => format!("{}{not}是工作日", self.value(of)),
            _ => {
                let what = self.call(name, &args);
                format!("{what}为{}", if positive { "是" } else { "否" })
            }
        }
    }

    /// The condition of a macro, its element called `name`.
    fn inside(&mut self, fold: &'d Fold, name: &'static str) -> String {
        self.with_var(fold, name, |teller| match &fold.test {
            Some(test) => teller.condition(test, true),
            None => String::new(),
        })
    }

    fn with_var<T>(
        &mut self,
        fold: &'d Fold,
        name: &'static str,
        tell: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let item = self.checker.item_of(fold);
        self.checker.vars.push((&fold.var, item));
        self.vars.push((&fold.var, name));
        let told = tell(self);
        self.vars.pop();
        self.checker.vars.pop();
        told
    }

    fn fold_condition(&mut self, fold: &'d Fold, positive: bool) -> String {
        if fold.over_register {
            let register = self.register_title(&fold.var);
            let test = self.inside(fold, "其");
            let there = if positive { "有" } else { "没有" };
            return format!("“{register}”中{there}一条记录，{test}");
        }
        let over = self.value(&fold.over);
        let test = self.inside(fold, "");
        let one =
            matches!(self.checker.kind(&fold.over), Kind::List(i) if matches!(*i, Kind::Row(_)));
        let row = if one { "行" } else { "项" };
        let simple = !test.contains('，');
        match (fold.kind, positive) {
            (FoldKind::All, true) if simple => format!("{over}每一{row}的{test}"),
            (FoldKind::All, true) => format!("{over}每一{row}都满足：{test}"),
            (FoldKind::All, false) => format!("{over}有一{row}不满足：{test}"),
            (FoldKind::Exists, true) if simple => format!("{over}至少有一{row}{test}"),
            (FoldKind::Exists, true) => format!("{over}至少有一{row}（{test}）"),
            (FoldKind::Exists, false) => format!("{over}没有一{row}（{test}）"),
            (FoldKind::ExistsOne, true) => format!("{over}正好有一{row}（{test}）"),
            (FoldKind::ExistsOne, false) => format!("{over}不是正好有一{row}（{test}）"),
            _ => self.fold_value(fold),
        }
    }

    /// A value: a noun.
    pub(super) fn value(&mut self, tree: &'d Tree) -> String {
        match tree {
            Tree::Literal(Val::Text(code)) if !self.options.is_empty() => {
                label_of(self.options, code)
            }
            Tree::Literal(val) => literal(val, &Kind::Any),
            Tree::Name(name) => self.name(name),
            Tree::Select { of, name } => self.select(of, name),
            Tree::Index { of, at } => {
                let (of, at) = (self.value(of), self.value(at));
                format!("{of}的第 {at} 项")
            }
            Tree::Unary {
                op: UnaryOp::Minus,
                of,
            } => format!("−{}", self.value(of)),
            Tree::Binary { op, left, right } if words::sum_sign(*op).is_some() => {
                let sign = words::sum_sign(*op).unwrap_or_default();
                let (a, b) = (self.operand(left, *op), self.operand(right, *op));
                format!("{a} {sign} {b}")
            }
            Tree::Conditional { .. } => self.cases(tree, "为", &|text| text),
            Tree::Call { name, args } => self.call(name, &args.iter().collect::<Vec<_>>()),
            Tree::Method { of, name, args } => {
                let all: Vec<&Tree> = std::iter::once(of.as_ref()).chain(args).collect();
                self.call(name, &all)
            }
            Tree::Fold(fold) if matches!(fold.kind, FoldKind::Map | FoldKind::Filter) => {
                self.fold_value(fold)
            }
            Tree::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                items.join("、")
            }
            Tree::Map(_) => "一组值".to_owned(),
            condition => format!("“{}”", self.condition(condition, true)),
        }
    }

    /// A side of a sum; sums within products get brackets.
    fn operand(&mut self, tree: &'d Tree, around: BinaryOp) -> String {
        let text = self.value(tree);
        match tree {
            Tree::Binary { op, .. } if op.binding() < around.binding() => format!("（{text}）"),
            _ => text,
        }
    }

    /// A choice: `5 个工作日（隐患等级为重大隐患时 30 个工作日）`.
    pub(super) fn cases(
        &mut self,
        tree: &'d Tree,
        is: &str,
        dress: &dyn Fn(String) -> String,
    ) -> String {
        let (mut cases, mut rest) = (Vec::new(), tree);
        while let Tree::Conditional { test, yes, no } = rest {
            let when = self.condition(test, true);
            let then = dress(self.value(yes));
            cases.push(format!("{when}时{is}{then}"));
            rest = no;
        }
        let usual = match rest {
            Tree::Literal(Val::None) => "空".to_owned(),
            rest => dress(self.value(rest)),
        };
        if cases.is_empty() {
            return usual;
        }
        format!("{usual}（{}）", cases.join("；"))
    }

    fn name(&mut self, name: &'d str) -> String {
        if let Some((_, said)) = self.vars.iter().rev().find(|(var, _)| *var == name) {
            return if said.is_empty() {
                "该项"
            } else {
                "该记录"
            }
            .to_owned();
        }
        let given = self.checker.sight.extra.iter().any(|(n, _)| *n == name);
        let field = self.checker.sight.definition.field(name);
        match field {
            Some(field) if !given => field.label.zh.clone(),
            _ => words::name(name).map_or_else(|| name.to_owned(), str::to_owned),
        }
    }

    fn select(&mut self, of: &'d Tree, part: &'d str) -> String {
        if let Some(told) = self.known_part(of, part) {
            return told;
        }
        let kind = self.checker.kind(of);
        let label = match &kind {
            Kind::Record(Some(definition)) => definition.field(part).map(|f| f.label.zh.clone()),
            Kind::Row(columns) => {
                let column = columns.iter().find(|c| c.id == part);
                column.map(|c| c.label.zh.clone())
            }
            _ => None,
        };
        let label = label.unwrap_or_else(|| words::part(part).to_owned());
        match of {
            Tree::Name(name) => match self.vars.iter().rev().find(|(var, _)| var == name) {
                Some((_, "")) => label,
                Some((_, said)) => format!("{said}{label}"),
                None => format!("{}的{label}", self.value(of)),
            },
            _ => format!("{}的{label}", self.value(of)),
        }
    }

    /// `user.org`, `period.end`, `obligation('x').due`.
    fn known_part(&mut self, of: &'d Tree, part: &str) -> Option<String> {
        match of {
            Tree::Name(name) if !self.vars.iter().any(|(var, _)| var == name) => {
                let own = self.checker.sight.definition.field(name).is_some();
                let given = self.checker.sight.extra.iter().any(|(n, _)| n == name);
                if own && !given {
                    return None;
                }
                words::known_part(name, part).map(str::to_owned)
            }
            Tree::Call { name, args } if name == "obligation" => {
                let duty = self.call(name, &args.iter().collect::<Vec<_>>());
                Some(format!("{duty}的{}", words::part(part)))
            }
            _ => None,
        }
    }

    pub(super) fn register_title(&self, id: &'d str) -> String {
        let found = self.checker.register(id);
        found.map_or_else(|| id.to_owned(), |d| d.title.zh.clone())
    }

    /// `检测记录中类型为状态检测且结论为合格的检测日期`.
    pub(super) fn fold_value(&mut self, fold: &'d Fold) -> String {
        self.fold_with(fold, "")
    }

    /// With a word before what is taken: `检测记录中结论为合格的最晚检测日期`.
    pub(super) fn fold_with(&mut self, fold: &'d Fold, word: &str) -> String {
        let over = if fold.over_register {
            format!("“{}”", self.register_title(&fold.var))
        } else {
            self.value(&fold.over)
        };
        let test = fold.test.as_ref().map(|_| self.inside(fold, ""));
        let step = self.with_var(fold, "", |teller| {
            fold.step.as_ref().map(|step| teller.value(step))
        });
        let filtered = matches!(&fold.over, Tree::Fold(inner) if inner.kind == FoldKind::Filter);
        match (test, step) {
            (Some(test), None) => format!("{over}中{}的{word}项", test.replace("，且", "且")),
            (Some(test), Some(step)) => {
                format!("{over}中{}的{word}{step}", test.replace("，且", "且"))
            }
            (None, Some(step)) if filtered => {
                format!("{}的{word}{step}", over.trim_end_matches("的项"))
            }
            (None, Some(step)) => format!("{over}各行的{word}{step}"),
            (None, None) => format!("{word}{over}"),
        }
    }
}

/// `状态不是作废` and `状态不是草稿` are `状态不是作废、草稿`.
fn merged(left: &str, right: &str, verb: &str, between: &str) -> Option<String> {
    let (subject, object) = right.split_once(verb)?;
    let plain = |text: &str| !text.contains(['，', '（', '：']);
    let (before, first) = left.split_once(verb)?;
    (before == subject && plain(first) && plain(object) && !object.contains("或"))
        .then(|| format!("{left}{between}{object}"))
}

fn size_of(tree: &Tree) -> Option<&Tree> {
    match tree {
        Tree::Call { name, args } if name == "size" => args.first(),
        Tree::Method { of, name, args } if name == "size" && args.is_empty() => Some(of),
        _ => None,
    }
}

fn is_register(tree: &Tree) -> bool {
    matches!(tree, Tree::Fold(fold) if fold.over_register)
}

fn is_constant(tree: &Tree) -> bool {
    match tree {
        Tree::Literal(_) => true,
        Tree::Call { args, .. } => args.is_empty(),
        _ => false,
    }
}

/// `x != …`, `!…`: the side of an “or” that reads better as a “when”.
fn is_denial(tree: &Tree) -> bool {
    match tree {
        Tree::Unary {
            op: UnaryOp::Not, ..
        } => true,
        Tree::Binary { op, .. } => *op == BinaryOp::Ne,
        _ => false,
    }
}

fn opposite(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Eq => BinaryOp::Ne,
        BinaryOp::Ne => BinaryOp::Eq,
        BinaryOp::Lt => BinaryOp::Ge,
        BinaryOp::Ge => BinaryOp::Lt,
        BinaryOp::Gt => BinaryOp::Le,
        BinaryOp::Le => BinaryOp::Gt,
        other => other,
    }
}

/// The sides changed.
fn turned(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Lt => BinaryOp::Gt,
        BinaryOp::Gt => BinaryOp::Lt,
        BinaryOp::Le => BinaryOp::Ge,
        BinaryOp::Ge => BinaryOp::Le,
        other => other,
    }
}

fn label_of(choices: &[Choice], code: &str) -> String {
    let found = choices.iter().find(|c| c.code == code);
    found.map_or_else(|| format!("“{code}”"), |c| c.label.zh.clone())
}

fn literal(val: &Val, kind: &Kind) -> String {
    match (val, kind) {
        (Val::Text(code), Kind::Code(choices)) => label_of(choices, code),
        (Val::Text(text), _) => format!("“{text}”"),
        (Val::None, _) => "空".to_owned(),
        (Val::Bool(yes), _) => if *yes { "是" } else { "否" }.to_owned(),
        (Val::Money(fen), _) => format!("{} 元", fen.yuan().trim_end_matches(".00")),
        (Val::Ref { id, .. }, _) => format!("#{id}"),
        (Val::Instant(at), _) => super::moment::civil_day(*at).to_string(),
        (Val::Duration(seconds), _) if seconds % 86_400 == 0 => format!("{} 天", seconds / 86_400),
        (Val::List(items), kind) => {
            let items: Vec<String> = items.iter().map(|item| literal(item, kind)).collect();
            items.join("、")
        }
        (val, _) => super::convert::text_of(&super::view::View::of_val(val)).unwrap_or_default(),
    }
}
