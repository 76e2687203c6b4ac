//! Rows of the three panes: groups, projects, activities of opened projects.

use std::borrow::Cow;

use super::bars;
use super::layout::{RIGHT_WIDTH, Sheet};
use super::model::{Bar, Group, Light, Row, SubRow, Tone, Verdict, WallChart, short_date};
use crate::lamp;
use crate::measure;
use crate::palette::Colour;
use crate::scene::{Anchor, Node, RowKind, RowSpot, Scene, Side, Type};

const ORDER_X: f32 = 20.0;
const LAMP_X: f32 = 46.0;
const WORD_X: f32 = 64.0;
const NAME_X: f32 = 104.0;
const UNIT_X: f32 = 360.0;
/// Texts end this far before the next column.
const COLUMN_GAP: f32 = 6.0;
const TARGET_X: f32 = 10.0;
const VERDICT_RIGHT: f32 = 19.0;
/// Between target and verdict. The digits of a reader's own face may be wider than ours.
const TARGET_GAP: f32 = 8.0;
/// Each level of an activity is moved in by this.
const INDENT: f32 = 14.0;
/// A note of a group begins here at the earliest, the lights of a group likewise.
const GROUP_NOTE_X: f32 = 88.0;
const GROUP_LAMP_X: f32 = 238.0;
const GROUP_LAMP_STEP: f32 = 40.0;
/// The frozen right column never takes more than this from the plot.
const RIGHT_WIDTH_MAX: f32 = 260.0;
/// Bars that overlap go on lanes; beyond this many they share the last ones.
const LANES_MAX: usize = 6;

const SMALL: Type = Type::sans(12.0);
const HALF: Type = Type::sans(12.5);
const NAME: Type = Type::sans(13.0);
const GROUP_NAME: Type = Type {
    weight: 700,
    ..Type::sans(13.5)
};

/// Where the rows of the chart were put.
pub(super) struct Placed {
    /// By group, then by row.
    pub rows: Vec<Vec<PlacedRow>>,
}

/// Where one project was put.
pub(super) struct PlacedRow {
    /// Index into `Scene::rows`; its activities follow it.
    pub index: usize,
    /// Lane of each bar; empty when there is one lane.
    pub lanes: Vec<u8>,
}

pub(super) fn draw<'a>(sheet: &Sheet<'a>, scene: &mut Scene<'a>) -> Placed {
    let mut placed = Placed {
        rows: Vec::with_capacity(sheet.chart.groups.len()),
    };
    reserve(sheet.chart, scene);
    for (index, group) in sheet.chart.groups.iter().enumerate() {
        draw_group(sheet, index, group, scene);
        let rows = group
            .rows
            .iter()
            .map(|row| draw_project(sheet, index, row, scene));
        placed.rows.push(rows.collect());
    }
    placed
}

/// Room for the nodes of most charts: a bar is five nodes, a row of the left pane a dozen. Growing a
/// list of a quarter million nodes would copy it again and again.
fn reserve(chart: &WallChart, scene: &mut Scene<'_>) {
    let rows = || chart.groups.iter().flat_map(|group| &group.rows);
    let lines: usize = rows().map(|row| 1 + row.sub_rows.len()).sum();
    let bars: usize = rows().map(|row| row.bars.len() + row.sub_rows.len()).sum();
    scene.panes[Side::Left as usize].body.reserve(lines * 12);
    scene.panes[Side::Plot as usize]
        .body
        .reserve(bars * 5 + lines * 6);
    scene.panes[Side::Right as usize].body.reserve(lines * 5);
    scene.rows.reserve(lines + chart.groups.len());
}

/// Opens a row of the scene: the nodes pushed next belong to it.
fn open_row<'a>(scene: &mut Scene<'a>, spot: RowSpot<'a>) {
    let starts = [0, 1, 2].map(|pane| scene.panes[pane].body.len());
    let y = scene.body_height;
    scene.body_height += spot.height;
    scene.rows.push(RowSpot { y, starts, ..spot });
}

