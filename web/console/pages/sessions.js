// SPDX-License-Identifier: Apache-2.0
// Sessions of a realm by client, and those of one client, each with a way to end it.
import { acting, actionColumn, button, changing, column, confirmed, date, element, heading, link, may, pagedList, text, wholeList } from "../lib/page.js";

const mayOpen = () => may("view-clients", "manage-clients");

export async function sessionsPage({ realm, api }) {
  const rows = await api.get(["client-session-stats"]);
  const columns = [
    column("client.id", (row) => (mayOpen() ? link([realm, "sessions", row.id], row.clientId) : row.clientId)),
    column("tab.sessions", "active"),
    column("sessions.offline", "offline"),
  ];
  const endAll = acting(async () => {
    if (!(await confirmed(text("sessions.end_all"), text("sessions.end_all_sure", realm), text("sessions.end_all")))) return;
    await changing(() => api.post(["logout-all"]), text("sessions.ended"))();
  });
  return [
    heading(text("tab.sessions"), may("manage-users") && button(text("sessions.end_all"), endAll, "other danger")),
    await wholeList({ caption: text("sessions.by_client"), columns, rows, matches: (row) => row.clientId }),
  ];
}

export async function clientSessionsPage({ realm, api, id }) {
  const client = await api.get(["clients", id]);
  const end = (row) => changing(() => api.remove(["sessions", row.id]), text("sessions.ended"));
  const columns = [
    column("user.username", (row) => (may("view-users", "manage-users") ? link([realm, "users", row.userId], row.username) : row.username)),
    column("events.ipAddress", "ipAddress"),
    column("session.started", (row) => date(row.start)),
    column("session.last", (row) => date(row.lastAccess)),
    actionColumn(may("manage-users"), "session.end", end),
  ];
  const load = ({ first, max }) => api.get(["clients", id, "user-sessions"], { first, max });
  return [
    heading(text("sessions.of", client.clientId)),
    element("p", { class: "under" }, link([realm, "sessions"], text("tab.sessions"))),
    await pagedList({ caption: text("sessions.of", client.clientId), columns, load, searchable: false }),
  ];
}
