//! What is counted and how it is looked at: `[[metric]]`, `[[view]]`, `[[report]]`.

use std::collections::BTreeSet;

use super::duty::period;
use super::language::{AGGREGATE, METRIC, REPORT, TIME, VIEW, VIEW_KINDS};
use super::toml_view::{At, Name, Names, View};
use super::{known_field, unknown};
use crate::definition::{Definition, FieldKind, Text};
use crate::expr::Expr;
use crate::law::{
    Aggregate, AggregateKind, Metric, MetricBody, MetricTime, ReportTemplate, View as SavedView,
    ViewKind,
};

/// Names of a figure's rules; a figure may be about another register.
fn period_names(row: &View) -> Names {
    Names {
        elsewhere: row.get("register").is_some(),
        ..Names::none().with("period", Name::Period)
    }
}

/// What every list can show besides fields.
const BESIDES: &[&str] = &["number", "light", "org", "state_label"];

pub(super) fn metrics(view: &View, definition: &Definition) -> Vec<Metric> {
    let mut seen = BTreeSet::new();
    let rows = view.tables("metric");
    rows.iter()
        .filter_map(|row| metric(row, definition, &mut seen))
        .collect()
}

fn metric(row: &View, definition: &Definition, seen: &mut BTreeSet<String>) -> Option<Metric> {
    row.allow(&METRIC);
    let id = row.id("指标", "\"hazard_found\"", seen);
    let title = row.needed_words("title");
    let unit = row.needed("unit", "\"处\"");
    let percent = unit.as_ref().is_some_and(|u| u.value == "%");
    let body = body(row, percent);
    let _ = row.word("empty", &["none"]);
    let by = row.texts("by").into_iter();
    let by = by.filter(|at| known_path(row, definition, at));
    let by: Vec<String> = by.map(|at| at.value).collect();
    let digits = row.count("digits", 0, 6);
    Some(Metric {
        id: id?,
        title: title?,
        unit: unit?.value,
        time: row.choose("time", TIME).unwrap_or(MetricTime::Flow),
        digits: digits.unwrap_or(usize::from(rate(body.as_ref()))) as u8,
        body: body?,
        date: row.expr("date", &Names::none()),
        by,
        note: row.words("note"),
    })
}

/// Rates are printed with one digit unless told otherwise.
fn rate(body: Option<&MetricBody>) -> bool {
    matches!(body, Some(MetricBody::Rate { .. }))
}

fn body(row: &View, percent: bool) -> Option<MetricBody> {
    let (above, below) = (row.table("numerator"), row.table("denominator"));
    match (above, below, row.get("agg")) {
        (None, None, Some(_)) => Some(MetricBody::Plain(aggregate(row)?)),
        (Some(above), Some(below), None) => {
            above.allow(&AGGREGATE);
            below.allow(&AGGREGATE);
            let (numerator, denominator) = (aggregate(&above), aggregate(&below));
            Some(MetricBody::Rate {
                numerator: numerator?,
                denominator: denominator?,
                percent,
            })
        }
        _ => {
            row.source.error(
                "bad_metric",
                row.offset(),
                "指标要写 agg，或同时写 numerator 和 denominator。",
                "计数、合计写 agg = \"count()\"；比率写 numerator = { filter = \"…\", agg = \"count()\" } 和 denominator。",
            );
            None
        }
    }
}

fn aggregate(row: &View) -> Option<Aggregate> {
    let filter = row.condition("filter", &period_names(row));
    let at = row.needed("agg", "\"count()\"")?;
    let agg = aggregate_kind(row, &at)?;
    Some(Aggregate {
        register: row.text("register").map(|t| t.value),
        filter,
        agg,
    })
}

/// `count()`, or a function over an expression.
fn aggregate_kind(row: &View, at: &At<String>) -> Option<AggregateKind> {
    type Make = fn(Expr) -> AggregateKind;
    let functions: [(&str, Make); 5] = [
        ("count_distinct", AggregateKind::CountDistinct),
        ("sum", AggregateKind::Sum),
        ("avg", AggregateKind::Avg),
        ("min", AggregateKind::Min),
        ("max", AggregateKind::Max),
    ];
    let text = at.value.trim();
    if text == "count()" || text == "count" {
        return Some(AggregateKind::Count);
    }
    let inside = functions.iter().find_map(|(name, make)| {
        let rest = text.strip_prefix(name)?.trim_start();
        let inside = rest.strip_prefix('(')?.strip_suffix(')')?;
        Some((inside, make))
    });
    let Some((inside, make)) = inside.filter(|(inside, _)| !inside.trim().is_empty()) else {
        row.source.error(
            "bad_agg",
            at.offset,
            format!("看不懂汇总方式“{text}”。"),
            "可以写 count()、count_distinct(x)、sum(x)、avg(x)、min(x)、max(x)，x 是字段或算式。",
        );
        return None;
    };
    let inner = At {
        value: inside.to_owned(),
        offset: at.offset,
    };
    row.source.expr(&inner, &period_names(row)).map(make)
}

