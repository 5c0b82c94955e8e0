/* SPDX-License-Identifier: Apache-2.0 */
/* Example tokens and the mappers that make them, in the admin REST API. Nothing here is signed. */
#include "base/buffer.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/evaluation/evaluation.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/realm_defaults.h"
#include "provider/realm/uuid.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define MAX_SCOPE_TEXT 4096

/* ---- one evaluation ---- */

static bool has_scope(const realm_scope *const *list, ost_text name)
{
    for (size_t i = 0; list[i] != NULL; i++) {
        if (text_is(name, list[i]->name))
            return true;
    }
    return false;
}

/* The words of the scope that the client may ask for. */
static ost_result known_words(const realm_client *client, ost_text scope, ost_arena *arena,
                              ost_text *ret_known)
{
    buffer_auto buffer known = {0};
    ost_text rest = scope, word;
    buffer_init(&known, MAX_SCOPE_TEXT);
    while (text_next(&rest, ' ', &word)) {
        if (word.len == 0 ||
            (!text_is(word, "openid") && !has_scope(client->optional_scopes, word) &&
             !has_scope(client->default_scopes, word)))
            continue;
        buffer_append(&known, word);
        buffer_append_byte(&known, ' ');
    }
    *ret_known = (ost_text){ost_arena_copy(arena, buffer_text(&known)), known.len};
    return known.failed == OST_OK && ret_known->data == NULL ? OST_E_MEMORY : known.failed;
}

/* As a request to the realm itself would be, but with everything in the larger arena. */
static ost_result begin_call(admin_call *a, call *c)
{
    *c = (call){.provider = a->call->provider,
                .exchange = a->call->exchange,
                .request = a->call->request,
                .arena = a->arena,
                .entry = provider_realm(a->call->provider, a->values[0], a->call->arena),
                .realm = a->realm.realm,
                .base = a->call->base,
                .now = a->call->now};
    c->realm_path = percent_encode(a->arena, text_of(c->realm->name)).data;
    c->issuer = ost_arena_format(a->arena, "%s/realms/%s", c->base,
                                 c->realm_path != NULL ? c->realm_path : "");
    return c->entry != NULL && c->realm_path != NULL && c->issuer != NULL ? OST_OK : OST_E_MEMORY;
}

ost_result evaluation_begin(admin_call *a, evaluation *ret, bool *ret_found)
{
    evaluation e = {0};
    admin_owner owner;
    ost_text scope;
    *ret_found = false;
    if (!admin_owner_find(a, &owner))
        return OST_OK;
    ost_result result = begin_call(a, &e.call);
    if (result == OST_OK)
        result = known_words(owner.client, admin_parameter(a, "scope"), a->arena, &scope);
    if (result == OST_E_CEILING)
        return admin_refuse(a, 400, "error", "invalid_scope");
    if (result != OST_OK)
        return result;
    e.call.client = owner.client;
    e.scope = scope;
    e.grant = (grant){.client = owner.client, .may_be_offline = true, .auth_time = -1};
    if (!grant_choose_scopes(&e.call, scope, &e.grant))
        return evaluation_refuse(a, &e);
    *ret = e;
    *ret_found = true;
    return OST_OK;
}

ost_result evaluation_refuse(admin_call *a, const evaluation *e)
{
    const call_error *error = &e->call.error;
    return admin_refuse(a, error->status, "error",
                        error->description != NULL ? error->description : error->error);
}

/* ---- mappers ---- */

static void put_mappers(admin_call *a, ost_json_writer *w, const ost_json *container, ost_text name,
                        const char *type)
{
    ost_text id = part_text(container, "id");
    const ost_json *list = ost_json_get(container, "protocolMappers");
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_equals(ost_json_get(at, "protocol"), OST_TEXT("openid-connect")))
            continue;
        ost_json_open_object(w);
        ost_json_member_text(w, "mapperId", part_id(id, at, a->arena));
        ost_json_member_text(w, "mapperName", part_text(at, "name"));
        ost_json_member_text(w, "containerId", id);
        ost_json_member_text(w, "containerName", name);
        ost_json_member_string(w, "containerType", type);
        ost_json_member_text(w, "protocolMapper", part_text(at, "protocolMapper"));
        ost_json_close_object(w);
    }
}

