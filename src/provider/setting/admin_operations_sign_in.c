/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on how people and clients come in: flows, required actions, texts, client policies. */
#include "base/array.h"
#include "provider/admin/admin_operations.h"

#define FLOWS REALM "/authentication/flows"
#define ACTIONS REALM "/authentication/required-actions"
#define TEXTS REALM "/localization"
#define POLICIES REALM "/client-policies"

static const admin_route routes[] = {
    {HTTP_GET, FLOWS, VIEW_REALM, admin_list_flows, "the flows that are no part of another"},
    {HTTP_GET, FLOWS "/{id}", VIEW_REALM, admin_read_flow, "one flow"},
    {HTTP_GET, FLOWS "/{alias}/executions", VIEW_REALM, admin_list_flow_steps,
     "the steps of a flow, with those of its parts"},
    {HTTP_GET, ACTIONS, VIEW_REALM, admin_list_required_actions,
     "what may be asked of people when they sign in"},
    {HTTP_GET, ACTIONS "/{alias}", VIEW_REALM, admin_read_required_action, "one required action"},
    {HTTP_PUT, ACTIONS "/{alias}", RIGHT_MANAGE_REALM, admin_update_required_action,
     "switches one on or off, also for new users (defaultAction), and orders them (priority)"},
    {HTTP_DELETE, ACTIONS "/{alias}", RIGHT_MANAGE_REALM, admin_remove_action,
     "switches one off, which stays in the list"},
    {HTTP_GET, REALM "/authentication/unregistered-required-actions", VIEW_REALM,
     admin_list_unregistered_actions, "those that the realm's list lacks"},
    {HTTP_POST, REALM "/authentication/register-required-action", RIGHT_MANAGE_REALM,
     admin_register_action, "adds one of them to the list (providerId, name), switched on"},
    {HTTP_GET, TEXTS, VIEW_REALM, admin_list_locales, "the languages that the realm has texts for"},
    {HTTP_GET, TEXTS "/{locale}", VIEW_REALM, admin_read_locale,
     "the texts of a language; useRealmDefaultLocaleFallback"},
    {HTTP_POST, TEXTS "/{locale}", RIGHT_MANAGE_REALM, admin_write_locale,
     "adds texts, or writes over them"},
    {HTTP_DELETE, TEXTS "/{locale}", RIGHT_MANAGE_REALM, admin_delete_locale,
     "deletes the texts of a language"},
    {HTTP_GET, TEXTS "/{locale}/{key}", VIEW_REALM, admin_read_localized, "one text"},
    {HTTP_DELETE, TEXTS "/{locale}/{key}", RIGHT_MANAGE_REALM, admin_delete_localized,
     "deletes one text"},
    {HTTP_GET, POLICIES "/profiles", VIEW_REALM, admin_read_client_profiles,
     "the client profiles; include-global-profiles"},
    {HTTP_PUT, POLICIES "/profiles", RIGHT_MANAGE_REALM, admin_update_client_profiles,
     "replaces the client profiles, but not the global ones"},
    {HTTP_GET, POLICIES "/policies", VIEW_REALM, admin_read_client_policies, "the client policies"},
    {HTTP_PUT, POLICIES "/policies", RIGHT_MANAGE_REALM, admin_update_client_policies,
     "replaces the client policies; what is enabled has to be enforced, or is refused"},
};
const admin_table admin_sign_in_operations = {routes, ARRAY_LEN(routes)};
