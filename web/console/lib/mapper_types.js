// SPDX-License-Identifier: Apache-2.0
// Protocol mappers: what each is configured with, and which claim it makes.
import { textSwitch } from "./form.js";
import { text } from "./text.js";

const flag = (name) => ({ name: ["config", name], label: text(`mapper.${name}`), ...textSwitch });
const word = (name, more = {}) => ({ name: ["config", name], label: text(`mapper.${name}`), ...more });
const claim = () => word("claim.name", { required: true });
const type = () => word("jsonType.label", { kind: "choice", options: ["String", "long", "int", "boolean", "JSON"].map((each) => [each, each]) });
const access = () => flag("access.token.claim");
const everywhere = () => [flag("id.token.claim"), access(), flag("userinfo.token.claim")];

// Of each: its fields, what a new one begins with, and the claim where no member names it.
export const mapperTypes = {
  "oidc-audience-mapper": { fields: () => [word("included.client.audience", { help: text("mapper.included.client.audience_help") }), word("included.custom.audience"), flag("id.token.claim"), access()], config: { "access.token.claim": "true" }, claim: "aud" },
  "oidc-usermodel-attribute-mapper": { fields: () => [word("user.attribute", { required: true }), claim(), type(), flag("multivalued"), ...everywhere()] },
  "oidc-usermodel-property-mapper": { fields: () => [word("user.attribute", { required: true }), claim(), type(), ...everywhere()] },
  "oidc-hardcoded-claim-mapper": { fields: () => [claim(), word("claim.value"), type(), ...everywhere()] },
  "oidc-usermodel-realm-role-mapper": { fields: () => [claim(), word("usermodel.realmRoleMapping.rolePrefix"), ...everywhere()], config: { "claim.name": "realm_access.roles", multivalued: "true", "jsonType.label": "String" }, claim: "realm_access" },
  "oidc-usermodel-client-role-mapper": { fields: () => [word("usermodel.clientRoleMapping.clientId"), claim(), ...everywhere()], config: { "claim.name": "resource_access.${client_id}.roles", multivalued: "true", "jsonType.label": "String" }, claim: "resource_access" },
  "oidc-group-membership-mapper": { fields: () => [claim(), flag("full.path"), ...everywhere()], config: { "claim.name": "groups", "full.path": "true" } },
  "oidc-full-name-mapper": { fields: everywhere, claim: "name" },
  "oidc-audience-resolve-mapper": { fields: () => [access()], claim: "aud" },
};

const others = { "oidc-acr-mapper": "acr", "oidc-allowed-origins-mapper": "allowed-origins", "oidc-address-mapper": "address", "oidc-sub-mapper": "sub" };
const everyField = { "id.token.claim": "true", "access.token.claim": "true", "userinfo.token.claim": "true", "introspection.token.claim": "true", "jsonType.label": "String" };

export function newConfig(kind) {
  return { ...(kind === "oidc-audience-mapper" || kind === "oidc-audience-resolve-mapper" ? { "introspection.token.claim": "true" } : everyField), ...(mapperTypes[kind].config ?? {}) };
}

// The member of a token that a mapper adds to, by its outermost name.
export function claimOf(mapper) {
  const named = mapper.config?.["claim.name"]?.split(/(?<!\\)\./)[0];
  return named || mapperTypes[mapper.protocolMapper]?.claim || others[mapper.protocolMapper] || null;
}

export function mapperName(kind) {
  return mapperTypes[kind] ? text(`mapper.${kind.slice(5, -7)}`) : kind; // oidc-…-mapper
}
