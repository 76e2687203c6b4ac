//! Runs the Markdown scenarios of `scenarios/`: lines 给定, 当 and 则 that an official can read. A line that the
//! harness does not understand fails the test, so no scenario passes by being overlooked.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ground::{Date, Finding, MoneyUnit, OrgPath, ProjectId, RecordId, RoundId, parse_amount};
use portfolio::*;
use register::{Record, Value};

#[test]
fn every_scenario_holds() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut steps = 0;
    for entry in std::fs::read_dir(folder).expect("scenarios") {
        let path = entry.expect("entry").path();
        let text = std::fs::read_to_string(&path).expect("scenario");
        let file = path
            .file_name()
            .expect("name")
            .to_string_lossy()
            .into_owned();
        steps += run_file(&file, &text);
    }
    assert!(steps >= 45, "only {steps} outcomes were checked");
}

/// Number of 则 lines checked.
fn run_file(file: &str, text: &str) -> usize {
    let mut world = World::default();
    let mut checked = 0;
    for (number, line) in text.lines().enumerate() {
        let place = format!("{file}:{}", number + 1);
        let line = line.trim();
        if line.starts_with("# ") {
            world = World::default();
        } else if let Some(rest) = line.strip_prefix("给定") {
            world
                .given(rest.trim())
                .unwrap_or_else(|| panic!("{place}: 读不懂:{line}"));
        } else if let Some(rest) = line.strip_prefix('当') {
            world
                .when(rest.trim())
                .unwrap_or_else(|| panic!("{place}: 读不懂:{line}"));
        } else if let Some(rest) = line.strip_prefix('则') {
            let outcome = world.then(rest.trim());
            let (holds, seen) = outcome.unwrap_or_else(|| panic!("{place}: 读不懂:{line}"));
            assert!(holds, "{place}: {line}\n实际:{seen}");
            checked += 1;
        } else {
            assert!(line.is_empty(), "{place}: 读不懂:{line}");
        }
    }
    checked
}

#[derive(Default)]
struct World {
    rounds: BTreeMap<i64, Record>,
    projects: BTreeMap<String, Record>,
    lines: Vec<Record>,
    rolled: Vec<Membership>,
    current: i64,
    answer: Option<Answer>,
}

enum Answer {
    Summary(RoundSummary),
    Rate(Box<Rate>),
    Matrix(TransferMatrix),
    Rolled(Option<Membership>, Vec<Finding>),
    Stuck(Vec<Stuck>),
}

impl World {
    fn given(&mut self, text: &str) -> Option<()> {
        let (head, rest) = text.split_once(' ')?;
        if let Some(round) = head.strip_suffix("名单") {
            return self.given_list(round_no(round)?, rest);
        }
        if rest.contains("亿元;") || ["签约", "开工", "投产"].contains(&head) {
            return text.split(';').try_for_each(|part| self.given_part(part));
        }
        if let Some(no) = round_no(head) {
            return self.given_round(no, rest);
        }
        self.given_date(head, rest)
    }

    /// `公布 15 个 62.4 亿元`, `2022-10-28 举行`, `莲湖校区 2023-03-01 经批准调出`.
    fn given_round(&mut self, no: i64, rest: &str) -> Option<()> {
        self.current = no;
        let words: Vec<&str> = rest.split(' ').collect();
        match words[..] {
            ["公布", count, "个"] => self.set_round(no, "project_count", int(count)?),
            ["公布", count, "个", amount, "亿元"] => {
                self.set_round(no, "project_count", int(count)?);
                self.set_round(no, "investment_total", yi(amount)?);
            }
            [day, "举行"] => self.set_round(no, "held_on", date(day)?),
            [name, day, "经批准调出"] => {
                let project = self.project(name);
                let line = self.lines.iter_mut().find(|l| {
                    l.reference("project") == Some(project)
                        && l.reference("round") == Some(RecordId(no))
                })?;
                line.fields.insert("adjusted_out".into(), Value::Bool(true));
                line.fields.insert("adjusted_on".into(), date(day)?);
            }
            _ => return None,
        }
        Some(())
    }

