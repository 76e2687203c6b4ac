// One round as the page of its progress reads it.
import type { Check, Figure as FigureValue } from "../api/types";

export interface RoundPage {
  no: number;
  label: string;
  batches: { batch: string; label: string; count: number; amount: FigureValue }[];
  checks: Check[];
  rates: { name: string; actual: FigureValue; forecast: FigureValue | null; weighted: FigureValue; basis: string; numerator: string[]; denominator: number; adjusted_out: number }[];
  transfer: { rows: string[]; columns: string[]; cells: number[][] };
  stuck: { kind: string; label: string; items: { project_id: string; name: string; days: number }[] }[];
}
