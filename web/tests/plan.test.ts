// The plan's own rules: cells, ranges, steps kept aside, pasted blocks, the time axis and its bars.
import { describe, expect, test } from "vitest";
import { axisOf, dayAt, layers, months, quarters, weeks, xOf } from "../src/plan/axis";
import { arrowHead, barBox, linkPath, pointX, shownSpan } from "../src/plan/bars";
import { capacityText, readCapacity } from "../src/plan/capacity";
import { chainOf } from "../src/plan/chain";
import { brokenException, dayOf, hoursText, monthWeeks, readHours, turned, workdays } from "../src/plan/calendar";
import { COLUMNS, readCell, readDay, type Column } from "../src/plan/columns";
import { pasted, type PasteAt } from "../src/plan/pasting";
import { apart, bandPath, chanceAt, linePath, monthTicks, risePath, scaleOf, stepPath, valueTicks } from "../src/plan/plot";
import { rectangle, stepped, tsv, walked, type Chosen } from "../src/plan/range";
import { emptyRow, endOfBranch, indented, keptSteps, laidOver, nextKey, openRows, outdented, requestOf, saidBy, shifted, type Step } from "../src/plan/steps";
import type { Change, PlanRow } from "../src/plan/types";

const row = (id: string, level = 0, parent: string | null = null, more: Partial<PlanRow> = {}): PlanRow => ({ ...emptyRow(id, level, parent), code: `A${id}`, name: `N${id}`, version: 3, ...more });
const column = (id: string): Column => COLUMNS.find((one) => one.id === id) ?? (() => { throw new Error(id); })();
const step = (...changes: Change[]): Step => ({ text: "", changes });
const versions = new Map([["1", 3], ["2", 5]]);

describe("cells", () => {
  test("days are read as people write them", () => {
    expect(["2023/3/1", "2023.3.1", "2023\u5e743\u67081\u65e5", "3/1", "3\u67081\u65e5", "20230301", "2023-03-01"].map((typed) => readDay(typed, "2023-07-01"))).toEqual(Array(7).fill("2023-03-01"));
    expect(["2/30", "abc", "2023-13-01", "13/1"].map((typed) => readDay(typed, "2023-07-01"))).toEqual([null, null, null, null]);
  });
  test("a duration is whole days, with or without its word, also in full width", () => {
    expect(["60", "60\u5929", "\uff16\uff10", " 5 d"].map((typed) => readCell(column("duration"), typed, [], ""))).toEqual([60, 60, 60, 5].map((value) => ({ ok: true, value })));
    expect(["1.5", "-3", "\u4e24\u5929"].map((typed) => readCell(column("duration"), typed, [], "").ok)).toEqual([false, false, false]);
  });
  test("an empty text clears a cell, but a name stays; a list takes codes and labels", () => {
    expect(readCell(column("deadline"), " ", [], "")).toEqual({ ok: true, value: null });
    expect(readCell(column("name"), "", [], "")).toEqual({ ok: false, why: "empty" });
    const choices = [{ code: "site7", label: "\u4e03\u5929" }];
    expect([readCell(column("calendar"), "site7", choices, ""), readCell(column("calendar"), "\u4e03\u5929", choices, ""), readCell(column("calendar"), "x", choices, "")]).toEqual([{ ok: true, value: "site7" }, { ok: true, value: "site7" }, { ok: false, why: "code" }]);
  });
});

describe("walking", () => {
  const at = (r: number, c: number): Chosen => ({ active: { row: r, column: c }, anchor: { row: r, column: c } });
  const size = { rows: 10, columns: 4, page: 5 };
  const none = { ctrl: false, shift: false };
  test("arrows stop at the border, Ctrl goes to it, Shift spans a rectangle", () => {
    expect(walked(at(0, 0), "ArrowUp", none, size)?.active).toEqual({ row: 0, column: 0 });
    expect(walked(at(2, 1), "ArrowDown", { ctrl: true, shift: false }, size)?.active).toEqual({ row: 9, column: 1 });
    const spanned = walked(at(2, 2), "ArrowLeft", { ctrl: false, shift: true }, size);
    expect(spanned && rectangle(spanned)).toEqual({ top: 2, bottom: 2, left: 1, right: 2 });
    expect(walked(at(8, 0), "PageDown", none, size)?.active.row).toBe(9);
    expect(walked(at(8, 0), "x", none, size)).toBeNull();
  });
  test("Tab goes on in the next row, Shift+Tab back; Enter goes down and stays at the end", () => {
    expect(stepped(at(0, 3), "tab", false, size).active).toEqual({ row: 1, column: 0 });
    expect(stepped(at(1, 0), "tab", true, size).active).toEqual({ row: 0, column: 3 });
    expect(stepped(at(9, 3), "tab", false, size).active).toEqual({ row: 9, column: 3 });
    expect([stepped(at(9, 2), "enter", false, size).active.row, stepped(at(9, 2), "enter", true, size).active.row]).toEqual([9, 8]);
  });
  test("copied cells with line breaks and quotes come in quotes", () => {
    expect(tsv([["a", 'b"c'], ["d\ne", ""]])).toBe('a\t"b""c"\r\n"d\ne"\t');
  });
});

