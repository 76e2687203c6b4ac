// Whether the search dialog is open; Ctrl K and the box in the top bar both open it.
import { ref } from "vue";

export const searching = ref(false);
export function openSearch(): void {
  searching.value = true;
}
