// 推演. One plan being worked on: the sheet as it stands, the steps kept aside, and what the server
// says would come of them. Nothing is written before `save`.
import { useQueryClient } from "@tanstack/vue-query";
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from "vue";
import { ApiError, asOf, write } from "../api/client";
import { useRead } from "../api/reading";
import type { Finding } from "../api/types";
import { problemText } from "../components/problem";
import { keptSteps, laidOver, requestOf, saidBy, type Step } from "./steps";
import type { Change, PlanDiff, PlanSheet, Scenario } from "./types";

const keyOf = (project: string) => `guatu.trial.${project}`;
function kept(project: string): Step[] {
  try {
    const steps = JSON.parse(sessionStorage.getItem(keyOf(project)) ?? "[]") as unknown;
    return Array.isArray(steps) ? (steps as Step[]) : [];
  } catch {
    return [];
  }
}
function keep(project: string, steps: Step[]): void {
  if (steps.length) sessionStorage.setItem(keyOf(project), JSON.stringify(steps));
  else sessionStorage.removeItem(keyOf(project));
}

/** The kept trial that was opened, with what it said then. */
export interface Opened {
  id: string;
  name: string;
  remark: string;
  version: number;
  said: string;
}
const openedKey = (project: string) => `guatu.trial.${project}.scenario`;
function keptOpened(project: string): Opened | null {
  try {
    return JSON.parse(sessionStorage.getItem(openedKey(project)) ?? "null") as Opened | null;
  } catch {
    return null;
  }
}

