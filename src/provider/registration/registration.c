/* SPDX-License-Identifier: Apache-2.0 */
/* Registered clients; see registration.h. */
#include "provider/registration/registration.h"

#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/context.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/admin/realm_admin.h"
#include "provider/client_admin/client_proposal.h"
#include "provider/detail/authorization_details.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/realm/uuid.h"
#include "provider/registration/metadata_member.h"
#include "provider/registration/registration_policy.h"
#include "provider/session/internal_token.h"
#include "provider/session/registration_token.h"

#define PKCE "pkce.code.challenge.method"
#define DEVICE "oauth2.device.authorization.grant.enabled"
#define CIBA "oidc.ciba.grant.enabled"
#define ATTEMPTS 8                    /* at a realm that another process changes meanwhile */
#define MAX_REALM ((size_t)512 << 20) /* of memory, while a realm is changed */

/* One client that is about to be stored. */
typedef struct draft {
    const client_metadata *metadata;
    registration_policy policy;
    bool anonymous;
    client_updater updater;   /* who asks, for client policies */
    ost_text id;              /* of the client; of a new one also its client ID */
    ost_text token_id;        /* of the registration access token that is valid from now on */
    bool keeps_token;         /* no: policies let the one before stand */
    const ost_json *existing; /* what it was before; NULL: it is new */
    const ost_json *defaults; /* the realm's document */
} draft;

/* ---- the document ---- */

/* The scopes that the client wants to be able to ask for; every client has the default ones. */
static void put_optional_scopes(const draft *d, ost_json_writer *w)
{
    const ost_json *optional = ost_json_get(d->defaults, "defaultOptionalClientScopes");
    ost_text rest = d->metadata->scope, word;
    ost_json_put_name(w, OST_TEXT("optionalClientScopes"));
    if (rest.len == 0 && optional != NULL) {
        ost_json_put_value(w, optional);
        return;
    }
    ost_json_open_array(w);
    while (text_next(&rest, ' ', &word)) {
        if (word.len > 0 && json_list_has(optional, word))
            ost_json_put_text(w, word);
    }
    ost_json_close_array(w);
}

static bool check_scopes(call *c, const client_metadata *m)
{
    ost_text rest = m->scope, word;
    const ost_json *document = c->realm->document;
    while (text_next(&rest, ' ', &word)) {
        if (word.len > 0 && !text_is(word, "openid") &&
            !json_list_has(ost_json_get(document, "defaultDefaultClientScopes"), word) &&
            !json_list_has(ost_json_get(document, "defaultOptionalClientScopes"), word))
            return call_refuse(c, 403, "insufficient_scope",
                               "Policy 'Allowed Client Scopes' rejected request to "
                               "client-registration service. Details: Not permitted to use "
                               "specified clientScope");
    }
    return true;
}

static void put_uris(ost_json_writer *w, const char *name, const ost_text *uris, size_t count)
{
    ost_json_put_name(w, text_of(name));
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++)
        ost_json_put_text(w, uris[i]);
    ost_json_close_array(w);
}

/* Separated by "##"; "+" stands for the redirect URIs. */
static void put_post_logout(call *c, const client_metadata *m, ost_json_writer *w)
{
    const char *all = m->post_logout_count > 0 ? "" : "+";
    for (size_t i = 0; i < m->post_logout_count && all != NULL; i++)
        all = call_format(c, "%s%s%.*s", all, i > 0 ? "##" : "", (int)m->post_logout_uris[i].len,
                          m->post_logout_uris[i].data);
    ost_json_member_string(w, "post.logout.redirect.uris", all != NULL ? all : "+");
}

static bool is_described(ost_text attribute)
{
    static const char *const described[] = {"logoUri",
                                            "policyUri",
                                            "tosUri",
                                            "post.logout.redirect.uris",
                                            "backchannel.logout.url",
                                            "backchannel.logout.session.required",
                                            "backchannel.logout.revoke.offline.tokens",
                                            "frontchannel.logout.url",
                                            "frontchannel.logout.session.required",
                                            "use.refresh.tokens",
                                            METADATA_AUTH_METHOD,
                                            "token.endpoint.auth.signing.alg",
                                            "x509.subjectdn",
                                            "tls.client.certificate.bound.access.tokens",
                                            "jwks.url",
                                            "jwks.string",
                                            "use.jwks.url",
                                            "use.jwks.string",
                                            REGISTRATION_TOKEN_ID,
                                            REGISTRATION_ANONYMOUS,
                                            DEVICE,
                                            CIBA,
                                            ISSUER_GRANT,
                                            DETAILS_TYPES};
    for (size_t i = 0; i < ARRAY_LEN(described); i++) {
        if (text_is(attribute, described[i]))
            return true;
    }
    return text_starts(attribute, "tls.client.auth.san.") || answer_metadata_owns(attribute) ||
           request_metadata_owns(attribute) || ciba_metadata_owns(attribute);
}

