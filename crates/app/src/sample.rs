//! 示范区 The sample district: public facts with their page, invented values marked 演示数据. Entries are written with
//! the moments they became known, so that the date picker can travel.

use crate::App;
use crate::account::{self, NewAccount};
use crate::definitions::Definitions;
use crate::error::AppError;
use crate::flow::import::Bringing;
use crate::world::Setting;
use ground::{Date, Finding, OrgPath, RecordId};
use register::{Definition, Field, FieldKind, Fields, Hints, Value, read_cell};
use rust_embed::RustEmbed;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::{Changes, Meta, NewRecord, Writer};

/// The day of the sample district.
pub const DAY: Date = Date::constant(2023, 3, 10);
/// Its code.
pub const DISTRICT: &str = "410102";
/// Its name.
pub const DISTRICT_NAME: &str = "中原区";
/// How an invented value is marked in 出处.
pub const DEMO: &str = "演示数据";

/// Files in the order in which their rows refer to each other, and the register of each.
const FILES: [(&str, &str); 33] = [
    ("organisations", "organisation"),
    ("rounds", "round"),
    ("projects", "project"),
    ("memberships", "round_membership"),
    ("enterprises", "enterprise"),
    ("plan_resources", "plan_resource"),
    ("work_calendars", "work_calendar"),
    ("activities", "activity"),
    ("plan_baselines", "plan_baseline"),
    ("plan_commitments", "plan_commitment"),
    ("progress", "progress_report"),
    ("matters", "matter"),
    ("site_tours", "site_tour"),
    ("observations", "observation"),
    ("programme_returns", "programme_return"),
    ("enterprise_requests", "enterprise_request"),
    ("service_cases", "service_case"),
    ("safety_places", "safety_place"),
    ("safety_checks", "safety_check"),
    ("safety_hazards", "safety_hazard"),
    ("grid_events", "grid_event"),
    ("recognition_items", "recognition_item"),
    ("recognition_institutions", "recognition_institution"),
    ("recognition_reports", "recognition_report"),
    ("recognition_checks", "recognition_check"),
    ("radiation_institutions", "radiation_institution"),
    ("radiation_workers", "radiation_worker"),
    ("radiation_doses", "radiation_dose"),
    ("radiation_devices", "radiation_device"),
    ("radiation_findings", "radiation_finding"),
    ("complaints", "complaint"),
    ("tip_offs", "tip_off"),
    ("meetings", "meeting"),
];

/// People of the sample district, one of each kind: login, name, post, part of the tree, roles.
const PEOPLE: [(&str, &str, &str, &str, &[&str]); 7] = [
    (
        "quzhang",
        "分管副区长",
        "副区长",
        "410102",
        &["leader", "viewer"],
    ),
    (
        "lianhu",
        "莲湖街道经办",
        "党政办经办人",
        "410102.s013",
        &["clerk", "street_clerk"],
    ),
    (
        "zhujian",
        "区住建局经办",
        "综合科经办人",
        "410102.d06",
        &["clerk"],
    ),
    (
        "zhujian_head",
        "区住建局局长",
        "局长",
        "410102.d06",
        &["leader", "clerk"],
    ),
    (
        "yingji",
        "区应急局安委办",
        "安委办主任",
        "410102.d18",
        &["hazard_admin"],
    ),
    (
        "jiancha",
        "区应急局检查员",
        "执法检查员",
        "410102.d18",
        &["inspector"],
    ),
    (
        "wangge",
        "莲湖街道网格员",
        "网格员",
        "410102.s013",
        &["grid_worker"],
    ),
];

/// An account of the sample with the words for its sign-in link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Login name.
    pub login: &'static str,
    /// 莲湖街道经办.
    pub name: &'static str,
    /// Roles, as `guatu user add` knows them.
    pub roles: &'static [&'static str],
    /// One-time sign-in token.
    pub token: String,
}

/// Makes the people of the sample district, each with a one-time sign-in token, so that every kind of page can be seen
/// by whom it is for.
///
/// # Errors
/// An account that is there already, or a role that no definition names.
pub fn people(app: &App) -> Result<Vec<Guest>, AppError> {
    let made = PEOPLE.iter().map(|(login, name, post, unit, roles)| {
        account::add(
            app,
            NewAccount {
                login: (*login).to_owned(),
                name: (*name).to_owned(),
                post: (*post).to_owned(),
                unit: Some((*unit).to_owned()),
                roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            },
        )?;
        Ok(Guest {
            login,
            name,
            roles,
            token: account::link(app, login)?,
        })
    });
    made.collect()
}

/// Whether an account is one of the sample's people.
pub(crate) fn is_guest(login: &str) -> bool {
    PEOPLE.iter().any(|person| person.0 == login)
}

#[derive(RustEmbed)]
#[folder = "../../sample/410102"]
#[include = "*.csv"]
struct Files;

/// One row of a file.
struct Row {
    register: &'static str,
    rank: usize,
    key: String,
    org: String,
    at: String,
    source: String,
    cells: Vec<(String, String)>,
}

