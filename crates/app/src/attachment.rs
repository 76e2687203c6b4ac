//! 附件 Files of records: content-addressed in the data folder, told by their content and not by their name.

use crate::App;
use crate::account::{self, Actor};
use crate::error::AppError;
use crate::page::project::AttachmentView;
use crate::records::parse_id;
use ground::{Finding, RecordId};
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
    let name = clean_name(name);
    let media_type = media_type(&name, bytes)?;
    let digest = hex::encode(Sha256::digest(bytes));
    keep(app, &digest, bytes)?;
    let meta = app.meta(actor, "");
    let file = Attachment {
        content_id: digest.clone(),
        file_name: name,
        media_type,
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        at: meta.at.clone(),
        actor: actor.login.clone(),
    };
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

/// Files of a record.
pub fn list(app: &App, record: RecordId) -> Result<Vec<AttachmentView>, AppError> {
    let files = app.read(|reader| reader.attachments(record))?;
    let people = account::names(app)?;
    let view = |(_, file): (String, Attachment)| AttachmentView {
        id: file_id(record, &file.content_id),
        name: file.file_name,
        size: file.size,
        media_type: file.media_type,
        added_at: file.at,
        actor_name: people.get(&file.actor).cloned().unwrap_or(file.actor),
    };
    Ok(files.into_iter().map(view).collect())
}

/// A file with its content, checked against its digest.
pub fn open(app: &App, actor: &Actor, id: &str) -> Result<(AttachmentView, Vec<u8>), AppError> {
    let missing = || AppError::NotFound("这个附件".to_owned());
    let (record, digest) = split(id).ok_or_else(missing)?;
    sight(app, actor, record)?;
    let file = list(app, record)?
        .into_iter()
        .find(|file| file.id == id)
        .ok_or_else(missing)?;
    let bytes = std::fs::read(path_of(app, digest))?;
    if hex::encode(Sha256::digest(&bytes)) != digest {
        return Err(AppError::File(std::io::Error::other(
            "attachment content does not match its digest",
        )));
    }
    Ok((file, bytes))
}

fn split(id: &str) -> Option<(RecordId, &str)> {
    let (record, digest) = id.split_once('-')?;
    let hex = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((RecordId::new(record.parse().ok()?)?, digest)).filter(|_| hex)
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