/// A field, or a field of the record that a field points at.
fn known_path(row: &View, definition: &Definition, at: &At<String>) -> bool {
    if BESIDES.contains(&at.value.as_str()) || definition.field(&at.value).is_some() {
        return true;
    }
    let root = at.value.split('.').next().unwrap_or("");
    match definition.field(root) {
        Some(field) if field.kind.target().is_some() && root != at.value => true,
        Some(_) if root != at.value => {
            row.source.error(
                "wrong_field",
                at.offset,
                format!("“{root}”不指向别的台账，后面不能再写“.”。"),
                "请只写这个字段，或换成引用(ref)、单位(org)字段。",
            );
            false
        }
        _ => {
            let root = At {
                value: root.to_owned(),
                offset: at.offset,
            };
            known_field(row.source, definition, &root).is_some()
        }
    }
}

fn known_paths(row: &View, definition: &Definition, key: &str) -> Vec<String> {
    let texts = row.texts(key).into_iter();
    let known = texts.filter(|at| known_path(row, definition, at));
    known.map(|at| at.value).collect()
}

pub(super) fn views(view: &View, definition: &Definition) -> Vec<SavedView> {
    let mut seen = BTreeSet::new();
    let rows = view.tables("view");
    rows.iter()
        .filter_map(|row| saved_view(row, definition, &mut seen))
        .collect()
}

fn saved_view(
    row: &View,
    definition: &Definition,
    seen: &mut BTreeSet<String>,
) -> Option<SavedView> {
    row.allow(&VIEW);
    let id = row.id("视图", "\"todo\"", seen);
    if row.get("kind").is_none() {
        row.missing("kind", "\"list\"");
    }
    let word = row.word("kind", VIEW_KINDS);
    let kind = word.as_deref().and_then(|w| view_kind(row, definition, w));
    let title = row.words("title");
    let filter = row.condition("filter", &Names::none());
    let columns = known_paths(row, definition, "columns");
    let sums = known_paths(row, definition, "sums");
    Some(SavedView {
        title: title.unwrap_or_else(|| usual_title(word.as_deref().unwrap_or("list"))),
        filter,
        columns,
        sort: sort(row, definition),
        sums,
        id: id?,
        kind: kind?,
    })
}

fn usual_title(kind: &str) -> Text {
    Text::zh(match kind {
        "kanban" => "看板",
        "calendar" => "日历",
        "map" => "地图",
        "matrix" => "矩阵",
        _ => "列表",
    })
}

fn sort(row: &View, definition: &Definition) -> Vec<(String, bool)> {
    let texts = row.texts("sort").into_iter();
    let read = texts.filter_map(|at| {
        let (word, down) = match at.value.strip_prefix('-') {
            Some(word) => (word.to_owned(), true),
            None => (at.value.clone(), false),
        };
        let at = At {
            value: word,
            offset: at.offset,
        };
        known_path(row, definition, &at).then_some((at.value, down))
    });
    read.collect()
}

