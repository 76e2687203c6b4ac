// Which field each pasted column is: by a head row when there is one, else by the columns in sight.
import type { FieldView } from "../api/types";

const bare = (text: string) => text.replace(/[（(].*$/, "").replace(/\s+/g, "");

/** Fields named by the first row; null when the row is no head: fewer than half of its words are labels. */
export function columnsByHead(head: string[], fields: FieldView[]): (string | null)[] | null {
  const found = head.map((word) => fields.find((field) => bare(word) !== "" && (bare(field.label) === bare(word) || field.id === word))?.id ?? null);
  const known = found.filter((field) => field !== null).length;
  return known > 0 && known * 2 >= head.filter((word) => word.trim() !== "").length ? found : null;
}

/** The columns in sight, from the left; computed ones are passed over because they cannot be typed. */
export function columnsByPlace(count: number, columns: string[], fields: FieldView[]): (string | null)[] {
  return Array.from({ length: count }, (_, at) => (fields.some((field) => field.id === columns[at]) ? (columns[at] ?? null) : null));
}
