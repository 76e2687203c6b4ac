// How a list is drawn, and the views that a definition or a person gives it.
import type { FieldView, RegisterListView, RegisterView, SavedView } from "../api/types";

export type Drawing = "list" | "kanban" | "calendar" | "map" | "matrix";
export const DRAWINGS: Drawing[] = ["list", "kanban", "calendar", "map", "matrix"];

export function isDrawing(text: unknown): text is Drawing {
  return DRAWINGS.includes(text as Drawing);
}

/** What a drawing goes by: from the view's own words, else the first field that can carry it. */
export interface Basis {
  by?: string;
  date?: string;
  geo?: string;
  colour?: string;
  rows?: string;
  across?: string;
}

const first = (view: RegisterView, kinds: string[]): string | undefined => view.fields.find((field) => kinds.includes(field.kind))?.id;
const codes = (view: RegisterView): FieldView[] => view.fields.filter((field) => field.kind === "code");

export function basisOf(view: RegisterView, chosen: RegisterListView | null): Basis {
  const own = chosen?.fields ?? {};
  const state = view.fields.find((field) => field.id === "state")?.id ?? codes(view)[0]?.id;
  const unit = view.fields.find((field) => field.kind === "org" && !field.system)?.id;
  return {
    by: own.by ?? state,
    date: own.date ?? view.fields.find((field) => field.id === "clock_due")?.id ?? first(view, ["date", "datetime"]),
    geo: own.geo ?? first(view, ["geo_point"]),
    colour: own.colour ?? (view.flow ? "light" : undefined),
    rows: own.rows ?? unit ?? codes(view).find((field) => field.id !== state)?.id,
    across: own.across ?? state,
  };
}

/** The drawings a register can be shown in. */
export function drawingsOf(view: RegisterView): Drawing[] {
  const basis = basisOf(view, null);
  const can: Record<Drawing, boolean> = {
    list: true,
    kanban: Boolean(basis.by),
    calendar: Boolean(basis.date),
    map: Boolean(basis.geo),
    matrix: Boolean(basis.rows && basis.across && basis.rows !== basis.across),
  };
  return DRAWINGS.filter((each) => can[each]);
}

/** The views without one of a name, and with it at the end. */
export function withView(views: SavedView[], view: SavedView): SavedView[] {
  return [...views.filter((one) => one.name !== view.name), view];
}

/** Days of the month of `day`, in whole weeks from Monday: `null` outside the month. */
export function monthDays(month: string, weekdayOf: (date: string) => number): (string | null)[] {
  const [year = 1970, number = 1] = month.split("-").map(Number);
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const days: (string | null)[] = [];
  for (let day = 1; day <= last; day += 1) days.push(`${month}-${String(day).padStart(2, "0")}`);
  const lead = weekdayOf(days[0] ?? `${month}-01`);
  const all: (string | null)[] = [...Array<null>(lead).fill(null), ...days];
  while (all.length % 7) all.push(null);
  return all;
}

export function shiftMonth(month: string, by: number): string {
  const [year = 1970, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** The part of a stored date or moment that names its day in China. */
export function dayOf(value: unknown): string | null {
  if (typeof value !== "string") return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : new Date(time + 8 * 3_600_000).toISOString().slice(0, 10);
}

export interface Placed<T> {
  point: T;
  x: number;
  y: number;
}

/** Points in a box, north up, degrees of longitude shortened by the latitude; one scale for both directions. */
export function place<T extends { lon: string; lat: string }>(points: T[], width: number, height: number, edge: number): { placed: Placed<T>[]; metresPerPixel: number } {
  const usable = points.map((point) => ({ point, lon: Number(point.lon), lat: Number(point.lat) })).filter((one) => Number.isFinite(one.lon) && Number.isFinite(one.lat));
  if (!usable.length) return { placed: [], metresPerPixel: 1 };
  const lats = usable.map((one) => one.lat);
  const lons = usable.map((one) => one.lon);
  const middle = (Math.min(...lats) + Math.max(...lats)) / 2;
  const shrink = Math.cos((middle * Math.PI) / 180);
  const spanX = Math.max((Math.max(...lons) - Math.min(...lons)) * shrink, 0.002);
  const spanY = Math.max(Math.max(...lats) - Math.min(...lats), 0.002);
  const scale = Math.min((width - 2 * edge) / spanX, (height - 2 * edge) / spanY);
  const centre = (Math.min(...lons) + Math.max(...lons)) / 2;
  const placed = usable.map((one) => ({ point: one.point, x: width / 2 + (one.lon - centre) * shrink * scale, y: height / 2 - (one.lat - middle) * scale }));
  return { placed, metresPerPixel: 111_320 / scale };
}

/** The corners of the smallest round around points, one after the other: what a band laid around them touches. */
export function outline(points: { x: number; y: number }[]): { x: number; y: number }[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const turn = (a: { x: number; y: number }, b: { x: number; y: number }, c: { x: number; y: number }) => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  const side = (all: { x: number; y: number }[]) => {
    const kept: { x: number; y: number }[] = [];
    for (const one of all) {
      while (kept.length > 1 && turn(kept[kept.length - 2] ?? one, kept[kept.length - 1] ?? one, one) <= 0) kept.pop();
      kept.push(one);
    }
    return kept.slice(0, -1);
  };
  return sorted.length < 3 ? sorted : [...side(sorted), ...side(sorted.reverse())];
}

/** A round length for the scale bar, at most `most` metres: 1, 2 or 5 times a power of ten. */
export function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((one) => one * power).find((one) => one <= most) ?? power;
}
