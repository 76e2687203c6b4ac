//! Both engines for a test.

use std::time::Duration;

use store::{DatabaseUrl, Store};

/// A database of its own for one test on one engine.
pub struct World {
    pub engine: &'static str,
    pub url: DatabaseUrl,
    _folder: Option<tempfile::TempDir>,
}

impl World {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("temporary folder");
        let url = DatabaseUrl::from(folder.path());
        Self {
            engine: "SQLite",
            url,
            _folder: Some(folder),
        }
    }

    pub fn postgres() -> Self {
        Self {
            engine: "PostgreSQL",
            url: DatabaseUrl::Postgres(crate::pg_server::fresh_url()),
            _folder: None,
        }
    }

    /// The address as text, for a child process.
    pub fn address(&self) -> String {
        match &self.url {
            DatabaseUrl::Folder(folder) => folder.display().to_string(),
            DatabaseUrl::Postgres(url) => url.clone(),
        }
    }

    /// The store with the sample register in force.
    pub fn open(&self) -> Store {
        let store = Store::open(&self.url).expect("store opens");
        store
            .define(&[crate::sample::definition()])
            .expect("register comes into force");
        store
    }

    /// Runs SQL behind the store's back, as a thief or a broken disk would.
    pub fn tamper(&self, sql: &str) {
        match &self.url {
            DatabaseUrl::Folder(folder) => {
                let file = rusqlite::Connection::open(folder.join("guatu.db")).unwrap();
                file.busy_timeout(Duration::from_secs(10)).unwrap();
                file.execute_batch(sql).unwrap();
            }
            DatabaseUrl::Postgres(url) => {
                let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
                client.batch_execute(sql).unwrap();
            }
        }
    }
}

/// Runs a test on both engines, each with a fresh database.
pub fn on_both(test: impl Fn(&World)) {
    for world in [World::sqlite(), World::postgres()] {
        eprintln!("on {}", world.engine);
        test(&world);
    }
}
