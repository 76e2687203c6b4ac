// 查找: which rows hold the words, and which of them comes next.
import type { PlanRow } from "./types";

type Named = Pick<PlanRow, "id" | "code" | "name">;

/** Rows whose code or name holds the words, letters in either case; none while there are no words. */
export function foundRows<T extends Named>(rows: T[], words: string): T[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [];
  return rows.filter((row) => `${row.code} ${row.name}`.toLowerCase().includes(wanted));
}
/** The one after the chosen row (before it when going back), round the end; the first one where no found row is chosen. */
export function nextFound<T extends Named>(found: T[], chosen: string | null, back = false): T | undefined {
  const at = found.findIndex((row) => row.id === chosen);
  if (at < 0) return found[back ? found.length - 1 : 0];
  return found[(at + (back ? -1 : 1) + found.length) % found.length];
}
