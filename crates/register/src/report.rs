//! 报表. The words that a template may hold: `{{期间}}`, `{{指标.整改率}}`, `{{记录.隐患描述}}`, `{{分组.整改率}}`. A word is
//! read against the definition, by the names that people see or by the ids; what it is worth, and for whom, is the
//! business of `app`.

use ground::Finding;

use crate::Definition;
use crate::definition::{Field, FieldKind};
use crate::expr::Registers;
use crate::law::{Metric, ReportTemplate};
use crate::suggest::did_you_mean;

/// What a word of a template stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Word {
    /// One for the whole report.
    Whole(Whole),
    /// A figure, of the whole or of the group it stands in.
    Metric {
        /// Whether it is the group's.
        of_group: bool,
        /// Id.
        metric: String,
        /// What of it.
        part: Part,
    },
    /// Name of the group.
    GroupName,
    /// 1, 2, 3 … of the groups.
    GroupNumber,
    /// Number of the group's records.
    GroupRecords,
    /// 1, 2, 3 … of the records.
    RecordNumber,
    /// The record's own number in the register.
    RecordCode,
    /// 红、黄、绿, by its clock.
    RecordLight,
    /// A field, or a field of the record that a field points at.
    Field(String),
}

/// What there is once in a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whole {
    /// Title of the report.
    Title,
    /// Title of the register.
    Register,
    /// The unit whose figures these are.
    Unit,
    /// 2025年一季度.
    Period,
    /// First day.
    First,
    /// Last day.
    Last,
    /// The day that the data are of.
    AsOf,
    /// The day of making.
    MadeOn,
    /// Who made it.
    MadeBy,
    /// What the figures count.
    Basis,
    /// Number of records listed.
    Records,
}

/// What of a figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The figure.
    Value,
    /// Its unit.
    Unit,
    /// What it counts.
    Basis,
    /// Above the line.
    Numerator,
    /// Below it.
    Denominator,
    /// The same in the period before.
    Before,
    /// The same a year earlier.
    YearBefore,
}

const WHOLE: [(&str, Whole); 11] = [
    ("报表", Whole::Title),
    ("台账", Whole::Register),
    ("单位", Whole::Unit),
    ("期间", Whole::Period),
    ("期间起", Whole::First),
    ("期间止", Whole::Last),
    ("截至", Whole::AsOf),
    ("制表日期", Whole::MadeOn),
    ("制表人", Whole::MadeBy),
    ("口径", Whole::Basis),
    ("记录数", Whole::Records),
];

const PARTS: [(&str, Part); 6] = [
    ("单位", Part::Unit),
    ("口径", Part::Basis),
    ("分子", Part::Numerator),
    ("分母", Part::Denominator),
    ("上期", Part::Before),
    ("上年同期", Part::YearBefore),
];

/// Beginning of a figure, a group's value, a record's value.
const METRIC: &str = "指标";
const GROUP: &str = "分组";
const RECORD: &str = "记录";

/// Reads a word of a template; `place` is where it stands.
///
/// # Errors
/// The finding that names the place and what to write instead.
pub fn read_word(
    text: &str,
    place: &str,
    definition: &Definition,
    registers: &dyn Registers,
) -> Result<Word, Finding> {
    let (head, rest) = text.split_once('.').unwrap_or((text, ""));
    let found = match head {
        METRIC => metric(rest, definition, false),
        GROUP => group(rest, definition),
        RECORD => record(rest, definition, registers),
        _ => {
            let known = WHOLE.iter().find(|(word, _)| *word == text);
            known.map(|(_, whole)| Word::Whole(*whole)).ok_or_else(|| {
                let words = WHOLE.iter().map(|(word, _)| (*word).to_owned());
                let starts = [METRIC, GROUP, RECORD].map(|word| format!("{word}.…"));
                (words.chain(starts).collect(), text.to_owned())
            })
        }
    };
    found.map_err(|(known, wrong): Unknown| {
        let remedy = did_you_mean(&wrong, known.iter().map(String::as_str));
        let remedy = remedy.unwrap_or_else(|| format!("可以写：{}。", listed(&known)));
        let problem = format!("“{{{{{text}}}}}”没有对应的内容。");
        Finding::error("report.word", place, problem, remedy)
    })
}

