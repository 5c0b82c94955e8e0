// SPDX-License-Identifier: Apache-2.0
// Makes elements. What comes from the server goes into them as text, never as markup: there is no
// other way in this console for it to reach a page.
import { text } from "./text.js";

const addresses = ["href", "src", "action"];

function put(made, name, value) {
  if (value === false || value === null || value === undefined) return;
  if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
  else if (addresses.includes(name) && !value.startsWith("#/")) throw new Error(`no address of this console: ${value}`);
  else made.setAttribute(name, value === true ? "" : String(value));
}

// `attributes`: those of HTML, true for one without a value, absent values left out; "on…" listens.
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) put(made, name, value);
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function link(path, ...children) {
  return element("a", { href: address(...path) }, ...children);
}

// The address of a page: each part is one segment, whatever characters a name has.
export function address(...parts) {
  return "#/" + parts.map(encodeURIComponent).join("/");
}

export function button(label, act, look = "") {
  return element("button", { type: "button", class: `button ${look}`, onclick: act }, label);
}

let last = 0;
export function newId() {
  return `e${++last}`;
}

// The head of a page: its title and what can be done there.
export function heading(title, ...actions) {
  return element("div", { class: "heading" }, element("h1", { tabindex: "-1" }, title),
    element("div", { class: "actions" }, ...actions));
}

// A sentence in the background.
export function soft(key, ...values) {
  return element("p", { class: "soft" }, text(key, ...values));
}

// What can be done below a list.
export function below(...actions) {
  return element("div", { class: "actions below" }, ...actions);
}

export function section(title, ...children) {
  const id = newId();
  return element("section", { "aria-labelledby": id, class: "panel" }, element("h2", { id }, title), ...children);
}

// The parts of one thing, each with an address of its own and a message tab.NAME.
export function tabs(base, names, current) {
  return element("nav", { class: "tabs", "aria-label": text("nav.parts") },
    element("ul", {}, names.map((name) =>
      element("li", {}, element("a", { href: address(...base, name), "aria-current": name === current && "page" }, text(`tab.${name}`))))));
}
