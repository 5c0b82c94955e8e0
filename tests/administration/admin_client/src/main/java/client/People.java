// SPDX-License-Identifier: Apache-2.0
package client;

import static client.Check.find;
import static client.Check.has;
import static client.Check.holds;
import static client.Check.made;
import static client.Check.refused;
import static client.Check.same;
import static client.Check.status;

import jakarta.ws.rs.InternalServerErrorException;
import java.util.List;
import java.util.Map;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.resource.GroupResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.admin.client.resource.RoleMappingResource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.FederatedIdentityRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;
import org.keycloak.representations.idm.UserSessionRepresentation;
import org.keycloak.representations.userprofile.config.UPConfig;
import org.keycloak.representations.userprofile.config.UPConfig.UnmanagedAttributePolicy;

/** Roles, groups and users. */
final class People {
    static void all(Check check, RealmResource realm, String base) {
        check.optional("attributes that no profile knows", () -> {
            UPConfig profile = realm.users().userProfile().getConfiguration();
            holds(has(profile.getAttributes(), one -> one.getName(), "email"), "no email");
            profile.setUnmanagedAttributePolicy(UnmanagedAttributePolicy.ENABLED);
            realm.users().userProfile().update(profile);
        });
        check.step("what forms need to know of a profile", () -> holds(realm.users().userProfile().getMetadata().getAttributes().size() >= 4, "few"));
        String id = made(realm.users().create(user("ann")));
        UserResource ann = realm.users().get(id);
        check.step("roles", () -> roles(realm));
        check.step("a role by its id", () -> byId(realm));
        check.step("users are found", () -> search(realm, id));
        check.step("a user is changed", () -> change(realm, ann));
        check.step("a user's password", () -> password(ann));
        check.step("a user's roles", () -> mappings(realm, ann.roles()));
        check.step("who has a role", () -> {
            ann.roles().realmLevel().add(List.of(realm.roles().get("seller").toRepresentation()));
            same(id, realm.roles().get("seller").getUserMembers().get(0).getId());
            same(1, realm.roles().get("seller").getUserMembers(0, 1).size());
        });
        check.step("groups", () -> groups(realm));
        check.step("a group's members", () -> members(realm, ann));
        check.step("a group's roles", () -> mappings(realm, realm.groups().group(realm.getGroupByPath("/staff").getId()).roles()));
        check.step("which groups have a role", () -> {
            GroupResource staff = realm.groups().group(realm.getGroupByPath("/staff").getId());
            staff.roles().realmLevel().add(List.of(realm.roles().get("seller").toRepresentation()));
            holds(has(realm.roles().get("seller").getRoleGroupMembers(), GroupRepresentation::getName, "staff"), "none");
            staff.remove();
            refused(404, () -> realm.getGroupByPath("/staff/north"));
        });
        check.step("a user's sessions", () -> sessions(realm, ann, base));
        check.step("a user at an identity provider", () -> identities(realm, ann));
        check.step("a user's consents", () -> {
            same(List.of(), ann.getConsents());
            refused(404, () -> ann.revokeConsent("account"));
        });
        check.optional("mails to a user", () -> {
            try {
                ann.sendVerifyEmail();
            } catch (InternalServerErrorException nobodyListens) {
                same(500, nobodyListens.getResponse().getStatus());
            }
        });
        check.optional("impersonation", () -> holds(ann.impersonate().containsKey("redirect"), "none"));
        check.step("a user is removed", () -> {
            ann.remove();
            refused(404, ann::toRepresentation);
            status(404, realm.users().delete(id));
        });
    }

    static UserRepresentation user(String name) {
        UserRepresentation user = new UserRepresentation();
        user.setUsername(name);
        user.setEmail(name + "@example.org");
        user.setFirstName(Character.toUpperCase(name.charAt(0)) + name.substring(1));
        user.setLastName("Tester");
        user.setEnabled(true);
        user.setEmailVerified(true);
        user.setAttributes(Map.of("floor", List.of("2", "3")));
        CredentialRepresentation password = new CredentialRepresentation();
        password.setType(CredentialRepresentation.PASSWORD);
        password.setValue(name + "-password");
        password.setTemporary(false);
        user.setCredentials(List.of(password));
        return user;
    }

    private static void roles(RealmResource realm) throws Exception {
        realm.roles().create(new RoleRepresentation("seller", "Sells", false));
        realm.roles().create(new RoleRepresentation("helper & more", "Helps", false));
        refused(409, () -> realm.roles().create(new RoleRepresentation("seller", "Sells", false)));
        same(1, realm.roles().list("sell", 0, 5, false).size());
        holds(realm.roles().list(0, 3).size() == 3 && realm.roles().list(false).size() >= 4, "few");
        RoleRepresentation helper = realm.roles().get("helper & more").toRepresentation();
        realm.roles().get("seller").addComposites(List.of(helper));
        same(1, realm.roles().get("seller").getRealmRoleComposites().size());
        holds(realm.roles().get("seller").toRepresentation().isComposite(), "no composite");
        realm.roles().get("seller").deleteComposites(List.of(helper));
        same(0, realm.roles().get("seller").getRoleComposites().size());
        helper.setName("helper");
        realm.roles().get("helper & more").update(helper);
        same(helper.getId(), realm.roles().get("helper").toRepresentation().getId());
    }