ost_result admin_evaluate_mappers(admin_call *a)
{
    evaluation e;
    bool found;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_result result = evaluation_begin(a, &e, &found);
    if (result != OST_OK || !found)
        return result;
    ost_json_open_array(w);
    put_mappers(a, w, e.grant.client->document, text_of(e.grant.client->client_id), "client");
    for (size_t i = 0; e.grant.scopes[i] != NULL; i++)
        put_mappers(a, w, e.grant.scopes[i]->document, text_of(e.grant.scopes[i]->name),
                    "client-scope");
    ost_json_close_array(w);
    return admin_answer(a, w);
}

/* ---- tokens ---- */

/* The user's roles; and the scope offline_access is left out where they lack its role. */
static bool set_user(evaluation *e, const ost_json *user, ost_text id)
{
    grant *g = &e->grant;
    bool may_be_offline = false;
    if (!grant_set_user(&e->call, user, id, g))
        return false;
    for (size_t i = 0; g->roles.realm_roles[i] != NULL && !may_be_offline; i++)
        may_be_offline = text_is(text_of(g->roles.realm_roles[i]), OFFLINE_ACCESS);
    if (g->offline && !may_be_offline) {
        g->may_be_offline = false;
        if (!grant_choose_scopes(&e->call, e->scope, g) || !grant_set_user(&e->call, user, id, g))
            return false;
    }
    g->offline = false; /* an example has no session, which alone could be */
    return true;
}

/* Whose token it is: the query's "userId". Whoever may not see users sees none of their claims. */
static ost_result find_user(admin_call *a, evaluation *e, bool *ret_found)
{
    store_user user;
    const ost_json *document;
    ost_text id = admin_parameter(a, "userId");
    *ret_found = false;
    if (!admin_may(a, VIEW_USERS))
        return admin_forbid(a);
    if (id.len == 0)
        return admin_refuse(a, 404, "error", "No userId provided");
    ost_result result = store_user_get(a->realm.store, a->realm.row.name, id, a->arena, &user);
    if (result == OST_E_NOT_FOUND)
        return admin_refuse(a, 404, "error", "No user found");
    if (result == OST_OK)
        result = ost_json_read(user.document, NULL, a->arena, &document, NULL);
    if (result != OST_OK)
        return result;
    *ret_found = set_user(e, document, user.id);
    return *ret_found ? OST_OK : evaluation_refuse(a, e);
}

static ost_result answer_token(admin_call *a, token_kind kind)
{
    evaluation e;
    bool found;
    ost_text id = uuid_text(a->call->provider->context, a->arena);
    ost_text audience = admin_parameter(a, "audience");
    const char *audiences[] = {ost_arena_copy(a->arena, audience), NULL};
    ost_result result = evaluation_begin(a, &e, &found);
    if (result == OST_OK && found)
        result = find_user(a, &e, &found);
    if (result != OST_OK || !found)
        return result;
    if (id.data == NULL || audiences[0] == NULL)
        return OST_E_MEMORY;
    e.grant.session_id = id.data;
    e.grant.audiences = audience.len > 0 ? audiences : NULL;
    if (!mint_example(&e.call, &e.grant, kind, &a->answer))
        return evaluation_refuse(a, &e);
    a->status = 200;
    return OST_OK;
}

ost_result admin_evaluate_access_token(admin_call *a)
{
    return answer_token(a, TOKEN_ACCESS);
}

ost_result admin_evaluate_id_token(admin_call *a)
{
    return answer_token(a, TOKEN_ID);
}

ost_result admin_evaluate_userinfo(admin_call *a)
{
    return answer_token(a, TOKEN_USERINFO);
}
