/* SPDX-License-Identifier: Apache-2.0 */
/* Realms as snapshots: the document's members, checked and made quick to use; see realm.h. */
#include "provider/realm/realm.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "http/message/address_scope.h"
#include "provider/proof/attribute.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/realm_flow.h"
#include "provider/realm/realm_key.h"
#include "provider/realm/realm_loader.h"
#include "provider/realm/role.h"
#include "provider/realm/user_row.h"

#define DOCUMENT_ADDRESSES "client.id.metadata.document.addresses"
#define KEY_INTERVAL "key.rotation.interval"
#define DEVICE_LIFESPAN_MAX 86400
#define DEVICE_INTERVAL_MAX 3600
#define REALM_ARENA ((size_t)1 << 30)

/* The snapshot, and what only its own life needs. */
typedef struct held_realm {
    realm realm; /* first, so that one pointer serves both */
    atomic_uint references;
    ost_arena *arena;
    realm_client *clients; /* realm.clients, whose keys it gives back */
} held_realm;

static void load_lifespans(realm_loader *l, const ost_json *d, realm_lifespans *ret)
{
    ret->access_token = loader_integer(l, d, "accessTokenLifespan", 300);
    ret->access_token_implicit = loader_integer(l, d, "accessTokenLifespanForImplicitFlow", 900);
    ret->sso_idle = loader_integer(l, d, "ssoSessionIdleTimeout", 1800);
    ret->sso_max = loader_integer(l, d, "ssoSessionMaxLifespan", 36000);
    ret->sso_idle_remember = loader_integer(l, d, "ssoSessionIdleTimeoutRememberMe", 0);
    ret->sso_max_remember = loader_integer(l, d, "ssoSessionMaxLifespanRememberMe", 0);
    ret->code = loader_integer(l, d, "accessCodeLifespan", 60);
    ret->user_action = loader_integer(l, d, "accessCodeLifespanUserAction", 300);
    ret->login = loader_integer(l, d, "accessCodeLifespanLogin", 1800);
    ret->client_idle = loader_integer(l, d, "clientSessionIdleTimeout", 0);
    ret->client_max = loader_integer(l, d, "clientSessionMaxLifespan", 0);
    ret->offline_idle = loader_integer(l, d, "offlineSessionIdleTimeout", 2592000);
    ret->offline_max = loader_integer(l, d, "offlineSessionMaxLifespan", 5184000);
    ret->offline_limited = loader_boolean(l, d, "offlineSessionMaxLifespanEnabled", false);
    ret->client_offline_idle = loader_integer(l, d, "clientOfflineSessionIdleTimeout", 0);
    ret->client_offline_max = loader_integer(l, d, "clientOfflineSessionMaxLifespan", 0);
    if (ret->sso_idle_remember == 0)
        ret->sso_idle_remember = ret->sso_idle;
    if (ret->sso_max_remember == 0)
        ret->sso_max_remember = ret->sso_max;
}

static int64_t load_bounded(realm_loader *l, const ost_json *d, const char *member,
                            int64_t fallback, int64_t least, int64_t most)
{
    int64_t value = loader_integer(l, d, member, fallback);
    return value < least ? least : value > most ? most : value;
}

static void load_brute_force(realm_loader *l, const ost_json *d, realm_brute_force *ret)
{
    const int64_t year = 366 * 86400;
    ret->on = loader_boolean(l, d, "bruteForceProtected", false);
    ret->permanent = loader_boolean(l, d, "permanentLockout", false);
    ret->failures = load_bounded(l, d, "failureFactor", 30, 1, 1 << 20);
    ret->wait = load_bounded(l, d, "waitIncrementSeconds", 60, 0, year);
    ret->max_wait = load_bounded(l, d, "maxFailureWaitSeconds", 900, 0, year);
    ret->quick_ms = load_bounded(l, d, "quickLoginCheckMilliSeconds", 1000, 0, 3600 * 1000);
    ret->quick_wait = load_bounded(l, d, "minimumQuickLoginWaitSeconds", 60, 0, year);
    ret->window = load_bounded(l, d, "maxDeltaTimeSeconds", 43200, 1, year);
}

