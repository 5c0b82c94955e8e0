/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the options of `ostiary token explain`; see explain_request.h. */
#include "cli/explain/explain_request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error_sentence.h"
#include "base/json/json_file.h"
#include "base/text.h"
#include "cli/tool/tool_file.h"
#include "cli/tool/tool_key.h"
#include "jose/key/keyset_read.h"
#include "jose/key/pem.h"

static int64_t fixed_now(void *user)
{
    return ((const explain_request *)user)->now;
}

static size_t read_list(const option_values *values, const char *name, const char **ret)
{
    size_t count = 0;
    const char *value;
    for (; count < EXPLAIN_LIST_MAX && (value = options_nth(values, name, count)) != NULL; count++)
        ret[count] = value;
    return count;
}

/* NULL where nothing is asked for. */
static const char *const *read_conditions(const option_values *values, const char *name,
                                          const char *ret[EXPLAIN_LIST_MAX + 1])
{
    size_t count = read_list(values, name, ret);
    ret[count] = NULL;
    return count > 0 ? ret : NULL;
}

/* What a route asks for: by options, or by a file as a program reads it. */
static ost_result read_policy(const option_values *values, explain_request *r, ost_arena *arena,
                              ost_error *error)
{
    const char *path = options_get(values, "policy");
    const ost_policy *policy;
    ost_text json;
    ost_error why = {0};
    r->policy = (ost_policy){
        .scopes = read_conditions(values, "scope", r->scopes),
        .realm_roles = read_conditions(values, "realm-role", r->realm_roles),
        .client_roles = read_conditions(values, "client-role", r->client_roles),
    };
    if (path == NULL)
        return OST_OK;
    if (r->policy.scopes != NULL || r->policy.realm_roles != NULL || r->policy.client_roles != NULL)
        return ost_error_set(error, OST_E_ARGUMENT,
                             "--policy says all that is asked for: no --scope, --realm-role or "
                             "--client-role beside it");
    ost_result result = tool_read(path, arena, &json, error);
    if (result != OST_OK)
        return result;
    result = ost_policy_read(json, arena, &policy, &why);
    if (result != OST_OK)
        return ost_error_set(error, result, "%s is not a policy: %s", path, why.detail);
    if (policy->open)
        return ost_error_set(error, OST_E_ARGUMENT, "%s is open: no token is looked at", path);
    r->policy = *policy;
    return OST_OK;
}

/* The guard keeps its seed up to date, so it is given a copy; nothing listens where it then asks.
 */
static ost_result take_key_file(const char *path, explain_request *r, ost_arena *arena,
                                ost_error *error)
{
    const ost_json_limits limits = {.max_bytes = TOOL_FILE_MAX};
    const ost_json *json;
    ost_text keys;
    ost_keyset *set;
    ost_error why = {0};
    ost_result result = tool_read(path, arena, &keys, error);
    if (result != OST_OK)
        return result;
    keys = text_behind_mark(keys);
    result = json_file_read(keys, &limits, arena, &json, &why); /* tells more of what is wrong */
    if (result == OST_OK)
        result = ost_keyset_import(keys, TOOL_KEYS_MAX, &set, NULL, &why);
    if (result != OST_OK)
        return ost_error_set(error, result,
                             "%s is not a JWK Set with keys to verify with: %s "
                             "(ostiary jwk set makes one)",
                             path, why.detail);
    ost_keyset_unref(set);
    snprintf(r->seed, sizeof r->seed, "/tmp/ostiary-keys-XXXXXX");
    int fd = mkstemp(r->seed);
    if (fd < 0 || write(fd, keys.data, keys.len) != (ssize_t)keys.len)
        result = ost_error_set(error, OST_E_SYSTEM, "the key set cannot be copied");
    if (fd >= 0)
        close(fd);
    r->issuer.seed_file = r->seed;
    r->issuer.jwks_url = "https://127.0.0.1:1/";
    return result;
}

