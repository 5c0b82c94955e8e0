// SPDX-License-Identifier: Apache-2.0
// One user: details, credentials, roles, groups, sessions.
import { may } from "../lib/access.js";
import { button, element, heading, link, section } from "../lib/elements.js";
import { confirmed } from "../lib/dialog.js";
import { form } from "../lib/form.js";
import { acting } from "../lib/notice.js";
import { roleMappings } from "../lib/roles.js";
import { go, show } from "../lib/shell.js";
import { table, wholeList } from "../lib/table.js";
import { tabs } from "../lib/tabs.js";
import { date, text } from "../lib/text.js";
import { chooseGroup } from "./groups.js";
import { userCredentials } from "./user_credentials.js";
import { userFields } from "./users.js";

async function details({ api, id, user }) {
  const fields = [{ name: "username", label: text("user.username"), locked: true }, ...userFields().map((field) => ({ ...field, always: false }))];
  return section(text("user.details"), form({ fields, object: user, save: (changed) => api.put(["users", id], changed), locked: !may("manage-users") }));
}

const roles = ({ api, id }) => roleMappings({ api, path: ["users", id, "role-mappings"], locked: !may("manage-users") });

async function groups({ realm, api, id }) {
  const rows = await api.get(["users", id, "groups"]);
  const leave = (group) => acting(async () => {
    await api.remove(["users", id, "groups", group.id]);
    await show();
  });
  const join = acting(() => chooseGroup(api, async (group) => {
    await api.put(["users", id, "groups", group.id], {});
    await show();
  }));
  const columns = [
    { title: text("group.name"), cell: (row) => link([realm, "groups", row.id], row.path) },
    { title: text("word.actions"), hidden: true, cell: (row) => may("manage-users") && button(text("group.leave"), leave(row), "other") },
  ];
  return section(text("user.tab_groups"),
    await wholeList({ caption: text("user.tab_groups"), columns, rows, matches: (row) => row.path, empty: text("user.no_groups") }),
    may("manage-users") && element("div", { class: "actions below" }, button(text("group.join"), join)));
}

async function sessions({ api, id }) {
  const rows = await api.get(["users", id, "sessions"]);
  const end = (session) => acting(async () => {
    await api.remove(["sessions", session.id]);
    await show();
  });
  const endAll = acting(async () => {
    await api.post(["users", id, "logout"], {});
    await show();
  });
  const columns = [
    { title: text("session.started"), cell: (row) => date(row.start) },
    { title: text("session.last"), cell: (row) => date(row.lastAccess) },
    { title: text("session.address"), cell: (row) => row.ipAddress ?? "" },
    { title: text("session.clients"), cell: (row) => Object.values(row.clients ?? {}).join(", ") },
    { title: text("word.actions"), hidden: true, cell: (row) => may("manage-users") && button(text("session.end"), end(row), "other") },
  ];
  return section(text("user.tab_sessions"),
    rows.length > 0 ? table(text("user.tab_sessions"), columns, rows) : element("p", { class: "soft" }, text("user.no_sessions")),
    rows.length > 0 && may("manage-users") && element("div", { class: "actions below" }, button(text("session.end_all"), endAll, "other danger")));
}

const parts = { details, credentials: userCredentials, roles, groups, sessions };

export async function userPage(context) {
  const { realm, api, id, tab = "details" } = context;
  const user = await api.get(["users", id]);
  const names = Object.keys(parts);
  const name = names.includes(tab) ? tab : "details";
  const remove = acting(async () => {
    if (!(await confirmed(text("user.delete"), text("user.delete_sure", user.username), text("word.delete")))) return;
    await api.remove(["users", id]);
    go(realm, "users");
  });
  return [
    heading(user.username, may("manage-users") && button(text("user.delete"), remove, "other danger")),
    tabs(text("user.parts"), [realm, "users", id], names.map((each) => [each, text(`user.tab_${each}`)]), name),
    await parts[name]({ ...context, user }),
  ];
}
