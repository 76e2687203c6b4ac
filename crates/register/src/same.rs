//! 查重与别名. Whether a name or a row means a record that is already known: exactly, by alias, by
//! key fields, or by a name alike enough to ask.

use std::collections::{BTreeMap, HashMap};

use ground::timeline::day_number;
use ground::{RecordId, likeness, normal_name};

use crate::definition::{Definition, DuplicateAction, DuplicateRule, NearRule, Nearness};
use crate::record::{Fields, Record, Value};

/// A record as far as names and keys go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// Its id.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Key fields in normal form, see [`key_text`].
    pub keys: BTreeMap<String, String>,
    /// Values that duplicate rules compare by nearness, other than the name.
    pub values: Fields,
}

impl Known {
    /// A record known by name only.
    pub fn named(id: RecordId, name: impl Into<String>) -> Known {
        Known {
            id,
            name: name.into(),
            aliases: Vec::new(),
            keys: BTreeMap::new(),
            values: Fields::new(),
        }
    }

    /// The same with one more name.
    pub fn alias(mut self, alias: impl Into<String>) -> Known {
        self.aliases.push(alias.into());
        self
    }
}

/// How a match was found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum How {
    /// The name itself, after normalising.
    Exact,
    /// A recorded alias.
    Alias,
    /// Key fields of a duplicate rule.
    Key,
    /// Likeness of names.
    Near,
}

/// A known record that a row may mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Same {
    /// The known record.
    pub id: RecordId,
    /// 100 for exact, alias and key matches, else the likeness.
    pub score: u8,
    /// How it was found.
    pub how: How,
    /// What the rule asks for.
    pub action: DuplicateAction,
}

/// What a name stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NameMatch {
    /// One record.
    One(RecordId, How),
    /// More than one, best first; the user decides.
    Several(Vec<Same>),
    /// None of the known.
    None,
}

/// Least likeness at which a name is taken for a known one (with a warning).
const NEAR: u8 = ground::naming::SAME_LEVEL;
/// How far the best must stand above the next for the choice to be clear.
const CLEAR_BY: u8 = 5;
/// Least likeness of a name offered as a suggestion.
const OFFER: u8 = 40;
/// A pair of characters shared by more known names than this tells nothing (产业, 项目).
const COMMON_PAIR: usize = 2_000;
/// Known names compared in full for one name.
const COMPARED_MAX: usize = 64;

/// Names of a register, ready for many look-ups: building is linear, a look-up touches only names
/// that share rare character pairs.
#[derive(Clone, Debug, Default)]
pub struct NameIndex {
    known: Vec<Known>,
    by_id: HashMap<RecordId, usize>,
    names: HashMap<String, Vec<usize>>,
    aliases: HashMap<String, Vec<usize>>,
    streets: HashMap<String, Vec<usize>>,
    districts: Vec<(String, usize)>,
    keys: HashMap<(String, String), Vec<usize>>,
    pairs: HashMap<(char, char), Vec<usize>>,
}

impl From<Vec<Known>> for NameIndex {
    fn from(known: Vec<Known>) -> NameIndex {
        NameIndex::new(known)
    }
}

impl From<&[Known]> for NameIndex {
    fn from(known: &[Known]) -> NameIndex {
        NameIndex::new(known.to_vec())
    }
}

impl NameIndex {
    /// Indexes the known records.
    pub fn new(known: Vec<Known>) -> NameIndex {
        let mut index = NameIndex::default();
        for one in known {
            index.add(one);
        }
        index
    }

    /// Adds one record, so that later rows of an import see the earlier ones.
    pub fn add(&mut self, known: Known) {
        let at = self.known.len();
        self.by_id.insert(known.id, at);
        put(&mut self.names, normal_name(&known.name), at);
        for alias in &known.aliases {
            put(&mut self.aliases, normal_name(alias), at);
        }
        for name in std::iter::once(&known.name).chain(&known.aliases) {
            self.add_org_writings(&normal_name(name), at);
            for pair in pairs(name) {
                put(&mut self.pairs, pair, at);
            }
        }
        for (field, key) in &known.keys {
            put(&mut self.keys, (field.clone(), key.clone()), at);
        }
        self.known.push(known);
    }

