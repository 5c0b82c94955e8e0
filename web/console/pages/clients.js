// SPDX-License-Identifier: Apache-2.0
// The clients of a realm.
import { button, column, go, heading, link, may, pagedList, text, told, yesNo } from "../lib/page.js";

export function kindOf(client) {
  return text(client.bearerOnly ? "client.bearer_only" : client.publicClient ? "client.public" : "client.confidential");
}

export async function clientsPage({ realm, api }) {
  const columns = [
    column("client.id", (row) => (may("view-clients", "manage-clients") ? link([realm, "clients", row.id], row.clientId) : row.clientId)),
    column("field.name", (row) => told(row.name)),
    column("word.type", kindOf),
    column("field.enabled", (row) => yesNo(row.enabled)),
  ];
  const load = ({ search, first, max }) => api.get(["clients"], { clientId: search, search: search ? true : "", first, max });
  return [
    heading(text("clients.title"),
      may("manage-clients", "create-client") && button(text("clients.create"), () => go(realm, "clients", "new"))),
    await pagedList({ caption: text("clients.title"), columns, load }),
  ];
}