/* What no metadata speaks of, an administrator has set: it stays. */
static void put_kept_attributes(const draft *d, ost_json_writer *w)
{
    const ost_json *before = ost_json_get(d->existing, "attributes");
    for (const ost_json *at = ost_json_first(before); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (is_described(name) || (d->metadata->public_client && text_is(name, PKCE)))
            continue;
        ost_json_put_name(w, name);
        ost_json_put_value(w, at);
    }
}

/* Whose users are asked things without a page of theirs being open is not for strangers, but for
 * those whom an administrator has let. */
static bool may_have(const draft *d, const char *grant)
{
    return !d->anonymous ||
           ost_json_equals(ost_json_get(ost_json_get(d->existing, "attributes"), grant),
                           OST_TEXT("true"));
}

static void put_grants(const draft *d, ost_json_writer *w)
{
    if (d->metadata->device_grant && may_have(d, DEVICE))
        ost_json_member_string(w, DEVICE, "true");
    if (d->metadata->ciba_grant && may_have(d, CIBA))
        ost_json_member_string(w, CIBA, "true");
    if (d->metadata->jwt_grant && may_have(d, ISSUER_GRANT))
        ost_json_member_string(w, ISSUER_GRANT, "true");
}

static void put_attributes(call *c, const draft *d, ost_json_writer *w)
{
    const client_metadata *m = d->metadata;
    ost_json_put_name(w, OST_TEXT("attributes"));
    ost_json_open_object(w);
    put_kept_attributes(d, w);
    metadata_put_given(w, "logoUri", m->logo_uri);
    metadata_put_given(w, "policyUri", m->policy_uri);
    metadata_put_given(w, "tosUri", m->tos_uri);
    put_post_logout(c, m, w);
    logout_metadata_store(&m->logout, w);
    answer_metadata_store(&m->answers, w);
    request_metadata_store(&m->requests, w);
    ciba_metadata_store(&m->ciba, w);
    details_metadata_store(c, &m->details, ost_json_get(d->existing, "attributes"), d->anonymous,
                           w);
    put_grants(d, w);
    if (m->public_client) /* it has nothing else to protect its codes by (RFC 9700 §2.1.1) */
        ost_json_member_string(w, PKCE, "S256");
    if (m->no_refresh)
        ost_json_member_string(w, "use.refresh.tokens", "false");
    if (m->auth_method_given)
        ost_json_member_text(w, METADATA_AUTH_METHOD, m->auth_method);
    metadata_put_given(w, "token.endpoint.auth.signing.alg", m->auth_alg);
    if (m->certificate_attribute != NULL)
        ost_json_member_text(w, m->certificate_attribute, m->certificate_name);
    if (m->certificate_bound)
        ost_json_member_string(w, "tls.client.certificate.bound.access.tokens", "true");
    metadata_put_given(w, "jwks.url", m->jwks_uri);
    metadata_put_given(w, "jwks.string", m->jwks);
    if (m->jwks_uri.len > 0)
        ost_json_member_string(w, "use.jwks.url", "true");
    if (m->jwks.len > 0)
        ost_json_member_string(w, "use.jwks.string", "true");
    ost_json_member_text(w, REGISTRATION_TOKEN_ID, d->token_id);
    ost_json_member_string(w, REGISTRATION_ANONYMOUS, d->anonymous ? "true" : "false");
    ost_json_close_object(w);
}

/* A confidential client keeps the secret that it has. */
static bool put_secret(call *c, const draft *d, ost_json_writer *w)
{
    unsigned char bytes[24];
    char text[BASE64URL_LEN(sizeof bytes)];
    ost_text secret = {0};
    if (d->metadata->public_client)
        return true;
    if (!ost_json_text(ost_json_get(d->existing, "secret"), &secret)) {
        if (context_random(c->provider->context, bytes, sizeof bytes) != OST_OK)
            return call_refuse(c, 500, "server_error", NULL);
        secret = (ost_text){text, base64url_encode(bytes, sizeof bytes, text)};
    }
    ost_json_member_text(w, "secret", secret);
    wipe(bytes, sizeof bytes);
    wipe(text, sizeof text);
    return true;
}

