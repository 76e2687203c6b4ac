//! 附件 Files of records: content-addressed in the data folder, told by their content and not by their name.

use crate::App;
use crate::account::{self, Actor};
use crate::error::AppError;
use crate::page::project::AttachmentView;
use crate::records::parse_id;
use ground::{Finding, RecordId};
use register::{Definition, Fields, Value};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use store::Attachment;

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

/// Adds a file to a record.
pub fn add(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
    name: &str,
    bytes: &[u8],
) -> Result<AttachmentView, AppError> {
    actor.need_write()?;
    app.definition(register)?;
    let id = parse_id(id)?;
    let record = app.read(|reader| reader.get(register, id))?;
    actor.need_write_at(&record.record.org)?;
    let meta = app.meta(actor, "");
    let file = taken(app, actor, name, bytes, &meta.at)?;
    let digest = file.content_id.clone();
    app.write(move |writer| {
        writer.put_attachment(&file)?;
        writer.link_attachment(id, FIELD, &file.content_id, &meta)?;
        Ok(())
    })?;
    let found = list(app, id)?
        .into_iter()
        .find(|file| file.id == file_id(id, &digest));
    found.ok_or_else(|| AppError::NotFound("这个附件".to_owned()))
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
    actor.need_write()?;
    let meta = app.meta(actor, "");
    let file = taken(app, actor, name, bytes, &meta.at)?;
    let kept = file.clone();
    app.write(move |writer| Ok(writer.put_attachment(&kept)?))?;
    Ok(AttachmentView {
        id: file.content_id.clone(),
        ..shown("", &file, &actor.name)
    })
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

/// Files of a record: those hung on it, and those its fields name.
pub fn list(app: &App, record: RecordId) -> Result<Vec<AttachmentView>, AppError> {
    let files = app.read(|reader| {
        let mut files = reader.attachments(record)?;
        let Some((register, _)) = reader.locate(record)? else {
            return Ok(files);
        };
        let fields = reader.get(&register, record)?.record.fields;
        for (field, content_id) in named(app.definition(&register).ok().as_deref(), &fields) {
            let known = files.iter().any(|(_, file)| file.content_id == content_id);
            if let (false, Some(file)) = (known, reader.attachment(&content_id)?) {
                files.push((field, file));
            }
        }
        Ok(files)
    })?;
    let people = account::names(app)?;
    let view = |(field, file): (String, Attachment)| {
        let name = people.get(&file.actor).unwrap_or(&file.actor);
        AttachmentView {
            id: file_id(record, &file.content_id),
            ..shown(&field, &file, name)
        }
    };
    Ok(files.into_iter().map(view).collect())
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

/// Content ids that the file and signature fields of a record hold, with their field.
fn named(definition: Option<&Definition>, fields: &Fields) -> Vec<(String, String)> {
    let known = definition.iter().flat_map(|one| &one.fields);
    let files = known.filter(|field| ["attachment", "signature"].contains(&field.kind.keyword()));
    files
        .flat_map(|field| {
            let ids = match fields.get(&field.id) {
                Some(Value::TextList(ids)) => ids.clone(),
                Some(Value::Text(id)) => vec![id.clone()],
                _ => Vec::new(),
            };
            ids.into_iter().map(|id| (field.id.clone(), id))
        })
        .collect()
}

/// The files of one record, for those who see it.
pub fn of_record(
    app: &App,
    actor: &Actor,
    register: &str,
    id: &str,
) -> Result<Vec<AttachmentView>, AppError> {
    actor.need_read()?;
    let id = parse_id(id)?;
    let stored = app.read(|reader| reader.get(register, id))?;
    actor.need_sight(&stored.record.org)?;
    list(app, id)
}

/// A file with its content, checked against its digest.
pub fn open(app: &App, actor: &Actor, id: &str) -> Result<(AttachmentView, Vec<u8>), AppError> {
    let missing = || AppError::NotFound("这个附件".to_owned());
    let (file, digest) = if is_digest(id) {
        (staged(app, actor, id)?.ok_or_else(missing)?, id)
    } else {
        let (record, digest) = split(id).ok_or_else(missing)?;
        sight(app, actor, record)?;
        let file = list(app, record)?.into_iter().find(|file| file.id == id);
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
    actor.need_read()?;
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

fn sight(app: &App, actor: &Actor, record: RecordId) -> Result<(), AppError> {
    let place = app.read(|reader| reader.locate(record))?;
    let (_, path) = place.ok_or_else(|| AppError::NotFound("这个附件".to_owned()))?;
    actor.need_sight(&path)
}

/// Takes a file off its record; the content stays for the journal.
pub fn remove(app: &App, actor: &Actor, id: &str) -> Result<(), AppError> {
    actor.need_write()?;
    let missing = || AppError::NotFound("这个附件".to_owned());
    let (record, digest) = split(id).ok_or_else(missing)?;
    sight(app, actor, record)?;
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
