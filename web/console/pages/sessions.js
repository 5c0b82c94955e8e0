// SPDX-License-Identifier: Apache-2.0
// Sessions of a realm by client, and those of one client, each with a way to end it.
import { may } from "../lib/access.js";
import { confirmed } from "../lib/dialog.js";
import { button, element, heading, link } from "../lib/elements.js";
import { acting, notify } from "../lib/notice.js";
import { show } from "../lib/shell.js";
import { pagedList, wholeList } from "../lib/table.js";
import { date, text } from "../lib/text.js";

const mayOpen = () => may("view-clients", "manage-clients");

export async function sessionsPage({ realm, api }) {
  const rows = await api.get(["client-session-stats"]);
  const columns = [
    { title: text("client.id"), cell: (row) => (mayOpen() ? link([realm, "sessions", row.id], row.clientId) : row.clientId) },
    { title: text("sessions.active"), cell: (row) => row.active },
    { title: text("sessions.offline"), cell: (row) => row.offline },
  ];
  const endAll = acting(async () => {
    if (!(await confirmed(text("sessions.end_all"), text("sessions.end_all_sure", realm), text("sessions.end_all")))) return;
    await api.post(["logout-all"]);
    notify(text("sessions.all_ended"));
    await show();
  });
  return [
    heading(text("sessions.title"), may("manage-users") && button(text("sessions.end_all"), endAll, "other danger")),
    await wholeList({ caption: text("sessions.by_client"), columns, rows, matches: (row) => row.clientId, empty: text("sessions.none") }),
  ];
}

export async function clientSessionsPage({ realm, api, id }) {
  const client = await api.get(["clients", id]);
  const end = (row) => acting(async () => {
    await api.remove(["sessions", row.id]);
    notify(text("sessions.ended"));
    await show();
  });
  const columns = [
    { title: text("user.username"), cell: (row) => (may("view-users", "manage-users") ? link([realm, "users", row.userId], row.username) : row.username) },
    { title: text("session.address"), cell: (row) => row.ipAddress ?? "" },
    { title: text("session.started"), cell: (row) => date(row.start) },
    { title: text("session.last"), cell: (row) => date(row.lastAccess) },
    { title: text("sessions.actions"), hidden: true, cell: (row) => (may("manage-users") ? button(text("session.end"), end(row), "other") : "") },
  ];
  const load = ({ first, max }) => api.get(["clients", id, "user-sessions"], { first, max });
  return [
    heading(text("sessions.of", client.clientId)),
    element("p", { class: "under" }, link([realm, "sessions"], text("sessions.title"))),
    await pagedList({ caption: text("sessions.of", client.clientId), columns, load, empty: text("sessions.none"), searchable: false }),
  ];
}
