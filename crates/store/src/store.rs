//! The store: opening, defining registers, the two ways in (write and read), backup.

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError, RwLock};

use ground::District;
use register::Definition;
use register::expr::Expr;

use crate::catalog::Catalog;
use crate::commit::{Commit, Committer, Desk};
use crate::condition;
use crate::engine::{DatabaseUrl, Opener, Pool};
use crate::error::StoreError;
use crate::gate::Gate;
use crate::journal;
use crate::reader::Reader;
use crate::schema::{Migrated, RegisterTable, migrate_registers, migrate_system};
use crate::writer::Writer;

/// Read connections of one process: enough for two to four cores.
const READERS: usize = 4;

/// How a store is opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Number of this process among those that share a database, 0 to 63: part of new ids.
    pub node: u8,
    /// Read connections at most.
    pub readers: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            node: 0,
            readers: READERS,
        }
    }
}

/// The registers in force, which the writer replaces when a definition comes into force.
pub(crate) type SharedCatalog = Arc<RwLock<Arc<Catalog>>>;

fn current(catalog: &SharedCatalog) -> Arc<Catalog> {
    catalog
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// The database of one or many districts. Cheap to clone; all clones share one writer. Calls block
/// the calling thread.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    opener: Opener,
    committer: Committer,
    readers: Pool,
    catalog: SharedCatalog,
    gate: Arc<Gate>,
}

