//! Names for things that have no natural key: districts, organisation paths, record ids.
//! Which record exists is the business of `store`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;
use std::str::FromStr;

/// Greatest record id + 1. Ids stay exactly representable in a JavaScript number.
pub const RECORD_ID_LIMIT: i64 = 1 << 53;

/// What is wrong with an id's text.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IdError {
    /// Not a whole number from 1 to 2^53 − 1.
    #[error("编号“{0}”不是 1 到 9007199254740991 之间的整数")]
    Record(String),
    /// Not six digits.
    #[error("区划代码“{0}”不是六位数字")]
    District(String),
    /// Not lower-case letters and digits in parts parted by dots.
    #[error("机构路径“{0}”应由小写字母、数字、下划线分段,段间用点号,例如 410102.s013")]
    OrgPath(String),
}

/// Id of a record, unique in its district. In JSON it is a string, so that no client rounds it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RecordId(pub i64);

impl RecordId {
    /// `None` outside `1..2^53`.
    pub fn new(id: i64) -> Option<Self> {
        (1..RECORD_ID_LIMIT).contains(&id).then_some(RecordId(id))
    }

    /// The number itself.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RecordId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let id = if plain { text.parse().ok() } else { None };
        id.and_then(RecordId::new)
            .ok_or_else(|| IdError::Record(text.to_owned()))
    }
}

impl Serialize for RecordId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RecordId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub RecordId);

        impl $name {
            /// The bare number.
            pub fn get(self) -> i64 {
                self.0.0
            }
        }

        impl From<RecordId> for $name {
            fn from(id: RecordId) -> Self {
                $name(id)
            }
        }

        impl From<$name> for RecordId {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

typed_ids! {
    /// 项目. Id of a project record.
    ProjectId;
    /// 期次. Id of a round record.
    RoundId;
    /// 工作内容. Id of an activity record.
    ActivityId;
    /// 企业. Id of an enterprise record.
    EnterpriseId;
    /// 交办事项. Id of a matter record.
    MatterId;
    /// 指标数值. Id of an observation record.
    ObservationId;
    /// 机构. Id of an organisation record.
    OrganisationId;
}

/// 区县. Six digits of GB/T 2260, or a statistical code that looks like one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct District(String);

impl District {
    /// Six ASCII digits.
    pub fn new(code: &str) -> Result<Self, IdError> {
        if code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()) {
            Ok(District(code.to_owned()))
        } else {
            Err(IdError::District(code.to_owned()))
        }
    }

    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Place of an organisation in the tree of its district: `410102.s013.d2`. Every right and every
/// roll-up is a prefix of such a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrgPath(String);

impl OrgPath {
    /// Parts of lower-case letters, digits, `_` and `-`, parted by dots; at most 200 bytes.
    pub fn new(path: &str) -> Result<Self, IdError> {
        let part_ok = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
        };
        if path.len() <= 200 && path.split('.').all(part_ok) {
            Ok(OrgPath(path.to_owned()))
        } else {
            Err(IdError::OrgPath(path.to_owned()))
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when this organisation is `ancestor` itself or stands below it. `410102.s01` is not
    /// within `410102.s0`: only whole parts count.
    pub fn is_within(&self, ancestor: &OrgPath) -> bool {
        match self.0.strip_prefix(&ancestor.0) {
            Some(rest) => rest.is_empty() || rest.starts_with('.'),
            None => false,
        }
    }

    /// The organisation above; `None` at the root.
    pub fn parent(&self) -> Option<OrgPath> {
        self.0
            .rsplit_once('.')
            .map(|(above, _)| OrgPath(above.to_owned()))
    }

    /// A path one part below this one.
    pub fn child(&self, part: &str) -> Result<OrgPath, IdError> {
        OrgPath::new(&format!("{}.{part}", self.0))
    }

    /// Number of parts; the root has 1.
    pub fn depth(&self) -> usize {
        self.0.split('.').count()
    }
}

macro_rules! text_ids {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                $name::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                $name::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

text_ids!(District, OrgPath);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_contains_only_whole_parts_below_it() {
        let path = |text| OrgPath::new(text).expect("a good path");
        assert!(path("410102.s013").is_within(&path("410102")));
        assert!(path("410102.s013").is_within(&path("410102.s013")));
        assert!(!path("410102.s013").is_within(&path("410102.s01")));
        assert!(!path("410102").is_within(&path("410102.s013")));
        assert_eq!(path("410102.s013").parent(), Some(path("410102")));
        assert_eq!(path("410102").parent(), None);
        assert_eq!(path("410102").child("s013"), Ok(path("410102.s013")));
    }

    #[test]
    fn a_path_with_empty_parts_or_capitals_is_refused() {
        for text in [
            "",
            ".",
            "410102.",
            ".s1",
            "410102..s1",
            "410102.S1",
            "区",
            "a/b",
            "a%",
        ] {
            assert!(OrgPath::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_record_id_is_a_string_in_json_and_below_two_to_the_53() {
        let id = RecordId::new(9_007_199_254_740_991).expect("the last one");
        let json = serde_json::to_string(&ProjectId(id)).expect("serialises");
        assert_eq!(json, "\"9007199254740991\"");
        assert_eq!(
            serde_json::from_str::<ProjectId>(&json).expect("own output"),
            ProjectId(id)
        );
        for text in [
            "\"9007199254740992\"",
            "\"0\"",
            "\"-1\"",
            "\"+1\"",
            "\"\"",
            "\"1e3\"",
            "7",
        ] {
            assert!(serde_json::from_str::<RecordId>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_district_has_six_digits() {
        assert_eq!(
            District::new("410102").map(|d| d.to_string()),
            Ok("410102".to_owned())
        );
        for text in ["41010", "4101020", "41010a", "４１０１０２"] {
            assert!(District::new(text).is_err(), "{text}");
        }
    }
}