/// Fills an empty district with the sample.
pub fn fill(app: &App) -> Result<(), AppError> {
    let mut rows = read_files()?;
    rows.sort_by(|a, b| (&a.at, a.rank).cmp(&(&b.at, b.rank)));
    let definitions = app.definitions();
    let root = app.root().clone();
    let setting = Setting::new(app, None);
    app.write(move |writer| {
        let mut filler = Filler {
            definitions,
            root,
            known: HashMap::new(),
            setting,
            names: HashMap::new(),
        };
        filler.adopt_root(writer)?;
        rows.iter().try_for_each(|row| filler.write(writer, row))
    })
}

/// Puts one record in as it is given, with the state it has: the beginning of a scenario.
///
/// # Errors
/// No such register, or values that the store refuses.
pub fn put(app: &App, register: &str, fields: Fields) -> Result<RecordId, AppError> {
    let definition = app.definition(register)?;
    let setting = Setting::new(app, None);
    let actor = crate::Actor::system(app);
    let (meta, own) = (app.meta(&actor, ""), actor.org.clone());
    let user = register::expr::User {
        id: actor.login.clone(),
        name: actor.name.clone(),
        ..register::expr::User::default()
    };
    app.write(move |writer| {
        let bringing = Bringing {
            definition: &definition,
            setting: &setting,
            user: &user,
        };
        let fields = bringing.new_record(&mut writer.reader(), fields)?;
        let org = crate::directory::home_path(&mut writer.reader(), &definition, &fields, &own)?;
        Ok(writer
            .create(&definition.id, NewRecord::new(org, fields), &meta)?
            .id)
    })
}

fn broken(place: &str, problem: impl Into<String>) -> AppError {
    AppError::invalid(Finding::error(
        "sample.broken",
        place,
        problem,
        "示范数据随程序发布，请报告这个问题。",
    ))
}

fn read_files() -> Result<Vec<Row>, AppError> {
    let mut rows = Vec::new();
    for (rank, (name, register)) in FILES.into_iter().enumerate() {
        let file =
            Files::get(&format!("{name}.csv")).ok_or_else(|| broken(name, "示范数据文件缺失。"))?;
        let mut reader = csv::Reader::from_reader(file.data.as_ref());
        let head = reader
            .headers()
            .map_err(|error| broken(name, error.to_string()))?
            .clone();
        for record in reader.records() {
            let record = record.map_err(|error| broken(name, error.to_string()))?;
            rows.push(row(register, rank, &head, &record));
        }
    }
    place(&mut rows)?;
    Ok(rows)
}

/// Gives the first row of each record its invented position. They stand in a file of their own, so that the files with
/// facts hold no places that nobody published.
fn place(rows: &mut [Row]) -> Result<(), AppError> {
    const NAME: &str = "points";
    let file =
        Files::get(&format!("{NAME}.csv")).ok_or_else(|| broken(NAME, "示范数据文件缺失。"))?;
    let mut points: HashMap<(String, String), String> = HashMap::new();
    for record in csv::Reader::from_reader(file.data.as_ref()).records() {
        let record = record.map_err(|error| broken(NAME, error.to_string()))?;
        let text = |at: usize| record.get(at).unwrap_or_default().to_owned();
        points.insert((text(0), text(1)), text(2));
    }
    for row in rows.iter_mut() {
        if let Some(point) = points.remove(&(row.register.to_owned(), row.key.clone())) {
            row.cells.push(("point".to_owned(), point));
        }
    }
    match points.keys().next() {
        Some((register, key)) => Err(broken(NAME, format!("{register} 没有 {key} 这一行。"))),
        None => Ok(()),
    }
}

fn row(
    register: &'static str,
    rank: usize,
    head: &csv::StringRecord,
    record: &csv::StringRecord,
) -> Row {
    let mut row = Row {
        register,
        rank,
        key: String::new(),
        org: String::new(),
        at: String::new(),
        source: String::new(),
        cells: Vec::new(),
    };
    for (name, text) in head.iter().zip(record.iter()) {
        match name {
            "key" => row.key = text.to_owned(),
            "org" => row.org = text.to_owned(),
            "at" => row.at = text.to_owned(),
            _ => {
                if name == "source" {
                    row.source = text.to_owned();
                }
                row.cells.push((name.to_owned(), text.to_owned()));
            }
        }
    }
    row
}

struct Filler {
    definitions: Arc<Definitions>,
    root: OrgPath,
    /// Record id and version by register and key.
    known: HashMap<(String, String), (RecordId, i64)>,
    setting: Setting,
    /// Organisations by name, alias and path.
    names: HashMap<String, RecordId>,
}

impl Filler {
    /// The district's own organisation exists already; its row in the file is an update of it.
    fn adopt_root(&mut self, writer: &mut Writer<'_>) -> Result<(), AppError> {
        let known = writer
            .reader()
            .all("organisation", &store::Query::default())?;
        if known.len() > 1 {
            return Err(AppError::invalid(Finding::error(
                "sample.occupied",
                self.root.as_str(),
                "这个区县已经有数据。",
                "示范数据只能放进新的区县，请换一个空目录。",
            )));
        }
        for stored in known {
            self.known.insert(
                ("organisation".to_owned(), self.root.to_string()),
                (stored.record.id, stored.record.version),
            );
        }
        Ok(())
    }

