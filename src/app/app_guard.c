/* SPDX-License-Identifier: Apache-2.0 */
/* From settings to issuers; see app_guard.h. */
#include "app/app_guard.h"

#include "app/route_list.h"
#include "base/text.h"
#include "guard/tenants.h"

/* What the first issuer is asked, and which of its lists are looked at. The key, if there is one,
 * is the caller's to give back. */
static ost_result add_token_settings(const token_settings *settings, ost_issuer *first,
                                     ost_key **ret_key, ost_error *error)
{
    ost_error why = {0};
    if (settings->key.len > 0 && ost_key_import_jwk(settings->key, ret_key, &why) != OST_OK)
        return ost_error_set(error, OST_E_CONFIG, "--introspection-key-file: %s", why.detail);
    first->introspection = settings->introspection;
    first->introspection.key = *ret_key;
    first->status_lists.origins = settings->origins;
    first->status_lists.origin_count = settings->origin_count;
    return OST_OK;
}

/* Tenants are for those issuers that are many; true if one is. */
static bool fill_issuers(const app_settings *s, ost_issuer *issuers)
{
    bool has_many = false;
    for (size_t i = 0; i < s->issuer_count; i++) {
        bool many = tenants_are_named(text_of(s->issuers[i]));
        issuers[i] = (ost_issuer){
            .issuer = s->issuers[i],
            .audiences = s->audiences,
            .audience_count = s->audience_count,
            .discovery_url = i < s->discovery_url_count ? s->discovery_urls[i] : NULL,
            .jwks_url = i == 0 ? s->jwks_url : NULL,
            .client_is_audience = i == 0 && s->client_is_audience,
            .insecure_http = s->insecure_http,
            .ca_file = s->ca_file,
            .proxy = s->proxy,
            .no_proxy = s->no_proxy,
            .tenants = s->tenants,
            .tenant_count = many ? s->tenant_count : 0,
            .any_tenant = many && s->any_tenant,
        };
        has_many |= many;
    }
    return has_many;
}

ost_result app_guard_new(app_server *server, ost_error *error)
{
    const app_settings *s = server->settings;
    ost_issuer issuers[SETTINGS_ISSUERS];
    ost_key *key = NULL;
    if (s->issuer_count == 0 && !route_list_is_guarded(server->app->routes))
        return OST_OK;
    if (s->issuer_count == 0)
        return ost_error_set(error, OST_E_CONFIG,
                             "--issuer is missing: it says whose tokens are accepted");
    if (!fill_issuers(s, issuers) && (s->tenant_count > 0 || s->any_tenant))
        return ost_error_set(error, OST_E_CONFIG,
                             "--tenant and --any-tenant need an --issuer with {tenantid} in it");
    const ost_guard_config config = {
        .issuers = issuers,
        .issuer_count = s->issuer_count,
        .realm = server->app->title,
        .insecure_explain = s->insecure_explain,
        .resource_metadata = server->metadata_url,
        .revocation_file = s->revocation_file,
        .dpop = {.require_nonce = s->require_dpop_nonce, .nonce_secret = s->dpop_nonce_secret},
    };
    ost_result result = add_token_settings(&s->tokens, &issuers[0], &key, error);
    if (result == OST_OK)
        result = ost_guard_new(&config, &server->guard, error);
    ost_key_unref(key);
    return result;
}
