//! 导入 A workbook becomes records in two steps: look (nothing is written) and commit (one batch, one transaction, can
//! be undone). Both read the same bytes with the same choices, so what was shown is what is taken in.

mod apply;
mod decide;
mod extras;
mod look;
mod marked;
mod paste;
mod reading;
mod template;

pub use look::{Look, LookRecord, look_without_district};
pub use paste::{Paste, paste};

use crate::App;
use crate::account::{self, Actor};
use crate::error::AppError;
use crate::page::import::{ImportLine, ImportPreview, ImportResult};
use crate::permit::Access;
use crate::records::{need_reason, parse_id};
use ground::Finding;
use register::law::Ability;
use std::collections::BTreeMap;

/// Uploads kept between look and commit, in all and bytes together; the oldest go first.
const UPLOADS: usize = 16;
const UPLOAD_BYTES: usize = 256 * 1024 * 1024;
/// Former imports in the list.
const LISTED: u32 = 100;

/// What a person chose against the guess.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Sheet name.
    pub sheet: Option<String>,
    /// Register id.
    pub register: Option<String>,
    /// Field by index of the column; `None` leaves the column out.
    pub columns: BTreeMap<usize, Option<String>>,
    /// Fields by which a row is taken for a known record, against the definition's own.
    pub match_on: Option<Vec<String>>,
}

/// A workbook between look and commit.
#[derive(Clone)]
struct Upload {
    token: String,
    owner: String,
    file_name: String,
    bytes: std::sync::Arc<Vec<u8>>,
    choice: Choice,
}

/// Uploads of this process.
#[derive(Default)]
pub struct Uploads {
    kept: Vec<Upload>,
}

impl Uploads {
    fn keep(&mut self, upload: Upload) {
        self.kept.retain(|one| one.token != upload.token);
        self.kept.push(upload);
        let total = |kept: &[Upload]| kept.iter().map(|one| one.bytes.len()).sum::<usize>();
        while self.kept.len() > UPLOADS || (self.kept.len() > 1 && total(&self.kept) > UPLOAD_BYTES)
        {
            self.kept.remove(0);
        }
    }

    fn find(&self, token: &str, owner: &str) -> Result<Upload, AppError> {
        let found = self
            .kept
            .iter()
            .find(|one| one.token == token && one.owner == owner);
        found
            .cloned()
            .ok_or_else(|| AppError::NotFound("这次上传，可能已过期，请重新选择文件".to_owned()))
    }
}

/// Looks at a workbook. Without a register the best fitting one is chosen.
pub fn preview(
    app: &App,
    actor: &Actor,
    file_name: &str,
    bytes: Vec<u8>,
    register: Option<&str>,
) -> Result<ImportPreview, AppError> {
    // A file is not even opened for who could take none of it in.
    need_some_import(app, actor)?;
    let choice = Choice {
        register: register.map(str::to_owned),
        ..Choice::default()
    };
    let upload = Upload {
        token: account::random_token()?,
        owner: actor.login.clone(),
        file_name: file_name.to_owned(),
        bytes: std::sync::Arc::new(bytes),
        choice,
    };
    let preview = look_at(app, actor, &upload)?;
    app.uploads().keep(upload);
    Ok(preview)
}

/// Looks again with other choices.
pub fn remap(
    app: &App,
    actor: &Actor,
    token: &str,
    choice: Choice,
) -> Result<ImportPreview, AppError> {
    let mut upload = app.uploads().find(token, &actor.login)?;
    let changed_table = choice.sheet.is_some() || choice.register.is_some();
    if changed_table {
        upload.choice.columns.clear();
    }
    upload.choice.sheet = choice.sheet.or(upload.choice.sheet);
    upload.choice.register = choice.register.or(upload.choice.register);
    upload.choice.columns.extend(choice.columns);
    let preview = look_at(app, actor, &upload)?;
    app.uploads().keep(upload);
    Ok(preview)
}

fn look_at(app: &App, actor: &Actor, upload: &Upload) -> Result<ImportPreview, AppError> {
    let read = reading::read(app, &upload.file_name, &upload.bytes, &upload.choice)?;
    let decided = decide::decide(app, actor, &read)?;
    Ok(reading::preview(
        app,
        &upload.token,
        &upload.file_name,
        &read,
        &decided,
    ))
}

