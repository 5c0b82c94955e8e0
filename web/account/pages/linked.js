// SPDX-License-Identifier: Apache-2.0
// Accounts elsewhere that the user signs in by: the way to link one, and the end of a link.
import { button, element, heading } from "../../console/lib/elements.js";
import { confirmed } from "../../console/lib/dialog.js";
import { leave } from "../../console/lib/login.js";
import { acting, notify } from "../../console/lib/notice.js";
import { table } from "../../console/lib/table.js";
import { text } from "../../console/lib/text.js";
import { api } from "../lib/api.js";
import { show } from "../lib/shell.js";

async function remove(one) {
  if (!(await confirmed(text("linked.remove"), text("linked.remove_sure", one.displayName), text("linked.remove")))) return;
  await api.remove(`linked-accounts/${encodeURIComponent(one.providerAlias)}`);
  notify(text("linked.removed", one.displayName));
  await show();
}

const columns = () => [
  { title: text("linked.provider"), cell: (one) => one.displayName },
  { title: text("linked.account"), cell: (one) => one.linkedUsername ?? text("linked.not") },
  {
    title: text("linked.actions"), hidden: true,
    cell: (one) => (one.connected ? button(text("linked.remove"), acting(() => remove(one)), "other")
      : button(text("linked.add"), acting(() => leave({ kc_action: `idp_link:${one.providerAlias}` })), "other")),
  },
];

export async function linked() {
  const list = await api.get("linked-accounts");
  return [
    heading(text("account.linked")),
    element("p", { class: "lead" }, text("linked.lead")),
    list.length > 0 ? element("div", { class: "panel list" }, table(text("account.linked"), columns(), list))
      : element("p", { class: "panel empty" }, text("linked.none")),
  ];
}