    /// `签约 2 个 2 亿元`.
    fn given_part(&mut self, part: &str) -> Option<()> {
        let words: Vec<&str> = part.trim().split(' ').collect();
        let [batch, count, "个", amount, "亿元"] = words[..] else {
            return None;
        };
        let code = batch_of(batch)?.code();
        self.set_round(self.current, &format!("{code}_count"), int(count)?);
        self.set_round(self.current, &format!("{code}_amount"), yi(amount)?);
        Some(())
    }

    /// `签约:八通 1.2、品牌服装 0.8;开工:…`.
    fn given_list(&mut self, no: i64, rest: &str) -> Option<()> {
        self.round(no);
        for group in rest.split(';') {
            let (batch, members) = group.split_once(':')?;
            let batch = batch_of(batch)?;
            for member in members.split('、') {
                let (name, amount) = member.split_once(' ')?;
                let project = self.project(name);
                let mut line = blank(10_000 + self.lines.len() as i64);
                line.fields.insert("round".into(), Value::Ref(RecordId(no)));
                line.fields
                    .insert("batch".into(), Value::Text(batch.code().into()));
                line.fields.insert("project".into(), Value::Ref(project));
                line.fields.insert("amount_announced".into(), yi(amount)?);
                self.lines.push(line);
            }
        }
        Some(())
    }

    /// `八通 2023-03-01 履约`.
    fn given_date(&mut self, name: &str, rest: &str) -> Option<()> {
        let (day, event) = rest.split_once(' ')?;
        let field = match event {
            "履约" => "fulfilled_on",
            "开工" => "started_on",
            "开工核实" => "started_verified_on",
            "投产" => "commissioned_on",
            "达效" => "benefits_on",
            "预计达效" => "benefits_forecast_on",
            _ => return None,
        };
        self.projects
            .get_mut(name)?
            .fields
            .insert(field.into(), date(day)?);
        Some(())
    }

    fn when(&mut self, text: &str) -> Option<()> {
        let (day, what) = text.split_once(' ')?;
        let day: Date = day.parse().ok()?;
        self.answer = Some(if let Some(round) = what.strip_prefix("汇总") {
            let no = round_no(round)?;
            let rounds = self.read_rounds();
            let round = rounds.iter().find(|r| r.no == no)?;
            Answer::Summary(summarise(round, &self.members(), day))
        } else if let Some(rest) = what.strip_prefix("计算") {
            Answer::Rate(Box::new(self.rate(rest, day)?))
        } else if let Some(rest) = what.strip_prefix('看') {
            let (from, to) = rest.strip_suffix("的转化")?.split_once('到')?;
            let id = |text| round_no(text).map(|no| RoundId(RecordId(no)));
            Answer::Matrix(transfer_matrix(id(from)?, id(to)?, &self.members(), day))
        } else if let Some(rest) = what.strip_prefix('把') {
            self.roll(rest, day)?
        } else if what == "查停滞项目" {
            let projects = self.read_projects();
            Answer::Stuck(stuck(&self.read_rounds(), &self.members(), &projects, day))
        } else {
            return None;
        });
        Some(())
    }

    /// `第七期履约率`, `第七期达效率,预计到 2023-07-31`.
    fn rate(&self, text: &str, day: Date) -> Option<Rate> {
        let (what, horizon) = match text.split_once(",预计到 ") {
            Some((what, horizon)) => (what, Some(horizon.parse().ok()?)),
            None => (text, None),
        };
        let kind = RateKind::ALL
            .into_iter()
            .find(|k| what.ends_with(k.label()))?;
        let no = round_no(what.strip_suffix(kind.label())?)?;
        let request = RateRequest {
            horizon,
            ..RateRequest::of(kind, RoundId(RecordId(no)), day)
        };
        Some(rate(&request, &self.members(), &self.read_projects()))
    }