/// Ground of a row in all panes.
fn ground(scene: &mut Scene<'_>, height: f32, colour: Colour) {
    for pane in &mut scene.panes {
        pane.body
            .push(Node::fill(0.0, 0.0, pane.width, height, colour));
    }
}

fn rule(scene: &mut Scene<'_>, height: f32, colour: Colour) {
    for pane in &mut scene.panes {
        let y = height - 0.5;
        pane.body
            .push(Node::line((0.0, y), (pane.width, y), colour, 1.0));
    }
}

fn draw_group<'a>(sheet: &Sheet<'a>, index: usize, group: &'a Group, scene: &mut Scene<'a>) {
    let (height, palette) = (sheet.metrics.group, sheet.palette);
    open_row(
        scene,
        RowSpot {
            kind: RowKind::Group,
            group: index,
            project_id: None,
            activity_id: None,
            selected: false,
            y: 0.0,
            height,
            starts: [0; 3],
        },
    );
    ground(scene, height, palette.group);
    let left = &mut scene.panes[Side::Left as usize];
    let width = left.width;
    left.body
        .push(Node::fill(0.0, 0.0, 4.0, height, palette.brand));
    group_texts(sheet, group, width, &mut left.body);
    rule(scene, height, palette.rule);
}

fn group_texts<'a>(sheet: &Sheet<'a>, group: &'a Group, width: f32, nodes: &mut Vec<Node<'a>>) {
    let (baseline, palette) = (sheet.metrics.group / 2.0 + 5.0, sheet.palette);
    let Some(label) = measure::cut(&group.label, GROUP_NAME, width - ORDER_X - COLUMN_GAP) else {
        return;
    };
    let mut x = (ORDER_X + measure::width(&label, GROUP_NAME) + 14.0).max(GROUP_NOTE_X);
    nodes.push(cut_text(
        (ORDER_X, baseline),
        GROUP_NAME,
        palette.ink,
        &group.label,
        label,
    ));
    if let Some(note) = measure::cut(&group.note, HALF, width - x - COLUMN_GAP) {
        let end = x + measure::width(&note, HALF);
        nodes.push(cut_text(
            (x, baseline),
            HALF,
            palette.ink_second,
            &group.note,
            note,
        ));
        x = (end + 18.0).max(GROUP_LAMP_X);
    }
    for light in [Light::Green, Light::Yellow, Light::Red] {
        let count = group.rows.iter().filter(|row| row.light == light).count();
        let text = count.to_string();
        if count == 0 || x + 17.0 + measure::width(&text, HALF) > width - COLUMN_GAP {
            continue;
        }
        let at = (x, (sheet.metrics.group - lamp::SIZE) / 2.0 + 0.5);
        lamp::draw(nodes, light, at, 0.93, palette, sheet.style);
        let wide = measure::width(&text, HALF) - measure::width("0", HALF);
        nodes.push(Node::text(
            (x + 17.0, baseline),
            HALF,
            palette.ink_second,
            text,
        ));
        x += GROUP_LAMP_STEP + wide.max(0.0);
    }
}

/// A text that remembers what it was before it was cut.
fn cut_text<'a>(
    at: (f32, f32),
    face: Type,
    colour: Colour,
    whole: &'a str,
    content: Cow<'a, str>,
) -> Node<'a> {
    let whole = matches!(content, Cow::Owned(_)).then_some(whole);
    Node::Text {
        at,
        anchor: Anchor::Start,
        face,
        colour,
        content,
        whole,
        clip: None,
    }
}

/// Pushes a text cut to the room it has; nothing if there is no text or no room.
fn fitted<'a>(
    nodes: &mut Vec<Node<'a>>,
    at: (f32, f32),
    face: Type,
    colour: Colour,
    text: &'a str,
    room: f32,
) {
    if let Some(content) = measure::cut(text, face, room).filter(|content| !content.is_empty()) {
        nodes.push(cut_text(at, face, colour, text, content));
    }
}