describe("steps kept aside", () => {
  test("make one request in which every row is named once with its newest version", () => {
    expect(requestOf([step({ op: "update", id: "1", values: { duration_days: 5 } }), step({ op: "update", id: "1", values: { duration_days: 6, name: "x" } })], versions)).toEqual([{ op: "update", id: "1", version: 3, values: { duration_days: 6, name: "x" } }]);
  });
  test("what is typed into an added row belongs to its adding; taken away again nothing is left", () => {
    const add = step({ op: "add", key: "new-1", values: { name: "a" }, after: "1" });
    expect(requestOf([add, step({ op: "update", id: "new-1", values: { duration_days: 2 } })], versions)).toEqual([{ op: "add", key: "new-1", after: "1", values: { name: "a", duration_days: 2 } }]);
    expect(requestOf([add, step({ op: "remove", id: "new-1" })], versions)).toEqual([]);
  });
  test("a removed row loses its former changes; nothing hangs on a row that went again", () => {
    expect(requestOf([step({ op: "update", id: "2", values: { name: "x" } }), step({ op: "remove", id: "2", relink: true })], versions)).toEqual([{ op: "remove", id: "2", version: 5, relink: true }]);
    const steps = [step({ op: "add", key: "new-1", values: {} }), step({ op: "add", key: "new-2", values: { parent: "new-1", name: "b" }, after: "new-1" }), step({ op: "remove", id: "new-1" })];
    expect(requestOf(steps, versions)).toEqual([{ op: "add", key: "new-2", values: { name: "b" } }]);
  });
  test("a drag keeps its own word, a second drag of the row adds to it", () => {
    const moved = (planned_start: string): Step => step({ op: "move", id: "1", values: { planned_start } });
    expect(requestOf([moved("2023-03-01"), moved("2023-03-04"), step({ op: "update", id: "1", values: { name: "x" } })], versions)).toEqual([
      { op: "move", id: "1", version: 3, values: { planned_start: "2023-03-04" } },
      { op: "update", id: "1", version: 3, values: { name: "x" } },
    ]);
  });
  test("replanning stands where it was asked for: later words are not moved before it", () => {
    const typed = (days: number): Step => step({ op: "update", id: "1", values: { duration_days: days } });
    expect(requestOf([typed(1), step({ op: "replan", from: "late" }), typed(2)], versions).map((change) => change.op)).toEqual(["update", "replan", "update"]);
  });
  test("kept under a name they are the request itself, step by step, and stay so when they are opened", () => {
    const named = (text: string, ...changes: Change[]): Step => ({ text, changes });
    const steps = [
      named("a", { op: "update", id: "1", values: { duration_days: 5 } }, { op: "add", key: "new-1", values: { name: "x" }, after: "1" }),
      named("b", { op: "update", id: "1", values: { duration_days: 6 } }),
      named("c", { op: "add", key: "new-2", values: {} }, { op: "move", id: "2", values: { planned_start: "2023-03-01" } }),
      named("d", { op: "remove", id: "new-2" }, { op: "replan", from: "late" }),
    ];
    const kept = keptSteps(steps, versions);
    const request = requestOf(steps, versions);
    expect(kept.flatMap((one) => one.changes)).toEqual(request);
    expect(kept.map((one) => [one.text, one.changes.map((change) => change.op)])).toEqual([["a \u00b7 b", ["update", "add"]], ["c", ["move"]], ["d", ["replan"]]]);
    expect(JSON.stringify(kept)).not.toContain("new-2");
    expect(requestOf(kept, versions)).toEqual(request);
    // Later versions of the rows do not make it another trial, another value does.
    expect(saidBy(requestOf(kept, new Map([["1", 9], ["2", 9]])))).toBe(saidBy(request));
    expect(saidBy(requestOf([...kept, step({ op: "update", id: "2", values: { name: "y" } })], versions))).not.toBe(saidBy(request));
  });
  test("rows show what was typed before the server has answered; an added row stands behind the branch", () => {
    const rows = [row("1"), row("2", 1, "1"), row("3")];
    const shown = laidOver(rows, [step({ op: "update", id: "3", values: { duration_days: 9, constraint_kind: "start_on" } }), step({ op: "add", key: "new-1", values: { name: "x" }, after: "1" })]);
    expect(shown.map((one) => one.id)).toEqual(["1", "2", "new-1", "3"]);
    expect([shown[3]?.duration_days, shown[3]?.constraint]).toEqual([9, { kind: "start_on", date: "", text: "" }]);
    expect(rows[2]?.duration_days).toBeNull();
    expect(nextKey([step({ op: "add", key: "new-7", values: {} })])).toBe("new-8");
  });
});

