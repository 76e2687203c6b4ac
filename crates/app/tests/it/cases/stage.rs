//! A district in a temporary folder on which a scenario is played: persons, records by name, and a clock that the
//! scenario moves.

use std::collections::HashMap;
use std::sync::Arc;

use app::flow::ActRequest;
use app::page::record::RecordView;
use app::{Actor, App, AppError, Clock, OpenOptions};
use ground::{Date, OrgPath, RecordId};
use register::{Definition, Field, FieldKind, Fields, Hints, Value, read_cell, to_json};
use serde_json::{Map, Value as Json};
use tempfile::TempDir;

use super::grammar::{Deed, Pairs, Scenario, Sentence, Step, rows};
use super::words;

/// A record by register and id.
pub type Place = (String, RecordId);
/// Why a sentence did not hold, in words.
pub type Doubt = String;

/// The stage of one scenario.
pub struct Stage {
    pub app: App,
    hand: app::ClockHand,
    _folder: TempDir,
    /// Register whose folder the scenario lies in.
    pub home: String,
    persons: HashMap<String, Actor>,
    units: HashMap<String, (RecordId, OrgPath)>,
    named: HashMap<String, Place>,
    last: Option<Place>,
    /// What the last deed was refused with.
    pub refused: Option<String>,
}

/// One second past nine on the day before anything happens.
const DAWN: &str = "08:00";

impl Stage {
    /// An empty district on the scenario's first day.
    pub fn open(home: &str, scenario: &Scenario) -> Stage {
        let folder = tempfile::tempdir().expect("temporary folder");
        let first = scenario.steps.iter().find_map(|step| match &step.sentence {
            Sentence::When { day, .. } => day.parse().ok(),
            _ => None,
        });
        let hand = app::ClockHand::at(first.unwrap_or(Date::constant(2025, 1, 2)), DAWN);
        let options = OpenOptions {
            data: folder.path().join("data"),
            database: None,
            district: Some("410102".to_owned()),
            district_name: None,
            clock: Clock::led(&hand),
        };
        Stage {
            app: App::open(options).expect("a district opens"),
            hand,
            _folder: folder,
            home: home.to_owned(),
            persons: HashMap::new(),
            units: HashMap::new(),
            named: HashMap::new(),
            last: None,
            refused: None,
        }
    }

    /// Plays one sentence that is not a claim.
    pub fn play(&mut self, step: &Step) -> Result<(), Doubt> {
        match &step.sentence {
            Sentence::Person { name, roles, unit } => self.person(name, roles, unit),
            Sentence::Given {
                register,
                count,
                alias,
                values,
            } => (1..=*count).try_for_each(|n| self.given(register, alias.as_deref(), values, n)),
            Sentence::When { day, time, deed } => {
                let day: Date = day.parse().map_err(|_| format!("“{day}”不是日期"))?;
                self.hand.turn(day, time.as_deref().unwrap_or("09:00"));
                match self.deed(deed)? {
                    Ok(()) => self.refused = None,
                    Err(error) => self.refused = Some(told(&error)),
                }
                Ok(())
            }
            Sentence::Then(_) => Ok(()),
        }
    }

    fn person(&mut self, name: &str, roles: &[String], unit: &str) -> Result<(), Doubt> {
        let (_, org) = self.unit(unit, true)?;
        let roles: Option<Vec<String>> = roles
            .iter()
            .map(|word| words::role(word).map(str::to_owned))
            .collect();
        let roles = roles.ok_or("有不认识的角色，请用 cases/words.rs 里的叫法")?;
        let actor = Actor {
            login: format!("p{}", self.persons.len() + 1),
            name: name.to_owned(),
            post: String::new(),
            org,
            roles,
        };
        self.persons.insert(name.to_owned(), actor);
        Ok(())
    }

    /// Who does it: a person given before, or a role alone, which then stands for one person of the whole district.
    pub fn actor(&mut self, name: &str) -> Result<Actor, Doubt> {
        if let Some(known) = self.persons.get(name) {
            return Ok(known.clone());
        }
        if words::role(name).is_none() {
            return Err(format!("没有给定“{name}”这个人"));
        }
        let district = self.app.district_name().to_owned();
        self.person(name, &[name.to_owned()], &district)?;
        Ok(self.persons[name].clone())
    }

