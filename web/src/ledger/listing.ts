// One list of records: windows by keyset, filter and order from the address.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { asOf, read, type Query } from "../api/client";
import type { RecordPage } from "../api/types";

/** Records fetched at once. */
export const WINDOW = 100;

export function useListing(register: MaybeRefOrGetter<string>, query: MaybeRefOrGetter<Query | null>) {
  const result = useInfiniteQuery({
    queryKey: computed(() => [`/registers/${toValue(register)}/records`, toValue(query), asOf.value]),
    queryFn: ({ pageParam, signal }) =>
      read<RecordPage>(`/registers/${toValue(register)}/records`, { ...toValue(query), limit: WINDOW, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    enabled: computed(() => toValue(query) !== null),
    placeholderData: keepPreviousData,
  });
  const items = computed(() => result.data.value?.pages.flatMap((page) => page.items) ?? []);
  const total = computed(() => result.data.value?.pages[0]?.total ?? null);
  const sums = computed(() => result.data.value?.pages[0]?.sums ?? {});
  return { ...result, items, total, sums };
}

/** A filter as the address carries it: `field:op:value`. */
export interface Condition {
  field: string;
  op: string;
  value: string;
}
export function parseCondition(text: string): Condition | null {
  const match = /^([^:]+):([a-z]+)(?::(.*))?$/.exec(text);
  return match ? { field: match[1] ?? "", op: match[2] ?? "", value: match[3] ?? "" } : null;
}
export function conditionText(condition: Condition): string {
  return `${condition.field}:${condition.op}:${condition.value}`;
}

/** The address's `filter` values, one or many. */
export function conditionsOf(value: unknown): Condition[] {
  const texts = (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string");
  return texts.map(parseCondition).filter((one): one is Condition => one !== null);
}

/** Replaces the `eq` condition of one field; an empty value removes it. */
export function withCondition(conditions: Condition[], field: string, value: string): Condition[] {
  const rest = conditions.filter((one) => !(one.field === field && one.op === "eq"));
  return value ? [...rest, { field, op: "eq", value }] : rest;
}

/** Header click: ascending, descending, none. */
export function nextSort(sort: string, field: string): string {
  if (sort === field) return `-${field}`;
  if (sort === `-${field}`) return "";
  return field;
}