describe("the tree", () => {
  const rows = [row("1", 0, null, { is_summary: true }), row("2", 1, "1"), row("3", 1, "1"), row("4"), row("5")];
  test("a row goes below the one before it, which becomes a summary unless it is one", () => {
    expect(indented(rows, "4")).toEqual([{ op: "update", id: "4", values: { parent: "1" } }]);
    expect(indented(rows, "3")).toEqual([{ op: "update", id: "2", values: { kind: "summary" } }, { op: "update", id: "3", values: { parent: "2" } }]);
    expect([indented(rows, "1"), indented(rows, "2")]).toEqual([null, null]);
  });
  test("a row comes out beside its summary; the top has no way out", () => {
    expect(outdented(rows, "3")).toEqual([{ op: "update", id: "3", values: { parent: null } }]);
    expect(outdented(rows, "4")).toBeNull();
  });
  test("closed summaries hide what lies below them", () => {
    expect(openRows(rows, new Set(["1"])).map((one) => one.id)).toEqual(["1", "4", "5"]);
    expect(endOfBranch(rows, 0)).toBe(3);
  });
});

describe("pasting", () => {
  const label = (one: Column) => ({ code: "\u7f16\u53f7", name: "\u5de5\u4f5c\u5185\u5bb9", duration: "\u5de5\u671f", predecessors: "\u7d27\u524d\u5de5\u4f5c", float: "\u65f6\u5dee" })[one.id] ?? one.id;
  const at = (more: Partial<PasteAt> = {}): PasteAt => ({ rows: [row("1", 0, null, { duration_days: 10 }), row("2")], row: 0, columns: ["code", "name", "duration", "float"].map(column), column: 2, label, choices: () => [], near: "2023-03-10", key: 1, ...more });
  test("a block lies down from the active cell; what is worked out is passed over and named", () => {
    const got = pasted([["10", "1"], ["7", "2"]], at(), COLUMNS);
    expect(got.changes).toEqual([{ op: "update", id: "2", values: { duration_days: 7 } }]);
    expect([got.passed, got.headed, got.cells.length]).toEqual([["\u65f6\u5dee"], false, 1]);
  });
  test("with a head row lines are found by their code, the others are added behind each other", () => {
    const got = pasted([["\u7f16\u53f7", "\u5de5\u671f(\u5929)", "\u5de5\u4f5c\u5185\u5bb9"], ["A2", "5", "N2"], ["B1", "3", "x"], ["B2", "4", "y"]], at(), COLUMNS);
    expect(got.changes).toEqual([
      { op: "update", id: "2", values: { duration_days: 5 } },
      { op: "add", key: "new-1", values: { code: "B1", duration_days: 3, name: "x" }, after: "2" },
      { op: "add", key: "new-2", values: { code: "B2", duration_days: 4, name: "y" }, after: "new-1" },
    ]);
    expect(got.added).toBe(2);
  });
  test("a cell that cannot be read is shown with its reason and changes nothing", () => {
    const got = pasted([["x"]], at(), COLUMNS);
    expect(got.changes).toEqual([]);
    expect(got.cells).toEqual([{ row: "N1", column: "\u5de5\u671f", before: "10", after: "x", wrong: "int" }]);
  });
});

