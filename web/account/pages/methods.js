// SPDX-License-Identifier: Apache-2.0
// How the user signs in beside a password, each way where the realm asks for it or the user has it: apps for one-time codes,
// security keys, passkeys, by their names; and recovery codes, how many are left. The way to more, and out of each.
import { below, button, element, heading, section, soft } from "../../console/lib/elements.js";
import { confirmed } from "../../console/lib/dialog.js";
import { formDialog } from "../../console/lib/form.js";
import { leave } from "../../console/lib/login.js";
import { acting, notify } from "../../console/lib/notice.js";
import { table } from "../../console/lib/table.js";
import { date, text } from "../../console/lib/text.js";
import { api } from "../lib/api.js";
import { show } from "../lib/shell.js";

// The API's types, and where the messages of each are.
const listed = [["otp", "apps"], ["webauthn", "keys"], ["webauthn-passwordless", "passkeys"]];
const longest = 85; // of a name, in UTF-16: 255 bytes for the API

const nameOf = (credential) => credential.userLabel || text("methods.unnamed");
const pathOf = (credential, part = "") => `credentials/${encodeURIComponent(credential.id)}${part}`;

function rename(credential) {
  formDialog(text("methods.rename"), {
    fields: [{ name: "userLabel", label: text("methods.name"), required: true, always: true, longest }],
    object: credential,
    save: ({ userLabel }) => api.put(pathOf(credential, "/label"), userLabel),
    then: show,
  });
}

async function remove(credential, key, name = nameOf(credential)) {
  if (!(await confirmed(text("methods.remove"), text(`${key}.remove_sure`, name), text("methods.remove")))) return;
  await api.remove(pathOf(credential));
  notify(text("methods.removed", name));
  await show();
}

const columns = (key) => [
  { title: text("methods.name"), cell: nameOf },
  { title: text("methods.since"), cell: (one) => (one.createdDate ? date(one.createdDate) : "") },
  {
    title: text("methods.actions"), hidden: true,
    cell: (one) => element("div", { class: "actions" }, button(text("methods.rename"), () => rename(one), "other"),
      button(text("methods.remove"), acting(() => remove(one, key)), "other")),
  },
];

const setup = (action, key) => (action ? button(text(key), acting(() => leave({ kc_action: action })), "other") : "");

function list(kind, key) {
  const all = (kind.userCredentialMetadatas ?? []).map((one) => one.credential);
  return section(text(`${key}.title`), soft(`${key}.lead`),
    all.length > 0 ? element("div", { class: "list" }, table(text(`${key}.title`), columns(key), all))
      : element("p", {}, text(`${key}.none`)),
    below(setup(kind.createAction, `${key}.add`)));
}

function recovery(kind) {
  const [one] = kind.userCredentialMetadatas ?? [];
  const { remainingCodes, totalCodes } = JSON.parse(one?.credential.credentialData ?? "{}");
  return section(text("recovery.title"), soft("recovery.lead"),
    element("p", {}, one ? text("recovery.left", remainingCodes, totalCodes) : text("recovery.none")),
    one?.warningMessageTitle ? element("p", {}, element("strong", {}, text("recovery.few"))) : "",
    below(setup(kind.createAction, one ? "recovery.again" : "recovery.add"),
      one ? button(text("methods.remove"), acting(() => remove(one.credential, "recovery", text("recovery.title"))), "other") : ""));
}

export async function methods() {
  const kinds = new Map((await api.get("credentials")).map((kind) => [kind.type, kind]));
  const sections = listed.filter(([type]) => kinds.has(type)).map(([type, key]) => list(kinds.get(type), key));
  if (kinds.has("recovery-authn-codes")) sections.push(recovery(kinds.get("recovery-authn-codes")));
  return [
    heading(text("account.methods")),
    element("p", { class: "lead" }, text(sections.length > 0 ? "methods.lead" : "methods.unused")),
    sections,
  ];
}
