/* SPDX-License-Identifier: Apache-2.0 */
/* Making tokens: the registered claims in Keycloak's order, what the mappers add, a signature; see
 * grant.h. */
#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "jose/key/key_state.h"
#include "provider/detail/authorization_details.h"
#include "provider/policy/policy_case.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/realm/uuid.h"
#include "provider/session/bearer_token.h"
#include "provider/session/internal_token.h"
#include "provider/session/proof_of_key.h"
#include "provider/session/session_level.h"
#include "provider/token/acr_level.h"
#include "provider/token/answer_token.h"
#include "provider/token/claim_tree.h"
#include "provider/token/grant.h"
#include "provider/token/mapper.h"

/* A text that is always there: signs nothing when memory is out. */
static const char *fresh_id(call *c)
{
    ost_text id = uuid_text(c->provider->context, c->arena);
    if (id.data == NULL)
        call_refuse(c, 500, "server_error", NULL);
    return id.data != NULL ? id.data : "";
}

static int64_t earlier(int64_t a, int64_t limit)
{
    return limit > 0 && limit < a ? limit : a;
}

/* When the client's part of the session ends: with the session, or before. */
static int64_t part_ends(const call *c, const grant *g)
{
    if (g->offline)
        return g->session_ends;
    int64_t max =
        g->client->session_max > 0 ? g->client->session_max : c->realm->lifespans.client_max;
    if (max <= 0 || g->client_started <= 0)
        return g->session_ends;
    int64_t ends = g->client_started + max;
    return earlier(ends, g->session_ends);
}

static int64_t part_idle_ends(const call *c, const grant *g)
{
    if (g->offline) /* the session tells, not the token; where it is not limited, as in Keycloak */
        return c->realm->lifespans.offline_limited ? g->idle_ends : g->session_ends;
    int64_t idle =
        g->client->session_idle > 0 ? g->client->session_idle : c->realm->lifespans.client_idle;
    return idle > 0 && g->client_started > 0 ? earlier(c->now + idle, g->idle_ends) : g->idle_ends;
}

static int64_t access_expiry(const call *c, const grant *g)
{
    int64_t lifespan = g->lifespan > 0                   ? g->lifespan
                       : g->client->access_lifespan < 0  ? c->realm->lifespans.sso_max
                       : g->client->access_lifespan != 0 ? g->client->access_lifespan
                                                         : c->realm->lifespans.access_token;
    return earlier(c->now + lifespan, part_ends(c, g));
}

static void put_audience(call *c, claim_tree *tree, const audience_list *list)
{
    ost_text json;
    ost_json_writer *w = call_writer(c);
    if (list->count == 1)
        claim_put_string(tree, "aud", list->names[0]);
    if (list->count < 2 || w == NULL)
        return;
    ost_json_open_array(w);
    for (size_t i = 0; i < list->count; i++)
        ost_json_put_text(w, text_of(list->names[i]));
    ost_json_close_array(w);
    if (ost_json_writer_finish(w, &json) == OST_OK)
        claim_put_json(tree, OST_TEXT("aud"), json);
}

/* By which session a token is known: a login's is what logouts and browsers are told. */
static const char *session_of(const grant *g, bool of_login)
{
    return of_login && g->login_session_id != NULL ? g->login_session_id : g->session_id;
}

static claim_tree *new_tree(call *c)
{
    claim_tree *tree = claim_tree_new(c->arena);
    if (tree == NULL)
        call_refuse(c, 500, "server_error", NULL);
    return tree;
}