    /// All records in the order they were added.
    pub fn all(&self) -> &[Known] {
        &self.known
    }

    /// The record with this id.
    pub fn known(&self, id: RecordId) -> Option<&Known> {
        self.by_id.get(&id).map(|at| &self.known[*at])
    }

    /// What a name stands for: exact before alias before near.
    pub fn find(&self, name: &str) -> NameMatch {
        self.named(&normal_name(name))
            .unwrap_or_else(|| self.near_match(name))
    }

    fn add_org_writings(&mut self, normal: &str, at: usize) {
        put(&mut self.streets, street_core(normal).to_owned(), at);
        if is_district(normal) {
            self.districts.push((normal.to_owned(), at));
        }
    }

    /// As [`NameIndex::find`] for organisations: 林山寨办事处 is 林山寨街道, and 中原区财政局 is
    /// 区财政局 when 中原区 itself is known; 全区 is the only district there is. Likeness is never tried: names of offices are short and
    /// differ in one character (区工信局, 区科技局).
    pub fn find_org(&self, name: &str) -> NameMatch {
        let normal = normal_name(name);
        if let Some(found) = self.named(&normal) {
            return found;
        }
        if ["全区", "全县", "本区", "本县"].contains(&normal.as_str()) {
            let all: Vec<usize> = self.districts.iter().map(|(_, at)| *at).collect();
            return if all.is_empty() {
                NameMatch::None
            } else {
                self.decided(&all, How::Alias)
            };
        }
        let street = Some(street_core(&normal)).filter(|core| core.len() < normal.len());
        if let Some(found) = street.and_then(|core| self.streets.get(core)) {
            return self.decided(found, How::Alias);
        }
        let others = self.with_and_without_district(&normal);
        match others.iter().find_map(|other| self.named(other)) {
            Some(NameMatch::One(id, _)) => NameMatch::One(id, How::Alias),
            Some(several) => several,
            None => NameMatch::None,
        }
    }

    /// 中原区财政局 as 区财政局 and 区财政局 as 中原区财政局.
    fn with_and_without_district(&self, normal: &str) -> Vec<String> {
        let written = self.districts.iter().map(|(district, _)| {
            match (
                normal.strip_prefix(district.as_str()),
                normal.strip_prefix('区'),
            ) {
                (Some(office), _) if !office.is_empty() => Some(format!("区{office}")),
                (None, Some(office)) if !office.is_empty() => Some(format!("{district}{office}")),
                _ => None,
            }
        });
        written.flatten().collect()
    }

    /// By name, else by alias.
    fn named(&self, normal: &str) -> Option<NameMatch> {
        let maps = [(&self.names, How::Exact), (&self.aliases, How::Alias)];
        maps.into_iter()
            .find_map(|(map, how)| Some(self.decided(map.get(normal)?, how)))
    }

    fn decided(&self, found: &[usize], how: How) -> NameMatch {
        let mut ids: Vec<RecordId> = found.iter().map(|at| self.known[*at].id).collect();
        ids.sort();
        ids.dedup();
        match ids[..] {
            [id] => NameMatch::One(id, how),
            _ => NameMatch::Several(ids.into_iter().map(|id| warn(id, 100, how)).collect()),
        }
    }

    fn near_match(&self, name: &str) -> NameMatch {
        let near = self.scored(name, NEAR);
        match near[..] {
            [] => NameMatch::None,
            [(at, _)] => NameMatch::One(self.known[at].id, How::Near),
            [(at, best), (_, next), ..] if best - next >= CLEAR_BY => {
                NameMatch::One(self.known[at].id, How::Near)
            }
            _ => NameMatch::Several(
                near.iter()
                    .map(|(at, score)| warn(self.known[*at].id, *score, How::Near))
                    .collect(),
            ),
        }
    }

