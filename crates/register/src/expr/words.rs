//! Chinese words for operators, names and functions.

use super::explain::Teller;
use super::kind::Kind;
use super::tree::{BinaryOp, Tree, UnaryOp, Val};

/// Between two sides. Days are early or late, options are or are not, figures are more or less.
pub(super) fn comparison(op: BinaryOp, day: bool, discrete: bool) -> &'static str {
    match op {
        BinaryOp::Eq if discrete => "为",
        BinaryOp::Ne if discrete => "不是",
        BinaryOp::Eq => "等于",
        BinaryOp::Ne => "不等于",
        BinaryOp::Lt if day => "早于",
        BinaryOp::Le if day => "不晚于",
        BinaryOp::Gt if day => "晚于",
        BinaryOp::Ge if day => "不早于",
        BinaryOp::Lt => "小于",
        BinaryOp::Le => "不超过",
        BinaryOp::Gt => "大于",
        BinaryOp::Ge => "不少于",
        _ => "",
    }
}

/// Signs of sums and products.
pub(super) fn sum_sign(op: BinaryOp) -> Option<&'static str> {
    match op {
        BinaryOp::Add => Some("+"),
        BinaryOp::Sub => Some("−"),
        BinaryOp::Mul => Some("×"),
        BinaryOp::Div => Some("÷"),
        BinaryOp::Rem => Some("除余"),
        _ => None,
    }
}

/// `甲、乙或丙`.
pub(super) fn either(items: &[String]) -> String {
    match items {
        [] => "任何值以外".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{}或{last}", first.join("、")),
    }
}

/// Names of the engine.
pub(super) fn name(name: &str) -> Option<&'static str> {
    Some(match name {
        "user" => "本人",
        "state" => "状态",
        "holder" => "当前承办",
        "org" => "所属单位",
        "number" => "编号",
        "id" => "记录号",
        "period" => "本期",
        "ref" => "该记录",
        "person" => "所选人员",
        "option" => "所选选项",
        "row" => "本行",
        "old" => "原记录",
        "unit" => "单位",
        "start" => "开始日",
        _ => return None,
    })
}

/// Parts of names of the engine.
pub(super) fn known_part(name: &str, part: &str) -> Option<&'static str> {
    Some(match (name, part) {
        ("user", "id") => "本人",
        ("user", "name") => "本人姓名",
        ("user", "org") => "本单位",
        ("user", "org_path") => "本单位路径",
        ("user", "roles") => "本人的角色",
        ("period", "start") => "期初",
        ("period", "end") => "期末",
        _ => return None,
    })
}

/// What a part is called when no definition tells.
pub(super) fn part(part: &str) -> &str {
    match part {
        "due" => "到期日",
        "light" => "灯色",
        "org" => "单位",
        "state" => "状态",
        "name" => "名称",
        "number" => "编号",
        "level" => "层级",
        "start" => "起始日",
        "end" => "截止日",
        other => other,
    }
}

