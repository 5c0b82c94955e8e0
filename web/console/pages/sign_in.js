// SPDX-License-Identifier: Apache-2.0
// How people sign in to a realm: what may be asked of them, the flows, and identity providers that are kept.
import { may } from "../lib/access.js";
import { button, element, heading, section } from "../lib/elements.js";
import { confirmed } from "../lib/dialog.js";
import { acting } from "../lib/notice.js";
import { show } from "../lib/shell.js";
import { table } from "../lib/table.js";
import { text } from "../lib/text.js";

function actions(api, rows) {
  const toggle = (row, member, label) => {
    const put = acting(async () => {
      await api.put(["authentication", "required-actions", row.alias], { ...row, [member]: !row[member] });
      await show();
    }, text("form.saved"));
    return element("input", { type: "checkbox", role: "switch", "aria-label": `${label}: ${row.name ?? row.alias}`, checked: row[member], disabled: !may("manage-realm"), onchange: put });
  };
  const column = (member, label) => ({ title: label, cell: (row) => toggle(row, member, label) });
  return section(text("signin.actions"), table(text("signin.actions"), [
    { title: text("field.name"), cell: (row) => row.name ?? row.alias },
    column("enabled", text("field.enabled")), column("defaultAction", text("signin.default")),
  ], rows));
}

async function flows(api) {
  const all = await api.get(["authentication", "flows"]);
  const steps = await Promise.all(all.map((flow) => api.get(["authentication", "flows", flow.alias, "executions"])));
  return section(text("signin.flows"), all.map((flow, i) => [
    element("h3", {}, flow.alias),
    table(flow.alias, [
      { title: text("signin.step"), cell: (step) => `${"– ".repeat(step.level)}${step.displayName}` },
      { title: text("signin.requirement"), cell: (step) => step.requirement },
    ], steps[i]),
  ]));
}

async function providers(api) {
  const rows = await api.get(["identity-provider", "instances"]);
  const remove = (row) => acting(async () => {
    if (!(await confirmed(text("signin.delete"), text("signin.delete_sure", row.alias), text("word.delete")))) return;
    await api.remove(["identity-provider", "instances", row.alias]);
    await show();
  });
  return section(text("signin.providers"), element("p", { class: "soft" }, text("signin.providers_help")),
    rows.length > 0 && table(text("signin.providers"), [
      { title: text("signin.alias"), cell: (row) => row.alias },
      { title: text("realm.display_name"), cell: (row) => row.displayName ?? "" },
      { title: text("mapper.kind"), cell: (row) => row.providerId },
      { title: text("word.actions"), hidden: true, cell: (row) => may("manage-identity-providers") && button(text("word.delete"), remove(row), "other") },
    ], rows));
}

export async function signInPage({ api }) {
  const rows = await api.get(["authentication", "required-actions"]);
  return [
    heading(text("signin.title")), actions(api, rows), await flows(api),
    may("view-identity-providers", "manage-identity-providers") && (await providers(api)),
  ];
}