/* What every token begins with. A claim that depends on the mappers has its place only. */
static claim_tree *begin_token(call *c, const grant *g, const char *typ, const char *id,
                               int64_t expires, int64_t auth_time)
{
    claim_tree *tree = new_tree(c);
    if (tree == NULL)
        return NULL;
    claim_put_integer(tree, "exp", expires);
    claim_put_integer(tree, "iat", call_issues_at(c, g->client_started));
    if (auth_time >= 0)
        claim_put_integer(tree, "auth_time", auth_time);
    claim_put_string(tree, "jti", id);
    claim_put_string(tree, "iss", c->issuer);
    claim_reserve(tree, "aud");
    claim_reserve(tree, "sub");
    claim_put_string(tree, "typ", typ);
    claim_put_string(tree, "azp", g->client->client_id);
    if (g->nonce.len > 0)
        claim_put_text(tree, "nonce", g->nonce);
    if (g->session_id != NULL)
        claim_put_string(tree, "session_state", session_of(g, strcmp(typ, "ID") == 0));
    return tree;
}

/* Of this login, whatever another one of the same client reaches: one that came with a session is
 * worth no more because somebody has proved who they are for another. */
static void put_level(const grant *g, claim_tree *tree)
{
    if (g->acr != NULL && (g->acr->leveled || !g->acr->proved))
        claim_put_integer(tree, LEVEL_CLAIM, g->acr->leveled ? g->acr->level : ACR_LEVEL_SESSION);
}

static bool write_claims(call *c, const claim_tree *tree, ost_text *ret_claims)
{
    if (tree == NULL || c->error.status != 0)
        return false;
    return claim_tree_write(tree, c->arena, ret_claims) == OST_OK ||
           call_refuse(c, 500, "server_error", NULL);
}

static bool sign(call *c, const claim_tree *tree, ost_alg alg, const char *typ, ost_text *ret_token)
{
    ost_text claims;
    return write_claims(c, tree, &claims) && answer_sign(c, claims, alg, typ, ret_token);
}

/* The resources that were asked for take the place of what the mappers say (RFC 8707 §2). */
static void take_resources(call *c, const grant *g, audience_list *list)
{
    ost_text rest = g->resources, uri;
    *list = (audience_list){0};
    while (text_next(&rest, ' ', &uri) && list->count + 1 < ARRAY_LEN(list->names)) {
        const char *name = ost_arena_copy(c->arena, uri);
        if (name != NULL)
            list->names[list->count++] = name;
        else
            call_refuse(c, 500, "server_error", NULL);
    }
}

/* Of the audiences those that were asked for (RFC 8693 §2.1); each has to be there. */
static void take_audiences(call *c, const grant *g, audience_list *list)
{
    audience_list kept = {0};
    for (size_t i = 0; g->audiences[i] != NULL; i++) {
        bool there = false;
        for (size_t k = 0; k < list->count && !there; k++)
            there = strcmp(list->names[k], g->audiences[i]) == 0;
        if (!there)
            call_refuse(c, 400, "invalid_request",
                        call_format(c, "Requested audience not available: %s", g->audiences[i]));
        else
            audience_add(&kept, g->audiences[i]);
    }
    *list = kept;
}

/* Whom the client is told that it is about. */
static void put_subject(call *c, const grant *g, claim_tree *tree)
{
    ost_text subject;
    if (pairwise_subject(&g->client->pairwise, g->user_id, c->arena, &subject) == OST_OK)
        claim_put_text(tree, "sub", subject);
    else
        call_refuse(c, 500, "server_error", NULL);
}

/* The mappers' turn, once the claims that they may not touch are sealed. */
static void run_mappers(call *c, const grant *g, token_kind kind, audience_list *audiences,
                        claim_tree *tree)
{
    bool access = kind == TOKEN_ACCESS || kind == TOKEN_LIGHTWEIGHT;
    claim_seal(tree);
    if (kind != TOKEN_LIGHTWEIGHT)
        put_subject(c, g, tree);
    if (kind != TOKEN_ID || !g->detached)
        mappers_run(c, g, kind, tree, audiences);
    if (access && g->resources.len > 0)
        take_resources(c, g, audiences);
    if (access && g->audiences != NULL)
        take_audiences(c, g, audiences);
    put_audience(c, tree, audiences);
}

