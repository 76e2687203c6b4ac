import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";
import App from "./App.vue";
import { onSignedOut } from "./api/client";
import { stopListening } from "./api/events";
import { shouldRetry } from "./api/reading";
import { i18n, setLocale, storedLocale } from "./i18n";
import { createAppRouter } from "./router";
import { bindTravel } from "./shell/travel";
import "./style/tokens.css";
import "./style/base.css";
import "./style/parts.css";

const client = new QueryClient({
  defaultOptions: { queries: { retry: shouldRetry, staleTime: 30_000, refetchOnWindowFocus: false } },
});
const router = createAppRouter();
bindTravel(router);
onSignedOut(() => {
  stopListening();
  client.removeQueries({ queryKey: ["/me"] });
  const { path, fullPath } = router.currentRoute.value;
  if (path !== "/signin") void router.replace({ path: "/signin", query: { next: fullPath } });
});
void setLocale(storedLocale());
createApp(App).use(i18n).use(VueQueryPlugin, { queryClient: client }).use(router).mount("#app");
