// SPDX-License-Identifier: Apache-2.0
// Settings of a client, with the names that Keycloak gives them.
import { element, form, may, show, text } from "../lib/page.js";

const named = (name, more = {}) => ({ name, label: text(`client.${name}`), ...more });
const attribute = (name, label, more) => ({ name: ["attributes", name], label: text(label), ...more });
const words = { on: "true", off: "false" };

const fields = () => [
  { group: text("client.general") },
  { name: "clientId", label: text("client.id"), locked: true },
  { name: "name", label: text("field.name") },
  { name: "description", label: text("field.description") },
  { name: "enabled", label: text("field.enabled"), kind: "switch" },
  { group: text("client.access") },
  named("rootUrl"),
  named("baseUrl"),
  named("redirectUris", { kind: "lines", help: text("client.redirectUris_help"), placeholder: "https://shop.example.org/*" }),
  attribute("post.logout.redirect.uris", "client.post_logout", { help: text("client.post_logout_help") }),
  named("webOrigins", { kind: "lines", help: text("client.webOrigins_help") }),
  { group: text("client.capability") },
  named("publicClient", { kind: "switch", on: false, off: true, help: text("client.publicClient_help") }),
  named("standardFlowEnabled", { kind: "switch", help: text("client.standardFlowEnabled_help") }),
  named("implicitFlowEnabled", { kind: "switch", help: text("client.implicitFlowEnabled_help") }),
  named("directAccessGrantsEnabled", { kind: "switch", help: text("client.directAccessGrantsEnabled_help") }),
  named("serviceAccountsEnabled", { kind: "switch", help: text("client.serviceAccountsEnabled_help") }),
  { group: text("client.security") },
  named("consentRequired", { kind: "switch" }),
  named("fullScopeAllowed", { kind: "switch", help: text("client.fullScopeAllowed_help") }),
  attribute("pkce.code.challenge.method", "client.pkce", {
    kind: "choice", options: [["", text("client.pkce_any")], ["S256", "S256"], ["plain", "plain"]], help: text("client.pkce_help"),
  }),
  attribute("dpop.bound.access.tokens", "client.dpop", { kind: "switch", ...words, absent: "false", help: text("client.dpop_help") }),
  attribute("require.pushed.authorization.requests", "client.par", { kind: "switch", ...words, absent: "false" }),
  attribute("access.token.lifespan", "client.lifespan", { help: text("client.lifespan_help") }),
];

export async function clientSettings({ api, id, client }) {
  const save = async (changed) => {
    await api.put(["clients", id], changed);
    // The tabs depend on what kind of client it is.
    if (changed.publicClient !== undefined || changed.serviceAccountsEnabled !== undefined) await show();
  };
  return element("section", { class: "panel" }, form({ fields: fields(), object: client, save, locked: !may("manage-clients") }));
}