    fn given(
        &mut self,
        register: &str,
        alias: Option<&str>,
        values: &Pairs,
        n: usize,
    ) -> Result<(), Doubt> {
        let definition = self.register(register)?;
        let alias = alias.map(|alias| numbered(alias, n));
        let mut fields = Fields::new();
        for (label, text) in values {
            let field = field(&definition, label)?;
            let value = self.value(field, &numbered(text, n), true)?;
            fields.insert(field.id.clone(), value);
        }
        self.name_it(&definition, alias.as_deref(), &mut fields);
        let id = app::sample::put(&self.app, &definition.id, fields).map_err(|e| told(&e))?;
        self.learn(&definition.id, id, alias.as_deref());
        Ok(())
    }

    /// A record called 甲 has the name 甲 where nothing else is said.
    fn name_it(&self, definition: &Definition, alias: Option<&str>, fields: &mut Fields) {
        let (Some(alias), Some(name)) = (alias, &definition.name_field) else {
            return;
        };
        let typed = definition.field(name).is_some_and(|f| f.compute.is_none());
        if typed && !fields.contains_key(name) {
            fields.insert(name.clone(), Value::Text(alias.to_owned()));
        }
    }

    fn learn(&mut self, register: &str, id: RecordId, alias: Option<&str>) {
        let place = (register.to_owned(), id);
        if let Some(alias) = alias {
            self.named.insert(alias.to_owned(), place.clone());
        }
        self.last = Some(place);
    }

    /// The record meant: by its name, else the last one.
    pub fn place(&self, alias: Option<&str>) -> Result<Place, Doubt> {
        match alias {
            Some(alias) => self
                .named
                .get(alias)
                .cloned()
                .ok_or_else(|| format!("没有叫“{alias}”的记录")),
            None => self.last.clone().ok_or_else(|| "还没有一条记录".to_owned()),
        }
    }

    /// The register of a title or an id.
    pub fn register(&self, word: &str) -> Result<Arc<Definition>, Doubt> {
        let all = self.app.definitions();
        let found = all
            .iter()
            .find(|one| one.title.zh == word || one.id == word)
            .map(|one| one.id.clone());
        let id = found.ok_or_else(|| format!("没有叫“{word}”的台账"))?;
        self.app.definition(&id).map_err(|error| told(&error))
    }

    /// A deed: outer error when the sentence cannot be understood, inner when the district refuses.
    fn deed(&mut self, deed: &Deed) -> Result<Result<(), AppError>, Doubt> {
        match deed {
            Deed::Tick => Ok(app::tick::run(&self.app).map(|_| ())),
            Deed::Create {
                who,
                register,
                alias,
                values,
            } => self.create(who, register, alias.as_deref(), values),
            Deed::Act {
                who,
                alias,
                label,
                values,
            } => self.act(who, alias.as_deref(), label, values),
            Deed::Edit { who, alias, values } => self.edit(who, alias.as_deref(), values),
        }
    }

    fn create(
        &mut self,
        who: &str,
        register: &str,
        alias: Option<&str>,
        values: &Pairs,
    ) -> Result<Result<(), AppError>, Doubt> {
        let actor = self.actor(who)?;
        let definition = self.register(register)?;
        let mut fields = self.fields(&definition, values)?;
        self.name_it(&definition, alias, &mut fields);
        let json = to_json(&definition, &fields);
        let made = app::records::create(&self.app, &actor, &definition.id, &json, "登记", None);
        Ok(made.map(|view| self.learn(&definition.id, view.record.id, alias)))
    }

    fn edit(
        &mut self,
        who: &str,
        alias: Option<&str>,
        values: &Pairs,
    ) -> Result<Result<(), AppError>, Doubt> {
        let actor = self.actor(who)?;
        let (register, id) = self.place(alias)?;
        let definition = self.register(&register)?;
        let json = to_json(&definition, &self.fields(&definition, values)?);
        let version = self.view(&(register.clone(), id))?.record.version;
        let id = id.to_string();
        let done = app::records::update(&self.app, &actor, &register, &id, version, &json, "修改");
        Ok(done.map(|_| ()))
    }

