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
import org.keycloak.admin.client.resource.IdentityProviderResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.AuthenticationFlowRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.IdentityProviderMapperRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;
import org.keycloak.representations.idm.RequiredActionProviderRepresentation;

/** Components, identity providers, flows, required actions, failed logins. */
final class Settings {
    private static final String KEYS = "org.keycloak.keys.KeyProvider";

    static void all(Check check, Keycloak admin, RealmResource realm) {
        check.step("components", () -> components(realm));
        check.step("identity providers", () -> identityProviders(realm));
        check.step("mappers of identity providers", () -> identityMappers(realm));
        check.optional("kinds of identity providers", () -> status(200, realm.identityProviders().getIdentityProviders("oidc")));
        check.step("required actions", () -> {
            RequiredActionProviderRepresentation terms = realm.flows().getRequiredAction("TERMS_AND_CONDITIONS");
            terms.setEnabled(true);
            terms.setDefaultAction(true);
            realm.flows().updateRequiredAction("TERMS_AND_CONDITIONS", terms);
            holds(find(realm.flows().getRequiredActions(), RequiredActionProviderRepresentation::getAlias, "TERMS_AND_CONDITIONS").isDefaultAction(), "not a default");
        });
        check.optional("required actions are ordered", () -> realm.flows().raiseRequiredActionPriority("VERIFY_EMAIL"));
        check.optional("required actions that are not registered", () -> realm.flows().getUnregisteredRequiredActions());
        check.step("flows", () -> {
            AuthenticationFlowRepresentation browser = find(realm.flows().getFlows(), AuthenticationFlowRepresentation::getAlias, "browser");
            same("browser", realm.flows().getFlow(browser.getId()).getAlias());
            holds(has(realm.flows().getExecutions("browser"), one -> one.getProviderId(), "auth-username-password-form"), "no form");
        });
        check.optional("flows are made", () -> {
            AuthenticationFlowRepresentation flow = new AuthenticationFlowRepresentation();
            flow.setAlias("own");
            flow.setProviderId("basic-flow");
            flow.setTopLevel(true);
            flow.setBuiltIn(false);
            status(201, realm.flows().createFlow(flow));
        });
        check.optional("kinds of steps", () -> holds(realm.flows().getAuthenticatorProviders().size() > 0, "none"));
        check.step("failed logins", () -> failedLogins(admin, realm));
    }

    private static void components(RealmResource realm) throws Exception {
        String before = realm.keys().getKeyMetadata().getActive().get("RS256");
        ComponentRepresentation keys = new ComponentRepresentation();
        keys.setName("newer");
        keys.setProviderId("rsa-generated");
        keys.setProviderType(KEYS);
        keys.setParentId(realm.toRepresentation().getId());
        keys.setConfig(new MultivaluedHashMap<>());
        for (Map.Entry<String, String> one : Map.of("priority", "200", "active", "true", "enabled", "true", "algorithm", "RS256").entrySet())
            keys.getConfig().putSingle(one.getKey(), one.getValue());
        String id = made(realm.components().add(keys));
        holds(!before.equals(realm.keys().getKeyMetadata().getActive().get("RS256")), "the new key does not sign");
        ComponentRepresentation seen = realm.components().component(id).toRepresentation();
        seen.getConfig().putSingle("active", "false");
        realm.components().component(id).update(seen);
        same(before, realm.keys().getKeyMetadata().getActive().get("RS256"));
        String parent = realm.toRepresentation().getId();
        holds(has(realm.components().query(parent, KEYS), ComponentRepresentation::getId, id), "not listed");
        same(1, realm.components().query(parent, KEYS, "newer").size());
        holds(realm.components().query().size() >= 4, "few");
        realm.components().component(id).remove();
        refused(404, () -> realm.components().component(id).toRepresentation());
    }

    static IdentityProviderRepresentation provider(String alias) {
        IdentityProviderRepresentation provider = new IdentityProviderRepresentation();
        provider.setAlias(alias);
        provider.setProviderId("oidc");
        provider.setEnabled(true);
        provider.setConfig(Map.of("clientId", "ours", "clientSecret", "theirs", "authorizationUrl", "https://partner.example/auth", "tokenUrl", "https://partner.example/token"));
        return provider;
    }

    private static void identityProviders(RealmResource realm) throws Exception {
        status(201, realm.identityProviders().create(provider("other")));
        status(409, realm.identityProviders().create(provider("other")));
        IdentityProviderResource other = realm.identityProviders().get("other");
        IdentityProviderRepresentation seen = other.toRepresentation();
        same("**********", seen.getConfig().get("clientSecret"));
        seen.setDisplayName("Others");
        other.update(seen);
        same("Others", other.toRepresentation().getDisplayName());
        holds(has(realm.identityProviders().findAll(), IdentityProviderRepresentation::getAlias, "other"), "not listed");
        same(1, realm.identityProviders().find("oth", true, 0, 5).size());
    }

    private static void identityMappers(RealmResource realm) throws Exception {
        IdentityProviderResource other = realm.identityProviders().get("other");
        IdentityProviderMapperRepresentation mapper = new IdentityProviderMapperRepresentation();
        mapper.setName("mail");
        mapper.setIdentityProviderAlias("other");
        mapper.setIdentityProviderMapper("oidc-user-attribute-idp-mapper");
        mapper.setConfig(Map.of("claim", "mail", "user.attribute", "email", "syncMode", "INHERIT"));
        String id = made(other.addMapper(mapper));
        IdentityProviderMapperRepresentation seen = other.getMapperById(id);
        seen.getConfig().put("claim", "address");
        other.update(id, seen);
        same("address", other.getMappers().get(0).getConfig().get("claim"));
        other.delete(id);
        refused(404, () -> other.getMapperById(id));
        other.remove();
        refused(404, other::toRepresentation);
    }

    private static void failedLogins(Keycloak admin, RealmResource realm) {
        String id = made(realm.users().create(People.user("clumsy")));
        Map<String, Object> seen = realm.attackDetection().bruteForceUserStatus(id);
        same(0, seen.get("numFailures"));
        same(false, seen.get("disabled"));
        realm.attackDetection().clearBruteForceForUser(id);
        realm.attackDetection().clearAllBruteForce();
        status(204, realm.users().delete(id));
    }
}
