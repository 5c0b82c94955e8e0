// SPDX-License-Identifier: Apache-2.0
// A realm of a file, dropped or chosen: first what it would make, or change in a realm that is there; then, when somebody says so,
// it is done.
import { acting, button, element, form, go, heading, newId, notify, realmApi, section, showRealms, soft, text } from "../lib/page.js";

const listOf = (value) => (Array.isArray(value) ? value : []);
const most = 50; // users that are looked for one by one

// What a file has: the message of its name, its members, what each is called, and what the realm has of them.
const contents = (file) => all(file).filter(({ list }) => list.length > 0);
const all = (file) => [
  { key: "clients.title", list: listOf(file.clients), name: "clientId", there: (api) => api.get(["clients"], { briefRepresentation: true }) },
  { key: "tab.roles", list: listOf(file.roles?.realm), name: "name", there: (api) => api.get(["roles"]) },
  { key: "tab.groups", list: listOf(file.groups), name: "name", there: (api) => api.get(["groups"]) },
  { key: "users.title", list: listOf(file.users), name: "username", there: usersThere },
  { key: "signin.providers", list: listOf(file.identityProviders), name: "alias", there: (api) => api.get(["identity-provider", "instances"]) },
];

async function usersThere(api, list) {
  if (list.length > most) return null;
  const found = await Promise.all(list.map(({ username }) => api.get(["users"], { username, exact: true, briefRepresentation: true })));
  return found.flat();
}

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

const counts = (rows) => element("dl", { class: "counts" }, rows.map(([key, words]) =>
  element("div", {}, element("dt", {}, text(key)), element("dd", {}, String(words)))));

function newRealm(file) {
  const make = acting(async () => {
    await realmApi().create([], file);
    await showRealms(file.realm);
    notify(text("word.created"));
    go(file.realm);
  });
  return section(text("import.preview", file.realm),
    counts([...all(file), { key: "tab.scopes", list: listOf(file.clientScopes) }].map(({ key, list }) => [key, list.length])),
    button(text("import.make"), make));
}

// Names are compared without regard to case, as the names of users are.
async function compared(api, { key, list, name, there }) {
  const known = await there(api, list);
  if (known === null) return [key, text("import.not_compared", list.length)];
  const names = known.map((each) => each[name].toLowerCase());
  const old = list.filter((each) => names.includes(String(each[name]).toLowerCase())).length;
  return [key, text("import.numbers", list.length - old, old)];
}

// Settings that are one word, number or switch each, and other ones than the realm has.
function changedSettings(file, settings) {
  return Object.fromEntries(Object.entries(file).filter(([name, value]) =>
    !["id", "realm"].includes(name) && ["string", "number", "boolean"].includes(typeof value) && Object.hasOwn(settings, name) && settings[name] !== value));
}

async function oldRealm(file) {
  const api = realmApi(file.realm);
  const settings = changedSettings(file, await api.get([]));
  const differ = Object.keys(settings);
  const fields = [
    { name: "ifResourceExists", label: text("import.exists"), kind: "choice", always: true, options: ["SKIP", "OVERWRITE"].map((each) => [each, text(`import.${each}`)]) },
    { name: "settings", label: text("import.settings"), kind: "switch", always: true, locked: differ.length === 0,
      help: differ.length > 0 ? text("import.differ", differ.join(", ")) : text("import.same") },
  ];
  const save = async (wanted) => {
    const { clients, roles, groups, users, identityProviders } = file;
    const done = await api.post(["partialImport"], { ifResourceExists: wanted.ifResourceExists, clients, roles, groups, users, identityProviders });
    if (wanted.settings) await api.put([], settings);
    notify(text("import.done", done.added, done.overwritten, done.skipped));
    go(file.realm);
  };
  return section(text("import.there", file.realm), counts(await Promise.all(contents(file).map((each) => compared(api, each)))), soft("import.rest"),
    form({ fields, save, label: text("import.into"), done: null }));
}

async function preview(file) {
  const there = (await realmApi().get([], { briefRepresentation: true })).some((each) => each.realm === file.realm);
  return there ? oldRealm(file) : newRealm(file);
}

export async function importPage() {
  const id = newId();
  const place = element("div", { "aria-live": "polite" });
  const take = acting(async (event) => {
    const chosen = (event.dataTransfer ?? event.target).files[0];
    if (chosen) place.replaceChildren(await preview(await read(chosen)));
  });
  const drop = element("div", { class: "drop" }, element("label", { for: id }, text("import.drop")),
    element("input", { id, type: "file", accept: ".json,application/json", onchange: take }));
  // Beside the field, too: a browser would leave this page for the file.
  return element("div", { ondragover: (event) => event.preventDefault(), ondrop: (event) => {
    event.preventDefault();
    take(event);
  } }, heading(text("import.title")), section(text("import.file"), drop, element("p", { class: "help" }, text("import.help"))), place);
}