    /// `丙由第六期转入第七期,佐证竣工验收意见,区发改委批准`.
    fn roll(&mut self, text: &str, on: Date) -> Option<Answer> {
        let parts: Vec<&str> = text.split(',').collect();
        let [way, evidence, approver] = parts[..] else {
            return None;
        };
        let (name, way) = way.split_once('由')?;
        let (from, to) = way.split_once("转入")?;
        let transfer = Transfer {
            project: ProjectId(self.projects.get(name)?.id),
            from: RoundId(RecordId(round_no(from)?)),
            to: RoundId(RecordId(round_no(to)?)),
            on,
            evidence: evidence.strip_prefix("佐证")?.to_owned(),
            approver: approver.strip_suffix("批准")?.to_owned(),
        };
        let (made, findings) = roll_forward(&transfer, &self.read_rounds(), &self.members());
        self.rolled.extend(made.clone());
        Some(Answer::Rolled(made, findings))
    }

    /// Whether it holds, and what was seen.
    fn then(&self, text: &str) -> Option<(bool, String)> {
        if let Some(count) = text
            .strip_prefix("不同项目 ")
            .and_then(|t| t.strip_suffix(" 个"))
        {
            let seen = distinct_projects(&self.members()).len().to_string();
            return Some((seen == count, seen));
        }
        match self.answer.as_ref()? {
            Answer::Summary(summary) => then_summary(summary, text),
            Answer::Rate(rate) => self.then_rate(rate, text),
            Answer::Matrix(matrix) => then_matrix(matrix, text),
            Answer::Rolled(made, findings) => then_rolled(made.as_ref(), findings, text),
            Answer::Stuck(list) => self.then_stuck(list, text),
        }
    }

    fn then_rate(&self, rate: &Rate, text: &str) -> Option<(bool, String)> {
        let (what, expected) = text.split_once(' ')?;
        let names = |ids: &[ProjectId]| {
            ids.iter()
                .map(|id| self.name(*id))
                .collect::<Vec<_>>()
                .join("、")
        };
        let seen = match what {
            "按个数" => rate.actual.by_count.percent_text(),
            "按投资" => rate.actual.by_money.percent_text(),
            "预计按个数" => rate.forecast.as_ref()?.by_count.percent_text(),
            "预计按投资" => rate.forecast.as_ref()?.by_money.percent_text(),
            "分子" => names(&rate.actual.projects),
            "调出" => names(&rate.adjusted_out),
            "口径" => return Some((rate.basis.contains(expected), rate.basis.clone())),
            _ => return None,
        };
        Some((seen == expected, seen))
    }

    /// `签约未开工 甲 133 天,已 2 期`, `停滞 2 个`.
    fn then_stuck(&self, list: &[Stuck], text: &str) -> Option<(bool, String)> {
        let all: Vec<String> = list.iter().map(|s| self.stuck_text(s)).collect();
        let seen = all.join(";");
        if let Some(count) = text
            .strip_prefix("停滞 ")
            .and_then(|t| t.strip_suffix(" 个"))
        {
            return Some((list.len().to_string() == count, seen));
        }
        Some((all.iter().any(|line| line == text), seen))
    }

    fn stuck_text(&self, stuck: &Stuck) -> String {
        let age = stuck
            .age_days
            .map_or("天数不明".to_owned(), |d| format!("{d} 天"));
        let tail = if stuck.repeats {
            format!(",已 {} 期", stuck.rounds)
        } else {
            String::new()
        };
        format!(
            "{} {} {age}{tail}",
            stuck.kind.label(),
            self.name(stuck.project)
        )
    }

    fn name(&self, id: ProjectId) -> String {
        let found = self.projects.iter().find(|(_, r)| r.id == id.0);
        found.map_or_else(|| id.to_string(), |(name, _)| name.clone())
    }

    fn round(&mut self, no: i64) -> &mut Record {
        self.rounds.entry(no).or_insert_with(|| {
            let mut record = blank(no);
            record.fields.insert("round_no".into(), Value::Int(no));
            record
        })
    }

    fn set_round(&mut self, no: i64, field: &str, value: Value) {
        self.round(no).fields.insert(field.into(), value);
    }

    fn project(&mut self, name: &str) -> RecordId {
        let next = 100 + self.projects.len() as i64;
        let record = self.projects.entry(name.to_owned()).or_insert_with(|| {
            let mut record = blank(next);
            record
                .fields
                .insert("name".into(), Value::Text(name.to_owned()));
            record
        });
        record.id
    }

