//! What one file cannot know: whether the registers that definitions point at exist, and whether expressions that look
//! into them find what they name.

use std::collections::BTreeSet;

use ground::Finding;

use crate::definition::{Definition, Field};
use crate::expr::{
    Expr, ExprError, Named, Registers, Sight, check_condition, check_expr, check_value,
};
use crate::law::{Aggregate, AggregateKind, ClockLimit, MetricBody, Opens};
use crate::suggest::did_you_mean;

/// Checks definitions against each other: no id is taken twice, every register that a field, an opening, a drive or a
/// figure points at exists, and every name beyond the own register means something there. A finding's place is
/// `register.field` or `register.block`.
pub fn check_set(definitions: &[Definition]) -> Vec<Finding> {
    let set = Set(definitions);
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for definition in definitions {
        if !seen.insert(definition.id.as_str()) {
            findings.push(Finding::error(
                "definition.register_twice",
                definition.id.clone(),
                format!("有两个台账都叫“{}”。", definition.id),
                "请给其中一个换一个 id，文件夹名也要一致。",
            ));
        }
        let mut checker = Checker {
            definition,
            set: &set,
            findings: Vec::new(),
        };
        checker.fields();
        checker.flow();
        checker.others();
        findings.extend(checker.findings);
    }
    findings
}

struct Set<'d>(&'d [Definition]);

impl Registers for Set<'_> {
    fn register(&self, id: &str) -> Option<&Definition> {
        self.0.iter().find(|d| d.id == id)
    }
}

/// What an expression has to give.
#[derive(Clone, Copy)]
enum Wanted<'d> {
    Any,
    Condition,
    Value(&'d Field),
}

struct Checker<'d> {
    definition: &'d Definition,
    set: &'d Set<'d>,
    findings: Vec<Finding>,
}

impl<'d> Checker<'d> {
    fn tell(&mut self, code: &str, place: &str, problem: String, remedy: String) {
        let code = format!("definition.{code}");
        let place = format!("{}.{place}", self.definition.id);
        self.findings
            .push(Finding::error(&code, place, problem, remedy));
    }

