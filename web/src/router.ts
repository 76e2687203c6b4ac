// Addresses of the app. Pages beyond the first are loaded when first visited.
import { createRouter, createWebHistory } from "vue-router";

export function createAppRouter() {
  return createRouter({
    history: createWebHistory(),
    routes: [
      { path: "/signin", component: () => import("./pages/SignIn.vue"), meta: { bare: true, title: "signin.title" } },
      { path: "/", component: () => import("./pages/Home.vue"), meta: { title: "place.home" } },
      { path: "/wall/:round(\\d+)?", component: () => import("./pages/Wall.vue"), meta: { title: "place.wall" } },
      { path: "/wall/snapshots/:snapshot", component: () => import("./pages/Wall.vue"), meta: { title: "snapshot.title" } },
      { path: "/projects", component: () => import("./pages/Projects.vue"), meta: { title: "place.projects" } },
      { path: "/projects/new", component: () => import("./pages/NewRecord.vue"), props: { register: "project" }, meta: { title: "record.new" } },
      { path: "/projects/:id", component: () => import("./pages/Project.vue"), meta: { title: "project.title" } },
      { path: "/projects/:id/plan", component: () => import("./plan/Page.vue"), meta: { title: "planView.title" } },
      { path: "/rounds/:no(\\d+)", component: () => import("./round/Round.vue"), meta: { title: "round.title" } },
      { path: "/calendars/:code?", component: () => import("./plan/Calendars.vue"), meta: { title: "calendars.title" } },
      { path: "/import", component: () => import("./pages/Import.vue"), meta: { title: "place.import" } },
      { path: "/tasks", component: () => import("./task/Tasks.vue"), meta: { title: "task.title" } },
      { path: "/assign", component: () => import("./assign/Assign.vue"), meta: { title: "assign.title" } },
      { path: "/matters", component: () => import("./assign/League.vue"), meta: { title: "league.title" } },
      { path: "/asks", component: () => import("./cycle/Asks.vue"), meta: { title: "asks.title" } },
      { path: "/registers", component: () => import("./pages/Registers.vue"), meta: { title: "place.registers" } },
      { path: "/registers/project", redirect: (to) => ({ path: "/projects", query: to.query }) },
      { path: "/registers/project/:id", redirect: (to) => `/projects/${String(to.params.id)}` },
      { path: "/registers/new", component: () => import("./defining/Definition.vue"), meta: { title: "defining.newTitle" } },
      { path: "/registers/:register/definition", component: () => import("./defining/Definition.vue"), props: true, meta: { title: "defining.title" } },
      { path: "/registers/:register/cycle", component: () => import("./cycle/Board.vue"), props: true, meta: { title: "cycle.title" } },
      { path: "/registers/:register/figures", component: () => import("./figures_of/Figures.vue"), props: true, meta: { title: "figuresOf.title" } },
      { path: "/registers/:register", component: () => import("./pages/Register.vue"), meta: { title: "place.registers" } },
      { path: "/registers/:register/new", component: () => import("./pages/NewRecord.vue"), props: true, meta: { title: "record.new" } },
      { path: "/registers/:register/:id", component: () => import("./pages/Record.vue"), meta: { title: "record.title" } },
      { path: "/:rest(.*)*", component: () => import("./pages/NotFound.vue"), meta: { title: "notFound.title" } },
    ],
  });
}
