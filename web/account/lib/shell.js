// SPDX-License-Identifier: Apache-2.0
// What stands around every page of the account: header, navigation; and which page the address names.
import { address, element, heading } from "../../console/lib/elements.js";
import { account, logOut } from "../../console/lib/login.js";
import { noticeArea } from "../../console/lib/notice.js";
import { ownRealm } from "../../console/lib/place.js";
import { text } from "../../console/lib/text.js";
import { roles } from "./api.js";

const main = element("main", { id: "main" });
const navigation = element("nav", { id: "navigation", "aria-label": text("nav.label") });
let pages = [];
let visit = 0;

function showNavigation(current) {
  navigation.replaceChildren(element("ul", {}, pages.map((page) => element("li", {},
    element("a", { href: address(page.path), "aria-current": page === current ? "page" : null }, text(page.nav))))));
}

// Shows what the address names; a slower page of before does not come in its place.
export async function show() {
  const wanted = location.hash.slice(2);
  const page = wanted === "" ? pages[0] : pages.find((each) => each.path === wanted);
  const mine = ++visit;
  let content;
  main.setAttribute("aria-busy", "true");
  showNavigation(page);
  try {
    if (page === undefined) throw new Error(text("error.no_page"));
    content = await page.show();
  } catch (error) {
    content = [heading(text("error.title")), element("p", { class: "alert", role: "alert" }, error.message)];
  }
  if (mine !== visit) return;
  main.replaceChildren(...[content].flat(Infinity).filter(Boolean));
  main.removeAttribute("aria-busy");
  document.body.classList.remove("menu");
  const title = main.querySelector("h1");
  document.title = `${title?.textContent ?? ""} · ${ownRealm}`;
  title?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function header() {
  const menu = element("button", {
    type: "button", class: "button other menu-button", "aria-controls": "navigation", "aria-expanded": "false",
    onclick: () => menu.setAttribute("aria-expanded", String(document.body.classList.toggle("menu"))),
  }, text("nav.menu"));
  return element("header", {},
    element("a", { class: "skip", href: "#/", onclick: (event) => {
      event.preventDefault();
      main.querySelector("h1")?.focus();
    } }, text("nav.skip")),
    menu, element("span", { class: "product" }, text("account.title")), element("span", { class: "site" }, ownRealm),
    element("span", { class: "person" }, account().name),
    element("button", { type: "button", class: "button other", onclick: logOut }, text("nav.sign_out")));
}

export async function startShell(all) {
  const held = await roles();
  pages = all.filter((page) => page.needs === undefined || held.includes(page.needs));
  navigation.setAttribute("aria-label", text("account.nav"));
  document.body.append(header(), element("div", { class: "frame" }, navigation, main), noticeArea());
  addEventListener("hashchange", show);
  await show();
}
