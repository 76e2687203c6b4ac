import { describe, expect, test } from "vitest";
import { queryString } from "../src/api/client";
import { concerned } from "../src/api/events";
import { figureNumber, fileSize, localLink, sourceLink } from "../src/figures";
import { rowOfPlace, worstAt } from "../src/importing/places";
import { conditionsOf, conditionText, nextSort, parseCondition, withCondition } from "../src/ledger/listing";
import type { FieldKind, FieldView, RegisterView } from "../src/api/types";
import { weekdayIndex } from "../src/dates";
import { editableCell } from "../src/ledger/editing";
import { rangeOf, valueText, wayOf } from "../src/ledger/conditions";
import { listedFields, usualColumns } from "../src/ledger/number";
import { columnsByHead, columnsByPlace } from "../src/ledger/pasting";
import { basisOf, dayOf, drawingsOf, monthDays, outline, place, roundLength, shiftMonth, withView } from "../src/ledger/views";
import { rowAt, slice, TALLEST, topOf } from "../src/ledger/window";
import { windowsOf } from "../src/ledger/windows";
import { groups } from "../src/pages/registers";
import { placeOf } from "../src/shell/places";

describe("lists", () => {
  test("a condition survives the way through the address", () => {
    for (const text of ["rag:eq:red", "due_on:lt:2023-03-10", "name:contains:a:b", "remark:missing:"]) {
      const condition = parseCondition(text);
      expect(condition && conditionText(condition)).toBe(text);
    }
    expect(parseCondition("remark:missing")).toEqual({ field: "remark", op: "missing", value: "" });
    expect(conditionsOf(["rag:eq:red", "nonsense", null])).toHaveLength(1);
  });
  test("one field has one equality", () => {
    const once = withCondition([], "rag", "red");
    expect(withCondition(once, "rag", "green").map(conditionText)).toEqual(["rag:eq:green"]);
    expect(withCondition(once, "rag", "")).toEqual([]);
  });
  test("a header turns up, down and back", () => {
    expect([nextSort("", "a"), nextSort("a", "a"), nextSort("-a", "a"), nextSort("a", "b")]).toEqual(["a", "-a", "", "b"]);
  });
  test("rows outside the window are gaps of the same height", () => {
    const cut = slice(100_000, 29, 50_000, 600);
    expect(cut.before + (cut.end - cut.first) * 29 + cut.after).toBe(100_000 * 29);
    expect(cut.end - cut.first).toBeLessThan(60);
    expect(slice(3, 29, 0, 600)).toEqual({ first: 0, end: 3, before: 0, after: 0 });
    expect(slice(10, 29, 99_999, 600).end).toBe(10);
  });
  test("a table too tall for the screen's counting is reached by shares", () => {
    const count = 2_000_000;
    const height = 900;
    for (const row of [0, 7, 1_000_000, count - 40]) {
      const top = topOf(count, 29, row, height);
      expect(Math.abs(rowAt(count, 29, top, height) - row)).toBeLessThan(2);
      const cut = slice(count, 29, top, height);
      expect(cut.before + (cut.end - cut.first) * 29 + cut.after).toBe(TALLEST);
      expect(cut.first).toBeLessThanOrEqual(row);
      expect(cut.end).toBeGreaterThan(row + 25);
    }
    expect(slice(count, 29, TALLEST - height, height).end).toBe(count);
    expect(topOf(100, 29, 10, height)).toBe(290);
  });
  test("the windows that rows in sight need, with the half beside them", () => {
    expect(windowsOf(0, 30, 1000)).toEqual([0]);
    expect(windowsOf(120, 149, 1000)).toEqual([0, 1]);
    expect(windowsOf(470, 500, 1000)).toEqual([4, 5]);
    expect(windowsOf(980, 1010, 1000)).toEqual([9]);
    expect(windowsOf(0, 0, 0)).toEqual([0]);
  });
  test("registers stand by family, the latest used first unless one is looked for", () => {
    const card = (id: string, title: string, family: string | null) => ({ id, title, family, count: 1, open: null, late: null });
    const cards = [card("matter", "交办事项", "work"), card("project", "项目库", "project"), card("mine", "本街道台账", null), card("odd", "新类", "later")];
    const ids = (words: string, recent: string[]) => groups(cards, words, recent).map((group) => [group.id, ...group.cards.map((one) => one.id)]);
    expect(ids("", ["gone", "matter"])).toEqual([["recent", "matter"], ["project", "project"], ["work", "matter"], ["own", "mine", "odd"]]);
    expect(ids(" 台账 ", ["matter"])).toEqual([["own", "mine"]]);
    expect(ids("没有", [])).toEqual([]);
  });
  test("repeated and empty query values", () => {
    expect(queryString({ filter: ["a:eq:1", "b:eq:2"], q: "", x: null, limit: 5 })).toBe("filter=a%3Aeq%3A1&filter=b%3Aeq%3A2&limit=5");
  });
});

