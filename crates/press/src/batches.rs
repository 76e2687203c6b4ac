//! What a page says of 三个一批: totals of a round and its three batches, grouped as the text goes.

use crate::figures::{Figure, What, read_figures};
use crate::sentences::{Sentence, split_sentences};
use ground::numeral::read_numeral;

/// The three batches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Batch {
    /// 签约一批.
    Signed,
    /// 开工一批.
    Started,
    /// 投产一批.
    Commissioned,
}

impl Batch {
    /// In their order.
    pub const ALL: [Batch; 3] = [Batch::Signed, Batch::Started, Batch::Commissioned];

    /// `signed | started | commissioned`.
    pub fn code(self) -> &'static str {
        match self {
            Batch::Signed => "signed",
            Batch::Started => "started",
            Batch::Commissioned => "commissioned",
        }
    }

    /// 签约一批, 开工一批, 投产一批.
    pub fn label(self) -> &'static str {
        match self {
            Batch::Signed => "签约一批",
            Batch::Started => "开工一批",
            Batch::Commissioned => "投产一批",
        }
    }
}

/// What the page says of one batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// Which batch.
    pub batch: Batch,
    /// 期次, where the sentence says it.
    pub round: Option<u32>,
    /// Number of its sentence.
    pub sentence: usize,
    /// Number of projects.
    pub count: Option<Figure>,
    /// Investment.
    pub amount: Option<Figure>,
    /// Fewest and most names in the list that follows (分别是：…); they differ where 及 and 和 may
    /// join names or stand inside one.
    pub named: Option<(usize, usize)>,
}

/// What the page says of a round as a whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Total {
    /// 期次, where the sentence says it.
    pub round: Option<u32>,
    /// Number of its sentence.
    pub sentence: usize,
    /// Number of projects.
    pub count: Option<Figure>,
    /// Investment.
    pub amount: Option<Figure>,
}

/// Totals and parts that belong together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Group {
    /// 期次, once one of its statements says it.
    pub round: Option<u32>,
    /// Statements of the whole; a headline and a body may both make one.
    pub totals: Vec<Total>,
    /// Statements of batches, each batch once.
    pub parts: Vec<Part>,
}

impl Group {
    fn has(&self, batch: Batch) -> bool {
        self.parts.iter().any(|part| part.batch == batch)
    }

    /// A group takes a statement of its own round, or of none.
    fn accepts(&self, round: Option<u32>) -> bool {
        self.round.is_none() || round.is_none() || self.round == round
    }
}

/// All groups of a page. A total opens a group (or joins the one of its round that has no parts
/// yet); batches join the open group until one comes twice or another 第N期 is named; a new report
/// (本报讯) starts afresh.
pub fn read_groups(page: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for sentence in split_sentences(page) {
        if sentence.text.starts_with("本报讯") && groups.last().is_some_and(|g| !g.parts.is_empty())
        {
            groups.push(Group::default());
        }
        for statement in read_statements(&sentence, &groups) {
            match statement {
                Statement::Total(total) => join_total(&mut groups, total),
                Statement::Part(part) => join_part(&mut groups, part),
            }
        }
    }
    groups.retain(|group| !group.totals.is_empty() || !group.parts.is_empty());
    groups
}

fn join_total(groups: &mut Vec<Group>, total: Total) {
    let open = groups.last_mut().filter(|group| {
        let before_parts = group.parts.is_empty();
        let closes_parts = group.totals.is_empty();
        group.accepts(total.round) && (before_parts || closes_parts)
    });
    match open {
        Some(group) => {
            group.round = group.round.or(total.round);
            group.totals.push(total);
        }
        None => groups.push(Group {
            round: total.round,
            totals: vec![total],
            parts: Vec::new(),
        }),
    }
}

fn join_part(groups: &mut Vec<Group>, part: Part) {
    match groups
        .last_mut()
        .filter(|group| group.accepts(part.round) && !group.has(part.batch))
    {
        Some(group) => {
            group.round = group.round.or(part.round);
            group.parts.push(part);
        }
        None => groups.push(Group {
            round: part.round,
            totals: Vec::new(),
            parts: vec![part],
        }),
    }
}

enum Statement {
    Total(Total),
    Part(Part),
}

/// A name of a batch, or of the whole, in a sentence; offsets within the sentence.
#[derive(Clone, Copy)]
struct Label {
    batch: Option<Batch>,
    start: usize,
    end: usize,
}

