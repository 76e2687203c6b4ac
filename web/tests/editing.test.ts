import { describe, expect, test } from "vitest";
import type { FieldKind, FieldView } from "../src/api/types";
import { changed, fieldOfPlace, readLines, readMoney, readText } from "../src/record/editing";

const field = (kind: FieldKind, digits: number | null = null): FieldView => ({ id: "f", label: "f", kind, required: false, unit: null, digits, choices: null, to: null, columns: null, list: false, search: false, core: false });
const value = (kind: FieldKind, text: string, digits: number | null = null) => {
  const read = readText(field(kind, digits), text);
  return read.ok ? read.value : `! ${read.reason}`;
};

describe("typed texts", () => {
  test("numbers of any width of writing", () => {
    expect(value("int", " １２ ")).toBe(12);
    expect(value("int", "1,200")).toBe(1200);
    expect(value("int", "1.5")).toBe("! whole");
    expect(value("decimal", "12.50", 2)).toBe("12.50");
    expect(value("decimal", "12.505", 2)).toBe("! digits");
    expect(value("percent", "28.2%")).toBe("28.2");
    expect(value("percent", "many")).toBe("! number");
  });
  test("an empty box is no value, never a zero", () => {
    for (const kind of ["int", "money", "text", "date", "percent", "period"] as const) expect(value(kind, "  ")).toBeNull();
    expect(readMoney(" ", "亿元")).toEqual({ ok: true, value: null });
    expect(readLines(" \n ")).toBeNull();
  });
  test("periods follow the written codes", () => {
    for (const code of ["2023", "2023Q1", "2023M03", "2023M01-02", "2023M03T1", "2023W12", "2023H1", "2023-03-15", "2023YTD0315"]) expect(value("period", code)).toBe(code);
    for (const wrong of ["2023年", "2023Q5", "3月"]) expect(value("period", wrong)).toBe("! period");
  });
  test("lists are lines, points are pairs", () => {
    expect(readLines(" a \n\nb")).toEqual(["a", "b"]);
    expect(value("geo_point", "113.611，34.748")).toBe("113.611,34.748");
    expect(value("geo_point", "113.611")).toBe("! point");
  });
  test("only what differs is sent, emptying counts", () => {
    expect(changed({ a: "1", b: "x", c: null, d: null }, { a: "1", b: "y", c: "z" })).toEqual({ b: "x", c: null });
  });
  test("a finding inside a table belongs to the table", () => {
    expect([fieldOfPlace("name"), fieldOfPlace("problems[2].unit")]).toEqual(["name", "problems"]);
  });
});