/* Whose key a token is for (RFC 9449 §6.1), and whose certificate (RFC 8705 §3.1). */
static void put_confirmation(call *c, ost_text jkt, claim_tree *tree)
{
    ost_text json;
    ost_json_writer *w = jkt.len > 0 || c->x5t.len > 0 ? call_writer(c) : NULL;
    if (w == NULL)
        return;
    ost_json_open_object(w);
    if (jkt.len > 0)
        ost_json_member_text(w, "jkt", jkt);
    if (c->x5t.len > 0)
        ost_json_member_text(w, "x5t#S256", c->x5t);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &json) == OST_OK)
        claim_put_json(tree, OST_TEXT("cnf"), json);
    else
        call_refuse(c, 500, "server_error", NULL);
}

ost_text mint_access_key(const call *c)
{
    return (c->policy_effects & POLICY_BINDS_REFRESH_ALONE) != 0 ? (ost_text){0} : c->jkt;
}

static const char *access_kind(const call *c)
{
    return mint_access_key(c).len > 0 ? "DPoP" : "Bearer";
}

/* What no mapper has a hand in. */
static void put_rest(call *c, const grant *g, claim_tree *tree)
{
    put_confirmation(c, mint_access_key(c), tree);
    if (g->details.len > 0)
        claim_put_json(tree, OST_TEXT(DETAILS), g->details);
    if (g->client->at_jwt) /* RFC 9068 §2.2 asks for it beside azp */
        claim_put_string(tree, "client_id", g->client->client_id);
}

/* What was narrowed to audiences stays so only in the token: introspection would find all again. Of
 * clients by document, which may have to be fetched, nothing is left to introspection. */
static bool is_lightweight(const call *c, const grant *g)
{
    return (g->client->lightweight || (c->policy_effects & POLICY_LIGHTENS) != 0) &&
           g->audiences == NULL && !g->client->by_document;
}

/* Whom and what it is for tells introspection, by the session that it names. */
static claim_tree *lightweight_claims(call *c, const grant *g, int64_t expires)
{
    audience_list audiences = {0};
    claim_tree *tree = new_tree(c);
    if (tree == NULL)
        return NULL;
    claim_put_integer(tree, "exp", expires);
    claim_put_integer(tree, "iat", c->now);
    claim_put_string(tree, "jti", call_format(c, LIGHTWEIGHT_ID "%s", fresh_id(c)));
    claim_put_string(tree, "iss", c->issuer);
    claim_reserve(tree, "aud");
    if (g->session_id == NULL)
        put_subject(c, g, tree);
    else
        claim_reserve(tree, "sub");
    claim_put_string(tree, "typ", access_kind(c));
    claim_put_string(tree, "azp", g->client->client_id);
    if (g->session_id != NULL)
        claim_put_string(tree, "sid", g->session_id);
    claim_put_text(tree, "scope", g->scope);
    put_rest(c, g, tree);
    run_mappers(c, g, TOKEN_LIGHTWEIGHT, &audiences, tree);
    put_level(g, tree);
    return tree;
}

static claim_tree *access_claims(call *c, const grant *g, int64_t expires)
{
    static const char *const by_mappers[] = {"acr", "allowed-origins", "realm_access",
                                             "resource_access"};
    audience_list audiences = {0};
    if (is_lightweight(c, g))
        return lightweight_claims(c, g, expires);
    claim_tree *tree =
        begin_token(c, g, access_kind(c), fresh_id(c), expires, g->interactive ? g->auth_time : -1);
    if (tree == NULL)
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(by_mappers); i++)
        claim_reserve(tree, by_mappers[i]);
    claim_put_text(tree, "scope", g->scope);
    if (g->session_id != NULL)
        claim_put_string(tree, "sid", g->session_id);
    put_rest(c, g, tree);
    run_mappers(c, g, TOKEN_ACCESS, &audiences, tree);
    return tree;
}

/* How an access token is written. */
static const char *access_typ(const grant *g)
{
    return g->client->at_jwt ? "at+jwt" : "JWT";
}