/* Required actions that the file does not list are on. */
static bool action_is_on(const ost_json *d, const char *alias)
{
    const ost_json *list = ost_json_get(d, "requiredActions");
    bool on = true;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(ost_json_get(at, "alias"), text_of(alias)) &&
            !ost_json_boolean(ost_json_get(at, "enabled"), &on))
            on = true;
    }
    return on;
}

/* Seconds in an attribute of the realm, which is a string. */
static int64_t load_attribute_seconds(const ost_json *d, const char *name, int64_t fallback,
                                      uint64_t most)
{
    uint64_t seconds;
    return text_to_unsigned(attribute_text(d, name), most, &seconds) && seconds > 0
               ? (int64_t)seconds
               : fallback;
}

static void load_key_interval(realm_loader *l, const ost_json *attributes, realm *r)
{
    const char *text = loader_string(l, attributes, KEY_INTERVAL);
    r->key_interval = -1;
    if (text != NULL && text[0] != '\0' &&
        !realm_key_interval_read(text_of(text), &r->key_interval))
        loader_fail(l, "attributes." KEY_INTERVAL,
                    "not a duration of a minute to ten years, such as 90d, nor never");
}

static void load_settings(realm_loader *l, const ost_json *d, realm *r)
{
    const char *ssl = loader_string(l, d, "sslRequired");
    r->name = loader_string(l, d, "realm");
    r->id = loader_string(l, d, "id");
    r->display_name = loader_string(l, d, "displayName");
    r->enabled = loader_boolean(l, d, "enabled", false);
    r->ssl_required_all = ssl != NULL && strcasecmp(ssl, "all") == 0;
    r->ssl_required_external = r->ssl_required_all || ssl == NULL || strcasecmp(ssl, "none") != 0;
    r->login_with_email = loader_boolean(l, d, "loginWithEmailAllowed", true);
    r->remember_me = loader_boolean(l, d, "rememberMe", false);
    if (loader_boolean(l, d, "internationalizationEnabled", false)) {
        r->locales = loader_tags(l, d, "supportedLocales");
        r->default_locale = loader_tag(l, d, "defaultLocale");
    }
    r->revoke_refresh_token = loader_boolean(l, d, "revokeRefreshToken", false);
    r->refresh_max_reuse = loader_integer(l, d, "refreshTokenMaxReuse", 0);
    r->not_before = loader_integer(l, d, "notBefore", 0);
    r->verify_email = loader_boolean(l, d, "verifyEmail", false) && action_is_on(d, "VERIFY_EMAIL");
    r->events = loader_boolean(l, d, "eventsEnabled", false);
    r->event_lifetime = loader_integer(l, d, "eventsExpiration", 0);
    r->admin_events = loader_boolean(l, d, "adminEventsEnabled", false);
    r->admin_event_details = loader_boolean(l, d, "adminEventsDetailsEnabled", false);
    r->duplicate_emails = loader_boolean(l, d, "duplicateEmailsAllowed", false);
    const char *alg = loader_string(l, d, "defaultSignatureAlgorithm");
    r->signature_alg = alg != NULL && alg[0] != '\0' ? ost_alg_of(text_of(alg)) : OST_RS256;
    if (!realm_key_is_public(r->signature_alg))
        loader_fail(l, "defaultSignatureAlgorithm", "no algorithm that others can verify");
    r->default_role = loader_copy(l, role_default_name(d, l->arena));
    r->password_policy = loader_string(l, d, "passwordPolicy");
    const ost_json *attributes = ost_json_get(d, "attributes");
    r->refresh_grace = load_attribute_seconds(d, "refresh.token.grace", 0, 60);
    r->dpop_nonce = ost_json_equals(ost_json_get(attributes, "dpop.nonce"), OST_TEXT("true"));
    r->pushed_lifespan = load_attribute_seconds(d, "parRequestUriLifespan", 60, 3600);
    r->device_lifespan =
        load_bounded(l, d, "oauth2DeviceCodeLifespan", 600, 1, DEVICE_LIFESPAN_MAX);
    r->device_interval =
        load_bounded(l, d, "oauth2DevicePollingInterval", 5, 0, DEVICE_INTERVAL_MAX);
    r->ciba = ciba_policy_load(d);
    r->client_documents =
        ost_json_equals(ost_json_get(attributes, "client.id.metadata.documents"), OST_TEXT("true"));
    r->document_addresses = loader_string(l, attributes, DOCUMENT_ADDRESSES);
    if (!address_blocks_are_good(text_of(r->document_addresses)))
        loader_fail(l, "attributes." DOCUMENT_ADDRESSES, "not a list of address blocks");
    load_key_interval(l, attributes, r);
    load_lifespans(l, d, &r->lifespans);
    load_brute_force(l, d, &r->brute_force);
    if (r->name == NULL || r->name[0] == '\0')
        loader_fail(l, "realm", "the realm's name is missing");
    if (r->id == NULL)
        r->id = r->name;
}

