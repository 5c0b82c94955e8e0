// SPDX-License-Identifier: Apache-2.0
// One group: its name, members and roles.
import { may } from "../lib/access.js";
import { button, element, heading, link, section } from "../lib/elements.js";
import { confirmed } from "../lib/dialog.js";
import { form } from "../lib/form.js";
import { acting } from "../lib/notice.js";
import { roleMappings } from "../lib/roles.js";
import { go, show } from "../lib/shell.js";
import { pagedList } from "../lib/table.js";
import { tabs } from "../lib/tabs.js";
import { text } from "../lib/text.js";
import { askForGroup } from "./groups.js";

async function details({ api, id, group }) {
  const save = async (changed) => {
    await api.put(["groups", id], changed);
    await show();
  };
  return section(text("group.tab_details"), form({ fields: [{ name: "name", label: text("group.name"), required: true, always: true }], object: group, save, locked: !may("manage-users") }));
}

async function members({ realm, api, id }) {
  const columns = [
    { title: text("user.username"), cell: (row) => link([realm, "users", row.id], row.username) },
    { title: text("user.email"), cell: (row) => row.email ?? "" },
  ];
  return element("section", {}, await pagedList({
    caption: text("group.tab_members"), columns, searchable: false, empty: text("group.no_members"),
    load: ({ first, max }) => api.get(["groups", id, "members"], { first, max, briefRepresentation: true }),
  }));
}

const roles = ({ api, id }) => roleMappings({ api, path: ["groups", id, "role-mappings"], locked: !may("manage-users") });
const parts = { details, members, roles };

export async function groupPage(context) {
  const { realm, api, id, tab = "details" } = context;
  const group = await api.get(["groups", id]);
  const name = Object.hasOwn(parts, tab) ? tab : "details";
  const remove = acting(async () => {
    if (!(await confirmed(text("group.delete"), text("group.delete_sure", group.path), text("word.delete")))) return;
    await api.remove(["groups", id]);
    go(realm, "groups");
  });
  return [
    heading(group.name, may("manage-users") && [
      button(text("group.create_below"), () => askForGroup(api, ["groups", id, "children"]), "other"),
      button(text("group.delete"), remove, "other danger")]),
    element("p", { class: "soft under" }, group.path),
    tabs(text("group.parts"), [realm, "groups", id], Object.keys(parts).map((each) => [each, text(`group.tab_${each}`)]), name),
    await parts[name]({ ...context, group }),
  ];
}
