/* SPDX-License-Identifier: Apache-2.0 */
/* Initial access tokens (RFC 7591 §3) of the admin REST API: with one, anybody may register so many
 * clients, for so long. */
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_call.h"
#include "provider/realm/uuid.h"
#include "provider/session/internal_token.h"

#define TOKENS_MAX 1000 /* of one realm */
#define SECONDS_MAX ((int64_t)10 * 366 * 86400)
#define COUNT_MAX 1000000

static void put_members(const store_initial_access *token, ost_json_writer *w)
{
    ost_json_member_integer(w, "timestamp", token->created);
    ost_json_member_integer(w, "expiration", token->expiration);
    ost_json_member_integer(w, "count", token->count);
    ost_json_member_integer(w, "remainingCount", token->remaining);
}

/* The call's own realm is that of the administrator; what is signed is of the realm that is
 * administered. */
static bool enter_realm(const admin_call *a, call *ret_call)
{
    call c = *a->call;
    c.entry = provider_realm(c.provider, a->realm.row.name, c.arena);
    if (c.entry == NULL)
        return false;
    c.realm = c.entry->realm;
    c.realm_path = percent_encode(c.arena, a->realm.row.name).data;
    c.issuer = c.realm_path != NULL ? call_format(&c, "%s/realms/%s", c.base, c.realm_path) : NULL;
    *ret_call = c;
    return c.issuer != NULL;
}

static bool sign(const admin_call *a, const store_initial_access *token, ost_text *ret_token)
{
    call c;
    ost_text claims;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL || !enter_realm(a, &c))
        return false;
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp",
                            token->expiration > 0 ? token->created + token->expiration : 0);
    ost_json_member_integer(w, "iat", token->created);
    ost_json_member_text(w, "jti", token->id);
    ost_json_member_string(w, "iss", c.issuer);
    ost_json_member_string(w, "aud", c.issuer);
    ost_json_member_string(w, "typ", INITIAL_ACCESS_TOKEN);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &claims) == OST_OK &&
           internal_token_make(&c, claims, "JWT", ret_token);
}

/* A number of the body; false: it is none that can be, and the call is refused. */
static bool read_number(admin_call *a, const char *name, int64_t fallback, int64_t max,
                        int64_t *ret)
{
    const ost_json *value = ost_json_get(a->body, name);
    *ret = fallback;
    if (value == NULL || ost_json_is(value, OST_JSON_NULL))
        return true;
    if (ost_json_integer(value, ret) && *ret >= 0 && *ret <= max)
        return true;
    admin_refuse(
        a, 400, "errorMessage",
        ost_arena_format(a->arena, "%s: not a whole number from 0 to %lld", name, (long long)max));
    return false;
}

static ost_result check_room(admin_call *a)
{
    store_initial_access *tokens;
    size_t count;
    ost_result result = store_initial_access_list(a->realm.store, a->realm.row.name, TOKENS_MAX,
                                                  a->arena, &tokens, &count);
    if (result == OST_OK && count == TOKENS_MAX)
        admin_refuse(a, 409, "errorMessage", "The realm has too many initial access tokens");
    return result;
}

static ost_result answer_new(admin_call *a, const store_initial_access *token)
{
    ost_text text;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL || !sign(a, token, &text))
        return OST_E_MEMORY;
    ost_result result = store_initial_access_create(a->realm.store, token);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", token->id);
    ost_json_member_text(w, "token", text);
    put_members(token, w);
    ost_json_close_object(w);
    a->location = ost_arena_format(a->arena, "/realms/%s/clients-initial-access/%.*s",
                                   percent_encode(a->arena, a->realm.row.name).data,
                                   (int)token->id.len, token->id.data);
    return admin_answer(a, w);
}

ost_result admin_create_initial_access(admin_call *a)
{
    store_initial_access token = {.realm = a->realm.row.name,
                                  .id = uuid_text(a->call->provider->context, a->arena),
                                  .created = a->call->now};
    if (!ost_json_is(a->body, OST_JSON_OBJECT))
        return admin_refuse(a, 400, "errorMessage", "Cannot parse the JSON");
    if (!read_number(a, "expiration", 0, SECONDS_MAX, &token.expiration) ||
        !read_number(a, "count", 1, COUNT_MAX, &token.count))
        return OST_OK;
    token.remaining = token.count;
    ost_result result = token.id.data != NULL ? check_room(a) : OST_E_MEMORY;
    return result == OST_OK && a->status == 0 ? answer_new(a, &token) : result;
}

ost_result admin_list_initial_access(admin_call *a)
{
    store_initial_access *tokens;
    size_t count;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    ost_result result = w != NULL ? store_initial_access_list(a->realm.store, a->realm.row.name,
                                                              TOKENS_MAX, a->arena, &tokens, &count)
                                  : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        ost_json_open_object(w);
        ost_json_member_text(w, "id", tokens[i].id);
        put_members(&tokens[i], w);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_delete_initial_access(admin_call *a)
{
    ost_result result =
        store_initial_access_delete(a->realm.store, a->realm.row.name, a->values[1]);
    return result == OST_OK || result == OST_E_NOT_FOUND ? admin_answer_done(a) : result;
}
