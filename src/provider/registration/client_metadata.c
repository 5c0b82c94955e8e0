/* SPDX-License-Identifier: Apache-2.0 */
/* Client metadata; see client_metadata.h. */
#include "provider/registration/client_metadata.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/proof/client_key_set.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/registration/metadata_member.h"

#define MAX_NAME 255
#define MAX_SCOPE 2048
#define METADATA_TLS "tls_client_auth"
#define METADATA_DEVICE "urn:ietf:params:oauth:grant-type:device_code"
#define METADATA_JWT_BEARER "urn:ietf:params:oauth:grant-type:jwt-bearer"
#define METADATA_CIBA "urn:openid:params:grant-type:ciba"
#define MAX_JWKS ((size_t)32 << 10)

static bool refuse_redirect(call *c, const char *description)
{
    return call_refuse(c, 400, "invalid_redirect_uri", description);
}

/* ---- reading ---- */

/* Pages show these as links. */
static bool read_link(call *c, const ost_json *document, const char *name, ost_text *ret_uri)
{
    if (!metadata_text(c, document, name, METADATA_URI_MAX, ret_uri))
        return false;
    return ret_uri->len == 0 || text_starts(*ret_uri, "https://") ||
           text_starts(*ret_uri, "http://") ||
           metadata_refuse(c, call_format(c, "%s: not a web address", name));
}

/* Where codes and browsers may be sent: no wildcard, no fragment, nothing that a browser runs. */
static bool check_redirect(call *c, ost_text uri)
{
    static const char *const illegal[] = {"javascript", "data",  "vbscript",
                                          "file",       "about", "blob"};
    size_t colon = text_find(uri, ':', 0);
    if (uri.len > METADATA_URI_MAX || colon == 0 || colon + 1 >= uri.len)
        return refuse_redirect(c, "Invalid redirect URI");
    for (size_t i = 0; i < ARRAY_LEN(illegal); i++) {
        if (text_equal_ignoring_case(text_slice(uri, 0, colon), text_of(illegal[i])))
            return refuse_redirect(c, "A redirect URI uses an illegal scheme");
    }
    for (size_t i = 0; i < uri.len; i++) {
        unsigned char byte = (unsigned char)uri.data[i];
        if (byte == '#')
            return refuse_redirect(c, "Redirect URIs must not contain an URI fragment");
        if (byte <= 0x20 || byte >= 0x7f || strchr("*\"<>\\^`{|}", byte) != NULL)
            return refuse_redirect(c, "Invalid redirect URI");
    }
    return true;
}

static bool read_uris(call *c, const ost_json *document, const char *name, ost_text *uris,
                      size_t *ret_count)
{
    const ost_json *list = ost_json_get(document, name);
    *ret_count = 0;
    if (list == NULL || ost_json_is(list, OST_JSON_NULL))
        return true;
    if (!ost_json_is(list, OST_JSON_ARRAY))
        return refuse_redirect(c, call_format(c, "%s: not an array", name));
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (*ret_count == METADATA_URIS_MAX || !ost_json_text(at, &uris[*ret_count]))
            return refuse_redirect(
                c, call_format(c, "%s: not an array of at most %d texts", name, METADATA_URIS_MAX));
        if (!check_redirect(c, uris[(*ret_count)++]))
            return false;
    }
    return true;
}

/* Calls `take` with each word of an array; nothing is done when there is none. */
static bool read_words(call *c, const ost_json *document, const char *name, client_metadata *m,
                       bool (*take)(client_metadata *, ost_text))
{
    const ost_json *list = ost_json_get(document, name);
    ost_text word;
    if (list == NULL || ost_json_is(list, OST_JSON_NULL))
        return true;
    if (!ost_json_is(list, OST_JSON_ARRAY))
        return metadata_refuse(c, call_format(c, "%s: not an array", name));
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_text(at, &word) || !take(m, word))
            return metadata_refuse(c, call_format(c, "%s: not supported", name));
    }
    return true;
}

/* What nobody gets by asking for it (passwords, accounts of the client's own) is left out, and the
 * answer says so (RFC 7591 §3.2.1). */
static bool take_grant_type(client_metadata *m, ost_text type)
{
    m->implicit |= text_is(type, "implicit");
    m->device_grant |= text_is(type, METADATA_DEVICE);
    m->ciba_grant |= text_is(type, METADATA_CIBA);
    m->jwt_grant |= text_is(type, METADATA_JWT_BEARER);
    if (text_is(type, "refresh_token"))
        m->no_refresh = false;
    return true;
}

static bool take_response_type(client_metadata *m, ost_text type)
{
    ost_text rest = type, word;
    while (text_next(&rest, ' ', &word)) {
        bool tokens = text_is(word, "token") || text_is(word, "id_token");
        if (!tokens && !text_is(word, "code") && !text_is(word, "none"))
            return false;
        m->implicit |= tokens;
    }
    return type.len > 0;
}