describe("change events", () => {
  test("lists and records wait for their own register, pages hear everything", () => {
    const matter = new Set(["matter"]);
    expect(concerned("/registers/matter/records", matter)).toBe(true);
    expect(concerned("/registers/matter/records/5/history", matter)).toBe(true);
    expect(concerned("/registers/enterprise/records", matter)).toBe(false);
    expect(concerned("/registers/project/records", matter)).toBe(true);
    expect(concerned("/home", matter)).toBe(true);
    expect(concerned("/registers/enterprise/records", null)).toBe(true);
  });
});

describe("small presentation rules", () => {
  const figure = (text: string, unit: string) => ({ value: text, text, unit, basis: "", as_of: "", source: null, demo: false });
  test("the unit is not said twice", () => {
    expect(figureNumber(figure("62.4 亿元", "亿元"))).toBe("62.4");
    expect(figureNumber(figure("62.4", "亿元"))).toBe("62.4");
  });
  test("only places of the app are links", () => {
    expect(localLink("/projects/1?tab=plan")).toBe("/projects/1?tab=plan");
    for (const link of ["//example.org", "http://example.org", "javascript:x()", "/\\example.org", "", null]) expect(localLink(link)).toBeNull();
  });
  test("a figure's source leads to its records", () => {
    expect(sourceLink({ register: "project", filter: "round:eq:7" })).toBe("/projects?filter=round%3Aeq%3A7");
    expect(sourceLink({ register: "matter", filter: "state:ne:closed&due_on:lt:2023-03-10" })).toBe("/registers/matter?filter=state%3Ane%3Aclosed&filter=due_on%3Alt%3A2023-03-10");
    expect(sourceLink({ register: "round_membership", filter: "round:eq:12&filter=batch:eq:signed" })).toBe("/registers/round_membership?filter=round%3Aeq%3A12&filter=batch%3Aeq%3Asigned");
    expect(sourceLink({ register: "matter", filter: "" })).toBe("/registers/matter");
  });
  test("file sizes", () => {
    expect([fileSize(0), fileSize(999), fileSize(1500), fileSize(2_400_000)]).toEqual(["0 B", "999 B", "1.5 kB", "2.4 MB"]);
  });
  test("a workbook place names its row", () => {
    expect(rowOfPlace("第七期!D8")).toBe("第七期!8");
    expect(rowOfPlace("第七期!A6:F6")).toBe("第七期!6");
    expect(rowOfPlace("第七期")).toBeNull();
  });
  test("the worst finding colours the cell", () => {
    const finding = (severity: "info" | "warning" | "error") => ({ code: "", severity, place: "", problem: "", remedy: "" });
    expect(worstAt([finding("info"), finding("error"), finding("warning")])).toBe("error");
    expect(worstAt([])).toBeNull();
  });
  test("the rail lights the longest fitting place", () => {
    expect(placeOf("/")).toBe("home");
    expect(placeOf("/registers/matter/5")).toBe("matter");
    expect(placeOf("/registers/person")).toBe("registers");
    expect(placeOf("/projects/1")).toBe("projects");
    expect(placeOf("/nowhere")).toBeNull();
  });
});

const base = { required: false, unit: null, digits: null, choices: null, to: null, columns: null, list: false, search: false, core: false };
const field = (id: string, kind: FieldKind, more: Partial<FieldView> = {}): FieldView => ({ ...base, id, label: id, kind, ...more });

