// SPDX-License-Identifier: Apache-2.0
// One client: its parts are files of their own.
import { button, deleting, element, go, heading, mappersPanel, may, roleMappings, tabs, text } from "../lib/page.js";
import { kindOf } from "./clients.js";
import { clientScopes } from "./client_scopes.js";
import { clientCredentials } from "./client_credentials.js";
import { clientEvaluate } from "./client_evaluate.js";
import { clientSettings } from "./client_settings.js";
import { clientRoles } from "./roles.js";

const mappers = async ({ api, id }) => {
  const path = ["clients", id, "protocol-mappers"];
  return mappersPanel({ api, path, mappers: await api.get([...path, "models"]), locked: !may("manage-clients") });
};

// The roles of the client's own account.
const account = async ({ api, id }) => {
  const user = await api.get(["clients", id, "service-account-user"]);
  return roleMappings({ api, path: ["users", user.id, "role-mappings"], locked: !may("manage-users") });
};

const parts = [
  { name: "settings", show: clientSettings },
  { name: "credentials", show: clientCredentials, when: (client) => !client.publicClient && !client.bearerOnly && may("view-clients", "manage-clients") },
  { name: "roles", show: clientRoles },
  { name: "scopes", show: clientScopes, when: (client) => !client.bearerOnly },
  { name: "mappers", show: mappers, when: (client) => !client.bearerOnly },
  { name: "account", show: account, when: (client) => client.serviceAccountsEnabled && may("view-users", "manage-users") },
  { name: "evaluate", show: clientEvaluate, when: (client) => !client.bearerOnly && may("view-users", "manage-users") },
];

export async function clientPage(context) {
  const { realm, api, id, tab = "settings" } = context;
  const client = await api.get(["clients", id]);
  const shown = parts.filter((part) => part.when === undefined || part.when(client));
  const part = shown.find((each) => each.name === tab) ?? shown[0];
  const remove = deleting("client", client.clientId, () => api.remove(["clients", id]), () => go(realm, "clients"));
  return [
    heading(client.clientId, may("manage-clients") && button(text("client.delete"), remove, "other danger")),
    element("p", { class: "soft under" }, kindOf(client)),
    tabs([realm, "clients", id], shown.map(({ name }) => name), part.name),
    await part.show({ ...context, client }),
  ];
}