describe("the time axis", () => {
  const axis = axisOf(["2023-02-10", "2023-08-20", null], "quarter", "2023-03-10");
  test("runs over whole months around the plan and finds days again", () => {
    expect([axis.first, axis.last]).toEqual(["2023-02-01", "2023-09-30"]);
    expect(dayAt(axis, xOf(axis, "2023-05-17") + 1)).toBe("2023-05-17");
    expect(axis.width).toBe(242 * 5);
  });
  test("months and quarters fill it without a gap, weeks begin on Monday", () => {
    for (const list of [months(axis), quarters(axis), weeks(axis)]) {
      expect(list[0]?.x).toBe(0);
      expect(list.reduce((sum, one) => sum + one.width, 0)).toBe(axis.width);
    }
    expect(weeks(axis)[1]?.date).toBe("2023-02-06");
    expect([layers(axis, "year").lowerIs, layers(axis, "week").lowerIs]).toEqual(["month", "day"]);
  });
  test("an empty plan still has three months to look at", () => {
    const empty = axisOf([], "month", "2023-12-30");
    expect([empty.first, empty.last >= "2024-02-28"]).toEqual(["2023-12-01", true]);
  });
  test("a bar covers its last day; milestones stand at the edge their kind says", () => {
    const span = { first: "2023-02-01", last: "2023-02-02" };
    expect(barBox(axis, span, 29, 29, 17)).toEqual({ x: 0, y: 35, width: 10, height: 17 });
    expect([pointX(axis, { kind: "start_milestone" }, span), pointX(axis, { kind: "finish_milestone" }, span)]).toEqual([0, 10]);
    expect(shownSpan(row("1", 0, null, { planned_start: "2023-02-01", forecast_finish: "2023-02-03" }))).toEqual({ first: "2023-02-01", last: "2023-02-03" });
  });
  test("a link with room turns once, one without room goes round its row", () => {
    expect(linkPath("FS", { left: 0, right: 50, y: 14 }, { left: 90, right: 120, y: 43 }, 29)).toBe("M50 14H56V43H90");
    expect(linkPath("FS", { left: 0, right: 50, y: 14 }, { left: 50, right: 80, y: 43 }, 29)).toBe("M50 14H56V29H42V43H50");
    expect(linkPath("SS", { left: 20, right: 50, y: 14 }, { left: 40, right: 80, y: 43 }, 29)).toBe("M20 14H14V43H40");
    expect(arrowHead("FF", { left: 0, right: 80, y: 43 })).toBe("M80 43L85 39.5V46.5Z");
  });
});

describe("working calendars", () => {
  const site = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, hours: (day === 7 ? [] : [["08:00", "12:00"]]) as [string, string][] }));
  const stop = { name: "stop", first: "2023-01-15", last: "2023-02-05", working: false, hours: null };
  test("an own exception comes before a holiday, a holiday before the week", () => {
    const days = [{ date: "2023-01-28", working: true, minutes: 480, kind: "make_up" as const, label: "m" }, { date: "2023-04-05", working: false, minutes: 0, kind: "holiday" as const, label: "q" }];
    expect(dayOf("2023-01-28", site, [stop], days)).toEqual({ date: "2023-01-28", working: false, kind: "stop", label: "stop" });
    expect(dayOf("2023-04-05", site, [stop], days)).toEqual({ date: "2023-04-05", working: false, kind: "holiday", label: "q" });
    expect([dayOf("2023-03-12", site, [], []).working, dayOf("2023-03-13", site, [], [])]).toEqual([false, { date: "2023-03-13", working: true, kind: null, label: "" }]);
  });
  test("turning a day round twice leaves the calendar as it was", () => {
    const names = { work: "w", rest: "r" };
    const once = turned("2023-03-12", dayOf("2023-03-12", site, [stop], []), [stop], names);
    expect(once).toEqual([stop, { name: "w", first: "2023-03-12", last: "2023-03-12", working: true, hours: null }]);
    expect(turned("2023-03-12", dayOf("2023-03-12", site, once, []), once, names)).toEqual([stop]);
  });
  test("a day inside a long stop is worked by an exception of its own", () => {
    const made = turned("2023-01-20", dayOf("2023-01-20", site, [stop], []), [stop], { work: "w", rest: "r" });
    expect(dayOf("2023-01-20", site, made, [])).toMatchObject({ working: true, kind: "extra" });
    expect(dayOf("2023-01-21", site, made, [])).toMatchObject({ working: false, kind: "stop" });
  });
  test("hours are read as people write them, and refused when they run backwards", () => {
    expect(readHours("8:00-12:00\uff0c13\uff1a00\uff5e17:00")).toEqual([["08:00", "12:00"], ["13:00", "17:00"]]);
    expect([readHours(""), readHours("12:00-8:00"), readHours("8-12"), readHours("8:00-25:00")]).toEqual([[], null, null, null]);
    expect(readHours(hoursText([["08:00", "12:00"], ["13:00", "17:30"]]))).toEqual([["08:00", "12:00"], ["13:00", "17:30"]]);
  });
  test("a month is whole weeks from Monday, and its working days add up", () => {
    const weeks = monthWeeks(2023, 2);
    expect([weeks.length, weeks[0]?.indexOf("2023-02-01"), weeks.flat().filter(Boolean).length]).toEqual([5, 2, 28]);
    expect(workdays(weeks, (date) => dayOf(date, site, [stop], []))).toBe(20);
  });
  test("an exception needs a name and an end that is not before its beginning", () => {
    expect([brokenException(stop), brokenException({ ...stop, name: " " }), brokenException({ ...stop, last: "2023-01-01" })]).toEqual([null, "name", "order"]);
  });
});

