// SPDX-License-Identifier: Apache-2.0
package client;

import static client.Check.find;
import static client.Check.has;
import static client.Check.holds;
import static client.Check.made;
import static client.Check.refused;
import static client.Check.same;
import static client.Check.status;

import java.util.List;
import java.util.Map;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.KeycloakBuilder;
import org.keycloak.admin.client.resource.ClientResource;
import org.keycloak.admin.client.resource.ProtocolMappersResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.admin.client.resource.RoleMappingResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** Clients, their secrets, roles, scopes, mappers, accounts and sessions; client scopes. */
final class Clients {
    static void all(Check check, RealmResource realm, String base) {
        String id = made(realm.clients().create(client("app")));
        ClientResource client = realm.clients().get(id);
        check.step("a client is found", () -> {
            same(id, realm.clients().findByClientId("app").get(0).getId());
            holds(has(realm.clients().findAll(), ClientRepresentation::getClientId, "app"), "not listed");
            same(1, realm.clients().findAll("ap", null, true, 0, 5).size());
            same(0, realm.clients().findByClientId("ap").size());
            same(realm.clients().findAll().size(), realm.clients().query("colour:blue").size()); // no attribute is searched unless it is configured
            status(409, realm.clients().create(client("app")));
            refused(404, () -> realm.clients().get("none").toRepresentation());
        });
        check.step("a client is changed", () -> {
            ClientRepresentation seen = client.toRepresentation();
            seen.setDescription("An app");
            seen.setRedirectUris(List.of("https://app.example/*"));
            client.update(seen);
            same("An app", client.toRepresentation().getDescription());
            same(List.of("https://app.example/*"), client.toRepresentation().getRedirectUris());
        });
        check.step("a client's secret", () -> {
            same("app-secret", client.getSecret().getValue());
            String next = client.generateNewSecret().getValue();
            holds(!next.equals("app-secret") && next.equals(client.getSecret().getValue()), next);
            refused(404, client::getClientRotatedSecret);
        });
        check.step("a client's roles", () -> roles(client));
        check.step("a client's scopes", () -> scopes(realm, client));
        check.step("a client's mappers", () -> mappers(client.getProtocolMappers()));
        check.step("what a client may see", () -> mayScope(realm, client.getScopeMappings(), client));
        check.step("a client's account", () -> account(realm, client, base));
        check.step("a client's sessions", () -> {
            same(0, client.getApplicationSessionCount().get("count"));
            same(List.of(), client.getUserSessions(0, 10));
            same(0L, client.getOfflineSessionCount().get("count"));
            same(List.of(), client.getOfflineUserSessions(0, 10));
        });
        check.step("a client's nodes", () -> {
            client.registerNode(Map.of("node", "127.0.0.1"));
            holds(client.toRepresentation().getRegisteredNodes().containsKey("127.0.0.1"), "no node");
            client.unregisterNode("127.0.0.1");
            client.pushRevocation();
        });
        check.step("a client's installation", () -> holds(client.getInstallationProvider("keycloak-oidc-keycloak-json").contains("\"app\""), "no name"));
        check.optional("a client's registration token", () -> holds(client.regenerateRegistrationAccessToken().getRegistrationAccessToken() != null, "none"));
        check.optional("a client's certificate", () -> holds(client.getCertficateResource("jwt.credential").generate().getCertificate() != null, "none"));
        check.step("client scopes", () -> clientScopes(realm));
        check.step("a client is removed", () -> {
            client.remove();
            refused(404, client::toRepresentation);
        });
    }