    fn act(
        &mut self,
        who: &str,
        alias: Option<&str>,
        label: &str,
        values: &Pairs,
    ) -> Result<Result<(), AppError>, Doubt> {
        let actor = self.actor(who)?;
        let place = self.place(alias)?;
        let definition = self.register(&place.0)?;
        let mut request = ActRequest {
            action: action(&definition, label)?,
            version: self.view(&place)?.record.version,
            ..ActRequest::default()
        };
        let (mut own, mut late) = (Pairs::new(), (None, None));
        for (label, text) in values {
            match label.as_str() {
                "原因" => request.reason = text.clone(),
                "逾期原因" => late.0 = words::late_reason(text).map(str::to_owned),
                "下一步" => late.1 = Some(text.clone()),
                _ => own.push((label.clone(), text.clone())),
            }
        }
        request.late = late.0.zip(late.1);
        request.values = self.act_values(&definition, &own)?;
        self.last = Some(place.clone());
        let id = place.1.to_string();
        let done = app::flow::act(&self.app, &actor, &place.0, &id, request);
        Ok(done.map(|_| ()))
    }

    fn act_values(
        &mut self,
        definition: &Definition,
        values: &Pairs,
    ) -> Result<Map<String, Json>, Doubt> {
        let (besides, own): (Vec<_>, Vec<_>) = values
            .iter()
            .cloned()
            .partition(|(label, _)| words::asked(label).is_some());
        let mut json = to_json(definition, &self.fields(definition, &own)?);
        for (label, text) in besides {
            let id = words::asked(&label).unwrap_or_default();
            let value = match id {
                "agree" => Json::Bool(text == "是"),
                "holder" => Json::String(self.unit(&text, false)?.0.to_string()),
                _ => Json::String(text),
            };
            json.insert(id.to_owned(), value);
        }
        Ok(json)
    }

    fn fields(&mut self, definition: &Definition, values: &Pairs) -> Result<Fields, Doubt> {
        let mut fields = Fields::new();
        for (label, text) in values {
            let field = field(definition, label)?;
            fields.insert(field.id.clone(), self.value(field, text, false)?);
        }
        Ok(fields)
    }

    /// A value by the field's type, as people write it.
    pub fn value(&mut self, field: &Field, text: &str, given: bool) -> Result<Value, Doubt> {
        match &field.kind {
            FieldKind::Org => Ok(Value::Ref(self.unit(text, given)?.0)),
            FieldKind::Ref { .. } => Ok(Value::Ref(self.place(Some(text))?.1)),
            FieldKind::Refs { to } if to == "organisation" => {
                let ids = text.split('、').map(|one| Ok(self.unit(one, given)?.0));
                Ok(Value::Refs(ids.collect::<Result<_, Doubt>>()?))
            }
            FieldKind::Refs { .. } => {
                let ids = text.split('、').map(|one| Ok(self.place(Some(one))?.1));
                Ok(Value::Refs(ids.collect::<Result<_, Doubt>>()?))
            }
            FieldKind::Attachment => {
                let ids = text.split('、').map(|name| self.file(field, name));
                Ok(Value::TextList(ids.collect::<Result<_, _>>()?))
            }
            FieldKind::Table { columns } => {
                let read = rows(text)?;
                let rows = read.iter().map(|row| self.row(columns, row, given));
                Ok(Value::Rows(rows.collect::<Result<_, _>>()?))
            }
            _ => {
                let hints = Hints::new(self.app.today());
                let cell = read_cell(field, text, None, &field.label.zh, &hints);
                cell.value
                    .ok_or_else(|| format!("“{}”读不出“{text}”", field.label.zh))
            }
        }
    }

    fn row(&mut self, columns: &[Field], row: &Pairs, given: bool) -> Result<Fields, Doubt> {
        let mut fields = Fields::new();
        for (label, text) in row {
            let column = columns
                .iter()
                .find(|c| c.label.zh == *label || c.id == *label);
            let column = column.ok_or_else(|| format!("表格没有“{label}”这一列"))?;
            fields.insert(column.id.clone(), self.value(column, text, given)?);
        }
        Ok(fields)
    }

    /// A small file of the kind that the field takes.
    fn file(&self, field: &Field, name: &str) -> Result<String, Doubt> {
        let pdf = field.accept.iter().any(|kind| kind.contains("pdf"));
        let (head, ending): (&[u8], &str) = if pdf {
            (b"%PDF-1.7\n", "pdf")
        } else {
            (b"\x89PNG\r\n\x1a\n", "png")
        };
        let bytes = [head, name.as_bytes()].concat();
        let local = app::account::local_actor(&self.app);
        let name = format!("{name}.{ending}");
        let kept = app::attachment::stage(&self.app, &local, &name, &bytes);
        kept.map(|file| file.id).map_err(|error| told(&error))
    }