fn view_kind(row: &View, definition: &Definition, word: &str) -> Option<ViewKind> {
    let field = |key: &str, example: &str, wanted: fn(&FieldKind) -> bool, what: &str| {
        let at = row.needed(key, example)?;
        view_field(row, definition, key, at, wanted, what)
    };
    let is_date = |k: &FieldKind| matches!(k, FieldKind::Date | FieldKind::DateTime);
    let is_geo = |k: &FieldKind| {
        matches!(
            k,
            FieldKind::GeoPoint | FieldKind::GeoLine | FieldKind::GeoArea
        )
    };
    let is_code = |k: &FieldKind| matches!(k, FieldKind::Code { .. });
    Some(match word {
        "kanban" => ViewKind::Kanban {
            by: match row.get("by") {
                None if definition.field("state").is_some() => "state".to_owned(),
                _ => field("by", "\"state\"", is_code, "选项(code)")?,
            },
        },
        "calendar" => ViewKind::Calendar {
            date: field("date", "\"due_on\"", is_date, "日期(date)")?,
            until: match row.text("until") {
                Some(at) => Some(view_field(
                    row,
                    definition,
                    "until",
                    at,
                    is_date,
                    "日期(date)",
                )?),
                None => None,
            },
        },
        "map" => ViewKind::Map {
            geo: field("geo", "\"point\"", is_geo, "位置(geo_point)")?,
            colour: match row.text("colour") {
                Some(at) if at.value == "light" => Some(at.value),
                Some(at) => Some(view_field(
                    row,
                    definition,
                    "colour",
                    at,
                    is_code,
                    "选项(code)",
                )?),
                None => None,
            },
        },
        "matrix" => ViewKind::Matrix {
            rows: matrix_side(row, definition, "rows")?,
            across: matrix_side(row, definition, "across")?,
            metric: row
                .text("metric")
                .and_then(|at| known_metric(row, definition, &at)),
        },
        _ => ViewKind::List,
    })
}

fn matrix_side(row: &View, definition: &Definition, key: &str) -> Option<String> {
    let at = row.needed(key, "\"street\"")?;
    known_path(row, definition, &at).then_some(at.value)
}

fn view_field(
    row: &View,
    definition: &Definition,
    key: &str,
    at: At<String>,
    wanted: fn(&FieldKind) -> bool,
    what: &str,
) -> Option<String> {
    let field = known_field(row.source, definition, &at)?;
    if wanted(&field.kind) {
        return Some(at.value);
    }
    row.source.error(
        "wrong_field",
        at.offset,
        format!("{key} 指向的“{}”不是{what}字段。", at.value),
        format!("请指向一个{what}字段。"),
    );
    None
}

fn known_metric(row: &View, definition: &Definition, at: &At<String>) -> Option<String> {
    let known = definition.metrics.iter().any(|m| m.id == at.value);
    if !known {
        let ids = definition.metrics.iter().map(|m| m.id.as_str());
        unknown(row.source, at, "指标", "[[metric]]", ids);
    }
    known.then(|| at.value.clone())
}

pub(super) fn reports(view: &View, definition: &Definition) -> Vec<ReportTemplate> {
    let mut seen = BTreeSet::new();
    let rows = view.tables("report");
    rows.iter()
        .filter_map(|row| report(row, definition, &mut seen))
        .collect()
}

fn report(
    row: &View,
    definition: &Definition,
    seen: &mut BTreeSet<String>,
) -> Option<ReportTemplate> {
    row.allow(&REPORT);
    let id = row.id("报表", "\"weekly\"", seen);
    let metrics = row.texts("metrics").into_iter();
    let metrics = metrics.filter_map(|at| known_metric(row, definition, &at));
    let metrics: Vec<String> = metrics.collect();
    let view = row.text("view").filter(|at| {
        let known = definition.views.iter().any(|v| v.id == at.value);
        if !known {
            let ids = definition.views.iter().map(|v| v.id.as_str());
            unknown(row.source, at, "视图", "[[view]]", ids);
        }
        known
    });
    if row.get("period").is_none() {
        row.missing("period", "\"W\"");
    }
    let period = period(row, "period");
    let by = row
        .text("by")
        .filter(|at| known_path(row, definition, at))
        .map(|at| at.value);
    let template = template(row);
    Some(ReportTemplate {
        title: row
            .words("title")
            .unwrap_or_else(|| definition.title.clone()),
        filter: row.condition("filter", &Names::none().with("period", Name::Period)),
        view: view.map(|at| at.value),
        metrics,
        by,
        template: template?,
        period: period?,
        id: id?,
    })
}

/// The file of a report stands beside the definition: a plain name, so that a folder carries all of it.
fn template(row: &View) -> Option<String> {
    let at = row.needed("template", "\"weekly.docx\"")?;
    let name = at.value.as_str();
    let plain = !name.contains(['/', '\\', ':']) && !name.starts_with('.');
    let ending = name
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase());
    if plain && matches!(ending.as_deref(), Some("docx" | "xlsx")) {
        return Some(at.value);
    }
    row.source.error(
        "bad_template",
        at.offset,
        format!("模板文件名“{name}”不对。"),
        "请写与 definition.toml 放在一起的 .docx 或 .xlsx 文件名，例如 \"weekly.docx\"。",
    );
    None
}
