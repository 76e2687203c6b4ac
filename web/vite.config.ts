// How the pages are built and served while developing.
// `npm run dev` talks to a running server (GUATU_API, default the server's own
// default address) or, with GUATU_FIXTURES=1, to the made-up district in src/fixtures.
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

const fixtures: Plugin = {
  name: "guatu-fixtures",
  async configureServer(server) {
    if (!process.env.GUATU_FIXTURES) return;
    const { createDistrict } = await import("./src/fixtures/server.mjs");
    const district = createDistrict();
    server.middlewares.use((request, response, next) => {
      if (request.url?.startsWith("/api/")) void district.answer(request, response);
      else next();
    });
  },
};

export default defineConfig({
  plugins: [vue(), fixtures],
  define: {
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_I18N_FULL_INSTALL__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __INTLIFY_PROD_DEVTOOLS__: "false",
  },
  server: {
    port: 5173,
    proxy: process.env.GUATU_FIXTURES
      ? undefined
      : { "/api": process.env.GUATU_API ?? "http://127.0.0.1:8600" },
  },
  build: {
    outDir: "dist",
    target: "chrome86",
    cssTarget: "chrome86",
    // Data addresses would need a looser content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