    /// The likest known names, best first, for suggestions.
    pub fn nearest(&self, name: &str, count: usize) -> Vec<(&Known, u8)> {
        let scored = self.scored(name, OFFER).into_iter().take(count);
        scored.map(|(at, score)| (&self.known[at], score)).collect()
    }

    /// Positions and likeness of known records from `least` on, best first.
    fn scored(&self, name: &str, least: u8) -> Vec<(usize, u8)> {
        let candidates = self.candidates(name).into_iter();
        let scored = candidates.map(|at| (at, self.score(at, name)));
        let mut scored: Vec<(usize, u8)> = scored.filter(|(_, score)| *score >= least).collect();
        scored.sort_by_key(|(at, score)| (std::cmp::Reverse(*score), *at));
        scored
    }

    fn score(&self, at: usize, name: &str) -> u8 {
        let known = &self.known[at];
        let names = std::iter::once(&known.name).chain(&known.aliases);
        names.map(|n| likeness(name, n)).max().unwrap_or(0)
    }

    /// Records that share character pairs, those with most of them first.
    fn candidates(&self, name: &str) -> Vec<usize> {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        let lists = pairs(name).into_iter().filter_map(|p| self.pairs.get(&p));
        for list in lists.filter(|l| l.len() <= COMMON_PAIR) {
            for at in list {
                *shared.entry(*at).or_default() += 1;
            }
        }
        let mut found: Vec<(usize, usize)> = shared.into_iter().collect();
        found.sort_by_key(|(at, count)| (std::cmp::Reverse(*count), *at));
        found
            .into_iter()
            .take(COMPARED_MAX)
            .map(|(at, _)| at)
            .collect()
    }

    /// Known records that a row may mean by the definition's duplicate rules, and by name.
    pub fn same(&self, definition: &Definition, candidate: &Fields) -> Vec<Same> {
        let mut found: BTreeMap<RecordId, Same> = BTreeMap::new();
        let mut keep = |same: Same| {
            let better = found
                .get(&same.id)
                .is_none_or(|old| rank(&same) < rank(old));
            if better {
                found.insert(same.id, same);
            }
        };
        for rule in &definition.duplicates {
            self.by_rule(rule, definition, candidate)
                .into_iter()
                .for_each(&mut keep);
        }
        if let Some(name) = name_of(definition, candidate) {
            self.by_name(&normal_name(name))
                .into_iter()
                .for_each(&mut keep);
        }
        let mut all: Vec<Same> = found.into_values().collect();
        all.sort_by_key(rank);
        all
    }

    /// Exact names and aliases need no rule: they are always worth a word.
    fn by_name(&self, normal: &str) -> Vec<Same> {
        let maps = [(&self.names, How::Exact), (&self.aliases, How::Alias)];
        let found = maps.into_iter().flat_map(|(map, how)| {
            let list = map.get(normal).map_or(&[][..], Vec::as_slice);
            list.iter()
                .map(move |at| warn(self.known[*at].id, 100, how))
        });
        found.collect()
    }

