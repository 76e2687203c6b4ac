// What a block copied from Excel, WPS or Project would change: told cell by cell before it is taken.
import { readCell, type Choice, type Column, type Read } from "./columns";
import type { Change, Fields, PlanRow } from "./types";

export interface PastedCell {
  row: string;
  column: string;
  before: string;
  after: string;
  wrong: Extract<Read, { ok: false }>["why"] | null;
}
export interface Pasted {
  changes: Change[];
  cells: PastedCell[];
  added: number;
  /** Columns of the block that nobody types: worked out, or without a head that is known. */
  passed: string[];
  headed: boolean;
}
export interface PasteAt {
  /** Rows as they stand in sight, and the cell where the block begins. */
  rows: PlanRow[];
  row: number;
  columns: Column[];
  column: number;
  label: (column: Column) => string;
  choices: (column: Column) => Choice[];
  near: string;
  /** The first free key for added rows. */
  key: number;
}

const bare = (text: string) => text.replace(/[（(].*$/, "").replace(/\s+/g, "");

/** Columns named by the first row; null unless at least half of its words are heads. */
export function heads(words: string[], all: Column[], label: (column: Column) => string): (Column | null)[] | null {
  const found = words.map((word) => all.find((column) => bare(word) !== "" && bare(label(column)) === bare(word)) ?? null);
  const known = found.filter(Boolean).length;
  return known > 1 && known * 2 >= words.filter((word) => word.trim() !== "").length ? found : null;
}

/** A block laid on the grid; with a head row its rows are found by their code, else they lie one below the other. */
export function pasted(block: string[][], at: PasteAt, all: Column[]): Pasted {
  const named = heads(block[0] ?? [], all, at.label);
  const width = Math.max(0, ...block.map((row) => row.length));
  const columns = named ?? Array.from({ length: width }, (_, index) => at.columns[at.column + index] ?? null);
  const lines = named ? block.slice(1) : block;
  const codeAt = columns.findIndex((column) => column?.id === "code");
  const out: Pasted = { changes: [], cells: [], added: 0, passed: [], headed: named !== null };
  columns.forEach((column, index) => {
    if (!column) out.passed.push(named ? (block[0]?.[index] ?? "") : String(index + 1));
    else if (column.field === null) out.passed.push(at.label(column));
  });
  let after = at.rows[at.rows.length - 1]?.id;
  lines.forEach((line, index) => {
    const code = codeAt >= 0 ? (line[codeAt] ?? "").trim() : "";
    const row = named && codeAt >= 0 ? at.rows.find((one) => code !== "" && one.code === code) : named ? undefined : at.rows[at.row + index];
    const values: Fields = {};
    columns.forEach((column, place) => {
      if (!column || column.field === null) return;
      const typed = line[place] ?? "";
      const before = row ? (column.raw?.(row) ?? "") : "";
      const choices = at.choices(column);
      const read = readCell(column, typed, choices, at.near);
      const shown = (text: string) => choices.find((one) => one.code === text)?.label ?? text;
      if (!read.ok) {
        if (typed.trim() !== "") out.cells.push({ row: row?.name || code, column: at.label(column), before: shown(before), after: typed, wrong: read.why });
        return;
      }
      const now = read.value === null ? "" : column.kind === "day" ? String(read.value).replace(/-/g, "/") : String(read.value);
      if (now === before) return;
      values[column.field] = read.value;
      out.cells.push({ row: row?.name || code || String(values.name ?? ""), column: at.label(column), before: shown(before), after: shown(now), wrong: null });
    });
    if (Object.keys(values).length === 0) return;
    if (row) out.changes.push({ op: "update", id: row.id, values });
    else if (typeof values.name === "string" || typeof values.code === "string") {
      const key = `new-${at.key + out.added}`;
      out.changes.push({ op: "add", key, values, ...(after ? { after } : {}) });
      after = key;
      out.added += 1;
    }
  });
  return out;
}