    private static void byId(RealmResource realm) throws Exception {
        RoleRepresentation helper = realm.roles().get("helper").toRepresentation();
        RoleRepresentation offline = realm.roles().get("offline_access").toRepresentation();
        same("helper", realm.rolesById().getRole(helper.getId()).getName());
        helper.setDescription("Helps all");
        realm.rolesById().updateRole(helper.getId(), helper);
        same("Helps all", realm.rolesById().getRole(helper.getId()).getDescription());
        realm.rolesById().addComposites(helper.getId(), List.of(offline));
        same(1, realm.rolesById().getRoleComposites(helper.getId()).size());
        same(1, realm.rolesById().getRealmRoleComposites(helper.getId()).size());
        same(0, realm.rolesById().searchRoleComposites(helper.getId(), "none", 0, 5).size());
        realm.rolesById().deleteComposites(helper.getId(), List.of(offline));
        realm.rolesById().deleteRole(helper.getId());
        refused(404, () -> realm.rolesById().getRole(helper.getId()));
    }

    private static void search(RealmResource realm, String id) {
        made(realm.users().create(user("anna")));
        status(409, realm.users().create(user("ANN")));
        same(id, realm.users().searchByUsername("ann", true).get(0).getId());
        same(2, realm.users().searchByUsername("ann", false).size());
        same(1, realm.users().searchByEmail("ann@example.org", true).size());
        same(2, realm.users().searchByFirstName("an", false).size());
        same(2, realm.users().searchByLastName("tester", false).size());
        same(2, realm.users().search("ann").size());
        same(1, realm.users().search("ann", true).size());
        same(1, realm.users().search("ann", 1, 5, true).size());
        same(1, realm.users().search("anna", null, null, null, true, 0, 5, true, true).size());
        same(2, realm.users().search(true, 0, 5, true, false).size());
        same(2, realm.users().searchByAttributes("floor:2").size());
        same(1, realm.users().list(1, 1).size());
        same(2, realm.users().count());
        same(2, realm.users().count("an"));
        same(1, realm.users().count(null, null, "anna@example.org", null));
        same(2, realm.users().countEmailVerified(true));
        status(204, realm.users().delete(realm.users().searchByUsername("anna", true).get(0).getId()));
    }

    private static void change(RealmResource realm, UserResource ann) throws Exception {
        UserRepresentation seen = ann.toRepresentation();
        same(List.of("2", "3"), seen.getAttributes().get("floor"));
        seen.setLastName("North");
        seen.setAttributes(Map.of("floor", List.of("4")));
        seen.setRequiredActions(List.of("UPDATE_PROFILE"));
        ann.update(seen);
        same("North", ann.toRepresentation().getLastName());
        same(List.of("4"), ann.toRepresentation(true).getAttributes().get("floor"));
        same(List.of("UPDATE_PROFILE"), ann.toRepresentation().getRequiredActions());
        seen.setRequiredActions(List.of());
        ann.update(seen);
        refused(404, () -> realm.users().get("none").update(seen));
    }

    private static void password(UserResource ann) throws Exception {
        CredentialRepresentation password = new CredentialRepresentation();
        password.setType(CredentialRepresentation.PASSWORD);
        password.setValue("another-password");
        password.setTemporary(false);
        ann.resetPassword(password);
        CredentialRepresentation kept = ann.credentials().get(0);
        holds("password".equals(kept.getType()) && kept.getSecretData() == null && kept.getCredentialData() != null, kept.getType());
        ann.setCredentialUserLabel(kept.getId(), "Mine");
        same("Mine", ann.credentials().get(0).getUserLabel());
        ann.moveCredentialToFirst(kept.getId());
        same(List.of(), ann.getConfiguredUserStorageCredentialTypes());
        ann.removeCredential(kept.getId());
        same(List.of(), ann.credentials());
        ann.resetPassword(password);
    }

