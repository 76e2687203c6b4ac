//! A workbook of 100,000 rows × 20 columns: opened, read, validated, and written through the journal in one transaction.

use std::path::Path;

use exchange::{ReadContext, guess_mapping, open_workbook, read_each, read_table, validate_draft};
use ground::{Date, District, OrgPath};
use register::{Definition, Hints};
use rust_xlsxwriter::{Workbook, XlsxError};
use store::{Meta, NewBatch, NewRecord, Store, StoreError};

use crate::figure::{self, Cost};

const TODAY: Date = Date::constant(2023, 3, 10);
const AT: &str = "2023-03-10T00:30:00Z";
const PART: usize = 10_000;
const HEAD: [&str; 20] = [
    "序号",
    "项目名称",
    "主要建设内容",
    "业主单位",
    "施工单位",
    "建设地址",
    "包联领导",
    "首席服务员",
    "备注",
    "佐证材料",
    "总投资",
    "年度计划",
    "累计完成",
    "到位资金",
    "计划开工",
    "计划竣工",
    "承诺年产值",
    "承诺年税收",
    "带动就业",
    "签约日期",
];

/// Writes the workbook that is measured, for the peers too.
///
/// # Errors
/// What the writer of workbooks says.
pub fn generate(file: &Path, rows: u32) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "某区重点项目台账")?;
    sheet.write_string(1, 0, "单位:万元    截至:2023年1月28日")?;
    for (column, label) in HEAD.iter().enumerate() {
        sheet.write_string(2, column as u16, *label)?;
    }
    for row in 0..rows {
        for column in 0..HEAD.len() as u16 {
            let number = f64::from((row * 7 + u32::from(column) * 13) % 90_000) / 10.0;
            let (month, day) = (row % 12 + 1, row % 28 + 1);
            match column {
                0 => sheet.write_number(row + 3, column, f64::from(row + 1))?,
                1 => sheet.write_string(row + 3, column, format!("第{row}号产业园建设项目"))?,
                2..=9 => {
                    let text = format!("{}{}", HEAD[column as usize], row % 977);
                    sheet.write_string(row + 3, column, text)?
                }
                14 | 15 | 19 => {
                    let text = format!("2023-{month:02}-{day:02}");
                    sheet.write_string(row + 3, column, text)?
                }
                18 => sheet.write_number(row + 3, column, f64::from(row % 500))?,
                _ => sheet.write_number(row + 3, column, number)?,
            };
        }
    }
    workbook.save(file)
}

/// Prints the figures of a workbook made by [`generate`].
///
/// # Errors
/// What the store says.
pub fn run(file: &Path) -> Result<(), StoreError> {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&temporary.path().into())?;
    let toml = include_str!("../../registers/project/definition.toml");
    let (definition, findings) = register::parse("definition.toml", toml);
    let definition = definition.unwrap_or_else(|| panic!("{findings:#?}"));
    store.define(std::slice::from_ref(&definition))?;

    let (reading, (records, told)) = figure::once(|| read(file, &definition));
    let rows = records.len();
    let remark = format!("{rows} records, {told} findings");
    figure::line("import: open, read, validate", &reading, &remark);
    let (writing, written) = figure::once(|| write(&store, records));
    written?;
    figure::line("import: journal and commit", &writing, "one transaction");
    let whole = Cost {
        cpu: reading.cpu + writing.cpu,
        wall: reading.wall + writing.wall,
        peak: reading.peak.max(writing.peak),
    };
    figure::line("import: 100,000 × 20, whole", &whole, "budget 10 s, 500 MB");
    Ok(())
}

/// Records of the first sheet and the number of findings.
fn read(file: &Path, definition: &Definition) -> (Vec<NewRecord>, usize) {
    let bytes = std::fs::read(file).expect("the generated workbook");
    let workbook = open_workbook(&bytes, "large.xlsx").expect("a sound workbook");
    drop(bytes);
    let table = read_table(&workbook.sheets[0]);
    let mapping = guess_mapping(&table, definition, None);
    let hints = Hints::new(TODAY);
    let org = OrgPath::new("410102").expect("a path");
    let (mut records, mut invalid) = (Vec::new(), 0);
    let context = ReadContext::new(&hints);
    let (findings, _) = read_each(&table, &mapping, definition, &context, &mut |draft| {
        invalid += validate_draft(definition, &draft, &[]).len();
        // What becomes other records (round, batch, day of the sheet) is not stored here.
        let mut fields = draft.fields;
        definition.take_import_only(&mut fields);
        records.push(NewRecord {
            source: Some(draft.place),
            ..NewRecord::new(org.clone(), fields)
        });
    });
    (records, findings.len() + invalid)
}

fn write(store: &Store, mut records: Vec<NewRecord>) -> Result<(), StoreError> {
    let district = District::new("410102").expect("six digits");
    store.write::<_, StoreError>(&district, move |w| {
        let mut meta = Meta::new("load", AT, TODAY);
        let batch = NewBatch {
            register: "project".to_owned(),
            file_name: "large.xlsx".to_owned(),
            file_digest: None,
            rows: records.len() as u64,
            summary: None,
        };
        meta.batch = Some(w.begin_batch(&batch, &meta)?);
        records.reverse();
        while !records.is_empty() {
            let left = records.len().saturating_sub(PART);
            let mut part = records.split_off(left);
            part.reverse();
            w.create_many("project", part, &meta)?;
        }
        Ok(())
    })
}
