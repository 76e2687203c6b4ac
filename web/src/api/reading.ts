// Reading for pages: one cached query per address, query and travel date.
import { keepPreviousData, useQuery } from "@tanstack/vue-query";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { ApiError, asOf, read, type Query } from "./client";
import type { Me } from "./types";

/** Tries again only when the server was not reached or stumbled itself. */
export function shouldRetry(count: number, error: unknown): boolean {
  if (count >= 2) return false;
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
}

/** Reads `path`; a null path waits. The last answer stays while the next one loads. */
export function useRead<T>(
  path: MaybeRefOrGetter<string | null>,
  query: MaybeRefOrGetter<Query> = {},
) {
  return useQuery({
    queryKey: computed(() => [toValue(path), toValue(query), asOf.value]),
    queryFn: ({ signal }) => read<T>(toValue(path) ?? "", toValue(query), signal),
    enabled: computed(() => toValue(path) !== null),
    placeholderData: keepPreviousData,
  });
}

export function useMe() {
  return useQuery({
    queryKey: ["/me"],
    queryFn: ({ signal }) => read<Me>("/me", {}, signal),
    staleTime: 300_000,
  });
}
