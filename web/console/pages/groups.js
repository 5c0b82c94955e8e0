// SPDX-License-Identifier: Apache-2.0
// The tree of groups: what is below a group is asked for when somebody opens it, a page at a time.
import { acting, button, closing, element, formDialog, heading, link, may, needed, newId, openDialog, pagedList, show, text } from "../lib/page.js";

// `load` gives groups; `leaf` makes what stands for one.
function branches(api, caption, leaf, load, searchable = false) {
  const draw = (groups) => element("ul", { class: "tree" }, groups.map((group) => branch(api, group, leaf)));
  return pagedList({ caption, load, draw, searchable, page: 50 });
}

function branch(api, group, leaf) {
  const id = newId();
  const below = element("div", { id, hidden: true });
  const open = element("button", {
    type: "button", class: "plain", "aria-expanded": "false", "aria-controls": id, "aria-label": text("group.open", group.name),
    onclick: acting(async () => {
      below.hidden = !below.hidden;
      open.setAttribute("aria-expanded", String(!below.hidden));
      if (below.childElementCount === 0) {
        below.append(await branches(api, group.name, leaf, ({ first, max }) => api.get(["groups", group.id, "children"], { first, max })));
      }
    }),
  });
  // What a search has found below is shown at once.
  if (group.subGroups?.length > 0) {
    below.hidden = false;
    below.append(element("ul", { class: "tree" }, group.subGroups.map((each) => branch(api, each, leaf))));
    open.setAttribute("aria-expanded", "true");
  }
  const leads = below.hidden === false || group.subGroupCount > 0;
  return element("li", {}, element("div", { class: "branch" }, leads ? open : element("span", { class: "twig" }), leaf(group)), below);
}

const tree = (api, leaf) => branches(api, text("tab.groups"), leaf, (query) => api.get(["groups"], query), true);

export async function chooseGroup(api, take) {
  const choose = (group) => button(group.name, acting(async () => {
    dialog.close();
    await take(group);
  }), "other");
  const dialog = openDialog(text("group.join"), await tree(api, choose),
    closing());
}

export const nameFields = () => [{ name: "name", label: text("group.name"), ...needed }];

// `path`: where the group is made.
export function askForGroup(api, path) {
  formDialog(text("groups.create"), { fields: nameFields(), done: text("word.created"), save: ({ name }) => api.create(path, { name }), then: show });
}

export async function groupsPage({ realm, api }) {
  const leaf = (group) => (may("view-users", "manage-users") ? link([realm, "groups", group.id], group.name) : element("span", {}, group.name));
  return [
    heading(text("tab.groups"), may("manage-users") && button(text("groups.create"), () => askForGroup(api, ["groups"]))),
    await tree(api, leaf),
  ];
}