static void load_mappers(realm_loader *l, const ost_json *owner, const realm_mapper **ret_mappers,
                         size_t *ret_count)
{
    const ost_json *list = loader_array(l, owner, "protocolMappers");
    realm_mapper *mappers = loader_alloc(l, ost_json_count(list) * sizeof *mappers);
    size_t count = 0;
    for (const ost_json *at = ost_json_first(list); at != NULL && !loader_failed(l);
         at = ost_json_next(at)) {
        realm_mapper *m = &mappers[count];
        loader_enter(l, "protocolMappers", count);
        m->name = loader_string(l, at, "name");
        m->type = loader_string(l, at, "protocolMapper");
        m->config = ost_json_get(at, "config");
        if (m->type == NULL)
            loader_fail(l, "protocolMapper", "the mapper's type is missing");
        else
            m->known = mapper_type_of(m->type);
        count++;
        loader_leave(l);
    }
    *ret_mappers = mappers;
    *ret_count = count;
}

/* What the consent page says: the attribute's words, or the name. */
static const char *load_consent_text(realm_loader *l, const ost_json *attributes, const char *name)
{
    ost_text text;
    return ost_json_text(ost_json_get(attributes, "consent.screen.text"), &text) &&
                   text_trim(text).len > 0
               ? loader_copy(l, text)
               : name;
}

static void load_consent(realm_loader *l, realm_scope *s)
{
    const ost_json *attributes = ost_json_get(s->document, "attributes");
    const ost_json *shown = ost_json_get(attributes, "display.on.consent.screen");
    ost_text order, flag;
    uint64_t number;
    s->on_consent_screen =
        !ost_json_text(shown, &flag) || text_equal_ignoring_case(flag, OST_TEXT("true"));
    s->consent_text = load_consent_text(l, attributes, s->name);
    s->gui_order = ost_json_text(ost_json_get(attributes, "gui.order"), &order) &&
                           text_to_unsigned(order, INT32_MAX, &number)
                       ? (int64_t)number
                       : INT64_MAX;
}

static void load_scopes(realm_loader *l, const ost_json *d, realm *r)
{
    const ost_json *list = loader_array(l, d, "clientScopes");
    realm_scope *scopes = loader_alloc(l, ost_json_count(list) * sizeof *scopes);
    for (const ost_json *at = ost_json_first(list); at != NULL && !loader_failed(l);
         at = ost_json_next(at)) {
        realm_scope *s = &scopes[r->scope_count];
        loader_enter(l, "clientScopes", r->scope_count);
        s->name = loader_string(l, at, "name");
        s->document = at;
        /* Only "false" keeps a scope's name out of the token. */
        s->in_token_scope =
            !ost_json_equals(ost_json_get(ost_json_get(at, "attributes"), "include.in.token.scope"),
                             OST_TEXT("false"));
        load_mappers(l, at, &s->mappers, &s->mapper_count);
        load_consent(l, s);
        if (s->name == NULL)
            loader_fail(l, "name", "the scope's name is missing");
        r->scope_count++;
        loader_leave(l);
    }
    r->scopes = scopes;
}

/* The named client scopes that exist; NULL-terminated. */
static const realm_scope *const *load_scope_list(realm_loader *l, const ost_json *client,
                                                 const char *member, const realm *r)
{
    const char *const *names = loader_strings(l, client, member);
    size_t count = 0, found = 0;
    while (names != NULL && names[count] != NULL)
        count++;
    const realm_scope **scopes = loader_alloc(l, (count + 1) * sizeof *scopes);
    for (size_t i = 0; i < count && scopes != NULL; i++) {
        const realm_scope *scope = realm_find_scope(r, text_of(names[i]));
        if (scope != NULL)
            scopes[found++] = scope;
    }
    return scopes;
}

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

