/* SPDX-License-Identifier: Apache-2.0 */
/* The clients of a realm: each ClientRepresentation, checked and made quick to use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/realm/realm_flow.h"
#include "provider/realm/realm_key.h"
#include "provider/realm/realm_load.h"
#include "provider/realm/user_row.h"

/* Several are separated by "##"; "+" stands for the redirect URIs, "-" for none. Who says nothing
 * has the redirect URIs. */
static const char *const *load_post_logout(realm_loader *l, const realm_client *c)
{
    ost_text value = {0}, piece;
    if (!ost_json_text(ost_json_get(c->attributes, "post.logout.redirect.uris"), &value) ||
        value.len == 0)
        return c->redirect_uris;
    size_t redirects = 0, count = 0;
    while (c->redirect_uris != NULL && c->redirect_uris[redirects] != NULL)
        redirects++;
    bool added = false;
    const char **uris = loader_alloc(l, (redirects + value.len / 2 + 2) * sizeof *uris);
    while (uris != NULL && text_next(&value, '#', &piece)) {
        for (size_t i = 0; text_is(piece, "+") && !added && i < redirects; i++)
            uris[count++] = c->redirect_uris[i];
        added = added || text_is(piece, "+");
        if (piece.len > 0 && !text_is(piece, "+") && !text_is(piece, "-"))
            uris[count++] = loader_copy(l, piece);
    }
    return uris;
}

static void load_flags(realm_loader *l, const ost_json *at, realm_client *c)
{
    bool direct_only = loader_boolean(l, at, "directGrantsOnly", false);
    c->enabled = loader_boolean(l, at, "enabled", true);
    c->public_client = loader_boolean(l, at, "publicClient", false);
    c->bearer_only = loader_boolean(l, at, "bearerOnly", false);
    c->standard_flow = loader_boolean(l, at, "standardFlowEnabled", !direct_only);
    c->implicit_flow = loader_boolean(l, at, "implicitFlowEnabled", false);
    c->direct_access_grants = loader_boolean(l, at, "directAccessGrantsEnabled", direct_only);
    c->service_account = loader_boolean(l, at, "serviceAccountsEnabled", false);
    c->consent_required = loader_boolean(l, at, "consentRequired", false);
    c->full_scope = loader_boolean(l, at, "fullScopeAllowed", !c->consent_required);
}

/* Seconds in an attribute, which is a string; 0: not there, or nothing that can be used. */
static int64_t attribute_seconds(const realm_client *c, const char *name)
{
    ost_text text;
    uint64_t seconds;
    return ost_json_text(ost_json_get(c->attributes, name), &text) &&
                   text_to_unsigned(text, 1u << 30, &seconds)
               ? (int64_t)seconds
               : 0;
}

static bool attribute_is_true(const realm_client *c, const char *name, bool otherwise)
{
    ost_text text;
    return ost_json_text(ost_json_get(c->attributes, name), &text) && text.len > 0
               ? text_says_true(text)
               : otherwise;
}

/* One that nobody can verify with the realm's published keys bars the client. */
static ost_alg load_alg(const realm *r, realm_client *c, const char *attribute)
{
    ost_text name;
    if (!ost_json_text(ost_json_get(c->attributes, attribute), &name) || name.len == 0)
        return r->signature_alg;
    if (!realm_key_is_public(ost_alg_of(name)))
        c->barred = attribute;
    return ost_alg_of(name);
}

static ost_text setting(const realm_mapper *mapper, const char *name)
{
    return json_text_of(mapper->config, name);
}

/* The first such mapper counts, of the client or of what it always has. One that would leave its
 * users' ids in the tokens after all bars the client. */
static bool load_pairwise(realm_client *c, const realm_mapper *mappers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (mappers[i].known != MAPPER_PAIRWISE)
            continue;
        if (!pairwise_rule_make(setting(&mappers[i], PAIRWISE_SALT),
                                setting(&mappers[i], PAIRWISE_SECTOR), c->root_url,
                                c->redirect_uris, &c->pairwise))
            c->barred = PAIRWISE_MAPPER;
        return true;
    }
    return false;
}

