// SPDX-License-Identifier: Apache-2.0
// How a user signs in: a new password, the credentials that there are, and failed logins.
import { actionColumn, button, changing, column, date, deleting, described, element, form, may, needed, section, show, soft, table, text } from "../lib/page.js";

function newPassword({ api, id, user }) {
  const fields = [
    { name: "username", label: text("user.username"), locked: true, autocomplete: "username" },
    { name: "value", label: text("user.new_password"), kind: "password", ...needed },
    { name: "again", label: text("user.password_again"), kind: "password", ...needed },
    { name: "temporary", ...described("user.temporary"), kind: "switch", always: true },
  ];
  const save = async ({ value, again, temporary }) => {
    if (value !== again) throw Object.assign(new Error(text("user.passwords_differ")), { field: "again" });
    await api.put(["users", id, "reset-password"], { type: "password", value, temporary });
    await show();
  };
  return section(text("user.set_password"), form({ fields, object: user, save, label: text("user.set_password") }));
}

function list({ api, id }, rows, mine) {
  const remove = (row) => deleting("credential", row.type, () => api.remove(["users", id, "credentials", row.id]), show);
  const columns = [
    column("word.type", "type"),
    column("credential.label", "userLabel"),
    column("credential.since", (row) => (row.createdDate ? date(row.createdDate) : "")),
    actionColumn(mine, "word.delete", remove),
  ];
  return section(text("tab.credentials"), rows.length > 0 ? table(text("tab.credentials"), columns, rows) : soft("list.none"));
}

function failures({ api, path }, status, mine) {
  const lift = changing(() => api.remove(path), text("form.saved"));
  return section(text("failures.title"),
    element("p", {}, text("failures.count", status.numFailures, date(status.lastFailure), status.lastIPFailure)),
    status.disabled && element("p", { class: "alert" }, text("failures.blocked", date(status.failedLoginNotBefore * 1000))),
    mine && element("div", { class: "actions" }, button(text("failures.lift"), lift, "other")));
}

export const actions = ["UPDATE_PASSWORD", "VERIFY_EMAIL", "UPDATE_PROFILE", "CONFIGURE_TOTP"];

// A link by which the user does what is chosen.
function mail({ api, id, user }) {
  const fields = [
    ...actions.map((name) => ({ name, label: text(`mail.${name}`), kind: "switch", always: true })),
    { name: "lifespan", label: text("mail.lifespan"), kind: "seconds", always: true },
  ];
  const save = async ({ lifespan, ...chosen }) => {
    const wanted = actions.filter((name) => chosen[name]);
    if (wanted.length === 0) throw new Error(text("mail.nothing"));
    await api.put(["users", id, "execute-actions-email"], wanted, { lifespan });
  };
  return section(text("mail.to_user"), user.email
    ? form({ fields, object: { lifespan: 43200 }, save, label: text("mail.send"), done: text("mail.tested") }) : soft("mail.no_address"));
}

export async function userCredentials(context) {
  const { api, id } = context;
  const path = ["attack-detection", "brute-force", "users", id];
  const [rows, status] = await Promise.all([api.get(["users", id, "credentials"]), api.get(path)]);
  const mine = may("manage-users");
  return [
    status.numFailures > 0 && failures({ api, path }, status, mine),
    list(context, rows, mine), mine && newPassword(context), mine && mail(context),
  ];
}
