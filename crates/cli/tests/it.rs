//! The built binary: what it prints and with which code it ends.

use rust_xlsxwriter::Workbook;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Runs the binary in a folder of its own, without settings of this machine.
fn guatu(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guatu"));
    command
        .current_dir(folder)
        .env_remove("GUATU_DATA")
        .env_remove("GUATU_DATABASE")
        .env_remove("GUATU_LOG");
    command.args(arguments).output().expect("the binary runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn json_of(output: &Output) -> Json {
    serde_json::from_str(&out(output)).unwrap_or_else(|error| {
        panic!(
            "{error}: {} {}",
            out(output),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("temporary folder")
}

/// A small project list; the amount of its second project is given.
fn book(folder: &Path, second_amount: &str) -> PathBuf {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("项目").expect("a name");
    let rows = [
        ["项目名称", "责任单位", "总投资(亿元)"],
        ["丁仓储项目", "区发改委", "2.5"],
        ["戊冷链项目", "区商务局", second_amount],
    ];
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number),
                Err(_) => sheet.write_string(row, column, cell),
            }
            .expect("a cell");
        }
    }
    let path = folder.join("项目.xlsx");
    workbook.save(&path).expect("a file");
    path
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

#[test]
fn a_dry_run_prints_records_findings_and_checks_and_writes_nothing() {
    let folder = folder();
    let file = book(folder.path(), "1.5");
    let output = guatu(
        folder.path(),
        &[
            "import",
            text(&file),
            "--register",
            "project",
            "--dry-run",
            "--json",
            "--as-of",
            "2023-03-10",
        ],
    );
    assert_eq!(
        code(&output),
        0,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let look = json_of(&output);
    let keys: Vec<&String> = look.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["checks", "findings", "records"]);
    assert_eq!(look["records"].as_array().map(Vec::len), Some(2));
    let first = &look["records"][0];
    assert_eq!(first["place"], "项目!A2");
    assert_eq!(
        first["values"],
        json!({"name": "丁仓储项目", "responsible_unit": "区发改委", "investment_total": "250000000.00"})
    );
    for finding in look["findings"].as_array().expect("findings") {
        for part in ["code", "severity", "place", "problem", "remedy"] {
            assert!(finding[part].is_string(), "{part} in {finding}");
        }
    }
    let left: Vec<_> = folder.path().read_dir().expect("the folder").collect();
    assert_eq!(left.len(), 1, "only the workbook is there");
}

#[test]
fn a_dry_run_with_a_folder_prints_the_same_shape() {
    let folder = folder();
    let file = book(folder.path(), "1.5");
    let data = folder.path().join("data");
    let output = guatu(
        folder.path(),
        &[
            "import",
            text(&file),
            "--register",
            "project",
            "--dry-run",
            "--json",
            "--data",
            text(&data),
        ],
    );
    assert_eq!(code(&output), 0, "{}", out(&output));
    let look = json_of(&output);
    assert_eq!(
        look["records"][0]["values"],
        json!({"name": "丁仓储项目", "responsible_unit": "区发改委", "investment_total": "250000000.00"})
    );
}

#[test]
fn an_error_in_the_data_ends_with_one_and_keeps_the_good_rows() {
    let folder = folder();
    let file = book(folder.path(), "很多");
    let output = guatu(
        folder.path(),
        &[
            "import",
            text(&file),
            "--register",
            "project",
            "--dry-run",
            "--json",
        ],
    );
    assert_eq!(code(&output), 1, "{}", out(&output));
    let look = json_of(&output);
    let errors: Vec<&Json> = look["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|one| one["severity"] == "error")
        .collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0]["place"], "项目!C3");
    assert_eq!(look["records"][0]["values"]["name"], "丁仓储项目");
}

