// 推演. Changes kept aside until they are saved: a list of steps that can be walked back, the request
// they make together, and how the rows look before the server has worked out the dates.
import type { Change, Fields, PlanRow } from "./types";

export interface Step {
  /** What was done, for the list of steps. */
  text: string;
  changes: Change[];
}

/** One request for all steps: what was said twice about a row is said once, with its newest version. */
export function requestOf(steps: Step[], versions: ReadonlyMap<string, number>): Change[] {
  const out: Change[] = [];
  const added = new Map<string, Change>();
  const edited = new Map<string, Change>();
  for (const change of steps.flatMap((step) => step.changes)) {
    if (change.op === "add") {
      const own = { ...change, values: { ...change.values } };
      added.set(change.key ?? "", own);
      out.push(own);
      continue;
    }
    if (change.op === "replan" || change.op === "place") {
      out.push(change.op === "place" ? { ...change, ...(added.has(change.id ?? "") ? {} : { version: versions.get(change.id ?? "") }) } : { ...change });
      // What is said about a row afterwards must not be merged into what was said before.
      edited.clear();
      continue;
    }
    const id = change.id ?? "";
    const fresh = added.get(id);
    if (change.op === "remove") {
      drop(out, fresh ?? edited.get(id));
      edited.delete(id);
      if (fresh) added.delete(id);
      else out.push({ ...change, version: versions.get(id) });
      continue;
    }
    if (fresh) {
      fresh.values = { ...fresh.values, ...change.values };
      continue;
    }
    const former = edited.get(id);
    // A drag says more than its two dates: it keeps its own word unless the row was dragged before.
    if (former && former.op === change.op) {
      former.values = { ...former.values, ...change.values };
      continue;
    }
    const own = { ...change, version: versions.get(id), values: { ...change.values } };
    edited.set(id, own);
    out.push(own);
  }
  // A row that was added and taken away again may still be named by another one.
  const gone = new Set(steps.flatMap((step) => step.changes).filter((change) => change.op === "remove" && !versions.has(change.id ?? "")).map((change) => change.id ?? ""));
  const kept = out.filter((change) => change.op !== "place" || !(gone.has(change.id ?? "") || gone.has(change.after ?? "")));
  for (const change of kept) {
    if (change.after !== undefined && gone.has(change.after)) delete change.after;
    if (change.values && typeof change.values.parent === "string" && gone.has(change.values.parent)) delete change.values.parent;
  }
  return kept;
}
/** Which step a change of the request came from; lost when it is sent. */
const OF = Symbol("step");
type Marked = Change & { [OF]?: number };
/** The same steps with what they said twice said once: put one after the other their changes are the request. */
export function keptSteps(steps: Step[], versions: ReadonlyMap<string, number>): Step[] {
  const marked = steps.map((step, at) => ({ ...step, changes: step.changes.map((change): Marked => ({ ...change, [OF]: at })) }));
  const changes = requestOf(marked, versions) as Marked[];
  const out: Step[] = [];
  steps.forEach((step, at) => {
    const own = changes.filter((change) => change[OF] === at).map(({ [OF]: _, ...change }) => change);
    const last = out[out.length - 1];
    // A step that went into a former one leaves its words there.
    if (own.length) out.push({ text: step.text, changes: own });
    else if (last && step.text && !last.text.includes(step.text)) last.text = `${last.text} · ${step.text}`;
  });
  return out;
}
/** What changes say, whatever versions they were made on. */
export function saidBy(changes: Change[]): string {
  return JSON.stringify(changes.map(({ version: _, ...change }) => change));
}
function drop(list: Change[], one: Change | undefined): void {
  const at = one ? list.indexOf(one) : -1;
  if (at >= 0) list.splice(at, 1);
}

const TEXTS = ["code", "name", "predecessors", "performer", "responsible_person", "remark", "kind", "timing", "calendar"] as const;
const DAYS = ["planned_start", "planned_finish", "actual_start", "actual_finish", "deadline", "expected_finish"] as const;

/** A row as typed; dates that follow from it are the server's to say. */
export function typedRow(row: PlanRow, values: Fields): PlanRow {
  const next: PlanRow = { ...row };
  for (const field of TEXTS) if (field in values) (next as unknown as Record<string, unknown>)[field] = values[field] ?? "";
  for (const field of DAYS) if (field in values) next[field] = (values[field] as string | null) ?? null;
  if ("duration_days" in values) {
    next.duration_days = values.duration_days as number | null;
    next.duration_text = "";
  }
  // Read by the server; until it has answered the cell shows what was typed.
  if (typeof values.resources === "string" || ("resources" in values && values.resources === null)) next.resources = values.resources ? [{ resource_id: "", code: "", name: String(values.resources), units: null }] : [];
  if ("parent" in values) next.parent_id = (values.parent as string | null) ?? null;
  if ("unit" in values && values.unit === null) Object.assign(next, { unit: "", unit_id: null });
  if ("constraint_kind" in values || "constraint_date" in values) {
    const kind = "constraint_kind" in values ? values.constraint_kind : row.constraint?.kind;
    const date = "constraint_date" in values ? values.constraint_date : row.constraint?.date;
    next.constraint = kind || date ? { kind: String(kind ?? ""), date: String(date ?? ""), text: "" } : null;
  }
  return next;
}
export function emptyRow(key: string, level: number, parent: string | null): PlanRow {
  return {
    id: key, version: 0, code: "", name: "", kind: "task", kind_label: "", parent_id: parent, level, is_summary: false, unit_id: null, unit: "", performer: "", responsible_person: "",
    calendar: "", calendar_label: "", duration_days: null, duration_text: "", predecessors: "", timing: "asap", constraint: null, constraint_2: null, deadline: null, estimate: null, weight: null,
    expected_finish: null, remaining_days: null, resources: [], planned_start: null, planned_finish: null, actual_start: null, actual_finish: null, state: "not_started", assumed: false, percent: null,
    percent_text: "", reported_on: null, early_start: null, early_finish: null, late_start: null, late_finish: null, forecast_start: null, forecast_finish: null, total_float_days: null,
    free_float_days: null, float_text: "", critical: false, on_longest_path: false, band: "normal", slip_days: null, rag: "grey", driver: null, late_driver: null, why: "", variance: null, on_wall: false, remark: "",
    editable: true, demo: false,
  };
}