static void load_subjects(realm_client *c)
{
    bool found = load_pairwise(c, c->mappers, c->mapper_count);
    for (size_t i = 0; c->default_scopes != NULL && c->default_scopes[i] != NULL && !found; i++)
        found = load_pairwise(c, c->default_scopes[i]->mappers, c->default_scopes[i]->mapper_count);
}

static void load_bars(realm_loader *l, const ost_json *at, const realm *r, realm_client *c)
{
    const char *protocol = loader_string(l, at, "protocol");
    c->request = client_request_load(at);
    c->answers = client_answers_load(at);
    if (c->answers.barred != NULL)
        c->barred = c->answers.barred;
    if (c->answers.authorization.signature == OST_ALG_UNSET)
        c->answers.authorization.signature = r->signature_alg;
    if (protocol != NULL && strcmp(protocol, "openid-connect") != 0)
        c->barred = "protocol";
    c->access_alg = load_alg(r, c, "access.token.signed.response.alg");
    c->id_alg = load_alg(r, c, "id.token.signed.response.alg");
    realm_client_follow(r, c, at);
    c->direct_demand = realm_flow_demand_of(r->document, at, REALM_FLOW_DIRECT_GRANT);
}

void realm_client_follow(const realm *r, realm_client *c, const ost_json *at)
{
    c->browser_demand = realm_flow_demand_of(r->document, at, REALM_FLOW_BROWSER);
    c->browser_factors = realm_flow_factors_of(r->document, at, REALM_FLOW_BROWSER);
    c->browser_passkey =
        realm_flow_passkey_of(r->document, at, r->keys[WEBAUTHN_PASSWORDLESS].offered);
    c->browser_password = realm_flow_takes_password(r->document, at);
    c->browser_session = realm_flow_takes_session(r->document, at);
    realm_levels levels = realm_flow_levels_of(r->document, at);
    c->browser_leveled = levels.count > 0;
    c->browser_level = levels.count > 0 ? levels.list[levels.count - 1] : 0;
}

/* Unlike of other times, of an interval nothing at all may be meant. */
static void load_device(const realm *r, realm_client *c)
{
    ost_text text;
    uint64_t seconds;
    c->device_grant = attribute_is_true(c, "oauth2.device.authorization.grant.enabled", false);
    c->device_lifespan = r->device_lifespan;
    c->device_interval = r->device_interval;
    if (ost_json_text(ost_json_get(c->attributes, "oauth2.device.code.lifespan"), &text) &&
        text_to_unsigned(text, DEVICE_LIFESPAN_MAX, &seconds) && seconds > 0)
        c->device_lifespan = (int64_t)seconds;
    if (ost_json_text(ost_json_get(c->attributes, "oauth2.device.polling.interval"), &text) &&
        text_to_unsigned(text, DEVICE_INTERVAL_MAX, &seconds))
        c->device_interval = (int64_t)seconds;
}

static void load_identity(realm_client *c)
{
    (void)!ost_json_text(ost_json_get(c->attributes, "identity.assertion.audiences"),
                         &c->identity_audiences);
    (void)!ost_json_text(ost_json_get(c->attributes, "identity.assertion.scopes"),
                         &c->identity_scopes);
}

