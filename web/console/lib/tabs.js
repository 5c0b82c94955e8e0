// SPDX-License-Identifier: Apache-2.0
// The parts of one thing, each with an address of its own.
import { address, element } from "./elements.js";

// `parts`: [name, label] each; empty ones are left out.
export function tabs(label, base, parts, current) {
  return element("nav", { class: "tabs", "aria-label": label },
    element("ul", {}, parts.filter(Boolean).map(([name, words]) =>
      element("li", {}, element("a", { href: address(...base, name), "aria-current": name === current ? "page" : null }, words)))));
}
