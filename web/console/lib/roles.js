// SPDX-License-Identifier: Apache-2.0
// Which roles something has, and the dialog that gives it more: users, groups and composite roles.
import { may } from "./access.js";
import { below, button, element, newId, section } from "./elements.js";
import { closing, openDialog } from "./dialog.js";
import { acting } from "./notice.js";
import { changing } from "./shell.js";
import { actionColumn, column, wholeList } from "./table.js";
import { text, told } from "./text.js";

// Whose roles: those of a client that is named, else the realm's. Clients may be too many for a list: what is typed is searched for.
function sourceField(api, take) {
  const id = newId();
  const known = element("datalist", { id: newId() });
  const named = async (clientId, search) => (clientId ? api.get(["clients"], { clientId, search, first: 0, max: 20 }) : []);
  const input = element("input", {
    id, list: known.id, placeholder: text("role.of_realm"), autocomplete: "off",
    oninput: async () => known.replaceChildren(...(await named(input.value, true).catch(() => [])).map(({ clientId }) => element("option", { value: clientId }))),
    onchange: acting(async () => {
      const [client] = await named(input.value);
      if (input.value && !client) throw new Error(text("role.no_client", input.value));
      await take(client?.id ?? "");
    }),
  });
  return element("div", { class: "field" }, element("label", { for: id }, text("role.source")), input, known);
}

// Ticked ones are given, those of one source at once.
async function chooseRoles(api, available, give) {
  const place = element("div", {});
  const ticked = new Map();
  let client = "";
  const tick = (role) => element("label", { class: "choice" }, element("input", {
    type: "checkbox", checked: ticked.has(role.id), onchange: ({ target }) => (target.checked ? ticked.set(role.id, role) : ticked.delete(role.id)),
  }), role.name);
  const fill = async (source) => {
    client = source;
    ticked.clear();
    place.replaceChildren(await wholeList({
      caption: text("role.assign"), columns: [column("role.name", tick), column("field.description", (role) => told(role.description))],
      rows: await available(client), matches: (role) => role.name,
    }));
  };
  await fill("");
  const dialog = openDialog(text("role.assign"), may("view-clients", "manage-clients", "query-clients") && sourceField(api, fill), place,
    closing(button(text("role.assign"), changing(async () => {
      if (ticked.size > 0) await give(client, [...ticked.values()]);
      dialog.close();
    }))));
}

// `rows`: {role, clientId, client}, client being the id of its client or "".
async function rolesPanel({ api, title, rows, available, give, take, locked }) {
  const remove = (row) => changing(() => take(row.client, [row.role]));
  const columns = [
    column("role.name", (row) => row.role.name),
    column("role.source", (row) => row.clientId || text("role.of_realm")),
    column("field.description", (row) => told(row.role.description)),
    actionColumn(!locked, "role.take", remove),
  ];
  return section(title,
    await wholeList({ caption: title, columns, rows, matches: (row) => `${row.role.name} ${row.clientId}` }),
    !locked && below(button(text("role.assign"), acting(() => chooseRoles(api, available, give)))));
}

// `path`: that of the role-mappings of a user or a group.
export async function roleMappings({ api, path, locked }) {
  const { realmMappings = [], clientMappings = {} } = await api.get(path);
  const rows = [
    ...realmMappings.map((role) => ({ role, client: "", clientId: "" })),
    ...Object.values(clientMappings).flatMap(({ id, client, mappings }) => mappings.map((role) => ({ role, client: id, clientId: client }))),
  ];
  const at = (client) => (client === "" ? [...path, "realm"] : [...path, "clients", client]);
  return rolesPanel({
    api, rows, locked, title: text("tab.role-mapping"),
    available: (client) => api.get([...at(client), "available"]),
    give: (client, roles) => api.post(at(client), roles),
    take: (client, roles) => api.remove(at(client), roles),
  });
}

export async function compositeRoles({ api, role, locked }) {
  const path = ["roles-by-id", role.id, "composites"];
  const inside = await api.get(path);
  const owners = new Set(may("view-clients", "manage-clients") ? inside.filter((each) => each.clientRole).map((each) => each.containerId) : []);
  const names = new Map(await Promise.all([...owners].map(async (id) => [id, (await api.get(["clients", id])).clientId])));
  const rows = inside.map((each) => {
    const client = each.clientRole ? each.containerId : "";
    return { role: each, client, clientId: names.get(client) ?? client };
  });
  const taken = [role.id, ...inside.map((each) => each.id)];
  return rolesPanel({
    api, rows, locked, title: text("role.composites"),
    available: async (client) => (await api.get(client === "" ? ["roles"] : ["clients", client, "roles"])).filter((each) => !taken.includes(each.id)),
    give: (_, roles) => api.post(path, roles),
    take: (_, roles) => api.remove(path, roles),
  });
}
