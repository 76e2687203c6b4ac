//! What a definition says: fields, choices, numbering, duplicate rules, import rules. Reading it
//! from TOML is left to `parse`; values are left to `record`.

use std::collections::BTreeMap;

use ground::MoneyUnit;

use crate::expr::Expr;
use crate::import::ImportRule;
use crate::law;
use crate::number::NumberPattern;
use crate::record::Fields;

/// A text per language. Chinese is always there; English is for the API and for developers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Text {
    /// Chinese (zh-CN).
    pub zh: String,
    /// English.
    pub en: Option<String>,
}

impl Text {
    /// A text with its Chinese wording only.
    pub fn zh(zh: impl Into<String>) -> Text {
        Text {
            zh: zh.into(),
            en: None,
        }
    }
}

/// 台账定义. One register: what its records hold and how a workbook becomes records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Definition {
    /// Folder name and table name, snake_case.
    pub id: String,
    /// Semantic version of the definition, `1.0.0`.
    pub version: String,
    /// Title on screens.
    pub title: Text,
    /// Typed law stands on this register: it cannot be dropped.
    pub core: bool,
    /// Owner unit (业务主管单位) by name.
    pub owner: Option<String>,
    /// 角色. Account roles that the definition names, in Chinese; the usual ones need no entry.
    pub roles: BTreeMap<String, String>,
    /// 台账类别. Where people look for it: `project`, `work`, `enterprise`, `programme` or `directory`; none = the
    /// district's own.
    pub family: Option<String>,
    /// How record numbers are made; none when the register has no numbers.
    pub number: Option<NumberPattern>,
    /// The field that names a record on screens and in other registers' cells.
    pub name_field: Option<String>,
    /// The text list field that holds other names.
    pub alias_field: Option<String>,
    /// More text fields that also name a record (简称).
    pub also_named: Vec<String>,
    /// Fields in the order of the form.
    pub fields: Vec<Field>,
    /// Choice lists by list id.
    pub choices: BTreeMap<String, Vec<Choice>>,
    /// When two records are taken for one.
    pub duplicates: Vec<DuplicateRule>,
    /// How a workbook is read.
    pub import: ImportRule,
    /// Default columns of the list page.
    pub list: Vec<String>,
    /// Calendar of its deadlines: `cn5` (official working days) unless named.
    pub calendar: String,
    /// `public`, `internal`, `sensitive`, `restricted`.
    pub sensitivity: String,
    /// Rules over the whole record.
    pub checks: Vec<law::CheckRule>,
    /// Workflow; none = records are only edited.
    pub flow: Option<law::Flow>,
    /// Recurring duties.
    pub obligations: Vec<law::Obligation>,
    /// Drives.
    pub campaigns: Vec<law::Campaign>,
    /// Fill cycle.
    pub cycle: Option<law::Cycle>,
    /// Figures.
    pub metrics: Vec<law::Metric>,
    /// Saved views.
    pub views: Vec<law::View>,
    /// Templates.
    pub reports: Vec<law::ReportTemplate>,
    /// Rights; empty = the district's usual rule.
    pub permits: Vec<law::Permit>,
    /// From earlier versions.
    pub migrations: Vec<law::Migration>,
    /// Transition at which the number is given; none = on creation.
    pub number_at: Option<String>,
}

/// One option of a choice list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// What is stored: letters, digits, `_ - . /`.
    pub code: String,
    /// What people see.
    pub label: Text,
    /// Other words for it in workbooks.
    pub synonyms: Vec<String>,
    /// Further values for choice filters, `option.<name>`: the region of a town.
    pub attributes: BTreeMap<String, String>,
}

