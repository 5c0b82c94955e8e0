// SPDX-License-Identifier: Apache-2.0
// One group: its name, members and roles.
import { button, column, deleting, element, form, go, heading, link, may, pagedList, roleMappings, section, show, tabs, text } from "../lib/page.js";
import { askForGroup, nameFields } from "./groups.js";

async function details({ api, id, group }) {
  const save = async (changed) => {
    await api.put(["groups", id], changed);
    await show();
  };
  return section(text("tab.details"), form({ fields: nameFields(), object: group, save, locked: !may("manage-users") }));
}

async function members({ realm, api, id }) {
  const columns = [
    column("user.username", (row) => link([realm, "users", row.id], row.username)),
    column("user.email", "email"),
  ];
  return element("section", {}, await pagedList({
    caption: text("tab.members"), columns, searchable: false,
    load: ({ first, max }) => api.get(["groups", id, "members"], { first, max, briefRepresentation: true }),
  }));
}

const roles = ({ api, id }) => roleMappings({ api, path: ["groups", id, "role-mappings"], locked: !may("manage-users") });
const parts = { details, members, "role-mapping": roles };

export async function groupPage(context) {
  const { realm, api, id, tab = "details" } = context;
  const group = await api.get(["groups", id]);
  const name = Object.hasOwn(parts, tab) ? tab : "details";
  const remove = deleting("group", group.path, () => api.remove(["groups", id]), () => go(realm, "groups"));
  return [
    heading(group.name, may("manage-users") && [
      button(text("group.create_below"), () => askForGroup(api, ["groups", id, "children"]), "other"),
      button(text("group.delete"), remove, "other danger")]),
    element("p", { class: "soft under" }, group.path),
    tabs([realm, "groups", id], Object.keys(parts), name),
    await parts[name]({ ...context, group }),
  ];
}