/// Words that would have been understood, and the part that was not.
type Unknown = (Vec<String>, String);

/// Names of fields can be many: as many as fit on a line or two.
fn listed(known: &[String]) -> String {
    const MOST: usize = 24;
    let more = if known.len() > MOST { " 等" } else { "" };
    let shown: Vec<&str> = known.iter().take(MOST).map(String::as_str).collect();
    format!("{}{more}", shown.join("、"))
}

/// `整改率`, `整改率.上期`; a title may hold a point of its own.
fn metric(text: &str, definition: &Definition, of_group: bool) -> Result<Word, Unknown> {
    let known = |name: &str| find_metric(definition, name).map(|metric| metric.id.clone());
    let word = |metric: String, part| Word::Metric {
        of_group,
        metric,
        part,
    };
    if let Some(metric) = known(text) {
        return Ok(word(metric, Part::Value));
    }
    let titles = || definition.metrics.iter().map(|m| m.title.zh.clone());
    if let Some((name, part)) = text.rsplit_once('.')
        && let Some(metric) = known(name)
    {
        let found = PARTS.iter().find(|(word, _)| *word == part);
        let parts = || {
            PARTS
                .iter()
                .map(|(word, _)| format!("{name}.{word}"))
                .collect()
        };
        let (_, part) = found.ok_or_else(|| (parts(), text.to_owned()))?;
        return Ok(word(metric, *part));
    }
    Err((titles().collect(), text.to_owned()))
}

fn find_metric<'d>(definition: &'d Definition, name: &str) -> Option<&'d Metric> {
    let mut metrics = definition.metrics.iter();
    metrics.find(|metric| metric.title.zh == name || metric.id == name)
}

fn group(text: &str, definition: &Definition) -> Result<Word, Unknown> {
    match text {
        "名称" => return Ok(Word::GroupName),
        "序号" => return Ok(Word::GroupNumber),
        "记录数" => return Ok(Word::GroupRecords),
        _ => {}
    }
    let own = text.strip_prefix("指标.").unwrap_or(text);
    metric(own, definition, true).map_err(|(mut known, wrong)| {
        known.extend(["名称", "序号", "记录数"].map(str::to_owned));
        (known, wrong)
    })
}

fn record(text: &str, definition: &Definition, registers: &dyn Registers) -> Result<Word, Unknown> {
    match text {
        "序号" => return Ok(Word::RecordNumber),
        "编号" => return Ok(Word::RecordCode),
        "灯" => return Ok(Word::RecordLight),
        _ => {}
    }
    match path(text, definition, registers) {
        Ok(path) => Ok(Word::Field(path)),
        Err((mut known, wrong)) => {
            known.extend(["序号", "编号", "灯"].map(str::to_owned));
            Err((known, wrong))
        }
    }
}

/// Labels or ids, along references, as a path of ids.
fn path(text: &str, definition: &Definition, registers: &dyn Registers) -> Result<String, Unknown> {
    let (first, rest) = text.split_once('.').unwrap_or((text, ""));
    let shown = |field: &&Field| {
        !matches!(field.kind, FieldKind::Table { .. } | FieldKind::Note) && !field.import_only
    };
    let fields = || definition.fields.iter().filter(shown);
    let called =
        |field: &&Field| field.id == first || field.header_words().any(|word| word == first);
    // A label is meant before what only sounds like it.
    let exact = fields().find(|field| field.label.zh == first);
    let Some(field) = exact.or_else(|| fields().find(called)) else {
        let known = fields().map(|field| field.label.zh.clone()).collect();
        return Err((known, first.to_owned()));
    };
    if rest.is_empty() {
        return Ok(field.id.clone());
    }
    let target = field.kind.target().and_then(|id| registers.register(id));
    let Some(target) = target else {
        return Err((vec![field.label.zh.clone()], text.to_owned()));
    };
    Ok(format!("{}.{}", field.id, path(rest, target, registers)?))
}

