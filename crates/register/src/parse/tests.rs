//! Messages of bad definitions, and the language that good ones may use.

use super::*;
use ground::Severity;

const HEAD: &str =
    "[register]\nid = \"bench\"\nversion = \"1.0.0\"\ntitle = { \"zh-CN\" = \"长椅台账\" }\n";
const NAME: &str = "[[field]]\nid = \"name\"\ntype = \"text\"\nlabel = { \"zh-CN\" = \"名称\" }\n";

/// All findings of HEAD + NAME + `more` as `line code: problem remedy`, lines counted in `more`.
fn messages(more: &str) -> Vec<String> {
    let before = format!("{HEAD}{NAME}");
    let offset = before.lines().count();
    let (_, findings) = parse("d.toml", &format!("{before}{more}"));
    let shown = findings.iter().map(|f| {
        let line: usize = f
            .place
            .trim_start_matches("d.toml:")
            .parse()
            .expect("a line");
        let line = line as i64 - offset as i64;
        let code = f.code.trim_start_matches("definition.");
        format!("{line} {code}: {}{}", f.problem, f.remedy)
    });
    shown.collect()
}

fn check(more: &str, expect: &[&str]) {
    assert_eq!(messages(more), expect, "{more}");
}

#[test]
fn a_small_definition_is_read_whole() {
    let toml = format!("{HEAD}name_field = \"name\"\nlist = [\"name\"]\n{NAME}");
    let (definition, findings) = parse("d.toml", &toml);
    assert_eq!(findings, []);
    let definition = definition.expect("no findings");
    assert_eq!(definition.name_field.as_deref(), Some("name"));
    assert_eq!(definition.list_columns(), ["name"]);
}

#[test]
fn a_mistyped_key_or_type_is_named_with_the_word_meant() {
    check(
        "requierd = true\n",
        &["1 unknown_key: 不认识“requierd”。是不是想写“required”？"],
    );
    check(
        "[[field]]\nid = \"cost\"\ntype = \"mony\"\nlabel = { \"zh-CN\" = \"金额\" }\n",
        &["3 unknown_type: 不认识类型“mony”。是不是想写“money”？"],
    );
    check(
        "[duplicates]\nkeys = [\"name\"]\n",
        &["1 unknown_key: 不认识“duplicates”。是不是想写“duplicate”？"],
    );
}

#[test]
fn a_flag_may_be_an_expression() {
    check("required = \"true\"\n", &[]);
    let toml = format!("{HEAD}{NAME}required = \"name != 'x'\"\nread_only = \"true\"\n");
    let (definition, findings) = parse("d.toml", &toml);
    assert_eq!(findings, []);
    let field = &definition.expect("good").fields[0];
    let text = |rule: &Option<crate::expr::Expr>| rule.as_ref().map(|e| e.text().to_owned());
    assert!(!field.required);
    assert_eq!(text(&field.required_when).as_deref(), Some("name != 'x'"));
    assert_eq!(text(&field.read_only).as_deref(), Some("true"));
}

#[test]
fn a_table_has_no_notes() {
    check(
        "[[field]]\nid = \"at\"\ntype = \"table\"\nlabel = { \"zh-CN\" = \"表\" }\ncolumns = [ { id = \"a\", type = \"note\", label = { \"zh-CN\" = \"说明\" } } ]\n",
        &["5 note_in_table: 表格的列不能是说明文字。请把说明写在表格字段的 hint 里。"],
    );
}

#[test]
fn ids_are_snake_case_short_single_and_not_the_systems_own() {
    let field = |id: &str| {
        format!("[[field]]\nid = \"{id}\"\ntype = \"int\"\nlabel = {{ \"zh-CN\" = \"数\" }}\n")
    };
    check(
        &field("Kosten"),
        &[
            "2 bad_id: 名称“Kosten”不合规则。请用英文小写字母、数字和下划线，字母开头，不超过 40 个字符，例如 investment_total。",
        ],
    );
    assert_eq!(messages(&field(&"a".repeat(40))), [""; 0]);
    assert!(messages(&field(&"a".repeat(41)))[0].contains("bad_id"));
    check(
        &field("org_path"),
        &[
            "2 reserved_id: “org_path”是系统自用的名称。请换一个名称，例如在前面加上含义：contract_number。",
        ],
    );
    check(
        &field("name"),
        &["2 duplicate_id: 字段“name”定义了两次。请删去一个，或给它换一个 id。"],
    );
    let money = field("cost").replace("int", "money");
    check(
        &format!("{money}{}", field("cost_bound")),
        &["6 reserved_id: “cost_bound”要用来存金额的“约、余、近”。请换一个名称。"],
    );
}

#[test]
fn references_to_lists_and_fields_must_exist() {
    check(
        "[[field]]\nid = \"level\"\ntype = \"code\"\nlist = \"levels\"\nlabel = { \"zh-CN\" = \"等级\" }\n[choices]\nlevel = [ { code = \"a\", \"zh-CN\" = \"甲\" } ]\n",
        &["4 unknown_list: 没有选项表“levels”。是不是想写“level”？"],
    );
    check(
        "[[duplicate]]\nkeys = [\"nmae\"]\n",
        &["2 unknown_field: 没有字段“nmae”。是不是想写“name”？"],
    );
    check(
        "[number]\npattern = \"A{round}{seq:3}\"\n",
        &["2 unknown_field: 没有字段“round”。请先用 [[field]] 定义它，或改正名称。"],
    );
    check(
        "[number]\npattern = \"A{yyyy}\"\n",
        &[
            "2 bad_number: 编号样式“A{yyyy}”里要有且只有一个 {seq:位数}。例如：pattern = \"XM{yyyy}{seq:4}\",scope = [\"yyyy\"]。",
        ],
    );
}

