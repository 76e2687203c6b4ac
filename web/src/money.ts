// Exact money texts: the server sends decimal 元, people read and type 元, 万元 or 亿元.
// Everything is digit arithmetic on BigInt; a float never touches an amount.

export type MoneyUnit = "元" | "万元" | "亿元"; // i18n-exempt: unit codes of the API

const POWER: Record<MoneyUnit, number> = { 元: 0, 万元: 4, 亿元: 8 }; // i18n-exempt

export function isMoneyUnit(text: string | null | undefined): text is MoneyUnit {
  return text !== null && text !== undefined && text in POWER;
}

/** Splits "-12.30" in sign, digits and the count of decimals; null when it is no number. */
function digits(text: string): { negative: boolean; value: bigint; scale: number } | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim().replace(/[,，\s]/g, "")); // i18n-exempt
  if (!match) return null;
  const fraction = match[3] ?? "";
  return {
    negative: match[1] === "-",
    value: BigInt((match[2] ?? "0") + fraction),
    scale: fraction.length,
  };
}

function place(value: bigint, scale: number, negative: boolean): string {
  const text = value.toString().padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  const fraction = text.slice(text.length - scale).replace(/0+$/, "");
  return (negative && value !== 0n ? "-" : "") + whole + (fraction ? `.${fraction}` : "");
}

/** `("6240000000.00", "亿元")` is `62.4`: exact, no trailing zeros. */
export function fromYuan(yuan: string, unit: MoneyUnit): string | null {
  const parsed = digits(yuan);
  if (!parsed) return null;
  return place(parsed.value, parsed.scale + POWER[unit], parsed.negative);
}

/** `("62.4", "亿元")` is `6240000000.00`; null when it is no number or finer than a fen. */
export function toYuan(text: string, unit: MoneyUnit): string | null {
  const parsed = digits(text);
  if (!parsed) return null;
  const shift = POWER[unit] + 2 - parsed.scale;
  let fen = parsed.value;
  if (shift >= 0) fen *= 10n ** BigInt(shift);
  else {
    const divisor = 10n ** BigInt(-shift);
    if (fen % divisor !== 0n) return null;
    fen /= divisor;
  }
  const body = fen.toString().padStart(3, "0");
  const sign = parsed.negative && fen !== 0n ? "-" : "";
  return `${sign}${body.slice(0, -2)}.${body.slice(-2)}`;
}

/** `7320.5` becomes `7,320.5`. */
export function grouped(number: string): string {
  const [whole = "", fraction] = number.split(".");
  const body = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction ? `${body}.${fraction}` : body;
}

/** A sum from the API in the field's own unit; a text that is already fit to read stays. */
export function shownSum(text: string, unit: string | null): string {
  if (!isMoneyUnit(unit)) return /^-?\d+(\.\d+)?$/.test(text) ? grouped(text) : text;
  const number = fromYuan(text, unit);
  return number === null ? text : `${grouped(number)} ${unit}`;
}
