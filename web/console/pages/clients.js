// SPDX-License-Identifier: Apache-2.0
// The clients of a realm.
import { may } from "../lib/access.js";
import { button, heading, link } from "../lib/elements.js";
import { go } from "../lib/shell.js";
import { pagedList } from "../lib/table.js";
import { text, told } from "../lib/text.js";

export function kindOf(client) {
  return text(client.bearerOnly ? "client.bearer_only" : client.publicClient ? "client.public" : "client.confidential");
}

export async function clientsPage({ realm, api }) {
  const columns = [
    { title: text("client.id"), cell: (row) => (may("view-clients", "manage-clients") ? link([realm, "clients", row.id], row.clientId) : row.clientId) },
    { title: text("field.name"), cell: (row) => told(row.name) },
    { title: text("client.kind"), cell: kindOf },
    { title: text("field.enabled"), cell: (row) => text(row.enabled ? "word.on" : "word.off") },
  ];
  const load = ({ search, first, max }) => api.get(["clients"], { clientId: search, search: search ? true : "", first, max });
  return [
    heading(text("clients.title"),
      may("manage-clients", "create-client") && button(text("clients.create"), () => go(realm, "clients", "new"))),
    await pagedList({ caption: text("clients.title"), columns, load, empty: text("clients.none") }),
  ];
}
