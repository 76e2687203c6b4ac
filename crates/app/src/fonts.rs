//! Faces for paper: the embedded ones, and for characters they lack (rare names) whatever CJK faces the machine has.

use report::fonts::Fonts;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Where systems keep fonts.
const FOLDERS: [&str; 4] = [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
];
/// Faces with Chinese characters, best first, by part of the file name.
const CHINESE: [&str; 8] = [
    "NotoSansCJK-Regular",
    "NotoSansSC",
    "SourceHanSansSC",
    "simsun",
    "msyh",
    "wqy-microhei",
    "wqy-zenhei",
    "NotoSerifCJK-Regular",
];
/// No more faces than this are looked into.
const FACES: usize = 2;

/// The faces, read once.
pub fn fonts() -> &'static Fonts {
    static READ: OnceLock<Fonts> = OnceLock::new();
    READ.get_or_init(|| {
        found().into_iter().fold(Fonts::embedded(), |fonts, bytes| {
            fonts.with_fallback(bytes, 0)
        })
    })
}

fn found() -> Vec<Vec<u8>> {
    let mut files: Vec<(usize, PathBuf)> = Vec::new();
    for folder in FOLDERS {
        collect(Path::new(folder), 4, &mut files);
    }
    files.sort();
    files
        .into_iter()
        .take(FACES)
        .filter_map(|(_, path)| std::fs::read(path).ok())
        .collect()
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<(usize, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, files);
            }
            continue;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(rank) = CHINESE.iter().position(|part| name.contains(part)) {
            files.push((rank, path));
        }
    }
}
