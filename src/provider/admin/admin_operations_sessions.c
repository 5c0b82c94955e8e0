/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on sessions, and on what is kept of a client beside its settings. */
#include "base/array.h"
#include "provider/admin/admin_operations.h"

static const admin_route routes[] = {
    {HTTP_GET, CLIENT "/session-count", VIEW_CLIENTS, admin_count_client_sessions,
     "how many sessions the client takes part in"},
    {HTTP_GET, CLIENT "/user-sessions", VIEW_CLIENTS, admin_list_client_sessions,
     "those sessions; first, max"},
    {HTTP_GET, CLIENT "/offline-session-count", VIEW_CLIENTS, admin_count_offline_sessions,
     "0: there are no offline tokens"},
    {HTTP_GET, CLIENT "/offline-sessions", VIEW_CLIENTS, admin_list_offline_sessions,
     "none: there are no offline tokens"},
    {HTTP_POST, CLIENT "/push-revocation", RIGHT_MANAGE_CLIENTS, admin_push_client_revocation,
     "tells nobody, and says so"},
    {HTTP_GET, REALM "/client-session-stats", VIEW_REALM, admin_read_session_stats,
     "sessions by client"},
    {HTTP_DELETE, REALM "/sessions/{session}", RIGHT_MANAGE_USERS, admin_end_session,
     "ends a session"},
    {HTTP_POST, REALM "/logout-all", RIGHT_MANAGE_USERS, admin_end_all_sessions,
     "ends all sessions; tokens of before are void"},
    {HTTP_POST, REALM "/push-revocation", RIGHT_MANAGE_REALM, admin_push_revocation,
     "tells nobody, and says so"},
    {HTTP_GET, USER "/sessions", VIEW_USERS, admin_list_user_sessions, "the sessions of a user"},
    {HTTP_GET, USER "/offline-sessions/{client}", VIEW_USERS, admin_list_user_offline_sessions,
     "none: there are no offline tokens"},
    {HTTP_POST, USER "/logout", RIGHT_MANAGE_USERS, admin_end_user_sessions,
     "ends the sessions of a user"},
    {HTTP_POST, CLIENT "/nodes", RIGHT_MANAGE_CLIENTS, admin_add_node, "keeps the name of a node"},
    {HTTP_DELETE, CLIENT "/nodes/{node}", RIGHT_MANAGE_CLIENTS, admin_remove_node,
     "forgets the name of a node"},
    {HTTP_GET, CLIENT "/test-nodes-available", RIGHT_MANAGE_CLIENTS, admin_test_nodes,
     "asks no node, and says so"},
    {HTTP_GET, CLIENT "/management/permissions", VIEW_CLIENTS, admin_read_client_permissions,
     "off: there are no fine-grained permissions"},
    {HTTP_GET, CLIENT "/client-secret/rotated", VIEW_CLIENTS, admin_read_rotated_secret,
     "none: a secret that is renewed is gone"},
    {HTTP_DELETE, CLIENT "/client-secret/rotated", RIGHT_MANAGE_CLIENTS,
     admin_delete_rotated_secret, "there is none to delete"},
};
const admin_table admin_session_operations = {routes, ARRAY_LEN(routes)};
