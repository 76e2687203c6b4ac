// A lamp that may be missing: nothing lit is grey.
import type { Lamp, Light, Rag } from "../api/types";

export function ragOf(lamp: Lamp | Light | undefined): Rag {
  if (!lamp) return "grey";
  return typeof lamp === "string" ? lamp : lamp.rag;
}
