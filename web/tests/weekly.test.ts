// Weekly commitments: groups by unit in the order given, what is sent of a verdict, what still lacks a reason.
import { describe, expect, test } from "vitest";
import { byUnit, judged, judgementOf, lacking, type Judgement, type WeeklyPromise } from "../src/plan/weekly";

const promise = (id: string, more: Partial<WeeklyPromise> = {}): WeeklyPromise => ({ id, version: 2, activity_id: `a${id}`, code: id, name: id, unit: "", content: id, percent: 70, percent_now: 62, outcome: "open", reason: null, reason_label: "", note: "", ...more });

describe("groups", () => {
  test("rows of one unit that stand together make one group", () => {
    const rows = [promise("1", { unit: "A" }), promise("2", { unit: "A" }), promise("3", { unit: "B" }), promise("4")];
    expect(byUnit(rows).map((group) => [group.unit, group.rows.map((row) => row.id)])).toEqual([["A", ["1", "2"]], ["B", ["3"]], ["", ["4"]]]);
    expect(byUnit([])).toEqual([]);
  });
});

describe("verdicts", () => {
  const promises = [promise("1"), promise("2", { outcome: "missed", reason: "land", note: "x" }), promise("3")];
  const written = (more: Record<string, Judgement>) => ({ ...Object.fromEntries(promises.map((one) => [one.id, judgementOf(one)])), ...more });
  test("only what differs is sent, with the version it was read at", () => {
    expect(judged(promises, written({}))).toEqual([]);
    expect(judged(promises, written({ 1: { outcome: "kept", reason: "", note: "" } }))).toEqual([{ id: "1", version: 2, outcome: "kept", reason: null, note: "" }]);
  });
  test("a reason chosen before and then kept is not sent", () => {
    expect(judged(promises, written({ 2: { outcome: "kept", reason: "land", note: "x" } }))).toEqual([{ id: "2", version: 2, outcome: "kept", reason: null, note: "x" }]);
  });
  test("a miss without a reason holds the button back", () => {
    const now = judged(promises, written({ 1: { outcome: "missed", reason: "", note: "" }, 3: { outcome: "missed", reason: "money", note: " y " } }));
    expect(lacking(now)).toBe(1);
    expect(now[1]).toEqual({ id: "3", version: 2, outcome: "missed", reason: "money", note: "y" });
  });
});
