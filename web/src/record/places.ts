// Where a finding points: the field's path in the API, said with the labels people see.
import type { FieldView, Finding } from "../api/types";
import { fieldOfPlace } from "./editing";

export interface Place {
  field: FieldView;
  /** Row counted from 1, when it points into a table. */
  row: number | null;
  column: FieldView | null;
}

/** `problems[2].unit` is the second row's column `unit`; null when no such field is on the form. */
export function placeIn(fields: FieldView[], place: string): Place | null {
  const field = fields.find((one) => one.id === fieldOfPlace(place));
  if (!field) return null;
  const inside = /^\w+\[(\d+)\](?:\.(\w+))?/.exec(place);
  if (!inside) return { field, row: null, column: null };
  return { field, row: Number(inside[1]), column: field.columns?.find((column) => column.id === inside[2]) ?? null };
}

/** Id of the box a finding can be mended in. */
export function boxOf(place: Place): string {
  return place.row !== null && place.column ? `field-${place.field.id}-${place.row - 1}-${place.column.id}` : `field-${place.field.id}`;
}

export function sentence(finding: Finding): string {
  return `${finding.problem}${finding.remedy}`;
}

export interface Sorted {
  errors: Record<string, string[]>;
  warnings: Record<string, string[]>;
  /** By field, then by `row.column`. */
  cells: Record<string, Record<string, string[]>>;
  /** Findings about the record as a whole. */
  loose: Finding[];
}

/** Findings beside what they are about; the same sentence is said once. */
export function sorted(fields: FieldView[], findings: Finding[]): Sorted {
  const result: Sorted = { errors: {}, warnings: {}, cells: {}, loose: [] };
  const add = (to: Record<string, string[]>, key: string, text: string) => {
    const list = (to[key] ??= []);
    if (!list.includes(text)) list.push(text);
  };
  for (const finding of findings) {
    const place = placeIn(fields, finding.place);
    if (!place) {
      if (!result.loose.some((one) => one.problem === finding.problem)) result.loose.push(finding);
    } else if (place.row !== null && place.column) add((result.cells[place.field.id] ??= {}), `${place.row}.${place.column.id}`, sentence(finding));
    else add(finding.severity === "error" ? result.errors : result.warnings, place.field.id, sentence(finding));
  }
  return result;
}