fn read_statements(sentence: &Sentence, groups: &[Group]) -> Vec<Statement> {
    let figures = read_figures(sentence);
    let labels = labels(&sentence.text);
    let scene = Scene {
        sentence,
        figures: &figures,
        labels: &labels,
    };
    let mut statements = Vec::new();
    let mut index = 0;
    while index < labels.len() {
        let run = run_of_batches(&sentence.text, &labels[index..]);
        if run > 1 {
            statements.extend(
                scene
                    .respective(index, run)
                    .into_iter()
                    .map(Statement::Part),
            );
            index += run;
            continue;
        }
        match labels[index].batch {
            Some(batch) => statements.extend(scene.part(index, batch).map(Statement::Part)),
            None => statements.extend(scene.total(index).map(Statement::Total)),
        }
        index += 1;
    }
    let parts_known = groups.last().map_or(0, |group| group.parts.len())
        + statements
            .iter()
            .filter(|s| matches!(s, Statement::Part(_)))
            .count();
    if parts_known >= 2 {
        statements.extend(scene.closing_total().map(Statement::Total));
    }
    statements
}

fn labels(text: &str) -> Vec<Label> {
    let mut found: Vec<Label> = Vec::new();
    let mut collect = |word: &str, batch: Option<Batch>| {
        let hits = text.match_indices(word);
        found.extend(hits.map(|(start, _)| Label {
            batch,
            start,
            end: start + word.len(),
        }));
    };
    collect("三个一批", None);
    for batch in Batch::ALL {
        collect(batch.label(), Some(batch));
    }
    found.sort_by_key(|label| label.start);
    found
}

/// How many batch names stand side by side, with nothing but 、 和 and quotes between them.
fn run_of_batches(text: &str, labels: &[Label]) -> usize {
    if labels[0].batch.is_none() {
        return 1;
    }
    let joined = |pair: &&[Label]| {
        let between = &text[pair[0].end..pair[1].start];
        pair[1].batch.is_some() && between.chars().all(|c| "“”‘’、，和及与 ".contains(c))
    };
    labels.windows(2).take_while(joined).count() + 1
}

struct Scene<'a> {
    sentence: &'a Sentence,
    figures: &'a [Figure],
    labels: &'a [Label],
}

