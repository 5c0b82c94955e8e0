// SPDX-License-Identifier: Apache-2.0
// The tree of groups: what is below a group is asked for when somebody opens it.
import { acting, button, closing, element, formDialog, heading, link, may, newId, openDialog, show, soft, text } from "../lib/page.js";

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
  return groups.length > 0 ? element("ul", { class: "tree" }, groups.map((group) => branch(api, group, leaf))) : soft("groups.none");
}

export async function chooseGroup(api, take) {
  const choose = (group) => button(group.name, acting(async () => {
    dialog.close();
    await take(group);
  }), "other");
  const dialog = openDialog(text("group.join"), await tree(api, choose),
    closing());
}

export const nameFields = () => [{ name: "name", label: text("group.name"), required: true, always: true }];

// `path`: where the group is made.
export function askForGroup(api, path) {
  formDialog(text("groups.create"), { fields: nameFields(), done: text("group.created"), save: ({ name }) => api.create(path, { name }), then: show });
}

export async function groupsPage({ realm, api }) {
  const leaf = (group) => (may("view-users", "manage-users") ? link([realm, "groups", group.id], group.name) : element("span", {}, group.name));
  return [
    heading(text("groups.title"), may("manage-users") && button(text("groups.create"), () => askForGroup(api, ["groups"]))),
    element("section", { class: "panel" }, await tree(api, leaf)),
  ];
}
