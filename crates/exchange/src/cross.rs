//! 交叉表. Rows are organisations, columns are indicators with period, basis and measure: every pair of row and
//! indicator becomes one record.

use std::sync::Arc;

use ground::Finding;
use register::{Definition, Fields, Hints, Value};

use crate::cell::{self, Bind};
use crate::mapping::{self, Mapping};
use crate::notes::Notes;
use crate::read::{Draft, FieldColumns};
use crate::table::{Column, Row, RowKind, Table};
use crate::words;

/// What is read, and with what.
pub(crate) struct Job<'a> {
    pub(crate) table: &'a Table,
    pub(crate) mapping: &'a Mapping,
    pub(crate) definition: &'a Definition,
    pub(crate) hints: &'a Hints,
    pub(crate) constants: &'a Fields,
}

/// Columns that describe one record of every row: equal level fields, one column a measure.
struct Block<'a> {
    fields: Fields,
    measures: Vec<Bind<'a>>,
}

/// Reads all cells; a record without any measure is left out (`—` was told).
pub(crate) fn read(job: &Job, notes: &mut Notes, sink: &mut dyn FnMut(Draft)) {
    let Some(row_column) = mapping::cross_row_column(job.table) else {
        return;
    };
    let Some(row_field) = job
        .definition
        .import
        .row
        .as_deref()
        .and_then(|id| job.definition.field(id))
    else {
        return;
    };
    let row_bind = Bind {
        column: row_column,
        path: row_field.id.clone(),
        field: row_field,
        table: None,
        unit: None,
    };
    let blocks = blocks(job, notes);
    if blocks.is_empty() {
        notes.push(Finding::error(
            "mapping.nothing_mapped",
            job.table.sheet_name(),
            "表头里没有认出一个指标列",
            "请确认表头分层写明指标、时段和“绝对值、同比增长”",
        ));
    }
    let columns = Arc::new(FieldColumns {
        sheet: job.table.sheet_name().to_string(),
        ..FieldColumns::default()
    });
    let rows: Vec<Row> = job
        .table
        .rows
        .iter()
        .filter(|r| r.kind == RowKind::Data)
        .copied()
        .collect();
    for row in rows {
        let named = cell::take(job.table, &row_bind, row.index, job.hints, notes);
        for block in &blocks {
            if let Some(draft) = block_draft(
                job,
                block,
                row.index,
                named.value.clone(),
                &row_bind,
                &columns,
                notes,
            ) {
                sink(draft);
            }
        }
    }
    tell_computed(job, notes);
}

fn block_draft(
    job: &Job,
    block: &Block,
    row: u32,
    named: Option<Value>,
    row_bind: &Bind,
    columns: &Arc<FieldColumns>,
    notes: &mut Notes,
) -> Option<Draft> {
    let mut fields = Fields::new();
    for bind in &block.measures {
        let taken = cell::take(job.table, bind, row, job.hints, notes);
        fields.extend(taken.value.map(|v| (bind.path.clone(), v)));
    }
    if fields.is_empty() {
        return None;
    }
    fields.extend(block.fields.clone());
    fields.extend(named.map(|v| (row_bind.path.clone(), v)));
    for (id, value) in job.constants {
        fields.entry(id.clone()).or_insert_with(|| value.clone());
    }
    let place = job
        .table
        .place(row, block.measures.first().map_or(0, |b| b.column));
    Some(Draft::new(job.table, row, fields, columns.clone()).at_cell(place))
}

fn blocks<'a>(job: &Job<'a>, notes: &mut Notes) -> Vec<Block<'a>> {
    let mut blocks: Vec<Block<'a>> = Vec::new();
    let choices = job.mapping.for_table(job.table);
    let bottom = job.table.header_rows.map_or(0, |h| h.1);
    for (column, choice) in job.table.columns.iter().zip(choices) {
        let Some(measure) = choice.and_then(|c| c.field.clone()) else {
            continue;
        };
        let Some(field) = job.definition.field(&measure) else {
            continue;
        };
        if job.definition.import.row.as_deref() == Some(measure.as_str()) {
            continue;
        }
        let labels = bare_labels(column);
        let path: Vec<&str> = labels.iter().map(String::as_str).collect();
        let header = register::read_cross_header(
            job.definition,
            &path,
            &job.table.place(bottom, column.index),
            job.hints,
        );
        notes.extend(header.findings);
        let mut level = header.fields;
        let unit = choice.and_then(|c| c.unit).or(column.unit).or(job
            .table
            .facts
            .unit
            .as_ref()
            .map(|u| u.value));
        let bind = Bind {
            column: column.index,
            path: measure.clone(),
            field,
            table: None,
            unit,
        };
        // The same measure twice under equal labels is a second record, not a second value.
        let known = blocks
            .iter_mut()
            .rev()
            .find(|b| joins(&b.fields, &level) && b.measures.iter().all(|m| m.path != measure));
        match known {
            Some(block) => {
                block.fields.extend(level);
                block.measures.push(bind);
            }
            None => {
                if let Some(unit) = unit_text(job, column) {
                    level.insert("unit".into(), Value::Text(unit));
                }
                blocks.push(Block {
                    fields: level,
                    measures: vec![bind],
                });
            }
        }
    }
    blocks
}

/// Labels of a column without units: `1-3月(万元)` is 1-3月.
pub(crate) fn bare_labels(column: &Column) -> Vec<String> {
    column
        .path
        .iter()
        .map(|label| words::without_units(label))
        .collect()
}

/// Two columns describe one record when they say the same as far as both speak: 增速 under 财政收入 belongs to the
/// value beside it, which alone names the period. The unit is no level.
fn joins(held: &Fields, level: &Fields) -> bool {
    let speaks = |id: &String| id != "unit";
    let equal = level
        .iter()
        .filter(|(id, _)| speaks(id))
        .all(|(id, v)| held.get(id).is_none_or(|h| h == v));
    let within = |a: &Fields, b: &Fields| {
        a.keys()
            .filter(|id| speaks(id))
            .all(|id| b.contains_key(id))
    };
    equal && (within(level, held) || within(held, level))
}

/// The unit of plain figures: told in the head, else the first of the unit row that is no percent.
fn unit_text(job: &Job, column: &Column) -> Option<String> {
    job.definition.field("unit")?;
    let own = column
        .path
        .iter()
        .rev()
        .flat_map(|p| words::parts(p).brackets)
        .find(|b| words::is_measure(b) && !words::is_percent(b));
    let row = || {
        job.table
            .facts
            .unit_words
            .iter()
            .find(|w| !words::is_percent(w))
            .cloned()
    };
    own.or(column.unit.map(|u| u.label().to_string()))
        .or_else(row)
}

/// Columns left out because they are computed, when they stand empty.
fn tell_computed(job: &Job, notes: &mut Notes) {
    let bottom = job.table.header_rows.map_or(0, |h| h.1);
    for column in &job.table.columns {
        let computed = column
            .path
            .iter()
            .any(|p| job.definition.import.ignore.contains(p))
            && !crate::rows::is_serial_head(column.leaf());
        let filled =
            job.table.rows.iter().any(|r| {
                r.kind == RowKind::Data && job.table.sheet.is_filled(r.index, column.index)
            });
        if computed {
            let state = if filled { "不导入" } else { "空着" };
            notes.push(Finding::info(
                "column.computed",
                job.table.place(bottom, column.index),
                format!("“{}”{state},由系统按数据计算", column.path_text()),
                "无需处理",
            ));
        }
    }
}
