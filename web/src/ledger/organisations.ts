// 机构名录 as choices. Lists filter by record id; addresses may also name an organisation by path.
import { computed } from "vue";
import { useRead } from "../api/reading";
import type { RecordPage } from "../api/types";

export interface Organisation {
  id: string;
  name: string;
  path: string;
  /** district, subdistrict, department … */
  kind: string;
}
export function useOrganisations(wanted: () => boolean) {
  const { data } = useRead<RecordPage>(() => (wanted() ? "/registers/organisation/records" : null), { limit: 500, sort: "path" });
  return computed<Organisation[]>(() =>
    (data.value?.items ?? []).map((item) => ({
      id: item.id,
      name: item.shown.short_name || item.shown.name || item.id,
      kind: typeof item.values.kind === "string" ? item.values.kind : "",
      path: typeof item.values.path === "string" ? item.values.path : item.org_path,
    })),
  );
}