describe("small charts", () => {
  const scale = scaleOf("2023-01-01", "2023-01-11", 100, { width: 120, height: 130, left: 10, right: 10, top: 10, bottom: 20 });
  test("unknown values leave a gap in a line and end a band", () => {
    const points = [["2023-01-01", 0], ["2023-01-06", 50], ["2023-01-08", null], ["2023-01-11", 100]].map(([date, value]) => ({ date: String(date), value: value as number | null }));
    expect(linePath(points, scale)).toBe("M10 110L60 60M110 10");
    expect(bandPath(points.slice(0, 2), points.slice(0, 2).map((point) => ({ ...point, value: 0 })), scale)).toBe("M10 110L60 60L60 110L10 110Z");
    expect(bandPath(points.slice(0, 1), points.slice(0, 1), scale)).toBe("");
  });
  test("a latest line above the earliest one is what is lacking, not room", () => {
    const line = (...values: (number | null)[]) => values.map((value, at) => ({ date: `2023-01-0${at + 1}`, value }));
    const { above, below } = apart(line(50, 20, null), line(30, 40, 60));
    expect(above.map((edge) => edge.map((point) => point.value))).toEqual([[50, 20, null], [30, 20, null]]);
    expect(below.map((edge) => edge.map((point) => point.value))).toEqual([[50, 40, null], [50, 20, null]]);
  });
  test("a capacity holds for its whole day", () => {
    expect(stepPath([{ date: "2023-01-01", value: 100 }, { date: "2023-01-02", value: 50 }], scale)).toBe("M10 10H20V60H30");
  });
  test("a chance is none before its first day and rises on the day itself", () => {
    expect(risePath([{ date: "2023-01-03", value: 50 }, { date: "2023-01-06", value: 100 }], scale, "2023-01-01")).toBe("M10 110H30V60H60V10");
  });
  test("a pixel is read back as its day, ticks are round, months are thinned", () => {
    expect([scale.day(60), scale.day(-5), scale.day(500)]).toEqual(["2023-01-06", "2023-01-01", "2023-01-11"]);
    expect([valueTicks(102), valueTicks(2), valueTicks(0)]).toEqual([[0, 25, 50, 75, 100, 125], [0, 0.5, 1, 1.5, 2], [0, 1]]);
    expect(monthTicks("2023-01-15", "2025-01-15", 6).length).toBe(6);
  });
  test("the chance at a day is the last one known", () => {
    expect([chanceAt([{ date: "2023-08-20", chance: 4 }, { date: "2023-08-22", chance: 9 }], "2023-08-21"), chanceAt([], "2023-08-21")]).toEqual([4, 0]);
  });
});