static void put_new(const draft *d, ost_json_writer *w)
{
    ost_json_member_text(w, "id", d->id);
    ost_json_member_text(w, "clientId", d->id);
    ost_json_member_boolean(w, "enabled", true);
    ost_json_member_string(w, "protocol", "openid-connect");
    ost_json_member_boolean(w, "directAccessGrantsEnabled", false);
    ost_json_member_boolean(w, "serviceAccountsEnabled", false);
    ost_json_member_boolean(w, "fullScopeAllowed", !d->policy.full_scope_disabled);
    ost_json_member_boolean(w, "consentRequired", d->policy.consent_required);
    const ost_json *scopes = ost_json_get(d->defaults, "defaultDefaultClientScopes");
    if (scopes != NULL)
        ost_json_member_value(w, "defaultClientScopes", scopes);
}

/* What an administrator has set beside the metadata stays. */
static void put_kept(const draft *d, ost_json_writer *w)
{
    static const char *const derived[] = {"name",
                                          "baseUrl",
                                          "publicClient",
                                          "standardFlowEnabled",
                                          "redirectUris",
                                          "webOrigins",
                                          "implicitFlowEnabled",
                                          "frontchannelLogout",
                                          "optionalClientScopes",
                                          "secret",
                                          "attributes",
                                          "clientAuthenticatorType",
                                          "protocolMappers"};
    for (const ost_json *at = ost_json_first(d->existing); at != NULL; at = ost_json_next(at)) {
        bool kept = true;
        for (size_t i = 0; i < ARRAY_LEN(derived); i++)
            kept = kept && !text_is(ost_json_name(at), derived[i]);
        if (!kept)
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
}

static bool is_pairwise(const ost_json *mapper)
{
    return ost_json_equals(ost_json_get(mapper, "protocolMapper"), OST_TEXT(PAIRWISE_MAPPER));
}

/* With the salt of `before` (NULL: it had none), or all of its users would be strangers. */
static void put_pairwise(call *c, const draft *d, const ost_json *before, ost_json_writer *w)
{
    ost_text id = uuid_text(c->provider->context, c->arena), salt;
    if (!ost_json_text(ost_json_get(ost_json_get(before, "config"), PAIRWISE_SALT), &salt) ||
        salt.len == 0)
        salt = uuid_text(c->provider->context, c->arena);
    if (id.data == NULL || salt.data == NULL) {
        call_refuse(c, 500, "server_error", NULL);
        return;
    }
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    ost_json_member_string(w, "name", "pairwise subject identifier");
    ost_json_member_string(w, "protocol", "openid-connect");
    ost_json_member_string(w, "protocolMapper", PAIRWISE_MAPPER);
    ost_json_put_name(w, OST_TEXT("config"));
    ost_json_open_object(w);
    ost_json_member_text(w, PAIRWISE_SALT, salt);
    metadata_put_given(w, PAIRWISE_SECTOR, d->metadata->sector);
    ost_json_close_object(w);
    ost_json_close_object(w);
}

/* Its subjects stay what they are until it says otherwise. */
static void put_mappers(call *c, const draft *d, ost_json_writer *w)
{
    const ost_json *before = ost_json_get(d->existing, "protocolMappers"), *pairwise = NULL;
    bool says = d->metadata->pairwise || d->metadata->public_subject;
    if (before == NULL && !d->metadata->pairwise)
        return;
    ost_json_put_name(w, OST_TEXT("protocolMappers"));
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(before); at != NULL; at = ost_json_next(at)) {
        if (is_pairwise(at))
            pairwise = at;
        if (!is_pairwise(at) || !says)
            ost_json_put_value(w, at);
    }
    if (d->metadata->pairwise)
        put_pairwise(c, d, pairwise, w);
    ost_json_close_array(w);
}

static const char *authenticator_of(const client_metadata *m)
{
    return text_is(m->auth_method, "private_key_jwt")     ? "client-jwt"
           : text_is(m->auth_method, "client_secret_jwt") ? "client-secret-jwt"
           : text_ends(m->auth_method, "tls_client_auth") ? "client-x509"
                                                          : "client-secret";
}

