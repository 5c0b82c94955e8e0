/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of operations, one a family, with the words that they share. */
#ifndef ADMIN_OPERATIONS_H
#define ADMIN_OPERATIONS_H

#include "provider/admin/admin_call.h"

#define REALM "/realms/{realm}"
#define CLIENT REALM "/clients/{id}"
#define SCOPE REALM "/client-scopes/{id}"
#define USER REALM "/users/{id}"

#define ANYBODY 0u
#define VIEW_REALM (RIGHT_VIEW_REALM | RIGHT_MANAGE_REALM)
#define VIEW_EVENTS (RIGHT_VIEW_EVENTS | RIGHT_MANAGE_EVENTS)
#define VIEW_CLIENTS (RIGHT_VIEW_CLIENTS | RIGHT_MANAGE_CLIENTS)
#define LIST_CLIENTS (VIEW_CLIENTS | RIGHT_QUERY_CLIENTS)
#define ADD_CLIENTS (RIGHT_CREATE_CLIENT | RIGHT_MANAGE_CLIENTS)
#define VIEW_USERS (RIGHT_VIEW_USERS | RIGHT_MANAGE_USERS)
#define LIST_USERS (VIEW_USERS | RIGHT_QUERY_USERS)

extern const admin_table admin_credential_operations;   /* directory/ */
extern const admin_table admin_client_scope_operations; /* client_scope/ */
extern const admin_table admin_event_operations;        /* admin_operations_events.c */
extern const admin_table admin_key_operations;          /* component/ */
extern const admin_table admin_provider_operations;     /* broker/ */
extern const admin_table admin_sign_in_operations;      /* setting/ */
extern const admin_table admin_session_operations;      /* admin_operations_sessions.c */

/* ---- client_scope: admin_scopes.c, admin_scope_lists.c, admin_mappers.c, admin_scope_mappings.c
 * ---- */
admin_handler admin_list_scopes, admin_create_scope, admin_read_scope, admin_update_scope,
    admin_delete_scope;
admin_handler admin_list_realm_defaults, admin_list_realm_optionals, admin_add_realm_default,
    admin_add_realm_optional, admin_remove_realm_scope;
admin_handler admin_list_client_defaults, admin_list_client_optionals, admin_add_client_default,
    admin_add_client_optional, admin_remove_client_scope;
admin_handler admin_list_mappers, admin_list_mappers_of_protocol, admin_create_mapper,
    admin_create_mappers, admin_read_mapper, admin_update_mapper, admin_delete_mapper;
admin_handler admin_read_scope_mappings, admin_list_scope_roles, admin_list_available_scope_roles,
    admin_list_effective_scope_roles, admin_add_scope_roles, admin_remove_scope_roles;

/* ---- evaluation: admin_evaluate.c, admin_evaluate_roles.c ---- */
extern const admin_table admin_evaluation_operations;
admin_handler admin_evaluate_mappers, admin_evaluate_granted_roles, admin_evaluate_other_roles,
    admin_evaluate_access_token, admin_evaluate_id_token, admin_evaluate_userinfo;

/* ---- admin_whoami.c ---- */
admin_handler admin_read_whoami;

/* ---- transfer: admin_partial_import.c, admin_partial_export.c ---- */
admin_handler admin_partial_import, admin_partial_export;

/* ---- admin_server.c ---- */
admin_handler admin_read_server, admin_read_service_account, admin_read_installation;
admin_handler admin_clear_cache;

/* ---- client_admin: admin_client_nodes.c ---- */
admin_handler admin_add_node, admin_remove_node, admin_test_nodes, admin_read_client_permissions,
    admin_read_rotated_secret, admin_delete_rotated_secret;

/* ---- component: admin_keys.c, admin_key_rotation.c, admin_components.c, admin_component_change.c
 * ---- */
admin_handler admin_read_key_timeline, admin_rotate_key, admin_list_keys, admin_list_components,
    admin_create_component, admin_read_component, admin_update_component, admin_delete_component;

