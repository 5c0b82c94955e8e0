// SPDX-License-Identifier: Apache-2.0
// A realm of a file, dropped or chosen: first what it would make, then, when somebody says so, it is made.
import { realmApi } from "../lib/api.js";
import { button, element, heading, newId, section } from "../lib/elements.js";
import { acting, notify } from "../lib/notice.js";
import { go, showRealms } from "../lib/shell.js";
import { text } from "../lib/text.js";

const count = (list) => (Array.isArray(list) ? list.length : 0);
const contents = (file) => [
  ["clients.title", count(file.clients)], ["scopes.title", count(file.clientScopes)], ["roles.title", count(file.roles?.realm)],
  ["groups.title", count(file.groups)], ["users.title", count(file.users)],
];

async function read(chosen) {
  let file;
  try {
    file = JSON.parse(await chosen.text());
  } catch {
    throw new Error(text("import.no_json", chosen.name));
  }
  if (typeof file?.realm !== "string") throw new Error(text("import.no_realm", chosen.name));
  return file;
}

async function preview(file) {
  const there = (await realmApi().get([], { briefRepresentation: true })).some((each) => each.realm === file.realm);
  const make = acting(async () => {
    await realmApi().create([], file);
    await showRealms(file.realm);
    notify(text("realm.created"));
    go(file.realm);
  });
  return section(text("import.preview", file.realm),
    element("dl", { class: "counts" }, contents(file).map(([key, number]) => element("div", {}, element("dt", {}, text(key)), element("dd", {}, String(number))))),
    there ? element("p", { class: "alert", role: "alert" }, text("import.there", file.realm)) : button(text("import.make"), make));
}

export async function importPage() {
  const id = newId();
  const place = element("div", { "aria-live": "polite" });
  const take = acting(async (event) => {
    const chosen = (event.dataTransfer ?? event.target).files[0];
    if (chosen) place.replaceChildren(await preview(await read(chosen)));
  });
  const drop = element("div", { class: "drop", ondragover: (event) => event.preventDefault(), ondrop: (event) => {
    event.preventDefault();
    take(event);
  } }, element("label", { for: id }, text("import.drop")), element("input", { id, type: "file", accept: ".json,application/json", onchange: take }));
  return [heading(text("import.title")), section(text("import.file"), drop, element("p", { class: "help" }, text("import.help"))), place];
}