    fn by_rule(&self, rule: &DuplicateRule, definition: &Definition, row: &Fields) -> Vec<Same> {
        let keys = rule.keys.iter().map(|field| {
            let key = key_text(row.get(field)?)?;
            Some((field.clone(), key))
        });
        // A row without one of the keys cannot be judged by this rule.
        let Some(keys) = keys.collect::<Option<Vec<_>>>() else {
            return Vec::new();
        };
        let by_name = definition.name_field.as_deref();
        let (named, others): (Vec<&NearRule>, Vec<&NearRule>) = rule
            .near
            .iter()
            .partition(|n| n.likeness().is_some() && Some(n.field.as_str()) == by_name);
        let level = named.iter().filter_map(|near| near.likeness()).max();
        let name = name_of(definition, row).unwrap_or("");
        let found: Vec<(usize, u8)> = match (keys.first(), level) {
            (Some(first), None) => self.keyed(first).map(|at| (at, 100)).collect(),
            (Some(first), Some(level)) => {
                let scored = self.keyed(first).map(|at| (at, self.score(at, name)));
                scored.filter(|(_, score)| *score >= level).collect()
            }
            (None, Some(level)) => self.scored(name, level),
            (None, None) if others.is_empty() => Vec::new(),
            (None, None) => (0..self.known.len()).map(|at| (at, 100)).collect(),
        };
        let found = found.into_iter().filter_map(|(at, score)| {
            let known = &self.known[at].values;
            others
                .iter()
                .map(|near| nearness(near, row.get(&near.field)?, known.get(&near.field)?))
                .try_fold(score, |score, near| Some(score.min(near?)))
                .map(|score| (at, score))
        });
        let near = level.is_some() || !others.is_empty();
        let how = if near { How::Near } else { How::Key };
        let matching = found.filter(|(at, _)| {
            keys.iter()
                .all(|(field, key)| self.known[*at].keys.get(field) == Some(key))
        });
        matching
            .map(|(at, score)| Same {
                id: self.known[at].id,
                score,
                how,
                action: rule.action,
            })
            .collect()
    }

    fn keyed(&self, key: &(String, String)) -> impl Iterator<Item = usize> {
        self.keys
            .get(key)
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .copied()
    }
}

/// How near two values are, 0 to 100; none when farther than the rule allows or not of its sort.
fn nearness(near: &NearRule, a: &Value, b: &Value) -> Option<u8> {
    match near.by {
        Nearness::Similarity(least) => {
            let score = likeness(a.as_text()?, b.as_text()?);
            (score >= least).then_some(score)
        }
        Nearness::Metres(most) => {
            let apart = metres(a.as_text()?, b.as_text()?)?;
            (apart <= f64::from(most)).then_some(100)
        }
        Nearness::Days(most) => {
            let (a, b) = (day_of(a)?, day_of(b)?);
            (a.abs_diff(b) <= u64::from(most)).then_some(100)
        }
    }
}

/// Days since a fixed day; a moment by its day in the district.
fn day_of(value: &Value) -> Option<i64> {
    match value {
        Value::Date(date) => Some(day_number(*date)),
        Value::DateTime(text) => {
            let instant = crate::expr::moment::instant_of(text)?;
            Some(day_number(crate::expr::moment::civil_day(instant)))
        }
        _ => None,
    }
}

/// Mean radius of the earth, metres (IUGG).
const EARTH: f64 = 6_371_008.8;

/// Distance of two points `longitude,latitude` over the sphere: at the metres that rules speak of it is off by less than
/// half a percent. A distance is a guess for a question to the user, never a stored figure.
fn metres(a: &str, b: &str) -> Option<f64> {
    let point = |text: &str| -> Option<(f64, f64)> {
        let (east, north) = text.split_once(',')?;
        let east: f64 = east.trim().parse().ok()?;
        let north: f64 = north.trim().parse().ok()?;
        Some((east.to_radians(), north.to_radians()))
    };
    let ((east_a, north_a), (east_b, north_b)) = (point(a)?, point(b)?);
    let half = |x: f64| (x / 2.0).sin().powi(2);
    let h = half(north_b - north_a) + north_a.cos() * north_b.cos() * half(east_b - east_a);
    Some(2.0 * EARTH * h.sqrt().min(1.0).asin())
}

/// Better matches first: what blocks, then how it was found, then likeness.
fn rank(
    same: &Same,
) -> (
    std::cmp::Reverse<DuplicateAction>,
    How,
    std::cmp::Reverse<u8>,
) {
    (
        std::cmp::Reverse(same.action),
        same.how,
        std::cmp::Reverse(same.score),
    )
}

