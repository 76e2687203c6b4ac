// 全部台账: the order in which people look for a register. Groups come from the definitions, the latest used stand first.
import type { RegisterList } from "../api/types";

export type RegisterCard = RegisterList["registers"][number];
export interface Group {
  /** Family of the definitions, or "recent", or "own" for those without one. */
  id: string;
  cards: RegisterCard[];
}

const FAMILIES = ["project", "work", "enterprise", "programme", "directory"];
/** Registers that stand first because they were used last. */
const RECENT = 6;
const KEY = "guatu.recent";

/** Cards whose title holds all words; groups without cards are left out. */
export function groups(cards: RegisterCard[], words: string, recent: string[]): Group[] {
  const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (card: RegisterCard) => wanted.every((word) => card.title.toLowerCase().includes(word) || card.id.includes(word));
  const found = cards.filter(fits);
  const latest = wanted.length ? [] : recent.map((id) => found.find((card) => card.id === id)).filter((card) => card !== undefined);
  const family = (card: RegisterCard) => (FAMILIES.includes(card.family ?? "") ? card.family : "own");
  const made: Group[] = [{ id: "recent", cards: latest }, ...[...FAMILIES, "own"].map((id) => ({ id, cards: found.filter((card) => family(card) === id) }))];
  return made.filter((group) => group.cards.length > 0);
}

export function recentRegisters(): string[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]") as unknown;
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string") : [];
  } catch {
    return [];
  }
}
/** Puts a register in front of those used before. */
export function noteRegister(id: string): void {
  localStorage.setItem(KEY, JSON.stringify([id, ...recentRegisters().filter((one) => one !== id)].slice(0, RECENT)));
}