impl Scene<'_> {
    fn text(&self) -> &str {
        &self.sentence.text
    }

    /// `“签约一批”项目2个，投资总额2亿元`, `签约一批2个`, `2个“签约一批”项目`.
    fn part(&self, index: usize, batch: Batch) -> Option<Part> {
        let label = self.labels[index];
        let end = self.scope_end(index);
        let count = self
            .count_before(label)
            .or_else(|| self.count_in(label.end, end));
        let amount = self.money_in(count, label.end, end);
        let named = self.names_after(index);
        if count.is_none() && amount.is_none() {
            return None;
        }
        let round = self.round_before(label.start);
        Some(Part {
            batch,
            round,
            sentence: self.sentence.number,
            count,
            amount,
            named,
        })
    }

    /// `“三个一批”项目15个，总投资62.4亿元`, `15个“三个一批”项目`.
    fn total(&self, index: usize) -> Option<Total> {
        let label = self.labels[index];
        let end = self.scope_end(index);
        let count = self
            .count_before(label)
            .or_else(|| self.count_in(label.end, end))?;
        let amount = self.money_in(Some(count), label.end, end);
        let round = self.round_before(label.start);
        Some(Total {
            round,
            sentence: self.sentence.number,
            count: Some(count),
            amount,
        })
    }

    /// `签约一批、开工一批、投产一批分别为2个、6个、7个`: figures in the order of the names. Without 分别, or
    /// with another number of figures, nothing is told.
    fn respective(&self, index: usize, run: usize) -> Vec<Part> {
        let last = self.labels[index + run - 1];
        let end = self.scope_end(index + run - 1);
        if !self.text()[last.end..end].contains("分别") {
            return Vec::new();
        }
        let in_scope = |money: bool| -> Vec<Figure> {
            let figures = self.figures_in(last.end, end);
            let kind = figures.filter(|f| matches!(f.what, What::Money { .. }) == money);
            let found: Vec<Figure> = kind.filter(|f| !is_inside_name(f)).collect();
            if found.len() == run {
                found
            } else {
                Vec::new()
            }
        };
        let (counts, amounts) = (in_scope(false), in_scope(true));
        if counts.is_empty() && amounts.is_empty() {
            return Vec::new();
        }
        let part = |(offset, label): (usize, &Label)| {
            Some(Part {
                batch: label.batch?,
                round: self.round_before(label.start),
                sentence: self.sentence.number,
                count: counts.get(offset).copied(),
                amount: amounts.get(offset).copied(),
                named: None,
            })
        };
        self.labels[index..index + run]
            .iter()
            .enumerate()
            .filter_map(part)
            .collect()
    }

    /// `…，合计15个项目、62.4亿元` behind the batches.
    fn closing_total(&self) -> Option<Total> {
        let text = self.text();
        let after_labels = self.labels.last().map_or(0, |label| label.end);
        let (at, word) = ["合计", "共计", "总计", "一共"]
            .iter()
            .filter_map(|word| Some((after_labels + text[after_labels..].find(word)?, *word)))
            .min()?;
        let start = at + word.len();
        let end = clause_end(text, start);
        let is_count = |f: &Figure| {
            matches!(
                f.what,
                What::Count {
                    measure: '个' | '项',
                    ..
                }
            )
        };
        let count = self
            .figures_in(start, end)
            .find(|f| is_count(f) && !is_inside_name(f));
        let amount = self
            .figures_in(start, end)
            .find(|f| matches!(f.what, What::Money { .. }));
        if count.is_none() && amount.is_none() {
            return None;
        }
        let round = self.round_before(at);
        Some(Total {
            round,
            sentence: self.sentence.number,
            count,
            amount,
        })
    }

    /// Up to the next name, or to words that turn to single projects.
    fn scope_end(&self, index: usize) -> usize {
        let from = self.labels[index].end;
        let next = self
            .labels
            .get(index + 1)
            .map_or(self.text().len(), |label| label.start);
        let inner = ["其中", "分别是", "包括", "合计", "共计", "总计", "一共"];
        let turn = inner
            .iter()
            .filter_map(|word| self.text()[from..next].find(word))
            .min();
        turn.map_or(next, |at| from + at)
    }

    fn figures_in(&self, start: usize, end: usize) -> impl Iterator<Item = Figure> + '_ {
        let base = self.sentence.span.start;
        let inside = move |f: &&Figure| f.span.start >= base + start && f.span.end <= base + end;
        self.figures.iter().filter(inside).copied()
    }

    /// The count right before a name: `15个“三个一批”`.
    fn count_before(&self, label: Label) -> Option<Figure> {
        let before = self.text()[..label.start].trim_end_matches(['“', '‘', ' ']);
        let end = self.sentence.span.start + before.len();
        let count = self.figures.iter().find(|f| f.span.end == end);
        count.copied().filter(|f| {
            matches!(
                f.what,
                What::Count {
                    measure: '个' | '项',
                    ..
                }
            )
        })
    }

    /// The first count of projects behind a name, or any 个 right behind it.
    fn count_in(&self, start: usize, end: usize) -> Option<Figure> {
        let base = self.sentence.span.start;
        let right_behind = |f: &Figure| {
            let between = &self.text()[start..f.span.start - base];
            between.chars().all(|c| "”’“：: 共有计达为".contains(c))
        };
        self.figures_in(start, end).find(|f| match f.what {
            What::Count {
                of_projects,
                after_list,
                measure,
                ..
            } => !after_list && (of_projects || (measure == '个' && right_behind(f))),
            What::Money { .. } => false,
        })
    }

    /// The first amount behind the count (or behind the name).
    fn money_in(&self, count: Option<Figure>, start: usize, end: usize) -> Option<Figure> {
        let base = self.sentence.span.start;
        let from = count.map_or(start, |f| (f.span.end - base).max(start));
        self.figures_in(from, end)
            .find(|f| matches!(f.what, What::Money { .. }))
    }

    /// Names in `分别是：甲、乙及丙。` behind the name; open lists (…等) are not counted.
    fn names_after(&self, index: usize) -> Option<(usize, usize)> {
        let from = self.labels[index].end;
        let next = self
            .labels
            .get(index + 1)
            .map_or(self.text().len(), |label| label.start);
        names_in(&self.text()[from..next])
    }

    /// 第七期, 第7期 nearest before the name.
    fn round_before(&self, at: usize) -> Option<u32> {
        let before = &self.text()[..at];
        let (head, _) = before.rsplit_once('期')?;
        let (_, number) = head.rsplit_once('第')?;
        read_numeral(&ground::numeral::narrow(number))?
            .value
            .try_into()
            .ok()
    }
}

/// Behind 等 or of another measure than projects have, a count belongs to a name.
fn is_inside_name(figure: &Figure) -> bool {
    matches!(
        figure.what,
        What::Count {
            after_list: true,
            ..
        } | What::Count {
            measure: '家' | '所',
            ..
        }
    )
}

fn clause_end(text: &str, from: usize) -> usize {
    text[from..]
        .find(['；', '。', ';'])
        .map_or(text.len(), |at| from + at)
}

pub(crate) fn names_in(text: &str) -> Option<(usize, usize)> {
    let at = text.find("分别是").or_else(|| text.find("分别为"))?;
    let list = text[at + "分别是".len()..].trim_start_matches(['：', ':']);
    let list = list.split(['。', '；']).next()?.trim();
    let open = list.ends_with('等') || list.ends_with("等项目");
    if list.is_empty() || open || list.contains('，') {
        return None;
    }
    let fewest = list.split('、').count();
    let joints = ["以及", "及", "和", "与"]
        .iter()
        .scan(list.to_owned(), |rest, word| {
            let hits = rest.matches(word).count();
            *rest = rest.replace(word, "");
            Some(hits)
        })
        .sum::<usize>();
    Some((fewest, fewest + joints))
}