#[test]
fn a_broken_workbook_is_one_finding_and_exit_code_one() {
    let folder = folder();
    let file = folder.path().join("坏.xlsx");
    for bytes in [
        b"PK\x03\x04 not a workbook".as_slice(),
        b"",
        b"<html></html>",
    ] {
        std::fs::write(&file, bytes).expect("a file");
        for data in [None, Some("data")] {
            let mut arguments = vec![
                "import",
                text(&file),
                "--register",
                "project",
                "--dry-run",
                "--json",
            ];
            arguments.extend(data.iter().flat_map(|data| ["--data", *data]));
            let output = guatu(folder.path(), &arguments);
            assert_eq!(code(&output), 1);
            let look = json_of(&output);
            assert_eq!(look["findings"].as_array().map(Vec::len), Some(1), "{look}");
            assert_eq!(
                (&look["records"], &look["findings"][0]["severity"]),
                (&json!([]), &json!("error"))
            );
        }
    }
}

#[test]
fn wrong_use_ends_with_two_and_a_missing_file_with_one() {
    let folder = folder();
    for arguments in [
        &["import"][..],
        &["import", "a.xlsx"],
        &["nonsense"],
        &["chart", "--paper", "A9", "-o", "a.pdf"],
        &[],
    ] {
        assert_eq!(code(&guatu(folder.path(), arguments)), 2, "{arguments:?}");
    }
    let missing = guatu(
        folder.path(),
        &["import", "没有.xlsx", "--register", "project", "--dry-run"],
    );
    assert_eq!(code(&missing), 1);
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(said.contains("没有.xlsx"), "{said}");
    let file = book(folder.path(), "1.5");
    let nowhere = guatu(
        folder.path(),
        &[
            "import",
            text(&file),
            "--register",
            "nothing",
            "--dry-run",
            "--json",
        ],
    );
    assert_eq!(code(&nowhere), 1);
}

#[test]
fn registers_and_the_api_document_are_printed_for_machines() {
    let folder = folder();
    let list = json_of(&guatu(folder.path(), &["register", "list", "--json"]));
    let ids: Vec<&str> = list
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect();
    assert!(
        ids.contains(&"project") && ids.contains(&"activity") && ids.len() >= 11,
        "{ids:?}"
    );
    let document = json_of(&guatu(folder.path(), &["openapi"]));
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1"))
    );
    assert!(document["paths"]["/wall-chart"]["get"].is_object());
    assert!(document["components"]["schemas"]["Values_project"].is_object());
    assert_eq!(
        folder.path().read_dir().expect("the folder").count(),
        0,
        "neither makes a data folder"
    );
}

#[test]
fn a_definition_is_checked_with_its_places() {
    let folder = folder();
    let file = folder.path().join("definition.toml");
    std::fs::write(&file, "[register]\nid = \"x y\"\n").expect("a file");
    let output = guatu(folder.path(), &["register", "check", text(&file), "--json"]);
    assert_eq!(code(&output), 1);
    assert!(
        json_of(&output)
            .as_array()
            .is_some_and(|findings| !findings.is_empty())
    );
    let good =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../registers/project/definition.toml");
    assert_eq!(
        code(&guatu(folder.path(), &["register", "check", text(&good)])),
        0
    );
}

