/* SPDX-License-Identifier: Apache-2.0 */
/* The ClientRepresentation of a registered client. */
#include "base/array.h"
#include "base/base64url.h"
#include "base/context.h"
#include "base/json/json_list.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/realm/uuid.h"
#include "provider/registration/metadata_member.h"
#include "provider/registration/registration_draft.h"

/* The scopes that the client wants to be able to ask for; every client has the default ones. */
static void put_optional_scopes(const registration_draft *d, ost_json_writer *w)
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

static void put_uris(ost_json_writer *w, const char *name, const ost_text *uris, size_t count)
{
    ost_json_put_name(w, text_of(name));
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++)
        ost_json_put_text(w, uris[i]);
    ost_json_close_array(w);
}

/* A confidential client keeps the secret that it has. */
static bool put_secret(call *c, const registration_draft *d, ost_json_writer *w)
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

static void put_new(const registration_draft *d, ost_json_writer *w)
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
static void put_kept(const registration_draft *d, ost_json_writer *w)
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
static void put_pairwise(call *c, const registration_draft *d, const ost_json *before,
                         ost_json_writer *w)
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
static void put_mappers(call *c, const registration_draft *d, ost_json_writer *w)
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

bool registration_draft_document(call *c, const registration_draft *d,
                                 const ost_json **ret_document)
{
    static const ost_text plus = {"+", 1};
    const client_metadata *m = d->metadata;
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
    registration_draft_put_attributes(c, d, w);
    put_mappers(c, d, w);
    if (!put_secret(c, d, w))
        return false;
    ost_json_close_object(w);
    if (json_writer_read(w, NULL, ret_document, NULL) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return c->error.status == 0;
}
