// SPDX-License-Identifier: Apache-2.0
// What stands around every page: header, realm, navigation; and which page the address names.
import { account, logOut } from "./login.js";
import { loadAccess, may, mayCreateRealms } from "./access.js";
import { realmApi } from "./api.js";
import { address, button, element, heading } from "./elements.js";
import { noticeArea } from "./notice.js";
import { ownRealm } from "./place.js";
import { text } from "./text.js";

const main = element("main", { id: "main" });
const navigation = element("nav", { id: "navigation" });
const chooser = element("select", { id: "realm", onchange: () => (location.hash = address(chooser.value)) });
let pages = [];
let shownRealm = null;
let visit = 0;

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

// On small screens the navigation is behind a button.
function openMenu(open) {
  document.body.classList.toggle("menu", open);
  document.querySelector(".menu-button").setAttribute("aria-expanded", String(open));
}

// Shows what the address names; a slower page of before does not come in its place.
export async function show() {
  const [realm = ownRealm, ...parts] = wanted();
  const mine = ++visit;
  let content;
  main.setAttribute("aria-busy", "true");
  try {
    content = await build(realm, parts);
  } catch (error) {
    content = [heading(text("error.title")), element("p", { class: "alert", role: "alert" }, error.message)];
  }
  if (mine !== visit) return;
  main.replaceChildren(...[content].flat(Infinity).filter(Boolean));
  main.removeAttribute("aria-busy");
  openMenu(false);
  const title = main.querySelector("h1");
  document.title = `${title?.textContent ?? ""} · ${realm}`;
  title?.focus({ preventScroll: true });
  main.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  scrollTo(0, 0);
}

export function go(...parts) {
  const next = address(...parts);
  if (location.hash === next) show();
  else location.hash = next;
}

function header() {
  const person = account();
  const menu = element("button", {
    type: "button", class: "button other menu-button", "aria-controls": "navigation", "aria-expanded": "false",
    onclick: () => openMenu(!document.body.classList.contains("menu")),
  }, text("nav.menu"));
  return element("header", {},
    element("a", { class: "skip", href: "#/", onclick: (event) => {
      event.preventDefault();
      main.querySelector("h1")?.focus();
    } }, text("nav.skip")),
    menu, element("span", { class: "product" }, text("nav.product")),
    element("div", { class: "realm-choice" }, element("label", { for: "realm" }, text("nav.realm")), chooser),
    element("span", { class: "person" }, person.name), button(text("nav.sign_out"), logOut, "other"));
}

export async function startShell(table) {
  pages = table;
  navigation.setAttribute("aria-label", text("nav.label"));
  document.body.replaceChildren(header(), element("div", { class: "frame" }, navigation, main), noticeArea());
  addEventListener("hashchange", show);
  await show();
}