/* ---- admin_events.c ---- */
admin_handler admin_read_event_settings, admin_update_event_settings, admin_list_events,
    admin_clear_events, admin_list_admin_events, admin_clear_admin_events;

/* ---- admin_sessions.c ---- */
admin_handler admin_count_client_sessions, admin_list_client_sessions, admin_count_offline_sessions,
    admin_list_offline_sessions, admin_push_client_revocation, admin_read_session_stats,
    admin_end_session, admin_end_all_sessions, admin_push_revocation, admin_list_user_sessions,
    admin_impersonate, admin_list_user_offline_sessions, admin_end_user_sessions;
extern const admin_table admin_role_operations; /* admin_operations_roles.c */

/* ---- admin_roles.c ---- */
admin_handler admin_list_roles, admin_read_role, admin_create_role, admin_update_role,
    admin_delete_role;
/* ---- admin_composites.c ---- */
admin_handler admin_list_composites, admin_list_client_composites, admin_add_composites,
    admin_remove_composites, admin_list_role_users, admin_list_role_groups, admin_search_composites;
/* ---- admin_role_mappings.c ---- */
admin_handler admin_read_role_mappings, admin_list_mapped_roles, admin_list_available_roles,
    admin_list_effective_roles, admin_map_roles, admin_unmap_roles;
/* ---- admin_groups.c ---- */
admin_handler admin_create_group, admin_create_child, admin_update_group, admin_delete_group;
/* ---- admin_group_lists.c ---- */
admin_handler admin_list_groups, admin_count_groups, admin_read_group, admin_read_group_at,
    admin_list_children, admin_list_members, admin_list_user_groups, admin_count_user_groups;
/* ---- admin_credentials.c, admin_attack_detection.c ---- */
admin_handler admin_list_credentials, admin_delete_credential, admin_label_credential,
    admin_move_credential, admin_disable_credentials, admin_list_storage_credentials;
admin_handler admin_read_failures, admin_forget_failures, admin_forget_all_failures;
/* ---- admin_mails.c ---- */
extern const admin_table admin_mail_operations;
admin_handler admin_execute_actions_email, admin_send_verify_email, admin_reset_password_email,
    admin_test_smtp;
/* ---- admin_federated.c ---- */
admin_handler admin_list_federated, admin_add_federated, admin_remove_federated;
/* ---- broker: admin_identity_providers.c, admin_provider_mappers.c ---- */
admin_handler admin_import_provider, admin_list_identity_providers, admin_create_identity_provider,
    admin_read_identity_provider, admin_update_identity_provider, admin_delete_identity_provider;
admin_handler admin_list_provider_mappers, admin_create_provider_mapper, admin_read_provider_mapper,
    admin_update_provider_mapper, admin_delete_provider_mapper;
/* ---- setting: admin_flows.c, admin_required_actions.c, admin_localization.c ---- */
admin_handler admin_list_flows, admin_read_flow, admin_list_flow_steps;
admin_handler admin_create_flow, admin_update_flow, admin_delete_flow, admin_copy_flow,
    admin_update_flow_step, admin_add_flow_step, admin_add_flow_part, admin_read_flow_step,
    admin_delete_flow_step, admin_raise_flow_step, admin_lower_flow_step, admin_create_flow_config,
    admin_read_flow_config, admin_update_flow_config, admin_delete_flow_config;
admin_handler admin_list_required_actions, admin_list_unregistered_actions, admin_register_action,
    admin_remove_action, admin_read_required_action, admin_update_required_action;
admin_handler admin_read_client_profiles, admin_update_client_profiles, admin_read_client_policies,
    admin_update_client_policies;
admin_handler admin_list_locales, admin_read_locale, admin_write_locale, admin_delete_locale,
    admin_read_localized, admin_write_localized, admin_delete_localized;
/* ---- user_profile.c ---- */
admin_handler admin_read_user_profile, admin_read_user_profile_metadata;
admin_handler admin_update_user_profile; /* user_profile_change.c */
/* ---- admin_memberships.c ---- */
admin_handler admin_join_group, admin_leave_group, admin_list_default_groups,
    admin_add_default_group, admin_remove_default_group;

#endif
