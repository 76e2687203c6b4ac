// 未保存的草稿. What was typed survives a closed tab or a dead battery: kept in this browser until it is saved.
import type { Values } from "../api/types";

export interface Kept {
  values: Values;
  reason: string;
  /** When it was typed, an instant. */
  at: string;
  /** Version of the record it was typed over; 0 for a new record. */
  version: number;
}
const PREFIX = "guatu.draft.";
/** Older ones are dropped: nobody remembers what they were about. */
const KEEP_DAYS = 30;

/** One draft per person, register and record; `new` stands for a record that is not yet there. */
export function keptKey(login: string, register: string, id: string | null): string {
  return `${PREFIX}${login}.${register}.${id ?? "new"}`;
}

export function readKept(key: string, now = Date.now()): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null;
    if (!kept || typeof kept.values !== "object" || kept.values === null) return null;
    if (now - Date.parse(kept.at) > KEEP_DAYS * 86_400_000) {
      dropKept(key);
      return null;
    }
    return kept;
  } catch {
    return null;
  }
}

/** Keeps what was typed; nothing typed keeps nothing. A full or closed storage is no error for who types. */
export function keep(key: string, kept: Omit<Kept, "at">): void {
  try {
    if (Object.keys(kept.values).length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ ...kept, at: new Date().toISOString() }));
  } catch {
    // Private windows refuse storage.
  }
}

export function dropKept(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // As above.
  }
}
