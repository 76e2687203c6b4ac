// Keyboard order on the chart: bars grouped into the lines people see.

export interface Spot {
  top: number;
  left: number;
  right: number;
}

/** Groups spots whose tops are within `tolerance` pixels, each line from left to right. */
export function linesOf<T extends Spot>(spots: T[], tolerance = 4): T[][] {
  const sorted = [...spots].sort((a, b) => a.top - b.top || a.left - b.left);
  const lines: T[][] = [];
  for (const spot of sorted) {
    const line = lines[lines.length - 1];
    const head = line?.[0];
    if (line && head && Math.abs(head.top - spot.top) <= tolerance) line.push(spot);
    else lines.push([spot]);
  }
  for (const line of lines) line.sort((a, b) => a.left - b.left);
  return lines;
}

export type Direction = "left" | "right" | "up" | "down" | "home" | "end";

function nearest<T extends Spot>(line: T[], middle: number): T | null {
  let best: T | null = null;
  let distance = Infinity;
  for (const spot of line) {
    const gap = Math.abs((spot.left + spot.right) / 2 - middle);
    if (gap < distance) [best, distance] = [spot, gap];
  }
  return best;
}

/** The neighbour of `from` in a direction; null at the border. */
export function neighbour<T extends Spot>(lines: T[][], from: T, direction: Direction): T | null {
  const row = lines.findIndex((line) => line.includes(from));
  const line = lines[row];
  if (!line) return null;
  const column = line.indexOf(from);
  if (direction === "left") return line[column - 1] ?? null;
  if (direction === "right") return line[column + 1] ?? null;
  if (direction === "home") return line[0] ?? null;
  if (direction === "end") return line[line.length - 1] ?? null;
  const next = lines[direction === "up" ? row - 1 : row + 1];
  return next ? nearest(next, (from.left + from.right) / 2) : null;
}
