/* SPDX-License-Identifier: Apache-2.0 */
/* The module as nginx sees it: its directives, its handlers, its life. */
#include "zone.h"

#define OSTIARY_ANYWHERE (NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF)
#define SETTING(name) offsetof(ostiary_conf, settings.name)

static ngx_conf_num_bounds_t max_age_bounds = {ngx_conf_check_num_bounds, 1, 315360000};

static ngx_conf_enum_t senders[] = {
    {ngx_string("any"), OST_SENDER_ANY},
    {ngx_string("bound"), OST_SENDER_BOUND},
    {ngx_string("dpop"), OST_SENDER_DPOP},
    {ngx_string("mtls"), OST_SENDER_MTLS},
    {ngx_null_string, 0},
};

/* A list of a policy: its number is that of the table in policy.c. */
#define LIST(name, number)                                                                         \
    {                                                                                              \
        ngx_string(name), OSTIARY_ANYWHERE | NGX_HTTP_LMT_CONF | NGX_CONF_1MORE,                   \
            ostiary_policy_list, NGX_HTTP_LOC_CONF_OFFSET, number, NULL                            \
    }

static ngx_command_t commands[] = {
    {ngx_string("ostiary"), OSTIARY_ANYWHERE | NGX_HTTP_LMT_CONF | NGX_CONF_FLAG, ostiary_on,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(ostiary_conf, enable), NULL},

    {ngx_string("ostiary_issuer"), OSTIARY_ANYWHERE | NGX_CONF_1MORE, ostiary_issuer_read,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("ostiary_realm"), OSTIARY_ANYWHERE | NGX_CONF_TAKE1, ostiary_string_read,
     NGX_HTTP_LOC_CONF_OFFSET, SETTING(realm), NULL},
    {ngx_string("ostiary_resource_metadata"), OSTIARY_ANYWHERE | NGX_CONF_TAKE1,
     ostiary_string_read, NGX_HTTP_LOC_CONF_OFFSET, SETTING(resource_metadata), NULL},
    {ngx_string("ostiary_revocation_file"), OSTIARY_ANYWHERE | NGX_CONF_TAKE1, ostiary_path_read,
     NGX_HTTP_LOC_CONF_OFFSET, SETTING(revocation_file), NULL},
    {ngx_string("ostiary_cache"), OSTIARY_ANYWHERE | NGX_CONF_TAKE12, ostiary_cache_read,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("ostiary_max_token_size"), OSTIARY_ANYWHERE | NGX_CONF_TAKE1,
     ngx_conf_set_size_slot, NGX_HTTP_LOC_CONF_OFFSET, SETTING(max_token), NULL},
    {ngx_string("ostiary_dpop"), OSTIARY_ANYWHERE | NGX_CONF_1MORE, ostiary_dpop_read,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("ostiary_decryption_keys"), OSTIARY_ANYWHERE | NGX_CONF_TAKE1,
     ostiary_decryption_read, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("ostiary_insecure_explain"), OSTIARY_ANYWHERE | NGX_CONF_FLAG, ostiary_explain_read,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    {ngx_string("ostiary_policy"), OSTIARY_ANYWHERE | NGX_HTTP_LMT_CONF | NGX_CONF_TAKE1,
     ostiary_policy_document, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    LIST("ostiary_scopes", 0),
    LIST("ostiary_any_scopes", 1),
    LIST("ostiary_realm_roles", 2),
    LIST("ostiary_any_realm_roles", 3),
    LIST("ostiary_client_roles", 4),
    LIST("ostiary_any_client_roles", 5),
    LIST("ostiary_clients", 6),
    LIST("ostiary_audiences", 7),
    LIST("ostiary_acr_values", 8),
    {ngx_string("ostiary_sender"), OSTIARY_ANYWHERE | NGX_HTTP_LMT_CONF | NGX_CONF_TAKE1,
     ngx_conf_set_enum_slot, NGX_HTTP_LOC_CONF_OFFSET, offsetof(ostiary_conf, asked.sender),
     senders},
    {ngx_string("ostiary_max_age"), OSTIARY_ANYWHERE | NGX_HTTP_LMT_CONF | NGX_CONF_TAKE1,
     ngx_conf_set_num_slot, NGX_HTTP_LOC_CONF_OFFSET, offsetof(ostiary_conf, asked.max_age),
     &max_age_bounds},

    {ngx_string("ostiary_cookie"), OSTIARY_ANYWHERE | NGX_CONF_TAKE1, ngx_conf_set_str_slot,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(ostiary_conf, cookie), NULL},
    {ngx_string("ostiary_origin"), OSTIARY_ANYWHERE | NGX_CONF_TAKE1,
     ngx_http_set_complex_value_slot, NGX_HTTP_LOC_CONF_OFFSET, offsetof(ostiary_conf, origin),
     NULL},
    {ngx_string("ostiary_client_certificate"), OSTIARY_ANYWHERE | NGX_CONF_TAKE1,
     ngx_http_set_complex_value_slot, NGX_HTTP_LOC_CONF_OFFSET, offsetof(ostiary_conf, certificate),
     NULL},

    {ngx_string("ostiary_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ostiary_zone_read,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    {ngx_string("ostiary_claim"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE23, ostiary_claim_read,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    {ngx_string("ostiary_metrics"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, ostiary_metrics_read,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("ostiary_ready"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, ostiary_ready_read,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    ngx_null_command,
};

static ngx_int_t configuration_end(ngx_conf_t *cf)
{
    static const struct {
        ngx_http_phases phase;
        ngx_http_handler_pt handler;
    } handlers[] = {
        {NGX_HTTP_PREACCESS_PHASE, ostiary_preaccess},
        {NGX_HTTP_ACCESS_PHASE, ostiary_access},
        {NGX_HTTP_PRECONTENT_PHASE, ostiary_precontent},
    };
    ngx_http_core_main_conf_t *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    for (size_t k = 0; k < sizeof handlers / sizeof handlers[0]; k++) {
        ngx_http_handler_pt *place = ngx_array_push(&core->phases[handlers[k].phase].handlers);
        if (place == NULL)
            return NGX_ERROR;
        *place = handlers[k].handler;
    }
    return ostiary_zone_add(cf);
}

static ngx_http_module_t context = {
    .preconfiguration = ostiary_variables_add,
    .postconfiguration = configuration_end,
    .create_main_conf = ostiary_main_create,
    .create_loc_conf = ostiary_conf_create,
    .merge_loc_conf = ostiary_conf_merge,
};

ngx_module_t ngx_http_ostiary_module = {
    NGX_MODULE_V1,
    &context,
    commands,
    NGX_HTTP_MODULE,
    NULL, /* init master */
    NULL, /* init module */
    ostiary_process_init,
    NULL, /* init thread */
    NULL, /* exit thread */
    ostiary_process_exit,
    NULL, /* exit master */
    NGX_MODULE_V1_PADDING,
};
