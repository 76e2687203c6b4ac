// Which cells of a list can be typed in where they stand.
import type { FieldKind, FieldView, RecordView, RegisterView } from "../api/types";

export const EDITED_IN_PLACE: ReadonlySet<FieldKind> = new Set<FieldKind>(["text", "long_text", "int", "decimal", "money", "percent", "date", "bool", "code", "person", "phone"]);

/** A cell is typed in place when its field is plain and the person may change the record; forms judge the rest. */
export function editableCell(view: RegisterView, record: RecordView, field: FieldView): boolean {
  const plain = EDITED_IN_PLACE.has(field.kind) && !field.system && !field.computed && !field.mask && !(field.set_once && record.values[field.id] != null);
  const allowed = record.rights ? record.rights.update : (view.can?.update ?? true);
  const open = view.flow?.states.find((state) => state.id === record.state?.id)?.editable;
  return plain && allowed && !record.withdrawn && (!open || open.includes(field.id));
}
