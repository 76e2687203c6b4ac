//! 附件 Files of records: content-addressed in the data folder, told by their content and not by their name.

use crate::App;
use crate::account::{self, Actor};
use crate::delegation;
use crate::error::AppError;
use crate::page::project::AttachmentView;
use crate::permit::Access;
use crate::records::parse_id;
use ground::{Finding, RecordId};
use register::law::Ability;
use register::permit::RecordRights;
use register::{Definition, Field, Fields, Record, Value};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use store::{Attachment, Reader, StoreError};

/// Field under which files hang on a record when no attachment field is meant.
const FIELD: &str = "files";
/// Longest file name kept.
const NAME_CHARS: usize = 120;
/// Largest file.
const LIMIT_MB: u64 = 50;

/// Kinds of files that are taken, by their first bytes.
const KINDS: [(&str, &[u8], &[&str]); 7] = [
    ("application/pdf", b"%PDF-", &["pdf", "ofd"]),
    ("image/png", b"\x89PNG\r\n\x1a\n", &["png"]),
    ("image/jpeg", b"\xff\xd8\xff", &["jpg", "jpeg"]),
    ("image/gif", b"GIF8", &["gif"]),
    ("image/webp", b"RIFF", &["webp"]),
    (
        "application/zip",
        b"PK\x03\x04",
        &["zip", "docx", "xlsx", "pptx", "xlsm", "ofd", "wps", "et"],
    ),
    (
        "application/x-ole-storage",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        &["doc", "xls", "ppt", "wps", "et", "dps"],
    ),
];

/// A record that files hang on, with what this person may do with it.
struct Place {
    definition: Arc<Definition>,
    record: Record,
    rights: RecordRights,
}

impl Place {
    /// The record, if this person or somebody they act for sees it.
    fn of(app: &App, actor: &Actor, register: &str, id: RecordId) -> Result<Self, AppError> {
        let definition = app.definition(register)?;
        let access = Access::new(app, actor, &definition)?;
        access.need(Ability::Read)?;
        let acted_for = delegation::delegators(app, actor, Some(register))?;
        app.look(|reader| {
            let record = reader.get(register, id)?.record;
            let access = access.in_sight(reader, &acted_for, &record)?;
            let rights = access.on(reader, &record)?;
            Ok(Self {
                definition,
                record,
                rights,
            })
        })
    }

    /// The same for a record known by its id alone.
    fn located(app: &App, actor: &Actor, id: RecordId) -> Result<Self, AppError> {
        let place = app.read(|reader| reader.locate(id))?;
        let (register, _) = place.ok_or_else(missing)?;
        Self::of(app, actor, &register, id)
    }

    fn need_update(&self) -> Result<(), AppError> {
        match self.rights.update && !self.record.withdrawn {
            true => Ok(()),
            false => Err(AppError::Forbidden(
                "这条记录您只能查看，不能增减附件".to_owned(),
            )),
        }
    }

    /// Files of the record: those hung on it, and those its fields name; what a field keeps from this person is not
    /// among them.
    fn files(&self, reader: &mut Reader<'_>) -> Result<Vec<(String, Attachment)>, StoreError> {
        let mut files = reader.attachments(self.record.id)?;
        for (field, content_id) in named(&self.definition.fields, &self.record.fields) {
            let known = |(of, file): &(String, Attachment)| {
                file.content_id == content_id && (*of == field || self.rights.is_open(of))
            };
            if let (false, Some(file)) = (files.iter().any(known), reader.attachment(&content_id)?)
            {
                files.push((field, file));
            }
        }
        files.retain(|(field, _)| self.rights.is_open(field));
        Ok(files)
    }

    fn views(&self, app: &App) -> Result<Vec<AttachmentView>, AppError> {
        let files = app.read(|reader| self.files(reader))?;
        let people = account::names(app)?;
        let view = |(field, file): (String, Attachment)| {
            let name = people.get(&file.actor).unwrap_or(&file.actor);
            AttachmentView {
                id: file_id(self.record.id, &file.content_id),
                ..shown(&field, &file, name)
            }
        };
        Ok(files.into_iter().map(view).collect())
    }
}

fn missing() -> AppError {
    AppError::NotFound("这个附件".to_owned())
}

