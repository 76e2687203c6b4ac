//! 减负. What is asked of each unit in a month, counted from the definitions themselves, and figures that the district
//! holds already and that a new form must not ask for again (一数一源).

use std::collections::BTreeMap;

use ground::{Finding, Period, PeriodKind, RecordId, normal_name};

use crate::cycle::{current, due_within, units, window};
use crate::definition::{Definition, Field, FieldKind};
use crate::expr::{Moment, Scope, World};
use crate::law::Cycle;
use crate::record::Fields;

/// What is asked in a month.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Load {
    /// Each unit that fills something, in the order of the directory.
    pub units: Vec<UnitLoad>,
    /// Each form, in the order given.
    pub forms: Vec<FormLoad>,
}

/// Burden of a unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnitLoad {
    /// Organisation.
    pub unit: RecordId,
    /// Its short name.
    pub name: String,
    /// Forms it fills.
    pub forms: usize,
    /// Fields of these forms, each form once.
    pub fields: usize,
    /// Fillings due in the month.
    pub fillings: usize,
    /// Fields typed in all fillings.
    pub cells: usize,
}

/// Burden of a form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FormLoad {
    /// Register.
    pub register: String,
    /// Title.
    pub title: String,
    /// How often.
    pub period: PeriodKind,
    /// Fields a person types each time.
    pub fields: usize,
    /// Fillings of one unit due in the month.
    pub times: usize,
    /// Units that fill it.
    pub units: usize,
}

/// The burden of a month: forms with a fill cycle, counted where their due day falls.
pub fn load<'a>(
    definitions: impl IntoIterator<Item = &'a Definition>,
    month: Period,
    world: &dyn World,
    moment: Moment,
) -> Load {
    let mut load = Load::default();
    let mut by_unit: BTreeMap<RecordId, usize> = BTreeMap::new();
    for definition in definitions {
        let Some(cycle) = &definition.cycle else {
            continue;
        };
        let times = due_within(cycle, month.first(), month.last(), moment.calendar);
        if times == 0 {
            continue;
        }
        let fields = typed(definition, cycle);
        let filled_by = fillers(definition, cycle, month, world, moment);
        load.forms.push(FormLoad {
            register: definition.id.clone(),
            title: definition.title.zh.clone(),
            period: cycle.period,
            fields,
            times,
            units: filled_by.len(),
        });
        for (unit, name) in filled_by {
            let at = *by_unit.entry(unit).or_insert_with(|| {
                load.units.push(nothing_yet(unit, name));
                load.units.len() - 1
            });
            let burden = &mut load.units[at];
            burden.forms += 1;
            burden.fields += fields;
            burden.fillings += times;
            burden.cells += fields * times;
        }
    }
    load
}

fn nothing_yet(unit: RecordId, name: String) -> UnitLoad {
    UnitLoad {
        unit,
        name,
        forms: 0,
        fields: 0,
        fillings: 0,
        cells: 0,
    }
}

fn fillers(
    definition: &Definition,
    cycle: &Cycle,
    month: Period,
    world: &dyn World,
    moment: Moment,
) -> Vec<(RecordId, String)> {
    let nothing = Fields::new();
    let period = current(cycle, month.last(), moment.calendar);
    let scope = Scope {
        world,
        ..Scope::new(definition, &nothing, moment)
    };
    units(cycle, window(cycle, period, moment.calendar), &scope)
}

/// Fields that a person types at each filling: neither made by the system nor computed, carried over or fixed; a table
/// counts with its columns.
fn typed(definition: &Definition, cycle: &Cycle) -> usize {
    let given = |id: &String| {
        *id == cycle.unit_field || *id == cycle.period_field || cycle.prefill.contains(id)
    };
    let fields = definition
        .form_fields()
        .filter(|field| is_typed(field) && !given(&field.id));
    let cells = |field: &Field| {
        let columns = field.columns().iter().filter(|column| is_typed(column));
        columns.count().max(1)
    };
    fields.map(cells).sum()
}

fn is_typed(field: &Field) -> bool {
    let fixed = field
        .read_only
        .as_ref()
        .is_some_and(|rule| rule.text().trim() == "true");
    !(field.system || field.compute.is_some() || fixed || field.kind == FieldKind::Note)
}

/// Register of units: nearly every register is about one.
const ORGANISATION: &str = "organisation";

/// Words that every form has and that say nothing about what is asked.
const COMMON: [&str; 29] = [
    "备注",
    "说明",
    "附件",
    "照片",
    "日期",
    "时间",
    "状态",
    "类别",
    "类型",
    "标题",
    "内容",
    "描述",
    "填报人",
    "填报日期",
    "序号",
    "情况",
    // Where a row comes from is said of every row.
    "出处",
    "来源",
    "数据来源",
    // People and their telephones are of the occasion, and every record has a name.
    "名称",
    "姓名",
    "事项",
    "等级",
    "联系人",
    "联系电话",
    "责任人",
    "经办人",
    "完成时限",
    "截止日期",
];

