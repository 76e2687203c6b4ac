// A list that can be entered anywhere: rows come in windows of a hundred, fetched where one stops. A window beside a
// known one is read on by its cursor; any other one is entered by the number of its first row.
import { useQueries, useQueryClient } from "@tanstack/vue-query";
import { computed, onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from "vue";
import { asOf, read, type Query } from "../api/client";
import type { RecordPage, RecordView } from "../api/types";
import { WINDOW } from "./listing";

/** A pause of the hand that counts as stopping, in milliseconds. */
const STOP = 90;

/** Rows read ahead of a hand that hurries. */
const AHEAD = 3 * WINDOW;

/** Windows that the rows from `first` to `end` need, with half a window around. */
export function windowsOf(first: number, end: number, count: number): number[] {
  const last = Math.max(0, Math.ceil(count / WINDOW) - 1);
  const from = Math.max(0, Math.floor((first - WINDOW / 2) / WINDOW));
  const to = Math.min(last, Math.floor((end + WINDOW / 2) / WINDOW));
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
}

interface Shown {
  windows: ReadonlyMap<number, RecordView[]>;
  total: number;
  sums: Record<string, string>;
}

export function useWindows(register: MaybeRefOrGetter<string>, query: MaybeRefOrGetter<Query | null>) {
  const client = useQueryClient();
  const path = computed(() => `/registers/${toValue(register)}/records`);
  const list = computed(() => ({ path: path.value, query: toValue(query), day: asOf.value }));
  type List = typeof list.value;
  const keyOf = (of: List, window: number) => [of.path, of.query, of.day, "window", window] as const;
  let pause: ReturnType<typeof setTimeout> | undefined;
  const wanted = shallowRef<number[]>([]);
  /** Rows in sight, to be read again when another list takes their place. */
  let sight: [number, number] = [0, 0];
  watch(() => JSON.stringify(list.value), () => (wanted.value = []));
  const asked = computed(() => (list.value.query === null ? [] : [...new Set([0, ...wanted.value])]));

  function fetchWindow(of: List, window: number, signal?: AbortSignal): Promise<RecordPage> {
    const beside = window > 0 ? client.getQueryState<RecordPage>(keyOf(of, window - 1)) : undefined;
    const known = client.getQueryData(keyOf(of, window)) !== undefined;
    // After a change all windows are counted anew: a cursor would keep the rows where they were.
    const cursor = !known && beside && !beside.isInvalidated ? beside.data?.next : null;
    const place = cursor ? { after: cursor } : { at: window > 0 ? window * WINDOW : null };
    return read<RecordPage>(of.path, { ...of.query, sums: window === 0 ? of.query?.sums : null, limit: WINDOW, ...place }, signal);
  }
  const option = (of: List, window: number) => ({ queryKey: keyOf(of, window), queryFn: ({ signal }: { signal: AbortSignal }) => fetchWindow(of, window, signal) });
  const results = useQueries({ queries: computed(() => asked.value.map((window) => option(list.value, window))) });

  const first = computed(() => results.value[0]);
  /** What is shown stays until the first window of another list is there. */
  const shown = shallowRef<Shown | null>(null);
  watch(results, (all) => {
    const head = all[0]?.data;
    if (!head) return;
    const windows = new Map<number, RecordView[]>();
    asked.value.forEach((window, at) => {
      const page = all[at]?.data;
      if (page) windows.set(window, page.items);
    });
    const before = shown.value;
    const same = before && before.windows.size === windows.size && [...windows].every(([window, items]) => before.windows.get(window) === items);
    if (same && before.total === head.total && before.sums === head.sums) return;
    shown.value = { windows, total: head.total ?? head.items.length, sums: head.sums };
    if (!wanted.value.length) look(...sight, 0);
  }, { immediate: true });

  onScopeDispose(() => clearTimeout(pause));
  /** Tells which rows are in sight, and whether the hand hurries down (1) or up (-1). */
  function look(firstRow: number, end: number, hurry: number) {
    sight = [firstRow, end];
    // A hand that goes on screen by screen is read ahead of.
    const needed = windowsOf(firstRow - (hurry < 0 ? AHEAD : 0), end + (hurry > 0 ? AHEAD : 0), shown.value?.total ?? 0);
    const have = new Set(asked.value);
    const near = (window: number) => have.has(window) || have.has(window - 1) || have.has(window + 1) || client.getQueryData(keyOf(list.value, window)) !== undefined;
    clearTimeout(pause);
    if (needed.every((window) => wanted.value.includes(window)) && needed.length === wanted.value.length) return;
    const take = () => (wanted.value = needed);
    if (needed.some(near) && (hurry !== 0 || needed.every(near))) take();
    else pause = setTimeout(take, STOP);
  }
  /** Loads the rows of a range, for choosing across it. */
  async function rowsOf(from: number, end: number): Promise<RecordView[]> {
    const rows: RecordView[] = [];
    const of = list.value;
    for (let window = Math.floor(from / WINDOW); window * WINDOW < end; window += 1) {
      const page = await client.ensureQueryData(option(of, window));
      rows.push(...page.items.filter((_, at) => window * WINDOW + at >= from && window * WINDOW + at < end));
    }
    return rows;
  }
  return {
    shown,
    look,
    rowsOf,
    error: computed(() => results.value.find((one) => one.error)?.error ?? null),
    loaded: computed(() => shown.value !== null),
    /** Another list is on its way. */
    waiting: computed(() => first.value !== undefined && first.value.data === undefined),
    refetch: () => client.refetchQueries({ queryKey: [path.value], type: "active" }),
  };
}
