/* SPDX-License-Identifier: Apache-2.0 */
/* Today's layout of old realm files; see old_layout.h. */
#include "provider/member/old_layout.h"

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/realm/document_limit.h"

static void put_values(const ost_json *list, ost_json_writer *w)
{
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        ost_json_put_value(w, at);
}

static void put_members(const ost_json *object, const char *const *left_out, ost_json_writer *w)
{
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        if (text_is_one_of(ost_json_name(at), left_out))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
}

/* ---- clients ---- */

static void put_clients_of(const ost_json *list, bool third_party, ost_json_writer *w)
{
    static const char *const of_third[] = {
        "name", "clientId", "consentRequired", "fullScopeAllowed", "claims", NULL};
    static const char *const of_application[] = {"name", "clientId", "claims", NULL};
    ost_text name;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        ost_json_open_object(w);
        if (ost_json_text(ost_json_get(at, "name"), &name))
            ost_json_member_text(w, "clientId", name);
        if (third_party) {
            ost_json_member_boolean(w, "consentRequired", true);
            ost_json_member_boolean(w, "fullScopeAllowed", false);
        }
        put_members(at, third_party ? of_third : of_application, w);
        ost_json_close_object(w);
    }
}

static void put_clients(const ost_json *realm, ost_json_writer *w)
{
    ost_json_put_name(w, OST_TEXT("clients"));
    ost_json_open_array(w);
    put_values(ost_json_get(realm, "clients"), w);
    put_clients_of(ost_json_get(realm, "applications"), false, w);
    put_clients_of(ost_json_get(realm, "oauthClients"), true, w);
    ost_json_close_array(w);
}

/* ---- client scopes ---- */

static void put_templates(const ost_json *templates, ost_json_writer *w)
{
    static const char *const taken[] = {"id",          "name",       "protocol",
                                        "description", "attributes", "protocolMappers"};
    for (const ost_json *at = ost_json_first(templates); at != NULL; at = ost_json_next(at)) {
        ost_json_open_object(w);
        for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
            const ost_json *value = ost_json_get(at, taken[i]);
            if (value != NULL)
                ost_json_member_value(w, taken[i], value);
        }
        ost_json_close_object(w);
    }
}

static void put_scopes(const ost_json *realm, ost_json_writer *w)
{
    const ost_json *own = ost_json_get(realm, "clientScopes");
    ost_json_put_name(w, OST_TEXT("clientScopes"));
    ost_json_open_array(w);
    put_values(own, w);
    put_templates(ost_json_get(realm, CLIENT_TEMPLATES), w);
    ost_json_close_array(w);
    if (own == NULL) {
        ost_json_put_name(w, OST_TEXT(CLIENT_TEMPLATES));
        ost_json_open_array(w);
        ost_json_close_array(w);
    }
}

/* ---- identity providers ---- */

#define KEY ".key"

/* "google.key" and "google.secret". */
static void put_provider(const ost_json *providers, ost_text provider, ost_text key,
                         ost_arena *arena, ost_json_writer *w)
{
    const char *which = ost_arena_format(arena, "%.*s.secret", (int)provider.len, provider.data);
    ost_text secret;
    ost_json_open_object(w);
    ost_json_member_text(w, "alias", provider);
    ost_json_member_text(w, "providerId", provider);
    ost_json_member_boolean(w, "enabled", true);
    ost_json_put_name(w, OST_TEXT("config"));
    ost_json_open_object(w);
    ost_json_member_text(w, "clientId", key);
    if (which != NULL && ost_json_text(ost_json_get(providers, which), &secret))
        ost_json_member_text(w, "clientSecret", secret);
    ost_json_close_object(w);
    ost_json_close_object(w);
}

static bool has_social(const ost_json *realm)
{
    return json_true_of(realm, "social") &&
           ost_json_count(ost_json_get(realm, "socialProviders")) > 0 &&
           ost_json_get(realm, "identityProviders") == NULL;
}

static void put_providers(const ost_json *realm, ost_arena *arena, ost_json_writer *w)
{
    const ost_json *providers = ost_json_get(realm, "socialProviders");
    ost_text key;
    ost_json_put_name(w, OST_TEXT("identityProviders"));
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(providers); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (text_ends(name, KEY) && ost_json_text(at, &key))
            put_provider(providers, text_slice(name, 0, name.len - (sizeof KEY - 1)), key, arena,
                         w);
    }
    ost_json_close_array(w);
}

/* ---- the realm ---- */

static bool has(const ost_json *realm, const char *member)
{
    return ost_json_get(realm, member) != NULL;
}

/* What there is of old layouts. */
typedef struct old_parts {
    bool clients, scopes, social;
} old_parts;

static void put_realm(const ost_json *realm, const old_parts *parts, ost_arena *arena,
                      ost_json_writer *w)
{
    const char *left_out[] = {parts->clients ? "applications" : "",
                              parts->clients ? "oauthClients" : "",
                              parts->clients ? "clients" : "",
                              parts->scopes ? CLIENT_TEMPLATES : "",
                              parts->scopes ? "clientScopes" : "",
                              parts->social ? "socialProviders" : "",
                              NULL};
    ost_json_open_object(w);
    put_members(realm, left_out, w);
    if (parts->clients)
        put_clients(realm, w);
    if (parts->scopes)
        put_scopes(realm, w);
    if (parts->social)
        put_providers(realm, arena, w);
    ost_json_close_object(w);
}

ost_result old_layout_renew(const ost_json *realm, ost_arena *arena, const ost_json **ret_realm)
{
    const old_parts parts = {.clients = has(realm, "applications") || has(realm, "oauthClients"),
                             .scopes = has(realm, CLIENT_TEMPLATES),
                             .social = has_social(realm)};
    *ret_realm = realm;
    if (!parts.clients && !parts.scopes && !parts.social)
        return OST_OK;
    ost_json_writer *w = ost_json_writer_new(arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    put_realm(realm, &parts, arena, w);
    return json_writer_read(w, &document_limits, ret_realm, NULL);
}
