/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on how people and clients come in: flows, required actions, texts, client policies. */
#include "base/array.h"
#include "provider/admin/admin_operations.h"

#define FLOWS REALM "/authentication/flows"
#define STEP REALM "/authentication/executions/{id}"
#define CONFIG REALM "/authentication/config/{id}"
#define ACTIONS REALM "/authentication/required-actions"
#define TEXTS REALM "/localization"
#define POLICIES REALM "/client-policies"

static const admin_route routes[] = {
    {HTTP_GET, FLOWS, VIEW_REALM, admin_list_flows, "the flows that are no part of another"},
    {HTTP_GET, FLOWS "/{id}", VIEW_REALM, admin_read_flow, "one flow"},
    {HTTP_GET, FLOWS "/{alias}/executions", VIEW_REALM, admin_list_flow_steps,
     "the steps of a flow, with those of its parts"},
    {HTTP_POST, FLOWS, RIGHT_MANAGE_REALM, admin_create_flow, "a new flow, without steps"},
    {HTTP_PUT, FLOWS "/{id}", RIGHT_MANAGE_REALM, admin_update_flow,
     "another alias or description; what names the flow follows"},
    {HTTP_DELETE, FLOWS "/{id}", RIGHT_MANAGE_REALM, admin_delete_flow,
     "deletes a flow with what is within it, unless it is built in or used"},
    {HTTP_POST, FLOWS "/{alias}/copy", RIGHT_MANAGE_REALM, admin_copy_flow,
     "copies a flow with what is within it (newName)"},
    {HTTP_PUT, FLOWS "/{alias}/executions", RIGHT_MANAGE_REALM, admin_update_flow_step,
     "changes the requirement and priority of a step (id)"},
    {HTTP_POST, FLOWS "/{alias}/executions/execution", RIGHT_MANAGE_REALM, admin_add_flow_step,
     "adds an authenticator (provider)"},
    {HTTP_POST, FLOWS "/{alias}/executions/flow", RIGHT_MANAGE_REALM, admin_add_flow_part,
     "adds a flow within the flow (alias, type, description)"},
    {HTTP_GET, STEP, VIEW_REALM, admin_read_flow_step, "one step"},
    {HTTP_DELETE, STEP, RIGHT_MANAGE_REALM, admin_delete_flow_step,
     "takes a step out, with its configuration and the flow that it is"},
    {HTTP_POST, STEP "/raise-priority", RIGHT_MANAGE_REALM, admin_raise_flow_step,
     "moves a step before the one before it"},
    {HTTP_POST, STEP "/lower-priority", RIGHT_MANAGE_REALM, admin_lower_flow_step,
     "moves a step behind the one behind it"},
    {HTTP_POST, STEP "/config", RIGHT_MANAGE_REALM, admin_create_flow_config,
     "gives a step a configuration (alias, config)"},
    {HTTP_GET, CONFIG, VIEW_REALM, admin_read_flow_config, "one configuration"},
    {HTTP_PUT, CONFIG, RIGHT_MANAGE_REALM, admin_update_flow_config,
     "replaces it, but for its alias"},
    {HTTP_DELETE, CONFIG, RIGHT_MANAGE_REALM, admin_delete_flow_config, "deletes it"},
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
