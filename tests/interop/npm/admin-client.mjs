// SPDX-License-Identifier: Apache-2.0
// Keycloak's own admin client, doing what its documentation shows: with Keycloak, and with ours.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import KcAdminClient from "@keycloak/keycloak-admin-client";

const { BASE, ADMIN_USERNAME, ADMIN_PASSWORD } = process.env;
const KEYS = "org.keycloak.keys.KeyProvider";
const realm = "by-client";
const admin = new KcAdminClient({ baseUrl: BASE, realmName: "master" });
const login = () =>
  admin.auth({ username: ADMIN_USERNAME, password: ADMIN_PASSWORD, grantType: "password", clientId: "admin-cli" });

before(async () => {
  await login();
  await admin.realms.create({ realm, enabled: true });
  await login(); // Keycloak's tokens list the realms that there were
});
after(() => admin.realms.del({ realm }));

async function refused(promise, status) {
  await assert.rejects(promise, (error) => error.response.status === status);
}

test("realms", async () => {
  assert.ok((await admin.realms.find()).some((one) => one.realm === realm));
  await admin.realms.update({ realm }, { displayName: "By client" });
  assert.equal((await admin.realms.findOne({ realm })).displayName, "By client");
  assert.equal(await admin.realms.findOne({ realm: "none" }), null);
  await refused(admin.realms.create({ realm }), 409);
});

test("users", async () => {
  const { id } = await admin.users.create({ realm, username: "ann", email: "ann@example.org", enabled: true });
  assert.equal((await admin.users.find({ realm, username: "ann", exact: true }))[0].id, id);
  assert.equal(await admin.users.count({ realm, email: "ann@example.org" }), 1);
  await admin.users.update({ realm, id }, { firstName: "Ann", lastName: "Tester" });
  assert.equal((await admin.users.findOne({ realm, id })).firstName, "Ann");
  await admin.users.resetPassword({ realm, id, credential: { temporary: false, type: "password", value: "ann-password" } });
  assert.deepEqual(await admin.users.listSessions({ realm, id }), []);
  await admin.users.logout({ realm, id });
  await refused(admin.users.create({ realm, username: "ann" }), 409);
  await admin.users.del({ realm, id });
  assert.equal(await admin.users.findOne({ realm, id }), null);
});

test("clients", async () => {
  const { id } = await admin.clients.create({ realm, clientId: "app", serviceAccountsEnabled: true, secret: "app-secret" });
  assert.equal((await admin.clients.find({ realm, clientId: "app" }))[0].id, id);
  await admin.clients.update({ realm, id }, { clientId: "app", description: "An app" });
  assert.equal((await admin.clients.findOne({ realm, id })).description, "An app");
  assert.equal((await admin.clients.getClientSecret({ realm, id })).value, "app-secret");
  assert.notEqual((await admin.clients.generateNewClientSecret({ realm, id })).value, "app-secret");
  assert.equal((await admin.clients.getServiceAccountUser({ realm, id })).username, "service-account-app");
  assert.equal((await admin.clients.getSessionCount({ realm, id })).count, 0);
  assert.deepEqual(await admin.clients.listSessions({ realm, id }), []);
  const installation = await admin.clients.getInstallationProviders({ realm, id, providerId: "keycloak-oidc-keycloak-json" });
  assert.equal(installation.resource, "app");
  await refused(admin.clients.create({ realm, clientId: "app" }), 409);
  await admin.clients.del({ realm, id });
});

