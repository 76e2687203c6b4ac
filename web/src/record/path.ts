// 主线. The states a record of a flow passes when nothing goes wrong, for the strip above its page.
import type { FlowView } from "../api/types";

/** The longest way forward, in the order the states are written, from the first state to one that is done. */
function longest(flow: FlowView, from: number, seen: Map<number, number[] | null>): number[] | null {
  const known = seen.get(from);
  if (known !== undefined) return known;
  const state = flow.states[from];
  if (!state) return null;
  const nexts = flow.transitions
    .filter((one) => one.from.includes(state.id) || (one.from.length === 0 && !state.final))
    .map((one) => flow.states.findIndex((each) => each.id === one.to))
    .filter((at) => at > from);
  let best: number[] | null = state.done || state.final ? [from] : null;
  for (const next of nexts) {
    const rest = longest(flow, next, seen);
    if (rest && (!best || rest.length + 1 > best.length)) best = [from, ...rest];
  }
  seen.set(from, best);
  return best;
}

/** Ids of the main way; a state off it is put in after those that come before it. */
export function pathOf(flow: FlowView, current: string | null): string[] {
  const first = Math.max(0, flow.states.findIndex((state) => state.initial));
  const way = longest(flow, first, new Map()) ?? flow.states.map((_, at) => at);
  const at = flow.states.findIndex((state) => state.id === current);
  const all = at >= 0 && !way.includes(at) ? [...way, at].sort((a, b) => a - b) : way;
  return all.map((each) => flow.states[each]?.id ?? "");
}
