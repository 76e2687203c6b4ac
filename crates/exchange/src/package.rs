//! The zip around .xlsx: which parts there are, how large they may get, and a reader for each part that counts
//! the bytes it really unpacks. What the parts say is left to `xlsx`.

use std::io::{self, BufReader, Cursor, Read};

use quick_xml::Reader;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::limits::{self, Refusal};

/// An opened zip and what is left of its budget.
pub(crate) struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
    /// Bytes that all parts read may unpack to.
    most: u64,
    budget: u64,
}

/// Streaming reader over one part.
pub(crate) type PartReader<'p> = Reader<BufReader<Counted<'p>>>;

/// Reads a part and stops when the package's budget is used up, whatever the zip directory claimed.
pub(crate) struct Counted<'p> {
    inner: Box<dyn Read + 'p>,
    most: u64,
    budget: &'p mut u64,
}

/// The I/O error by which [`Counted`] and [`Bounded`] say which limit was passed, in Chinese.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct OverBudget(String);

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.budget.checked_sub(read as u64) {
            Some(left) => *self.budget = left,
            None => {
                let said = format!("实际解压超过 {} MB", self.most >> 20);
                return Err(io::Error::other(OverBudget(said)));
            }
        }
        Ok(read)
    }
}

impl<'a> Package<'a> {
    /// Reads the zip directory and checks what it declares; all parts together may unpack to `most` bytes.
    pub(crate) fn open(bytes: &'a [u8], most: u64) -> Result<Self, Refusal> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(refuse_zip)?;
        if zip.len() > limits::ENTRIES {
            return Err(Refusal::Bomb(format!("压缩包里有{}个文件", zip.len())));
        }
        let mut names = Vec::with_capacity(zip.len());
        let mut declared = 0u64;
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(refuse_zip)?;
            if entry.encrypted() {
                return Err(Refusal::Encrypted);
            }
            declared = declared.saturating_add(check_entry(entry.size(), entry.compressed_size())?);
            names.push(entry.name().map_err(refuse_zip)?.replace('\\', "/"));
        }
        if declared > most {
            return Err(Refusal::Bomb(format!("声明解压后{} MB", declared >> 20)));
        }
        Ok(Package {
            zip,
            names,
            most,
            budget: most,
        })
    }

    /// Whether a part exists; names differ in case between producers.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    fn find(&self, path: &str) -> Option<usize> {
        let path = path.trim_start_matches('/');
        self.names.iter().position(|n| n.eq_ignore_ascii_case(path))
    }

    /// Opens a part for reading; a missing one is a broken file.
    pub(crate) fn part(&mut self, path: &str) -> Result<PartReader<'_>, Refusal> {
        let index = self
            .find(path)
            .ok_or_else(|| Refusal::Broken(format!("缺少部件 {path}")))?;
        let Package {
            zip, most, budget, ..
        } = self;
        let entry = zip.by_index(index).map_err(refuse_zip)?;
        let packed = entry.compressed_size();
        // A part may not unpack beyond the ratio either, if the directory lied about its size.
        let left = limits::RATIO_FREE_BYTES.max(packed.saturating_mul(limits::RATIO));
        let inner: Box<dyn Read + '_> = Box::new(Bounded { inner: entry, left });
        let mut reader = Reader::from_reader(BufReader::with_capacity(
            64 << 10,
            Counted {
                inner,
                most: *most,
                budget,
            },
        ));
        let config = reader.config_mut();
        config.check_end_names = true;
        config.expand_empty_elements = true;
        Ok(reader)
    }

    /// Names of all parts.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// A whole part, within the same limits as [`Package::part`].
    pub(crate) fn bytes(&mut self, path: &str) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        let mut part = self.part(path)?;
        let read = part.get_mut().read_to_end(&mut bytes);
        read.map_err(|error| refuse_io(&error))?;
        Ok(bytes)
    }

    /// The first bytes of a part as text, for sniffing.
    pub(crate) fn head(&mut self, path: &str, most: u64) -> Option<String> {
        let index = self.find(path)?;
        let mut text = Vec::new();
        self.zip
            .by_index(index)
            .ok()?
            .take(most)
            .read_to_end(&mut text)
            .ok()?;
        Some(String::from_utf8_lossy(&text).into_owned())
    }
}

/// Fails once more than `left` bytes came out.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            let said = format!("实际解压超过 {} 倍", limits::RATIO);
            io::Error::other(OverBudget(said))
        })?;
        Ok(read)
    }
}

fn check_entry(size: u64, packed: u64) -> Result<u64, Refusal> {
    if size > limits::RATIO_FREE_BYTES && size / packed.max(1) > limits::RATIO {
        return Err(Refusal::Bomb(format!(
            "{} MB 压成了 {} KB",
            size >> 20,
            packed >> 10
        )));
    }
    Ok(size)
}

pub(crate) fn refuse_zip(error: ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(why) if why.to_ascii_lowercase().contains("password") => {
            Refusal::Encrypted
        }
        ZipError::InvalidPassword => Refusal::Encrypted,
        ZipError::Io(error) => refuse_io(&error),
        _ => Refusal::Broken("压缩包结构不完整(多半是下载或传输中断)".into()),
    }
}

fn refuse_io(error: &io::Error) -> Refusal {
    let inner = error.get_ref();
    match inner.and_then(|inner| inner.downcast_ref::<OverBudget>()) {
        Some(OverBudget(said)) => Refusal::Bomb(said.clone()),
        None => Refusal::Broken("压缩数据有误(多半是下载或传输中断)".into()),
    }
}

/// An XML error of a part; `part` is named in the wording.
pub(crate) fn refuse_xml(error: &quick_xml::Error, part: &str) -> Refusal {
    match error {
        quick_xml::Error::Io(error) => refuse_io(error),
        _ => Refusal::Broken(format!("部件 {part} 的内容不完整")),
    }
}
