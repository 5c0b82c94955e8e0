// SPDX-License-Identifier: Apache-2.0
// The groups that the user is in.
import { element, heading } from "../../console/lib/elements.js";
import { text } from "../../console/lib/text.js";
import { api } from "../lib/api.js";

export async function groups() {
  const list = await api.get("groups");
  return [
    heading(text("account.groups")),
    element("p", { class: "lead" }, text("groups.lead")),
    element("div", { class: "panel" }, list.length > 0
      ? element("ul", { class: "groups" }, list.map((group) => element("li", {}, group.path)))
      : element("p", { class: "soft" }, text("groups.none"))),
  ];
}
