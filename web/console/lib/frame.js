// SPDX-License-Identifier: Apache-2.0
// What stands around the pages of a console.
import { confirmed } from "./dialog.js";
import { element, heading } from "./elements.js";
import { unsaved } from "./form.js";
import { noticeArea } from "./notice.js";
import { text } from "./text.js";

const main = element("main", { id: "main" });
export const navigation = element("nav", { id: "navigation" });
let visit = 0;

// On small screens the navigation is behind a button.
function openMenu(open) {
  document.body.classList.toggle("menu", open);
  document.querySelector(".menu-button").setAttribute("aria-expanded", String(open));
}

// Shows what `build` gives, under the name of `site`; a slower page of before does not come in its place.
export async function showPage(build, site) {
  const mine = ++visit;
  let content;
  main.setAttribute("aria-busy", "true");
  try {
    content = await build();
  } catch (error) {
    content = [heading(text("error.title")), element("p", { class: "alert", role: "alert" }, error.message)];
  }
  if (mine !== visit) return;
  document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
  main.replaceChildren(...[content].flat(Infinity).filter(Boolean));
  main.removeAttribute("aria-busy");
  openMenu(false);
  const title = main.querySelector("h1");
  document.title = `${title?.textContent ?? ""} · ${site}`;
  if (document.activeElement.id !== "realm") title?.focus({ preventScroll: true }); // arrows in that list go on
  main.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  scrollTo(0, 0);
}

// Builds the frame with `parts` in its header, and calls `show` now and whenever the address changes.
export async function openFrame(label, parts, show) {
  const menu = element("button", {
    type: "button", class: "button other menu-button", "aria-controls": "navigation", "aria-expanded": "false",
    onclick: () => openMenu(!document.body.classList.contains("menu")),
  }, text("nav.menu"));
  const skip = element("a", { class: "skip", href: "#/", onclick: (event) => {
    event.preventDefault();
    main.querySelector("h1")?.focus();
  } }, text("nav.skip"));
  navigation.setAttribute("aria-label", label);
  document.body.replaceChildren(element("header", {}, skip, menu, ...parts), element("div", { class: "frame" }, navigation, main), noticeArea());
  addEventListener("hashchange", async ({ oldURL }) => {
    if (!unsaved() || await confirmed(text("leave.title"), text("leave.question"), text("leave.title"))) await show();
    else history.replaceState(null, "", oldURL);
  });
  addEventListener("beforeunload", (event) => unsaved() && event.preventDefault());
  await show();
}
