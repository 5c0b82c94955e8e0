// SPDX-License-Identifier: Apache-2.0
// One user: details, credentials, roles, groups, sessions.
import { accountOf, acting, actionColumn, below, button, changing, column, confirmed, date, deleting, form, go, hasText, heading, link, may, roleMappings, section, tabs, text, wholeList } from "../lib/page.js";
import { chooseGroup } from "./groups.js";
import { userAttributes } from "./user_attributes.js";
import { actions, userCredentials } from "./user_credentials.js";
import { userFields } from "./users.js";

// With what the user has to do at the next sign-in, a switch each.
async function details({ api, id, user }) {
  const fields = [
    { name: "username", label: text("user.username"), locked: true }, ...userFields().map((field) => ({ ...field, always: false })),
    { group: text("signin.actions") },
    ...[...new Set([...actions, ...user.requiredActions])].map((name) => ({ name: ["asked", name], label: hasText(`mail.${name}`) ? text(`mail.${name}`) : name, kind: "switch" })),
  ];
  const asked = Object.fromEntries(user.requiredActions.map((name) => [name, true]));
  const save = ({ asked, ...changed }) =>
    api.put(["users", id], { ...changed, ...(asked && { requiredActions: Object.keys(asked).filter((name) => asked[name]) }) });
  return section(text("tab.details"), form({ fields, object: { ...user, asked }, save, locked: !may("manage-users"), whole: true }));
}

const roles = ({ api, id }) => roleMappings({ api, path: ["users", id, "role-mappings"], locked: !may("manage-users") });

async function groups({ realm, api, id }) {
  const rows = await api.get(["users", id, "groups"]);
  const leave = (group) => changing(() => api.remove(["users", id, "groups", group.id]));
  const join = acting(() => chooseGroup(api, changing((group) => api.put(["users", id, "groups", group.id], {}))));
  const columns = [
    column("group.name", (row) => link([realm, "groups", row.id], row.path)),
    actionColumn(may("manage-users"), "group.leave", leave),
  ];
  return section(text("tab.groups"),
    await wholeList({ caption: text("tab.groups"), columns, rows, matches: (row) => row.path }),
    may("manage-users") && below(button(text("group.join"), join)));
}

async function sessions({ api, id }) {
  const rows = await api.get(["users", id, "sessions"]);
  const end = (session) => changing(() => api.remove(["sessions", session.id]), text("sessions.ended"));
  const endAll = changing(() => api.post(["users", id, "logout"], {}), text("sessions.ended"));
  const columns = [
    column("session.started", (row) => date(row.start)),
    column("session.last", (row) => date(row.lastAccess)),
    column("events.ipAddress", "ipAddress"),
    column("clients.title", (row) => Object.values(row.clients ?? {}).join(", ")),
    actionColumn(may("manage-users"), "session.end", end),
  ];
  return section(text("tab.sessions"),
    await wholeList({ caption: text("tab.sessions"), columns, rows, matches: (row) => row.ipAddress }),
    rows.length > 0 && may("manage-users") && below(button(text("session.end_all"), endAll, "other danger")));
}

const parts = { details, attributes: userAttributes, credentials: userCredentials, "role-mapping": roles, groups, sessions };

export async function userPage(context) {
  const { realm, api, id, tab = "details" } = context;
  const user = await api.get(["users", id]);
  const names = Object.keys(parts);
  const name = names.includes(tab) ? tab : "details";
  const remove = deleting("user", user.username, () => api.remove(["users", id]), () => go(realm, "users"));
  const impersonate = acting(async () => {
    if (!(await confirmed(text("user.impersonate"), text("user.impersonate_sure", user.username), text("user.impersonate")))) return;
    const { sameRealm } = await api.impersonate(id);
    open(accountOf(realm), sameRealm ? "_self" : "_blank", "noopener");
  });
  return [
    heading(user.username, may("impersonation") && user.enabled && button(text("user.impersonate"), impersonate, "other"),
      may("manage-users") && button(text("user.delete"), remove, "other danger")),
    tabs([realm, "users", id], names, name),
    await parts[name]({ ...context, user }),
  ];
}
