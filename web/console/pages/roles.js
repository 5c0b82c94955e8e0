// SPDX-License-Identifier: Apache-2.0
// Roles of the realm and of clients: lists, a new one, and one role with what it contains.
import { may } from "../lib/access.js";
import { button, element, heading, link, section } from "../lib/elements.js";
import { confirmed, openDialog } from "../lib/dialog.js";
import { form } from "../lib/form.js";
import { acting } from "../lib/notice.js";
import { compositeRoles } from "../lib/roles.js";
import { go, show } from "../lib/shell.js";
import { wholeList } from "../lib/table.js";
import { text, told } from "../lib/text.js";

const fields = () => [
  { name: "name", label: text("role.name"), required: true, always: true },
  { name: "description", label: text("field.description") },
];

// `path`: of the roles, in the realm or in a client.
function askForRole(api, path) {
  const save = async (role) => {
    await api.create(path, role);
    dialog.close();
    await show();
  };
  const cancel = button(text("dialog.cancel"), () => dialog.close(), "other");
  const dialog = openDialog(text("roles.create"), form({ fields: fields(), save, label: text("roles.create"), done: text("role.created"), cancel }));
}

const create = (api, path, allowed) => allowed && button(text("roles.create"), () => askForRole(api, path));

async function list(realm, api, path) {
  const rows = await api.get(path);
  const columns = [
    { title: text("role.name"), cell: (row) => link([realm, "roles", row.id], row.name) },
    { title: text("field.description"), cell: (row) => told(row.description) },
    { title: text("role.composite"), cell: (row) => text(row.composite ? "word.yes" : "word.no") },
  ];
  return wholeList({ caption: text("roles.title"), columns, rows, matches: (row) => row.name, empty: text("role.none") });
}

export async function rolesPage({ realm, api }) {
  return [heading(text("nav.roles"), create(api, ["roles"], may("manage-realm"))), await list(realm, api, ["roles"])];
}

export async function clientRoles({ realm, api, id }) {
  const path = ["clients", id, "roles"];
  return [await list(realm, api, path), element("div", { class: "actions below" }, create(api, path, may("manage-clients")))];
}

export async function rolePage({ realm, api, id }) {
  const role = await api.get(["roles-by-id", id]);
  const locked = !may(role.clientRole ? "manage-clients" : "manage-realm");
  const path = ["roles-by-id", id];
  const back = () => (role.clientRole ? go(realm, "clients", role.containerId, "roles") : go(realm, "roles"));
  const remove = acting(async () => {
    if (!(await confirmed(text("role.delete"), text("role.delete_sure", role.name), text("word.delete")))) return;
    await api.remove(path);
    back();
  });
  return [
    heading(role.name, !locked && button(text("role.delete"), remove, "other danger")),
    section(text("role.details"), form({ fields: fields(), object: role, save: (changed) => api.put(path, changed), locked })),
    await compositeRoles({ api, role, locked }),
  ];
}