/// A field of a record, or a column of a table field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Column name, snake_case.
    pub id: String,
    /// Label on forms and lists; also the first header word.
    pub label: Text,
    /// Type.
    pub kind: FieldKind,
    /// A record without it is not valid.
    pub required: bool,
    /// A crate reads it by name: a district cannot drop or retype it.
    pub core: bool,
    /// No two records of the register share a value (checked by the store).
    pub unique: bool,
    /// Part of the search text.
    pub search: bool,
    /// Shown in lists when no column list is given.
    pub list: bool,
    /// Printed.
    pub print: bool,
    /// Comes out of an import and is turned into other records; never stored in this register.
    pub import_only: bool,
    /// Header words of workbooks, besides the label.
    pub synonyms: Vec<String>,
    /// Unit in which money is shown and typed.
    pub unit: Option<MoneyUnit>,
    /// Measure word of a number (天, 个, 分钟).
    pub measure: Option<String>,
    /// Digits shown after the point, for money.
    pub digits: Option<u8>,
    /// Money may carry 约/余/近; `false` asks for an exact figure.
    pub bound: bool,
    /// Longest text in characters.
    pub max_len: Option<usize>,
    /// Lower limit in the value's own scale (fen, scaled decimal, 0.01 pp, rows, files).
    pub min: Option<i64>,
    /// Upper limit in the value's own scale.
    pub max: Option<i64>,
    /// The text field that takes a name which an org or ref field does not know.
    pub else_to: Option<String>,
    /// A text that follows a coding standard.
    pub format: Option<TextFormat>,
    /// Options of a code field, copied from the list it names.
    pub choices: Vec<Choice>,
    /// Help under the field.
    pub hint: Option<Text>,
    /// Made by the engine (state, holder, clock, steps …): no form asks for it, only transitions write it.
    pub system: bool,
    /// Computed value.
    pub compute: Option<Expr>,
    /// Roles that may overrule the computed value, with a reason.
    pub override_by: Vec<String>,
    /// Value of a new record.
    pub default: Option<Expr>,
    /// Shown only when true.
    pub visible: Option<Expr>,
    /// Required when true (besides `required`).
    pub required_when: Option<Expr>,
    /// Not typed when true.
    pub read_only: Option<Expr>,
    /// Rule on the value with its message.
    pub check: Option<(Expr, Text)>,
    /// Which options, persons, organisations or records may be picked; the candidate is `ref` (`person` for persons,
    /// `option` for codes).
    pub pick: Option<Expr>,
    /// Values kept from the record pointed at when it is chosen: own field → field there (snapshot).
    pub copy: BTreeMap<String, String>,
    /// Never changed once it has a value.
    pub set_once: bool,
    /// How it is masked for those who may not see it whole.
    pub mask: Option<Mask>,
    /// Normalising before storing.
    pub normalise: Vec<Normalise>,
    /// Id in an earlier version.
    pub renamed_from: Option<String>,
    /// Level an organisation must have: `district`, `street`, `community`, `department`.
    pub level: Option<String>,
    /// Media types of files: `image/*`, `application/pdf`.
    pub accept: Vec<String>,
    /// Coordinates' system: `CGCS2000`, `GCJ02`, `BD09`, `WGS84`.
    pub crs: Option<String>,
    /// What happens here when the record pointed at is withdrawn: `restrict` or `keep`.
    pub on_withdraw: OnWithdraw,
    /// A computed value that the moment or another record decides: worked out at each reading, never stored.
    pub live: bool,
}

/// How a value is masked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mask {
    /// 138****5678.
    Middle4,
    /// 410102********1234.
    CitizenId,
    /// 赵**.
    Name,
    /// ****.
    All,
}

/// Normalising of a text before it is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Normalise {
    /// No blanks around.
    Trim,
    /// Full-width letters and digits to half-width.
    Halfwidth,
    /// Capital letters.
    Upper,
}

/// What a reference does when its target is withdrawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnWithdraw {
    /// The reference stays.
    #[default]
    Keep,
    /// The target cannot be withdrawn while this record is in use.
    Restrict,
}

/// Type of a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// Whole number.
    Int,
    /// Fixed digits after the point, at most 9.
    Decimal {
        /// Digits after the point.
        digits: u8,
    },
    /// Amount of money, fen, with a bound.
    Money,
    /// Percent in steps of 0.01 percentage points.
    Percent,
    /// Yes or no.
    Bool,
    /// Civil date.
    Date,
    /// Moment, stored as UTC.
    DateTime,
    /// Period code, `2025M01-02`.
    Period,
    /// One of a list.
    Code {
        /// Id of the choice list.
        list: String,
    },
    /// Several of a list, in the order chosen.
    Codes {
        /// Id of the choice list.
        list: String,
    },
    /// Organisation of the directory.
    Org,
    /// Name of an office holder, free text.
    Person,
    /// Telephone number.
    Phone,
    /// Unified social credit code, GB 32100.
    Uscc,
    /// 公民身份号码, GB 11643. Sensitive: no message repeats it.
    IdCard,
    /// A record of another register.
    Ref {
        /// Id of that register.
        to: String,
    },
    /// Records of another register.
    Refs {
        /// Id of that register.
        to: String,
    },
    /// Several short texts.
    TextList,
    /// Files by content id.
    Attachment,
    /// A handwritten signature: one picture by content id.
    Signature,
    /// Words between the fields of a form; it has no value.
    Note,
    /// `longitude,latitude` in CGCS2000, six digits after the point.
    GeoPoint,
    /// Two points or more, `longitude,latitude;longitude,latitude`.
    GeoLine,
    /// Three points or more around an area; the last joins the first without being repeated.
    GeoArea,
    /// Sub-table.
    Table {
        /// Its columns.
        columns: Vec<Field>,
    },
}

