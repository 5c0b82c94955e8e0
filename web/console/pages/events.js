// SPDX-License-Identifier: Apache-2.0
// What users did in a realm, and what administrators did: charts of the last day, and a table with filters.
import { acting, button, changing, column, date, element, heading, may, newId, openDialog, pagedList, section, soft, tabs, text } from "../lib/page.js";
import { hourChart } from "../lib/chart.js";

const most = 5000; // that are counted for the charts
const tokens = ["CODE_TO_TOKEN", "CLIENT_LOGIN", "REFRESH_TOKEN", "TOKEN_EXCHANGE"];
const is = (name) => (event) => event.operationType === name;
const told = (name, cell) => column(`events.${name}`, cell);
const timeColumn = () => told("time", (event) => date(event.time));
const errorOf = (event) => event.error && element("span", { class: "tag" }, event.error);

// As it was sent, secrets masked by the API.
function representation(event) {
  let words = event.representation;
  try {
    words = JSON.stringify(JSON.parse(words), null, 2);
  } catch {
    // Cut off: shown as it is.
  }
  const dialog = openDialog(event.resourcePath, element("pre", { class: "code", tabindex: "0" }, words),
    element("div", { class: "actions" }, button(text("notice.close"), () => dialog.close(), "other")));
}

// Of each kind: where it is, what turns it on, its charts, filters and columns.
const kinds = {
  user: {
    path: "events", on: "eventsEnabled", filters: ["type", "user", "client", "ipAddress", "dateFrom", "dateTo"],
    charts: { logins: ({ type }) => type === "LOGIN", failures: ({ type }) => type.endsWith("_ERROR"), tokens: ({ type }) => tokens.includes(type) },
    choices: (config) => ({ type: [...(config.enabledEventTypes ?? [])].sort() }),
    columns: () => [
      timeColumn(), told("type", (event) => [event.type, errorOf(event)]), told("user", (event) => event.details?.username ?? event.userId ?? ""),
      told("client", (event) => event.clientId ?? ""), told("ipAddress", (event) => event.ipAddress ?? ""),
    ],
  },
  admin: {
    path: "admin-events", on: "adminEventsEnabled", filters: ["operationTypes", "resourcePath", "authUser", "dateFrom", "dateTo"],
    charts: { created: is("CREATE"), updated: is("UPDATE"), deleted: is("DELETE") },
    choices: () => ({ operationTypes: ["CREATE", "UPDATE", "DELETE", "ACTION"] }),
    columns: () => [
      timeColumn(), told("operationTypes", (event) => [event.operationType, errorOf(event)]),
      told("resourcePath", (event) => (event.representation ? button(event.resourcePath, () => representation(event), "plain-name") : event.resourcePath)),
      told("authUser", (event) => event.authDetails.userId), told("ipAddress", (event) => event.authDetails.ipAddress),
    ],
  },
};

async function charts(api, kind) {
  const now = Date.now();
  const yesterday = new Date(now - 86400000).toISOString().slice(0, 10);
  const events = await api.get([kind.path], { dateFrom: yesterday, first: 0, max: most });
  return section(text("events.day"),
    events.length === most ? soft("events.many", most) : null,
    element("div", { class: "charts" }, Object.entries(kind.charts).map(([name, fits]) =>
      hourChart(text(`events.${name}`), events.filter(fits).map((event) => event.time), now))));
}

function control(name, choices) {
  const id = newId();
  const made = choices
    ? element("select", { id }, ["", ...choices].map((each) => element("option", { value: each }, each || text("events.any"))))
    : element("input", { id, type: name.startsWith("date") ? "date" : "text", autocomplete: "off" });
  return { name, made, row: element("div", { class: "field" }, element("label", { for: id }, text(`events.${name}`)), made) };
}

async function list(api, kind, config, caption) {
  const choices = kind.choices(config);
  const controls = kind.filters.map((name) => control(name, choices[name]));
  const place = element("div", {});
  const fill = async () => {
    const wanted = Object.fromEntries(controls.map(({ name, made }) => [name, made.value.trim()]));
    const load = ({ first, max }) => api.get([kind.path], { ...wanted, first, max });
    place.replaceChildren(await pagedList({ caption, columns: kind.columns(), load, empty: text("events.none"), searchable: false }));
  };
  const form = element("form", { class: "filters", role: "search", "aria-label": text("events.filter") }, controls.map(({ row }) => row),
    element("button", { type: "submit", class: "button other" }, text("events.filter")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    acting(fill)();
  });
  await fill();
  return [form, place];
}

// Of administrators with what they sent.
const keepEvents = (api, { on }) =>
  changing(() => api.put(["events", "config"], { [on]: true, ...(on === "eventsEnabled" ? {} : { adminEventsDetailsEnabled: true }) }), text("form.saved"));

export async function eventsPage({ realm, api, kind: name = "user" }) {
  if (!Object.hasOwn(kinds, name)) throw new Error(text("error.no_page"));
  const kind = kinds[name];
  const config = await api.get(["events", "config"]);
  const off = config[kind.on] ? null : element("div", { class: "panel" }, element("p", {}, text("events.off")),
    may("manage-events") ? element("div", { class: "actions" }, button(text("events.keep"), keepEvents(api, kind))) : null);
  const title = text(`tab.${name}`);
  return [
    heading(title), tabs([realm, "events"], Object.keys(kinds), name),
    off, ...(await Promise.all([charts(api, kind), list(api, kind, config, title)])),
  ];
}
