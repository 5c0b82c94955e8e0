// SPDX-License-Identifier: Apache-2.0
// What stands around every page of the account: header, navigation; and which page the address names.
import { address, element } from "../../console/lib/elements.js";
import { navigation, openFrame, showPage } from "../../console/lib/frame.js";
import { account, logOut } from "../../console/lib/login.js";
import { ownRealm } from "../../console/lib/place.js";
import { text } from "../../console/lib/text.js";
import { roles } from "./api.js";

let pages = [];

function showNavigation(current) {
  navigation.replaceChildren(element("ul", {}, pages.map((page) => element("li", {},
    element("a", { href: address(page.path), "aria-current": page === current ? "page" : null }, text(page.nav))))));
}

// Shows what the address names.
export function show() {
  const wanted = location.hash.slice(2);
  const page = wanted === "" ? pages[0] : pages.find((each) => each.path === wanted);
  showNavigation(page);
  return showPage(() => {
    if (page === undefined) throw new Error(text("error.no_page"));
    return page.show();
  }, ownRealm);
}

export async function startShell(all) {
  const held = await roles();
  pages = all.filter((page) => page.needs === undefined || held.includes(page.needs));
  await openFrame(text("account.nav"), [
    element("span", { class: "product" }, text("account.title")), element("span", { class: "site" }, ownRealm),
    element("span", { class: "person" }, account().name),
    element("button", { type: "button", class: "button other", onclick: logOut }, text("nav.sign_out")),
  ], show);
}