static bool make_document(call *c, const draft *d, const ost_json **ret_document)
{
    static const ost_text plus = {"+", 1};
    const client_metadata *m = d->metadata;
    ost_text text;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    if (d->existing == NULL)
        put_new(d, w);
    put_kept(d, w);
    metadata_put_given(w, "name", m->name);
    metadata_put_given(w, "baseUrl", m->client_uri);
    ost_json_member_boolean(w, "publicClient", m->public_client);
    if (m->auth_method_given) /* otherwise client policies may say how */
        ost_json_member_string(w, "clientAuthenticatorType", authenticator_of(m));
    ost_json_member_boolean(w, "standardFlowEnabled", true);
    ost_json_member_boolean(w, "implicitFlowEnabled", m->implicit);
    ost_json_member_boolean(w, "frontchannelLogout", m->logout.front_uri.len > 0);
    put_uris(w, "redirectUris", m->redirect_uris, m->redirect_count);
    put_uris(w, "webOrigins", &plus, 1);
    put_optional_scopes(d, w);
    put_attributes(c, d, w);
    put_mappers(c, d, w);
    if (!put_secret(c, d, w))
        return false;
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &text) != OST_OK ||
        ost_json_read(text, NULL, c->arena, ret_document, NULL) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return c->error.status == 0;
}

/* ---- tokens and answers ---- */

static bool answer_client(call *c, const realm_client *client, ost_text token, bool is_new)
{
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    client_metadata_write(c, client, w);
    if (is_new)
        ost_json_member_integer(w, "client_id_issued_at", c->now);
    ost_json_member_string(
        w, "registration_client_uri",
        call_format(c, "%s/clients-registrations/openid-connect/%s", c->issuer, client->client_id));
    ost_json_member_text(w, "registration_access_token", token);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &c->answer) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return c->error.status == 0;
}

/* ---- storing ---- */

/* The client of the realm that was opened, if it is still the one that was meant. */
static const realm_client *find_again(call *c, const realm_admin *admin)
{
    const realm_client *client = realm_find_client(admin->realm, text_of(c->client->client_id));
    ost_text then, now;
    return client != NULL &&
                   ost_json_text(ost_json_get(client->attributes, REGISTRATION_TOKEN_ID), &now) &&
                   ost_json_text(ost_json_get(c->client->attributes, REGISTRATION_TOKEN_ID),
                                 &then) &&
                   text_equal(then, now)
               ? client
               : NULL;
}

static bool refuse_token(call *c)
{
    return call_refuse(c, 401, "invalid_token",
                       "Not authorized to update client. Maybe missing token or bad token type.");
}

static ost_result keep_token_id(call *c, const realm_client *existing, const ost_json **document)
{
    const ost_json *attributes;
    ost_result result = document_put(
        ost_json_get(*document, "attributes"), OST_TEXT(REGISTRATION_TOKEN_ID),
        ost_json_get(existing->attributes, REGISTRATION_TOKEN_ID), c->arena, &attributes);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("attributes"), attributes, c->arena, document)
               : result;
}

/* As the realm's client policies have it. */
static ost_result settle(call *c, draft *d, const realm *r, const realm_client *existing,
                         const ost_json **document)
{
    const policy_refusal *refusal;
    unsigned effects;
    ost_result result =
        client_proposal_settle(r, existing, &d->updater, c->arena, document, &effects, &refusal);
    if (result == OST_OK && refusal != NULL) {
        call_refuse(c, refusal->status, refusal->error, refusal->description);
        return OST_E_STATE;
    }
    d->keeps_token = existing != NULL && (effects & POLICY_KEEPS_REGISTRATION) != 0;
    return result == OST_OK && d->keeps_token ? keep_token_id(c, existing, document) : result;
}

/* One attempt: `d` NULL ends the client. */
static ost_result change_once(call *c, draft *d, realm_admin *admin)
{
    const ost_json *document = NULL;
    const realm_client *client = c->client != NULL ? find_again(c, admin) : NULL;
    if (c->client != NULL && client == NULL) {
        refuse_token(c);
        return OST_E_STATE;
    }
    if (d != NULL) {
        d->defaults = admin->realm->document;
        d->existing = client != NULL ? client->document : NULL;
        if (!make_document(c, d, &document))
            return OST_E_STATE;
        ost_result result = settle(c, d, admin->realm, client, &document);
        if (result != OST_OK)
            return result;
    }
    return client != NULL ? realm_admin_store_client(admin, client, document, NULL)
                          : realm_admin_add_client(admin, document, NULL);
}

