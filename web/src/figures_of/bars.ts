// Lengths of bars beside each other: rates against 100, amounts against the greatest.
export function lengths(values: (string | null)[], unit: string): number[] {
  const numbers = values.map((value) => (value === null || value === "" ? 0 : Math.max(0, Number(value))));
  const greatest = unit === "%" ? Math.max(100, ...numbers) : Math.max(0, ...numbers);
  return numbers.map((number) => (greatest > 0 && Number.isFinite(number) ? Math.round((number / greatest) * 1000) / 10 : 0));
}
