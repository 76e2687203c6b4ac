// What the record page works out from a flow: its main way, and the fields an action asks for.
import { describe, expect, test } from "vitest";
import type { Action, FlowView, RegisterView } from "../src/api/types";
import { askedBy, givenValues } from "../src/record/acting";
import { pathOf } from "../src/record/path";

const state = (id: string, more = {}) => ({ id, label: id, initial: id === "draft", final: false, done: false, clock: false, ...more });
const flow: FlowView = {
  states: [state("draft"), state("reported"), state("assigned"), state("suspended"), state("fixed"), state("closed", { done: true }), state("void", { final: true, done: true })],
  transitions: [["draft", "reported"], ["reported", "assigned"], ["assigned", "suspended"], ["suspended", "assigned"], ["assigned", "fixed"], ["fixed", "assigned"], ["fixed", "closed"], ["closed", "assigned"], ["reported", "void"]].map(([from, to]) => ({ id: `${from}-${to}`, label: "", from: [from ?? ""], to: to ?? "" })),
};
describe("the main way", () => {
  test("leads to the end that is done and leaves side states out", () => {
    expect(pathOf(flow, "assigned")).toEqual(["draft", "reported", "assigned", "fixed", "closed"]);
  });
  test("a side state is shown while the record stands in it", () => {
    expect(pathOf(flow, "suspended")).toEqual(["draft", "reported", "assigned", "suspended", "fixed", "closed"]);
    expect(pathOf(flow, "void")).toContain("void");
  });
  test("a flow without an end shows all its states", () => {
    const open = { states: flow.states.slice(0, 2), transitions: [] };
    expect(pathOf(open, null)).toEqual(["draft", "reported"]);
  });
});

describe("what an action asks", () => {
  const action = (more: Partial<Action>): Action => ({ id: "assign", label: "", ask: [], offer: [], targets: [], negative: false, needs_reason: false, late_reasons: null, signing: null, refused: null, ...more });
  const field = (id: string, system = false) => ({ id, label: id, kind: "text" as const, required: false, unit: null, digits: null, choices: null, to: null, columns: null, list: false, search: false, core: false, system });
  const view = { id: "h", title: "", version: "1", name_field: null, list: [], reports: 0, fields: [field("duty_org"), field("holder", true)] } satisfies RegisterView;
  test("its own fields first, built-in ones with their kind, the reason apart", () => {
    const asked = askedBy(action({ ask: ["duty_org", "reason"], offer: ["duty_org"] }), view, (id) => id);
    expect(asked.map((one) => [one.field.id, one.required])).toEqual([["duty_org", true]]);
    expect(askedBy(action({ ask: ["to_due", "holder"] }), view, (id) => id).map((one) => one.field.kind)).toEqual(["date", "org"]);
  });
  test("required values go along even when they stood there before, offered ones only when changed", () => {
    const asked = [{ field: field("a"), required: true }, { field: field("b"), required: false }, { field: field("c"), required: false }];
    expect(givenValues(asked, { b: "new" }, { a: "old", b: "old", c: "old" })).toEqual({ a: "old", b: "new" });
  });
});