static bool read_auth_method(call *c, const ost_json *document, client_metadata *m)
{
    static const char *const known[] = {
        "client_secret_basic",         "client_secret_post", "none",
        "client_secret_jwt",           "private_key_jwt",    METADATA_TLS,
        CERTIFICATE_METHOD_SELF_SIGNED};
    if (!metadata_text(c, document, "token_endpoint_auth_method", MAX_NAME, &m->auth_method))
        return false;
    m->auth_method_given = m->auth_method.len > 0;
    if (!m->auth_method_given)
        m->auth_method = text_of(known[0]); /* the default of RFC 7591 §2 */
    m->public_client = text_is(m->auth_method, "none");
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (text_is(m->auth_method, known[i]))
            return true;
    }
    return metadata_refuse(c, "token_endpoint_auth_method: not supported");
}

/* What it signs with, and is written to with: its keys, or where they are (RFC 7591 §2). */
static bool read_keys(call *c, const ost_json *document, client_metadata *m)
{
    client_key_set *set = NULL;
    const ost_json *jwks = ost_json_get(document, "jwks");
    if (!read_link(c, document, "jwks_uri", &m->jwks_uri) ||
        !metadata_text(c, document, "token_endpoint_auth_signing_alg", MAX_NAME, &m->auth_alg))
        return false;
    if (m->auth_alg.len > 0 && ost_alg_of(m->auth_alg) == OST_ALG_UNSET)
        return metadata_refuse(c, "token_endpoint_auth_signing_alg: not supported");
    if (jwks != NULL && !ost_json_is(jwks, OST_JSON_NULL)) {
        m->jwks = ost_json_source(jwks);
        if (m->jwks_uri.len > 0)
            return metadata_refuse(c, "jwks and jwks_uri: one of them at most");
        if (m->jwks.len > MAX_JWKS || client_key_set_read(m->jwks, &set) != OST_OK)
            return metadata_refuse(c, "jwks: not a set of public keys that can be used");
        client_key_set_unref(set);
    }
    bool needed = text_is(m->auth_method, "private_key_jwt") ||
                  text_is(m->auth_method, CERTIFICATE_METHOD_SELF_SIGNED);
    return !needed || m->jwks.len > 0 || m->jwks_uri.len > 0 ||
           metadata_refuse(
               c, call_format(c, "%.*s: needs jwks_uri or jwks", OST_FORMAT(m->auth_method)));
}

/* RFC 8705 §2.1.2: one of these, and no more. */
static const struct {
    const char *member, *attribute;
} certificate_names[] = {
    {"tls_client_auth_subject_dn", "x509.subjectdn"},
    {"tls_client_auth_san_dns", "tls.client.auth.san.dns"},
    {"tls_client_auth_san_uri", "tls.client.auth.san.uri"},
    {"tls_client_auth_san_ip", "tls.client.auth.san.ip"},
    {"tls_client_auth_san_email", "tls.client.auth.san.email"},
};

static bool read_certificate(call *c, const ost_json *document, client_metadata *m)
{
    distinguished_name *name;
    ost_text text;
    size_t count = 0;
    if (!metadata_flag(c, document, "tls_client_certificate_bound_access_tokens",
                       &m->certificate_bound))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(certificate_names); i++) {
        if (!metadata_text(c, document, certificate_names[i].member, METADATA_URI_MAX, &text))
            return false;
        if (text.len == 0)
            continue;
        count++;
        m->certificate_name = text;
        m->certificate_attribute = certificate_names[i].attribute;
    }
    if (!text_is(m->auth_method, METADATA_TLS)) {
        m->certificate_attribute = NULL;
        return true;
    }
    if (count != 1)
        return metadata_refuse(c, METADATA_TLS ": needs one name of the certificate, and no more");
    return m->certificate_attribute != certificate_names[0].attribute ||
           distinguished_name_read(m->certificate_name, c->arena, &name) == OST_OK ||
           metadata_refuse(c, "tls_client_auth_subject_dn: not a distinguished name");
}

/* Of one sector: the host of an address that lists the redirect URIs, or of these themselves
 * (OpenID Connect Core §8.1). */