impl Store {
    /// Opens the database with default options, making it and its system tables when needed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot be reached.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Self::open_with(url, Options::default())
    }

    /// Opens the database.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn open_with(url: &DatabaseUrl, options: Options) -> Result<Self, StoreError> {
        let opener = Opener::new(url);
        let mut connection = opener.writer()?;
        migrate_system(connection.as_mut())?;
        let committer = Committer::start(opener.clone(), connection, options.node)?;
        let readers = Pool::new(opener.clone(), options.readers.max(1));
        let (catalog, gate) = (SharedCatalog::default(), Arc::default());
        Ok(Self {
            inner: Arc::new(Inner {
                opener,
                committer,
                readers,
                catalog,
                gate,
            }),
        })
    }

    /// Brings registers into force: makes their tables, adds new columns and indexes. Running it
    /// again with the same definitions changes nothing. All or none.
    ///
    /// # Errors
    /// [`StoreError::Definition`] when a field was dropped, changed its type, or became unique over
    /// values that are not.
    pub fn define(&self, definitions: &[Definition]) -> Result<Migrated, StoreError> {
        let mut tables: Vec<RegisterTable> = definitions
            .iter()
            .map(RegisterTable::new)
            .collect::<Result<_, _>>()?;
        // A connection of its own: changing tables must not ride in a group of writes.
        let done = migrate_registers(self.inner.opener.writer()?.as_mut(), &mut tables)?;
        let mut catalog = self
            .inner
            .catalog
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *catalog = Arc::new(catalog.with(tables));
        Ok(done)
    }

    /// The definitions in force.
    pub fn definitions(&self) -> Vec<Definition> {
        self.catalog().definitions()
    }

    /// Whether a condition on records of a register can be decided by the database, alike on both engines. It must be
    /// bound already.
    pub fn sql_able(&self, register: &str, condition: &Expr) -> bool {
        let catalog = self.catalog();
        catalog
            .table(register)
            .is_ok_and(|table| condition::sql_able(&catalog, &table, condition))
    }

    /// The same for a definition that is not in force yet, on its way into the tables that are there.
    pub fn able_in(&self, definition: &Definition, condition: &Expr) -> bool {
        let catalog = self.catalog();
        RegisterTable::new(definition)
            .is_ok_and(|table| condition::sql_able(&catalog, &Arc::new(table), condition))
    }

    /// A condition in two parts that must both hold: what the database can decide, and what is left to the evaluator.
    pub fn split(&self, register: &str, condition: &Expr) -> (Option<Expr>, Option<Expr>) {
        let catalog = self.catalog();
        match catalog.table(register) {
            Ok(table) => condition::split(&catalog, &table, condition),
            Err(_) => (None, Some(condition.clone())),
        }
    }

    fn catalog(&self) -> Arc<Catalog> {
        current(&self.inner.catalog)
    }

    pub(crate) fn shared_catalog(&self) -> SharedCatalog {
        self.inner.catalog.clone()
    }

    pub(crate) fn gate(&self) -> Arc<Gate> {
        self.inner.gate.clone()
    }

    /// Statements prepared over the tables of yesterday go with their connections.
    pub fn forget_statements(&self) {
        self.inner.readers.drop_idle();
    }

    /// Runs `work` in a transaction of its own, then `after` before any other write begins.
    pub(crate) fn write_alone<T: Send + 'static>(
        &self,
        district: &District,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, StoreError> + Send + 'static,
        after: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T, StoreError> {
        self.inner.committer.write_alone(district, work, after)
    }

    /// Runs `work` as one transaction of a district and returns after it is safely on the disk. An
    /// `Err` of `work` undoes all it did. Writes to one district follow one another, so what `work`
    /// reads through the writer cannot change before its commit.
    ///
    /// # Errors
    /// The error of `work`; [`StoreError::Full`], [`StoreError::ReadOnly`],
    /// [`StoreError::Unavailable`] or [`StoreError::Busy`] when it could not be stored.
    ///
    /// # Panics
    /// With the panic of `work`, and when called inside another write.
    pub fn write<T, E>(
        &self,
        district: &District,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        // The catalog is asked when the turn has come: a definition may come into force before.
        let (catalog, of) = (self.shared_catalog(), district.clone());
        self.inner.committer.write(district, move |desk| {
            let catalog = current(&catalog);
            work(&mut Writer {
                tx: &mut *desk.tx,
                head: &mut *desk.head,
                district: of,
                catalog,
            })
        })
    }

    /// Enters waiting records of a district into the search, some hundreds in a transaction of their own; gives how
    /// many, 0 when none wait. A search is right before and after; it is quick after.
    ///
    /// # Errors
    /// As for [`Store::write`].
    pub fn enter_search(&self, district: &District) -> Result<usize, StoreError> {
        // Asked before: a write that changes nothing would still take its turn among the others.
        if !self.read(district, |reader| reader.search_waits())? {
            return Ok(0);
        }
        self.write(district, |writer| writer.enter_search())
    }

    /// Runs `work` over one read snapshot of a district.
    ///
    /// # Errors
    /// The error of `work`; [`StoreError::Unavailable`] or [`StoreError::Busy`].
    pub fn read<T, E: From<StoreError>>(
        &self,
        district: &District,
        work: impl FnOnce(&mut Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _inside = self.inner.gate.enter()?;
        let (district, catalog) = (district.clone(), self.catalog());
        self.inner.readers.with(|tx| {
            work(&mut Reader {
                tx,
                district,
                catalog,
                committed: true,
            })
        })
    }

    /// Districts that have written here.
    pub fn districts(&self) -> Result<Vec<District>, StoreError> {
        self.inner.readers.with(|tx| journal::districts(tx))
    }

    /// Every commit of this process from now on. Other processes on the same server are seen by
    /// asking for the position.
    pub fn commits(&self) -> Receiver<Commit> {
        self.inner.committer.listen()
    }

    /// Why no more is written, if that is so: a sync of the disk failed.
    pub fn trouble(&self) -> Option<StoreError> {
        self.inner.committer.dead()
    }

    /// Copies the database into a new file while work goes on.
    ///
    /// # Errors
    /// [`StoreError::Backup`]; always on PostgreSQL, which has its own tools.
    pub fn backup(&self, target: &Path) -> Result<(), StoreError> {
        // A connection of its own: a long copy must not take a reader from the lists.
        self.inner.opener.reader()?.backup(target)
    }

    /// The engine's check of its own files; `None` when all is well.
    pub fn integrity(&self) -> Result<Option<String>, StoreError> {
        Ok(self.inner.opener.reader()?.integrity()?)
    }

    /// Lets PostgreSQL look at its data again after a large import; SQLite has no need of it.
    pub fn analyse(&self) -> Result<(), StoreError> {
        Ok(self.inner.opener.writer()?.analyse()?)
    }
}
