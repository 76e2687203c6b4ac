//! A district of its own for a test: empty or filled with the sample, on either engine, its clock standing.

use app::{Actor, App, AppError, Clock, OpenOptions};
use ground::{Date, Finding};
use serde_json::{Map, Value as Json};
use tempfile::TempDir;

/// 2023-03-10, the day of the sample district.
pub const DAY: Date = app::sample::DAY;

/// A data folder and, on PostgreSQL, an empty schema.
pub struct World {
    pub engine: &'static str,
    pub folder: TempDir,
    database: Option<String>,
}

impl World {
    pub fn sqlite() -> Self {
        Self {
            engine: "SQLite",
            folder: tempfile::tempdir().expect("temporary folder"),
            database: None,
        }
    }

    pub fn postgres() -> Self {
        Self {
            engine: "PostgreSQL",
            database: Some(crate::pg_server::fresh_url()),
            ..Self::sqlite()
        }
    }

    /// Address of the schema on PostgreSQL.
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    pub fn open(&self) -> App {
        self.open_on(DAY)
    }

    pub fn open_on(&self, day: Date) -> App {
        let options = OpenOptions {
            data: self.folder.path().join("data"),
            database: self.database.clone(),
            district: Some("410102".to_owned()),
            district_name: None,
            clock: Clock::standing(day),
        };
        App::open(options).expect("a district opens")
    }
}

/// Runs a test on both engines, each with a fresh district.
pub fn on_both(test: impl Fn(&World)) {
    for world in [World::sqlite(), World::postgres()] {
        eprintln!("on {}", world.engine);
        test(&world);
    }
}

/// The sample district in SQLite.
pub fn sample() -> (World, App) {
    let world = World::sqlite();
    let app = world.open();
    app::sample::fill(&app).expect("the sample fills an empty district");
    (world, app)
}

/// The person at the machine.
pub fn local(app: &App) -> Actor {
    app::account::local_actor(app)
}

/// Somebody of an organisation with one role, without an account.
pub fn person(path: &str, role: &str) -> Actor {
    let org = path.parse().expect("a path");
    Actor {
        login: format!("{role}.{path}"),
        name: "某人".to_owned(),
        post: String::new(),
        org,
        roles: vec![role.to_owned()],
    }
}

/// A day of the sample's year.
pub fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

/// Values of a request.
pub fn values(json: Json) -> Map<String, Json> {
    json.as_object().expect("an object").clone()
}

/// The findings of a refusal.
pub fn findings<T>(result: Result<T, AppError>) -> Vec<Finding> {
    match result {
        Err(AppError::Invalid(findings) | AppError::Conflict(findings)) => findings,
        Err(other) => panic!("refused without findings: {other:?}"),
        Ok(_) => panic!("not refused"),
    }
}

/// Codes of the findings of a refusal.
pub fn codes<T>(result: Result<T, AppError>) -> Vec<String> {
    findings(result)
        .into_iter()
        .map(|finding| finding.code)
        .collect()
}

/// Id of the record whose name is exactly this.
pub fn id_of(app: &App, register: &str, name: &str) -> String {
    let query = app::records::ListQuery {
        words: Some(name.to_owned()),
        limit: 50,
        ..Default::default()
    };
    let page = app::records::list(app, &local(app), register, &query, None).expect("a list");
    let found = page
        .items
        .iter()
        .find(|item| item.values.get("name").and_then(Json::as_str) == Some(name));
    found
        .unwrap_or_else(|| panic!("no {register} “{name}”"))
        .record
        .id
        .to_string()
}

/// How many records a register lists.
pub fn count(app: &App, register: &str) -> usize {
    let all = app::records::registers(app, &local(app)).expect("registers");
    all.into_iter()
        .find(|(id, _, _)| id == register)
        .map(|(_, _, count)| count)
        .expect("the register")
}

/// Values of a matter: where it has a workflow, its state is not typed.
pub fn matter(app: &App, title: &str) -> Map<String, Json> {
    let mut given = values(serde_json::json!({ "title": title }));
    if app.definition("matter").expect("matters").flow.is_none() {
        given.insert("state".to_owned(), Json::from("open"));
    }
    given
}