static bool read_subject_type(call *c, const ost_json *document, client_metadata *m)
{
    const char *uris[METADATA_URIS_MAX + 1] = {NULL};
    pairwise_rule rule;
    ost_text type;
    if (!metadata_text(c, document, "subject_type", MAX_NAME, &type) ||
        !metadata_text(c, document, "sector_identifier_uri", METADATA_URI_MAX, &m->sector))
        return false;
    m->pairwise = text_is(type, "pairwise");
    m->public_subject = text_is(type, "public");
    if (type.len > 0 && !m->pairwise && !m->public_subject)
        return metadata_refuse(c, "subject_type: not supported");
    if (m->sector.len > 0 && !metadata_is_https(m->sector))
        return metadata_refuse(c, "sector_identifier_uri: not an https address");
    for (size_t i = 0; i < m->redirect_count; i++)
        uris[i] = call_format(c, "%.*s", OST_FORMAT(m->redirect_uris[i]));
    return c->error.status == 0 &&
           (!m->pairwise || pairwise_rule_make(OST_TEXT("any"), m->sector, NULL, uris, &rule) ||
            metadata_refuse(c, "subject_type: pairwise needs redirect URIs of one host"));
}

/* How it will prove who it is. */
static bool read_proofs(call *c, const ost_json *document, client_metadata *m)
{
    return read_auth_method(c, document, m) && read_keys(c, document, m) &&
           read_certificate(c, document, m);
}

/* What it is told, and how; and what it asks. */
static bool read_answers(call *c, const ost_json *document, client_metadata *m)
{
    bool has_keys = m->jwks.len > 0 || m->jwks_uri.len > 0;
    return logout_metadata_read(c, document, m->redirect_uris, m->redirect_count, &m->logout) &&
           answer_metadata_read(c, document, has_keys, &m->answers) &&
           request_metadata_read(c, document, &m->requests);
}

/* How it asks, and for what. */
static bool read_asking(call *c, const ost_json *document, client_metadata *m)
{
    return ciba_metadata_read(c, document, &m->ciba) &&
           details_metadata_read(c, document, &m->details);
}

bool client_metadata_read(call *c, const ost_json *document, client_metadata *ret_metadata)
{
    client_metadata *m = ret_metadata;
    *m = (client_metadata){.no_refresh =
                               ost_json_is(ost_json_get(document, "grant_types"), OST_JSON_ARRAY)};
    if (!ost_json_is(document, OST_JSON_OBJECT))
        return call_refuse(c, 400, "invalid_request", "not a JSON object");
    return read_uris(c, document, "redirect_uris", m->redirect_uris, &m->redirect_count) &&
           read_uris(c, document, "post_logout_redirect_uris", m->post_logout_uris,
                     &m->post_logout_count) &&
           metadata_text(c, document, "client_name", MAX_NAME, &m->name) &&
           metadata_text(c, document, "scope", MAX_SCOPE, &m->scope) &&
           read_link(c, document, "client_uri", &m->client_uri) &&
           read_link(c, document, "logo_uri", &m->logo_uri) &&
           read_link(c, document, "policy_uri", &m->policy_uri) &&
           read_link(c, document, "tos_uri", &m->tos_uri) && read_proofs(c, document, m) &&
           read_subject_type(c, document, m) && read_answers(c, document, m) &&
           read_asking(c, document, m) &&
           read_words(c, document, "grant_types", m, take_grant_type) &&
           read_words(c, document, "response_types", m, take_response_type);
}

/* ---- writing ---- */

static void put_list(ost_json_writer *w, const char *name, const char *const *list)
{
    ost_json_put_name(w, text_of(name));
    ost_json_open_array(w);
    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        ost_json_put_text(w, text_of(list[i]));
    ost_json_close_array(w);
}

static void put_types(const realm_client *client, ost_json_writer *w)
{
    const char *grants[] = {"authorization_code",
                            client->implicit_flow ? "implicit" : NULL,
                            client->refresh_tokens ? "refresh_token" : NULL,
                            client->device_grant ? METADATA_DEVICE : NULL,
                            client->ciba.on ? METADATA_CIBA : NULL,
                            client->jwt_grant ? METADATA_JWT_BEARER : NULL};
    const char *responses[] = {"code", "none", client->implicit_flow ? "id_token" : NULL,
                               client->implicit_flow ? "token" : NULL,
                               client->implicit_flow ? "id_token token" : NULL};
    ost_json_put_name(w, OST_TEXT("grant_types"));
    ost_json_open_array(w);
    for (size_t i = 0; i < ARRAY_LEN(grants); i++) {
        if (grants[i] != NULL)
            ost_json_put_text(w, text_of(grants[i]));
    }
    ost_json_close_array(w);
    ost_json_put_name(w, OST_TEXT("response_types"));
    ost_json_open_array(w);
    for (size_t i = 0; i < ARRAY_LEN(responses); i++) {
        if (responses[i] != NULL)
            ost_json_put_text(w, text_of(responses[i]));
    }
    ost_json_close_array(w);
}

