// 编号. No field of any form, but a column like the others: first unless somebody chose columns, sorted, filtered, printed.
import type { FieldView, RegisterView } from "../api/types";

export const NUMBER = "number";

/** The column of numbers. */
export function numberField(label: string): FieldView {
  return { id: NUMBER, label, kind: "text", required: false, unit: null, digits: null, choices: null, to: null, columns: null, list: true, search: true, core: true, system: true };
}

/** Fields a list can show: the number before those of the register. */
export function listedFields(view: RegisterView, label: string): FieldView[] {
  const own = view.fields.some((field) => field.id === NUMBER);
  return view.numbered && !own ? [numberField(label), ...view.fields] : view.fields;
}

/** Columns nobody chose: those of the definition, with the number first. */
export function usualColumns(view: RegisterView): string[] {
  return view.numbered && !view.list.includes(NUMBER) ? [NUMBER, ...view.list] : view.list;
}
