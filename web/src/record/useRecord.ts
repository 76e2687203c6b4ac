// Saving, withdrawing and restoring one record, with what went wrong in words.
import { useQueryClient } from "@tanstack/vue-query";
import { ref } from "vue";
import { ApiError, newKey, write } from "../api/client";
import type { Finding, RecordView, Values } from "../api/types";
import { problemText } from "../components/problem";

export function useRecordWrites(register: () => string) {
  const client = useQueryClient();
  const busy = ref(false);
  const problem = ref("");
  const findings = ref<Finding[]>([]);
  let attempt = { content: "", key: "" };

  /** Runs one write; true when it went through. Pages read again either way after a conflict. */
  async function run(action: () => Promise<unknown>): Promise<boolean> {
    busy.value = true;
    problem.value = "";
    findings.value = [];
    try {
      await action();
      await client.invalidateQueries();
      return true;
    } catch (error) {
      problem.value = problemText(error);
      if (error instanceof ApiError) {
        findings.value = error.findings;
        if (error.status === 409 || error.status === 412) await client.invalidateQueries();
      }
      return false;
    } finally {
      busy.value = false;
    }
  }
  const path = (id: string) => `/registers/${register()}/records/${id}`;
  const tag = (record: RecordView) => ({ ifMatch: `"${record.version}"` });

  return {
    busy,
    problem,
    findings,
    save: (record: RecordView, values: Values, reason: string) => run(() => write("PATCH", path(record.id), { values, reason }, tag(record))),
    withdraw: (record: RecordView, reason: string) => run(() => write("DELETE", path(record.id), { reason }, tag(record))),
    restore: (record: RecordView, reason: string) => run(() => write("POST", `${path(record.id)}/restore`, { reason }, tag(record))),
    create: async (values: Values, reason: string): Promise<RecordView | null> => {
      let made: RecordView | null = null;
      // A repeated click or a try after a broken line is the same request; a corrected form is another.
      const content = JSON.stringify([values, reason]);
      if (content !== attempt.content) attempt = { content, key: newKey() };
      await run(async () => {
        made = (await write<RecordView>("POST", `/registers/${register()}/records`, { values, reason }, { idempotencyKey: attempt.key })).data;
      });
      return made;
    },
  };
}