static void load_attributes(realm_loader *l, const ost_json *at, const realm *r, realm_client *c)
{
    ost_text method;
    c->attributes = ost_json_get(at, "attributes");
    c->pkce_required =
        ost_json_text(ost_json_get(c->attributes, "pkce.code.challenge.method"), &method) &&
        method.len > 0;
    c->on_consent_screen = attribute_is_true(c, "display.on.consent.screen", false);
    c->consent_text = realm_consent_text_load(l, c->attributes, c->client_id);
    c->access_lifespan =
        ost_json_equals(ost_json_get(c->attributes, "access.token.lifespan"), OST_TEXT("-1"))
            ? -1
            : attribute_seconds(c, "access.token.lifespan");
    c->session_idle = attribute_seconds(c, "client.session.idle.timeout");
    c->session_max = attribute_seconds(c, "client.session.max.lifespan");
    c->at_jwt = attribute_is_true(c, "access.token.header.type.rfc9068", false);
    c->lightweight = attribute_is_true(c, "client.use.lightweight.access.token.enabled", false);
    c->lightweight_userinfo =
        attribute_is_true(c, "allow.userinfo.with.lightweight.access.token", false);
    c->detached_signature = attribute_is_true(c, "id.token.as.detached.signature", false);
    c->lower_case_bearer = attribute_is_true(c, "token.response.type.bearer.lower-case", false) ||
                           attribute_is_true(c, "use.lower-case.bearer.type", false);
    c->without_issuer = attribute_is_true(c, "exclude.issuer.from.auth.response", false);
    c->without_session_state =
        attribute_is_true(c, "exclude.session.state.from.auth.response", false);
    c->token_exchange = attribute_is_true(c, "standard.token.exchange.enabled", false);
    c->exchange_refresh = ost_json_equals(
        ost_json_get(c->attributes, "standard.token.exchange.enableRefreshRequestedTokenType"),
        OST_TEXT("SAME_SESSION"));
    load_identity(c);
    c->jwt_grant = attribute_is_true(c, ISSUER_GRANT, false);
    load_device(r, c);
    c->ciba = client_ciba_load(&r->ciba, at);
    c->dpop_bound = attribute_is_true(c, "dpop.bound.access.tokens", false);
    c->certificate_bound =
        attribute_is_true(c, "tls.client.certificate.bound.access.tokens", false);
    c->offline_idle = attribute_seconds(c, "client.offline.session.idle.timeout");
    c->offline_max = attribute_seconds(c, "client.offline.session.max.lifespan");
    c->refresh_tokens = attribute_is_true(c, "use.refresh.tokens", true);
    c->refreshed_credentials = attribute_is_true(c, "client_credentials.use_refresh_token", false);
    c->post_logout_redirect_uris = load_post_logout(l, c);
}

/* What an export has as the secret of a client that proves itself otherwise is not a password. */
static void load_proof(realm_loader *l, const ost_json *at, realm_client *c)
{
    (void)loader_string(l, at, "clientAuthenticatorType"); /* a string, if anything */
    client_proof_load(at, l->arena, &c->proof);
    c->secret = loader_string(l, at, "secret");
    if (c->proof.kind != PROOF_SECRET)
        c->secret = NULL;
}

static void load_client(realm_loader *l, const ost_json *at, const realm *r, realm_client *c)
{
    char account[300];
    c->client_id = loader_string(l, at, "clientId");
    if (c->client_id == NULL || c->client_id[0] == '\0') {
        loader_fail(l, "clientId", "the client's id is missing");
        return;
    }
    c->id = loader_string(l, at, "id");
    c->name = loader_string(l, at, "name");
    c->document = at;
    load_proof(l, at, c);
    load_flags(l, at, c);
    c->redirect_uris = loader_strings(l, at, "redirectUris");
    static const char *const of_redirects[] = {"+", NULL};
    c->web_origins =
        ost_json_get(at, "webOrigins") != NULL ? loader_strings(l, at, "webOrigins") : of_redirects;
    c->root_url = loader_string(l, at, "rootUrl");
    c->base_url = loader_string(l, at, "baseUrl");
    load_attributes(l, at, r, c);
    realm_mappers_load(l, at, &c->mappers, &c->mapper_count);
    c->default_scopes = realm_scope_list_load(l, at, "defaultClientScopes", r);
    c->optional_scopes = realm_scope_list_load(l, at, "optionalClientScopes", r);
    load_bars(l, at, r, c);
    load_subjects(c);
    snprintf(account, sizeof account, SERVICE_ACCOUNT "%s", c->client_id);
    text_make_lower(account, strlen(account));
    c->service_account_user = loader_copy(l, text_of(account));
}

/* Of two with one ID the later one comes later: they stand in one array. */
static int by_client_id(const void *one, const void *other)
{
    const realm_client *a = *(const realm_client *const *)one;
    const realm_client *b = *(const realm_client *const *)other;
    int order = text_compare(text_of(a->client_id), text_of(b->client_id));
    return order != 0 ? order : (a > b) - (a < b);
}

static void refuse_twice(realm_loader *l, size_t index)
{
    loader_enter(l, "clients", index);
    loader_fail(l, "clientId", "another client has the same id");
    loader_leave(l);
}

