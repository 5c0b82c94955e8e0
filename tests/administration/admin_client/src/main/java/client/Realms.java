// SPDX-License-Identifier: Apache-2.0
package client;

import static client.Check.find;
import static client.Check.has;
import static client.Check.holds;
import static client.Check.refused;
import static client.Check.same;
import static client.Check.status;

import java.util.List;
import java.util.Map;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;
import org.keycloak.representations.idm.ClientInitialAccessPresentation;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.KeysMetadataRepresentation;
import org.keycloak.representations.idm.PartialImportRepresentation;
import org.keycloak.representations.idm.RealmEventsConfigRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** A realm, its export, keys, events and what new clients and users get. */
final class Realms {
    static void all(Check check, Keycloak admin) {
        RealmResource realm = admin.realm(Main.REALM);
        check.step("the server tells of itself", () -> holds(admin.serverInfo().getInfo().getSystemInfo().getVersion() != null, "no version"));
        check.step("realms are listed", () -> {
            holds(has(admin.realms().findAll(), RealmRepresentation::getRealm, Main.REALM), "not listed");
            RealmRepresentation again = new RealmRepresentation();
            again.setRealm(Main.REALM);
            refused(409, () -> admin.realms().create(again));
            refused(404, () -> admin.realm("none").toRepresentation());
        });
        check.step("a realm is changed", () -> change(realm));
        check.step("a realm is exported", () -> {
            RealmRepresentation whole = realm.partialExport(true, true);
            same(Main.REALM, whole.getRealm());
            holds(has(whole.getClients(), one -> one.getClientId(), "account"), "no clients");
            holds(has(whole.getRoles().getRealm(), one -> one.getName(), "offline_access"), "no roles");
            holds(realm.partialExport(false, false).getClients() == null, "clients");
        });
        check.step("a realm takes a part", () -> takePart(realm));
        check.step("keys", () -> {
            KeysMetadataRepresentation keys = realm.keys().getKeyMetadata();
            KeysMetadataRepresentation.KeyMetadataRepresentation one = find(keys.getKeys(), KeysMetadataRepresentation.KeyMetadataRepresentation::getKid, keys.getActive().get("RS256"));
            holds(one.getPublicKey() != null && one.getCertificate() != null && one.getProviderId() != null, one.getKid());
            same("ACTIVE", one.getStatus());
        });
        check.step("events", () -> events(realm));
        check.step("default groups", () -> {
            GroupRepresentation group = new GroupRepresentation();
            group.setName("newcomers");
            String id = Check.made(realm.groups().add(group));
            realm.addDefaultGroup(id);
            holds(has(realm.getDefaultGroups(), GroupRepresentation::getPath, "/newcomers"), "none");
            realm.removeDefaultGroup(id);
            same(List.of(), realm.getDefaultGroups());
            realm.groups().group(id).remove();
        });
        check.step("initial access", () -> {
            ClientInitialAccessPresentation made = realm.clientInitialAccess().create(new ClientInitialAccessCreatePresentation(60, 2));
            holds(made.getToken() != null && made.getCount() == 2, made.getId());
            holds(has(realm.clientInitialAccess().list(), ClientInitialAccessPresentation::getId, made.getId()), "not listed");
            realm.clientInitialAccess().delete(made.getId());
            same(0, realm.clientInitialAccess().list().size());
        });
        check.step("texts of a language", () -> texts(realm));
        check.step("sessions of a realm", () -> {
            same(List.of(), realm.getClientSessionStats());
            realm.logoutAll();
            realm.pushRevocation();
            refused(404, () -> realm.deleteSession("none", false));
        });
        check.optional("caches are cleared", () -> {
            realm.clearRealmCache();
            realm.clearUserCache();
            realm.clearKeysCache();
        });
        check.step("client policies", () -> {
            holds(realm.clientPoliciesProfilesResource().getProfiles(true).getGlobalProfiles().size() > 0, "no global profiles");
            realm.clientPoliciesProfilesResource().updateProfiles(realm.clientPoliciesProfilesResource().getProfiles(false));
            same(0, realm.clientPoliciesPoliciesResource().getPolicies().getPolicies().size());
        });
        check.optional("a description of a client is read", () -> same("described", realm.convertClientDescription("{\"clientId\":\"described\"}").getClientId()));
        check.optional("kinds of registration policies", () -> holds(realm.clientRegistrationPolicy().getProviders().size() > 0, "none"));
    }