fn draw_project<'a>(
    sheet: &Sheet<'a>,
    group: usize,
    row: &'a Row,
    scene: &mut Scene<'a>,
) -> PlacedRow {
    let lanes = lanes(&row.bars);
    let pitch = sheet.metrics.bar + 6.0;
    let extra = lanes
        .iter()
        .max()
        .map_or(0.0, |lane| f32::from(*lane) * pitch);
    let height = sheet.metrics.row + extra;
    let spot = RowSpot {
        kind: RowKind::Project,
        group,
        project_id: Some(&row.project_id),
        activity_id: None,
        selected: row.selected,
        y: 0.0,
        height,
        starts: [0; 3],
    };
    let index = scene.rows.len();
    open_row(scene, spot);
    if row.selected {
        ground(scene, height, selected_colour(sheet, row.light));
    }
    project_left(
        sheet,
        row,
        height,
        &mut scene.panes[Side::Left as usize].body,
    );
    let plot = &mut scene.panes[Side::Plot as usize].body;
    let tops = |bar: usize| lanes.get(bar).map_or(0.0, |lane| f32::from(*lane) * pitch);
    for (place, bar) in row.bars.iter().enumerate() {
        bars::draw(sheet, bar, &row.project_id, tops(place), plot);
    }
    for (place, bar) in row.bars.iter().enumerate() {
        bars::draw_slip(sheet, bar, tops(place), plot);
    }
    if let Some(target) = &row.target {
        bars::draw_target(sheet, target, plot);
    }
    project_right(
        sheet,
        row,
        height,
        &mut scene.panes[Side::Right as usize].body,
    );
    rule(scene, height, sheet.palette.rule_weak);
    for sub_row in &row.sub_rows {
        draw_sub_row(sheet, group, row, sub_row, scene);
    }
    PlacedRow { index, lanes }
}

fn selected_colour(sheet: &Sheet<'_>, light: Light) -> Colour {
    match light {
        Light::Red => sheet.palette.selected_red,
        Light::Yellow => sheet.palette.selected_yellow,
        _ => sheet.palette.brand_tint,
    }
}

fn baseline(height: f32) -> f32 {
    (height / 2.0 + 4.5).floor()
}

fn project_left<'a>(sheet: &Sheet<'a>, row: &'a Row, height: f32, nodes: &mut Vec<Node<'a>>) {
    let (y, palette) = (baseline(height), sheet.palette);
    fitted(
        nodes,
        (ORDER_X, y),
        SMALL,
        palette.ink_weak,
        &row.order_no,
        LAMP_X - ORDER_X - 2.0,
    );
    lamp::draw(
        nodes,
        row.light,
        (LAMP_X, (height - lamp::SIZE) / 2.0),
        1.0,
        palette,
        sheet.style,
    );
    let word = row.light_word.as_deref().unwrap_or(row.light.word());
    let face = if row.light == Light::Red {
        Type {
            weight: 600,
            ..SMALL
        }
    } else {
        SMALL
    };
    fitted(
        nodes,
        (WORD_X, y),
        face,
        palette.light(row.light).text,
        word,
        NAME_X - WORD_X - 3.0,
    );
    let face = if row.selected {
        Type {
            weight: 600,
            ..NAME
        }
    } else {
        NAME
    };
    fitted(
        nodes,
        (NAME_X, y),
        face,
        palette.ink,
        &row.name,
        UNIT_X - NAME_X - COLUMN_GAP,
    );
    unit(sheet, &row.unit, y, nodes);
}

fn unit<'a>(sheet: &Sheet<'a>, unit: &'a str, y: f32, nodes: &mut Vec<Node<'a>>) {
    let room = super::layout::LEFT_WIDTH - UNIT_X - COLUMN_GAP;
    fitted(
        nodes,
        (UNIT_X, y),
        HALF,
        sheet.palette.ink_second,
        unit,
        room,
    );
}

