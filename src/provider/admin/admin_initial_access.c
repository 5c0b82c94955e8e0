/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of dynamic registration of the admin REST API. With an initial access token (RFC 7591 §3)
 * anybody may register so many clients, for so long; with the registration access token of a client
 * (RFC 7592 §3) its owner changes it. */
#include "base/json/json_writer.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/client_part.h"
#include "provider/admin/document_edit.h"
#include "provider/file/master_document.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/uuid.h"
#include "provider/session/internal_token.h"
#include "provider/session/registration_token.h"
#include "store/grant/store_initial_access.h"

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

static bool sign(const admin_call *a, const store_initial_access *token, ost_text *ret_token)
{
    call c;
    ost_text claims;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL || !admin_enter_realm(a, &c))
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
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
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
    if (!admin_body_has_only(a, "ClientInitialAccessCreatePresentation",
                             "expiration|count|webOrigins") ||
        !read_number(a, "expiration", 0, SECONDS_MAX, &token.expiration) ||
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
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
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

/* ---- registration access tokens ---- */

/* The client with the token as its only valid one; made by an administrator, it is not bound by the
 * policies for strangers. */
static ost_result remember_token(admin_call *a, const admin_owner *owner, ost_text id)
{
    const ost_json *attributes, *document;
    ost_result result = document_put_text(ost_json_get(owner->document, "attributes"),
                                          REGISTRATION_TOKEN_ID, id, a->arena, &attributes);
    if (result == OST_OK)
        result = document_put_text(attributes, REGISTRATION_ANONYMOUS, OST_TEXT("false"), a->arena,
                                   &attributes);
    if (result == OST_OK)
        result =
            document_put(owner->document, OST_TEXT("attributes"), attributes, a->arena, &document);
    return result == OST_OK ? admin_owner_store(a, owner, document) : result;
}

static ost_result answer_with_token(admin_call *a, const realm_client *client, ost_text token)
{
    const ost_json *shown;
    ost_json_writer *plain = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result =
        plain != NULL && w != NULL ? client_part_put(a, plain, client) : OST_E_MEMORY;
    if (result == OST_OK)
        result = json_writer_read(plain, NULL, &shown, NULL);
    if (result == OST_OK)
        result = document_put(shown, OST_TEXT("access"), NULL, a->arena, &shown);
    if (result == OST_OK)
        result = document_put_text(shown, "registrationAccessToken", token, a->arena, &shown);
    if (result != OST_OK)
        return result;
    ost_json_put_value(w, shown);
    return admin_answer(a, w);
}

ost_result admin_renew_registration_token(admin_call *a)
{
    call c;
    admin_owner owner;
    ost_text token, id = uuid_text(a->call->provider->context, a->arena);
    if (!admin_owner_find(a, &owner))
        return OST_OK;
    if (text_is(a->realm.row.name, MASTER_REALM) && master_client_realm(owner.name).len > 0)
        return admin_refuse(a, 400, "error", "The rights over a realm are nobody's client");
    if (id.data == NULL || !admin_enter_realm(a, &c) || !registration_token_make(&c, id, &token))
        return OST_E_MEMORY;
    ost_result result = remember_token(a, &owner, id);
    return result == OST_OK && a->status == 0 ? answer_with_token(a, owner.client, token) : result;
}