describe("views of a list", () => {
  const view = (fields: FieldView[]): RegisterView => ({ id: "r", title: "r", version: "1.0.0", name_field: null, fields, list: [], reports: 0 });
  test("a register is drawn in the ways its fields allow", () => {
    expect(drawingsOf(view([field("a", "text")]))).toEqual(["list"]);
    expect(drawingsOf(view([field("state", "code"), field("unit", "org"), field("due", "date"), field("at", "geo_point")]))).toEqual(["list", "kanban", "calendar", "map", "matrix"]);
  });
  test("the view of the definition says what a drawing goes by", () => {
    const all = view([field("state", "code"), field("level", "code"), field("due", "date")]);
    expect(basisOf(all, { id: "v", title: "", kind: "kanban", columns: [], sums: [], fields: { by: "level" } }).by).toBe("level");
    expect(basisOf(all, null)).toMatchObject({ by: "state", date: "due", rows: "level", across: "state" });
  });
  test("a view of the same name is replaced", () => {
    const one = { name: "a", query: "x=1", columns: [], density: "standard" };
    expect(withView([one, { ...one, name: "b" }], { ...one, query: "x=2" }).map((each) => `${each.name} ${each.query}`)).toEqual(["b x=1", "a x=2"]);
  });
  test("a month is whole weeks that begin on Monday", () => {
    const days = monthDays("2023-02", weekdayIndex);
    expect(days).toHaveLength(35);
    expect(days.indexOf("2023-02-01")).toBe(2);
    expect(days.filter((day) => day !== null)).toHaveLength(28);
    expect([shiftMonth("2023-01", -1), shiftMonth("2023-12", 1)]).toEqual(["2022-12", "2024-01"]);
  });
  test("a moment of the evening in UTC belongs to the next day in China", () => {
    expect([dayOf("2023-03-08T15:59:59Z"), dayOf("2023-03-08T16:00:00Z"), dayOf("2023-03-08"), dayOf(null), dayOf("x")]).toEqual(["2023-03-08", "2023-03-09", "2023-03-08", null, null]);
  });
  test("north is up, east is right, and both have one scale", () => {
    const { placed, metresPerPixel } = place([{ lon: "113.50", lat: "34.70" }, { lon: "113.60", lat: "34.80" }], 800, 600, 40);
    const [south, north] = placed;
    expect((south?.y ?? 0) > (north?.y ?? 0) && (south?.x ?? 0) < (north?.x ?? 0)).toBe(true);
    const metres = ((south?.y ?? 0) - (north?.y ?? 0)) * metresPerPixel;
    expect(Math.round(metres / 100)).toBe(111);
    expect(place([{ lon: "x", lat: "1" }], 10, 10, 1).placed).toEqual([]);
    expect([roundLength(870), roundLength(499), roundLength(1)]).toEqual([500, 200, 1]);
  });
  test("pasted columns are known by their head, or by the columns in sight", () => {
    const fields = [field("name", "text", { label: "名称" }), field("cost", "money", { label: "整改资金" })];
    expect(columnsByHead(["序号", "名称", "整改资金(万元)"], fields)).toEqual([null, "name", "cost"]);
    expect(columnsByHead(["1", "消防栓无水", "3.5"], fields)).toBeNull();
    expect(columnsByPlace(3, ["name", "light", "cost"], fields)).toEqual(["name", null, "cost"]);
  });
  test("only plain fields of records that may be changed are typed in place", () => {
    const record = { id: "1", register: "r", number: null, version: 1, org_path: "", withdrawn: false, values: {}, shown: {}, updated_at: "" };
    const all = view([]);
    expect(editableCell(all, record, field("a", "text"))).toBe(true);
    expect(editableCell(all, record, field("a", "text", { system: true }))).toBe(false);
    expect(editableCell(all, record, field("a", "table"))).toBe(false);
    expect(editableCell(all, { ...record, rights: { update: false, withdraw: false } }, field("a", "text"))).toBe(false);
    expect(editableCell(all, { ...record, values: { a: "x" } }, field("a", "text", { set_once: true }))).toBe(false);
    const state = { id: "doing", label: "办理中", final: false, done: false };
    const closed = { ...all, flow: { states: [{ ...state, initial: false, clock: true, editable: ["b"] }], transitions: [] } } as unknown as typeof all;
    expect(editableCell(closed, { ...record, state }, field("a", "text"))).toBe(false);
    expect(editableCell(closed, { ...record, state }, field("b", "text"))).toBe(true);
  });
});

describe("the number of a record", () => {
  const matters = { id: "matter", title: "", version: "1", name_field: "title", fields: [field("title", "text")], list: ["title"], reports: 0 };
  test("is the first column where records have one", () => {
    const view = { ...matters, numbered: true };
    expect(listedFields(view, "No.").map((one) => one.id)).toEqual(["number", "title"]);
    expect(usualColumns(view)).toEqual(["number", "title"]);
    expect(usualColumns({ ...view, list: ["title", "number"] })).toEqual(["title", "number"]);
  });
  test("is not there where they have none", () => {
    expect(listedFields(matters, "No.").map((one) => one.id)).toEqual(["title"]);
    expect(usualColumns(matters)).toEqual(["title"]);
  });
});

describe("conditions on any column", () => {
  test("a range of days goes from the first moment to the last one in China", () => {
    expect(rangeOf(field("due_on", "date"), "2023-03-01", "2023-03-31")).toEqual([{ field: "due_on", op: "ge", value: "2023-03-01" }, { field: "due_on", op: "le", value: "2023-03-31" }]);
    expect(rangeOf(field("clock_due", "datetime"), "2023-03-10", "2023-03-10")).toEqual([{ field: "clock_due", op: "ge", value: "2023-03-09T16:00:00Z" }, { field: "clock_due", op: "le", value: "2023-03-10T15:59:59Z" }]);
  });
  test("an amount is typed in the unit of its field and sent exactly", () => {
    expect(rangeOf({ ...field("total", "money"), unit: "亿元" }, "1.2", "")).toEqual([{ field: "total", op: "ge", value: "120000000.00" }]);
    expect(rangeOf(field("n", "int"), "", "x")).toBeNull();
    expect(rangeOf(field("n", "int"), "", "")).toEqual([]);
  });
  test("a masked value is not asked for, and codes read as words", () => {
    expect(wayOf({ ...field("phone", "phone"), mask: "phone" })).toBeNull();
    expect(valueText({ ...field("level", "code"), choices: [{ code: "a", label: "甲" }, { code: "b", label: "乙" }] }, "a,b")).toBe("甲、乙");
  });
});

describe("the patch behind points of a street", () => {
  test("has the outer points as corners and leaves out those inside", () => {
    const square = [{ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 4, y: 4 }, { x: 0, y: 4 }, { x: 2, y: 2 }];
    const corners = outline(square);
    expect(corners).toHaveLength(4);
    expect(corners).not.toContainEqual({ x: 2, y: 2 });
    expect(outline(square.slice(0, 2))).toHaveLength(2);
  });
});
