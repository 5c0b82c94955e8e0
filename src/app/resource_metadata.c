/* SPDX-License-Identifier: Apache-2.0 */
/* Protected resource metadata: RFC 9728 §2, §3; see resource_metadata.h. */
#include "app/resource_metadata.h"

#include "app/config/origin.h"
#include "app/cors.h"
#include "app/request.h"
#include "base/text.h"
#include "guard/tenants.h"
#include "http/message/request_target.h"

#define WELL_KNOWN "/.well-known/oauth-protected-resource"

/* ---- where it is ---- */

/* A path that requests can have: dot segments are resolved by those who send them. */
static bool is_path(ost_text path)
{
    ost_text rest = path, segment;
    bool good = text_is_made_of(path, "-._~/");
    while (good && text_next(&rest, '/', &segment))
        good = !path_segment_is_dots(segment);
    return good;
}

/* A host, perhaps in capitals, and a port; nobody's password. OST_E_ARGUMENT, OST_E_MEMORY. */
static ost_result check_origin(ost_text origin, ost_arena *arena)
{
    ost_text read;
    char *lower = ost_arena_copy(arena, origin);
    if (lower == NULL)
        return OST_E_MEMORY;
    text_make_lower(lower, origin.len);
    return origin_read((ost_text){lower, origin.len}, &read);
}

ost_result resource_metadata_place(const char *resource, ost_arena *arena, const char **ret_url,
                                   const char **ret_path, ost_error *error)
{
    const ost_text all = text_of(resource);
    const size_t scheme = text_starts(all, "https://") ? 8 : text_starts(all, "http://") ? 7 : 0;
    const size_t slash = text_find(all, '/', scheme);
    ost_text path = text_slice(all, slash, all.len);
    ost_result result = check_origin(text_slice(all, 0, slash), arena);
    if (result == OST_E_MEMORY)
        return ost_error_set(error, result, "out of memory");
    if (result != OST_OK || !is_path(path) ||
        (scheme == 7 && !settings_host_is_local(text_slice(all, scheme, slash - scheme))))
        return ost_error_set(
            error, OST_E_CONFIG,
            "--resource: \"%.100s\" is not an https URL of letters, digits and -._~/", resource);
    /* A slash and nothing else is not a path (§3.1). */
    if (text_is(path, "/"))
        path = (ost_text){0};
    const char *url = ost_arena_format(arena, "%.*s" WELL_KNOWN "%.*s", (int)slash, resource,
                                       (int)path.len, path.len > 0 ? path.data : "");
    if (url == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    *ret_url = url;
    *ret_path = url + slash;
    return OST_OK;
}

/* ---- what it says ---- */

typedef void (*scope_call)(void *user, const char *scope);

static void for_list(const char *const *list, scope_call each, void *user)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        each(user, list[i]);
}

/* Every scope that a route names, as often as one names it. */
static void for_scopes(const app_server *server, scope_call each, void *user)
{
    for (size_t i = 0; i < server->route_count; i++) {
        const ost_policy *guard = server->routes[i].route->guard;
        for_list(guard->scopes, each, user);
        for_list(guard->any_scopes, each, user);
    }
}

typedef struct scope_set {
    const char **scopes;
    size_t count, room;
} scope_set;

static void count_scope(void *user, const char *scope)
{
    (void)scope;
    ((scope_set *)user)->room++;
}

static void add_scope(void *user, const char *scope)
{
    scope_set *set = user;
    for (size_t i = 0; i < set->count; i++) {
        if (text_is(text_of(scope), set->scopes[i]))
            return;
    }
    if (set->count < set->room)
        set->scopes[set->count++] = scope;
}

static void put_list(ost_json_writer *writer, const char *name, const char *const *list,
                     size_t count)
{
    ost_json_put_name(writer, text_of(name));
    ost_json_open_array(writer);
    for (size_t i = 0; i < count; i++)
        ost_json_put_text(writer, text_of(list[i]));
    ost_json_close_array(writer);
}

/* An issuer of many tenants has no address that a client could ask. */
static void put_issuers(const app_settings *s, ost_json_writer *writer)
{
    const char *named[SETTINGS_ISSUERS];
    size_t count = 0;
    for (size_t i = 0; i < s->issuer_count; i++) {
        if (!tenants_are_named(text_of(s->issuers[i])))
            named[count++] = s->issuers[i];
    }
    if (count > 0)
        put_list(writer, "authorization_servers", named, count);
}

/* The list is left out when no route names a scope. */
static bool put_scopes(const app_server *server, ost_arena *arena, ost_json_writer *writer)
{
    scope_set set = {0};
    for_scopes(server, count_scope, &set);
    if (set.room == 0)
        return true;
    set.scopes = ost_arena_alloc(arena, set.room * sizeof *set.scopes);
    if (set.scopes == NULL)
        return false;
    for_scopes(server, add_scope, &set);
    put_list(writer, "scopes_supported", set.scopes, set.count);
    return true;
}

static void put_algorithms(const app_server *server, ost_json_writer *writer)
{
    ost_text rest = ost_guard_dpop_algorithms(server->guard), name;
    ost_json_put_name(writer, OST_TEXT("dpop_signing_alg_values_supported"));
    ost_json_open_array(writer);
    while (text_next(&rest, ' ', &name))
        ost_json_put_text(writer, name);
    ost_json_close_array(writer);
}

/* True when every guarded route takes tokens bound to a DPoP key alone. */
static bool all_want_dpop(const app_server *server)
{
    for (size_t i = 0; i < server->route_count; i++) {
        const ost_policy *guard = server->routes[i].route->guard;
        if (!guard->open && guard->sender != OST_SENDER_DPOP)
            return false;
    }
    return true;
}

static bool put_document(const app_server *server, ost_arena *arena, ost_json_writer *writer)
{
    static const char *const methods[] = {"header"};
    const app_settings *s = server->settings;
    ost_json_open_object(writer);
    ost_json_member_string(writer, "resource", s->resource);
    put_issuers(s, writer);
    bool fits = put_scopes(server, arena, writer);
    put_list(writer, "bearer_methods_supported", methods, 1);
    put_algorithms(server, writer);
    ost_json_member_boolean(writer, "dpop_bound_access_tokens_required", all_want_dpop(server));
    ost_json_member_boolean(writer, "tls_client_certificate_bound_access_tokens",
                            s->client_certificates || s->client_certificate_field != NULL);
    ost_json_member_string(writer, "resource_name",
                           s->resource_name != NULL ? s->resource_name : server->app->title);
    if (s->resource_documentation != NULL)
        ost_json_member_string(writer, "resource_documentation", s->resource_documentation);
    ost_json_close_object(writer);
    return fits;
}

void resource_metadata_send(http_exchange *exchange, void *user)
{
    const app_server *server = user;
    ost_arena *arena = http_arena(exchange);
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (writer == NULL || !put_document(server, arena, writer)) {
        request_refuse(exchange, 503, OST_TEXT("Out of memory"));
        return;
    }
    /* Everybody may read it, and clients within pages have to. */
    request_set(exchange, "Access-Control-Allow-Origin", OST_TEXT("*"));
    request_set(exchange, "Cache-Control", OST_TEXT("max-age=300"));
    http_respond_json(exchange, 200, writer);
}
