//! 备份 Backup, restore and the proof of the journal.

use crate::App;
use crate::error::AppError;
use ground::Finding;
use std::path::Path;

/// Name of the database file in a data folder.
const DATABASE: &str = "guatu.db";
/// Folder of attachments.
const FILES: &str = "files";

/// What the proof of the journal found.
pub struct Told {
    /// Nothing was changed.
    pub whole: bool,
    /// The sentence.
    pub sentence: String,
}

fn refuse(place: &Path, problem: &str, remedy: &str) -> AppError {
    AppError::invalid(Finding::error(
        "backup.place",
        place.display().to_string(),
        problem,
        remedy,
    ))
}

fn occupied(folder: &Path) -> bool {
    folder
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some())
}

/// Copies database and attachments to a new folder while work goes on.
pub fn backup(app: &App, target: &Path) -> Result<(), AppError> {
    if occupied(target) {
        return Err(refuse(
            target,
            "目标目录不是空的。",
            "请换一个新目录，旧备份不会被覆盖。",
        ));
    }
    std::fs::create_dir_all(target)?;
    app.store()
        .backup(&target.join(DATABASE))
        .map_err(AppError::from)?;
    copy_folder(&app.data().join(FILES), &target.join(FILES))?;
    Ok(())
}

/// Makes a data folder from a backup.
pub fn restore(from: &Path, data: &Path) -> Result<(), AppError> {
    if !from.join(DATABASE).is_file() {
        return Err(refuse(
            from,
            "这里没有备份。",
            "请指到 guatu backup 写出的目录，里面有 guatu.db。",
        ));
    }
    if occupied(data) {
        return Err(refuse(
            data,
            "目标目录不是空的。",
            "请换一个空目录，现有数据不会被覆盖。",
        ));
    }
    std::fs::create_dir_all(data)?;
    std::fs::copy(from.join(DATABASE), data.join(DATABASE))?;
    copy_folder(&from.join(FILES), &data.join(FILES))?;
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Proves the journal's chain, or names the first entry that does not fit.
pub fn verify(app: &App) -> Result<Told, AppError> {
    let verified = app.read(|reader| reader.verify_journal())?;
    Ok(match verified.broken {
        None => Told {
            whole: true,
            sentence: format!(
                "日志完整：{} 条，{} 块，末块 {}",
                verified.entries,
                verified.blocks,
                &verified.hash[..16.min(verified.hash.len())]
            ),
        },
        Some(broken) => Told {
            whole: false,
            sentence: format!("日志不完整：{}", broken.problem),
        },
    })
}
