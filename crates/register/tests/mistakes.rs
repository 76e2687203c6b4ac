//! What a writer of definitions gets wrong, and what he is told: `data/mistakes.md`, one case after the other.

const HEAD: &str = "[register]\nid = \"bench\"\nversion = \"1.0.0\"\ntitle = { \"zh-CN\" = \"长椅台账\" }\n\
                    [[field]]\nid = \"name\"\ntype = \"text\"\nlabel = { \"zh-CN\" = \"名称\" }\n";

const CASES: &str = "tests/data/mistakes.md";

/// One finding a line: `line code: problem remedy`, lines counted in the example.
fn told(example: &str) -> String {
    let before = HEAD.lines().count() as i64;
    let (_, findings) = register::parse("d.toml", &format!("{HEAD}{example}"));
    let lines = findings.iter().map(|f| {
        let line = f.place.trim_start_matches("d.toml:");
        let line: i64 = line.parse().expect("a line of the file");
        format!("{}: {} {}\n", line - before, f.problem, f.remedy)
    });
    lines.collect()
}

/// Title, example and expected text of each case.
fn cases(text: &str) -> Vec<(&str, &str, &str)> {
    let parts = text.split("\n## ").skip(1);
    let read = parts.map(|part| {
        let (title, rest) = part.split_once("\n").expect("a title");
        let (_, rest) = rest.split_once("```toml\n").expect("an example");
        let (example, rest) = rest.split_once("```").expect("its end");
        let (_, rest) = rest.split_once("```text\n").expect("what is told");
        let (expect, _) = rest.split_once("```").expect("its end");
        (title, example, expect)
    });
    read.collect()
}

#[test]
fn every_mistake_is_told_with_its_line_and_what_to_write_instead() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(CASES);
    let text = std::fs::read_to_string(&path).expect("the cases");
    let cases = cases(&text);
    assert!(cases.len() >= 40, "{}", cases.len());
    if std::env::var_os("UPDATE_MISTAKES").is_some() {
        let (head, _) = text.split_once("\n## ").expect("a case");
        let written = cases.iter().map(|(title, example, _)| {
            let told = told(example);
            format!("\n## {title}\n\n```toml\n{example}```\n\n```text\n{told}```\n")
        });
        let written: String = written.collect();
        std::fs::write(&path, format!("{}\n{written}", head.trim_end())).expect("written");
        return;
    }
    for (title, example, expect) in cases {
        let told = told(example);
        assert!(!told.is_empty(), "{title}");
        assert_eq!(told, expect, "{title}");
    }
}