    /// An organisation by name. What is only named while somebody acts must be known: a slip would make a new one.
    pub fn unit(&mut self, name: &str, given: bool) -> Result<(RecordId, OrgPath), Doubt> {
        if let Some(known) = self.units.get(name) {
            return Ok(known.clone());
        }
        if name == self.app.district_name() {
            let path = self.app.root().clone();
            let all = self.all("organisation")?;
            let own = all
                .iter()
                .find(|view| view.record.text("path") == Some(path.as_str()));
            let id = own.ok_or("区县自己的机构不在名录里")?.record.id;
            self.units.insert(name.to_owned(), (id, path.clone()));
            return Ok((id, path));
        }
        if !given && !DIRECTORY.contains(name) {
            return Err(format!("没有“{name}”这个单位"));
        }
        let street = name.ends_with("街道");
        let kind = if street { "subdistrict" } else { "department" };
        let short = if street { 's' } else { 'd' };
        let path = format!("{}.{short}{:03}", self.app.root(), self.units.len() + 101);
        let text = |t: &str| Value::Text(t.to_owned());
        let fields = Fields::from([
            ("name".to_owned(), text(name)),
            ("kind".to_owned(), text(kind)),
            ("path".to_owned(), text(&path)),
        ]);
        let id = app::sample::put(&self.app, "organisation", fields).map_err(|e| told(&e))?;
        let path = OrgPath::new(&path).map_err(|error| error.to_string())?;
        self.units.insert(name.to_owned(), (id, path.clone()));
        Ok((id, path))
    }

    /// A record as the district office sees it.
    pub fn view(&self, place: &Place) -> Result<RecordView, Doubt> {
        self.seen_by(&app::account::local_actor(&self.app), place)
    }

    /// A record as somebody sees it.
    pub fn seen_by(&self, actor: &Actor, (register, id): &Place) -> Result<RecordView, Doubt> {
        app::records::get(&self.app, actor, register, &id.to_string(), None)
            .map_err(|error| told(&error))
    }

    /// All records of a register.
    pub fn all(&self, register: &str) -> Result<Vec<RecordView>, Doubt> {
        let local = app::account::local_actor(&self.app);
        let query = app::records::ListQuery {
            limit: 500,
            ..Default::default()
        };
        let page = app::records::list(&self.app, &local, register, &query, None);
        page.map(|page| page.items).map_err(|error| told(&error))
    }
}

/// Units that may be named without being given: those of the sample district.
const DIRECTORY: &str = include_str!("../../../../../sample/410102/organisations.csv");

/// The field of a label, an id or a header word.
pub fn field<'d>(definition: &'d Definition, label: &str) -> Result<&'d Field, Doubt> {
    let fields = &definition.fields;
    let found = fields
        .iter()
        .find(|f| f.label.zh == label || f.id == label)
        .or_else(|| fields.iter().find(|f| f.header_words().any(|w| w == label)));
    found.ok_or_else(|| format!("“{}”没有字段“{label}”", definition.title.zh))
}

/// The act behind a button's text.
fn action(definition: &Definition, label: &str) -> Result<String, Doubt> {
    let flow = definition.flow.as_ref();
    let own = flow.and_then(|flow| flow.transitions.iter().find(|t| t.label.zh == label));
    if let Some(own) = own {
        return Ok(own.id.clone());
    }
    words::built_in(label)
        .map(str::to_owned)
        .ok_or_else(|| format!("“{}”没有“{label}”这个办理", definition.title.zh))
}

/// `{n}` and `{n+13}` in a given value.
fn numbered(text: &str, n: usize) -> String {
    let Some((before, rest)) = text.split_once("{n") else {
        return text.to_owned();
    };
    let Some((plus, after)) = rest.split_once('}') else {
        return text.to_owned();
    };
    let plus: usize = plus.trim_start_matches('+').parse().unwrap_or(0);
    format!("{before}{}{after}", n + plus)
}

/// A refusal in words.
pub fn told(error: &AppError) -> String {
    match error {
        AppError::Invalid(findings) | AppError::Conflict(findings) => {
            let lines = findings
                .iter()
                .map(|f| format!("{}{}", f.problem, f.remedy));
            lines.collect::<Vec<_>>().join("；")
        }
        other => other.to_string(),
    }
}
