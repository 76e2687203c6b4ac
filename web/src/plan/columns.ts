// The columns of the activities grid: what each shows, which field of the register it writes, and how
// a typed text becomes a value.
import { isDate, parts } from "../dates";
import { isoDate } from "../record/tsv";
import type { Fields, PlanRow } from "./types";

export type CellKind = "text" | "int" | "percent" | "day" | "code" | "light" | "shown";
export interface Column {
  id: string;
  /** Field of the register `activity` that the cell writes; null for what is worked out. */
  field: string | null;
  kind: CellKind;
  width: number;
  show: (row: PlanRow) => string;
  /** Text to start typing from; for a list the code. */
  raw?: (row: PlanRow) => string;
}
export interface Choice {
  code: string;
  label: string;
}

const slash = (day: string | null) => (day ? day.replace(/-/g, "/") : "");
const day = (id: string, field: string | null, get: (row: PlanRow) => string | null): Column => ({ id, field, kind: field ? "day" : "shown", width: 92, show: (row) => slash(get(row)), raw: (row) => slash(get(row)) });
const text = (id: string, width: number, get: (row: PlanRow) => string, field: string | null = id): Column => ({ id, field, kind: field ? "text" : "shown", width, show: get, raw: get });
const code = (id: string, width: number, get: (row: PlanRow) => string, label: (row: PlanRow) => string, field = id): Column => ({ id, field, kind: "code", width, show: label, raw: get });
const number = (value: number | null) => (value === null ? "" : String(value));

/** As the server takes it when it is typed: two diggers and one crew are `挖机*2，木工班`. */
const needsText = (row: PlanRow) => row.resources.map((one) => `${one.name}${one.units && Number(one.units) !== 1 ? `*${Number(one.units)}` : ""}`).join("\uff0c");

export const COLUMNS: Column[] = [
  { id: "light", field: null, kind: "light", width: 84, show: (row) => row.rag },
  text("code", 62, (row) => row.code),
  text("name", 200, (row) => row.name),
  { id: "duration", field: "duration_days", kind: "int", width: 58, show: (row) => number(row.duration_days), raw: (row) => number(row.duration_days) },
  text("predecessors", 132, (row) => row.predecessors),
  day("planned_start", "planned_start", (row) => row.planned_start),
  day("planned_finish", "planned_finish", (row) => row.planned_finish),
  day("forecast_start", null, (row) => row.forecast_start ?? row.early_start),
  day("forecast_finish", null, (row) => row.forecast_finish ?? row.early_finish),
  day("early_start", null, (row) => row.early_start),
  day("early_finish", null, (row) => row.early_finish),
  day("late_start", null, (row) => row.late_start),
  day("late_finish", null, (row) => row.late_finish),
  { id: "float", field: null, kind: "shown", width: 70, show: (row) => (row.state === "done" ? "" : row.float_text || number(row.total_float_days)) },
  { id: "free_float", field: null, kind: "shown", width: 70, show: (row) => (row.state === "done" ? "" : number(row.free_float_days)) },
  { id: "percent", field: null, kind: "shown", width: 62, show: (row) => row.percent_text },
  day("actual_start", "actual_start", (row) => row.actual_start),
  day("actual_finish", "actual_finish", (row) => row.actual_finish),
  code("kind", 86, (row) => row.kind, (row) => row.kind_label),
  code("calendar", 84, (row) => row.calendar, (row) => row.calendar_label),
  code("timing", 120, (row) => row.timing, () => ""),
  code("constraint_kind", 120, (row) => row.constraint?.kind ?? "", () => ""),
  day("constraint_date", "constraint_date", (row) => row.constraint?.date || null),
  day("deadline", "deadline", (row) => row.deadline),
  { id: "optimistic", field: "optimistic_days", kind: "int", width: 62, show: (row) => number(row.estimate?.optimistic ?? null), raw: (row) => number(row.estimate?.optimistic ?? null) },
  { id: "pessimistic", field: "pessimistic_days", kind: "int", width: 62, show: (row) => number(row.estimate?.pessimistic ?? null), raw: (row) => number(row.estimate?.pessimistic ?? null) },
  text("unit", 110, (row) => row.unit || row.performer, null),
  text("performer", 110, (row) => row.performer),
  text("resources", 150, needsText),
  { id: "driver", field: null, kind: "shown", width: 320, show: (row) => row.driver?.text ?? "" },
  text("remark", 160, (row) => row.remark),
];
export const PRESETS = {
  plain: ["light", "code", "name", "duration", "predecessors", "planned_start", "planned_finish", "forecast_finish", "float", "percent"],
  backward: ["light", "code", "name", "duration", "predecessors", "early_start", "early_finish", "late_start", "late_finish", "float", "free_float", "deadline"],
  limits: ["light", "code", "name", "kind", "duration", "calendar", "predecessors", "timing", "constraint_kind", "constraint_date", "deadline", "driver"],
  means: ["light", "code", "name", "duration", "optimistic", "pessimistic", "resources", "unit", "performer", "remark"],
} as const;
export type Preset = keyof typeof PRESETS;

export type Read = { ok: true; value: Fields[string] } | { ok: false; why: "int" | "day" | "code" | "empty" };

/** `3/10` and `3月10日` are days of the year that `near` stands in. */
export function readDay(typed: string, near: string): string | null {
  const full = isoDate(typed);
  if (isDate(full)) return full;
  const short = /^(\d{1,2})[/.\-\u6708](\d{1,2})\u65e5?$/.exec(typed.trim());
  const eight = /^(\d{4})(\d{2})(\d{2})$/.exec(typed.trim());
  const made = short ? `${parts(near).year}-${(short[1] ?? "").padStart(2, "0")}-${(short[2] ?? "").padStart(2, "0")}` : eight ? `${eight[1]}-${eight[2]}-${eight[3]}` : "";
  return isDate(made) ? made : null;
}
/** The value a typed text stands for; an empty text clears the cell, but a name stays. */
export function readCell(column: Column, typed: string, choices: Choice[], near: string): Read {
  const written = typed.trim();
  if (written === "") return column.id === "name" ? { ok: false, why: "empty" } : { ok: true, value: null };
  if (column.kind === "int") {
    const whole = /^(\d{1,5})\s*(\u5929|\u4e2a\u5de5\u4f5c\u65e5|\u5de5\u4f5c\u65e5|d)?$/i.exec(written.replace(/[\uff10-\uff19]/g, (one) => String(one.charCodeAt(0) - 0xff10)));
    return whole ? { ok: true, value: Number(whole[1]) } : { ok: false, why: "int" };
  }
  if (column.kind === "day") {
    const read = readDay(written, near);
    return read ? { ok: true, value: read } : { ok: false, why: "day" };
  }
  if (column.kind === "code") {
    const hit = choices.find((one) => one.code === written || one.label === written);
    return hit ? { ok: true, value: hit.code } : { ok: false, why: "code" };
  }
  return { ok: true, value: written };
}