    /// A register that must exist.
    fn register(&mut self, place: &str, what: &str, id: &str) -> Option<&'d Definition> {
        let found = self.set.0.iter().find(|d| d.id == id);
        if found.is_none() {
            let ids = self.set.0.iter().map(|d| d.id.as_str());
            let remedy =
                did_you_mean(id, ids).unwrap_or_else(|| "请先建立该台账，或改正名称。".into());
            self.tell(
                "register_unknown",
                place,
                format!("{what}指向的台账“{id}”不存在。"),
                remedy,
            );
        }
        found
    }

    /// What is wrong with an expression once all registers are known.
    fn expr(&mut self, place: &str, expr: Option<&Expr>, names: &[(&str, Named)], wanted: Wanted) {
        let definition = self.definition;
        self.expr_of(definition, place, expr, names, wanted);
    }

    fn expr_of(
        &mut self,
        definition: &Definition,
        place: &str,
        expr: Option<&Expr>,
        names: &[(&str, Named)],
        wanted: Wanted,
    ) {
        let Some(expr) = expr else { return };
        let sight = Sight {
            definition,
            extra: names,
            registers: Some(self.set),
        };
        let problems = match wanted {
            Wanted::Any => check_expr(expr, &sight),
            Wanted::Condition => check_condition(expr, &sight),
            Wanted::Value(field) => check_value(expr, &sight, field),
        };
        for ExprError {
            problem, remedy, ..
        } in problems
        {
            let problem = format!("“{}”：{problem}", expr.text());
            self.tell("bad_expr", place, problem, remedy);
        }
    }

    fn fields(&mut self) {
        for field in &self.definition.fields {
            self.field(field, &field.id, &[]);
            let row = [("row", Named::Row(field.columns()))];
            for column in field.columns() {
                self.field(column, &format!("{}.{}", field.id, column.id), &row);
            }
        }
    }

    fn field(&mut self, field: &'d Field, place: &str, names: &[(&str, Named)]) {
        if let Some(to) = field.kind.target() {
            let what = format!("字段“{}”", field.label.zh);
            if let Some(target) = self.register(place, &what, to) {
                self.copied(field, place, target);
            }
        }
        for rule in [&field.visible, &field.required_when, &field.read_only] {
            self.expr(place, rule.as_ref(), names, Wanted::Condition);
        }
        let check = field.check.as_ref().map(|(rule, _)| rule);
        self.expr(place, check, names, Wanted::Condition);
        for value in [&field.default, &field.compute] {
            self.expr(place, value.as_ref(), names, Wanted::Value(field));
        }
        let candidate = field.kind.target().map_or(Named::Any, Named::Record);
        let mut picking = vec![
            ("ref", candidate),
            ("person", Named::Any),
            ("option", Named::Any),
        ];
        picking.extend_from_slice(names);
        self.expr(place, field.pick.as_ref(), &picking, Wanted::Condition);
    }

    /// A snapshot copies what is there.
    fn copied(&mut self, field: &Field, place: &str, target: &Definition) {
        for there in field.copy.values().filter(|id| target.field(id).is_none()) {
            let ids = target.fields.iter().map(|f| f.id.as_str());
            let remedy = did_you_mean(there, ids)
                .unwrap_or_else(|| "copy 的右边请写对方台账的字段。".into());
            let problem = format!("台账“{}”没有字段“{there}”，抄存不了。", target.title.zh);
            self.tell("unknown_field", place, problem, remedy);
        }
    }

    fn flow(&mut self) {
        let Some(flow) = &self.definition.flow else {
            return;
        };
        for state in &flow.states {
            let limit = state.clock.as_ref().map(|clock| &clock.limit);
            let place = format!("state.{}", state.id);
            if let Some(ClockLimit::Until(expr) | ClockLimit::AfterExpr { span: expr, .. }) = limit
            {
                self.expr(&place, Some(expr), &[], Wanted::Any);
            }
        }
        for transition in &flow.transitions {
            let place = format!("transition.{}", transition.id);
            self.expr(&place, transition.guard.as_ref(), &[], Wanted::Condition);
            let when = transition.approve.as_ref().and_then(|a| a.when.as_ref());
            self.expr(&place, when, &[], Wanted::Condition);
            for (id, value) in &transition.set {
                let field = self.definition.field(id);
                let wanted = field.map_or(Wanted::Any, Wanted::Value);
                self.expr(&place, Some(value), &[], wanted);
            }
            for opens in &transition.opens {
                self.opens(&place, opens);
            }
        }
        for step in flow.escalations.iter().flat_map(|e| &e.steps) {
            if let Some(opens) = &step.open {
                self.opens("escalate", opens);
            }
        }
    }

    fn opens(&mut self, place: &str, opens: &'d Opens) {
        let Some(target) = self.register(place, "open", &opens.register) else {
            return;
        };
        let table = opens.each.as_ref().and_then(|id| self.definition.field(id));
        let row = table.map(|t| ("row", Named::Row(t.columns())));
        let names: Vec<(&str, Named)> = row.into_iter().collect();
        self.expr(place, opens.when.as_ref(), &names, Wanted::Condition);
        for (id, value) in &opens.set {
            match target.field(id) {
                Some(field) => self.expr(place, Some(value), &names, Wanted::Value(field)),
                None => {
                    let ids = target.fields.iter().map(|f| f.id.as_str());
                    let remedy = did_you_mean(id, ids)
                        .unwrap_or_else(|| "set 的左边请写那个台账的字段。".into());
                    let problem = format!("台账“{}”没有字段“{id}”。", target.title.zh);
                    self.tell("unknown_field", place, problem, remedy);
                }
            }
        }
    }

    fn others(&mut self) {
        let definition = self.definition;
        for check in &definition.checks {
            let place = format!("check.{}", check.id);
            let old = [("old", Named::Any)];
            self.expr(&place, check.when.as_ref(), &old, Wanted::Condition);
            self.expr(&place, Some(&check.rule), &old, Wanted::Condition);
        }
        for duty in &definition.obligations {
            let place = format!("obligation.{}", duty.id);
            self.expr(&place, duty.while_true.as_ref(), &[], Wanted::Condition);
            self.expr(&place, Some(&duty.due), &[], Wanted::Any);
            if let Some(opens) = &duty.open {
                self.opens(&place, opens);
            }
        }
        for campaign in &definition.campaigns {
            let place = format!("campaign.{}", campaign.id);
            self.register(&place, "of ", &campaign.of);
            let names = [("ref", Named::Record(&campaign.of)), ("start", Named::Date)];
            self.expr(&place, campaign.filter.as_ref(), &names, Wanted::Condition);
            self.expr(&place, Some(&campaign.done), &names, Wanted::Condition);
        }
        if let Some(cycle) = &definition.cycle {
            let names = [
                ("unit", Named::Record("organisation")),
                ("period", Named::Period),
            ];
            self.expr("cycle", Some(&cycle.units), &names, Wanted::Condition);
        }
        for view in &definition.views {
            let place = format!("view.{}", view.id);
            self.expr(&place, view.filter.as_ref(), &[], Wanted::Condition);
        }
        for permit in &definition.permits {
            let place = format!("permit.{}", permit.role);
            self.expr(&place, permit.filter.as_ref(), &[], Wanted::Condition);
        }
        for report in &definition.reports {
            let place = format!("report.{}", report.id);
            let names = [("period", Named::Period)];
            self.expr(&place, report.filter.as_ref(), &names, Wanted::Condition);
        }
        self.metrics();
    }

    fn metrics(&mut self) {
        for metric in &self.definition.metrics {
            let place = format!("metric.{}", metric.id);
            let parts: Vec<&Aggregate> = match &metric.body {
                MetricBody::Plain(one) => vec![one],
                MetricBody::Rate {
                    numerator,
                    denominator,
                    ..
                } => vec![numerator, denominator],
            };
            for part in parts {
                let about = match &part.register {
                    None => Some(self.definition),
                    Some(id) => self.register(&place, "register ", id),
                };
                let Some(about) = about else { continue };
                let names = [("period", Named::Period)];
                self.expr_of(
                    about,
                    &place,
                    part.filter.as_ref(),
                    &names,
                    Wanted::Condition,
                );
                self.expr_of(about, &place, aggregated(&part.agg), &names, Wanted::Any);
            }
        }
    }
}

fn aggregated(agg: &AggregateKind) -> Option<&Expr> {
    match agg {
        AggregateKind::Count => None,
        AggregateKind::CountDistinct(expr)
        | AggregateKind::Sum(expr)
        | AggregateKind::Avg(expr)
        | AggregateKind::Min(expr)
        | AggregateKind::Max(expr) => Some(expr),
    }
}
