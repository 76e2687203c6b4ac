// Which fields of the matters register a one-minute order fills, found by what they are and not by a fixed list.
import { computed } from "vue";
import { asOf } from "../api/client";
import { useRead } from "../api/reading";
import type { FieldView, FlowView, Json, RegisterList, RegisterView, Values } from "../api/types";

export interface MatterFields {
  title: FieldView | null;
  place: FieldView | null;
  point: FieldView | null;
  photos: FieldView | null;
  unit: FieldView | null;
  due: FieldView | null;
  asked: FieldView | null;
}

export function matterFields(view: RegisterView): MatterFields {
  const own = view.fields.filter((field) => !field.system && !field.computed);
  const first = (ids: string[], kind: FieldView["kind"]) => own.find((field) => ids.includes(field.id)) ?? own.find((field) => field.kind === kind) ?? null;
  const exact = (id: string) => own.find((field) => field.id === id) ?? null;
  return {
    title: exact(view.name_field ?? "title"),
    place: exact("place"),
    point: first(["point", "position"], "geo_point"),
    // Photographs of the place, never the evidence that the work was done: that one opens the way to closing.
    photos: exact("photos") ?? exact("site_photos"),
    unit: first(["lead_unit"], "org"),
    due: exact("due_on") ?? exact("due"),
    asked: exact("asked_on"),
  };
}

export interface Given {
  title: string;
  place: string;
  point: string | null;
  photos: Json;
  unit: string | null;
  due: string;
  today: string;
}

export function matterValues(fields: MatterFields, given: Given): Values {
  const values: Values = {};
  const put = (field: FieldView | null, value: Json) => {
    if (field && value !== null && value !== "") values[field.id] = value;
  };
  put(fields.title, given.title.trim());
  put(fields.place, given.place.trim());
  put(fields.point, given.point);
  put(fields.photos, given.photos);
  put(fields.unit, given.unit);
  put(fields.due, given.due);
  put(fields.asked, given.today);
  return values;
}

/** Without a workflow the state is a plain choice, and a new order stands in the first one. */
export function plainState(view: RegisterView): Values {
  const state = view.flow ? undefined : view.fields.find((field) => field.id === "state" && field.required);
  const first = state?.choices?.[0]?.code;
  return first === undefined ? {} : { state: first };
}

/** The step that gives the order in the same write as the record, where the register has a workflow. */
export function orderStep(flow: FlowView | null | undefined): string | null {
  const first = flow?.states.find((state) => state.initial)?.id;
  return flow?.transitions.find((one) => one.id === "assign" && first !== undefined && one.from.includes(first))?.id ?? null;
}

/** Whether this person's roles let them give an order: make a matter, and send it in the same write. */
export function mayOrder(view: RegisterView): boolean {
  const step = orderStep(view.flow);
  const sends = step === null || (view.flow?.transitions.find((one) => one.id === step)?.mine ?? true);
  return (view.can?.create ?? false) && sends;
}

/** The same for pages of other things that lead to the order; false until it is known, and on a former day. */
export function useMayOrder() {
  const { data: registers } = useRead<RegisterList>("/registers");
  const known = computed(() => registers.value?.registers.some((one) => one.id === "matter") ?? false);
  const { data: view } = useRead<RegisterView>(() => (known.value ? "/registers/matter" : null));
  return computed(() => asOf.value === null && view.value?.id === "matter" && mayOrder(view.value));
}
