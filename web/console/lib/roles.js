// SPDX-License-Identifier: Apache-2.0
// Which roles something has, and the dialog that gives it more: users, groups and composite roles.
import { may } from "./access.js";
import { below, button, element, newId, section, soft } from "./elements.js";
import { closing, openDialog } from "./dialog.js";
import { acting } from "./notice.js";
import { show } from "./shell.js";
import { actionColumn, column, wholeList } from "./table.js";
import { text, told } from "./text.js";

// The roles of the realm, or of the client that is chosen; ticked ones are given.
async function chooseRoles(api, available, give) {
  const clients = may("view-clients", "manage-clients", "query-clients") ? await api.get(["clients"], { briefRepresentation: true }) : [];
  const id = newId();
  const place = element("div", { class: "choices" });
  const source = element("select", { id }, element("option", { value: "" }, text("role.of_realm")),
    clients.map((client) => element("option", { value: client.id }, client.clientId)));
  let roles = [];
  const fill = async () => {
    roles = await available(source.value);
    place.replaceChildren(...roles.map((role) => {
      const box = newId();
      return element("div", { class: "choice" }, element("input", { id: box, type: "checkbox", value: role.id }),
        element("label", { for: box }, role.name, element("span", { class: "soft" }, ` ${told(role.description)}`)));
    }));
    if (roles.length === 0) place.replaceChildren(soft("role.none_left"));
  };
  source.addEventListener("change", acting(fill));
  await fill();
  const dialog = openDialog(text("role.assign"), element("div", { class: "field" }, element("label", { for: id }, text("role.source")), source), place,
    closing(button(text("role.assign"), acting(async () => {
      const ticked = [...place.querySelectorAll(":checked")].map((box) => box.value);
      const chosen = roles.filter((role) => ticked.includes(role.id));
      if (chosen.length > 0) await give(source.value, chosen);
      dialog.close();
      await show();
    }))));
}

// `rows`: {role, clientId, client}, client being the id of its client or "".
async function rolesPanel({ api, title, rows, available, give, take, locked }) {
  const remove = (row) => acting(async () => {
    await take(row.client, [row.role]);
    await show();
  });
  const columns = [
    column("role.name", (row) => row.role.name),
    column("role.source", (row) => row.clientId || text("role.of_realm")),
    column("field.description", (row) => told(row.role.description)),
    actionColumn(!locked, "role.take", remove),
  ];
  return section(title,
    await wholeList({ caption: title, columns, rows, matches: (row) => `${row.role.name} ${row.clientId}`, empty: text("role.none") }),
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
    api, rows, locked, title: text("role.mappings"),
    available: (client) => api.get([...at(client), "available"]),
    give: (client, roles) => api.post(at(client), roles),
    take: (client, roles) => api.remove(at(client), roles),
  });
}

export async function compositeRoles({ api, role, locked }) {
  const path = ["roles-by-id", role.id, "composites"];
  const inside = await api.get(path);
  const clients = inside.some((each) => each.clientRole) && may("view-clients", "manage-clients", "query-clients") ? await api.get(["clients"], { briefRepresentation: true }) : [];
  const nameOf = (id) => clients.find((client) => client.id === id)?.clientId ?? id;
  const rows = inside.map((each) => ({ role: each, client: each.clientRole ? each.containerId : "", clientId: each.clientRole ? nameOf(each.containerId) : "" }));
  const taken = [role.id, ...inside.map((each) => each.id)];
  return rolesPanel({
    api, rows, locked, title: text("role.composites"),
    available: async (client) => (await api.get(client === "" ? ["roles"] : ["clients", client, "roles"])).filter((each) => !taken.includes(each.id)),
    give: (_, roles) => api.post(path, roles),
    take: (_, roles) => api.remove(path, roles),
  });
}
