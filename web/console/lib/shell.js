// SPDX-License-Identifier: Apache-2.0
// What stands around every page, and which page the address names.
import { acting } from "./notice.js";
import { account, logOut } from "./login.js";
import { loadAccess, may, mayCreateRealms } from "./access.js";
import { realmApi } from "./api.js";
import { address, button, element } from "./elements.js";
import { forget } from "./form.js";
import { navigation, openFrame, showPage } from "./frame.js";
import { ownRealm } from "./place.js";
import { text } from "./text.js";

let pages = [];
let shownRealm = null;
const chooser = element("select", { id: "realm", onchange: () => {
  location.hash = address(chooser.value);
  chooser.value = shownRealm; // until that is shown
} });

function wanted() {
  const parts = location.hash.split("/").slice(1).filter((part) => part !== "");
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return [];
  }
}

// The page whose path fits, ":name" standing for any segment, ":name?" also for none, and those segments.
function find(parts) {
  for (const page of pages) {
    const pattern = page.path.split("/");
    if (parts.length <= pattern.length && pattern.every((part, i) => (parts[i] === undefined ? part.endsWith("?") : part.startsWith(":") || part === parts[i]))) {
      const values = pattern.flatMap((part, i) => (part.startsWith(":") ? [[part.replace(/\W/g, ""), parts[i]]] : []));
      return { page, values: Object.fromEntries(values) };
    }
  }
  return null;
}

const placeOf = (page) => page.path.split("/")[0];
const allowed = (page) => page.needs === undefined || may(...page.needs) || (page.needs.includes("create-realm") && mayCreateRealms());

function showNavigation(realm, section) {
  const items = pages.filter((page) => page.nav && allowed(page)).map((page) =>
    element("li", {}, element("a", {
      href: address(realm, placeOf(page)), "aria-current": placeOf(page) === section ? "page" : null,
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
  const named = parts.length > 0 ? parts : [placeOf(first)];
  const found = find(named);
  showNavigation(realm, named[0]);
  if (found === null) throw new Error(text("error.no_page"));
  if (!allowed(found.page)) throw new Error(text("error.forbidden"));
  return found.page.show({ realm, api: realmApi(realm), ...found.values });
}

// Shows what the address names.
export function show() {
  const [realm = ownRealm, ...parts] = wanted();
  return showPage(() => build(realm, parts), realm);
}

// What a button does, if the page has to be shown anew after it.
export function changing(act, done) {
  return acting(async (event) => {
    await act(event);
    await show();
  }, done);
}

export function go(...parts) {
  forget();
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
