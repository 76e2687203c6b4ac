// Where each activity's bar, ghosts and link lines lie. Pure geometry: colours belong to the drawing.
import type { PlanLink, PlanRow } from "./types";
import { xOf, type Axis } from "./axis";
import type { Span } from "../wall/drag";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
/** Dates a row is drawn at: what is forecast, else the earliest, else what was planned. */
export function shownSpan(row: Pick<PlanRow, "forecast_start" | "forecast_finish" | "early_start" | "early_finish" | "planned_start" | "planned_finish" | "actual_start" | "actual_finish">): Span | null {
  const first = row.actual_start ?? row.forecast_start ?? row.early_start ?? row.planned_start;
  const last = row.actual_finish ?? row.forecast_finish ?? row.early_finish ?? row.planned_finish ?? first;
  if (!first || !last) return null;
  return first <= last ? { first, last } : { first: last, last: first };
}
export function isPoint(row: Pick<PlanRow, "kind">): boolean {
  return row.kind === "start_milestone" || row.kind === "finish_milestone";
}
/** The bar of a span in the row whose top is `y`; the last day is drawn whole. */
export function barBox(axis: Axis, span: Span, y: number, rowHeight: number, height: number): Box {
  const x = xOf(axis, span.first);
  return { x, y: y + Math.round((rowHeight - height) / 2), width: Math.max(2, xOf(axis, span.last) + axis.px - x), height };
}
/** The middle of a milestone: a start stands at the beginning of its day, a finish at the end. */
export function pointX(axis: Axis, row: Pick<PlanRow, "kind">, span: Span): number {
  return row.kind === "start_milestone" ? xOf(axis, span.first) : xOf(axis, span.last) + axis.px;
}
export function diamond(x: number, y: number, radius: number): string {
  return `M${x - radius} ${y}L${x} ${y - radius}L${x + radius} ${y}L${x} ${y + radius}Z`;
}
/** A summary: a thin beam with its two ends turned down. */
export function beam(box: Box): string {
  const { x, y, width } = box;
  const tip = Math.min(5, width / 2);
  return `M${x} ${y}H${x + width}V${y + 11}L${x + width - tip} ${y + 6}H${x + tip}L${x} ${y + 11}Z`;
}

export interface End {
  left: number;
  right: number;
  y: number;
}
/** The line of a link from one bar to another, with the arrow's last step of 6 pixels. */
export function linkPath(type: PlanLink["type"], from: End, to: End, rowHeight: number): string {
  const leaving = type === "FS" || type === "FF" ? from.right : from.left;
  const arriving = type === "FS" || type === "SS" ? to.left : to.right;
  const out = type === "FS" || type === "FF" ? 1 : -1;
  const into = type === "FS" || type === "SS" ? -1 : 1;
  const a = leaving + 6 * out;
  const b = arriving + 8 * into;
  const straight = out === 1 && into === -1 ? a <= b : false;
  if (straight || out === into) {
    const turn = straight ? a : out === 1 ? Math.max(a, b) : Math.min(a, b);
    return `M${leaving} ${from.y}H${turn}V${to.y}H${arriving}`;
  }
  // No room between the two: go round below or above the bar that is left.
  const between = from.y + Math.sign(to.y - from.y || 1) * Math.round(rowHeight / 2);
  return `M${leaving} ${from.y}H${a}V${between}H${b}V${to.y}H${arriving}`;
}
export function arrowHead(type: PlanLink["type"], to: End): string {
  const left = type === "FS" || type === "SS";
  const x = left ? to.left : to.right;
  const back = left ? -5 : 5;
  return `M${x} ${to.y}L${x + back} ${to.y - 3.5}V${to.y + 3.5}Z`;
}
