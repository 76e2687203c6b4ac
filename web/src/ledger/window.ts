// Which rows of a long list stand in the document.

export interface Slice {
  first: number;
  end: number;
  before: number;
  after: number;
}

/** Rows visible between `top` and `top + height`, with `spare` rows around, and the gaps in pixels. */
export function slice(count: number, rowHeight: number, top: number, height: number, spare = 12): Slice {
  const first = Math.max(0, Math.min(count, Math.floor(top / rowHeight) - spare));
  const end = Math.max(first, Math.min(count, Math.ceil((top + height) / rowHeight) + spare));
  return { first, end, before: first * rowHeight, after: (count - end) * rowHeight };
}
