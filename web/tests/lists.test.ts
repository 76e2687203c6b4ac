import { describe, expect, test } from "vitest";
import { queryString } from "../src/api/client";
import { concerned } from "../src/api/events";
import { figureNumber, fileSize, localLink, sourceLink } from "../src/figures";
import { rowOfPlace, worstAt } from "../src/importing/places";
import { conditionsOf, conditionText, nextSort, parseCondition, withCondition } from "../src/ledger/listing";
import { slice } from "../src/ledger/window";
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
