//! 旧版导出 A workbook that we wrote ourselves says by which version of the definition. It is read by that version and
//! carried over as the records were.

use crate::App;
use crate::error::AppError;
use crate::records::NUMBER;
use crate::world::Setting;
use exchange::{ExportMark, Mapping, ReadContext, Reading, Table};
use ground::{Finding, RecordId};
use register::migrate::{self, MigrationPlan};
use register::version::is_newer;
use register::{Definition, Hints, Record, Version};

/// A workbook of ours on its way into the definition in force.
pub(super) struct Marked {
    mark: ExportMark,
    /// The definition it was written by, then each that came after, up to the one in force; the one in force alone
    /// when the old ones are not kept.
    versions: Vec<Definition>,
}

impl Marked {
    /// What a workbook says of itself, if it goes to this register.
    pub fn of(
        app: &App,
        definition: &Definition,
        mark: Option<ExportMark>,
    ) -> Result<Option<Self>, AppError> {
        let Some(mark) = mark.filter(|mark| mark.register == definition.id) else {
            return Ok(None);
        };
        let kept = app.read(|reader| reader.definition_versions(&definition.id))?;
        let shipped = crate::definitions::shipped_text(&definition.id);
        let texts = kept.into_iter().map(|one| one.text).chain(shipped);
        let mut versions: Vec<Definition> = texts
            .filter_map(|text| register::parse("definition.toml", &text).0)
            .filter(|one| {
                !is_newer(&mark.version, &one.version)
                    && is_newer(&definition.version, &one.version)
            })
            .collect();
        versions.sort_by_key(|one| Version::parse(&one.version));
        versions.dedup_by(|a, b| a.version == b.version);
        if versions
            .first()
            .is_none_or(|one| one.version != mark.version)
        {
            versions.clear();
        }
        versions.push(definition.clone());
        Ok(Some(Self { mark, versions }))
    }

    fn is_older(&self) -> bool {
        let now = self.versions.last();
        now.is_some_and(|now| is_newer(&now.version, &self.mark.version))
    }

    /// Maps the columns by their fields at the time, as those are called now; gives what is to be told of it.
    pub fn map(&self, table: &Table, mapping: &mut Mapping) -> Vec<Finding> {
        let fields = self.mark.fields_of(table);
        let mut renamed = Vec::new();
        for (column, field) in mapping.columns.iter_mut().zip(fields) {
            let Some(old) = field else { continue };
            if old == NUMBER {
                column.reason = "编号由系统给，不导入".to_owned();
                column.confidence = 100;
                column.field = None;
                continue;
            }
            let now = self.now(old);
            if let (true, Some(now)) = (now.as_deref() != Some(old), &now) {
                renamed.push(format!("“{}”（{old}）现为 {now}", column.path));
            }
            column.reason = match &now {
                Some(_) => format!("本系统 {} 版导出的字段 {old}", self.mark.version),
                None => format!("{} 版的字段 {old} 已停用，不导入", self.mark.version),
            };
            column.confidence = 100;
            column.field = now;
        }
        self.told(table, renamed)
    }

    fn told(&self, table: &Table, renamed: Vec<String>) -> Vec<Finding> {
        let now = self.versions.last().map_or("", |one| one.version.as_str());
        if is_newer(&self.mark.version, now) {
            let problem = format!(
                "这份表是 {} 版导出的，比现行的 {now} 版新。",
                self.mark.version
            );
            let remedy = "请确认来自本区县；字段按名称对应，请逐列核对。";
            return vec![Finding::warning(
                "import.newer_version",
                table.sheet_name(),
                problem,
                remedy,
            )];
        }
        if !self.is_older() {
            return Vec::new();
        }
        let mut problem = format!("这份表是 {} 版导出的，现行 {now} 版。", self.mark.version);
        if !renamed.is_empty() {
            problem.push_str(&format!("改过名的列：{}。", renamed.join("；")));
        }
        let remedy = match self.versions.len() {
            1 => "旧版定义没有留存，只按字段改名对应，请核对各列。",
            _ => "已按台账升级时的同一规则换算，请核对后导入。",
        };
        vec![Finding::info(
            "import.older_version",
            table.sheet_name(),
            problem,
            remedy,
        )]
    }

    /// What a field is called now; none when it was given up.
    fn now(&self, field: &str) -> Option<String> {
        let (id, column) = match field.split_once('.') {
            Some((id, column)) => (id, Some(column)),
            None => (field, None),
        };
        let mut id = id.to_owned();
        for version in &self.versions {
            let renamed = || {
                let mut all = version.fields.iter();
                all.find(|one| one.renamed_from.as_deref() == Some(id.as_str()))
            };
            id = version.field(&id).or_else(renamed)?.id.clone();
        }
        Some(column.map_or(id.clone(), |column| format!("{id}.{column}")))
    }

    /// The records as the old definition reads them, carried over; none when the workbook is of the version in force
    /// or the old definition is not kept.
    pub fn read(
        &self,
        app: &App,
        table: &Table,
        mapping: &Mapping,
        hints: &Hints,
    ) -> Option<Reading> {
        let old = self.versions.first().filter(|_| self.versions.len() > 1)?;
        let mut then = mapping.clone();
        let fields = self.mark.fields_of(table);
        for (column, field) in then.columns.iter_mut().zip(fields) {
            column.field = field.map(str::to_owned).or(column.field.take());
        }
        let mut reading = exchange::read_records(table, &then, old, &ReadContext::new(hints));
        let plans: Vec<MigrationPlan> = self
            .versions
            .windows(2)
            .map(|pair| migrate::plan(&pair[0], &pair[1]).0)
            .collect();
        let setting = Setting::new(app, None);
        let mut findings = Vec::new();
        for draft in &mut reading.records {
            let carried = plans.iter().try_fold(draft.fields.clone(), |fields, plan| {
                let record = Record {
                    id: RecordId(1),
                    version: 1,
                    org: app.root().clone(),
                    number: None,
                    fields,
                    withdrawn: false,
                };
                let moment = setting.moment(old);
                migrate::convert(plan, &record, moment).map(|done| done.fields)
            });
            match carried {
                Ok(fields) => draft.fields = fields,
                Err(found) => findings.extend(found.into_iter().map(|one| Finding {
                    place: draft.place.clone(),
                    ..one
                })),
            }
        }
        reading.findings.extend(findings);
        Some(reading)
    }
}