static const char *add_scopes(call *c, const char *text, const realm_scope *const *scopes)
{
    for (size_t i = 0; scopes[i] != NULL && text != NULL; i++) {
        if (!ost_json_equals(ost_json_get(scopes[i]->document, "protocol"), OST_TEXT("saml")) &&
            strcmp(scopes[i]->name, "openid") != 0)
            text = call_format(c, "%s %s", text, scopes[i]->name);
    }
    return text;
}

/* "openid" is no client scope, but what each of them may ask for: some clients look for it here. */
static void put_scope(call *c, const realm_client *client, ost_json_writer *w)
{
    const char *text = add_scopes(c, "openid", client->default_scopes);
    if (text != NULL)
        text = add_scopes(c, text, client->optional_scopes);
    ost_json_member_string(w, "scope", text != NULL ? text : "");
}

/* The secret that it signs with, or shows. */
static ost_text secret_of(const realm_client *client)
{
    if (client->public_client)
        return (ost_text){0};
    return client->proof.kind == PROOF_SECRET_JWT ? client->proof.secret : text_of(client->secret);
}

static void put_subject_type(const realm_client *client, ost_json_writer *w)
{
    ost_text sector;
    ost_json_member_string(w, "subject_type",
                           client->pairwise.sector.len > 0 ? "pairwise" : "public");
    for (size_t i = 0; i < client->mapper_count; i++) {
        if (client->mappers[i].known == MAPPER_PAIRWISE &&
            ost_json_text(ost_json_get(client->mappers[i].config, PAIRWISE_SECTOR), &sector) &&
            sector.len > 0)
            ost_json_member_text(w, "sector_identifier_uri", sector);
    }
}

static void put_keys(call *c, const realm_client *client, ost_json_writer *w)
{
    const ost_json *jwks;
    ost_text text;
    if (client->proof.keys_url != NULL)
        ost_json_member_string(w, "jwks_uri", client->proof.keys_url);
    else if (client->proof.keys != NULL &&
             ost_json_text(ost_json_get(client->attributes, "jwks.string"), &text) &&
             ost_json_read(text, NULL, c->arena, &jwks, NULL) == OST_OK)
        ost_json_member_value(w, "jwks", jwks);
}

/* How it proves who it is now: an administrator, or a client policy, may have had the last word. Of
 * the ways to send a secret, the one that it has named. */
static ost_text method_of(const realm_client *client)
{
    ost_text named = {0};
    (void)!ost_json_text(ost_json_get(client->attributes, METADATA_AUTH_METHOD), &named);
    if (client->public_client)
        return OST_TEXT("none");
    switch (client->proof.kind) {
    case PROOF_JWT:
        return OST_TEXT("private_key_jwt");
    case PROOF_SECRET_JWT:
        return OST_TEXT("client_secret_jwt");
    case PROOF_CERTIFICATE:
        return client->proof.certificate.kind == CERTIFICATE_SELF_SIGNED
                   ? OST_TEXT(CERTIFICATE_METHOD_SELF_SIGNED)
                   : OST_TEXT(METADATA_TLS);
    default:
        return text_is(named, "client_secret_post") ? named : OST_TEXT("client_secret_basic");
    }
}

void client_metadata_write(call *c, const realm_client *client, ost_json_writer *w)
{
    ost_json_member_string(w, "client_id", client->client_id);
    if (secret_of(client).len > 0) {
        ost_json_member_text(w, "client_secret", secret_of(client));
        ost_json_member_integer(w, "client_secret_expires_at", client->proof.by_secret.ends);
    }
    if (client->name != NULL && client->name[0] != '\0')
        ost_json_member_string(w, "client_name", client->name);
    if (client->base_url != NULL && client->base_url[0] != '\0')
        ost_json_member_string(w, "client_uri", client->base_url);
    metadata_put_text(client, "logoUri", "logo_uri", w);
    metadata_put_text(client, "policyUri", "policy_uri", w);
    metadata_put_text(client, "tosUri", "tos_uri", w);
    logout_metadata_write(client, w);
    answer_metadata_write(client, w);
    request_metadata_write(client, w);
    ciba_metadata_write(client, w);
    details_metadata_write(client, w);
    put_list(w, "redirect_uris", client->redirect_uris);
    put_list(w, "post_logout_redirect_uris", client->post_logout_redirect_uris);
    ost_json_member_text(w, "token_endpoint_auth_method", method_of(client));
    metadata_put_text(client, "token.endpoint.auth.signing.alg", "token_endpoint_auth_signing_alg",
                      w);
    put_keys(c, client, w);
    for (size_t i = 0; i < ARRAY_LEN(certificate_names); i++)
        metadata_put_text(client, certificate_names[i].attribute, certificate_names[i].member, w);
    metadata_put_flag(client, "tls.client.certificate.bound.access.tokens",
                      "tls_client_certificate_bound_access_tokens", w);
    put_types(client, w);
    put_scope(c, client, w);
    put_subject_type(client, w);
}
