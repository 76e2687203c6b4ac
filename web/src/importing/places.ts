// Places of a workbook: `第七期!D8` is a cell, its row is `第七期!8`.
import type { Finding, Severity } from "../api/types";

/** The row a place lies in, `sheet!row`; null for places without a row. */
export function rowOfPlace(place: string): string | null {
  const match = /^(.*)!(?:[A-Z]+)?(\d+)(?::.*)?$/.exec(place);
  return match ? `${match[1]}!${match[2]}` : null;
}
export function placeOfRow(place: string): string {
  return rowOfPlace(place) ?? place;
}

const order: Severity[] = ["error", "warning", "info"];
/** The worst severity among findings, null for none. */
export function worstAt(findings: Finding[]): Severity | null {
  return order.find((severity) => findings.some((finding) => finding.severity === severity)) ?? null;
}