    fn read_rounds(&self) -> Vec<Round> {
        let records: Vec<Record> = self.rounds.values().cloned().collect();
        sound(Round::from_records(&records))
    }

    fn read_projects(&self) -> Vec<Project> {
        let records: Vec<Record> = self.projects.values().cloned().collect();
        sound(Project::from_records(&records))
    }

    fn members(&self) -> Vec<Membership> {
        let mut members = sound(Membership::from_records(&self.lines));
        members.extend(self.rolled.iter().cloned());
        members
    }
}

fn then_summary(summary: &RoundSummary, text: &str) -> Option<(bool, String)> {
    let all: Vec<&str> = summary
        .checks
        .iter()
        .map(|c| c.statement.as_str())
        .collect();
    let checks = all.join("\n");
    if text == "分项之和与合计一致" {
        return Some((summary.failures().next().is_none(), checks));
    }
    if let Some(expected) = text.strip_prefix("写明 ") {
        return Some((all.iter().any(|s| s.contains(expected)), checks));
    }
    if let Some(expected) = text.strip_prefix("不符 ") {
        let holds = summary.failures().any(|c| c.statement.contains(expected));
        return Some((holds, checks));
    }
    text.strip_prefix("共 ")?;
    let count = summary.count().map_or("?".to_owned(), |c| c.to_string());
    let amount = summary
        .amount()
        .map_or("?".to_owned(), |a| a.show(MoneyUnit::YiYuan));
    let seen = format!("共 {count} 个,{amount} 亿元");
    Some((seen == text, seen))
}

/// `开工一批→投产一批 1 个`, `开工一批转化率 50.0%`.
fn then_matrix(matrix: &TransferMatrix, text: &str) -> Option<(bool, String)> {
    if let Some((batch, expected)) = text.split_once("转化率 ") {
        let seen = conversion(matrix, batch_of(batch)?).by_count.percent_text();
        return Some((seen == expected, seen));
    }
    let (way, count) = text.strip_suffix(" 个")?.rsplit_once(' ')?;
    let (from, to) = way.split_once('→')?;
    let place = |text: &str| match text {
        "新进" | "不在名单" => Some(None),
        batch => batch_of(batch).map(Some),
    };
    let seen = matrix.count(place(from)?, place(to)?).to_string();
    Some((seen == count, seen))
}

fn then_rolled(
    made: Option<&Membership>,
    findings: &[Finding],
    text: &str,
) -> Option<(bool, String)> {
    let told = findings
        .iter()
        .map(|f| f.problem.as_str())
        .collect::<Vec<_>>()
        .join(";");
    if let Some(batch) = text.strip_prefix("转入 ") {
        let seen = made.map_or(told, |m| m.batch.label().to_owned());
        return Some((seen == batch, seen));
    }
    let expected = text.strip_prefix("提示 ")?;
    Some((made.is_none() && told.contains(expected), told))
}

fn sound<T>((values, findings): (Vec<T>, Vec<Finding>)) -> Vec<T> {
    assert_eq!(findings, vec![]);
    values
}

fn round_no(text: &str) -> Option<i64> {
    let numeral = text.strip_prefix('第')?.strip_suffix('期')?;
    let at = "一二三四五六七八九十"
        .chars()
        .position(|c| numeral == c.to_string())?;
    Some(at as i64 + 1)
}

fn batch_of(text: &str) -> Option<Batch> {
    let word = text.trim().trim_end_matches("一批");
    Batch::ALL
        .into_iter()
        .find(|b| b.label().trim_end_matches("一批") == word)
}

fn int(text: &str) -> Option<Value> {
    text.parse().ok().map(Value::Int)
}

fn yi(text: &str) -> Option<Value> {
    parse_amount(text, Some(MoneyUnit::YiYuan))
        .ok()
        .map(Value::Money)
}

fn date(text: &str) -> Option<Value> {
    text.parse().ok().map(Value::Date)
}

fn blank(id: i64) -> Record {
    Record {
        id: RecordId(id),
        version: 1,
        org: OrgPath::new("410102").expect("path"),
        number: None,
        fields: BTreeMap::new(),
        withdrawn: false,
    }
}