/** Rows with the steps laid over them, in the order in which they would be shown. */
export function laidOver(rows: PlanRow[], steps: Step[]): PlanRow[] {
  let out = rows;
  for (const change of steps.flatMap((step) => step.changes)) {
    if (change.op === "remove") out = out.filter((row) => row.id !== change.id);
    else if (change.op === "place") out = placed(out, change.id ?? "", change.after ?? null);
    else if (change.op === "add") {
      if (out.some((row) => row.id === change.key)) continue;
      const before = out.findIndex((row) => row.id === change.after);
      const parent = typeof change.values?.parent === "string" ? change.values.parent : null;
      const level = parent ? (out.find((row) => row.id === parent)?.level ?? 0) + 1 : 0;
      const row = typedRow(emptyRow(change.key ?? "", level, parent), change.values ?? {});
      const at = before < 0 ? out.length : endOfBranch(out, before);
      out = [...out.slice(0, at), row, ...out.slice(at)];
    } else out = out.map((row) => (row.id === change.id ? typedRow(row, change.values ?? {}) : row));
  }
  return out;
}
/** A row with all that lies below it, put behind another one of its summary, or before all of them. */
function placed(rows: PlanRow[], id: string, after: string | null): PlanRow[] {
  const from = rows.findIndex((row) => row.id === id);
  const own = rows[from];
  if (!own) return rows;
  const branch = rows.slice(from, endOfBranch(rows, from));
  const rest = [...rows.slice(0, from), ...rows.slice(from + branch.length)];
  const first = own.parent_id ? rest.findIndex((row) => row.id === own.parent_id) + 1 : 0;
  const behind = after === null ? -1 : rest.findIndex((row) => row.id === after);
  const at = after === null ? first : behind < 0 ? from : endOfBranch(rest, behind);
  return [...rest.slice(0, at), ...branch, ...rest.slice(at)];
}
/** One place up or down among those of one summary: the neighbour goes to the other side, so that one row moves whatever was chosen. Null at the end. */
export function shifted(rows: PlanRow[], ids: string[], up: boolean): Change[] | null {
  const chosen = rows.filter((row) => ids.includes(row.id));
  const top = chosen.reduce((least, row) => Math.min(least, row.level), Infinity);
  const heads = chosen.filter((row) => row.level === top);
  const [head] = heads;
  if (!head || heads.some((row) => row.parent_id !== head.parent_id)) return null;
  const siblings = rows.filter((row) => row.parent_id === head.parent_id && row.level === head.level);
  const first = siblings.indexOf(head);
  const last = siblings.indexOf(heads[heads.length - 1] as PlanRow);
  if (last - first !== heads.length - 1) return null;
  const neighbour = siblings[up ? first - 1 : last + 1];
  if (!neighbour) return null;
  const after = up ? siblings[last] : siblings[first - 1];
  return [{ op: "place", id: neighbour.id, ...(after ? { after: after.id } : {}) }];
}
/** The place behind a row and everything below it. */
export function endOfBranch(rows: PlanRow[], at: number): number {
  const level = rows[at]?.level ?? 0;
  let end = at + 1;
  while (end < rows.length && (rows[end]?.level ?? 0) > level) end += 1;
  return end;
}
/** Rows whose summaries are all open. */
export function openRows(rows: PlanRow[], closed: ReadonlySet<string>): PlanRow[] {
  if (closed.size === 0) return rows;
  const out: PlanRow[] = [];
  let hiddenBelow = Infinity;
  for (const row of rows) {
    if (row.level > hiddenBelow) continue;
    hiddenBelow = closed.has(row.id) ? row.level : Infinity;
    out.push(row);
  }
  return out;
}
/** One level down: below the row of the same level that stands before; null when there is none. */
export function indented(rows: PlanRow[], id: string): Change[] | null {
  const at = rows.findIndex((row) => row.id === id);
  const row = rows[at];
  if (!row) return null;
  for (let before = at - 1; before >= 0; before -= 1) {
    const one = rows[before];
    if (!one || one.level < row.level) return null;
    if (one.level > row.level) continue;
    const changes: Change[] = [{ op: "update", id, values: { parent: one.id } }];
    if (!one.is_summary) changes.unshift({ op: "update", id: one.id, values: { kind: "summary" } });
    return changes;
  }
  return null;
}
/** One level up: beside its summary; null at the top. */
export function outdented(rows: PlanRow[], id: string): Change[] | null {
  const row = rows.find((one) => one.id === id);
  const parent = row?.parent_id ? rows.find((one) => one.id === row.parent_id) : null;
  if (!row || !parent) return null;
  return [{ op: "update", id, values: { parent: parent.parent_id } }];
}
/** A key no step has used yet. */
export function nextKey(steps: Step[]): string {
  let most = 0;
  for (const change of steps.flatMap((step) => step.changes)) if (change.key) most = Math.max(most, Number(/\d+$/.exec(change.key)?.[0] ?? 0));
  return `new-${most + 1}`;
}
