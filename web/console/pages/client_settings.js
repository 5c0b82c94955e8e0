// SPDX-License-Identifier: Apache-2.0
// Settings of a client, with the names that Keycloak gives them.
import { described, element, form, may, show, text, textSwitch } from "../lib/page.js";

const named = (name, more = {}) => ({ name, ...described(`client.${name}`), ...more });
const flag = (name, more = {}) => named(name, { kind: "switch", ...more });
const attribute = (name, key, more = {}) => ({ name: ["attributes", name], ...described(key), ...more });

const fields = () => [
  { group: text("client.general") },
  { name: "clientId", label: text("client.id"), locked: true },
  { name: "name", label: text("field.name") },
  { name: "description", label: text("field.description") },
  { name: "enabled", label: text("field.enabled"), kind: "switch" },
  { group: text("client.access") },
  named("rootUrl"),
  named("baseUrl"),
  named("redirectUris", { kind: "lines", placeholder: "https://shop.example.org/*" }),
  attribute("post.logout.redirect.uris", "client.post_logout"),
  named("webOrigins", { kind: "lines" }),
  { group: text("client.capability") },
  flag("publicClient", { on: false, off: true }),
  flag("standardFlowEnabled"),
  flag("implicitFlowEnabled"),
  flag("directAccessGrantsEnabled"),
  flag("serviceAccountsEnabled"),
  { group: text("client.security") },
  flag("consentRequired"),
  flag("fullScopeAllowed"),
  attribute("pkce.code.challenge.method", "client.pkce", {
    kind: "choice", options: [["", text("client.pkce_any")], ["S256", "S256"], ["plain", "plain"]],
  }),
  attribute("dpop.bound.access.tokens", "client.dpop", textSwitch),
  attribute("require.pushed.authorization.requests", "client.par", textSwitch),
  attribute("access.token.lifespan", "client.lifespan"),
];

export async function clientSettings({ api, id, client }) {
  const save = async (changed) => {
    await api.put(["clients", id], changed);
    // The tabs depend on what kind of client it is.
    if (changed.publicClient !== undefined || changed.serviceAccountsEnabled !== undefined) await show();
  };
  return element("section", { class: "panel" }, form({ fields: fields(), object: client, save, locked: !may("manage-clients") }));
}
