// The time axis beside the activities: scale, the two layers of its head, and its grid lines.
import { addDays, dateOfDay, dayNumber, parts, weekdayIndex } from "../dates";

export type Zoom = "year" | "quarter" | "month" | "week";
export const ZOOMS: Zoom[] = ["year", "quarter", "month", "week"];
/** Pixels of one day, as on the wall chart. */
export const PIXELS: Record<Zoom, number> = { year: 2.2, quarter: 5, month: 14, week: 36 };

export interface Axis {
  first: string;
  last: string;
  px: number;
  width: number;
}
/** The axis from the month of the earliest day to the month of the latest, at least three months long. */
export function axisOf(days: (string | null | undefined)[], zoom: Zoom, around: string): Axis {
  const known = days.filter((day): day is string => Boolean(day));
  const numbers = [...known, around].map(dayNumber);
  let least = Infinity;
  let most = -Infinity;
  for (const one of numbers) {
    least = Math.min(least, one);
    most = Math.max(most, one);
  }
  const first = monthStart(dateOfDay(least - 7));
  let last = addDays(nextMonth(dateOfDay(most + 21)), -1);
  if (dayNumber(last) - dayNumber(first) < 90) last = addDays(nextMonth(addDays(first, 85)), -1);
  const px = PIXELS[zoom];
  return { first, last, px, width: Math.ceil((dayNumber(last) - dayNumber(first) + 1) * px) };
}
/** The same days on a given width, as on paper. */
export function fitted(axis: Axis, width: number): Axis {
  return { ...axis, width, px: width / (dayNumber(axis.last) - dayNumber(axis.first) + 1) };
}
export function monthStart(date: string): string {
  return `${date.slice(0, 7)}-01`;
}
export function nextMonth(date: string): string {
  const { year, month } = parts(date);
  return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, "0")}-01`;
}
/** Left edge of a day. */
export function xOf(axis: Axis, date: string): number {
  return (dayNumber(date) - dayNumber(axis.first)) * axis.px;
}
/** The day under a pixel. */
export function dayAt(axis: Axis, x: number): string {
  return dateOfDay(dayNumber(axis.first) + Math.floor(x / axis.px));
}

export interface Span {
  date: string;
  x: number;
  width: number;
}
function spans(axis: Axis, start: string, next: (date: string) => string): Span[] {
  const out: Span[] = [];
  const end = addDays(axis.last, 1);
  for (let at = start; at < end; ) {
    const then = next(at);
    const from = Math.max(0, xOf(axis, at));
    const to = Math.min(axis.width, xOf(axis, then));
    if (to > from) out.push({ date: at, x: from, width: to - from });
    at = then;
  }
  return out;
}
const quarterStart = (date: string) => {
  const { year, month } = parts(date);
  return `${year}-${String(Math.floor((month - 1) / 3) * 3 + 1).padStart(2, "0")}-01`;
};
const nextQuarter = (date: string) => nextMonth(nextMonth(nextMonth(quarterStart(date))));
export function quarters(axis: Axis): Span[] {
  return spans(axis, quarterStart(axis.first), nextQuarter);
}
export function months(axis: Axis): Span[] {
  return spans(axis, monthStart(axis.first), nextMonth);
}
/** Weeks begin on Monday. */
export function weeks(axis: Axis): Span[] {
  return spans(axis, addDays(axis.first, -weekdayIndex(axis.first)), (date) => addDays(date, 7));
}
export function days(axis: Axis): Span[] {
  return spans(axis, axis.first, (date) => addDays(date, 1));
}
/** The two layers of the head: what is named above and what below. */
export function layers(axis: Axis, zoom: Zoom): { upper: Span[]; lower: Span[]; lowerIs: "month" | "week" | "day"; upperIs: "quarter" | "month" } {
  if (zoom === "week") return { upper: months(axis), lower: days(axis), lowerIs: "day", upperIs: "month" };
  if (zoom === "month") return { upper: months(axis), lower: weeks(axis), lowerIs: "week", upperIs: "month" };
  return { upper: quarters(axis), lower: months(axis), lowerIs: "month", upperIs: "quarter" };
}