static bool mint_access(call *c, const grant *g, int64_t expires, ost_text *ret_token)
{
    const claim_tree *tree = access_claims(c, g, expires);
    if (tree == NULL)
        return false;
    provider_count(c->provider, COUNT_TOKENS);
    return sign(c, tree, g->client->access_alg, access_typ(g), ret_token);
}

/* Which hash goes with EdDSA depends on the key's curve. */
static ost_alg hash_alg(const call *c, ost_alg alg)
{
    const ost_key *key = key_ring_signer(c->entry->keys, alg);
    return key != NULL ? key_specified_alg(key, alg) : alg;
}

static void put_hash(call *c, const grant *g, claim_tree *tree, const char *name, ost_text value)
{
    ost_text hash;
    if (value.len == 0)
        return;
    if (ost_left_half_hash(value, hash_alg(c, g->client->id_alg), c->arena, &hash) == OST_OK)
        claim_put_text(tree, name, hash);
    else
        call_refuse(c, 500, "server_error", NULL);
}

static claim_tree *id_claims(call *c, const grant *g, ost_text access_token, ost_text code,
                             int64_t expires)
{
    audience_list audiences = {.names = {g->client->client_id}, .count = 1};
    /* A login without a browser has no time that a client could rely on. */
    int64_t auth_time = g->interactive && g->auth_time > 0 ? g->auth_time : 0;
    claim_tree *tree = begin_token(c, g, "ID", fresh_id(c), expires, auth_time);
    if (tree == NULL)
        return NULL;
    put_hash(c, g, tree, "at_hash", access_token);
    put_hash(c, g, tree, "c_hash", code);
    claim_reserve(tree, "acr");
    put_hash(c, g, tree, "s_hash", g->state);
    if (g->session_id != NULL)
        claim_put_string(tree, "sid", session_of(g, true));
    run_mappers(c, g, TOKEN_ID, &audiences, tree);
    return tree;
}

bool mint_id_token(call *c, const grant *g, ost_text access_token, ost_text code, int64_t expires,
                   ost_text *ret_token)
{
    ost_text token;
    const claim_tree *tree = id_claims(c, g, access_token, code, expires);
    return tree != NULL && sign(c, tree, g->client->id_alg, "JWT", &token) &&
           answer_encrypt(c, g->client, &g->client->answers.id_token, token, "JWT", ret_token);
}

