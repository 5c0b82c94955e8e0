/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of clients; see client_document.h. */
#include "provider/client/client_document.h"

#include <string.h>

#include "base/array.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/registration/client_metadata.h"

static const char https[] = "https://";

/* ---- the ID ---- */

static bool is_dots(ost_text segment)
{
    static const char *const dots[] = {".", "..", "%2e", "%2e%2e", ".%2e", "%2e."};
    for (size_t i = 0; i < ARRAY_LEN(dots); i++) {
        if (text_equal_ignoring_case(segment, text_of(dots[i])))
            return true;
    }
    return false;
}

static bool is_good_host(ost_text host)
{
    if (host.len == 0)
        return false;
    for (size_t i = 0; i < host.len; i++) {
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-._:[]", host.data[i]) == NULL)
            return false;
    }
    return true;
}

static bool is_good_path(ost_text path)
{
    ost_text rest = path, segment;
    for (size_t i = 0; i < path.len; i++) {
        unsigned char byte = (unsigned char)path.data[i];
        if (byte <= 0x20 || byte >= 0x7f || strchr("#\"<>\\^`{|}", byte) != NULL)
            return false;
    }
    rest = text_slice(path, 0, text_find(path, '?', 0));
    while (text_next(&rest, '/', &segment)) {
        if (is_dots(segment))
            return false;
    }
    return path.len > 1 && path.data[0] == '/';
}

static void split(ost_text id, ost_text *ret_host, ost_text *ret_path)
{
    ost_text rest = text_slice(id, sizeof https - 1, id.len);
    size_t end = 0;
    while (end < rest.len && strchr("/?#", rest.data[end]) == NULL)
        end++;
    *ret_host = text_slice(rest, 0, end);
    *ret_path = text_slice(rest, end, rest.len);
}

bool client_document_is_id(ost_text id)
{
    ost_text host, path;
    if (id.len > CLIENT_DOCUMENT_ID_MAX || !text_starts(id, https) ||
        memchr(id.data, '\0', id.len) != NULL)
        return false;
    split(id, &host, &path);
    return is_good_host(host) && is_good_path(path);
}

ost_text client_document_host(ost_text id)
{
    ost_text host, path;
    split(id, &host, &path);
    return host;
}

/* ---- the document ---- */

static bool document_refuse(call *c, const char *why)
{
    if (why != NULL)
        c->client_problem = why;
    return false;
}

static const ost_json *read_json(call *c, ost_text text)
{
    static const ost_json_limits limits = {
        .max_bytes = (size_t)64 << 10, .max_depth = 8, .max_values = 1000};
    const ost_json *document;
    if (ost_json_read(text, &limits, c->arena, &document, NULL) != OST_OK ||
        !ost_json_is(document, OST_JSON_OBJECT))
        return NULL;
    return document;
}

/* What a secret would prove is known to everybody who reads the document (§4.1 of the draft). */
static bool is_public(const ost_json *document, const client_metadata *m)
{
    const ost_json *method = ost_json_get(document, "token_endpoint_auth_method");
    return (method == NULL || m->public_client) &&
           ost_json_get(document, "client_secret") == NULL &&
           ost_json_get(document, "client_secret_expires_at") == NULL;
}

/* The reader refuses calls; here the call goes on, or is refused by who asked for the client. */
static bool read_metadata(call *c, const ost_json *document, client_metadata *m)
{
    call_error before = c->error;
    c->error = (call_error){0};
    bool good = client_metadata_read(c, document, m);
    const char *why = c->error.description != NULL ? c->error.description : c->error.error;
    c->error = before;
    return good || document_refuse(c, call_format(c, "its document: %s", why));
}

static void put_given(ost_json_writer *w, const char *name, ost_text value)
{
    if (value.len > 0)
        ost_json_member_text(w, name, value);
}

static void put_uris(ost_json_writer *w, const client_metadata *m)
{
    ost_json_put_name(w, OST_TEXT("redirectUris"));
    ost_json_open_array(w);
    for (size_t i = 0; i < m->redirect_count; i++)
        ost_json_put_text(w, m->redirect_uris[i]);
    ost_json_close_array(w);
}

static void put_scopes(call *c, ost_json_writer *w, const char *name, const char *of_realm)
{
    const ost_json *scopes = ost_json_get(c->realm->document, of_realm);
    if (scopes != NULL)
        ost_json_member_value(w, name, scopes);
}

static void put_attributes(const client_metadata *m, ost_json_writer *w)
{
    ost_json_put_name(w, OST_TEXT("attributes"));
    ost_json_open_object(w);
    put_given(w, "logoUri", m->logo_uri);
    put_given(w, "policyUri", m->policy_uri);
    put_given(w, "tosUri", m->tos_uri);
    ost_json_member_string(w, "post.logout.redirect.uris", "+");
    ost_json_member_string(w, "pkce.code.challenge.method", "S256");
    ost_json_member_string(w, "display.on.consent.screen", "true");
    ost_json_member_string(w, "consent.screen.text", "Act on your behalf");
    if (m->no_refresh)
        ost_json_member_string(w, "use.refresh.tokens", "false");
    ost_json_close_object(w);
}

/* As Keycloak would have the client, had it been registered. */
static bool write_client(call *c, ost_text id, const client_metadata *m,
                         const ost_json **ret_document)
{
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    ost_json_member_text(w, "clientId", id);
    put_given(w, "name", m->name);
    put_given(w, "baseUrl", m->client_uri);
    ost_json_member_boolean(w, "enabled", true);
    ost_json_member_boolean(w, "publicClient", true);
    ost_json_member_boolean(w, "standardFlowEnabled", true);
    ost_json_member_boolean(w, "implicitFlowEnabled", false);
    ost_json_member_boolean(w, "directAccessGrantsEnabled", false);
    ost_json_member_boolean(w, "fullScopeAllowed", false);
    ost_json_member_boolean(w, "consentRequired", true);
    put_uris(w, m);
    put_scopes(c, w, "defaultClientScopes", "defaultDefaultClientScopes");
    put_scopes(c, w, "optionalClientScopes", "defaultOptionalClientScopes");
    put_attributes(m, w);
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_document, NULL) == OST_OK;
}

bool client_document_read(call *c, ost_text id, ost_text text, realm_client **ret_client)
{
    client_metadata m;
    const ost_json *document = read_json(c, text), *representation;
    if (document == NULL)
        return document_refuse(c, "its document is not a JSON object");
    if (!ost_json_equals(ost_json_get(document, "client_id"), id))
        return document_refuse(c, "its document is not that of this client_id");
    if (!read_metadata(c, document, &m))
        return false;
    if (!is_public(document, &m))
        return document_refuse(
            c, "its document asks for a way of client authentication other than none");
    if (m.redirect_count == 0)
        return document_refuse(c, "its document has no redirect_uris");
    if (!write_client(c, id, &m, &representation) ||
        realm_load_client(c->realm, representation, c->arena, ret_client, NULL) != OST_OK)
        return document_refuse(c, "its document cannot be used");
    (*ret_client)->by_document = true;
    return true;
}
