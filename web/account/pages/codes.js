// SPDX-License-Identifier: Apache-2.0
// Second factors that are typed: devices for one-time codes, which there are, the way to a new one, and out of each; and
// recovery codes, how many are left, and the way to new ones.
import { below, button, element, heading, section, soft } from "../../console/lib/elements.js";
import { confirmed } from "../../console/lib/dialog.js";
import { leave } from "../../console/lib/login.js";
import { acting, notify } from "../../console/lib/notice.js";
import { table } from "../../console/lib/table.js";
import { date, text } from "../../console/lib/text.js";
import { api } from "../lib/api.js";
import { show } from "../lib/shell.js";

const nameOf = (device) => device.userLabel || text("codes.unnamed");

async function remove(device, name = nameOf(device)) {
  if (!(await confirmed(text("codes.remove"), text("codes.remove_sure", name), text("codes.remove")))) return;
  await api.remove(`credentials/${encodeURIComponent(device.id)}`);
  notify(text("codes.removed", name));
  await show();
}

const columns = () => [
  { title: text("codes.name"), cell: nameOf },
  { title: text("codes.since"), cell: (device) => (device.createdDate ? date(device.createdDate) : "") },
  { title: text("codes.actions"), hidden: true, cell: (device) => button(text("codes.remove"), acting(() => remove(device)), "other") },
];

const setup = (action, key) => (action ? button(text(key), acting(() => leave({ kc_action: action }))) : "");

async function recovery() {
  const [kind] = await api.get("credentials?type=recovery-authn-codes");
  if (!kind) return "";
  const [one] = kind.userCredentialMetadatas ?? [];
  const { remainingCodes, totalCodes } = JSON.parse(one?.credential.credentialData ?? "{}");
  return section(text("recovery.title"), soft("recovery.lead"),
    element("p", {}, one ? text("recovery.left", remainingCodes, totalCodes) : text("recovery.none")),
    one?.warningMessageTitle ? element("p", {}, element("strong", {}, text("recovery.few"))) : "",
    below(setup(kind.createAction, one ? "recovery.again" : "recovery.add"),
      one ? button(text("codes.remove"), acting(() => remove(one.credential, text("recovery.title"))), "other") : ""));
}

export async function codes() {
  const [kind] = await api.get("credentials?type=otp");
  const devices = (kind?.userCredentialMetadatas ?? []).map((one) => one.credential);
  return [
    heading(text("account.codes"), setup(kind?.createAction, "codes.add")),
    element("p", { class: "lead" }, text(kind ? "codes.lead" : "codes.unused")),
    element("div", { class: "panel list" }, devices.length > 0 ? table(text("account.codes"), columns(), devices)
      : element("p", { class: "soft" }, text("codes.none"))),
    await recovery(),
  ];
}
