// SPDX-License-Identifier: Apache-2.0
// The users of a realm, and a new one.
import { button, column, described, form, go, heading, link, may, needed, pagedList, section, text, yesNo } from "../lib/page.js";

export const userFields = () => [
  { name: "email", label: text("user.email"), kind: "email" },
  { name: "firstName", label: text("user.first_name") },
  { name: "lastName", label: text("user.last_name") },
  { name: "emailVerified", label: text("user.email_verified"), kind: "switch" },
  { name: "enabled", label: text("field.enabled"), kind: "switch", always: true },
];

export async function usersPage({ realm, api }) {
  const full = (row) => [row.firstName, row.lastName].filter(Boolean).join(" ");
  const columns = [
    column("user.username", (row) => (may("view-users", "manage-users") ? link([realm, "users", row.id], row.username) : row.username)),
    column("user.email", "email"),
    column("field.name", full),
    column("field.enabled", (row) => yesNo(row.enabled)),
  ];
  const load = ({ search, first, max }) => api.get(["users"], { search, first, max, briefRepresentation: true });
  return [
    heading(text("users.title"), may("manage-users") && button(text("users.create"), () => go(realm, "users", "new"))),
    await pagedList({ caption: text("users.title"), columns, load }),
  ];
}

export async function newUserPage({ realm, api }) {
  const fields = [
    { name: "username", label: text("user.username"), ...needed },
    ...userFields(),
    { name: "password", ...described("user.password"), kind: "password" },
  ];
  const save = async ({ password, ...user }) => {
    if (password) user.credentials = [{ type: "password", value: password, temporary: false }];
    go(realm, "users", await api.create(["users"], user), "details");
  };
  const cancel = button(text("dialog.cancel"), () => go(realm, "users"), "other");
  return [heading(text("users.create")), section(text("tab.details"),
    form({ fields, object: { enabled: true }, save, label: text("users.create"), done: text("word.created"), cancel }))];
}
