//! Reading a template of works: TOML bytes in, a template and findings with line, problem and
//! remedy out. What a template means is the business of `template`.

use std::collections::{BTreeMap, BTreeSet};

use ground::Finding;
use serde::Deserialize;
use toml::Spanned;

use crate::network::ActivityKind;
use crate::notation::parse_predecessors;
use crate::template::{DurationBasis, Template, TemplateStep};
use crate::template_calendar::{CalendarBase, Season, SeasonSpan, TemplateCalendar};
use crate::template_formula::{
    Condition, FACTORS_MAX, Formula, Parameter, ParameterChoice, ParameterKind, Steps, Term,
    Thousandths, read_number,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    name: String,
    category: String,
    version: String,
    summary: String,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    parameter: Vec<RawParameter>,
    #[serde(default)]
    season: Vec<RawSeason>,
    calendar: Vec<RawCalendar>,
    activity: Vec<RawStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParameter {
    id: Spanned<String>,
    label: String,
    #[serde(default)]
    unit: String,
    kind: String,
    default: Scalar,
    min: Option<Scalar>,
    max: Option<Scalar>,
    #[serde(default)]
    choices: Vec<RawChoice>,
    #[serde(default)]
    hint: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChoice {
    code: String,
    label: String,
}

/// A number, a switch or a choice.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Switch(bool),
    Whole(i64),
    Decimal(f64),
    Text(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSeason {
    name: Spanned<String>,
    /// (before, after) the first day of the lunar year.
    spring_festival: Option<(i64, i64)>,
    from: Option<String>,
    to: Option<String>,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCalendar {
    id: Spanned<String>,
    label: String,
    base: String,
    #[serde(default)]
    stops: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    code: Spanned<String>,
    name: String,
    #[serde(default)]
    stage: String,
    calendar: String,
    #[serde(default)]
    kind: String,
    days: Option<RawDays>,
    #[serde(default)]
    after: String,
    #[serde(default)]
    when: Vec<String>,
    repeat: Option<String>,
    crews: Option<String>,
    #[serde(default)]
    basis: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    weight: i64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawDays {
    Plain(Scalar),
    Formula(RawFormula),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFormula {
    base: Option<Scalar>,
    #[serde(default)]
    terms: Vec<RawTerm>,
    steps: Option<RawSteps>,
    divide_by: Option<String>,
    min: Option<i64>,
    max: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerm {
    days: Scalar,
    of: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSteps {
    by: String,
    rows: Vec<(Scalar, Scalar)>,
}

/// Reads one template. `name` is the file's name, for messages only.
///
/// Findings: `template.syntax` (no TOML, or a part is missing or unknown), `template.id`,
/// `template.parameter`, `template.calendar`, `template.days`, `template.predecessor`,
/// `template.when`, `template.source`, `template.loop`. A template comes back only without errors.
pub fn read_template(name: &str, text: &str) -> (Option<Template>, Vec<Finding>) {
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => return (None, vec![syntax(name, text, &error)]),
    };
    let mut reader = Reader {
        name,
        text,
        findings: Vec::new(),
    };
    let template = reader.template(file);
    reader.check_links(&template);
    let sound = !reader
        .findings
        .iter()
        .any(|f| f.severity == ground::Severity::Error);
    (sound.then_some(template), reader.findings)
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    before.filter(|&&c| c == b'\n').count() + 1
}

fn syntax(name: &str, text: &str, error: &toml::de::Error) -> Finding {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    Finding::error(
        "template.syntax",
        format!("{name} 第{line}行"),
        format!("这里写得不合格式（{}）", error.message()),
        "请对照其他模板改正：每项工作要有 code、name、calendar，工期写在 days 里",
    )
}

struct Reader<'a> {
    name: &'a str,
    text: &'a str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn tell(&mut self, code: &str, line: usize, problem: String, remedy: &str) {
        let place = format!("{} 第{line}行", self.name);
        self.findings
            .push(Finding::error(code, place, problem, remedy));
    }

    fn line(&self, spanned: &Spanned<String>) -> usize {
        line_of(self.text, spanned.span().start)
    }

    fn template(&mut self, file: File) -> Template {
        let parameters: Vec<Parameter> = file
            .parameter
            .into_iter()
            .map(|raw| self.parameter(raw))
            .collect();
        self.unique(
            "template.parameter",
            "参数",
            parameters.iter().map(|p| p.id.clone()).collect(),
        );
        let seasons: Vec<Season> = file
            .season
            .into_iter()
            .filter_map(|raw| self.season(raw))
            .collect();
        let calendars: Vec<TemplateCalendar> = file
            .calendar
            .into_iter()
            .map(|raw| self.calendar(raw, &seasons))
            .collect();
        let steps: Vec<TemplateStep> = file
            .activity
            .into_iter()
            .map(|raw| self.step(raw, &parameters, &calendars))
            .collect();
        self.unique(
            "template.id",
            "编号",
            steps.iter().map(|s| s.code.clone()).collect(),
        );
        Template {
            id: file.id,
            name: file.name,
            category: file.category,
            version: file.version,
            summary: file.summary,
            sources: file.sources,
            notes: file.notes,
            parameters,
            calendars,
            steps,
        }
    }

    fn unique(&mut self, code: &str, word: &str, ids: Vec<String>) {
        let mut seen = BTreeSet::new();
        for id in ids {
            if !seen.insert(id.clone()) {
                let problem = format!("{word} {id} 写了两次");
                self.tell(code, self.find(&id), problem, "请给每一个不同的名字");
            }
        }
    }

    /// Line of the last place where a quoted text stands.
    fn find(&self, text: &str) -> usize {
        let at = self.text.rfind(&format!("\"{text}\"")).unwrap_or(0);
        line_of(self.text, at)
    }

    fn parameter(&mut self, raw: RawParameter) -> Parameter {
        let line = self.line(&raw.id);
        let limits = (
            raw.min.as_ref().and_then(number).unwrap_or(0),
            raw.max
                .as_ref()
                .and_then(number)
                .unwrap_or(i64::MAX / 1_000),
        );
        let choices = raw.choices.into_iter().map(|choice| ParameterChoice {
            code: choice.code,
            label: choice.label,
        });
        let kind = match raw.kind.as_str() {
            "int" => ParameterKind::Whole {
                min: limits.0,
                max: limits.1,
            },
            "decimal" => ParameterKind::Decimal {
                min: limits.0,
                max: limits.1,
            },
            "yes_no" => ParameterKind::YesNo,
            "choice" => ParameterKind::Choice(choices.collect()),
            other => {
                let problem = format!("参数的种类“{other}”不认识");
                let remedy = "请写 int（整数）、decimal（数）、yes_no（是否）或 choice（选择）";
                self.tell("template.parameter", line, problem, remedy);
                ParameterKind::YesNo
            }
        };
        let mut parameter = Parameter {
            id: raw.id.into_inner(),
            label: raw.label,
            unit: raw.unit,
            kind,
            default: 0,
            hint: raw.hint,
        };
        match parameter.read(&scalar_text(&raw.default)) {
            Ok(default) => parameter.default = default,
            Err(refused) => {
                let problem = format!("默认值不合要求：{}", refused.problem);
                self.tell("template.parameter", line, problem, &refused.remedy);
            }
        }
        parameter
    }

    fn season(&mut self, raw: RawSeason) -> Option<Season> {
        let line = self.line(&raw.name);
        let day = |text: &Option<String>| month_day(text.as_deref()?);
        let span = match (raw.spring_festival, day(&raw.from), day(&raw.to)) {
            (Some((before, after)), None, None) => SeasonSpan::SpringFestival { before, after },
            (None, Some(from), Some(to)) => SeasonSpan::Yearly { from, to },
            _ => {
                let problem = format!("季节“{}”没有写清起止", raw.name.get_ref());
                let remedy =
                    "请写 from、to（如 06-01、09-15），或 spring_festival = [前几天, 后几天]";
                self.tell("template.calendar", line, problem, remedy);
                return None;
            }
        };
        Some(Season {
            name: raw.name.into_inner(),
            span,
            note: raw.note,
        })
    }

    fn calendar(&mut self, raw: RawCalendar, seasons: &[Season]) -> TemplateCalendar {
        let line = self.line(&raw.id);
        let base = CalendarBase::of_id(&raw.base).unwrap_or_else(|| {
            let problem = format!("日历的基础“{}”不认识", raw.base);
            self.tell(
                "template.calendar",
                line,
                problem,
                "请写 cn5、site6 或 site7",
            );
            CalendarBase::SevenDay
        });
        let mut stops = Vec::new();
        for name in &raw.stops {
            match seasons.iter().find(|season| season.name == *name) {
                Some(season) => stops.push(season.clone()),
                None => {
                    let problem = format!("没有名为“{name}”的季节");
                    self.tell(
                        "template.calendar",
                        line,
                        problem,
                        "请先写 [[season]]，或删去这个名字",
                    );
                }
            }
        }
        TemplateCalendar {
            id: raw.id.into_inner(),
            label: raw.label,
            base,
            stops,
        }
    }

    fn step(
        &mut self,
        raw: RawStep,
        parameters: &[Parameter],
        calendars: &[TemplateCalendar],
    ) -> TemplateStep {
        let line = self.line(&raw.code);
        let calendar = calendars
            .iter()
            .position(|calendar| calendar.id == raw.calendar);
        if calendar.is_none() {
            let problem = format!("没有日历“{}”", raw.calendar);
            self.tell(
                "template.calendar",
                line,
                problem,
                "请写本文件里 [[calendar]] 的 id",
            );
        }
        let kind = self.kind(&raw.kind, line);
        let when = raw.when.iter().filter_map(|text| {
            let condition = Condition::read(text, parameters);
            if condition.is_none() {
                let problem = format!("条件“{text}”看不懂");
                let remedy = "请写 参数、!参数 或 参数>=数，参数要是本文件里有的";
                self.tell("template.when", line, problem, remedy);
            }
            condition
        });
        let when = when.collect();
        for id in [&raw.repeat, &raw.crews].into_iter().flatten() {
            self.must_be_whole(id, parameters, line);
        }
        TemplateStep {
            duration: self.duration(raw.days, kind, parameters, line),
            predecessors: self.predecessors(&raw.after, line),
            basis: self.basis(&raw.basis, &raw.source, kind, line),
            code: raw.code.into_inner(),
            name: raw.name,
            stage: raw.stage,
            calendar: calendar.unwrap_or(0),
            kind,
            when,
            repeat: raw.repeat,
            crews: raw.crews,
            source: raw.source,
            note: raw.note,
            weight: raw.weight.max(0),
            line,
        }
    }

    fn kind(&mut self, text: &str, line: usize) -> ActivityKind {
        match text {
            "" | "task" => ActivityKind::Task,
            "start" => ActivityKind::StartMilestone,
            "finish" => ActivityKind::FinishMilestone,
            other => {
                let problem = format!("工作的种类“{other}”不认识");
                let remedy = "请写 task（任务，可省略）、start（开始节点）或 finish（完成节点）";
                self.tell("template.id", line, problem, remedy);
                ActivityKind::Task
            }
        }
    }

    fn must_be_whole(&mut self, id: &str, parameters: &[Parameter], line: usize) {
        let parameter = parameters.iter().find(|parameter| parameter.id == id);
        let whole = parameter.is_some_and(|p| matches!(p.kind, ParameterKind::Whole { .. }));
        if !whole {
            let problem = format!("“{id}”不是整数参数，不能用来数份数");
            self.tell(
                "template.parameter",
                line,
                problem,
                "请写一个 kind = \"int\" 的参数",
            );
        }
    }

    fn basis(
        &mut self,
        text: &str,
        source: &str,
        kind: ActivityKind,
        line: usize,
    ) -> DurationBasis {
        let basis = match text {
            "law" => DurationBasis::Law,
            "norm" => DurationBasis::Norm,
            "experience" => DurationBasis::Experience,
            "" if kind != ActivityKind::Task => DurationBasis::Experience,
            _ => {
                let problem = "没有写明工期的依据".to_owned();
                let remedy = "请写 basis = \"law\"（法定时限）、\"norm\"（规范要求）或 \"experience\"（经验值）";
                self.tell("template.source", line, problem, remedy);
                DurationBasis::Experience
            }
        };
        if basis != DurationBasis::Experience && source.trim().is_empty() {
            let problem = format!("依据是{}，没有写是哪一条", basis.label());
            self.tell(
                "template.source",
                line,
                problem,
                "请在 source 里写文件名和条款",
            );
        }
        basis
    }

    fn predecessors(&mut self, text: &str, line: usize) -> Vec<crate::notation::PredecessorRef> {
        let place = format!("{} 第{line}行", self.name);
        let (references, findings) = parse_predecessors(text, &place);
        self.findings.extend(findings);
        references
    }

    fn duration(
        &mut self,
        raw: Option<RawDays>,
        kind: ActivityKind,
        parameters: &[Parameter],
        line: usize,
    ) -> Formula {
        let formula = match raw {
            None if kind != ActivityKind::Task => Some(Formula::default()),
            None => None,
            Some(RawDays::Plain(days)) => number(&days).map(|base| Formula {
                base,
                ..Formula::default()
            }),
            Some(RawDays::Formula(raw)) => formula(raw),
        };
        let Some(formula) = formula else {
            let problem = "工期没有写，或写得不对".to_owned();
            let remedy = "请写 days = 天数，或 days = { base = 天数, terms = [{ days = 天数, of = [\"参数\"] }] }";
            self.tell("template.days", line, problem, remedy);
            return Formula::default();
        };
        let unknown = formula
            .parameters()
            .find(|id| !parameters.iter().any(|p| p.id == *id));
        if let Some(id) = unknown {
            let problem = format!("工期里的参数“{id}”没有定义");
            self.tell(
                "template.days",
                line,
                problem,
                "请先写 [[parameter]]，或改正名字",
            );
        }
        formula
    }

    /// Every predecessor exists, nothing waits for itself, and nothing goes in a circle.
    fn check_links(&mut self, template: &Template) {
        let steps = &template.steps;
        let index: BTreeMap<&str, usize> = steps
            .iter()
            .enumerate()
            .map(|(i, step)| (step.code.as_str(), i))
            .collect();
        let mut waiting: Vec<Vec<usize>> = Vec::with_capacity(steps.len());
        for step in steps {
            let mut own = Vec::new();
            for reference in &step.predecessors {
                match index.get(reference.code.as_str()) {
                    Some(&from) => own.push(from),
                    None => {
                        let problem = format!("紧前工作 {} 在模板里找不到", reference.code);
                        let remedy = "请核对编号，或先补上这项工作";
                        self.tell("template.predecessor", step.line, problem, remedy);
                    }
                }
            }
            waiting.push(own);
        }
        if let Some(i) = left_over(&waiting) {
            let problem = format!("“{}”所在的几项互为紧前，成了一个圈", steps[i].name);
            self.tell(
                "template.loop",
                steps[i].line,
                problem,
                "请删去其中一个紧前工作",
            );
        }
    }
}

/// The first step of those that can never begin; `None` when all can.
fn left_over(waiting: &[Vec<usize>]) -> Option<usize> {
    let mut ready = vec![false; waiting.len()];
    loop {
        let next =
            (0..waiting.len()).find(|&i| !ready[i] && waiting[i].iter().all(|&from| ready[from]));
        match next {
            Some(i) => ready[i] = true,
            None => return ready.iter().position(|&ready| !ready),
        }
    }
}

fn number(scalar: &Scalar) -> Option<Thousandths> {
    read_number(&scalar_text(scalar))
}

fn scalar_text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Switch(switch) => switch.to_string(),
        Scalar::Whole(whole) => whole.to_string(),
        Scalar::Decimal(decimal) => decimal.to_string(),
        Scalar::Text(text) => text.clone(),
    }
}

fn month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    Some((month.parse().ok()?, day.parse().ok()?))
}

fn formula(raw: RawFormula) -> Option<Formula> {
    let mut terms = Vec::with_capacity(raw.terms.len());
    for term in raw.terms {
        if term.of.is_empty() || term.of.len() > FACTORS_MAX {
            return None;
        }
        terms.push(Term {
            days: number(&term.days)?,
            of: term.of,
        });
    }
    let base = match &raw.base {
        Some(base) => number(base)?,
        None => 0,
    };
    let steps = match raw.steps {
        Some(steps) => Some(rising(steps)?),
        None => None,
    };
    Some(Formula {
        base,
        terms,
        steps,
        divide_by: raw.divide_by,
        min: raw.min.unwrap_or(1),
        max: raw.max,
    })
}

fn rising(raw: RawSteps) -> Option<Steps> {
    let rows: Option<Vec<(Thousandths, Thousandths)>> = raw
        .rows
        .iter()
        .map(|(to, days)| Some((number(to)?, number(days)?)))
        .collect();
    let rows = rows?;
    let sorted = !rows.is_empty() && rows.windows(2).all(|pair| pair[0].0 < pair[1].0);
    sorted.then_some(Steps { by: raw.by, rows })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::HolidayTable;

    const HEAD: &str = r#"
id = "t"
name = "试验"
category = "其他"
version = "1.0.0"
summary = "一句话"

[[parameter]]
id = "n"
label = "楼栋数"
unit = "栋"
kind = "int"
default = 3
min = 1
max = 20

[[parameter]]
id = "crews"
label = "作业队"
kind = "int"
default = 2
min = 1
max = 5

[[parameter]]
id = "pile"
label = "有桩基"
kind = "yes_no"
default = true

[[calendar]]
id = "site"
label = "工地"
base = "site7"
"#;

    fn read(tail: &str) -> (Option<Template>, Vec<Finding>) {
        read_template("试验.toml", &format!("{HEAD}{tail}"))
    }

    fn step(code: &str, after: &str, more: &str) -> String {
        format!(
            "[[activity]]\ncode = \"{code}\"\nname = \"工作{code}\"\ncalendar = \"site\"\nbasis = \"experience\"\nafter = \"{after}\"\n{more}\n"
        )
    }

    fn told(tail: &str) -> Vec<(String, String)> {
        let (template, findings) = read(tail);
        assert!(template.is_none());
        findings.into_iter().map(|f| (f.code, f.place)).collect()
    }

    fn texts(tail: &str, answers: &[(&str, &str)]) -> Vec<(String, i64, String)> {
        let (template, findings) = read(tail);
        let template = template.unwrap_or_else(|| panic!("{findings:?}"));
        let answers = answers
            .iter()
            .map(|&(id, text)| (id.to_owned(), text.to_owned()))
            .collect();
        let values = template.values(&answers).expect("allowed");
        let works = template.works(&values).expect("small");
        works
            .items
            .into_iter()
            .map(|item| (item.code, item.days, item.predecessors))
            .collect()
    }

    #[test]
    fn a_part_left_out_hands_its_predecessors_on() {
        let tail = step("1", "", "days = 2")
            + &step("2", "1+3天", "days = 30\nwhen = [\"pile\"]")
            + &step("3", "2SS+1天", "days = 4");
        let with = texts(&tail, &[]);
        assert_eq!(with[2].2, "2SS+1天");
        let without = texts(&tail, &[("pile", "否")]);
        let shape: Vec<(&str, &str)> = without
            .iter()
            .map(|(code, _, before)| (code.as_str(), before.as_str()))
            .collect();
        assert_eq!(shape, [("1", ""), ("3", "1FS+4天")]);
    }

    #[test]
    fn copies_wait_for_their_own_copy_and_for_their_crew() {
        let tail = step("1", "", "days = 2")
            + &step("2", "1", "days = 5\nrepeat = \"n\"\ncrews = \"crews\"")
            + &step("3", "2", "days = 4\nrepeat = \"n\"")
            + &step("4", "3", "kind = \"finish\"");
        let items = texts(&tail, &[]);
        let shape: Vec<(&str, &str)> = items
            .iter()
            .map(|(code, _, before)| (code.as_str(), before.as_str()))
            .collect();
        let expect = [
            ("1", ""),
            ("2.1", "1"),
            ("2.2", "1"),
            ("2.3", "1,2.1"),
            ("3.1", "2.1"),
            ("3.2", "2.2"),
            ("3.3", "2.3"),
            ("4", "3.1,3.2,3.3"),
        ];
        assert_eq!(shape, expect);
    }

    #[test]
    fn a_wrong_line_is_told_with_its_number() {
        let tail = step("1", "9", "days = { terms = [{ days = 2, of = [\"m\"] }] }");
        let first = HEAD.lines().count() + 2;
        let place = format!("试验.toml 第{first}行");
        assert_eq!(
            told(&tail),
            [
                ("template.days".to_owned(), place.clone()),
                ("template.predecessor".to_owned(), place)
            ]
        );
    }

    #[test]
    fn a_circle_an_unknown_calendar_and_a_missing_duration_are_told() {
        let circle = step("1", "2", "days = 1") + &step("2", "1", "days = 1");
        assert_eq!(told(&circle)[0].0, "template.loop");
        let missing = step("1", "", "").replace("\"site\"", "\"moon\"");
        let codes: Vec<String> = told(&missing).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, ["template.calendar", "template.days"]);
        assert_eq!(told("[[activity]]\ncode = 1\n")[0].0, "template.syntax");
        let lawless = step("1", "", "days = 1").replace("experience", "law");
        assert_eq!(told(&lawless)[0].0, "template.source");
    }

    #[test]
    fn an_answer_out_of_range_is_refused_with_what_is_allowed() {
        let (template, _) = read(&step("1", "", "days = 1"));
        let answers = [
            ("n".to_owned(), "21".to_owned()),
            ("x".to_owned(), "1".to_owned()),
        ]
        .into();
        let findings = template
            .expect("sound")
            .values(&answers)
            .expect_err("both are wrong");
        let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(told[0], "x:模板“试验”没有参数“x”。请删去这个参数");
        assert!(told[1].contains("请填1 到 20 之间的整数"), "{}", told[1]);
    }

    #[test]
    fn works_become_a_network() {
        let tail = step("1", "", "days = 2") + &step("2", "1FS+1天", "days = 5");
        let (template, _) = read(&tail);
        let template = template.expect("sound");
        let works = template.works(&template.defaults()).expect("small");
        let (network, findings) = works.network(HolidayTable::shipped(), 2023, 2024);
        assert!(findings.is_empty());
        assert_eq!(network.links[0].lag, 480);
        assert_eq!(network.activities[1].duration, 5 * 480);
        assert_eq!(works.weights(700), [200, 500]);
    }
}