    private static void mappings(RealmResource realm, RoleMappingResource roles) {
        RoleRepresentation seller = find(roles.realmLevel().listAvailable(), RoleRepresentation::getName, "seller");
        roles.realmLevel().add(List.of(seller));
        holds(has(roles.realmLevel().listAll(), RoleRepresentation::getName, "seller"), "not given");
        holds(has(roles.realmLevel().listEffective(false), RoleRepresentation::getName, "seller"), "not effective");
        String account = realm.clients().findByClientId("account").get(0).getId();
        RoleRepresentation view = find(roles.clientLevel(account).listAvailable(), RoleRepresentation::getName, "view-groups");
        roles.clientLevel(account).add(List.of(view));
        holds(has(roles.getAll().getClientMappings().get("account").getMappings(), RoleRepresentation::getName, "view-groups"), "not given");
        roles.clientLevel(account).remove(List.of(view));
        roles.realmLevel().remove(List.of(seller));
        holds(!has(roles.realmLevel().listAll(), RoleRepresentation::getName, "seller"), "kept");
    }

    private static GroupRepresentation group(String name) {
        GroupRepresentation group = new GroupRepresentation();
        group.setName(name);
        return group;
    }

    private static void groups(RealmResource realm) throws Exception {
        String id = made(realm.groups().add(group("staff")));
        GroupResource staff = realm.groups().group(id);
        made(staff.subGroup(group("north")));
        made(staff.subGroup(group("south")));
        status(409, staff.subGroup(group("south")));
        String moved = made(realm.groups().add(group("east")));
        GroupRepresentation east = group("east");
        east.setId(moved);
        status(204, staff.subGroup(east));
        same("/staff/east", realm.groups().group(moved).toRepresentation().getPath());
        same(1, realm.groups().groups().size());
        same(List.of("east", "north", "south"), staff.getSubGroups(0, 10, true).stream().map(GroupRepresentation::getName).toList());
        same(1, staff.getSubGroups(1, 1, true).size());
        same(3L, staff.toRepresentation().getSubGroupCount());
        same(4L, realm.groups().count().get("count"));
        same(1L, realm.groups().count(true).get("count"));
        GroupRepresentation found = realm.groups().groups("nor", 0, 5).get(0);
        same("/staff/north", found.getSubGroups().get(0).getPath());
        same(1, realm.groups().groups("staff", true, 0, 5, false).size());
        GroupRepresentation seen = staff.toRepresentation();
        seen.setAttributes(Map.of("floor", List.of("2")));
        staff.update(seen);
        same(Map.of("floor", List.of("2")), staff.toRepresentation().getAttributes());
        same(1, realm.groups().query("floor:2").size());
        realm.groups().group(moved).remove();
        refused(404, () -> realm.groups().group(moved).toRepresentation());
    }

    private static void members(RealmResource realm, UserResource ann) {
        String north = realm.getGroupByPath("/staff/north").getId();
        ann.joinGroup(north);
        same("ann", realm.groups().group(north).members().get(0).getUsername());
        same(1, realm.groups().group(north).members(0, 5, true).size());
        same("/staff/north", ann.groups().get(0).getPath());
        same(1, ann.groups("nor", 0, 5).size());
        same(1L, ann.groupsCount(null).get("count"));
        ann.leaveGroup(north);
        same(List.of(), ann.groups());
    }

    /** A session of the client that logs in by name and password. */
    private static void sessions(RealmResource realm, UserResource ann, String base) throws Exception {
        same(List.of(), ann.getUserSessions());
        try (Keycloak login = Keycloak.getInstance(base, Main.REALM, "ann", "another-password", "admin-cli")) {
            holds(login.tokenManager().getAccessToken().getRefreshToken() != null, "no token");
            UserSessionRepresentation session = ann.getUserSessions().get(0);
            holds("ann".equals(session.getUsername()) && session.getClients().containsValue("admin-cli"), session.getId());
            String client = realm.clients().findByClientId("admin-cli").get(0).getId();
            same(1, realm.clients().get(client).getUserSessions(0, 5).size());
            same(1, realm.clients().get(client).getApplicationSessionCount().get("count"));
            same(1, realm.getClientSessionStats().size());
            same(List.of(), ann.getOfflineSessions(client));
            ann.logout();
            same(List.of(), ann.getUserSessions());
            login.tokenManager().refreshToken(); // is refused, and logs in again
            realm.deleteSession(ann.getUserSessions().get(0).getId(), false);
            same(List.of(), ann.getUserSessions());
        }
    }

    private static void identities(RealmResource realm, UserResource ann) throws Exception {
        IdentityProviderRepresentation provider = Settings.provider("partner");
        status(201, realm.identityProviders().create(provider));
        FederatedIdentityRepresentation known = new FederatedIdentityRepresentation();
        known.setIdentityProvider("partner");
        known.setUserId("42");
        known.setUserName("ann@partner");
        status(204, ann.addFederatedIdentity("partner", known));
        same("42", ann.getFederatedIdentity().get(0).getUserId());
        status(409, ann.addFederatedIdentity("partner", known));
        ann.removeFederatedIdentity("partner");
        same(List.of(), ann.getFederatedIdentity());
        realm.identityProviders().get("partner").remove();
    }
}
