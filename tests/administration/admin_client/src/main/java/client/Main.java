// SPDX-License-Identifier: Apache-2.0
package client;

import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.KeycloakBuilder;
import org.keycloak.representations.idm.RealmRepresentation;

/** Keycloak's admin client for Java (Maven) does what its interfaces offer: a line of each step, and what is absent. */
public final class Main {
    static final String REALM = "by-java";

    public static void main(String[] arguments) throws Exception {
        String base = System.getenv("BASE"), name = System.getenv("ADMIN_USERNAME"), password = System.getenv("ADMIN_PASSWORD");
        try (Keycloak admin = Keycloak.getInstance(base, "master", name, password, "admin-cli")) {
            RealmRepresentation realm = new RealmRepresentation();
            realm.setRealm(REALM);
            realm.setEnabled(true);
            admin.realms().create(realm);
        }
        try (Keycloak admin = KeycloakBuilder.builder().serverUrl(base).realm("master").clientId("admin-cli").username(name).password(password).build()) {
            Check check = new Check();
            try {
                Realms.all(check, admin);
                Clients.all(check, admin.realm(REALM), base);
                People.all(check, admin.realm(REALM), base);
                Settings.all(check, admin, admin.realm(REALM));
                if (isNewer())
                    Class.forName("client.Newer").getDeclaredMethod("all", Check.class, Keycloak.class).invoke(null, check, admin);
            } finally {
                check.step("a realm is removed", () -> {
                    admin.realm(REALM).remove();
                    Check.refused(404, () -> admin.realm(REALM).toRepresentation());
                });
            }
            check.end();
        }
    }

    /** What the client of 26 alone has is not compiled for that of 24. */
    private static boolean isNewer() {
        return Main.class.getResource("Newer.class") != null;
    }
}