impl FieldKind {
    /// The word used in `type = "…"`.
    pub fn keyword(&self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::LongText => "long_text",
            FieldKind::Int => "int",
            FieldKind::Decimal { .. } => "decimal",
            FieldKind::Money => "money",
            FieldKind::Percent => "percent",
            FieldKind::Bool => "bool",
            FieldKind::Date => "date",
            FieldKind::DateTime => "datetime",
            FieldKind::Period => "period",
            FieldKind::Code { .. } => "code",
            FieldKind::Codes { .. } => "multi_code",
            FieldKind::Org => "org",
            FieldKind::Person => "person",
            FieldKind::Phone => "phone",
            FieldKind::Uscc => "uscc",
            FieldKind::IdCard => "id_card",
            FieldKind::Ref { .. } | FieldKind::Refs { .. } => "ref",
            FieldKind::TextList => "text_list",
            FieldKind::Attachment => "attachment",
            FieldKind::Signature => "signature",
            FieldKind::Note => "note",
            FieldKind::GeoPoint => "geo_point",
            FieldKind::GeoLine => "geo_line",
            FieldKind::GeoArea => "geo_area",
            FieldKind::Table { .. } => "table",
        }
    }

    /// The choice list of a code field.
    pub fn list(&self) -> Option<&str> {
        match self {
            FieldKind::Code { list } | FieldKind::Codes { list } => Some(list),
            _ => None,
        }
    }

    /// Whether its values are files by content id.
    pub fn is_file(&self) -> bool {
        matches!(self, FieldKind::Attachment | FieldKind::Signature)
    }

    /// The register a field points at; organisations are a register too.
    pub fn target(&self) -> Option<&str> {
        match self {
            FieldKind::Org => Some("organisation"),
            FieldKind::Ref { to } | FieldKind::Refs { to } => Some(to),
            _ => None,
        }
    }
}

/// A coding standard that a text field follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextFormat {
    /// 投资项目代码, GB/T 40058.
    ProjectCode,
    /// 行政区划代码, GB/T 2260.
    Region,
}

/// 重复判定. A rule by which a new row is taken for a known record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DuplicateRule {
    /// All of these fields agree after normalising; may be empty when `near` is not.
    pub keys: Vec<String>,
    /// All of these are alike enough.
    pub near: Vec<NearRule>,
    /// What the user is told.
    pub action: DuplicateAction,
}

/// A field whose value need only be near.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NearRule {
    /// Field id.
    pub field: String,
    /// How near.
    pub by: Nearness,
}

/// How near two values must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nearness {
    /// Least likeness of two texts, 0 to 100.
    Similarity(u8),
    /// Greatest distance of two points.
    Metres(u32),
    /// Greatest distance of two dates or moments.
    Days(u32),
}

/// What happens when a duplicate rule fires.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DuplicateAction {
    /// The user is asked.
    Warn,
    /// The user is offered to put the row into the known record.
    Merge,
    /// A second record is refused.
    Block,
}

impl NearRule {
    /// Least likeness of texts, when it is of that sort.
    pub fn likeness(&self) -> Option<u8> {
        match self.by {
            Nearness::Similarity(level) => Some(level),
            _ => None,
        }
    }
}

impl Field {
    /// A plain field of a kind, for tests and for registers made by programs.
    pub fn new(id: impl Into<String>, label: impl Into<String>, kind: FieldKind) -> Field {
        Field {
            id: id.into(),
            label: Text::zh(label),
            kind,
            required: false,
            core: false,
            unique: false,
            search: false,
            list: false,
            print: true,
            import_only: false,
            synonyms: Vec::new(),
            unit: None,
            measure: None,
            digits: None,
            bound: true,
            max_len: None,
            min: None,
            max: None,
            else_to: None,
            format: None,
            choices: Vec::new(),
            hint: None,
            system: false,
            compute: None,
            override_by: Vec::new(),
            default: None,
            visible: None,
            required_when: None,
            read_only: None,
            check: None,
            pick: None,
            copy: BTreeMap::new(),
            set_once: false,
            mask: None,
            normalise: Vec::new(),
            renamed_from: None,
            level: None,
            accept: Vec::new(),
            crs: None,
            on_withdraw: OnWithdraw::Keep,
            live: false,
        }
    }

