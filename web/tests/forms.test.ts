// The small parts of generated forms: pasted rows, shapes on the ground, places of findings, kept drafts.
import { beforeEach, describe, expect, test } from "vitest";
import type { FieldKind, FieldView, Finding } from "../src/api/types";
import { fitted, pointOf, pointsOf, shapeText } from "../src/record/geo";
import { dropKept, keep, keptKey, readKept } from "../src/record/kept";
import { boxOf, placeIn, sorted } from "../src/record/places";
import { cellsOf, isBlock, isoDate, valueOfCell } from "../src/record/tsv";

const field = (id: string, kind: FieldKind, more: Partial<FieldView> = {}): FieldView => ({ id, label: id, kind, required: false, unit: null, digits: null, choices: null, to: null, columns: null, list: false, search: false, core: false, ...more });

describe("rows copied from a workbook", () => {
  test("tabs part cells, lines part rows, quotes hold both", () => {
    expect(cellsOf("a\tb\r\nc\td\r\n")).toEqual([["a", "b"], ["c", "d"]]);
    expect(cellsOf('"one\ntwo"\t"say ""yes"""\n\t\nx\t')).toEqual([["one\ntwo", 'say "yes"'], ["x", ""]]);
  });
  test("one copied cell is no block", () => {
    expect([isBlock("12"), isBlock("12\r\n"), isBlock("a\tb"), isBlock("a\nb")]).toEqual([false, false, true, true]);
  });
  test("dates are read as people write them", () => {
    expect(["2023/3/1", "2023.03.01", "2023年3月1日", "2023-03-01", "3月1日"].map(isoDate)).toEqual(["2023-03-01", "2023-03-01", "2023-03-01", "2023-03-01", "3月1日"]);
  });
  test("a cell becomes the value of its column, an unreadable one nothing", () => {
    expect(valueOfCell(field("m", "money", { unit: "万元" }), "3.5")).toBe("35000.00");
    expect(valueOfCell(field("m", "money", { unit: "万元" }), "0.2 亿元")).toBe("20000000.00");
    expect(valueOfCell(field("c", "code", { choices: [{ code: "major", label: "重大" }] }), "重大")).toBe("major");
    expect(valueOfCell(field("c", "code", { choices: [{ code: "major", label: "重大" }] }), "特大")).toBeUndefined();
    expect([valueOfCell(field("b", "bool"), "是"), valueOfCell(field("b", "bool"), "否"), valueOfCell(field("b", "bool"), "也许")]).toEqual([true, false, undefined]);
    expect(valueOfCell(field("d", "date"), "明天")).toBeUndefined();
    expect(valueOfCell(field("t", "text"), "  ")).toBeNull();
  });
});

describe("places on the ground", () => {
  test("a point is longitude then latitude, both within the globe", () => {
    expect(pointOf("113.611，34.748")).toEqual([113.611, 34.748]);
    expect([pointOf("113.611"), pointOf("213,34"), pointOf("113,94")]).toEqual([null, null, null]);
  });
  test("a line survives the way to its text and back", () => {
    const points = pointsOf("113.611,34.748\n113.612,34.749");
    expect(points && pointsOf(shapeText(points))).toEqual(points);
    expect(pointsOf("113.611,34.748\nx")).toBeNull();
  });
  test("a drawing stays in its box with north above", () => {
    const drawn = fitted([[113.6, 34.7], [113.7, 34.8]], 120);
    for (const [x, y] of drawn) expect(Math.min(x, y) >= 10 - 1e-9 && Math.max(x, y) <= 110 + 1e-9).toBe(true);
    expect((drawn[1]?.[1] ?? 0) < (drawn[0]?.[1] ?? 0)).toBe(true);
  });
});

describe("findings beside their box", () => {
  const fields = [field("name", "text"), field("measures", "table", { columns: [field("who", "person")] })];
  const finding = (place: string, severity: Finding["severity"] = "error"): Finding => ({ code: "c", severity, place, problem: `wrong ${place}`, remedy: "" });
  test("a path leads to the cell it names", () => {
    const place = placeIn(fields, "measures[2].who");
    expect(place && boxOf(place)).toBe("field-measures-1-who");
    const whole = placeIn(fields, "measures");
    expect(whole && boxOf(whole)).toBe("field-measures");
    expect(placeIn(fields, "elsewhere")).toBeNull();
  });
  test("errors, warnings, cells and loose ones are kept apart and said once", () => {
    const result = sorted(fields, [finding("name"), finding("name"), finding("name", "warning"), finding("measures[1].who"), finding("check.sum", "warning")]);
    expect(result.errors).toEqual({ name: ["wrong name"] });
    expect(result.warnings).toEqual({ name: ["wrong name"] });
    expect(result.cells).toEqual({ measures: { "1.who": ["wrong measures[1].who"] } });
    expect(result.loose).toHaveLength(1);
  });
});

describe("drafts kept in the browser", () => {
  beforeEach(() => localStorage.clear());
  test("what was typed comes back, per person and record", () => {
    const key = keptKey("wang", "matter", null);
    keep(key, { values: { title: "围挡" }, reason: "", version: 0 });
    expect(readKept(key)?.values).toEqual({ title: "围挡" });
    expect(readKept(keptKey("li", "matter", null))).toBeNull();
    dropKept(key);
    expect(readKept(key)).toBeNull();
  });
  test("nothing typed keeps nothing, and old or broken drafts are dropped", () => {
    const key = keptKey("wang", "matter", "7");
    keep(key, { values: { title: "a" }, reason: "", version: 1 });
    keep(key, { values: {}, reason: "", version: 1 });
    expect(readKept(key)).toBeNull();
    keep(key, { values: { title: "a" }, reason: "", version: 1 });
    expect(readKept(key, Date.now() + 31 * 86_400_000)).toBeNull();
    localStorage.setItem(key, "{");
    expect(readKept(key)).toBeNull();
  });
});
