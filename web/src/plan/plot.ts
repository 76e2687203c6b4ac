// Small charts of the plan: a frame, dates to pixels, values to pixels, lines and bands as paths.
import { dateOfDay, dayNumber, parts } from "../dates";
import { monthStart, nextMonth } from "./axis";

export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}
/** On a phone a frame is drawn narrower instead of smaller, so that its words stay readable. */
export const fitted = (frame: Frame, width = window.innerWidth): Frame => (width <= 720 ? { ...frame, width: 440 } : frame);
export const FRAME: Frame = fitted({ width: 1000, height: 360, left: 46, right: 20, top: 16, bottom: 30 });

export interface Scale {
  x: (date: string) => number;
  y: (value: number) => number;
  /** The day under a horizontal pixel of the frame. */
  day: (x: number) => string;
}
export function scaleOf(first: string, last: string, most: number, frame: Frame = FRAME): Scale {
  const from = dayNumber(first);
  const length = Math.max(1, dayNumber(last) - from);
  const inner = frame.width - frame.left - frame.right;
  const tall = frame.height - frame.top - frame.bottom;
  return {
    x: (date) => frame.left + ((dayNumber(date) - from) / length) * inner,
    y: (value) => frame.top + tall * (1 - value / Math.max(most, 1e-9)),
    day: (x) => dateOfDay(from + Math.max(0, Math.min(length, Math.round(((x - frame.left) / inner) * length)))),
  };
}
export interface Point {
  date: string;
  value: number | null;
}
const round = (value: number) => Math.round(value * 10) / 10;
/** A line through known points; what is unknown leaves a gap. */
export function linePath(points: Point[], scale: Scale): string {
  let path = "";
  let open = false;
  for (const point of points) {
    if (point.value === null) {
      open = false;
      continue;
    }
    path += `${open ? "L" : "M"}${round(scale.x(point.date))} ${round(scale.y(point.value))}`;
    open = true;
  }
  return path;
}
/** The band between two lines, over the days on which both are known. */
export function bandPath(upper: Point[], lower: Point[], scale: Scale): string {
  const known = upper.map((point, at) => ({ date: point.date, a: point.value, b: lower[at]?.value ?? null })).filter((one): one is { date: string; a: number; b: number } => one.a !== null && one.b !== null);
  if (known.length < 2) return "";
  const there = known.map((one, at) => `${at ? "L" : "M"}${round(scale.x(one.date))} ${round(scale.y(one.a))}`).join("");
  const back = [...known].reverse().map((one) => `L${round(scale.x(one.date))} ${round(scale.y(one.b))}`).join("");
  return `${there}${back}Z`;
}
/** Two lines as the upper and the lower edge where the first lies above, and where it lies below. */
export function apart(first: Point[], second: Point[]): { above: [Point[], Point[]]; below: [Point[], Point[]] } {
  const edge = (pick: (a: number, b: number) => number): Point[] =>
    first.map((point, at) => {
      const other = second[at]?.value ?? null;
      return { date: point.date, value: point.value === null || other === null ? null : pick(point.value, other) };
    });
  return { above: [edge((a) => a), edge(Math.min)], below: [edge(Math.max), edge((a) => a)] };
}
/** Steps over days: each value holds for its whole day. */
export function stepPath(points: Point[], scale: Scale): string {
  let path = "";
  let open = false;
  for (const point of points) {
    if (point.value === null) {
      open = false;
      continue;
    }
    const x = round(scale.x(point.date));
    const next = round(scale.x(dateOfDay(dayNumber(point.date) + 1)));
    path += open ? `V${round(scale.y(point.value))}H${next}` : `M${x} ${round(scale.y(point.value))}H${next}`;
    open = true;
  }
  return path;
}
/** What has been reached by each day, from 0 before the first one: it rises on the day itself and stands until the next. */
export function risePath(points: { date: string; value: number }[], scale: Scale, first: string): string {
  let path = `M${round(scale.x(first))} ${round(scale.y(0))}`;
  for (const point of points) path += `H${round(scale.x(point.date))}V${round(scale.y(point.value))}`;
  return path;
}
/** First days of months inside a span, thinned so that at most `most` are named. */
export function monthTicks(first: string, last: string, most = 14): { date: string; month: number; year: number }[] {
  const all: { date: string; month: number; year: number }[] = [];
  for (let at = monthStart(first); at <= last; at = nextMonth(at)) if (at >= first) all.push({ date: at, ...parts(at) });
  const every = Math.max(1, Math.ceil(all.length / most));
  return all.filter((_, at) => at % every === 0);
}
/** Round numbers from 0 to at least `most`, four to six of them. */
export function valueTicks(most: number): number[] {
  if (!(most > 0)) return [0, 1];
  const raw = most / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= raw) ?? raw;
  const out: number[] = [];
  for (let at = 0; at <= Math.ceil(most / step - 1e-9); at += 1) out.push(Math.round(at * step * 1e6) / 1e6);
  return out;
}
/** The chance read off a curve at a day: the last point not after it. */
export function chanceAt(curve: { date: string; chance: number }[], date: string): number {
  let chance = 0;
  for (const point of curve) {
    if (point.date > date) break;
    chance = point.chance;
  }
  return chance;
}
