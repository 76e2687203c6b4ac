//! What has to be done again and again, or by a day: `[[obligation]]`, `[campaign.x]`, `[cycle]`, and `[[check]]`.

use std::collections::BTreeSet;

use ground::PeriodKind;

use super::flow::open;
use super::known_field;
use super::language::{
    CAMPAIGN, CHECK, CYCLE, LAMP, OBLIGATION, OVERDUE, PERIODS, SEVERITY, TARGET,
};
use super::toml_view::{Name, Names, View};
use crate::definition::{Definition, FieldKind};
use crate::expr::Expr;
use crate::law::{Campaign, CheckRule, CheckSeverity, Cycle, Lamp, Obligation, Span, SpanUnit};

pub(super) fn checks(view: &View) -> Vec<CheckRule> {
    let mut seen = BTreeSet::new();
    let old = Names::none().with("old", Name::Any);
    let rows = view.tables("check");
    let read = rows.iter().filter_map(|row| {
        row.allow(&CHECK);
        let id = row.id("校验", "\"cost_sum\"", &mut seen);
        let rule = row.needed_expr("rule", "\"cost >= 0\"", &old.condition());
        let message = row.needed_words("message");
        let when = row.condition("when", &old);
        let severity = row.choose("severity", SEVERITY);
        Some(CheckRule {
            id: id?,
            when,
            rule: rule?,
            severity: severity.unwrap_or(CheckSeverity::Error),
            message: message?,
        })
    });
    read.collect()
}

pub(super) fn obligations(view: &View, definition: &Definition) -> Vec<Obligation> {
    let mut seen = BTreeSet::new();
    let rows = view.tables("obligation");
    let read = rows.iter().filter_map(|row| {
        row.allow(&OBLIGATION);
        let id = row.id("义务", "\"yearly_test\"", &mut seen);
        let title = row.needed_words("title");
        let due = row.needed_expr("due", "\"add_months(last_test, 12)\"", &Names::none());
        let overdue = row.table("overdue");
        if let Some(table) = &overdue {
            table.allow(&OVERDUE);
        }
        let light = overdue.and_then(|t| t.choose("light", LAMP));
        Some(Obligation {
            while_true: row.condition("while", &Names::none()),
            remind: row.spans("remind"),
            overdue: light.unwrap_or(Lamp::Red),
            open: overdue.and_then(|t| open(&t, definition)),
            id: id?,
            title: title?,
            due: due?,
        })
    });
    read.collect()
}

pub(super) fn campaigns(view: &View) -> Vec<Campaign> {
    let Some(table) = view.table("campaign") else {
        return Vec::new();
    };
    let keys = table.keys().into_iter();
    keys.filter_map(|at| {
        super::check_id_shape(view.source, &at);
        campaign(&table.table(&at.value)?, at.value)
    })
    .collect()
}

fn campaign(row: &View, id: String) -> Option<Campaign> {
    row.allow(&CAMPAIGN);
    let title = row.needed_words("title");
    if row.get("start").is_none() {
        row.missing("start", "2025-05-12");
    }
    let start = row.date("start");
    let due = campaign_due(row);
    let Some(target) = row.table("target") else {
        row.missing("target", "{ of = \"institution\", done = \"…\" }");
        return None;
    };
    target.allow(&TARGET);
    let of = target.needed("of", "\"institution\"");
    let pointed = of.as_ref().map_or_else(String::new, |at| at.value.clone());
    let names = Names::none()
        .with("ref", Name::Record(pointed))
        .with("start", Name::Date);
    let done = target.needed_expr("done", "\"ref.state == 'in_use'\"", &names.condition());
    let filter = target.condition("filter", &names);
    let (start, due) = (start?, due?);
    Some(Campaign {
        id,
        title: title?,
        start,
        due,
        of: of?.value,
        filter,
        done: done?,
    })
}

/// A day, or an expression that knows `start`.
fn campaign_due(row: &View) -> Option<Expr> {
    if row.is_date("due") {
        return Expr::parse(&format!("date('{}')", row.date("due")?)).ok();
    }
    row.needed_expr(
        "due",
        "\"add_months(start, 1)\"",
        &Names::none().with("start", Name::Date),
    )
}

pub(super) fn cycle(view: &View, definition: &Definition) -> Option<Cycle> {
    let table = view.table("cycle")?;
    table.allow(&CYCLE);
    if table.get("period").is_none() {
        table.missing("period", "\"month\"");
    }
    if table.get("due").is_none() {
        table.missing("due", "\"5d\"");
    }
    let at_once = Span {
        count: 0,
        unit: SpanUnit::Day,
    };
    let names = Names::none()
        .with("unit", Name::Record("organisation".into()))
        .with("period", Name::Period);
    let units = table.needed_expr(
        "units",
        "\"unit.kind == 'subdistrict'\"",
        &names.condition(),
    );
    let period = period(&table, "period");
    let due = table.span("due");
    let unit_field = pointed(&table, definition, "unit_field", "\"street\"", |k| {
        *k == FieldKind::Org
    });
    let period_field = pointed(&table, definition, "period_field", "\"period\"", |k| {
        *k == FieldKind::Period
    });
    let zero_field = table.get("zero_field").and_then(|_| {
        pointed(&table, definition, "zero_field", "\"nothing\"", |k| {
            *k == FieldKind::Bool
        })
    });
    let prefill = table.texts("prefill").into_iter();
    let prefill = prefill.filter(|at| known_field(table.source, definition, at).is_some());
    Some(Cycle {
        open: table.span("open").unwrap_or(at_once),
        lock: table.span("lock"),
        zero_field,
        prefill: prefill.map(|at| at.value).collect(),
        period: period?,
        due: due?,
        units: units?,
        unit_field: unit_field?,
        period_field: period_field?,
    })
}

/// A key that must point at a field of a kind.
fn pointed(
    table: &View,
    definition: &Definition,
    key: &str,
    example: &str,
    wanted: fn(&FieldKind) -> bool,
) -> Option<String> {
    let at = table.needed(key, example)?;
    let field = known_field(table.source, definition, &at)?;
    if wanted(&field.kind) {
        return Some(at.value);
    }
    let what = match key {
        "unit_field" => "单位(org)",
        "period_field" => "时段(period)",
        _ => "是否(bool)",
    };
    table.source.error(
        "wrong_field",
        at.offset,
        format!("{key} 指向的“{}”不是{what}字段。", at.value),
        format!("请指向一个{what}字段。"),
    );
    None
}

/// `month` or `M`.
pub(super) fn period(row: &View, key: &str) -> Option<PeriodKind> {
    let word = row.word(key, PERIODS)?;
    Some(match word.as_str() {
        "day" | "D" => PeriodKind::Day,
        "week" | "W" => PeriodKind::Week,
        "dekad" | "T" => PeriodKind::Dekad,
        "month" | "M" => PeriodKind::Month,
        "quarter" | "Q" => PeriodKind::Quarter,
        "half" | "H" => PeriodKind::Half,
        _ => PeriodKind::Year,
    })
}