#[test]
fn a_district_is_filled_proved_exported_drawn_and_copied_from_the_command_line() {
    let folder = folder();
    let file = book(folder.path(), "1.5");
    let at = folder.path();
    let imported = guatu(
        at,
        &[
            "import",
            text(&file),
            "--register",
            "project",
            "--json",
            "--data",
            "data",
            "--as-of",
            "2023-03-10",
        ],
    );
    assert_eq!(
        code(&imported),
        0,
        "{}",
        String::from_utf8_lossy(&imported.stderr)
    );
    let told = json_of(&imported);
    assert_eq!(
        (&told["created"], &told["updated"]),
        (&json!(2), &json!(0)),
        "{told}"
    );
    let verified = guatu(at, &["audit", "verify", "--data", "data"]);
    assert_eq!(code(&verified), 0);
    assert!(out(&verified).starts_with("日志完整"), "{}", out(&verified));
    let exported = guatu(
        at,
        &[
            "export",
            "--register",
            "project",
            "-o",
            "导出.xlsx",
            "--data",
            "data",
        ],
    );
    assert_eq!(
        code(&exported),
        0,
        "{}",
        String::from_utf8_lossy(&exported.stderr)
    );
    let again = guatu(
        at,
        &[
            "import",
            "导出.xlsx",
            "--register",
            "project",
            "--dry-run",
            "--json",
        ],
    );
    let names: Vec<String> = json_of(&again)["records"]
        .as_array()
        .expect("records")
        .iter()
        .filter_map(|one| one["values"]["name"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(names, ["丁仓储项目", "戊冷链项目"]);
    for (name, head) in [("挂图.pdf", "%PDF-"), ("挂图.svg", "<svg")] {
        let drawn = guatu(
            at,
            &[
                "chart",
                "-o",
                name,
                "--data",
                "data",
                "--as-of",
                "2023-03-10",
            ],
        );
        assert_eq!(
            code(&drawn),
            0,
            "{}",
            String::from_utf8_lossy(&drawn.stderr)
        );
        let bytes = std::fs::read(at.join(name)).expect("the chart");
        assert!(bytes.starts_with(head.as_bytes()), "{name}");
    }
    assert_eq!(
        code(&guatu(at, &["backup", "-o", "备份", "--data", "data"])),
        0
    );
    assert_eq!(
        code(&guatu(at, &["backup", "-o", "备份", "--data", "data"])),
        1,
        "a backup is never overwritten"
    );
    assert_eq!(code(&guatu(at, &["restore", "备份", "--data", "新"])), 0);
    let same = guatu(at, &["audit", "verify", "--data", "新"]);
    assert_eq!(code(&same), 0);
    // The export itself stands in the journal, so both chains end alike.
    assert_eq!(
        out(&same),
        out(&guatu(at, &["audit", "verify", "--data", "data"]))
    );
}

#[test]
fn accounts_are_made_and_closed_at_the_machine() {
    let folder = folder();
    let at = folder.path();
    let added = guatu(
        at,
        &[
            "user",
            "add",
            "lianhu",
            "--name",
            "莲湖街道",
            "--role",
            "clerk",
            "--unit",
            "410102",
            "--data",
            "data",
        ],
    );
    assert_eq!(
        code(&added),
        0,
        "{}",
        String::from_utf8_lossy(&added.stderr)
    );
    assert!(out(&added).contains("/signin?token="), "{}", out(&added));
    assert_eq!(
        code(&guatu(
            at,
            &[
                "user",
                "add",
                "lianhu",
                "--name",
                "又一个",
                "--role",
                "clerk",
                "--data",
                "data"
            ]
        )),
        1
    );
    assert_eq!(
        code(&guatu(
            at,
            &[
                "user", "add", "b", "--name", "乙", "--role", "king", "--data", "data"
            ]
        )),
        1
    );
    assert_eq!(
        code(&guatu(at, &["user", "disable", "lianhu", "--data", "data"])),
        0
    );
    let list = json_of(&guatu(at, &["user", "list", "--json", "--data", "data"]));
    assert_eq!(
        (&list[0]["login"], &list[0]["enabled"]),
        (&json!("lianhu"), &json!(false)),
        "{list}"
    );
}

/// Three works in a row, five days each, on the official calendar.
const PLAN: &str = "start = 2023-03-06\n[[activity]]\ncode = \"1\"\nname = \"基础\"\nduration_days = 5\n[[activity]]\ncode = \"2\"\nname = \"主体\"\nduration_days = 5\npredecessors = \"1\"\n[[activity]]\ncode = \"3\"\nname = \"验收\"\nkind = \"finish_milestone\"\npredecessors = \"2\"\n";

#[test]
fn schedule_prints_dates_floats_and_drivers_as_json() {
    let folder = folder();
    std::fs::write(folder.path().join("plan.toml"), PLAN).expect("written");
    let arguments = ["schedule", "plan.toml", "--json", "--timings", "--compare"];
    let output = guatu(folder.path(), &arguments);
    assert_eq!(code(&output), 0);
    let answer = json_of(&output);
    let expected = json!({"id": "2", "early_start": "2023-03-13T08:00", "early_finish": "2023-03-17T17:00",
        "late_start": "2023-03-13T08:00", "late_finish": "2023-03-17T17:00", "total_float_min": 0,
        "free_float_min": 0, "critical": true, "driver": "前置 1FS"});
    assert_eq!(answer["activities"][1], expected);
    assert_eq!(answer["findings"], json!([]));
    assert_eq!(answer["compare"]["activities"], 3);
    assert!(answer["timings"]["schedule"]["wall_s"].is_number());
}

#[test]
fn schedule_plans_back_from_a_target_and_writes_what_reads_back() {
    let folder = folder();
    std::fs::write(folder.path().join("plan.toml"), PLAN).expect("written");
    for name in ["out.xml", "out.xer"] {
        let arguments = [
            "schedule",
            "plan.toml",
            "--backward",
            "--target",
            "2023-03-31",
            "-o",
            name,
        ];
        assert_eq!(code(&guatu(folder.path(), &arguments)), 0, "{name}");
        let answer = json_of(&guatu(folder.path(), &["schedule", name, "--json"]));
        let late: Vec<&Json> = (0..3)
            .map(|i| &answer["activities"][i]["late_finish"])
            .collect();
        assert_eq!(
            late,
            ["2023-03-24T17:00", "2023-03-31T17:00", "2023-03-31T17:00"],
            "{name}"
        );
    }
    let late = [
        "schedule",
        "plan.toml",
        "--backward",
        "--target",
        "2023-03-10",
        "--json",
    ];
    let answer = json_of(&guatu(folder.path(), &late));
    assert_eq!(answer["activities"][2]["total_float_min"], -5 * 480);
    let table = guatu(folder.path(), &["schedule", "plan.toml", "-o", "out.csv"]);
    assert_eq!(code(&table), 0);
    let csv = std::fs::read_to_string(folder.path().join("out.csv")).expect("written");
    assert!(
        csv.contains("\r\n2,主体,2023-03-13 08:00,2023-03-17 17:00,"),
        "{csv}"
    );
}

#[test]
fn a_reader_that_stops_early_is_no_failure() {
    let folder = folder();
    std::fs::write(folder.path().join("plan.toml"), PLAN).expect("a plan");
    let mut command = Command::new(env!("CARGO_BIN_EXE_guatu"));
    command.current_dir(folder.path());
    command.args(["schedule", "plan.toml", "--json"]);
    let pipes = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut started = pipes.spawn().expect("started");
    drop(started.stdout.take());
    let ended = started.wait_with_output().expect("ended");
    assert_eq!((code(&ended), ended.stderr.as_slice()), (0, b"".as_slice()));
}

#[test]
fn schedule_ends_with_one_on_findings_and_two_on_wrong_use() {
    let folder = folder();
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("other.txt", "no plan at all");
    let foreign = guatu(folder.path(), &["schedule", "other.txt", "--json"]);
    assert_eq!(code(&foreign), 1);
    assert_eq!(json_of(&foreign)["findings"][0]["code"], "schedule.format");
    write(
        "loop.toml",
        &PLAN.replace(
            "duration_days = 5\n[[activity]]\ncode = \"2\"",
            "duration_days = 5\npredecessors = \"2\"\n[[activity]]\ncode = \"2\"",
        ),
    );
    let looped = guatu(folder.path(), &["schedule", "loop.toml", "--json"]);
    assert_eq!(code(&looped), 1);
    assert_eq!(json_of(&looped)["activities"], json!([]));
    assert_eq!(code(&guatu(folder.path(), &["schedule"])), 2);
    assert_eq!(
        code(&guatu(
            folder.path(),
            &["schedule", "a.xer", "--target", "2023-03-01"]
        )),
        2
    );
    assert_eq!(code(&guatu(folder.path(), &["schedule", "absent.xer"])), 1);
}
