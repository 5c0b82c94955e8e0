// SPDX-License-Identifier: Apache-2.0
package client;

import static client.Check.holds;
import static client.Check.made;
import static client.Check.refused;
import static client.Check.same;
import static client.Check.status;

import java.util.List;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.resource.GroupResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;

/** What the client of Keycloak 26 alone has. */
final class Newer {
    static void all(Check check, Keycloak admin) {
        RealmResource realm = admin.realm(Main.REALM);
        check.step("groups below a group are searched", () -> groups(realm));
        check.step("example tokens", () -> {
            String user = made(realm.users().create(People.user("eve")));
            ClientRepresentation seen = Clients.client("examples");
            String id = made(realm.clients().create(seen));
            AccessToken token = realm.clients().get(id).clientScopesEvaluate().generateAccessToken("openid", user, null);
            same("eve", token.getPreferredUsername());
            same("examples", token.getIssuedFor());
            same(user, realm.clients().get(id).clientScopesEvaluate().generateExampleIdToken("openid", user, null).getSubject());
            same(user, realm.clients().get(id).clientScopesEvaluate().generateExampleUserinfo("openid", user).get("sub"));
            status(204, realm.clients().delete(id));
            status(204, realm.users().delete(user));
        });
        check.step("organizations are not there", () -> refused(404, () -> realm.organizations().getAll()));
    }

    private static void groups(RealmResource realm) {
        GroupRepresentation group = new GroupRepresentation();
        group.setName("crew");
        GroupResource crew = realm.groups().group(made(realm.groups().add(group)));
        for (String name : List.of("day", "night")) {
            group.setName(name);
            made(crew.subGroup(group));
        }
        same(2, crew.getSubGroups(null, null, 0, 5, true).size());
        holds(crew.getSubGroups("nig", false, 0, 5, true).stream().anyMatch(one -> one.getName().equals("night")), "not found");
        crew.remove();
    }
}
