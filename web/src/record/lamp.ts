// A lamp as the server gives it: a colour alone, or a colour with its word.
import type { Lamp, Rag } from "../api/types";

export function ragOf(lamp: Lamp | undefined): Rag {
  if (!lamp) return "grey";
  return typeof lamp === "string" ? lamp : lamp.rag;
}