fn project_right<'a>(sheet: &Sheet<'a>, row: &'a Row, height: f32, nodes: &mut Vec<Node<'a>>) {
    let y = baseline(height);
    if let Some(target) = &row.target {
        let date = short_date(target.date, sheet.chart.today.year());
        let kind_width = measure::width(&target.kind, HALF);
        let verdict = row.verdict.as_ref().map_or(0.0, verdict_width);
        let date_width = measure::width(&date, HALF) + measure::width(" ", HALF);
        let room = sheet.right_width - TARGET_X - VERDICT_RIGHT - verdict - date_width - 2.0;
        fitted(
            nodes,
            (TARGET_X, y),
            HALF,
            sheet.palette.ink_weak,
            &target.kind,
            room,
        );
        let x = TARGET_X + kind_width.min(room.max(0.0)) + measure::width(" ", HALF);
        nodes.push(Node::text((x, y), HALF, sheet.palette.ink, date));
    }
    draw_verdict(sheet, row.verdict.as_ref(), row.light, y, nodes);
}

fn verdict_face(verdict: &Verdict) -> Type {
    let late = matches!(verdict.tone, Tone::Warning | Tone::Bad);
    if late {
        Type {
            weight: 600,
            ..HALF
        }
    } else {
        HALF
    }
}

fn verdict_width(verdict: &Verdict) -> f32 {
    measure::width(&verdict.text, verdict_face(verdict))
}

fn draw_verdict<'a>(
    sheet: &Sheet<'a>,
    verdict: Option<&'a Verdict>,
    light: Light,
    y: f32,
    nodes: &mut Vec<Node<'a>>,
) {
    let Some(verdict) = verdict else { return };
    let palette = sheet.palette;
    let colour = match verdict.tone {
        Tone::Good => palette.green.text,
        Tone::Plain => palette.ink_weak,
        Tone::Warning if light == Light::Red => palette.red.text,
        Tone::Warning => palette.yellow.text,
        Tone::Bad => palette.red.text,
    };
    let at = (sheet.right_width - VERDICT_RIGHT, y);
    let face = verdict_face(verdict);
    nodes.push(Node::anchored(
        Anchor::End,
        at,
        face,
        colour,
        verdict.text.as_str(),
    ));
}

fn draw_sub_row<'a>(
    sheet: &Sheet<'a>,
    group: usize,
    row: &'a Row,
    sub_row: &'a SubRow,
    scene: &mut Scene<'a>,
) {
    let (height, bar) = (sheet.metrics.row, &sub_row.bar);
    let spot = RowSpot {
        kind: RowKind::Activity,
        group,
        project_id: Some(&row.project_id),
        activity_id: Some(&bar.activity_id),
        selected: row.selected,
        y: 0.0,
        height,
        starts: [0; 3],
    };
    open_row(scene, spot);
    let y = baseline(height);
    let left = &mut scene.panes[Side::Left as usize].body;
    sub_row_left(sheet, sub_row, y, left);
    let plot = &mut scene.panes[Side::Plot as usize].body;
    bars::draw(sheet, bar, &row.project_id, 0.0, plot);
    bars::draw_slip(sheet, bar, 0.0, plot);
    let right = &mut scene.panes[Side::Right as usize].body;
    let last = short_date(bar.last_day(), sheet.chart.today.year());
    right.push(Node::text(
        (TARGET_X, y),
        HALF,
        sheet.palette.ink_second,
        last,
    ));
    draw_verdict(sheet, sub_row.verdict.as_ref(), bar.light, y, right);
    rule(scene, height, sheet.palette.rule_weak);
}

fn sub_row_left<'a>(sheet: &Sheet<'a>, sub_row: &'a SubRow, y: f32, nodes: &mut Vec<Node<'a>>) {
    let (bar, palette) = (&sub_row.bar, sheet.palette);
    let lamp_y = (sheet.metrics.row - lamp::SIZE * 0.86) / 2.0;
    fitted(
        nodes,
        (ORDER_X, y),
        SMALL,
        palette.ink_weak,
        &sub_row.order_no,
        LAMP_X - ORDER_X - 2.0,
    );
    lamp::draw(
        nodes,
        bar.light,
        (LAMP_X, lamp_y),
        0.86,
        palette,
        sheet.style,
    );
    let word_room = NAME_X - WORD_X - 3.0;
    fitted(
        nodes,
        (WORD_X, y),
        SMALL,
        palette.light(bar.light).text,
        bar.light.word(),
        word_room,
    );
    // At most ten levels are moved in, so that a name always keeps room.
    let x = NAME_X + INDENT * f32::from(sub_row.depth.min(9) + 1);
    fitted(
        nodes,
        (x, y),
        SMALL,
        palette.ink_second,
        &bar.name,
        UNIT_X - x - COLUMN_GAP,
    );
    unit(sheet, &sub_row.unit, y, nodes);
}

