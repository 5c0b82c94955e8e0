/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on events. */
#include "base/array.h"
#include "provider/admin/admin_operations.h"

static const admin_route routes[] = {
    {HTTP_GET, REALM "/events/config", VIEW_EVENTS, admin_read_event_settings,
     "which events are kept, and for how long"},
    {HTTP_PUT, REALM "/events/config", RIGHT_MANAGE_EVENTS, admin_update_event_settings,
     "changes that"},
    {HTTP_GET, REALM "/events", VIEW_EVENTS, admin_list_events,
     "login events, the latest first; type, client, user, ipAddress, dateFrom, dateTo, first, max"},
    {HTTP_DELETE, REALM "/events", RIGHT_MANAGE_EVENTS, admin_clear_events,
     "deletes the login events"},
    {HTTP_GET, REALM "/admin-events", VIEW_EVENTS, admin_list_admin_events,
     "what administrators did; as above, and operationTypes, resourceTypes, resourcePath, auth…"},
    {HTTP_DELETE, REALM "/admin-events", RIGHT_MANAGE_EVENTS, admin_clear_admin_events,
     "deletes the admin events"},
};
const admin_table admin_event_operations = {routes, ARRAY_LEN(routes)};
