// Which fields of the matters register a one-minute order fills, found by what they are and not by a fixed list.
import type { Action, FieldView, Json, RegisterView, Values } from "../api/types";

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
    photos: first(["photos", "photos_before", "site_photos"], "attachment"),
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

/** The step that makes a draft an order, if the register has a workflow and it may be done now. */
export function orderAction(actions: Action[] | undefined): Action | null {
  const open = (actions ?? []).filter((action) => !action.refused && !action.negative);
  return open.find((action) => ["assign", "issue", "hand_out", "order"].includes(action.id)) ?? null;
}
