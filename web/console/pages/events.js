// SPDX-License-Identifier: Apache-2.0
// What users did in a realm: charts of the last day, and a table with filters.
import { may } from "../lib/access.js";
import { hourChart } from "../lib/chart.js";
import { button, element, heading, newId, section } from "../lib/elements.js";
import { acting } from "../lib/notice.js";
import { show } from "../lib/shell.js";
import { pagedList } from "../lib/table.js";
import { date, text } from "../lib/text.js";

const most = 5000; // that are counted for the charts
const tokens = ["CODE_TO_TOKEN", "CLIENT_LOGIN", "REFRESH_TOKEN", "TOKEN_EXCHANGE"];
const filters = ["type", "user", "client", "ipAddress", "dateFrom", "dateTo"];

async function charts(api) {
  const now = Date.now();
  const yesterday = new Date(now - 86400000).toISOString().slice(0, 10);
  const events = await api.get(["events"], { dateFrom: yesterday, first: 0, max: most });
  const times = (fits) => events.filter((event) => fits(event.type)).map((event) => event.time);
  return section(text("events.day"),
    events.length === most ? element("p", { class: "soft" }, text("events.many", most)) : null,
    element("div", { class: "charts" },
      hourChart(text("events.logins"), times((type) => type === "LOGIN"), now),
      hourChart(text("events.failures"), times((type) => type.endsWith("_ERROR")), now),
      hourChart(text("events.tokens"), times((type) => tokens.includes(type)), now)));
}

function control(name, types) {
  const id = newId();
  const made = name === "type"
    ? element("select", { id }, ["", ...types].map((type) => element("option", { value: type }, type || text("events.any"))))
    : element("input", { id, type: name.startsWith("date") ? "date" : "text", autocomplete: "off", spellcheck: "false" });
  return { name, made, row: element("div", { class: "field" }, element("label", { for: id }, text(`events.${name}`)), made) };
}

const columns = () => [
  { title: text("events.time"), cell: (event) => date(event.time) },
  { title: text("events.type"), cell: (event) => [event.type, event.error ? element("span", { class: "tag" }, event.error) : null] },
  { title: text("events.user"), cell: (event) => event.details?.username ?? event.userId ?? "" },
  { title: text("events.client"), cell: (event) => event.clientId ?? "" },
  { title: text("events.ipAddress"), cell: (event) => event.ipAddress ?? "" },
];

async function list(api) {
  const config = await api.get(["events", "config"]);
  const controls = filters.map((name) => control(name, [...(config.enabledEventTypes ?? [])].sort()));
  const place = element("div", {});
  const fill = async () => {
    const wanted = Object.fromEntries(controls.map(({ name, made }) => [name, made.value.trim()]));
    const load = ({ first, max }) => api.get(["events"], { ...wanted, first, max });
    place.replaceChildren(await pagedList({ caption: text("events.title"), columns: columns(), load, empty: text("events.none"), searchable: false }));
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

async function keepEvents(api) {
  await api.put(["events", "config"], { eventsEnabled: true });
  await show();
}

export async function eventsPage({ api }) {
  const { eventsEnabled: kept } = await api.get(["events", "config"]);
  const off = kept ? null : element("div", { class: "panel" }, element("p", {}, text("events.off")),
    may("manage-events") ? element("div", { class: "actions" }, button(text("events.keep"), acting(() => keepEvents(api), text("events.kept")))) : null);
  return [heading(text("events.title")), off, await charts(api), await list(api)];
}