/// Figures of a new definition that are held already: the same label or synonym and the same kind of value, about the
/// same thing. Whether they are the same figure only people can tell: it is said, and never refused. What names the
/// record, its unit and its period is no figure. Two registers that only share the unit they are about hold the same
/// thing where both hold a number.
pub fn already_held<'a>(
    new: &Definition,
    existing: impl IntoIterator<Item = &'a Definition>,
) -> Vec<Finding> {
    let others: Vec<&Definition> = existing.into_iter().filter(|d| d.id != new.id).collect();
    let asked = new
        .form_fields()
        .filter(|field| is_typed(field) && field.kind.target().is_none())
        .filter(|field| !names_record(new, field));
    let mut findings = Vec::new();
    for field in asked.filter(|field| !is_snapshot(new, field)) {
        let held = others
            .iter()
            .find_map(|other| Some((*other, held_in(new, other, field)?)));
        findings.extend(held.map(|(other, held)| told(new, field, other, &held)));
    }
    findings
}

/// The field that names a record, or says whose and for when it is.
fn names_record(definition: &Definition, field: &Field) -> bool {
    let cycle = definition.cycle.as_ref();
    let of_cycle =
        cycle.is_some_and(|cycle| [&cycle.unit_field, &cycle.period_field].contains(&&field.id));
    of_cycle
        || definition.name_field.as_deref() == Some(&field.id)
        || field.kind == FieldKind::Period
}

/// A value kept from a reference when it is chosen is not asked for.
fn is_snapshot(new: &Definition, field: &Field) -> bool {
    new.fields
        .iter()
        .any(|reference| reference.copy.contains_key(&field.id))
}

/// Where a figure is held.
struct Held<'a> {
    field: &'a Field,
    /// Own reference that leads there; `direct` when it points at the very register.
    through: &'a Field,
    direct: bool,
}

fn held_in<'a>(new: &'a Definition, other: &'a Definition, asked: &Field) -> Option<Held<'a>> {
    let field = other
        .form_fields()
        .find(|field| !field.system && same_figure(asked, field))?;
    let references = || new.fields.iter().filter(|f| !f.system);
    let direct = references().find(|f| f.kind.target() == Some(&other.id));
    let number = matches!(
        asked.kind,
        FieldKind::Int | FieldKind::Decimal { .. } | FieldKind::Money
    );
    let shared = || {
        references().find(|f| {
            let target = f.kind.target();
            let about = target.is_some_and(|id| number || id != ORGANISATION);
            about
                && other
                    .fields
                    .iter()
                    .any(|o| !o.system && o.kind.target() == target)
        })
    };
    Some(Held {
        field,
        through: direct.or_else(shared)?,
        direct: direct.is_some(),
    })
}

fn same_figure(a: &Field, b: &Field) -> bool {
    let words = |field: &Field| -> Vec<String> {
        let words = field.header_words().map(normal_label);
        words
            .filter(|word| !word.is_empty() && !COMMON.contains(&word.as_str()))
            .collect()
    };
    let theirs = words(b);
    same_kind(&a.kind, &b.kind) && words(a).iter().any(|word| theirs.contains(word))
}

/// A label without blanks, quotes and the unit behind it: `总投资（万元）` is `总投资`.
fn normal_label(label: &str) -> String {
    let label = normal_name(label);
    let end = label
        .find(['(', '（'])
        .filter(|at| *at > 0)
        .unwrap_or(label.len());
    label[..end].to_owned()
}

fn same_kind(a: &FieldKind, b: &FieldKind) -> bool {
    use FieldKind as K;
    let word = |kind: &FieldKind| match kind {
        K::Text | K::LongText => "text",
        K::Int | K::Decimal { .. } => "number",
        K::Code { .. } | K::Codes { .. } => "code",
        other => other.keyword(),
    };
    word(a) == word(b)
}

fn told(new: &Definition, field: &Field, other: &Definition, held: &Held) -> Finding {
    let problem = format!(
        "“{}”在“{}”里可能已经有了（“{}”）。",
        field.label.zh, other.title.zh, held.field.label.zh
    );
    let place = format!("{}.{}", new.id, field.id);
    if held.direct {
        let path = format!("{}.{}", held.through.id, held.field.id);
        let remedy = format!(
            "是同一个数的，请写 compute = \"{path}\" 直接取用，不再让基层填；不是的，请在名称里写明区别。"
        );
        return Finding::warning("asks.already_held", place, problem, remedy);
    }
    let remedy = format!(
        "两个台账都按“{}”登记；口径相同请取用已有数据，口径不同请在名称里写明区别。",
        held.through.label.zh
    );
    Finding::warning("asks.already_held", place, problem, remedy)
}

#[cfg(test)]
mod tests;