export function useTrial(project: Ref<string>, baseline: Ref<string | null>, near: Ref<number>) {
  const client = useQueryClient();
  const { data: base, error, refetch, isFetching } = useRead<PlanSheet>(() => `/projects/${project.value}/plan`, () => ({ baseline: baseline.value, near_days: near.value }));
  const steps = ref<Step[]>(kept(project.value)) as Ref<Step[]>;
  const undone = ref<Step[]>([]) as Ref<Step[]>;
  const opened = ref<Opened | null>(keptOpened(project.value));
  const diff = shallowRef<PlanDiff | null>(null);
  const problem = ref("");
  const refused = ref<Finding[]>([]);
  const working = ref(false);
  const busy = ref(false);

  watch(project, (now) => {
    steps.value = kept(now);
    opened.value = keptOpened(now);
    undone.value = [];
    diff.value = null;
  });
  const versions = computed(() => new Map((base.value?.activities ?? []).map((row) => [row.id, row.version])));
  const request = computed<Change[]>(() => requestOf(steps.value, versions.value));
  const active = computed(() => steps.value.length > 0);
  /** The steps are no longer those of the kept trial that was opened. */
  const altered = computed(() => opened.value !== null && saidBy(request.value) !== opened.value.said);
  /** The diff belongs to the steps in hand; else the answer is still under way. */
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | null = null;
  function reckonSoon(wait = 180) {
    clearTimeout(timer);
    running?.abort();
    const turn = ++asked;
    if (!steps.value.length || !base.value) {
      diff.value = null;
      problem.value = "";
      refused.value = [];
      working.value = false;
      return;
    }
    working.value = true;
    timer = setTimeout(() => void reckon(turn), wait);
  }
  async function reckon(turn: number) {
    running = new AbortController();
    try {
      const { data } = await write<PlanDiff>("POST", `/projects/${project.value}/plan/changes`, { changes: request.value, dry_run: true, with_sheet: true, near_days: near.value, ...(baseline.value ? { baseline: baseline.value } : {}) }, { signal: running.signal });
      if (turn !== asked) return;
      problem.value = "";
      refused.value = data.findings.filter((finding) => finding.severity === "error");
      // The last plan that could be worked out stays in sight while a cell is wrong.
      diff.value = data.after ? data : diff.value && { ...diff.value, findings: data.findings };
    } catch (failure) {
      if (turn !== asked || (failure instanceof DOMException && failure.name === "AbortError")) return;
      problem.value = problemText(failure);
      refused.value = failure instanceof ApiError ? failure.findings : [];
      if (failure instanceof ApiError && failure.status === 409) void refetch();
    } finally {
      if (turn === asked) working.value = false;
    }
  }
  watch([steps, base], () => reckonSoon(), { immediate: true });
  watch(steps, (now) => keep(project.value, now));
  watch(opened, (now) => (now ? sessionStorage.setItem(openedKey(project.value), JSON.stringify(now)) : sessionStorage.removeItem(openedKey(project.value))));
  onScopeDispose(() => {
    clearTimeout(timer);
    running?.abort();
  });

  const worked = computed(() => (active.value && diff.value?.sheet) || base.value || null);
  /** The sheet in sight: worked out by the server, with what was typed since laid over it. */
  const sheet = computed<PlanSheet | null>(() => {
    const now = worked.value;
    if (!now || !active.value) return now;
    if (!working.value && refused.value.length === 0 && !problem.value) return now;
    const over = now === base.value ? steps.value : steps.value.map((step) => ({ ...step, changes: step.changes.filter((change) => change.op !== "add" || !now.activities.some((row) => row.id === change.key)) }));
    return { ...now, activities: laidOver(now.activities, over) };
  });

  function take(step: Step) {
    if (!step.changes.length) return;
    undone.value = [];
    steps.value = [...steps.value, step];
  }
  function back() {
    const last = steps.value[steps.value.length - 1];
    if (!last) return null;
    steps.value = steps.value.slice(0, -1);
    undone.value = [...undone.value, last];
    return last;
  }
  function again() {
    const last = undone.value[undone.value.length - 1];
    if (!last) return null;
    undone.value = undone.value.slice(0, -1);
    steps.value = [...steps.value, last];
    return last;
  }
  function drop() {
    undone.value = [...steps.value].reverse();
    steps.value = [];
    opened.value = null;
  }
  /** Says that the steps in hand are those of this kept trial. */
  function isNow(scenario: Scenario) {
    opened.value = { id: scenario.id, name: scenario.name, remark: scenario.remark, version: scenario.version, said: saidBy(request.value) };
  }
  function load(scenario: Scenario, own: Step[]) {
    undone.value = [];
    // What another trial would do must not stand where this one is decided on.
    diff.value = null;
    steps.value = own;
    isNow(scenario);
  }
  /** Keeps the steps under a name, in the place of those of a kept trial or as a new one. */
  async function keepAs(name: string, remark: string, over: Opened | null): Promise<Scenario> {
    const path = `/projects/${project.value}/plan/scenarios`;
    const body = { name, remark, steps: keptSteps(steps.value, versions.value) };
    try {
      const { data } = over ? await write<Scenario>("PUT", `${path}/${over.id}`, { ...body, version: over.version }) : await write<Scenario>("POST", path, body);
      isNow(data);
      await client.invalidateQueries();
      return data;
    } catch (failure) {
      if (failure instanceof ApiError && (failure.status === 409 || failure.status === 412)) void refetch();
      throw failure;
    }
  }
  async function save(reason: string): Promise<PlanDiff | null> {
    busy.value = true;
    problem.value = "";
    try {
      const { data } = await write<PlanDiff>("POST", `/projects/${project.value}/plan/changes`, { changes: request.value, reason, dry_run: false, with_sheet: false, ...(opened.value && !altered.value ? { scenario: opened.value.id } : {}) });
      steps.value = [];
      opened.value = null;
      undone.value = [];
      await client.invalidateQueries();
      return data;
    } catch (failure) {
      problem.value = problemText(failure);
      refused.value = failure instanceof ApiError ? failure.findings : [];
      // Somebody was faster: the newest plan is read, and the steps are worked out on top of it.
      if (failure instanceof ApiError && (failure.status === 409 || failure.status === 412)) await refetch();
      return null;
    } finally {
      busy.value = false;
    }
  }
  async function undoSaved(batch: string, reason: string): Promise<boolean> {
    busy.value = true;
    try {
      await write("POST", `/projects/${project.value}/plan/changes/${batch}/undo`, { reason });
      await client.invalidateQueries();
      return true;
    } catch (failure) {
      problem.value = problemText(failure);
      refused.value = failure instanceof ApiError ? failure.findings : [];
      return false;
    } finally {
      busy.value = false;
    }
  }
  const editable = computed(() => Boolean(base.value?.editable) && asOf.value === null);
  return { base, sheet, error, refetch, isFetching, steps, undone, active, diff, problem, refused, working, busy, editable, opened, altered, request, take, back, again, drop, load, keepAs, save, undoSaved };
}
export type Trial = ReturnType<typeof useTrial>;
