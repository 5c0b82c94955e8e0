// SPDX-License-Identifier: Apache-2.0
// What stands around every page, and which page the address names.
import { account, logOut } from "./login.js";
import { loadAccess, may, mayCreateRealms } from "./access.js";
import { realmApi } from "./api.js";
import { address, button, element } from "./elements.js";
import { navigation, openFrame, showPage } from "./frame.js";
import { ownRealm } from "./place.js";
import { text } from "./text.js";

const chooser = element("select", { id: "realm", onchange: () => (location.hash = address(chooser.value)) });
let pages = [];
let shownRealm = null;

function wanted() {
  const parts = location.hash.split("/").slice(1).filter((part) => part !== "");
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return [];
  }
}

// The page whose path fits, ":name" standing for any segment, and those segments.
function find(parts) {
  for (const page of pages) {
    const pattern = page.path.split("/");
    if (pattern.length !== parts.length) continue;
    if (pattern.every((part, i) => part.startsWith(":") || part === parts[i])) {
      const values = pattern.flatMap((part, i) => (part.startsWith(":") ? [[part.slice(1), parts[i]]] : []));
      return { page, values: Object.fromEntries(values) };
    }
  }
  return null;
}

const allowed = (page) => page.needs === undefined || may(...page.needs) || (page.needs.includes("create-realm") && mayCreateRealms());

function showNavigation(realm, section) {
  const items = pages.filter((page) => page.nav && allowed(page)).map((page) =>
    element("li", {}, element("a", {
      href: address(realm, page.path), "aria-current": page.path === section ? "page" : null,
    }, text(page.nav))));
  navigation.replaceChildren(element("ul", {}, items));
}

export async function showRealms(realm) {
  const realms = (await realmApi().get([], { briefRepresentation: true })).map((each) => each.realm).sort();
  if (!realms.includes(realm)) throw new Error(text("error.no_realm", realm));
  chooser.replaceChildren(...realms.map((name) => element("option", { value: name, selected: name === realm }, name)));
  chooser.value = realm;
}

async function build(realm, parts) {
  await Promise.all([loadAccess(realm), realm === shownRealm ? null : showRealms(realm)]);
  shownRealm = realm;
  const first = pages.find((page) => page.nav && allowed(page));
  if (first === undefined) throw new Error(text("error.forbidden"));
  const found = find(parts.length > 0 ? parts : [first.path]);
  showNavigation(realm, parts[0] ?? first.path);
  if (found === null) throw new Error(text("error.no_page"));
  if (!allowed(found.page)) throw new Error(text("error.forbidden"));
  return found.page.show({ realm, api: realmApi(realm), ...found.values });
}

// Shows what the address names.
export function show() {
  const [realm = ownRealm, ...parts] = wanted();
  return showPage(() => build(realm, parts), realm);
}

export function go(...parts) {
  const next = address(...parts);
  if (location.hash === next) show();
  else location.hash = next;
}

export async function startShell(table) {
  pages = table;
  await openFrame(text("nav.label"), [
    element("span", { class: "product" }, text("nav.product")),
    element("div", { class: "realm-choice" }, element("label", { for: "realm" }, text("nav.realm")), chooser),
    element("span", { class: "person" }, account().name), button(text("nav.sign_out"), logOut, "other"),
  ], show);
}
