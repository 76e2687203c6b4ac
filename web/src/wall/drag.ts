// Date arithmetic of dragging a bar: pixels to whole days, never past the other end.
import { addDays, daysBetween } from "../dates";

export type Grip = "move" | "start" | "finish";
export interface Span {
  first: string;
  last: string;
}

/** Pixels from a bar's end that count as the end itself; short bars keep a middle to move by. */
export function gripAt(offset: number, width: number): Grip {
  const edge = Math.min(7, width / 4);
  if (offset <= edge) return "start";
  if (offset >= width - edge) return "finish";
  return "move";
}

/** Whole days a pointer has travelled; half a day rounds to the farther day. */
export function daysOf(pixels: number, pixelsPerDay: number): number {
  if (!(pixelsPerDay > 0)) return 0;
  const days = Math.round(Math.abs(pixels) / pixelsPerDay);
  return pixels < 0 ? -days || 0 : days;
}

/** The span after moving `grip` by `days`; a bar keeps at least one day. */
export function dragged(span: Span, grip: Grip, days: number): Span {
  const length = daysBetween(span.first, span.last);
  if (grip === "move") return { first: addDays(span.first, days), last: addDays(span.last, days) };
  if (grip === "start") return { first: addDays(span.first, Math.min(days, length)), last: span.last };
  return { first: span.first, last: addDays(span.last, Math.max(days, -length)) };
}

/** The dates a plan holds, or the computed ones where nothing was planned yet. */
export function plannedSpan(activity: {
  planned_start: string | null;
  planned_finish: string | null;
  early_start: string | null;
  early_finish: string | null;
}): Span | null {
  const first = activity.planned_start ?? activity.early_start;
  const last = activity.planned_finish ?? activity.early_finish;
  return first && last ? { first, last } : null;
}

export function sameSpan(a: Span, b: Span): boolean {
  return a.first === b.first && a.last === b.last;
}

/** Left edge and width in pixels of a span on the time axis; the last day is drawn whole. */
export function place(span: Span, first: string, pixelsPerDay: number): { x: number; width: number } {
  return {
    x: daysBetween(first, span.first) * pixelsPerDay,
    width: (daysBetween(span.first, span.last) + 1) * pixelsPerDay,
  };
}
