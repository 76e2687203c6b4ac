// 周承诺 and 流水 as the server answers them, and what the page adds: groups by unit, what may be sent.
import type { Finding } from "../api/types";

export interface Week {
  code: string;
  label: string;
  first: string;
  last: string;
}
export interface Proposal {
  activity_id: string;
  code: string;
  name: string;
  unit: string;
  first: string;
  last: string;
  percent_now: number;
  percent: number;
  content: string;
  urgent: boolean;
  latest: string;
  promised: boolean;
}
export type Verdict = "open" | "kept" | "missed";
export interface WeeklyPromise {
  id: string;
  version: number;
  activity_id: string;
  code: string;
  name: string;
  unit: string;
  content: string;
  percent: number | null;
  percent_now: number | null;
  outcome: Verdict;
  reason: string | null;
  reason_label: string;
  note: string;
}
export interface PlanCommitments {
  week: Week;
  previous: Week;
  next: Week;
  today: string;
  editable: boolean;
  open_to_promise: boolean;
  open_to_judge: boolean;
  proposals: Proposal[];
  promises: WeeklyPromise[];
  weeks: { week: Week; made: number; kept: number; open: number; percent: number | null; percent_text: string }[];
  reasons: { code: string; label: string; count: number; share: number; cumulative: number }[];
  reason_choices: { code: string; label: string }[];
  text: string;
  batch_id: string | null;
  findings: Finding[];
}

export interface PlanFlow {
  units: string[];
  trades: { number: number; name: string; units: number; days_text: string; crews: number; idle_text: string; clashes: string[]; controlling: boolean; shown: boolean }[];
  crews: number | null;
  text: string;
  rhythm: string[];
  svg: string | null;
  proposed_svg: string | null;
  findings: Finding[];
}

/** Rows under the unit that answers for them, in the order given. */
export function byUnit<T extends { unit: string }>(rows: T[]): { unit: string; rows: T[] }[] {
  const groups: { unit: string; rows: T[] }[] = [];
  for (const row of rows) {
    const last = groups[groups.length - 1];
    if (last?.unit === row.unit) last.rows.push(row);
    else groups.push({ unit: row.unit, rows: [row] });
  }
  return groups;
}

export interface Judgement {
  outcome: Verdict;
  reason: string;
  note: string;
}
export const judgementOf = (promise: WeeklyPromise): Judgement => ({ outcome: promise.outcome, reason: promise.reason ?? "", note: promise.note });

/** What differs from what is kept; a kept promise has no reason. */
export function judged(promises: WeeklyPromise[], judgements: Record<string, Judgement>) {
  return promises.flatMap((promise) => {
    const now = judgements[promise.id];
    if (!now) return [];
    const reason = now.outcome === "missed" ? now.reason : "";
    const former = judgementOf(promise);
    if (now.outcome === former.outcome && reason === former.reason && now.note.trim() === former.note) return [];
    return [{ id: promise.id, version: promise.version, outcome: now.outcome, reason: reason || null, note: now.note.trim() }];
  });
}
/** Misses that still lack a reason. */
export const lacking = (outcomes: { outcome: Verdict; reason: string | null }[]): number => outcomes.filter((one) => one.outcome === "missed" && !one.reason).length;