#[test]
fn a_field_that_is_only_imported_is_no_list_column() {
    let toml = format!("{HEAD}list = [\"name\"]\n{NAME}import_only = true\n");
    let (_, findings) = parse("d.toml", &toml);
    assert_eq!(findings[0].problem, "“name”只在导入时出现，不能放进列表。");
    assert_eq!(findings[0].place, "d.toml:5");
}

#[test]
fn limits_and_units_fit_their_type() {
    let money = |more: &str| {
        format!(
            "[[field]]\nid = \"cost\"\ntype = \"money\"\nlabel = {{ \"zh-CN\" = \"金额\" }}\n{more}"
        )
    };
    check(&money("show = \"万元\"\nmin = 0\nmax = 12.5\n"), &[]);
    let (definition, _) = parse(
        "d.toml",
        &format!("{HEAD}{}", money("show = \"万元\"\nmax = 12.5\n")),
    );
    assert_eq!(definition.expect("good").fields[0].max, Some(12_500_000));
    check(
        &money("unit = \"万元\"\n"),
        &["5 bad_unit: 金额字段的单位写成了 unit。请改成 show = \"万元\"。"],
    );
    check(
        &money("min = 9\nmax = 1\n"),
        &["5 out_of_range: min 比 max 还大。请对调，或改正其中一个。"],
    );
    check(
        "min = 3\n",
        &[
            "1 bad_limit: min = 3 用在“text”字段上不对。数字字段写它自己单位的数；列表、附件和表格写个数；其他类型不能写。",
        ],
    );
}

#[test]
fn a_file_that_is_no_toml_says_the_line() {
    let (definition, findings) = parse("d.toml", "[register]\nid = \"a\nversion = 1\n");
    assert_eq!(definition, None);
    assert_eq!(findings[0].place, "d.toml:2");
    assert_eq!(findings[0].code, "definition.bad_toml");
    assert_eq!(findings[0].severity, Severity::Error);
}

#[test]
fn all_faults_come_out_at_once_in_the_order_of_the_file() {
    let more = "[[field]]\nid = \"B\"\ntype = \"txt\"\n[[field]]\nid = \"c\"\ntype = \"text\"\n";
    let codes: Vec<String> = messages(more)
        .iter()
        .map(|m| m.split(':').next().unwrap_or("").to_owned())
        .collect();
    assert_eq!(
        codes,
        [
            "2 bad_id",
            "1 missing_key",
            "3 unknown_type",
            "4 missing_key"
        ]
    );
}

#[test]
fn a_cross_table_names_row_levels_and_measures() {
    check(
        "[import]\nlayout = \"cross\"\nrow = \"name\"\n",
        &[
            "1 half_cross: 交叉表缺少 row、levels 或 measures。row 写首列对应的字段，levels 写各层表头对应的字段，measures 写数值字段。",
        ],
    );
}

#[test]
fn names_that_differ_across_files_are_found_in_the_set() {
    let toml = format!(
        "{HEAD}{NAME}[[field]]\nid = \"site\"\ntype = \"ref\"\nto = \"projct\"\nlabel = {{ \"zh-CN\" = \"项目\" }}\n"
    );
    let bench = parse("d.toml", &toml).0.expect("good by itself");
    let mut project = bench.clone();
    project.id = "project".into();
    project.fields.truncate(1);
    let findings = crate::check_set(&[bench, project]);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].place, "bench.site");
    assert_eq!(findings[0].remedy, "是不是想写“project”？");
}

#[test]
fn a_holder_who_could_move_the_own_deadline_is_told() {
    let flow = |editable: &str| {
        format!(
            "[[field]]\nid = \"due_on\"\ntype = \"date\"\nlabel = {{ \"zh-CN\" = \"时限\" }}\n\
             [[state]]\nid = \"draft\"\nlabel = {{ \"zh-CN\" = \"草稿\" }}\ninitial = true\n\
             [[state]]\nid = \"open\"\nlabel = {{ \"zh-CN\" = \"办理中\" }}\nclock = {{ until = \"due_on\" }}\n{editable}\
             [[state]]\nid = \"closed\"\nlabel = {{ \"zh-CN\" = \"办结\" }}\nfinal = true\n\
             [[transition]]\nid = \"send\"\nfrom = [\"draft\"]\nto = \"open\"\nroles = [\"supervisor\"]\n\
             [[transition]]\nid = \"done\"\nfrom = [\"open\"]\nto = \"closed\"\nroles = [\"holder\"]\n"
        )
    };
    let told = messages(&flow(""));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("open_clock: 在“办理中”，承办单位可以改“时限”"),
        "{told:?}"
    );
    check(&flow("editable = [\"name\"]\n"), &[]);
}