impl<'d> Teller<'d> {
    /// A function as a noun.
    pub(super) fn call(&mut self, name: &'d str, args: &[&'d Tree]) -> String {
        match (name, args) {
            ("today", []) => "今天".to_owned(),
            ("now", []) => "现在".to_owned(),
            ("date" | "timestamp", [Tree::Literal(Val::Text(day))]) => day.to_string(),
            ("record", [_, Tree::Literal(Val::Int(id))]) => format!("#{id}"),
            // A conversion changes nothing for the reader.
            ("date" | "int" | "decimal" | "text" | "string" | "dyn" | "timestamp", [of]) => {
                self.value(of)
            }
            ("add_workdays", [from, n]) => self.later(from, n, "个工作日"),
            ("add_days", [from, n]) => self.later(from, n, "天"),
            ("add_months", [from, n]) => self.later(from, n, "个月"),
            ("days", [n]) => self.cases(n, "", &|text| format!("{text} 天")),
            ("workdays", [from, to]) => {
                let (from, to) = (self.value(from), self.value(to));
                format!("{from}之后到{to}的工作日数")
            }
            ("actor", [Tree::Literal(Val::Text(id))]) => {
                format!("办理“{}”的人", self.transition(id))
            }
            ("left", [Tree::Literal(Val::Text(id))]) => format!("离开“{}”的时间", self.state(id)),
            ("entered", [Tree::Literal(Val::Text(id))]) => {
                format!("进入“{}”的时间", self.state(id))
            }
            ("obligation", [Tree::Literal(Val::Text(id))]) => format!("“{}”", self.duty(id)),
            ("coalesce", [first, rest @ ..]) => self.first_of(first, rest),
            ("max" | "min" | "max_or_none" | "min_or_none", all) => self.extreme(name, all),
            ("percent", [part, whole]) => {
                let (part, whole) = (self.value(part), self.value(whole));
                format!("{part}占{whole}的百分比")
            }
            ("round", [of, Tree::Literal(Val::Int(n))]) => {
                format!("{}（四舍五入，保留 {n} 位小数）", self.value(of))
            }
            (name, [of]) => self.of_one(name, of),
            (name, all) => {
                let all: Vec<String> = all.iter().map(|arg| self.value(arg)).collect();
                format!("{name}（{}）", all.join("，"))
            }
        }
    }

    fn of_one(&mut self, name: &str, of: &'d Tree) -> String {
        let money = matches!(self.checker.kind(of), Kind::Money);
        let what = self.value(of);
        match name {
            "yuan" if money => format!("{what}（元）"),
            "wan" if money => format!("{what}（万元）"),
            "yuan" => format!("{what} 元"),
            "wan" => format!("{what} 万元"),
            "sum" => format!("{what}合计"),
            "avg" => format!("{what}平均值"),
            "count" | "size" => format!("{what}的个数"),
            "round" => format!("{what}（四舍五入取整）"),
            "floor" => format!("{what}（舍去小数）"),
            "ceil" => format!("{what}（进一取整）"),
            "abs" => format!("{what}的绝对值"),
            "year" => format!("{what}的年份"),
            "month" => format!("{what}的月份"),
            "day" => format!("{what}的日"),
            "weekday" => format!("{what}是星期几"),
            "lower" => format!("{what}（小写）"),
            "upper" => format!("{what}（大写）"),
            "before_holiday" => format!("{what}起下一个法定节假日前的最后一个工作日"),
            "percent" => format!("{what}的百分数"),
            other => format!("{other}（{what}）"),
        }
    }

    /// `交办时间 + 5 个工作日（隐患等级为重大隐患时 30 个工作日）`.
    fn later(&mut self, from: &'d Tree, n: &'d Tree, unit: &str) -> String {
        let from = self.value(from);
        let back = match n {
            Tree::Literal(Val::Int(n)) if *n < 0 => Some(n.unsigned_abs().to_string()),
            Tree::Unary {
                op: UnaryOp::Minus,
                of,
            } => Some(self.value(of)),
            _ => None,
        };
        if let Some(n) = back {
            return format!("{from}前 {n} {unit}");
        }
        let n = self.cases(n, " ", &|text| {
            if text.starts_with(|c: char| c.is_ascii_digit()) {
                format!("{text} {unit}")
            } else {
                format!("“{text}”{unit}")
            }
        });
        format!("{from} + {n}")
    }

    fn first_of(&mut self, first: &'d Tree, rest: &[&'d Tree]) -> String {
        let mut told = self.value(first);
        let rest: Vec<String> = rest.iter().map(|arg| self.value(arg)).collect();
        if !rest.is_empty() {
            told = format!("{told}（未填时用{}）", rest.join("，再没有时用"));
        }
        told
    }

    fn extreme(&mut self, name: &str, all: &[&'d Tree]) -> String {
        let max = name.starts_with("max");
        if let [list] = all {
            let day = matches!(self.checker.kind(list), Kind::List(item) if item.is_day());
            let word = match (max, day) {
                (true, true) => "最晚",
                (false, true) => "最早",
                (true, false) => "最大",
                (false, false) => "最小",
            };
            return match list {
                Tree::Fold(fold) => self.fold_with(fold, word),
                list => format!("{}中{word}的", self.value(list)),
            };
        }
        if let [Tree::Literal(Val::Int(n)), other] | [other, Tree::Literal(Val::Int(n))] = all {
            let word = if max { "最少" } else { "最多" };
            return format!("{}（{word}为 {n}）", self.value(other));
        }
        let day = all
            .first()
            .is_some_and(|first| self.checker.kind(first).is_day());
        let told: Vec<String> = all.iter().map(|arg| self.value(arg)).collect();
        let word = match (max, day) {
            (true, true) => "较晚的",
            (false, true) => "较早的",
            (true, false) => "较大的",
            (false, false) => "较小的",
        };
        format!("{}中{word}", told.join("、"))
    }

    fn transition(&self, id: &str) -> String {
        let flow = self.checker.sight.definition.flow.as_ref();
        let found = flow.and_then(|f| f.transitions.iter().find(|t| t.id == id));
        found.map_or_else(|| id.to_owned(), |t| t.label.zh.clone())
    }

    fn state(&self, id: &str) -> String {
        let definition = self.checker.sight.definition;
        let flow = definition.flow.as_ref();
        let found = flow.and_then(|f| f.states.iter().find(|s| s.id == id));
        let of_field = || definition.field("state")?.choice(id);
        match found {
            Some(state) => state.label.zh.clone(),
            None => of_field().map_or_else(|| id.to_owned(), |c| c.label.zh.clone()),
        }
    }

    fn duty(&self, id: &str) -> String {
        let all = &self.checker.sight.definition.obligations;
        let found = all.iter().find(|o| o.id == id);
        found.map_or_else(|| id.to_owned(), |o| o.title.zh.clone())
    }
}