/// Lane of each bar, top lane 0; empty when no two bars overlap. Bars may share one day, for a stage
/// often begins on the day its forerunner ends.
fn lanes(bars: &[Bar]) -> Vec<u8> {
    let in_line = bars
        .windows(2)
        .all(|pair| pair[1].first >= pair[0].last_day());
    if in_line {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..bars.len()).collect();
    order.sort_by_key(|place| (bars[*place].first, *place));
    let mut lanes = vec![0; bars.len()];
    let mut ends = Vec::new();
    for place in order {
        let bar = &bars[place];
        let free = ends.iter().position(|end| bar.first >= *end);
        let lane = match free {
            Some(lane) => lane,
            None if ends.len() < LANES_MAX => {
                ends.push(bar.last_day());
                ends.len() - 1
            }
            None => (0..LANES_MAX).min_by_key(|lane| ends[*lane]).unwrap_or(0),
        };
        ends[lane] = ends[lane].max(bar.last_day());
        lanes[place] = lane as u8;
    }
    if ends.len() < 2 { Vec::new() } else { lanes }
}

/// Width of the right column: the design's, or what the longest target and verdict ask for.
pub(super) fn right_width(chart: &WallChart) -> f32 {
    let this_year = chart.today.year();
    let rows = chart.groups.iter().flat_map(|group| &group.rows);
    let asked = rows.map(|row| {
        let target = row.target.as_ref().map_or(0.0, |target| {
            let text = measure::width(&target.kind, HALF) + measure::width(" ", HALF);
            text + measure::width(&short_date(target.date, this_year), HALF)
        });
        let verdict = row.verdict.as_ref().map_or(0.0, verdict_width);
        (TARGET_X + target + TARGET_GAP + verdict + VERDICT_RIGHT).ceil()
    });
    asked.fold(RIGHT_WIDTH, f32::max).min(RIGHT_WIDTH_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wall_chart::BarState;
    use ground::Date;

    fn bar(first: i8, last: i8) -> Bar {
        Bar {
            activity_id: String::new(),
            name: String::new(),
            first: Date::constant(2023, 3, first),
            last: Date::constant(2023, 3, last),
            state: BarState::Ahead,
            percent_hundredths: 0,
            light: Light::Grey,
            critical: false,
            forecast_last: None,
            ghost: None,
        }
    }

    #[track_caller]
    fn check(days: &[(i8, i8)], expect: &[u8]) {
        let bars: Vec<Bar> = days
            .iter()
            .map(|(first, last)| bar(*first, *last))
            .collect();
        assert_eq!(lanes(&bars), expect);
    }

    #[test]
    fn bars_in_line_or_sharing_a_day_need_one_lane() {
        check(&[(1, 5), (5, 9), (10, 12)], &[]);
        check(&[(10, 12), (1, 5)], &[]);
        check(&[], &[]);
    }

    #[test]
    fn overlapping_bars_get_lanes_and_give_them_back() {
        check(&[(1, 10), (3, 6), (7, 9), (11, 12)], &[0, 1, 1, 0]);
    }

    #[test]
    fn too_many_overlapping_bars_share_the_last_lanes() {
        let many = [(1, 20); 9];
        let bars: Vec<Bar> = many
            .iter()
            .map(|(first, last)| bar(*first, *last))
            .collect();
        assert!(
            lanes(&bars)
                .iter()
                .all(|lane| usize::from(*lane) < LANES_MAX)
        );
    }
}