static bool mint_refresh(call *c, const grant *g, minted *m)
{
    ost_text claims;
    int64_t expires = earlier(part_idle_ends(c, g), part_ends(c, g));
    const char *id = fresh_id(c);
    claim_tree *tree = begin_token(c, g, g->offline ? "Offline" : "Refresh", id, expires,
                                   g->interactive ? g->auth_time : -1);
    if (tree == NULL)
        return false;
    claim_put_string(tree, "aud", c->issuer);
    put_subject(c, g, tree);
    claim_put_text(tree, "scope", g->lasting_scope);
    claim_put_string(tree, "sid", g->session_id);
    if (g->granted_resources.len > 0)
        claim_put_text(tree, "resource", g->granted_resources);
    if (g->granted_details.len > 0)
        claim_put_json(tree, OST_TEXT(DETAILS), g->granted_details);
    put_level(g, tree);
    /* Of a confidential client, its own proof guards it (RFC 9449 §5, RFC 8705 §4). */
    if (g->client->public_client)
        put_confirmation(c, c->jkt, tree);
    if (c->error.status != 0 || claim_tree_write(tree, c->arena, &claims) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    m->refresh_id = text_of(id);
    bool unlimited = g->offline && !c->realm->lifespans.offline_limited;
    m->refresh_expires_in = unlimited ? 0 : expires - c->now;
    return internal_token_make(c, claims, "JWT", &m->refresh_token);
}

bool mint_tokens(call *c, const grant *g, bool refresh, minted *ret_minted)
{
    minted m = {0};
    int64_t expires = access_expiry(c, g);
    m.expires_in = expires - c->now;
    refresh = refresh && g->client->refresh_tokens;
    if (!proof_of_key_use(c) || !mint_access(c, g, expires, &m.access_token) ||
        (g->openid && !mint_id_token(c, g, m.access_token, (ost_text){0}, expires, &m.id_token)) ||
        (refresh && !mint_refresh(c, g, &m)))
        return false;
    *ret_minted = m;
    return true;
}

void mint_access_with_others(call *c, const grant *g, minted *ret_minted,
                             void (*next)(struct call *call))
{
    ost_text claims;
    int64_t expires = access_expiry(c, g);
    const claim_tree *tree = access_claims(c, g, expires);
    *ret_minted = (minted){.expires_in = expires - c->now};
    if (!write_claims(c, tree, &claims)) {
        next(c);
        return;
    }
    provider_count(c->provider, COUNT_TOKENS);
    answer_sign_with_others(c, claims, g->client->access_alg, access_typ(g),
                            &ret_minted->access_token, next);
}

/* One that is signed says by whom it is, and for whom (OpenID Connect Core §5.3.2). */
static bool userinfo_claims(call *c, const grant *g, ost_text *ret_json)
{
    audience_list audiences = {0};
    claim_tree *tree = claim_tree_new(c->arena);
    if (tree == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    put_subject(c, g, tree);
    if (g->client->answers.userinfo.signature != OST_ALG_UNSET) {
        claim_put_string(tree, "iss", c->issuer);
        claim_put_string(tree, "aud", g->client->client_id);
        claim_seal(tree);
    }
    mappers_run(c, g, TOKEN_USERINFO, tree, &audiences);
    if (claim_tree_write(tree, c->arena, ret_json) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return true;
}

bool mint_userinfo(call *c, const grant *g, ost_text *ret_answer)
{
    const client_answer *answer = &g->client->answers.userinfo;
    ost_text claims, token;
    if (!userinfo_claims(c, g, &claims))
        return false;
    if (answer->signature == OST_ALG_UNSET)
        return answer_encrypt(c, g->client, answer, claims, NULL, ret_answer);
    return answer_sign(c, claims, answer->signature, "JWT", &token) &&
           answer_encrypt(c, g->client, answer, token, "JWT", ret_answer);
}

/* Audiences that the token has are those that were asked for, and stay all. */
bool mint_introspection(call *c, const grant *g, const ost_claims *claims, ost_text *ret_json)
{
    static const char *const stored[] = {"exp", "iat", "jti",   "iss", "aud",   "sub",      "typ",
                                         "azp", "sid", "scope", "cnf", DETAILS, "client_id"};
    audience_list audiences = {0};
    claim_tree *tree = new_tree(c);
    if (tree == NULL)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(stored); i++) {
        const ost_json *value = ost_claims_get(claims, stored[i]);
        if (value != NULL)
            claim_put_json(tree, text_of(stored[i]), ost_json_source(value));
        else
            claim_reserve(tree, stored[i]);
    }
    claim_seal(tree);
    put_subject(c, g, tree);
    mappers_run(c, g, TOKEN_INTROSPECTION, tree, &audiences);
    if (!claim_is_set(tree, "aud"))
        put_audience(c, tree, &audiences);
    return write_claims(c, tree, ret_json);
}

bool mint_example(call *c, const grant *g, token_kind kind, ost_text *ret_json)
{
    static const ost_text none = {0};
    int64_t expires = access_expiry(c, g);
    if (kind == TOKEN_USERINFO)
        return userinfo_claims(c, g, ret_json);
    const claim_tree *tree =
        kind == TOKEN_ID ? id_claims(c, g, none, none, expires) : access_claims(c, g, expires);
    if (tree == NULL || c->error.status != 0)
        return false;
    if (claim_tree_write(tree, c->arena, ret_json) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return true;
}
