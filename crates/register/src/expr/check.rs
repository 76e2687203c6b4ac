//! What can be said of an expression before any record is there: names that nothing has, functions that do not exist,
//! options that no list has, values that cannot meet. Only what is certain is told.

use std::sync::Arc;

use super::function::function;
use super::kind::Kind;
use super::tree::{BinaryOp, Expr, ExprError, Fold, FoldKind, Tree, UnaryOp, Val};
use crate::definition::{Choice, Definition, Field, FieldKind};
use crate::suggest::nearest;

/// What a further name stands for.
#[derive(Clone, Copy, Debug)]
pub enum Named<'d> {
    /// Not known more closely.
    Any,
    /// A record of this register: `ref`, `unit`, `old`.
    Record(&'d str),
    /// A row of a table: `row`.
    Row(&'d [Field]),
    /// `period`, with `.start` and `.end`.
    Period,
    /// A date: `start`.
    Date,
}

/// The registers of a district.
pub trait Registers {
    /// A register by its id.
    fn register(&self, id: &str) -> Option<&Definition>;
}

impl Registers for Vec<Definition> {
    fn register(&self, id: &str) -> Option<&Definition> {
        self.iter().find(|d| d.id == id)
    }
}

impl Registers for Vec<Arc<Definition>> {
    fn register(&self, id: &str) -> Option<&Definition> {
        self.iter().find(|d| d.id == id).map(AsRef::as_ref)
    }
}

/// What an expression may name where it stands.
#[derive(Clone, Copy)]
pub struct Sight<'d> {
    /// Definition of the record.
    pub definition: &'d Definition,
    /// Further names.
    pub extra: &'d [(&'d str, Named<'d>)],
    /// The registers of the district; none while only one file is read.
    pub registers: Option<&'d dyn Registers>,
}

impl<'d> Sight<'d> {
    /// The record alone.
    pub fn of(definition: &'d Definition) -> Sight<'d> {
        Sight {
            definition,
            extra: &[],
            registers: None,
        }
    }
}

/// What is wrong with an expression; empty when nothing certain is.
pub fn check_expr(expr: &Expr, sight: &Sight) -> Vec<ExprError> {
    let mut checker = Checker::new(expr, sight);
    checker.kind(expr.tree());
    checker.problems
}

/// As [`check_expr`] for a guard, filter or rule: it must be yes or no.
pub fn check_condition(expr: &Expr, sight: &Sight) -> Vec<ExprError> {
    let mut checker = Checker::new(expr, sight);
    let kind = checker.kind(expr.tree());
    checker.must_be_bool(&kind, "条件");
    checker.problems
}

/// As [`check_expr`] for a value that goes into a field.
pub fn check_value(expr: &Expr, sight: &Sight, field: &Field) -> Vec<ExprError> {
    let mut checker = Checker::new(expr, sight);
    let kind = checker.kind(expr.tree());
    let wanted = checker.of_field(field);
    if !goes_into(&kind, &wanted) {
        let problem = format!(
            "“{}”要{}，这里得到{}。",
            field.label.zh,
            wanted.label(),
            kind.label()
        );
        checker.tell(0, problem, "请改正表达式或字段类型。");
    }
    checker.options(&wanted, expr.tree());
    checker.problems
}

fn goes_into(kind: &Kind, wanted: &Kind) -> bool {
    match (kind, wanted) {
        (Kind::Number | Kind::Date, Kind::Text | Kind::Code(_)) => true,
        (Kind::Duration, Kind::Date | Kind::Instant) => false,
        // Several records may come from one.
        (Kind::Record(_), Kind::List(_)) => true,
        _ => kind.meets(wanted),
    }
}

pub(super) struct Checker<'d> {
    text: &'d str,
    pub(super) sight: &'d Sight<'d>,
    pub(super) vars: Vec<(&'d str, Kind<'d>)>,
    problems: Vec<ExprError>,
}