    private static void change(RealmResource realm) throws Exception {
        RealmRepresentation seen = realm.toRepresentation();
        seen.setDisplayName("By Java");
        seen.setAccessTokenLifespan(77);
        seen.setAttributes(Map.of("colour", "red"));
        seen.setSmtpServer(Map.of("host", "localhost", "from", "a@example.org"));
        realm.update(seen);
        RealmRepresentation changed = realm.toRepresentation();
        same("By Java", changed.getDisplayName());
        same(77, changed.getAccessTokenLifespan());
        same("red", changed.getAttributes().get("colour"));
        same("localhost", changed.getSmtpServer().get("host"));
    }

    private static void takePart(RealmResource realm) throws Exception {
        PartialImportRepresentation part = new PartialImportRepresentation();
        UserRepresentation user = new UserRepresentation();
        user.setUsername("imported");
        user.setEnabled(true);
        part.setUsers(List.of(user));
        part.setIfResourceExists("FAIL");
        holds(status(200, realm.partialImport(part)).contains("\"added\":1"), "not added");
        part.setIfResourceExists("SKIP");
        holds(status(200, realm.partialImport(part)).contains("\"skipped\":1"), "not skipped");
        part.setIfResourceExists("OVERWRITE");
        holds(status(200, realm.partialImport(part)).contains("\"overwritten\":1"), "not overwritten");
        status(204, realm.users().delete(realm.users().searchByUsername("imported", true).get(0).getId()));
    }

    private static void events(RealmResource realm) {
        RealmEventsConfigRepresentation config = realm.getRealmEventsConfig();
        config.setEventsEnabled(true);
        config.setAdminEventsEnabled(true);
        config.setAdminEventsDetailsEnabled(true);
        config.setEventsExpiration(3600L);
        config.setEnabledEventTypes(List.of("LOGIN", "LOGIN_ERROR"));
        realm.updateRealmEventsConfig(config);
        same(3600L, realm.getRealmEventsConfig().getEventsExpiration());
        same(2, realm.getRealmEventsConfig().getEnabledEventTypes().size());
        RealmRepresentation change = new RealmRepresentation();
        change.setDisplayName("Seen");
        realm.update(change);
        holds(realm.getAdminEvents().stream().anyMatch(one -> "REALM".equals(one.getResourceType()) && "UPDATE".equals(one.getOperationType()) && one.getRepresentation() != null), "no event");
        same(1, realm.getAdminEvents(List.of("UPDATE"), null, null, null, null, null, null, null, 0, 1).size());
        same(List.of(), realm.getEvents());
        same(List.of(), realm.getEvents(List.of("LOGIN"), "none", null, "2024-01-01", null, null, 0, 5));
        realm.clearEvents();
        realm.clearAdminEvents();
        same(List.of(), realm.getAdminEvents());
    }

    private static void texts(RealmResource realm) throws Exception {
        RealmRepresentation languages = new RealmRepresentation();
        languages.setInternationalizationEnabled(true);
        languages.setSupportedLocales(java.util.Set.of("en", "de"));
        languages.setDefaultLocale("en");
        realm.update(languages);
        realm.localization().saveRealmLocalizationText("de", "hello", "Guten Tag");
        realm.localization().createOrUpdateRealmLocalizationTexts("de", Map.of("bye", "Auf Wiedersehen"));
        same("Guten Tag", realm.localization().getRealmLocalizationText("de", "hello"));
        same(Map.of("hello", "Guten Tag", "bye", "Auf Wiedersehen"), realm.localization().getRealmLocalizationTexts("de"));
        same(List.of("de"), realm.localization().getRealmSpecificLocales());
        realm.localization().deleteRealmLocalizationText("de", "bye");
        refused(404, () -> realm.localization().getRealmLocalizationText("de", "bye"));
        realm.localization().deleteRealmLocalizationTexts("de");
        same(List.of(), realm.localization().getRealmSpecificLocales());
    }
}
