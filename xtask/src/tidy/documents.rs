//! Rules on documents: links to files of the repository lead somewhere; decision pages have their parts.

use super::{Complaint, SourceFile};
use std::path::Path;

/// All complaints about Markdown files.
pub fn check(root: &Path, files: &[SourceFile]) -> Vec<Complaint> {
    let pages = files.iter().filter(|file| file.path.ends_with(".md"));
    pages
        .flat_map(|page| dead_links(root, page).into_iter().chain(decision(page)))
        .collect()
}

fn dead_links(root: &Path, page: &SourceFile) -> Vec<Complaint> {
    let folder = Path::new(&page.path).parent().unwrap_or(Path::new(""));
    let leads_nowhere = |target: &&str| {
        let file = target.split('#').next().unwrap_or_default();
        let outside = file.is_empty() || file.contains("://") || file.starts_with("mailto:");
        !outside && !root.join(folder).join(file).exists()
    };
    let told =
        |target: &str| Complaint::new(&page.path, format!("the link `{target}` leads nowhere"));
    link_targets(&page.text)
        .into_iter()
        .filter(leads_nowhere)
        .map(told)
        .collect()
}

/// Targets of `](target)`, code blocks left out.
fn link_targets(text: &str) -> Vec<&str> {
    let mut in_code = false;
    let mut targets = Vec::new();
    for line in text.lines() {
        in_code ^= line.trim_start().starts_with("```");
        if in_code {
            continue;
        }
        targets.extend(
            line.split("](")
                .skip(1)
                .filter_map(|rest| rest.split(')').next()),
        );
    }
    targets
}

fn decision(page: &SourceFile) -> Option<Complaint> {
    let name = page.path.strip_prefix("docs/decisions/")?;
    if name == "README.md" {
        return None;
    }
    let parts = [
        "## Question",
        "## Choice",
        "## Why",
        "## Turned down",
        "## Look again",
    ];
    let missing = parts.iter().find(|part| !page.text.contains(**part))?;
    Some(Complaint::new(
        &page.path,
        format!("a decision page needs the part `{missing}`"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_in_code_are_no_links() {
        assert_eq!(
            link_targets("[a](b.md) and [c](d.md#e)\n```\n[x](y)\n```\n"),
            ["b.md", "d.md#e"]
        );
    }
}