/// Adds a file to a record.
pub fn add(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
    name: &str,
    bytes: &[u8],
) -> Result<AttachmentView, AppError> {
    let id = parse_id(id)?;
    let place = Place::of(app, actor, register, id)?;
    place.need_update()?;
    let meta = app.meta(actor, "");
    let file = taken(app, actor, name, bytes, &meta.at)?;
    let digest = file.content_id.clone();
    app.write(move |writer| {
        writer.put_attachment(&file)?;
        writer.link_attachment(id, FIELD, &file.content_id, &meta)?;
        Ok(())
    })?;
    let mut files = place.views(app)?.into_iter();
    let found = files.find(|file| file.id == file_id(id, &digest));
    found.ok_or_else(missing)
}

/// Checks a file and keeps its content.
fn taken(
    app: &App,
    actor: &Actor,
    name: &str,
    bytes: &[u8],
    at: &str,
) -> Result<Attachment, AppError> {
    let name = clean_name(name);
    let media_type = media_type(&name, bytes)?;
    let digest = hex::encode(Sha256::digest(bytes));
    keep(app, &digest, bytes)?;
    Ok(Attachment {
        content_id: digest,
        file_name: name,
        media_type,
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        at: at.to_owned(),
        actor: actor.login.clone(),
    })
}

/// Keeps a file that belongs to no record yet: a form names it by its content id, and saving the form makes it the
/// record's. Until then only who sent it can open it.
pub fn stage(
    app: &App,
    actor: &Actor,
    name: &str,
    bytes: &[u8],
) -> Result<AttachmentView, AppError> {
    need_any_form(app, actor)?;
    let meta = app.meta(actor, "");
    let file = taken(app, actor, name, bytes, &meta.at)?;
    let kept = file.clone();
    app.write(move |writer| Ok(writer.put_attachment(&kept)?))?;
    Ok(AttachmentView {
        id: file.content_id.clone(),
        ..shown("", &file, &actor.name)
    })
}

/// Who fills in no form of the district has nothing to send files for.
fn need_any_form(app: &App, actor: &Actor) -> Result<(), AppError> {
    let definitions = app.definitions();
    let mut all = definitions.iter();
    let Some(first) = all.next() else {
        return actor.need_write();
    };
    let access = Access::new(app, actor, first)?;
    let fills = |access: &Access| access.may(Ability::Create) || access.may(Ability::Update);
    if fills(&access) || all.any(|one| fills(&access.in_register(one))) {
        return Ok(());
    }
    access.need(Ability::Update)
}

/// File names keep their letters; folders and control characters go.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_CHARS)
        .collect();
    let kept = kept.trim().trim_start_matches('.').to_owned();
    if kept.is_empty() {
        "附件".to_owned()
    } else {
        kept
    }
}

fn media_type(name: &str, bytes: &[u8]) -> Result<String, AppError> {
    let refuse = |problem: String| {
        AppError::invalid(Finding::error(
            "file.kind",
            name.to_owned(),
            problem,
            "可以上传图片、PDF、OFD、Word、Excel、PPT、WPS 文件和 zip、txt、csv。",
        ))
    };
    if bytes.is_empty() {
        return Err(refuse("文件是空的。".to_owned()));
    }
    if bytes.len() as u64 > LIMIT_MB * 1024 * 1024 {
        return Err(AppError::TooLarge { limit_mb: LIMIT_MB });
    }
    let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    if let Some((kind, _, endings)) = KINDS.iter().find(|(_, head, _)| bytes.starts_with(head)) {
        return if endings.contains(&ending.as_str()) {
            Ok((*kind).to_owned())
        } else {
            Err(refuse(format!("文件内容与扩展名“{ending}”不符。")))
        };
    }
    let plain = ["txt", "csv", "md"].contains(&ending.as_str()) && !bytes.contains(&0);
    if plain {
        Ok("text/plain".to_owned())
    } else {
        Err(refuse(format!("不认识的文件类型“{ending}”。")))
    }
}

/// Writes the content once, whole or not at all.
fn keep(app: &App, digest: &str, bytes: &[u8]) -> Result<(), AppError> {
    let path = path_of(app, digest);
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().map(PathBuf::from).unwrap_or_default();
    std::fs::create_dir_all(&folder)?;
    let half = folder.join(format!("{digest}.part{}", std::process::id()));
    std::fs::write(&half, bytes)?;
    std::fs::File::open(&half)?.sync_all()?;
    std::fs::rename(&half, &path)?;
    Ok(())
}

