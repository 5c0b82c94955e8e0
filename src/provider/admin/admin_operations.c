/* SPDX-License-Identifier: Apache-2.0 */
/* The table of operations; see admin_route.h. */
#include "provider/admin/admin_operations.h"
#include "base/array.h"

/* Keycloak has these, with all that stands below them; they are not carried out. */
#define ABSENT(path, sentence)                                                                     \
    {                                                                                              \
        HTTP_OTHER, path "/*", ANYBODY, NULL, sentence                                             \
    }

static const admin_route admin_routes[] = {
    {HTTP_GET, "/realms", ANYBODY, admin_list_realms, "the realms that the administrator may see"},
    {HTTP_POST, "/realms", RIGHT_CREATE_REALM, admin_create_realm,
     "creates a realm of a representation, users included"},
    {HTTP_GET, REALM, ANYBODY, admin_read_realm, "the realm; without view-realm its name alone"},
    {HTTP_PUT, REALM, RIGHT_MANAGE_REALM, admin_update_realm,
     "changes settings of the realm; its name stays"},
    {HTTP_DELETE, REALM, RIGHT_MANAGE_REALM, admin_delete_realm,
     "deletes the realm with everything in it"},
    {HTTP_GET, REALM "/clients", LIST_CLIENTS, admin_list_clients,
     "the clients; clientId, first, max"},
    {HTTP_POST, REALM "/clients", ADD_CLIENTS, admin_create_client, "creates a client"},
    {HTTP_GET, CLIENT, VIEW_CLIENTS, admin_read_client, "one client"},
    {HTTP_PUT, CLIENT, RIGHT_MANAGE_CLIENTS, admin_update_client,
     "changes a client; members that are absent stay"},
    {HTTP_DELETE, CLIENT, RIGHT_MANAGE_CLIENTS, admin_delete_client,
     "deletes a client, its roles and its account"},
    {HTTP_GET, CLIENT "/client-secret", VIEW_CLIENTS, admin_read_secret, "the client's secret"},
    {HTTP_POST, CLIENT "/client-secret", RIGHT_MANAGE_CLIENTS, admin_renew_secret,
     "makes a new secret"},
    {HTTP_GET, REALM "/users", LIST_USERS, admin_list_users,
     "the users; username, email, firstName, lastName, exact, search, enabled, first, max"},
    {HTTP_POST, REALM "/users", RIGHT_MANAGE_USERS, admin_create_user,
     "creates a user, with a password if one is given"},
    {HTTP_GET, REALM "/users/count", LIST_USERS, admin_count_users,
     "how many users there are, narrowed as a list is"},
    {HTTP_GET, USER, VIEW_USERS, admin_read_user, "one user"},
    {HTTP_PUT, USER, RIGHT_MANAGE_USERS, admin_update_user,
     "changes a user; members that are absent stay"},
    {HTTP_DELETE, USER, RIGHT_MANAGE_USERS, admin_delete_user,
     "deletes a user with their sessions"},
    {HTTP_PUT, USER "/reset-password", RIGHT_MANAGE_USERS, admin_reset_password,
     "sets the password"},
    ABSENT(REALM "/roles", "roles of the realm"),
    ABSENT(REALM "/roles-by-id", "roles by id"),
    ABSENT(REALM "/groups", "groups"),
    ABSENT(REALM "/authentication", "flows and required actions"),
    ABSENT(REALM "/identity-provider", "identity providers"),
    ABSENT(REALM "/attack-detection", "brute force"),
    ABSENT(REALM "/partial-export", "export"),
    ABSENT(REALM "/partialImport", "import into a realm"),
    ABSENT(REALM "/localization", "texts"),
    ABSENT(REALM "/default-groups", "default groups"),
    ABSENT(REALM "/client-policies", "client policies"),
    ABSENT(REALM "/clients-initial-access", "initial access tokens"),
    ABSENT(REALM "/group-by-path", "groups by path"),
    ABSENT(REALM "/users/profile", "the user profile"),
    ABSENT(CLIENT "/roles", "roles of a client"),
    ABSENT(CLIENT "/evaluate-scopes", "example tokens"),
    ABSENT(CLIENT "/registration-access-token", "registration access tokens"),
    ABSENT(CLIENT "/certificates", "certificates of a client"),
    ABSENT(CLIENT "/management", "fine-grained permissions"),
    ABSENT(CLIENT "/authz", "authorization services"),
    ABSENT(USER "/role-mappings", "roles of a user"),
    ABSENT(USER "/groups", "groups of a user"),
    ABSENT(USER "/credentials", "credentials of a user"),
    ABSENT(USER "/disable-credential-types", "credentials of a user"),
    ABSENT(USER "/consents", "consents of a user"),
    ABSENT(USER "/federated-identity", "federated identities"),
    ABSENT(USER "/execute-actions-email", "mails to a user"),
    ABSENT(USER "/send-verify-email", "mails to a user"),
    ABSENT(USER "/reset-password-email", "mails to a user"),
    ABSENT(USER "/impersonation", "impersonation"),
};

const admin_table *const admin_tables[] = {
    &(const admin_table){admin_routes, ARRAY_LEN(admin_routes)},
    &admin_client_scope_operations,
    &admin_event_operations,
    &admin_key_operations,
    &admin_session_operations,
    NULL,
};