/// Takes a looked-at workbook in. Rows whose place is in `skip` and rows that cannot be taken are left out.
pub fn commit(
    app: &App,
    actor: &Actor,
    token: &str,
    skip: &[String],
    reason: &str,
) -> Result<(ImportResult, String), AppError> {
    let upload = app.uploads().find(token, &actor.login)?;
    let read = reading::read(app, &upload.file_name, &upload.bytes, &upload.choice)?;
    let decided = decide::decide(app, actor, &read)?;
    let register = read.definition.id.clone();
    let result = apply::apply(
        app,
        actor,
        &upload.file_name,
        &upload.bytes,
        read,
        decided,
        skip,
        reason,
    )?;
    app.uploads().kept.retain(|one| one.token != token);
    Ok((result, register))
}

/// Former imports, newest first.
pub fn list(app: &App, actor: &Actor) -> Result<Vec<ImportLine>, AppError> {
    actor.need_role(app)?;
    let batches = app.read(|reader| reader.batches(None, LISTED))?;
    let people = account::names(app)?;
    let line = |batch: store::Batch| {
        let counts: BTreeMap<String, i64> = batch
            .new
            .summary
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let title = app
            .definition(&batch.new.register)
            .map(|one| one.title.zh.clone())
            .unwrap_or_default();
        ImportLine {
            batch_id: batch.id.to_string(),
            at: batch.at,
            actor_name: people.get(&batch.actor).cloned().unwrap_or(batch.actor),
            file_name: batch.new.file_name,
            register_title: title,
            register: batch.new.register,
            created: counts.get("created").copied().unwrap_or(0),
            updated: counts.get("updated").copied().unwrap_or(0),
            undone_at: batch.undone.map(|(at, _)| at),
        }
    };
    // Who works in one programme is told of its imports alone.
    let person = Access::new(app, actor, &app.definition("organisation")?)?;
    let told = |batch: &store::Batch| {
        let definition = app.definition(&batch.new.register);
        let imports = |one| person.in_register(&one).may(Ability::Import);
        actor.may_read() || definition.is_ok_and(imports)
    };
    Ok(batches.into_iter().filter(told).map(line).collect())
}

/// Takes a whole import back, unless its records were changed since.
pub fn undo(app: &App, actor: &Actor, batch: &str, reason: &str) -> Result<usize, AppError> {
    need_some_import(app, actor)?;
    need_reason(reason)?;
    let id = parse_id(batch)?;
    let made = app.read(|reader| reader.batch(id))?;
    let definition = app.definition(&made.new.register)?;
    Access::new(app, actor, &definition)?.need(Ability::Import)?;
    if actor.scope(app).is_some() && made.actor != actor.login {
        return Err(AppError::Forbidden(
            "只能撤销自己的导入；别人的导入请联系督查室".to_owned(),
        ));
    }
    let meta = app.meta(actor, reason);
    let reversed = app.write(move |writer| Ok(writer.undo_batch(id, &meta)?))?;
    Ok(reversed.len())
}

/// Whether there is a register into which this person may import.
pub(crate) fn some_import(app: &App, actor: &Actor) -> Result<bool, AppError> {
    let definitions = app.definitions();
    let person = Access::new(app, actor, &app.definition("organisation")?)?;
    let mut all = definitions.iter().map(|one| person.in_register(one));
    Ok(all.any(|access| access.may(Ability::Import)))
}

/// Refuses who may import into no register at all.
fn need_some_import(app: &App, actor: &Actor) -> Result<(), AppError> {
    match some_import(app, actor)? {
        true => Ok(()),
        false => actor.need_write(),
    }
}

/// The finding for a file that gives nothing to take in.
pub(crate) fn nothing(file_name: &str) -> AppError {
    AppError::invalid(Finding::error(
        "import.nothing",
        file_name,
        "没有可导入的记录。",
        "请确认选对了文件和工作表，并至少有一行数据能读出名称。",
    ))
}
