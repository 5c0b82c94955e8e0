// SPDX-License-Identifier: Apache-2.0
// One user: details, credentials, roles, groups, sessions.
import { accountOf, acting, actionColumn, below, button, column, confirmed, date, deleting, form, go, heading, link, may, roleMappings, section, show, soft, table, tabs, text, wholeList } from "../lib/page.js";
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
    column("group.name", (row) => link([realm, "groups", row.id], row.path)),
    actionColumn(may("manage-users"), "group.leave", leave),
  ];
  return section(text("user.tab_groups"),
    await wholeList({ caption: text("user.tab_groups"), columns, rows, matches: (row) => row.path, empty: text("user.no_groups") }),
    may("manage-users") && below(button(text("group.join"), join)));
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
    column("session.started", (row) => date(row.start)),
    column("session.last", (row) => date(row.lastAccess)),
    column("session.address", "ipAddress"),
    column("clients.title", (row) => Object.values(row.clients ?? {}).join(", ")),
    actionColumn(may("manage-users"), "session.end", end),
  ];
  return section(text("user.tab_sessions"),
    rows.length > 0 ? table(text("user.tab_sessions"), columns, rows) : soft("user.no_sessions"),
    rows.length > 0 && may("manage-users") && below(button(text("session.end_all"), endAll, "other danger")));
}

const parts = { details, credentials: userCredentials, roles, groups, sessions };

export async function userPage(context) {
  const { realm, api, id, tab = "details" } = context;
  const user = await api.get(["users", id]);
  const names = Object.keys(parts);
  const name = names.includes(tab) ? tab : "details";
  const remove = deleting("user", user.username, async () => {
    await api.remove(["users", id]);
    go(realm, "users");
  });
  const impersonate = acting(async () => {
    if (!(await confirmed(text("user.impersonate"), text("user.impersonate_sure", user.username), text("user.impersonate")))) return;
    const { sameRealm } = await api.impersonate(id);
    open(accountOf(realm), sameRealm ? "_self" : "_blank", "noopener");
  });
  return [
    heading(user.username, may("impersonation") && user.enabled && button(text("user.impersonate"), impersonate, "other"),
      may("manage-users") && button(text("user.delete"), remove, "other danger")),
    tabs(text("user.parts"), [realm, "users", id], names.map((each) => [each, text(`user.tab_${each}`)]), name),
    await parts[name]({ ...context, user }),
  ];
}
