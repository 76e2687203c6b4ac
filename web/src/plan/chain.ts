// 卡在哪条线上. The chain through one activity, from the target back: what bounds it from behind, then what drives it.
// The server names both neighbours of every row; here they are only followed.
import type { PlanRow } from "./types";

export interface Chain {
  /** From the target back to the first activity. */
  rows: PlanRow[];
  /** What stands at the target's end: the project's target, a deadline, a constraint. */
  bound: string;
}

function follow(from: PlanRow, rows: ReadonlyMap<string, PlanRow>, next: (row: PlanRow) => string | null | undefined): PlanRow[] {
  const out: PlanRow[] = [];
  const seen = new Set([from.id]);
  for (let at = rows.get(next(from) ?? ""); at && !seen.has(at.id); at = rows.get(next(at) ?? "")) {
    seen.add(at.id);
    out.push(at);
  }
  return out;
}
export function chainOf(row: PlanRow, rows: ReadonlyMap<string, PlanRow>): Chain {
  const behind = follow(row, rows, (one) => one.late_driver?.activity_id).reverse();
  const before = follow(row, rows, (one) => (one.state === "done" ? null : one.driver?.activity_id)).filter((one) => one.state !== "done");
  const last = behind[0] ?? row;
  return { rows: [...behind, row, ...before], bound: last.late_driver?.text ?? "" };
}