impl<'d> Checker<'d> {
    pub(super) fn new(expr: &'d Expr, sight: &'d Sight<'d>) -> Checker<'d> {
        Checker {
            text: expr.text(),
            sight,
            vars: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn tell(&mut self, offset: usize, problem: String, remedy: impl Into<String>) {
        let remedy = remedy.into();
        let found = ExprError {
            offset,
            problem,
            remedy,
        };
        if !self.problems.contains(&found) {
            self.problems.push(found);
        }
    }

    /// Where a word stands first. The tree keeps no places: a second use of the same word has the same problem.
    fn place(&self, word: &str) -> usize {
        let is_word = |c: char| c == '_' || c.is_alphanumeric();
        let mut places = self.text.match_indices(word);
        let whole = places.find(|(at, _)| {
            let before = self.text[..*at].chars().next_back();
            let after = self.text[at + word.len()..].chars().next();
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        });
        whole.map_or(0, |(at, _)| at)
    }

    fn sign_place(&self, sign: &str) -> usize {
        self.text.find(sign).unwrap_or(0)
    }

    pub(super) fn register(&self, id: &str) -> Option<&'d Definition> {
        if id == self.sight.definition.id {
            return Some(self.sight.definition);
        }
        self.sight.registers.and_then(|all| all.register(id))
    }

    fn of_field(&self, field: &'d Field) -> Kind<'d> {
        Kind::of_field(field, &|id| self.register(id))
    }

    pub(super) fn kind(&mut self, tree: &'d Tree) -> Kind<'d> {
        match tree {
            Tree::Literal(val) => Kind::of_val(val),
            Tree::Name(name) => self.name(name),
            Tree::Select { of, name } => {
                let of = self.kind(of);
                self.select(&of, name)
            }
            Tree::Has(path) => {
                self.kind(path);
                Kind::Bool
            }
            Tree::Index { of, at } => {
                let of = self.kind(of);
                self.kind(at);
                match of {
                    Kind::List(item) => *item,
                    _ => Kind::Any,
                }
            }
            Tree::Unary { op, of } => self.unary(*op, of),
            Tree::Binary { op, left, right } => self.binary(*op, left, right),
            Tree::Conditional { test, yes, no } => {
                let test = self.kind(test);
                self.must_be_bool(&test, "问号前面");
                let (yes, no) = (self.kind(yes), self.kind(no));
                yes.joined(no)
            }
            Tree::Call { name, args } => self.call(name, args.iter().collect()),
            Tree::Method { of, name, args } => {
                self.call(name, std::iter::once(of.as_ref()).chain(args).collect())
            }
            Tree::Fold(fold) => self.fold(fold),
            Tree::List(items) => {
                let kinds = items.iter().map(|item| self.kind(item));
                let item = kinds.reduce(Kind::joined).unwrap_or(Kind::Any);
                Kind::List(Box::new(item))
            }
            Tree::Map(pairs) => {
                for (key, value) in pairs {
                    self.kind(key);
                    self.kind(value);
                }
                Kind::Any
            }
        }
    }

    fn name(&mut self, name: &'d str) -> Kind<'d> {
        if let Some((_, kind)) = self.vars.iter().rev().find(|(var, _)| *var == name) {
            return kind.clone();
        }
        let extra = self.sight.extra.iter().find(|(n, _)| *n == name);
        if let Some((_, named)) = extra {
            return match named {
                Named::Any => Kind::Any,
                Named::Record(register) => Kind::Record(self.register(register)),
                Named::Row(columns) => Kind::Row(columns),
                Named::Period => Kind::Period,
                Named::Date => Kind::Date,
            };
        }
        if let Some(field) = own_field(self.sight.definition, name) {
            return self.of_field(field);
        }
        match name {
            "user" => Kind::User,
            // No candidate stands here, so `ref` is the record itself.
            "ref" => Kind::Record(Some(self.sight.definition)),
            "number" | "org" | "id" => Kind::Text,
            _ => {
                let problem = format!("没有“{name}”这个字段。");
                let fields = self.sight.definition.fields.iter().map(|f| f.id.as_str());
                let names = self.sight.extra.iter().map(|(n, _)| *n);
                let known = fields.chain(names).chain(["user", "number", "org", "id"]);
                let remedy = suggestion(name, known)
                    .unwrap_or_else(|| by_label(self.sight.definition, name));
                self.tell(self.place(name), problem, remedy);
                Kind::Any
            }
        }
    }

    fn select(&mut self, of: &Kind<'d>, name: &'d str) -> Kind<'d> {
        match of {
            Kind::Record(Some(definition)) => match own_field(definition, name) {
                Some(field) => self.of_field(field),
                None if matches!(name, "number" | "org" | "id") => Kind::Text,
                None => {
                    let known = definition.fields.iter().map(|f| f.id.as_str());
                    let problem = format!("“{}”没有“{name}”这个字段。", definition.title.zh);
                    let remedy = suggestion(name, known);
                    self.unknown_part(name, problem, remedy)
                }
            },
            Kind::Row(columns) => match columns.iter().find(|c| c.id == name) {
                Some(column) => self.of_field(column),
                None => {
                    let known = columns.iter().map(|c| c.id.as_str());
                    let remedy = suggestion(name, known);
                    self.unknown_part(name, format!("表格没有“{name}”这一列。"), remedy)
                }
            },
            Kind::User => match name {
                "id" | "name" | "org_path" => Kind::Text,
                "org" => Kind::Record(self.register("organisation")),
                "roles" => Kind::List(Box::new(Kind::Text)),
                _ => {
                    let known = ["id", "name", "org", "org_path", "roles"];
                    let remedy = suggestion(name, known);
                    self.unknown_part(name, format!("用户没有“{name}”可取。"), remedy)
                }
            },
            Kind::Duty if name == "due" => Kind::Date,
            Kind::Duty if name == "light" => Kind::Text,
            Kind::Period | Kind::Text if matches!(name, "start" | "end") => Kind::Date,
            Kind::Any | Kind::Record(None) | Kind::None => Kind::Any,
            other => {
                let problem = format!("{}没有“{name}”可取。", other.label());
                self.unknown_part(name, problem, None)
            }
        }
    }

    fn unknown_part(&mut self, name: &str, problem: String, remedy: Option<String>) -> Kind<'d> {
        let remedy = remedy.unwrap_or_else(|| "请检查点号后面的名称。".to_owned());
        self.tell(self.place(name), problem, remedy);
        Kind::Any
    }

    fn must_be_bool(&mut self, kind: &Kind, place: &str) {
        if !kind.meets(&Kind::Bool) {
            let problem = format!("{place}应是“是”或“否”，这里是{}。", kind.label());
            self.tell(0, problem, "请写成比较，例如 level == 'major'。");
        }
    }

    fn unary(&mut self, op: UnaryOp, of: &'d Tree) -> Kind<'d> {
        let kind = self.kind(of);
        match op {
            UnaryOp::Not => {
                self.must_be_bool(&kind, "! 后面");
                Kind::Bool
            }
            UnaryOp::Minus => kind,
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &'d Tree, right: &'d Tree) -> Kind<'d> {
        let (a, b) = (self.kind(left), self.kind(right));
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let place = format!("{} 两边", op.sign());
                self.must_be_bool(&a, &place);
                self.must_be_bool(&b, &place);
                Kind::Bool
            }
            BinaryOp::In => {
                if let Kind::List(item) = &b {
                    self.compared(op, &a, item, left, right);
                } else if !matches!(b, Kind::Any | Kind::None) {
                    let problem = format!("in 的右边应是列表，这里是{}。", b.label());
                    self.tell(
                        self.sign_place(" in "),
                        problem,
                        "例如 state in ['a', 'b']。",
                    );
                }
                Kind::Bool
            }
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => {
                self.arithmetic(op, a, b)
            }
            _ => {
                self.compared(op, &a, &b, left, right);
                Kind::Bool
            }
        }
    }

    fn compared(
        &mut self,
        op: BinaryOp,
        a: &Kind<'d>,
        b: &Kind<'d>,
        left: &'d Tree,
        right: &'d Tree,
    ) {
        self.options(a, right);
        self.options(b, left);
        if a.meets(b) {
            return;
        }
        let problem = format!("{}和{}不能比较。", a.label(), b.label());
        let texts = matches!(a, Kind::Text) || matches!(b, Kind::Text);
        let days = a.is_day() || b.is_day();
        let remedy = if texts && days {
            "日期请写成 date('2025-05-12')。"
        } else {
            "请检查两边是不是同一类值。"
        };
        self.tell(self.sign_place(op.sign()), problem, remedy);
    }

    /// Literals beside a code field must be options of it.
    fn options(&mut self, kind: &Kind<'d>, beside: &'d Tree) {
        let Kind::Code(choices) = kind else {
            return;
        };
        match beside {
            Tree::Literal(Val::Text(code)) => self.option(choices, code),
            Tree::Literal(Val::List(items)) => {
                for item in items {
                    if let Val::Text(code) = item {
                        self.option(choices, code);
                    }
                }
            }
            Tree::List(items) => items.iter().for_each(|item| self.options(kind, item)),
            Tree::Conditional { yes, no, .. } => {
                self.options(kind, yes);
                self.options(kind, no);
            }
            _ => {}
        }
    }

    fn option(&mut self, choices: &[Choice], code: &str) {
        if choices.is_empty() || code.is_empty() || choices.iter().any(|c| c.code == code) {
            return;
        }
        let remedy = match choices.iter().find(|c| c.label.zh == code) {
            Some(choice) => format!("请写代码“{}”。", choice.code),
            None => {
                suggestion(code, choices.iter().map(|c| c.code.as_str())).unwrap_or_else(|| {
                    let codes: Vec<&str> = choices.iter().map(|c| c.code.as_str()).collect();
                    format!("可以写：{}。", codes.join("、"))
                })
            }
        };
        self.tell(self.place(code), format!("没有“{code}”这个选项。"), remedy);
    }

    fn arithmetic(&mut self, op: BinaryOp, a: Kind<'d>, b: Kind<'d>) -> Kind<'d> {
        match super::kind::arithmetic(op, &a, &b) {
            Some(kind) => kind,
            None => {
                let problem = format!("“{}”不能用在{}和{}之间。", op.sign(), a.label(), b.label());
                let remedy = if a.is_day() || b.is_day() {
                    "日期加天数请写 add_days(日期, 天数) 或 日期 + days(天数)。"
                } else {
                    "请检查两边的类型。"
                };
                self.tell(self.sign_place(op.sign()), problem, remedy);
                Kind::Any
            }
        }
    }

    fn fold(&mut self, fold: &'d Fold) -> Kind<'d> {
        let item = self.item_of(fold);
        self.vars.push((&fold.var, item.clone()));
        if let Some(test) = &fold.test {
            let kind = self.kind(test);
            self.must_be_bool(&kind, "逐行的条件");
        }
        let step = fold.step.as_ref().map(|step| self.kind(step));
        self.vars.pop();
        match (fold.kind, step) {
            (FoldKind::Map, step) => Kind::List(Box::new(step.unwrap_or(Kind::Any))),
            (FoldKind::Filter, _) => Kind::List(Box::new(item)),
            _ => Kind::Bool,
        }
    }

    /// What the variable of a macro stands for.
    pub(super) fn item_of(&mut self, fold: &'d Fold) -> Kind<'d> {
        if fold.over_register {
            return self.candidate(&fold.var);
        }
        match self.kind(&fold.over) {
            Kind::List(item) => *item,
            Kind::Any | Kind::None => Kind::Any,
            other => {
                let problem = format!("只有表格和列表可以逐行检查，这里是{}。", other.label());
                self.tell(0, problem, "请检查点号前面的字段。");
                Kind::Any
            }
        }
    }

    fn candidate(&mut self, register: &'d str) -> Kind<'d> {
        let found = self.register(register);
        if found.is_none() && self.sight.registers.is_some() {
            let problem = format!("没有台账“{register}”。");
            self.tell(self.place(register), problem, "请写台账的 id。");
        }
        Kind::Record(found)
    }

    fn call(&mut self, name: &'d str, args: Vec<&'d Tree>) -> Kind<'d> {
        let kinds: Vec<Kind<'d>> = args.iter().map(|arg| self.kind(arg)).collect();
        let Some(function) = function(name) else {
            let known = super::function::FUNCTIONS.iter().map(|f| f.name);
            let remedy =
                suggestion(name, known).unwrap_or_else(|| "请查函数表，或改用字段。".to_owned());
            self.tell(self.place(name), format!("没有函数“{name}”。"), remedy);
            return Kind::Any;
        };
        if !(function.least..=function.most).contains(&args.len()) {
            let problem = format!(
                "{name}(…) 要 {} 个参数，这里有 {} 个。",
                arity(function),
                args.len()
            );
            self.tell(self.place(name), problem, "请补上或去掉参数。");
            return Kind::Any;
        }
        if let [Tree::Literal(Val::Text(id))] = args[..] {
            self.id_known(name, id);
        }
        if let ("matches", [_, Tree::Literal(Val::Text(pattern))]) = (name, &args[..]) {
            self.pattern(pattern);
        }
        let unfit = kinds
            .iter()
            .enumerate()
            .find(|(at, kind)| super::kind::argument(name, *at).is_some_and(|takes| !takes(kind)));
        if let Some((_, kind)) = unfit {
            let problem = format!("{name}(…) 不能用在{}上。", kind.label());
            self.tell(self.place(name), problem, "请检查参数的类型。");
        }
        super::kind::result(name, &kinds)
    }

    fn pattern(&mut self, pattern: &str) {
        if let Some(problem) = super::pattern::problem(pattern) {
            let remedy = "请按 RE2 的写法改正，例如 '^1[0-9]{10}$'。";
            self.tell(self.place("matches"), format!("{problem}。"), remedy);
        }
    }

    /// `actor('fix')`, `left('in_use')`, `obligation('yearly')` name what the definition has.
    fn id_known(&mut self, function: &str, id: &str) {
        let definition = self.sight.definition;
        let flow = definition.flow.as_ref();
        let (what, known): (&str, Vec<&str>) = match (function, flow) {
            ("actor", Some(flow)) => {
                let ids = flow.transitions.iter().map(|t| t.id.as_str());
                let built_in = [
                    "recall",
                    "hand_over",
                    "add_signer",
                    "extend",
                    "decide_extension",
                ];
                ("办理", ids.chain(built_in).collect())
            }
            ("left" | "entered", Some(flow)) => {
                ("状态", flow.states.iter().map(|s| s.id.as_str()).collect())
            }
            ("obligation", _) => {
                let ids = definition.obligations.iter().map(|o| o.id.as_str());
                ("周期义务", ids.collect())
            }
            _ => return,
        };
        if known.contains(&id) {
            return;
        }
        let remedy = suggestion(id, known.iter().copied())
            .unwrap_or_else(|| format!("可以写：{}。", known.join("、")));
        self.tell(self.place(id), format!("没有“{id}”这个{what}。"), remedy);
    }
}

fn arity(function: &super::function::Function) -> String {
    match (function.least, function.most) {
        (least, usize::MAX) => format!("至少 {least}"),
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} 到 {most}"),
    }
}

fn own_field<'d>(definition: &'d Definition, name: &str) -> Option<&'d Field> {
    definition.fields.iter().find(|f| f.id == name)
}

fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|best| format!("是不是想写“{best}”？"))
}

/// People write the label where the id belongs.
fn by_label(definition: &Definition, name: &str) -> String {
    match definition.fields.iter().find(|f| f.label.zh == name) {
        Some(field) => format!("请写字段的 id“{}”。", field.id),
        None => "请先在定义里增加这个字段，或改正名称。".to_owned(),
    }
}

/// What a field points at, for those who follow paths (`institution.street`) themselves.
pub fn field_at<'d>(
    definition: &'d Definition,
    path: &str,
    registers: &'d dyn Registers,
) -> Option<&'d Field> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let field = own_field(definition, first)?;
    if rest.is_empty() {
        return Some(field);
    }
    match &field.kind {
        FieldKind::Table { columns } => columns.iter().find(|c| c.id == rest),
        kind => field_at(registers.register(kind.target()?)?, rest, registers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::testing::*;

    fn registers() -> Vec<Definition> {
        vec![hazard(), device(), institution(), organisation()]
    }

    fn problems(definition: &Definition, extra: &[(&str, Named)], text: &str) -> String {
        let all = registers();
        let sight = Sight {
            definition,
            extra,
            registers: Some(&all),
        };
        let found = check_expr(&expr(text), &sight);
        let line = |e: &ExprError| format!("{}:{}{}", e.offset, e.problem, e.remedy);
        found.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_expression_of_the_two_definitions_is_in_order() {
        for text in HAZARD_EXPRESSIONS {
            let extra = [("period", Named::Period), ("person", Named::Any)];
            assert_eq!(problems(&hazard(), &extra, text), "", "{text}");
        }
        for text in DEVICE_EXPRESSIONS {
            let extra = [
                ("period", Named::Period),
                ("ref", Named::Any),
                ("start", Named::Date),
                ("old", Named::Any),
            ];
            assert_eq!(problems(&device(), &extra, text), "", "{text}");
        }
    }

    #[test]
    fn ref_without_a_candidate_is_the_record_itself() {
        let rule = "max_of(device, device.installed_on, device.institution == ref)";
        assert_eq!(problems(&institution(), &[], rule), "");
        let wrong = problems(&hazard(), &[], "exists(device, device.institution == ref)");
        assert!(wrong.contains("记录和记录不能比较"), "{wrong}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_remedy() {
        let check = |text: &str, expected: &str| {
            assert_eq!(problems(&hazard(), &[], text), expected, "{text}");
        };
        check(
            "levle == 'major'",
            "0:没有“levle”这个字段。是不是想写“level”？",
        );
        check(
            "整改期限 < today()",
            "0:没有“整改期限”这个字段。请写字段的 id“due_on”。",
        );
        check(
            "level == 'majr'",
            "10:没有“majr”这个选项。是不是想写“major”？",
        );
        check(
            "level in ['重大隐患']",
            "11:没有“重大隐患”这个选项。请写代码“major”。",
        );
        check(
            "due_on < '2025-01-01'",
            "7:日期和文字不能比较。日期请写成 date('2025-05-12')。",
        );
        check(
            "due_on + 3 > today()",
            "7:“+”不能用在日期和数之间。日期加天数请写 add_days(日期, 天数) 或 日期 + days(天数)。",
        );
        check("size(photos_after)", "");
        check(
            "sixe(photos_after) > 0",
            "0:没有函数“sixe”。是不是想写“size”？",
        );
        check(
            "add_workdays(due_on) > today()",
            "0:add_workdays(…) 要 2 个参数，这里有 1 个。请补上或去掉参数。",
        );
        check(
            "measures.all(m, m.don)",
            "18:表格没有“don”这一列。是不是想写“done”？",
        );
        check(
            "holder.nam == 'x'",
            "7:“台账”没有“nam”这个字段。是不是想写“name”？",
        );
        check(
            "cost && true",
            "0:&& 两边应是“是”或“否”，这里是金额。请写成比较，例如 level == 'major'。",
        );
        check(
            "exists(devise, devise.state == 'x')",
            "7:没有台账“devise”。请写台账的 id。",
        );
        check(
            "sum(cost) > 1",
            "0:sum(…) 不能用在金额上。请检查参数的类型。",
        );
        check("holder == enterprise", "");
        check(
            "obligation('yearly').due < today()",
            "12:没有“yearly”这个周期义务。可以写：。",
        );
    }

    #[test]
    fn a_pattern_is_one_of_re2_and_looks_at_text() {
        let check = |text: &str, expected: &str| {
            assert_eq!(problems(&hazard(), &[], text), expected, "{text}");
        };
        check("text.matches('^[A-Z]{2}')", "");
        check(
            "text.matches('(?=a)')",
            "5:不支持前后查找和“(?…)”的这种写法。请按 RE2 的写法改正，例如 '^1[0-9]{10}$'。",
        );
        check(
            "cost.matches('1')",
            "5:matches(…) 不能用在金额上。请检查参数的类型。",
        );
    }

    #[test]
    fn a_condition_must_be_yes_or_no_and_a_value_must_fit_its_field() {
        let (hazard, condition) = (hazard(), |text: &str| {
            let hazard = super::tests::hazard();
            check_condition(&expr(text), &Sight::of(&hazard)).len()
        });
        assert_eq!(condition("cost"), 1);
        assert_eq!(condition("cost > 5"), 0);
        let value = |field: &str, text: &str| {
            let field = hazard.field(field).expect("a field");
            check_value(&expr(text), &Sight::of(&hazard), field).len()
        };
        assert_eq!(value("due_on", "level"), 1);
        assert_eq!(value("due_on", "assigned_at"), 0);
        assert_eq!(value("level", "'majro'"), 1);
        assert_eq!(value("level", "cost > 5 ? 'major' : 'general'"), 0);
        assert_eq!(value("late_days", "workdays(due_on, today())"), 0);
        assert_eq!(value("cost", "sum(measures.map(m, m.money))"), 0);
        assert_eq!(value("cost", "due_on"), 1);
    }
}
