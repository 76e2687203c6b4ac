// Small rules of the pages around records: periods, tasks by day, orders, bars, lines of a definition.
import { beforeEach, describe, expect, test } from "vitest";
import type { FieldKind, FieldView, FlowView, RegisterView, Task } from "../src/api/types";
import { matterFields, matterValues, orderStep, plainState } from "../src/assign/matter";
import { recentUnits, rememberUnit } from "../src/assign/recent";
import { kindOf, periodOf, shift } from "../src/cycle/periods";
import { lineOf, spanOf } from "../src/defining/lines";
import { lengths } from "../src/figures_of/bars";
import { placeOf } from "../src/shell/places";
import { byDay, inOrder } from "../src/task/grouping";

describe("periods", () => {
  test("a day lies in one period of each kind", () => {
    const at = (kind: Parameters<typeof periodOf>[0]) => periodOf(kind, "2023-03-10");
    expect([at("year"), at("half"), at("quarter"), at("month"), at("dekad"), at("week"), at("day")]).toEqual(["2023", "2023H1", "2023Q1", "2023M03", "2023M03T1", "2023W10", "2023-03-10"]);
    for (const kind of ["year", "half", "quarter", "month", "dekad", "week", "day"] as const) expect(kindOf(at(kind))).toBe(kind);
  });
  test("one step over the end of a year, and back", () => {
    for (const [code, next] of [["2022", "2023"], ["2022H2", "2023H1"], ["2022Q4", "2023Q1"], ["2022M12", "2023M01"], ["2022M12T3", "2023M01T1"], ["2022W52", "2023W01"], ["2022-12-31", "2023-01-01"]] as const) {
      expect(shift(code, 1)).toBe(next);
      expect(shift(next, -1)).toBe(code);
    }
  });
  test("a year of 53 weeks has them", () => {
    expect(periodOf("week", "2021-01-03")).toBe("2020W53");
    expect(shift("2020W53", 1)).toBe("2021W01");
  });
});

describe("tasks", () => {
  const task = (id: string, at: string, due_at: string | null = null): Task => ({ register: "matter", register_title: "", id, number: null, title: "", state_label: "", unit: "", due_text: "", due_at, light: null, link: "", at, note: null, unread: false });
  test("that wait stand under the day they are due, those without a deadline last", () => {
    const days = byDay([task("1", "2023-03-01T01:00:00Z", "2023-03-06T15:59:59Z"), task("2", "2023-02-27T01:00:00Z", "2023-03-07T15:59:59Z"), task("3", "2023-03-10T01:00:00Z")], "todo");
    expect(days.map((day) => [day.day, day.items.length])).toEqual([["2023-03-06", 1], ["2023-03-07", 1], [null, 1]]);
  });
  test("that are done stand under their day in China, walked as they stand", () => {
    const days = byDay([task("1", "2023-03-09T17:00:00Z"), task("2", "2023-03-09T01:00:00Z"), task("3", "2023-03-10T01:00:00Z")], "done");
    expect(days.map((day) => [day.day, day.items.map((item) => item.task.id)])).toEqual([["2023-03-10", ["1", "3"]], ["2023-03-09", ["2"]]]);
    expect(inOrder(days)).toEqual([0, 2, 1]);
  });
  test("the rail knows where pages of their own belong", () => {
    expect([placeOf("/assign"), placeOf("/matters"), placeOf("/asks"), placeOf("/tasks")]).toEqual(["matter", "matter", "registers", "tasks"]);
  });
});

describe("one-minute orders", () => {
  const field = (id: string, kind: FieldKind, more: Partial<FieldView> = {}): FieldView => ({ id, label: id, kind, required: false, unit: null, digits: null, choices: null, to: null, columns: null, list: false, search: false, core: false, ...more });
  const view: RegisterView = { id: "matter", title: "", version: "1", name_field: "title", list: [], reports: 0, fields: [field("title", "text"), field("place", "text"), field("lead_unit", "org"), field("holder", "org", { system: true }), field("asked_on", "date"), field("due_on", "date"), field("evidence_files", "attachment")] };
  const withPhotos: RegisterView = { ...view, fields: [...view.fields, field("photos", "attachment")] };
  test("fill what the register has and leave the rest alone", () => {
    const fields = matterFields(withPhotos);
    expect([fields.unit?.id, fields.photos?.id, fields.point]).toEqual(["lead_unit", "photos", null]);
    expect(matterValues(fields, { title: " 围挡破损 ", place: "", point: "113.6,34.7", photos: ["f1"], unit: "7", due: "2023-03-13", today: "2023-03-10" })).toEqual({ title: "围挡破损", photos: ["f1"], lead_unit: "7", due_on: "2023-03-13", asked_on: "2023-03-10" });
  });
  test("the evidence of closing is no photograph of the place", () => {
    expect([matterFields(view).photos, matterFields(withPhotos).photos?.id]).toEqual([null, "photos"]);
  });
  test("the order is given with the record where the first state has such a step", () => {
    const state = (id: string, initial: boolean) => ({ id, label: "", initial, final: false, done: false, clock: false });
    const flow: FlowView = { states: [state("draft", true), state("open", false)], transitions: [{ id: "assign", label: "", from: ["draft"], to: "open" }] };
    expect([orderStep(flow), orderStep({ ...flow, transitions: [{ id: "assign", label: "", from: ["open"], to: "draft" }] }), orderStep(null)]).toEqual(["assign", null, null]);
  });
  test("a register without a workflow puts a new order in its first state", () => {
    const plain = { ...view, fields: [field("state", "code", { required: true, choices: [{ code: "open", label: "" }, { code: "closed", label: "" }] })] };
    expect([plainState(plain), plainState({ ...plain, flow: { states: [], transitions: [] } }), plainState(view)]).toEqual([{ state: "open" }, {}, {}]);
  });
  beforeEach(() => localStorage.clear());
  test("the unit asked last comes first, six are kept, each once", () => {
    for (const id of ["1", "2", "3", "4", "5", "6", "7", "3"]) rememberUnit("wang", { id, name: id });
    expect(recentUnits("wang").map((unit) => unit.id)).toEqual(["3", "7", "6", "5", "4", "2"]);
    expect(recentUnits("li")).toEqual([]);
  });
});

describe("figures", () => {
  test("rates are measured against 100, amounts against the greatest", () => {
    expect(lengths(["62.5", "100", null], "%")).toEqual([62.5, 100, 0]);
    expect(lengths(["5", "20"], "处")).toEqual([25, 100]);
    expect(lengths(["0", null], "处")).toEqual([0, 0]);
  });
});

describe("lines of a definition", () => {
  const toml = '[register]\nid = "hazard"\n\n[[field]]\nid = "level"\ntype = "code"\n\n[choices]\nkind = []\n';
  test("a written line, a named field, a list and a block are found", () => {
    expect([lineOf("第6行", toml), lineOf("field.level.check", toml), lineOf("kind", toml), lineOf("choices", toml), lineOf("别处", toml)]).toEqual([6, 5, 9, 8, null]);
  });
  test("a line is selected whole", () => {
    const [start, end] = spanOf(5, toml);
    expect(toml.slice(start, end)).toBe('id = "level"');
  });
});
