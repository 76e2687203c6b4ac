// Cells chosen with arrows and mouse, as in Excel and WPS: one active cell, one anchor, a rectangle between.

export interface Cell {
  row: number;
  column: number;
}
export interface Chosen {
  active: Cell;
  anchor: Cell;
}
export interface Rectangle {
  top: number;
  bottom: number;
  left: number;
  right: number;
}
export function rectangle({ active, anchor }: Chosen): Rectangle {
  return { top: Math.min(active.row, anchor.row), bottom: Math.max(active.row, anchor.row), left: Math.min(active.column, anchor.column), right: Math.max(active.column, anchor.column) };
}
export function inside(area: Rectangle, row: number, column: number): boolean {
  return row >= area.top && row <= area.bottom && column >= area.left && column <= area.right;
}
export const isOne = (chosen: Chosen) => chosen.active.row === chosen.anchor.row && chosen.active.column === chosen.anchor.column;

export interface Size {
  rows: number;
  columns: number;
  page: number;
}
const clamp = (value: number, most: number) => Math.max(0, Math.min(value, most));

/** Where a key leads; null when the key does not walk. With `extend` the anchor stays. */
export function walked(chosen: Chosen, key: string, keys: { ctrl: boolean; shift: boolean }, size: Size): Chosen | null {
  const { row, column } = chosen.active;
  const lastRow = size.rows - 1;
  const lastColumn = size.columns - 1;
  const to: Record<string, Cell> = {
    ArrowDown: { row: keys.ctrl ? lastRow : row + 1, column },
    ArrowUp: { row: keys.ctrl ? 0 : row - 1, column },
    ArrowRight: { row, column: keys.ctrl ? lastColumn : column + 1 },
    ArrowLeft: { row, column: keys.ctrl ? 0 : column - 1 },
    PageDown: { row: row + size.page, column },
    PageUp: { row: row - size.page, column },
    Home: keys.ctrl ? { row: 0, column: 0 } : { row, column: 0 },
    End: keys.ctrl ? { row: lastRow, column: lastColumn } : { row, column: lastColumn },
  };
  const next = to[key];
  if (!next) return null;
  const active = { row: clamp(next.row, lastRow), column: clamp(next.column, lastColumn) };
  return { active, anchor: keys.shift ? chosen.anchor : active };
}
/** Enter goes down, Tab to the right and on to the next row; with Shift back. */
export function stepped(chosen: Chosen, by: "enter" | "tab", back: boolean, size: Size): Chosen {
  const d = back ? -1 : 1;
  let { row, column } = chosen.active;
  if (by === "enter") row = clamp(row + d, size.rows - 1);
  else {
    column += d;
    if (column >= size.columns) [row, column] = row + 1 < size.rows ? [row + 1, 0] : [row, size.columns - 1];
    else if (column < 0) [row, column] = row > 0 ? [row - 1, size.columns - 1] : [row, 0];
  }
  return { active: { row, column }, anchor: { row, column } };
}
/** Text for the clipboard that Excel and WPS take apart into cells again. */
export function tsv(rows: string[][]): string {
  return rows.map((row) => row.map((cell) => (/[\t\n"]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell)).join("\t")).join("\r\n");
}
