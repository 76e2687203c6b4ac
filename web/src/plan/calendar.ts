// Days of a working calendar as the editor shows and changes them.
import { addDays, daysBetween, weekdayIndex } from "../dates";
import { nextMonth } from "./axis";
import type { CalendarException, CalendarView, Hours } from "./types";

export interface DayShown {
  date: string;
  working: boolean;
  /** Differs from its weekday: a holiday, a shifted working day, a stop or an extra day. */
  kind: "holiday" | "make_up" | "stop" | "extra" | null;
  label: string;
}
/** Whole weeks, Monday first, that hold a month; days of its neighbours are null. */
export function monthWeeks(year: number, month: number): (string | null)[][] {
  const first = `${year}-${String(month).padStart(2, "0")}-01`;
  const end = nextMonth(first);
  const weeks: (string | null)[][] = [];
  for (let at = addDays(first, -weekdayIndex(first)); at < end; at = addDays(at, 7)) weeks.push(Array.from({ length: 7 }, (_, day) => addDays(at, day)).map((date) => (date >= first && date < end ? date : null)));
  return weeks;
}
/** What a day is: an exception in hand first (the last one wins), then what the server says, then the week. */
export function dayOf(date: string, week: { day: number; hours: Hours }[], exceptions: CalendarException[], days: CalendarView["days"]): DayShown {
  const own = [...exceptions].reverse().find((one) => one.first <= date && date <= (one.last || one.first));
  if (own) return { date, working: own.working, kind: own.working ? "extra" : "stop", label: own.name };
  const said = days.find((one) => one.date === date && (one.kind === "holiday" || one.kind === "make_up"));
  if (said) return { date, working: said.working, kind: said.kind, label: said.label };
  return { date, working: (week.find((one) => one.day === weekdayIndex(date) + 1)?.hours.length ?? 0) > 0, kind: null, label: "" };
}
/** The exceptions after a click on a day: its own single-day exception goes, else the day is turned round. */
export function turned(date: string, shown: DayShown, exceptions: CalendarException[], names: { work: string; rest: string }): CalendarException[] {
  const at = exceptions.findIndex((one) => one.first === date && (one.last || one.first) === date);
  if (at >= 0) return exceptions.filter((_, index) => index !== at);
  return [...exceptions, { name: shown.working ? names.rest : names.work, first: date, last: date, working: !shown.working, hours: null }].sort((a, b) => a.first.localeCompare(b.first));
}
/** `08:00-12:00，13:00-17:00`; null when a part is no span of hours. */
export function readHours(text: string): Hours | null {
  const parts = text.split(/[\n,\uff0c\u3001;\uff1b]/).map((one) => one.trim()).filter(Boolean);
  const out: Hours = [];
  for (const part of parts) {
    const hit = /^(\d{1,2})[:\uff1a](\d{2})\s*[-–—~\uff5e\u81f3]\s*(\d{1,2})[:\uff1a](\d{2})$/.exec(part);
    if (!hit) return null;
    const [from, to] = [Number(hit[1]) * 60 + Number(hit[2]), Number(hit[3]) * 60 + Number(hit[4])];
    if (from >= to || to > 1440 || Number(hit[2]) > 59 || Number(hit[4]) > 59) return null;
    const clock = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
    out.push([clock(from), clock(to)]);
  }
  return out;
}
export const hoursText = (hours: Hours) => hours.map(([from, to]) => `${from}-${to}`).join("\n");
/** Working days of one month as they are shown. */
export function workdays(weeks: (string | null)[][], of: (date: string) => DayShown): number {
  return weeks.flat().filter((date) => date !== null && of(date).working).length;
}
/** An exception that ends before it begins, or has no name, cannot be kept. */
export function brokenException(one: CalendarException): "name" | "order" | null {
  if (!one.name.trim()) return "name";
  return one.first && one.last && daysBetween(one.first, one.last) >= 0 ? null : "order";
}
