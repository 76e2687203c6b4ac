// Units lately given something, first in the list: most orders go to the same few.
export interface Unit {
  id: string;
  name: string;
}
const KEEP = 6;
const keyOf = (login: string) => `guatu.units.${login}`;

export function recentUnits(login: string): Unit[] {
  try {
    const list = JSON.parse(localStorage.getItem(keyOf(login)) ?? "[]") as unknown;
    return Array.isArray(list) ? list.filter((one): one is Unit => typeof one === "object" && one !== null && "id" in one && "name" in one).slice(0, KEEP) : [];
  } catch {
    return [];
  }
}

export function rememberUnit(login: string, unit: Unit): void {
  const rest = recentUnits(login).filter((one) => one.id !== unit.id);
  try {
    localStorage.setItem(keyOf(login), JSON.stringify([unit, ...rest].slice(0, KEEP)));
  } catch {
    // A closed storage forgets; nothing depends on it.
  }
}