static bool attribute_is(const realm_client *c, const char *name, const char *value)
{
    return ost_json_equals(ost_json_get(c->attributes, name), text_of(value));
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
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(mapper->config, name), &text);
    return text;
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
    c->browser_barred = !realm_flow_is_usual(r->document, at, REALM_FLOW_BROWSER);
    c->direct_barred = !realm_flow_is_usual(r->document, at, REALM_FLOW_DIRECT_GRANT);
}

/* Unlike of other times, of an interval nothing at all may be meant. */
static void load_device(const realm *r, realm_client *c)
{
    ost_text text;
    uint64_t seconds;
    c->device_grant = attribute_is(c, "oauth2.device.authorization.grant.enabled", "true");
    c->device_lifespan = r->device_lifespan;
    c->device_interval = r->device_interval;
    if (ost_json_text(ost_json_get(c->attributes, "oauth2.device.code.lifespan"), &text) &&
        text_to_unsigned(text, DEVICE_LIFESPAN_MAX, &seconds) && seconds > 0)
        c->device_lifespan = (int64_t)seconds;
    if (ost_json_text(ost_json_get(c->attributes, "oauth2.device.polling.interval"), &text) &&
        text_to_unsigned(text, DEVICE_INTERVAL_MAX, &seconds))
        c->device_interval = (int64_t)seconds;
}

static void load_attributes(realm_loader *l, const ost_json *at, const realm *r, realm_client *c)
{
    ost_text method;
    c->attributes = ost_json_get(at, "attributes");
    c->pkce_required =
        ost_json_text(ost_json_get(c->attributes, "pkce.code.challenge.method"), &method) &&
        method.len > 0;
    c->on_consent_screen = attribute_is(c, "display.on.consent.screen", "true");
    c->consent_text = load_consent_text(l, c->attributes, c->client_id);
    c->access_lifespan = attribute_seconds(c, "access.token.lifespan");
    c->session_idle = attribute_seconds(c, "client.session.idle.timeout");
    c->session_max = attribute_seconds(c, "client.session.max.lifespan");
    c->at_jwt = attribute_is(c, "access.token.header.type.rfc9068", "true");
    c->lightweight = attribute_is(c, "client.use.lightweight.access.token.enabled", "true");
    c->lightweight_userinfo =
        attribute_is(c, "allow.userinfo.with.lightweight.access.token", "true");
    c->detached_signature = attribute_is(c, "id.token.as.detached.signature", "true");
    c->lower_case_bearer = attribute_is(c, "token.response.type.bearer.lower-case", "true") ||
                           attribute_is(c, "use.lower-case.bearer.type", "true");
    c->without_issuer = attribute_is(c, "exclude.issuer.from.auth.response", "true");
    c->without_session_state = attribute_is(c, "exclude.session.state.from.auth.response", "true");
    c->token_exchange = attribute_is(c, "standard.token.exchange.enabled", "true");
    c->exchange_refresh =
        attribute_is(c, "standard.token.exchange.enableRefreshRequestedTokenType", "SAME_SESSION");
    c->jwt_grant = attribute_is(c, ISSUER_GRANT, "true");
    load_device(r, c);
    c->ciba = client_ciba_load(&r->ciba, at);
    c->dpop_bound = attribute_is(c, "dpop.bound.access.tokens", "true");
    c->certificate_bound = attribute_is(c, "tls.client.certificate.bound.access.tokens", "true");
    c->offline_idle = attribute_seconds(c, "client.offline.session.idle.timeout");
    c->offline_max = attribute_seconds(c, "client.offline.session.max.lifespan");
    c->refresh_tokens = !attribute_is(c, "use.refresh.tokens", "false");
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
    load_mappers(l, at, &c->mappers, &c->mapper_count);
    c->default_scopes = load_scope_list(l, at, "defaultClientScopes", r);
    c->optional_scopes = load_scope_list(l, at, "optionalClientScopes", r);
    load_bars(l, at, r, c);
    load_subjects(c);
    snprintf(account, sizeof account, SERVICE_ACCOUNT "%s", c->client_id);
    text_make_lower(account, strlen(account));
    c->service_account_user = loader_copy(l, text_of(account));
}