    static ClientRepresentation client(String name) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(name);
        client.setSecret(name + "-secret");
        client.setServiceAccountsEnabled(true);
        client.setFullScopeAllowed(false);
        client.setAttributes(Map.of("colour", "blue"));
        return client;
    }

    private static void roles(ClientResource client) throws Exception {
        client.roles().create(new RoleRepresentation("buyer", "Buys", false));
        client.roles().create(new RoleRepresentation("seller", "Sells", false));
        refused(409, () -> client.roles().create(new RoleRepresentation("buyer", "Buys", false)));
        same(2, client.roles().list().size());
        same(1, client.roles().list("sell", true).size());
        RoleRepresentation seen = client.roles().get("buyer").toRepresentation();
        seen.setDescription("Buys much");
        seen.setAttributes(Map.of("level", List.of("3")));
        client.roles().get("buyer").update(seen);
        same(Map.of("level", List.of("3")), client.roles().get("buyer").toRepresentation().getAttributes());
        client.roles().get("seller").addComposites(List.of(seen));
        same(1, client.roles().get("seller").getRoleComposites().size());
        same(1, client.roles().get("seller").getClientRoleComposites(client.toRepresentation().getId()).size());
        client.roles().get("seller").deleteComposites(List.of(seen));
        client.roles().deleteRole("seller");
        refused(404, () -> client.roles().get("seller").toRepresentation());
    }

    private static void scopes(RealmResource realm, ClientResource client) {
        String email = find(realm.clientScopes().findAll(), ClientScopeRepresentation::getName, "email").getId();
        holds(has(client.getDefaultClientScopes(), ClientScopeRepresentation::getName, "email"), "not a default");
        client.removeDefaultClientScope(email);
        client.addOptionalClientScope(email);
        holds(has(client.getOptionalClientScopes(), ClientScopeRepresentation::getName, "email"), "not optional");
        client.removeOptionalClientScope(email);
        client.addDefaultClientScope(email);
        holds(has(client.getDefaultClientScopes(), ClientScopeRepresentation::getName, "email"), "not a default again");
    }

    static ProtocolMapperRepresentation mapper(String name) {
        ProtocolMapperRepresentation mapper = new ProtocolMapperRepresentation();
        mapper.setName(name);
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper("oidc-audience-mapper");
        mapper.setConfig(Map.of("included.custom.audience", name + "-api", "access.token.claim", "true"));
        return mapper;
    }

    private static void mappers(ProtocolMappersResource mappers) throws Exception {
        int before = mappers.getMappers().size();
        String id = made(mappers.createMapper(mapper("prices")));
        mappers.createMapper(List.of(mapper("costs"), mapper("stock")));
        same(before + 3, mappers.getMappers().size());
        same(before + 3, mappers.getMappersPerProtocol("openid-connect").size());
        ProtocolMapperRepresentation seen = mappers.getMapperById(id);
        seen.setConfig(Map.of("included.custom.audience", "other-api", "access.token.claim", "true"));
        mappers.update(id, seen);
        same("other-api", mappers.getMapperById(id).getConfig().get("included.custom.audience"));
        status(409, mappers.createMapper(mapper("prices")));
        mappers.delete(id);
        refused(404, () -> mappers.getMapperById(id));
    }

    private static void mayScope(RealmResource realm, RoleMappingResource scope, ClientResource client) {
        RoleRepresentation role = find(scope.realmLevel().listAvailable(), RoleRepresentation::getName, "offline_access");
        scope.realmLevel().add(List.of(role));
        same(1, scope.realmLevel().listAll().size());
        holds(has(scope.realmLevel().listEffective(), RoleRepresentation::getName, "offline_access"), "not effective");
        String account = realm.clients().findByClientId("account").get(0).getId();
        RoleRepresentation view = find(scope.clientLevel(account).listAvailable(), RoleRepresentation::getName, "view-profile");
        scope.clientLevel(account).add(List.of(view));
        same(1, scope.getAll().getClientMappings().get("account").getMappings().size());
        scope.clientLevel(account).remove(List.of(view));
        scope.realmLevel().remove(List.of(role));
        same(0, scope.realmLevel().listAll().size());
    }

    /** The account administers: a login by the client credentials grant. */
    private static void account(RealmResource realm, ClientResource client, String base) throws Exception {
        String user = client.getServiceAccountUser().getId();
        same("service-account-app", client.getServiceAccountUser().getUsername());
        String management = realm.clients().findByClientId("realm-management").get(0).getId();
        ClientRepresentation whole = client.toRepresentation();
        whole.setFullScopeAllowed(true);
        client.update(whole);
        RoleRepresentation view = realm.clients().get(management).roles().get("view-users").toRepresentation();
        realm.users().get(user).roles().clientLevel(management).add(List.of(view));
        try (Keycloak robot = KeycloakBuilder.builder().serverUrl(base).realm(Main.REALM).grantType("client_credentials").clientId("app").clientSecret(client.getSecret().getValue()).build()) {
            same(0, robot.realm(Main.REALM).users().searchByUsername("nobody", true).size());
            refused(403, () -> robot.realm(Main.REALM).users().get(user).remove());
            refused(403, () -> robot.realm("master").users().count());
            holds(robot.tokenManager().refreshToken().getToken() != null, "no token");
        }
    }

    private static void clientScopes(RealmResource realm) throws Exception {
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName("prices");
        scope.setProtocol("openid-connect");
        scope.setAttributes(Map.of("include.in.token.scope", "true"));
        String id = made(realm.clientScopes().create(scope));
        status(409, realm.clientScopes().create(scope));
        ClientScopeRepresentation seen = realm.clientScopes().get(id).toRepresentation();
        seen.setDescription("What things cost");
        realm.clientScopes().get(id).update(seen);
        same("What things cost", realm.clientScopes().get(id).toRepresentation().getDescription());
        mappers(realm.clientScopes().get(id).getProtocolMappers());
        RoleRepresentation role = realm.roles().get("offline_access").toRepresentation();
        realm.clientScopes().get(id).getScopeMappings().realmLevel().add(List.of(role));
        same(1, realm.clientScopes().get(id).getScopeMappings().realmLevel().listAll().size());
        realm.addDefaultDefaultClientScope(id);
        holds(has(realm.getDefaultDefaultClientScopes(), ClientScopeRepresentation::getName, "prices"), "not a default");
        realm.removeDefaultDefaultClientScope(id);
        realm.addDefaultOptionalClientScope(id);
        holds(has(realm.getDefaultOptionalClientScopes(), ClientScopeRepresentation::getName, "prices"), "not optional");
        realm.removeDefaultOptionalClientScope(id);
        realm.clientScopes().get(id).remove();
        refused(404, () -> realm.clientScopes().get(id).toRepresentation());
    }
}
