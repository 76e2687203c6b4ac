// What the rules say while somebody types. The server alone evaluates them; the latest answer wins.
import { onBeforeUnmount, ref, watch } from "vue";
import { ApiError, write } from "../api/client";
import type { Draft, Values } from "../api/types";

const WAIT_MS = 220;

export interface DraftOf {
  register: string;
  /** The record being changed; null for a new one. */
  id: string | null;
  values: Values;
}

/** Asks for a draft whenever `wanted` answers something new; null means nothing is to be asked. */
export function useDraft(wanted: () => DraftOf | null) {
  const draft = ref<Draft | null>(null);
  const checking = ref(false);
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running: AbortController | null = null;
  let asked = "";
  /** A server without this route answers 404 once; forms then work as they did without rules. */
  let absent = false;

  async function ask(text: string): Promise<void> {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    checking.value = true;
    const { register, ...body } = JSON.parse(text) as DraftOf;
    try {
      const { data } = await write<Draft>("POST", `/registers/${register}/draft`, body, { signal: mine.signal });
      if (running === mine) draft.value = data;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 404 || error.status === 405)) absent = true;
    } finally {
      if (running === mine) {
        running = null;
        checking.value = false;
      }
    }
  }
  function soon(text: string): void {
    if (text === asked || absent) return;
    const first = asked === "";
    asked = text;
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => void ask(text), first ? 0 : WAIT_MS);
  }
  watch(() => {
    const next = wanted();
    return next ? JSON.stringify(next) : "";
  }, (text) => text && soon(text), { immediate: true });
  onBeforeUnmount(() => {
    if (timer) clearTimeout(timer);
    running?.abort();
  });
  return { draft, checking };
}