static void load_clients(realm_loader *l, const ost_json *d, held_realm *held)
{
    realm *r = &held->realm;
    const ost_json *list = loader_array(l, d, "clients");
    realm_client *clients = loader_alloc(l, ost_json_count(list) * sizeof *clients);
    r->clients = held->clients = clients;
    for (const ost_json *at = ost_json_first(list); at != NULL && !loader_failed(l);
         at = ost_json_next(at)) {
        realm_client *c = &clients[r->client_count];
        loader_enter(l, "clients", r->client_count);
        load_client(l, at, r, c);
        if (!loader_failed(l) && realm_find_client(r, text_of(c->client_id)) != NULL)
            loader_fail(l, "clientId", "another client has the same id");
        r->client_count++;
        loader_leave(l);
    }
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

static ost_result load(ost_text document, held_realm *held, ost_error *error)
{
    const ost_json_limits limits = {
        .max_bytes = DOCUMENT_MAX, .max_depth = 64, .max_values = 1u << 22};
    realm *r = &held->realm;
    char *copy = ost_arena_copy(held->arena, document);
    if (copy == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result =
        ost_json_read((ost_text){copy, document.len}, &limits, held->arena, &r->document, error);
    if (result != OST_OK)
        return result;
    if (!ost_json_is(r->document, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_FORMAT, "a realm is a JSON object");
    realm_loader l = {.arena = held->arena, .error = error};
    load_settings(&l, r->document, r);
    load_scopes(&l, r->document, r);
    load_clients(&l, r->document, held);
    r->issuers = trusted_issuers_load(ost_json_get(r->document, "identityProviders"), l.arena);
    if (l.result != OST_OK)
        return l.result;
    result = policy_set_read(r->document, held->arena, &r->policies, error);
    return result == OST_OK ? role_table_load(r->document, held->arena, &r->roles, error) : result;
}

ost_result realm_load(ost_text document, int64_t version, realm **ret_realm, ost_error *error)
{
    held_realm *held = memory_alloc(sizeof *held);
    if (held == NULL || (held->arena = ost_arena_new(REALM_ARENA)) == NULL) {
        memory_free(held);
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    atomic_init(&held->references, 1);
    held->realm.version = version;
    ost_result result = load(document, held, error);
    if (result != OST_OK) {
        realm_unref(&held->realm);
        return result;
    }
    arena_settle(held->arena);
    *ret_realm = &held->realm;
    return OST_OK;
}

realm *realm_ref(realm *r)
{
    if (r != NULL)
        atomic_fetch_add_explicit(&((held_realm *)r)->references, 1, memory_order_relaxed);
    return r;
}

void realm_unref(realm *r)
{
    held_realm *held = (held_realm *)r;
    if (held == NULL || atomic_fetch_sub_explicit(&held->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < held->realm.client_count; i++)
        client_proof_clear(&held->clients[i].proof);
    trusted_issuers_clear(&held->realm.issuers);
    ost_arena_free(held->arena);
    memory_free(held);
}

const realm_client *realm_find_client(const realm *r, ost_text client_id)
{
    for (size_t i = 0; i < r->client_count; i++) {
        if (text_is(client_id, r->clients[i].client_id))
            return &r->clients[i];
    }
    return NULL;
}

const realm_client *realm_find_client_by_uuid(const realm *r, ost_text id)
{
    for (size_t i = 0; i < r->client_count; i++) {
        if (r->clients[i].id != NULL && text_is(id, r->clients[i].id))
            return &r->clients[i];
    }
    return NULL;
}

const realm_scope *realm_find_scope(const realm *r, ost_text name)
{
    for (size_t i = 0; i < r->scope_count; i++) {
        if (text_is(name, r->scopes[i].name))
            return &r->scopes[i];
    }
    return NULL;
}

int64_t realm_longest_token(const realm *r)
{
    int64_t longest = r->lifespans.access_token;
    const int64_t others[] = {r->lifespans.access_token_implicit, r->lifespans.sso_max,
                              r->lifespans.sso_max_remember};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (others[i] > longest)
            longest = others[i];
    }
    for (size_t i = 0; i < r->client_count; i++) { /* without a session nothing else bounds it */
        if (r->clients[i].access_lifespan > longest)
            longest = r->clients[i].access_lifespan;
    }
    return longest;
}