test("client scopes, mappers and what a client may see", async () => {
  const scope = await admin.clientScopes.create({ realm, name: "prices", protocol: "openid-connect" });
  const found = await admin.clientScopes.findOneByName({ realm, name: "prices" });
  assert.equal(found.id, scope.id);
  await admin.clientScopes.update({ realm, id: scope.id }, { name: "costs", protocol: "openid-connect" });
  const mapper = {
    name: "audience",
    protocol: "openid-connect",
    protocolMapper: "oidc-audience-mapper",
    config: { "included.custom.audience": "prices-api", "access.token.claim": "true" },
  };
  await admin.clientScopes.addProtocolMapper({ realm, id: scope.id }, mapper);
  const made = await admin.clientScopes.findProtocolMapperByName({ realm, id: scope.id, name: "audience" });
  await admin.clientScopes.updateProtocolMapper({ realm, id: scope.id, mapperId: made.id }, { ...made, config: { "included.custom.audience": "costs-api" } });
  const [changed] = await admin.clientScopes.listProtocolMappers({ realm, id: scope.id });
  assert.equal(changed.config["included.custom.audience"], "costs-api");
  await admin.clientScopes.addDefaultClientScope({ realm, id: scope.id });
  assert.ok((await admin.clientScopes.listDefaultClientScopes({ realm })).some((one) => one.name === "costs"));
  await admin.clientScopes.delDefaultClientScope({ realm, id: scope.id });

  const { id } = await admin.clients.create({ realm, clientId: "shop", fullScopeAllowed: false });
  await admin.clients.addOptionalClientScope({ realm, id, clientScopeId: scope.id });
  assert.ok((await admin.clients.listOptionalClientScopes({ realm, id })).some((one) => one.name === "costs"));
  await admin.clients.addProtocolMapper({ realm, id }, mapper);
  assert.equal((await admin.clients.findProtocolMapperByName({ realm, id, name: "audience" })).protocol, "openid-connect");
  const role = (await admin.clients.listAvailableRealmScopeMappings({ realm, id })).find((one) => one.name === "offline_access");
  await admin.clients.addRealmScopeMappings({ realm, id }, [role]);
  assert.deepEqual((await admin.clients.listRealmScopeMappings({ realm, id })).map((one) => one.name), ["offline_access"]);
  await admin.clients.delRealmScopeMappings({ realm, id }, [role]);
  await admin.clientScopes.del({ realm, id: scope.id });
  await refused(admin.clientScopes.create({ realm, name: "two words" }), 400);
});

test("keys are rotated", async () => {
  const before = (await admin.realms.getKeys({ realm })).active.RS256;
  const { id } = await admin.components.create({
    realm,
    name: "newer",
    providerId: "rsa-generated",
    providerType: KEYS,
    config: { priority: ["200"], active: ["true"], enabled: ["true"] },
  });
  assert.notEqual((await admin.realms.getKeys({ realm })).active.RS256, before);
  const component = await admin.components.findOne({ realm, id });
  await admin.components.update({ realm, id }, { ...component, config: { ...component.config, active: ["false"] } });
  assert.equal((await admin.realms.getKeys({ realm })).active.RS256, before);
  assert.ok((await admin.components.find({ realm, type: KEYS })).length >= 4);
  await admin.components.del({ realm, id });
});

test("events", async () => {
  const config = { ...(await admin.realms.getConfigEvents({ realm })), eventsEnabled: true, adminEventsEnabled: true };
  await admin.realms.updateConfigEvents({ realm }, config);
  await admin.realms.update({ realm }, { displayName: "Seen" });
  assert.equal((await admin.realms.findAdminEvents({ realm, operationTypes: "UPDATE" }))[0].resourceType, "REALM");
  assert.deepEqual(await admin.realms.findEvents({ realm }), []);
  await admin.realms.clearEvents({ realm });
  await admin.realms.clearAdminEvents({ realm });
  assert.deepEqual(await admin.realms.findAdminEvents({ realm }), []);
});

test("sessions of the realm", async () => {
  assert.deepEqual(await admin.realms.getClientSessionStats({ realm }), []);
  assert.deepEqual(await admin.realms.logoutAll({ realm }), {});
  assert.deepEqual(await admin.realms.pushRevocation({ realm }), {});
  await refused(admin.realms.deleteSession({ realm, session: "none" }), 404);
});
