// 可用量 as people type it: `2，4月1日起 4` is two until the end of March and four from 1 April on.
import { readDay } from "./columns";

export interface CapacityStep {
  since?: string | null;
  units: string | number;
}
const plain = (units: string | number) => String(Number(units));

export function capacityText(steps: CapacityStep[]): string {
  const sorted = [...steps].sort((a, b) => (a.since ?? "").localeCompare(b.since ?? ""));
  return sorted.map((step) => (step.since ? `${step.since.replace(/-/g, "/")}\u8d77 ${plain(step.units)}` : plain(step.units))).join("\uff0c");
}
/** The steps a text stands for; null when it cannot be read, an empty list when it is empty. A day without its year is of the year of `near`. */
export function readCapacity(typed: string, near: string): CapacityStep[] | null {
  const out: CapacityStep[] = [];
  for (const part of typed.split(/[,\uff0c\u3001;\uff1b\n]/).map((one) => one.trim()).filter(Boolean)) {
    const dated = /^(?:\u4ece|\u81ea)?\s*(.+?)\s*\u8d77\s*(\S+)$/.exec(part);
    const since = dated ? readDay(dated[1] ?? "", near) : null;
    const units = (dated ? (dated[2] ?? "") : part).replace(/[\uff10-\uff19]/g, (one) => String(one.charCodeAt(0) - 0xff10));
    if ((dated && !since) || !/^\d{1,9}(\.\d{1,2})?$/.test(units)) return null;
    if (out.some((step) => (step.since ?? null) === since)) return null;
    out.push(since ? { since, units } : { units });
  }
  return out;
}
