// SPDX-License-Identifier: Apache-2.0
// Roles of the realm and of clients: lists, a new one, and one role with what it contains.
import { below, button, column, compositeRoles, deleting, form, formDialog, go, heading, link, may, needed, section, show, text, told, wholeList, yesNo } from "../lib/page.js";

const fields = () => [
  { name: "name", label: text("role.name"), ...needed },
  { name: "description", label: text("field.description") },
];

// `path`: of the roles, in the realm or in a client.
function askForRole(api, path) {
  formDialog(text("roles.create"), { fields: fields(), done: text("word.created"), save: (role) => api.create(path, role), then: show });
}

const create = (api, path, allowed) => allowed && button(text("roles.create"), () => askForRole(api, path));

async function list(realm, api, path) {
  const rows = await api.get(path);
  const columns = [
    column("role.name", (row) => link([realm, "roles", row.id], row.name)),
    column("field.description", (row) => told(row.description)),
    column("role.composite", (row) => yesNo(row.composite)),
  ];
  return wholeList({ caption: text("tab.roles"), columns, rows, matches: (row) => row.name });
}

export async function rolesPage({ realm, api }) {
  return [heading(text("nav.roles"), create(api, ["roles"], may("manage-realm"))), await list(realm, api, ["roles"])];
}

export async function clientRoles({ realm, api, id }) {
  const path = ["clients", id, "roles"];
  return [await list(realm, api, path), below(create(api, path, may("manage-clients")))];
}

export async function rolePage({ realm, api, id }) {
  const role = await api.get(["roles-by-id", id]);
  const locked = !may(role.clientRole ? "manage-clients" : "manage-realm");
  const path = ["roles-by-id", id];
  const back = () => (role.clientRole ? go(realm, "clients", role.containerId, "roles") : go(realm, "roles"));
  const remove = deleting("role", role.name, () => api.remove(path), back);
  return [
    heading(role.name, !locked && button(text("role.delete"), remove, "other danger")),
    section(text("tab.details"), form({ fields: fields(), object: role, save: (changed) => api.put(path, changed), locked })),
    await compositeRoles({ api, role, locked }),
  ];
}