describe("order", () => {
  // S1 (a, b), S2 (c): a summary carries its rows with it.
  const rows = [row("s1", 0, null, { is_summary: true }), row("a", 1, "s1"), row("b", 1, "s1"), row("s2", 0, null, { is_summary: true }), row("c", 1, "s2"), row("d")];
  const order = (changes: Change[] | null) => laidOver(rows, [step(...(changes ?? []))]).map((one) => one.id);
  test("a row changes places with its neighbour of the same summary", () => {
    expect(shifted(rows, ["b"], true)).toEqual([{ op: "place", id: "a", after: "b" }]);
    expect(order(shifted(rows, ["b"], true))).toEqual(["s1", "b", "a", "s2", "c", "d"]);
    expect(shifted(rows, ["a"], false)).toEqual([{ op: "place", id: "b" }]);
    expect(order(shifted(rows, ["a"], false))).toEqual(["s1", "b", "a", "s2", "c", "d"]);
  });
  test("a summary goes with all that lies below it, and several rows go together", () => {
    expect(order(shifted(rows, ["s2", "c"], true))).toEqual(["s2", "c", "s1", "a", "b", "d"]);
    expect(order(shifted(rows, ["s1", "a", "b", "s2", "c"], false))).toEqual(["d", "s1", "a", "b", "s2", "c"]);
  });
  test("nothing goes beyond the end, out of its summary or in pieces", () => {
    expect([shifted(rows, ["a"], true), shifted(rows, ["b"], false), shifted(rows, ["c"], true), shifted(rows, ["a", "c"], true), shifted(rows, ["s1", "d"], true), shifted(rows, [], true)]).toEqual([null, null, null, null, null, null]);
  });
  test("a place is asked for with the newest version, and not for rows taken away again", () => {
    expect(requestOf([step({ op: "place", id: "1", after: "2" })], versions)).toEqual([{ op: "place", id: "1", after: "2", version: 3 }]);
    const gone: Step[] = [step({ op: "add", key: "new-1", values: { name: "x" } }), step({ op: "place", id: "1", after: "new-1" }), step({ op: "place", id: "new-1" }), step({ op: "remove", id: "new-1" })];
    expect(requestOf(gone, versions)).toEqual([]);
  });
});

describe("the chain through a late row", () => {
  const by = (id: string | null) => ({ kind: id ? "link" : "target", text: id ? "" : "T", activity_id: id });
  const rows = [row("1", 0, null, { state: "done", late_driver: null }), row("2", 0, null, { driver: by("1"), late_driver: by("3") }), row("3", 0, null, { driver: by("2"), late_driver: by(null) }), row("4", 0, null, { driver: by("4"), late_driver: by("4") })];
  const names = new Map(rows.map((one) => [one.id, one]));
  test("runs from the target back and leaves out what is finished", () => {
    const chain = chainOf(rows[1] as PlanRow, names);
    expect(chain.rows.map((one) => one.id)).toEqual(["3", "2"]);
    expect(chain.bound).toBe("T");
  });
  test("ends on a row that names itself", () => {
    expect(chainOf(rows[3] as PlanRow, names).rows.map((one) => one.id)).toEqual(["4"]);
  });
});

describe("resources", () => {
  test("needs are shown as they are typed", () => {
    const needs = [{ resource_id: "9", code: "WJ", name: "\u6316\u673a", units: "2.00" }, { resource_id: "8", code: "MG", name: "\u6728\u5de5\u73ed", units: "1" }];
    expect(column("resources").raw?.(row("1", 0, null, { resources: needs }))).toBe("\u6316\u673a*2\uff0c\u6728\u5de5\u73ed");
    const typed = laidOver([row("1")], [step({ op: "update", id: "1", values: { resources: "\u6316\u673a*3" } })]);
    expect(column("resources").show(typed[0] as PlanRow)).toBe("\u6316\u673a*3");
  });
  test("capacity is a number, or numbers with the day from which each holds", () => {
    expect(readCapacity("2\uff0c4/1\u8d77 4", "2023-03-10")).toEqual([{ units: "2" }, { since: "2023-04-01", units: "4" }]);
    expect(readCapacity("\u4ece2023\u5e745\u67081\u65e5\u8d77 \uff11\uff10", "2023-03-10")).toEqual([{ since: "2023-05-01", units: "10" }]);
    expect(readCapacity("", "2023-03-10")).toEqual([]);
    expect(["x", "2,3", "2/30\u8d77 4", "1.234", "-1"].map((text) => readCapacity(text, "2023-03-10"))).toEqual([null, null, null, null, null]);
    expect(capacityText([{ since: "2023-04-01", units: "4.00" }, { units: "2" }])).toBe("2\uff0c2023/04/01\u8d77 4");
    expect(readCapacity(capacityText([{ units: 2 }, { since: "2023-04-01", units: "4.5" }]), "2020-01-01")).toEqual([{ units: "2" }, { since: "2023-04-01", units: "4.5" }]);
  });
});
