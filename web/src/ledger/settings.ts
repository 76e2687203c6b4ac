// What a person chose for a list, kept in this browser: columns and density.
import { ref, watch, type Ref } from "vue";
import type { Density } from "../api/types";

function stored<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

/** Chosen columns of a register; null means the register's own. */
export function useColumns(register: () => string): Ref<string[] | null> {
  const key = () => `guatu.columns.${register()}`;
  const columns = ref<string[] | null>(stored<string[] | null>(key(), null)) as Ref<string[] | null>;
  watch(register, () => (columns.value = stored<string[] | null>(key(), null)));
  watch(columns, (value) => {
    if (value === null) localStorage.removeItem(key());
    else localStorage.setItem(key(), JSON.stringify(value));
  });
  return columns;
}

export const ROW_HEIGHT: Record<Density, number> = { compact: 25, standard: 29, loose: 36 };
export function useDensity(): Ref<Density> {
  const density = ref<Density>(stored<Density>("guatu.density", "standard"));
  watch(density, (value) => localStorage.setItem("guatu.density", JSON.stringify(value)));
  return density;
}