/// The field that a report's figures and records are grouped by.
pub fn grouped_by(definition: &Definition, report: &ReportTemplate) -> Option<String> {
    let said = report.by.clone();
    said.or_else(|| {
        let metrics = report.metrics.iter();
        let mut metrics = metrics.filter_map(|id| definition.metrics.iter().find(|m| m.id == *id));
        metrics.find_map(|metric| metric.by.first().cloned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::Registers;

    const LAMPS: &str = r#"
[register]
id = "lamp"
version = "1.0.0"
title = { "zh-CN" = "路灯" }
[[field]]
id = "name"
type = "text"
label = { "zh-CN" = "名称" }
synonyms = ["灯名"]
[[field]]
id = "street"
type = "org"
label = { "zh-CN" = "街道" }
[[field]]
id = "above"
type = "ref"
to = "lamp"
label = { "zh-CN" = "上一盏" }
[[metric]]
id = "lit"
title = { "zh-CN" = "亮灯率" }
unit = "%"
numerator = { agg = "count()" }
denominator = { agg = "count()" }
by = ["street"]
[[view]]
id = "all"
kind = "list"
[[report]]
id = "weekly"
template = "weekly.docx"
period = "W"
metrics = ["lit"]
view = "all"
filter = "name != none && period.start <= period.end"
"#;

    struct One(Definition);

    impl Registers for One {
        fn register(&self, id: &str) -> Option<&Definition> {
            (self.0.id == id).then_some(&self.0)
        }
    }

    fn lamps() -> One {
        let (definition, findings) = crate::parse("definition.toml", LAMPS);
        One(definition.unwrap_or_else(|| panic!("{findings:?}")))
    }

    fn check(text: &str, expect: Result<Word, &str>) {
        let one = lamps();
        let found = read_word(text, "周报.docx 第1段", &one.0, &one);
        let found = found.map_err(|finding| {
            assert_eq!(finding.place, "周报.docx 第1段");
            finding.remedy
        });
        assert_eq!(found, expect.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn words_are_read_by_the_names_people_see_or_by_ids() {
        check("期间", Ok(Word::Whole(Whole::Period)));
        let metric = |of_group, part| Word::Metric {
            of_group,
            metric: "lit".to_owned(),
            part,
        };
        check("指标.亮灯率", Ok(metric(false, Part::Value)));
        check("指标.lit.上年同期", Ok(metric(false, Part::YearBefore)));
        check("分组.亮灯率.分子", Ok(metric(true, Part::Numerator)));
        check("分组.指标.亮灯率", Ok(metric(true, Part::Value)));
        check("记录.灯名", Ok(Word::Field("name".to_owned())));
        check("记录.上一盏.名称", Ok(Word::Field("above.name".to_owned())));
        check("记录.序号", Ok(Word::RecordNumber));
    }

    #[test]
    fn an_unknown_word_names_its_place_and_what_is_known() {
        check("指标.亮灯串", Err("是不是想写“亮灯率”？"));
        check("记录.名字", Err("是不是想写“名称”？"));
        check("记录.名称.颜色", Err("可以写：名称、序号、编号、灯。"));
        check("期见", Err("是不是想写“期间”？"));
        check("指标.亮灯率.分数", Err("是不是想写“亮灯率.分子”？"));
    }

    #[test]
    fn a_report_is_grouped_as_its_first_metric_unless_it_says_so() {
        let one = lamps();
        assert_eq!(
            grouped_by(&one.0, &one.0.reports[0]).as_deref(),
            Some("street")
        );
        let said = ReportTemplate {
            by: Some("name".to_owned()),
            ..one.0.reports[0].clone()
        };
        assert_eq!(grouped_by(&one.0, &said).as_deref(), Some("name"));
    }

    #[test]
    fn a_report_names_its_file_and_its_period() {
        let codes = |from: &str, to: &str| {
            let (_, findings) = crate::parse("definition.toml", &LAMPS.replace(from, to));
            findings
                .into_iter()
                .map(|one| one.code.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            codes("weekly.docx", "../weekly.docx"),
            ["definition.bad_template"]
        );
        assert_eq!(
            codes("weekly.docx", "weekly.doc"),
            ["definition.bad_template"]
        );
        assert_eq!(codes("period = \"W\"\n", ""), ["definition.missing_key"]);
        assert_eq!(
            codes("view = \"all\"", "view = \"al\""),
            ["definition.unknown_name"]
        );
    }
}