fn path_of(app: &App, digest: &str) -> PathBuf {
    app.data().join("files").join(&digest[..2]).join(digest)
}

/// A file is named by its record and its content.
fn file_id(record: RecordId, digest: &str) -> String {
    format!("{record}-{digest}")
}

fn shown(field: &str, file: &Attachment, actor_name: &str) -> AttachmentView {
    AttachmentView {
        id: String::new(),
        content_id: file.content_id.clone(),
        field: field.to_owned(),
        name: file.file_name.clone(),
        size: file.size,
        media_type: file.media_type.clone(),
        added_at: file.at.clone(),
        actor_name: actor_name.to_owned(),
    }
}

/// Content ids that the file and signature fields hold, with their field; those in rows stand under the table.
fn named(fields: &[Field], values: &Fields) -> Vec<(String, String)> {
    let of = |field: &Field| -> Vec<String> {
        match (field.kind.keyword(), values.get(&field.id)) {
            ("attachment" | "signature", Some(Value::TextList(ids))) => ids.clone(),
            ("attachment" | "signature", Some(Value::Text(id))) => vec![id.clone()],
            (_, Some(Value::Rows(rows))) => {
                let rows = rows.iter().flat_map(|row| named(field.columns(), row));
                rows.map(|(_, id)| id).collect()
            }
            _ => Vec::new(),
        }
    };
    let all = fields.iter();
    all.flat_map(|field| of(field).into_iter().map(|id| (field.id.clone(), id)))
        .collect()
}

/// The files of one record, for those who see it.
pub fn of_record(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
) -> Result<Vec<AttachmentView>, AppError> {
    Place::of(app, actor, register, parse_id(id)?)?.views(app)
}

/// A file with its content, checked against its digest.
pub fn open(app: &App, actor: &Actor, id: &str) -> Result<(AttachmentView, Vec<u8>), AppError> {
    let (file, digest) = if is_digest(id) {
        (staged(app, actor, id)?.ok_or_else(missing)?, id)
    } else {
        let (record, digest) = split(id).ok_or_else(missing)?;
        let files = Place::located(app, actor, record)?.views(app)?;
        let file = files.into_iter().find(|file| file.id == id);
        (file.ok_or_else(missing)?, digest)
    };
    let bytes = std::fs::read(path_of(app, digest))?;
    if hex::encode(Sha256::digest(&bytes)) != digest {
        return Err(AppError::File(std::io::Error::other(
            "attachment content does not match its digest",
        )));
    }
    Ok((file, bytes))
}

/// A file of a form that is still being filled in, for who sent it.
fn staged(app: &App, actor: &Actor, digest: &str) -> Result<Option<AttachmentView>, AppError> {
    let file = app.read(|reader| reader.attachment(digest))?;
    let own = file.filter(|file| file.actor == actor.login);
    Ok(own.map(|file| AttachmentView {
        id: digest.to_owned(),
        ..shown("", &file, &actor.name)
    }))
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn split(id: &str) -> Option<(RecordId, &str)> {
    let (record, digest) = id.split_once('-')?;
    Some((RecordId::new(record.parse().ok()?)?, digest)).filter(|_| is_digest(digest))
}

/// Takes a file off its record; the content stays for the journal.
pub fn remove(app: &App, actor: &Actor, id: &str) -> Result<(), AppError> {
    let (record, digest) = split(id).ok_or_else(missing)?;
    Place::located(app, actor, record)?.need_update()?;
    let (digest, meta) = (digest.to_owned(), app.meta(actor, ""));
    let removed =
        app.write(move |writer| Ok(writer.unlink_attachment(record, FIELD, &digest, &meta)?))?;
    if removed { Ok(()) } else { Err(missing()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        assert_eq!(
            media_type("图.png", b"\x89PNG\r\n\x1a\n....").expect("png"),
            "image/png"
        );
        assert!(media_type("图.png", b"<html>").is_err());
        assert!(media_type("a.svg", b"<svg/>").is_err());
        assert!(media_type("x.pdf", b"PK\x03\x04").is_err());
        assert!(media_type("空.txt", b"").is_err());
    }

    #[test]
    fn a_name_cannot_leave_its_folder() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\图\\照片.jpg"), "照片.jpg");
        assert_eq!(clean_name("\r\n"), "附件");
    }
}
