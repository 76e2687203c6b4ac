// Which rows of a long list stand in the document, and where on the scroll bar a row lies.

export interface Slice {
  first: number;
  end: number;
  before: number;
  after: number;
}

/** Tallest table in pixels. Browsers give up between 17 and 33 million; above this the scroll bar counts in shares. */
export const TALLEST = 15_000_000;

/** Height of all rows on the scroll bar. */
function trackHeight(count: number, rowHeight: number): number {
  return Math.min(count * rowHeight, TALLEST);
}

/** The row at the upper edge, with a fraction. */
export function rowAt(count: number, rowHeight: number, top: number, height: number): number {
  if (count * rowHeight <= TALLEST) return top / rowHeight;
  return (top / Math.max(1, TALLEST - height)) * (count - height / rowHeight);
}

/** Where to scroll so that a row stands at the upper edge. */
export function topOf(count: number, rowHeight: number, row: number, height: number): number {
  if (count * rowHeight <= TALLEST) return row * rowHeight;
  return Math.round((row / Math.max(1, count - height / rowHeight)) * (TALLEST - height));
}

/** Rows visible between `top` and `top + height`, with `spare` rows around, and the gaps in pixels. */
export function slice(count: number, rowHeight: number, top: number, height: number, spare = 12): Slice {
  const upper = rowAt(count, rowHeight, top, height);
  const first = Math.max(0, Math.min(count, Math.floor(upper) - spare));
  const end = Math.max(first, Math.min(count, Math.ceil(upper + height / rowHeight) + spare));
  const whole = trackHeight(count, rowHeight);
  const drawn = (end - first) * rowHeight;
  const before = count * rowHeight <= TALLEST ? first * rowHeight : Math.max(0, Math.min(whole - drawn, Math.round(top - (upper - first) * rowHeight)));
  return { first, end, before, after: Math.max(0, whole - before - drawn) };
}
