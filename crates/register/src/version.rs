//! 版本 Versions of definitions, compared as Semantic Versioning 2.0.0 clause 11 says.

use std::cmp::Ordering;

/// A version: `1.10.0`, `2.0.0-beta.2`. What follows `+` does not count.
///
/// ```
/// use register::Version;
/// let version = |text: &str| Version::parse(text).unwrap();
/// assert!(version("1.10.0") > version("1.9.2"));
/// assert!(version("2.0.0") > version("2.0.0-beta.2"));
/// assert_eq!(Version::parse("1.0"), None);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    numbers: [u64; 3],
    before: Vec<Mark>,
}

/// One part of a pre-release. Numbers stand before words.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Mark {
    Number(u64),
    Word(String),
}

impl Version {
    /// Reads a version; none when it is written otherwise.
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let (numbers, before) = match text.split_once('-') {
            Some((numbers, before)) => {
                (numbers, before.split('.').map(mark).collect::<Option<_>>()?)
            }
            None => (text, Vec::new()),
        };
        let parts: Option<Vec<u64>> = numbers.split('.').map(number).collect();
        Some(Version {
            numbers: parts?.try_into().ok()?,
            before,
        })
    }
}

fn number(text: &str) -> Option<u64> {
    let plain = text == "0" || !text.starts_with('0');
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| plain && digits)
}

fn mark(text: &str) -> Option<Mark> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return number(text).map(Mark::Number);
    }
    let known = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    known.then(|| Mark::Word(text.to_owned()))
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        // A pre-release comes before its release.
        let released = self.before.is_empty().cmp(&other.before.is_empty());
        self.numbers
            .cmp(&other.numbers)
            .then(released)
            .then_with(|| self.before.cmp(&other.before))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Whether a version is newer than another. What cannot be read is older than all that can.
pub fn is_newer(version: &str, than: &str) -> bool {
    Version::parse(version) > Version::parse(than)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_standard() {
        // The rows of clause 11.4.
        let rising = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.9.0",
            "1.10.0",
            "1.11.0",
            "2.0.0",
        ];
        for pair in rising.windows(2) {
            assert!(is_newer(pair[1], pair[0]), "{pair:?}");
            assert!(!is_newer(pair[0], pair[1]), "{pair:?}");
        }
        assert!(!is_newer("1.0.0+b", "1.0.0+a"));
        assert!(is_newer("0.0.1", "first"));
    }

    #[test]
    fn what_is_no_version_is_not_read() {
        for text in [
            "",
            "1",
            "1.0",
            "1.0.0.0",
            "01.0.0",
            "1.0.x",
            "1.0.0-",
            "1.0.0-a..b",
            "1.0.0-01",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
