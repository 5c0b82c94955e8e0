// SPDX-License-Identifier: Apache-2.0
// How people sign in to a realm: what may be asked of them, the flows, and identity providers.
import { acting, actionColumn, column, deleting, element, heading, may, section, show, soft, table, text } from "../lib/page.js";

function actions(api, rows) {
  const toggle = (row, member, label) => {
    const put = acting(async ({ target }) => {
      try {
        await api.put(["authentication", "required-actions", row.alias], { ...row, [member]: target.checked });
        row[member] = target.checked;
      } finally {
        target.checked = row[member];
      }
    }, text("form.saved"));
    return element("input", { type: "checkbox", role: "switch", "aria-label": `${label}: ${row.name ?? row.alias}`, checked: row[member], disabled: !may("manage-realm"), onchange: put });
  };
  const switches = (member, key) => column(key, (row) => toggle(row, member, text(key)));
  return section(text("signin.actions"), table(text("signin.actions"), [
    column("field.name", (row) => row.name ?? row.alias),
    switches("enabled", "field.enabled"), switches("defaultAction", "signin.default"),
  ], rows));
}

async function flows(api) {
  const all = await api.get(["authentication", "flows"]);
  const steps = await Promise.all(all.map((flow) => api.get(["authentication", "flows", flow.alias, "executions"])));
  return section(text("signin.flows"), all.map((flow, i) => [
    element("h3", {}, flow.alias),
    table(flow.alias, [
      column("signin.step", (step) => `${"– ".repeat(step.level)}${step.displayName}`),
      column("signin.requirement", (step) => step.requirement),
    ], steps[i]),
  ]));
}

async function providers(api) {
  const rows = await api.get(["identity-provider", "instances"]);
  const remove = (row) => deleting("signin", row.alias, () => api.remove(["identity-provider", "instances", row.alias]), show);
  return section(text("signin.providers"),
    rows.length === 0 ? soft("list.none") : table(text("signin.providers"), [
      column("signin.alias", "alias"),
      column("realm.display_name", "displayName"),
      column("word.type", "providerId"),
      actionColumn(may("manage-identity-providers"), "word.delete", remove),
    ], rows));
}

export async function signInPage({ api }) {
  const rows = await api.get(["authentication", "required-actions"]);
  return [
    heading(text("signin.title")), actions(api, rows), await flows(api),
    may("view-identity-providers", "manage-identity-providers") && (await providers(api)),
  ];
}
