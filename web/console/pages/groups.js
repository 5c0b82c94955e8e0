// SPDX-License-Identifier: Apache-2.0
// The tree of groups: what is below a group is asked for when somebody opens it.
import { may } from "../lib/access.js";
import { button, element, heading, link, newId } from "../lib/elements.js";
import { openDialog } from "../lib/dialog.js";
import { form } from "../lib/form.js";
import { acting } from "../lib/notice.js";
import { show } from "../lib/shell.js";
import { text } from "../lib/text.js";

const most = 500;

function branch(api, group, leaf) {
  const id = newId();
  const below = element("ul", { id, hidden: true });
  const open = element("button", {
    type: "button", class: "plain", "aria-expanded": "false", "aria-controls": id, "aria-label": text("group.open", group.name),
    onclick: acting(async () => {
      below.hidden = !below.hidden;
      open.setAttribute("aria-expanded", String(!below.hidden));
      if (below.childElementCount === 0) {
        const children = await api.get(["groups", group.id, "children"], { first: 0, max: most });
        below.replaceChildren(...children.map((child) => branch(api, child, leaf)));
      }
    }),
  });
  const leads = (group.subGroupCount ?? group.subGroups?.length ?? 0) > 0;
  return element("li", {}, element("div", { class: "branch" }, leads ? open : element("span", { class: "twig" }), leaf(group)), below);
}

async function tree(api, leaf) {
  const groups = await api.get(["groups"], { first: 0, max: most });
  return groups.length > 0 ? element("ul", { class: "tree" }, groups.map((group) => branch(api, group, leaf))) : element("p", { class: "soft" }, text("groups.none"));
}

export async function chooseGroup(api, take) {
  const choose = (group) => button(group.name, acting(async () => {
    dialog.close();
    await take(group);
  }), "other");
  const dialog = openDialog(text("group.join"), await tree(api, choose),
    element("div", { class: "actions" }, button(text("dialog.cancel"), () => dialog.close(), "other")));
}

// `path`: where the group is made.
export function askForGroup(api, path) {
  const save = async ({ name }) => {
    await api.create(path, { name });
    dialog.close();
    await show();
  };
  const cancel = button(text("dialog.cancel"), () => dialog.close(), "other");
  const dialog = openDialog(text("groups.create"),
    form({ fields: [{ name: "name", label: text("group.name"), required: true, always: true }], save, label: text("groups.create"), done: text("group.created"), cancel }));
}

export async function groupsPage({ realm, api }) {
  const leaf = (group) => (may("view-users", "manage-users") ? link([realm, "groups", group.id], group.name) : element("span", {}, group.name));
  return [
    heading(text("groups.title"), may("manage-users") && button(text("groups.create"), () => askForGroup(api, ["groups"]))),
    element("section", { class: "panel" }, await tree(api, leaf)),
  ];
}
