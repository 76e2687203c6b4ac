// Fields an action asks for: those of the register, and the few that the built-in actions bring.
import type { Action, FieldKind, FieldView, RegisterView, Values } from "../api/types";

function own(id: string, label: string, kind: FieldKind): FieldView {
  return { id, label, kind, required: true, unit: null, digits: null, choices: null, to: kind === "org" ? "organisation" : null, columns: null, list: false, search: false, core: false };
}

export interface Asked {
  field: FieldView;
  required: boolean;
}

/** `words` gives the labels of what is no field of the register. */
export function askedBy(action: Action, view: RegisterView, words: (id: string) => string): Asked[] {
  const kinds: Record<string, FieldKind> = { holder: "org", to_due: "date", signer: "text", agree: "bool", remark: "long_text" };
  const find = (id: string): FieldView | null => {
    const kind = kinds[id];
    const known = view.fields.find((field) => field.id === id);
    if (known && !known.system) return known;
    return kind ? own(id, words(id), kind) : (known ?? null);
  };
  const idOf = (one: string | FieldView) => (typeof one === "string" ? one : one.id);
  const list = (given: (string | FieldView)[], required: boolean) =>
    given
      .filter((one) => idOf(one) !== "reason")
      .map((one) => (typeof one === "string" ? find(one) : one))
      .filter((field) => field !== null)
      .map((field): Asked => ({ field, required }));
  const named = new Set(action.ask.map(idOf));
  return [...list(action.ask, true), ...list(action.offer.filter((one) => !named.has(idOf(one))), false)];
}

/** What was filled in, without what was left as it stands. */
export function givenValues(asked: Asked[], edits: Values, stored: Values): Values {
  const values: Values = {};
  for (const { field, required } of asked) {
    const value = field.id in edits ? edits[field.id] : stored[field.id];
    const differs = field.id in edits && JSON.stringify(edits[field.id] ?? null) !== JSON.stringify(stored[field.id] ?? null);
    if (value !== undefined && (differs || (required && value !== null))) values[field.id] = value;
    const bound = edits[`${field.id}_bound`];
    if (bound !== undefined) values[`${field.id}_bound`] = bound;
  }
  return values;
}