    /// Words that may head this field's column in a workbook, the label first.
    pub fn header_words(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.label.zh.as_str()).chain(self.synonyms.iter().map(String::as_str))
    }

    /// Columns of a table field; empty for all others.
    pub fn columns(&self) -> &[Field] {
        match &self.kind {
            FieldKind::Table { columns } => columns,
            _ => &[],
        }
    }

    /// The option with this code.
    pub fn choice(&self, code: &str) -> Option<&Choice> {
        self.choices.iter().find(|c| c.code == code)
    }

    /// The measure or money unit as printed behind a number or in a header.
    pub fn unit_label(&self) -> &str {
        match (&self.kind, self.unit) {
            (FieldKind::Money, unit) => unit.unwrap_or(MoneyUnit::Yuan).label(),
            (FieldKind::Percent, _) => "%",
            _ => self.measure.as_deref().unwrap_or(""),
        }
    }
}

impl Definition {
    /// A register without fields.
    pub fn empty(id: String, version: String, title: Text) -> Definition {
        Definition {
            id,
            version,
            title,
            core: false,
            owner: None,
            roles: BTreeMap::new(),
            family: None,
            number: None,
            name_field: None,
            alias_field: None,
            also_named: Vec::new(),
            fields: Vec::new(),
            choices: BTreeMap::new(),
            duplicates: Vec::new(),
            import: ImportRule::default(),
            list: Vec::new(),
            calendar: "cn5".to_owned(),
            sensitivity: "internal".to_owned(),
            checks: Vec::new(),
            flow: None,
            obligations: Vec::new(),
            campaigns: Vec::new(),
            cycle: None,
            metrics: Vec::new(),
            views: Vec::new(),
            reports: Vec::new(),
            permits: Vec::new(),
            migrations: Vec::new(),
            number_at: None,
        }
    }

    /// The field with this id; `problems.problem` finds a column of a table field.
    pub fn field(&self, path: &str) -> Option<&Field> {
        match path.split_once('.') {
            None => self.fields.iter().find(|f| f.id == path),
            Some((table, column)) => self.field(table)?.columns().iter().find(|c| c.id == column),
        }
    }

    /// Fields that forms, lists and exports show: all but the import-only ones.
    pub fn form_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| !f.import_only)
    }

    /// Fields that are stored: neither import-only, nor mere words, nor worked out at each reading.
    pub fn stored_fields(&self) -> impl Iterator<Item = &Field> {
        self.form_fields()
            .filter(|f| f.kind != FieldKind::Note && !f.live)
    }

    /// The states of the workflow; empty without one.
    pub fn states(&self) -> &[law::State] {
        self.flow.as_ref().map_or(&[], |flow| &flow.states)
    }

    /// A state.
    pub fn state(&self, id: &str) -> Option<&law::State> {
        self.states().iter().find(|s| s.id == id)
    }

    /// A transition.
    pub fn transition(&self, id: &str) -> Option<&law::Transition> {
        let flow = self.flow.as_ref()?;
        flow.transitions.iter().find(|t| t.id == id)
    }

    /// Takes the import-only values out of a draft; the rest is what may be stored.
    pub fn take_import_only(&self, draft: &mut Fields) -> Fields {
        let mut taken = Fields::new();
        for field in self.fields.iter().filter(|f| f.import_only) {
            taken.extend(draft.remove_entry(&field.id));
        }
        taken
    }

    /// What a workbook column may become: every field by path; a table gives its columns instead of itself. Of what the
    /// workflow keeps only the state can stand in a workbook.
    pub fn import_fields(&self) -> Vec<(String, &Field)> {
        let mut found = Vec::new();
        let typed = |field: &&Field| !field.system || field.id == "state";
        for field in self.fields.iter().filter(typed) {
            if field.columns().is_empty() {
                found.push((field.id.clone(), field));
            }
            let columns = field.columns().iter();
            found.extend(columns.map(|c| (format!("{}.{}", field.id, c.id), c)));
        }
        found
    }

    /// Columns of the list page: as written, else the fields marked `list`.
    pub fn list_columns(&self) -> Vec<&str> {
        if !self.list.is_empty() {
            return self.list.iter().map(String::as_str).collect();
        }
        self.stored_fields()
            .filter(|f| f.list)
            .map(|f| f.id.as_str())
            .collect()
    }
}