fn warn(id: RecordId, score: u8, how: How) -> Same {
    Same {
        id,
        score,
        how,
        action: DuplicateAction::Warn,
    }
}

fn put<K: std::hash::Hash + Eq>(map: &mut HashMap<K, Vec<usize>>, key: K, at: usize) {
    let list = map.entry(key).or_default();
    if list.last() != Some(&at) {
        list.push(at);
    }
}

/// Neighbouring characters of a normal name; a name of one character pairs with itself.
fn pairs(name: &str) -> Vec<(char, char)> {
    let chars: Vec<char> = normal_name(name).chars().collect();
    match chars[..] {
        [one] => vec![(one, one)],
        _ => chars.windows(2).map(|w| (w[0], w[1])).collect(),
    }
}

/// 中原区 and 登封县 are districts; 园区, 社区 and the like are not.
fn is_district(normal: &str) -> bool {
    let others = [
        "园区", "社区", "街区", "小区", "校区", "景区", "片区", "院区", "灌区",
    ];
    normal.ends_with(['区', '县'])
        && (3..=8).contains(&normal.chars().count())
        && !others.iter().any(|other| normal.ends_with(other))
}

/// 林山寨街道办事处, 林山寨办事处 and 林山寨街道 as 林山寨; other names stay.
fn street_core(normal: &str) -> &str {
    let endings = ["街道办事处", "街道办", "办事处", "街道"];
    let core = endings
        .iter()
        .find_map(|ending| normal.strip_suffix(ending));
    core.filter(|c| c.chars().count() >= 2).unwrap_or(normal)
}

fn name_of<'a>(definition: &Definition, fields: &'a Fields) -> Option<&'a str> {
    fields.get(definition.name_field.as_deref()?)?.as_text()
}

/// A value in the normal form in which keys are compared; none for values that cannot be keys.
pub fn key_text(value: &Value) -> Option<String> {
    Some(match value {
        Value::Text(text) => normal_name(text).to_uppercase(),
        Value::DateTime(text) => text.clone(),
        Value::Int(n) | Value::Percent(n) => n.to_string(),
        Value::Decimal { scaled, digits } => crate::show::decimal_text(*scaled, *digits),
        Value::Money(amount) => amount.fen.0.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Ref(id) => id.to_string(),
        Value::Refs(_) | Value::TextList(_) | Value::Rows(_) => return None,
    })
}

/// What `find` needs to know of a stored record.
pub fn known_of(definition: &Definition, record: &Record) -> Known {
    let texts = |id: &String| match record.fields.get(id) {
        Some(Value::Text(text)) => vec![text.clone()],
        Some(Value::TextList(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    let named = definition.alias_field.iter().chain(&definition.also_named);
    let keys = definition.duplicates.iter().flat_map(|rule| &rule.keys);
    let keys = keys
        .chain(&definition.import.match_on)
        .filter_map(|field| Some((field.clone(), key_text(record.fields.get(field)?)?)));
    let near = definition.duplicates.iter().flat_map(|rule| &rule.near);
    let values = near.filter_map(|near| {
        let value = record.fields.get(&near.field)?;
        Some((near.field.clone(), value.clone()))
    });
    Known {
        values: values.collect(),
        id: record.id,
        name: record.name(definition).unwrap_or_default().to_owned(),
        aliases: named.flat_map(texts).collect(),
        keys: keys.collect(),
    }
}

/// Known records that a row may mean, best first. For many rows build a [`NameIndex`] once.
pub fn find_same(definition: &Definition, candidate: &Fields, known: &[Known]) -> Vec<Same> {
    NameIndex::from(known).same(definition, candidate)
}

/// What a name stands for among known records. For many names build a [`NameIndex`] once.
pub fn find_name(name: &str, known: &[Known]) -> NameMatch {
    NameIndex::from(known).find(name)
}

#[cfg(test)]
mod tests;