static ost_result attempt_change(call *c, draft *d)
{
    realm_admin admin;
    ost_arena *arena = ost_arena_new(MAX_REALM);
    ost_result result =
        arena == NULL
            ? OST_E_MEMORY
            : realm_admin_open(c->provider->store, text_of(c->realm->name), arena, &admin, NULL);
    if (result == OST_OK) {
        result = change_once(c, d, &admin);
        realm_admin_close(&admin);
    }
    ost_arena_free(arena);
    return result;
}

/* One after the other: each change writes the realm's whole document. */
static bool store_change(call *c, draft *d)
{
    ost_result result = OST_E_CONFLICT;
    pthread_mutex_lock(&c->provider->change_lock);
    for (unsigned i = 0; i < ATTEMPTS && result == OST_E_CONFLICT; i++)
        result = attempt_change(c, d);
    pthread_mutex_unlock(&c->provider->change_lock);
    if (result == OST_OK)
        provider_publish(c->provider);
    return result == OST_OK || c->error.status != 0 || call_refuse_busy(c);
}

/* The answer is made of what is stored now. */
static bool answer_stored(call *c, ost_text client_id, ost_text token, bool is_new)
{
    const realm_entry *entry = provider_realm(c->provider, text_of(c->realm->name), c->arena);
    const realm_client *client = entry != NULL ? realm_find_client(entry->realm, client_id) : NULL;
    return client != NULL ? answer_client(c, client, token, is_new) : call_refuse_busy(c);
}

/* ---- what clients ask for ---- */

bool registration_create(call *c, const client_metadata *metadata, const char *how,
                         ost_text user_id)
{
    draft d = {.metadata = metadata,
               .anonymous = strcmp(how, BY_ANYBODY) == 0,
               .id = uuid_text(c->provider->context, c->arena),
               .token_id = uuid_text(c->provider->context, c->arena)};
    ost_text token;
    if (d.id.data == NULL || d.token_id.data == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    if (client_updater_read(c, c->realm, how, user_id, &d.updater) != OST_OK)
        return call_refuse_busy(c);
    if (d.anonymous && !registration_policy_check(c, metadata, true, &d.policy))
        return false;
    return check_scopes(c, metadata) && registration_token_make(c, d.token_id, &token) &&
           store_change(c, &d) && c->error.status == 0 && answer_stored(c, d.id, token, true);
}

bool registration_open(call *c, ost_text client_id, ost_text token)
{
    const ost_claims *claims;
    ost_text id = {0};
    const realm_client *client = realm_find_client(c->realm, client_id);
    if (token.len == 0 || internal_token_read(c, token, REGISTRATION_TOKEN, &claims) != OST_OK ||
        client == NULL || !client->enabled ||
        !ost_json_text(ost_json_get(client->attributes, REGISTRATION_TOKEN_ID), &id) ||
        id.len == 0 || !text_equal_secret(id, ost_claims_text(claims, "jti")))
        return call_refuse(c, 401, "invalid_token",
                           "Not authorized to view client. Not valid token or client credentials "
                           "provided.");
    c->client = client;
    return true;
}

bool registration_read(call *c, ost_text token)
{
    return answer_client(c, c->client, token, false);
}

bool registration_update(call *c, const client_metadata *metadata, ost_text presented)
{
    bool anonymous = !ost_json_equals(ost_json_get(c->client->attributes, REGISTRATION_ANONYMOUS),
                                      OST_TEXT("false"));
    draft d = {.metadata = metadata,
               .anonymous = anonymous,
               .updater = {.how = BY_REGISTRATION_TOKEN, .address = c->request->peer},
               .token_id = uuid_text(c->provider->context, c->arena)};
    ost_text token, client_id = text_of(c->client->client_id);
    if (d.token_id.data == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    if (anonymous && !registration_policy_check(c, metadata, false, &d.policy))
        return false;
    return check_scopes(c, metadata) && registration_token_make(c, d.token_id, &token) &&
           store_change(c, &d) && c->error.status == 0 &&
           answer_stored(c, client_id, d.keeps_token ? presented : token, false);
}

bool registration_delete(call *c)
{
    return store_change(c, NULL) && c->error.status == 0;
}