    fn definition(&self, register: &str) -> Result<Arc<Definition>, AppError> {
        let found = self.definitions.get(register);
        found
            .cloned()
            .ok_or_else(|| broken(register, "台账定义缺失。"))
    }

    fn write(&mut self, writer: &mut Writer<'_>, row: &Row) -> Result<(), AppError> {
        let definition = self.definition(row.register)?;
        let fields = self.fields(&definition, row)?;
        let day = crate::clock::day_of(&row.at)
            .ok_or_else(|| broken(&row.key, format!("时刻“{}”不对。", row.at)))?;
        let mut meta = Meta::new("sample", row.at.clone(), day);
        meta.source = Some(row.source.clone());
        let key = (row.register.to_owned(), row.key.clone());
        let setting = self.setting.at(day, &row.at);
        let user = register::expr::User {
            id: "sample".to_owned(),
            name: "示范数据".to_owned(),
            ..register::expr::User::default()
        };
        let bringing = Bringing {
            definition: &definition,
            setting: &setting,
            user: &user,
        };
        let record = match self.known.get(&key).copied() {
            Some((id, version)) => {
                let before = writer.reader().get(row.register, id)?.record;
                let after = bringing.next_chapter(&mut writer.reader(), &before, fields)?;
                let changes: Changes = crate::settle::changes(&before.fields, &after);
                writer.update(row.register, id, version, changes, &meta)?
            }
            None => {
                let fields = bringing.new_record(&mut writer.reader(), fields)?;
                let org =
                    OrgPath::new(&row.org).map_err(|error| broken(&row.key, error.to_string()))?;
                writer.create(row.register, NewRecord::new(org, fields), &meta)?
            }
        };
        if row.register == "organisation" {
            self.learn(&record);
        }
        self.known.insert(key, (record.id, record.version));
        Ok(())
    }

    fn learn(&mut self, record: &register::Record) {
        let texts = [
            record.text("name"),
            record.text("short_name"),
            record.text("path"),
        ];
        let all = texts
            .into_iter()
            .flatten()
            .chain(record.texts("aliases").iter().map(String::as_str));
        for name in all {
            self.names.entry(name.to_owned()).or_insert(record.id);
        }
    }

    fn fields(&self, definition: &Definition, row: &Row) -> Result<Fields, AppError> {
        let mut fields = Fields::new();
        for (id, text) in row.cells.iter().filter(|(_, text)| !text.is_empty()) {
            let place = format!("{}:{}:{id}", row.register, row.key);
            let field = definition
                .field(id)
                .ok_or_else(|| broken(&place, format!("台账没有字段“{id}”。")))?;
            fields.insert(id.clone(), self.value(field, text, &place)?);
        }
        Ok(fields)
    }

    fn value(&self, field: &Field, text: &str, place: &str) -> Result<Value, AppError> {
        let reference = |text: &str| self.reference(field, text, place);
        match &field.kind {
            FieldKind::Org | FieldKind::Ref { .. } => Ok(Value::Ref(reference(text)?)),
            FieldKind::Refs { .. } => Ok(Value::Refs(
                text.split(['；', ';'])
                    .map(reference)
                    .collect::<Result<_, _>>()?,
            )),
            FieldKind::Table { .. } => self.rows(field, text, place),
            _ => {
                let cell = read_cell(field, text, None, place, &Hints::new(DAY));
                cell.value
                    .ok_or_else(|| broken(place, format!("读不出“{text}”。")))
            }
        }
    }

    fn reference(&self, field: &Field, text: &str, place: &str) -> Result<RecordId, AppError> {
        let found = match &field.kind {
            FieldKind::Org => self.names.get(text).copied(),
            kind => kind
                .target()
                .and_then(|target| self.known.get(&(target.to_owned(), text.to_owned())))
                .map(|(id, _)| *id),
        };
        found.ok_or_else(|| broken(place, format!("找不到“{text}”。")))
    }

    fn rows(&self, field: &Field, text: &str, place: &str) -> Result<Value, AppError> {
        let rows: Vec<BTreeMap<String, serde_json::Value>> =
            serde_json::from_str(text).map_err(|error| broken(place, error.to_string()))?;
        let cell = |(id, value): (String, serde_json::Value)| {
            let column = field
                .columns()
                .iter()
                .find(|column| column.id == id)
                .ok_or_else(|| broken(place, format!("没有列“{id}”。")))?;
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let text = match text.as_str() {
                "true" => "是".to_owned(),
                "false" => "否".to_owned(),
                _ => text,
            };
            Ok((id, self.value(column, &text, place)?))
        };
        let rows = rows.into_iter().map(|row| {
            row.into_iter()
                .map(cell)
                .collect::<Result<Fields, AppError>>()
        });
        Ok(Value::Rows(rows.collect::<Result<_, _>>()?))
    }
}