static ost_result take_key_set(const char *where, explain_request *r, ost_arena *arena,
                               ost_error *error)
{
    ost_text text = text_of(where);
    if (!text_starts(text, "https://") && !text_starts(text, "http://"))
        return take_key_file(where, r, arena, error);
    r->issuer.jwks_url = where;
    return OST_OK;
}

/* ---- what proves the sender ---- */

/* The first certificate of a PEM file; what has no blocks is DER. */
static ost_result read_certificate(const char *path, ost_arena *arena, ost_text *ret_der,
                                   ost_error *error)
{
    ost_text content, rest;
    pem_block block;
    bool found, is_pem = false;
    ost_result result = tool_read(path, arena, &content, error);
    if (result != OST_OK)
        return result;
    rest = content;
    while ((result = pem_next(&rest, &found, &block)) == OST_OK && found) {
        is_pem = true;
        if (text_is(block.label, "CERTIFICATE"))
            break;
    }
    if (result == OST_OK && found)
        result = pem_decode(&block, arena, &content);
    else if (result == OST_OK && is_pem)
        result = OST_E_KEY_FORMAT;
    if (result != OST_OK)
        return ost_error_set(error, result, "%s: no certificate in it", path);
    *ret_der = content;
    return OST_OK;
}

/* A token that comes with a proof comes by the scheme DPoP. */
static ost_result read_proof(const option_values *values, explain_request *r, ost_text token,
                             ost_arena *arena, ost_error *error)
{
    const char *path = options_get(values, "proof"), *method = options_get(values, "method");
    const char *url = options_get(values, "url");
    if (path == NULL && (method != NULL || url != NULL))
        return ost_error_set(error, OST_E_ARGUMENT, "--method and --url belong to a --proof");
    if (path == NULL)
        return OST_OK;
    if (url == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "--proof needs the --url that was asked");
    ost_result result = tool_read_line(path, arena, &r->proof, error);
    if (result != OST_OK)
        return result;
    const char *field = ost_arena_format(arena, "DPoP %.*s", (int)token.len, token.data);
    if (field == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    r->authorization = text_of(field);
    r->credentials.bearer = (ost_text){0};
    r->credentials.authorization = &r->authorization;
    r->credentials.authorization_count = 1;
    r->credentials.dpop = &r->proof;
    r->credentials.dpop_count = 1;
    r->credentials.method = text_of(method != NULL ? method : "GET");
    r->credentials.url = text_of(url);
    return OST_OK;
}

static ost_result read_credentials(const option_values *values, explain_request *r, ost_text token,
                                   ost_arena *arena, ost_error *error)
{
    const char *certificate = options_get(values, "certificate");
    r->credentials = (ost_credentials){.bearer = token};
    ost_result result = read_proof(values, r, token, arena, error);
    if (result == OST_OK && certificate != NULL)
        result = read_certificate(certificate, arena, &r->credentials.certificate, error);
    return result;
}

/* ---- kinds of tokens ---- */

/* Whose word is asked for. The secret comes from a file: it is not to be seen in the list of
 * processes, not even for a moment. */
static ost_result read_introspection(const option_values *values, explain_request *r,
                                     ost_arena *arena, ost_error *error)
{
    const char *which = options_get(values, "introspect");
    const char *client = options_get(values, "introspection-client");
    const char *path = options_get(values, "introspection-secret-file");
    ost_text line;
    if (which == NULL && client == NULL && path == NULL)
        return OST_OK;
    if (which == NULL || client == NULL || path == NULL)
        return ost_error_set(error, OST_E_ARGUMENT,
                             "--introspect, --introspection-client and --introspection-secret-file "
                             "go together");
    bool every = strcmp(which, "every") == 0;
    if (!every && strcmp(which, "opaque") != 0)
        return ost_error_set(error, OST_E_ARGUMENT, "--introspect is opaque or every");
    ost_result result = tool_read_line(path, arena, &line, error);
    if (result != OST_OK)
        return result;
    const char *secret = ost_arena_copy(arena, line);
    r->issuer.introspection =
        (ost_introspection){.client_id = client, .client_secret = secret, .every_token = every};
    return secret != NULL ? OST_OK : ost_error_set(error, OST_E_MEMORY, "out of memory");
}

static ost_result read_decryption_keys(const option_values *values, explain_request *r,
                                       ost_arena *arena, ost_error *error)
{
    tool_keys keys;
    if (!options_has(values, "decryption-key"))
        return OST_OK;
    ost_result result = tool_keys_named(values, "decryption-key", arena, &keys, error);
    if (result != OST_OK)
        return result;
    for (size_t i = 0; i < keys.count && result == OST_OK; i++)
        result = tool_need_private(keys.keys[i], "decrypt", error);
    if (result == OST_OK) {
        result = keyset_gather(keys.keys, keys.count, &r->decryption_keys);
        if (result != OST_OK)
            error_set_sentence(error, result);
    }
    tool_keys_free(&keys);
    return result;
}

static ost_result read_request(const option_values *values, explain_request *r, ost_arena *arena,
                               ost_error *error)
{
    uint64_t now;
    ost_result result =
        options_number(values, "now", (uint64_t)ost_now(NULL), 0, (uint64_t)1 << 53, &now, error);
    if (result != OST_OK)
        return result;
    const char *proxy = options_get(values, "proxy");
    if (proxy != NULL && proxy[0] == '\0')
        proxy = NULL;
    r->now = (int64_t)now;
    r->clock = (ost_context){.now = fixed_now, .user = r};
    r->issuer = (ost_issuer){
        .issuer = options_get(values, "issuer"),
        .audiences = r->audiences,
        .audience_count = read_list(values, "audience", r->audiences),
        .insecure_any_audience = options_has(values, "insecure-any-audience"),
        .clients = r->clients,
        .client_count = read_list(values, "client", r->clients),
        .discovery_url = options_get(values, "discovery-url"),
        .client_is_audience = options_has(values, "client-is-audience"),
        .insecure_http = options_has(values, "insecure-http"),
        .ca_file = options_get(values, "ca-file"),
        .proxy = proxy,
        .no_proxy = proxy != NULL ? options_get(values, "no-proxy") : NULL,
        .tenants = r->tenants,
        .tenant_count = read_list(values, "tenant", r->tenants),
        .any_tenant = options_has(values, "any-tenant"),
        .access_token_profile = options_has(values, "access-token-profile"),
        .status_lists = {.origins = r->origins,
                         .origin_count = read_list(values, "status-origin", r->origins)},
    };
    if (r->issuer.issuer == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "--issuer is needed");
    if (r->issuer.audience_count == 0 && !r->issuer.insecure_any_audience)
        return ost_error_set(error, OST_E_ARGUMENT, "--audience is needed");
    if (r->issuer.ca_file != NULL && access(r->issuer.ca_file, R_OK) != 0)
        return ost_error_set(error, OST_E_SYSTEM, "%s: %s", r->issuer.ca_file, strerror(errno));
    result = read_policy(values, r, arena, error);
    if (result == OST_OK)
        result = read_introspection(values, r, arena, error);
    if (result == OST_OK)
        result = read_decryption_keys(values, r, arena, error);
    const char *jwks = options_get(values, "jwks");
    if (result == OST_OK && jwks != NULL)
        result = take_key_set(jwks, r, arena, error);
    return result;
}

ost_result explain_request_read(const option_values *values, ost_text token, explain_request *r,
                                ost_arena *arena, ost_error *error)
{
    ost_result result = read_request(values, r, arena, error);
    return result == OST_OK ? read_credentials(values, r, token, arena, error) : result;
}

void explain_request_clear(explain_request *r)
{
    ost_keyset_unref(r->decryption_keys);
    if (r->seed[0] != '\0')
        unlink(r->seed);
}