/* Looked for at every request, and each time that the realm is read. */
static void put_in_order(realm_loader *l, const realm_client *clients, realm *r)
{
    const realm_client **order = loader_alloc(l, (r->client_count + 1) * sizeof *order);
    size_t twice = r->client_count; /* the first that has the ID of one before it */
    if (loader_failed(l))
        return;
    for (size_t i = 0; i < r->client_count; i++)
        order[i] = &clients[i];
    qsort(order, r->client_count, sizeof *order, by_client_id);
    for (size_t i = 1; i < r->client_count; i++) {
        size_t index = (size_t)(order[i] - clients);
        if (index < twice && strcmp(order[i]->client_id, order[i - 1]->client_id) == 0)
            twice = index;
    }
    if (twice < r->client_count)
        refuse_twice(l, twice);
    r->clients_by_id = order;
}

realm_client *realm_clients_load(realm_loader *l, const ost_json *d, realm *r)
{
    const ost_json *list = loader_array(l, d, "clients");
    realm_client *clients = loader_alloc(l, ost_json_count(list) * sizeof *clients);
    const realm_client **all = loader_alloc(l, ost_json_count(list) * sizeof *all);
    r->clients = all;
    for (const ost_json *at = ost_json_first(list); at != NULL && !loader_failed(l);
         at = ost_json_next(at)) {
        all[r->client_count] = &clients[r->client_count];
        loader_enter(l, "clients", r->client_count);
        load_client(l, at, r, &clients[r->client_count]);
        r->client_count++;
        loader_leave(l);
    }
    if (!loader_failed(l))
        put_in_order(l, clients, r);
    return clients;
}

/* ---- one client of many ---- */

static size_t index_of(const realm *r, const realm_client *client)
{
    size_t i = 0;
    while (i < r->client_count && r->clients[i] != client)
        i++;
    return i;
}

/* Those of before in their order, `old` left out and `client` put in. */
static void merge_order(const realm *before, const realm_client *old, const realm_client *client,
                        const realm_client **ret_order)
{
    size_t count = 0;
    bool stands = false;
    for (size_t i = 0; i < before->client_count; i++) {
        const realm_client *at = before->clients_by_id[i];
        if (at == old)
            continue;
        if (!stands && text_compare(text_of(client->client_id), text_of(at->client_id)) < 0) {
            ret_order[count++] = client;
            stands = true;
        }
        ret_order[count++] = at;
    }
    if (!stands)
        ret_order[count] = client;
}

realm_client *realm_client_put(realm_loader *l, const ost_json *document, size_t index,
                               ost_arena *lists, realm *r)
{
    const realm before = *r;
    const realm_client *old = index < r->client_count ? r->clients[index] : NULL, *twin;
    size_t count = r->client_count + (old == NULL), size = (count + 1) * sizeof(realm_client *);
    const realm_client **all = ost_arena_alloc(lists, size), **order = ost_arena_alloc(lists, size);
    realm_client *client = loader_alloc(l, sizeof *client);
    if (all == NULL || order == NULL || client == NULL) {
        l->result = ost_error_set(l->error, OST_E_MEMORY, "out of memory");
        return NULL;
    }
    loader_enter(l, "clients", index);
    load_client(l, document, r, client);
    loader_leave(l);
    if (loader_failed(l))
        return client;
    twin = realm_find_client(&before, text_of(client->client_id));
    if (twin != NULL && twin != old) {
        size_t other = index_of(&before, twin);
        refuse_twice(l, other > index ? other : index);
        return client;
    }
    memcpy(all, before.clients, before.client_count * sizeof *all);
    all[index] = client;
    merge_order(&before, old, client, order);
    r->clients = all;
    r->client_count = count;
    r->clients_by_id = order;
    return client;
}

ost_result realm_load_client(const realm *r, const ost_json *document, ost_arena *arena,
                             realm_client **ret_client, ost_error *error)
{
    realm_loader l = {.arena = arena, .error = error};
    realm_client *client = loader_alloc(&l, sizeof *client);
    if (client == NULL)
        return l.result;
    *client = (realm_client){0};
    load_client(&l, document, r, client);
    if (l.result == OST_OK)
        *ret_client = client;
    return l.result;
}
