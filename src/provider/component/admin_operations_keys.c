/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on keys and components. */
#include "base/array.h"
#include "provider/admin/admin_operations.h"

static const admin_route routes[] = {
    {HTTP_GET, REALM "/keys", VIEW_REALM, admin_list_keys, "the keys, and which of them signs"},
    {HTTP_GET, REALM "/keys/timeline", VIEW_REALM, admin_read_key_timeline,
     "when each key is published, signs and retires, in milliseconds; not of Keycloak"},
    {HTTP_POST, REALM "/keys/rotation", RIGHT_MANAGE_REALM, admin_rotate_key,
     "a new key, published now; algorithm, delay in seconds until it signs; not of Keycloak"},
    {HTTP_GET, REALM "/components", VIEW_REALM, admin_list_components,
     "the components; parent, type, name"},
    {HTTP_POST, REALM "/components", RIGHT_MANAGE_REALM, admin_create_component,
     "adds a provider of keys, and its key"},
    {HTTP_GET, REALM "/components/{id}", VIEW_REALM, admin_read_component, "one component"},
    {HTTP_PUT, REALM "/components/{id}", RIGHT_MANAGE_REALM, admin_update_component,
     "changes name, priority, enabled and active of a provider of keys"},
    {HTTP_DELETE, REALM "/components/{id}", RIGHT_MANAGE_REALM, admin_delete_component,
     "deletes a provider of keys with its key"},
};
const admin_table admin_key_operations = {routes, ARRAY_LEN(routes)};
