/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary token explain`: asks a guard for its verdict on a token, and tells why it is so. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/explain/explain.h"
#include "cli/explain/explain_report.h"
#include "cli/tool/tool.h"
#include "cli/tool/tool_file.h"
#include "cli/tool/tool_key.h"
#include "jose/key/pem.h"

#define LIST_MAX 32
#define WAIT_SECONDS 6

/* Everything that was asked for. */
typedef struct request {
    const char *audiences[LIST_MAX], *clients[LIST_MAX];
    const char *scopes[LIST_MAX + 1], *realm_roles[LIST_MAX + 1], *client_roles[LIST_MAX + 1];
    ost_issuer issuer;
    ost_policy policy;
    ost_credentials credentials;
    ost_text authorization, proof; /* what the credentials point to */
    ost_context clock;
    int64_t now;
    char seed[64]; /* a copy of the key set given; empty: none */
} request;

static int64_t fixed_now(void *user)
{
    return ((const request *)user)->now;
}

static size_t read_list(const option_values *values, const char *name, const char **ret)
{
    size_t count = 0;
    const char *value;
    for (; count < LIST_MAX && (value = options_nth(values, name, count)) != NULL; count++)
        ret[count] = value;
    return count;
}

/* NULL where nothing is asked for. */
static const char *const *read_conditions(const option_values *values, const char *name,
                                          const char *ret[LIST_MAX + 1])
{
    size_t count = read_list(values, name, ret);
    ret[count] = NULL;
    return count > 0 ? ret : NULL;
}

/* What a route asks for: by options, or by a file as a program reads it. */
static ost_result read_policy(const option_values *values, request *r, ost_arena *arena,
                              ost_error *ret_error)
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
        return ost_error_set(ret_error, OST_E_ARGUMENT,
                             "--policy says all that is asked for: no --scope, --realm-role or "
                             "--client-role beside it");
    ost_result result = tool_read(path, arena, &json, ret_error);
    if (result != OST_OK)
        return result;
    result = ost_policy_read(json, arena, &policy, &why);
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "%s is not a policy: %s", path, why.detail);
    if (policy->open)
        return ost_error_set(ret_error, OST_E_ARGUMENT, "%s is open: no token is looked at", path);
    r->policy = *policy;
    return OST_OK;
}

/* The guard keeps its seed up to date, so it is given a copy; nothing listens where it then asks.
 */
static ost_result take_key_file(const char *path, request *r, ost_arena *arena,
                                ost_error *ret_error)
{
    ost_text keys;
    ost_keyset *set;
    ost_error why = {0};
    ost_result result = tool_read(path, arena, &keys, ret_error);
    if (result != OST_OK)
        return result;
    result = ost_keyset_import(keys, TOOL_KEYS_MAX, &set, NULL, &why);
    if (result != OST_OK)
        return ost_error_set(ret_error, result,
                             "%s is not a JWK Set with keys to verify with: %s "
                             "(ostiary jwk set makes one)",
                             path, why.detail);
    ost_keyset_unref(set);
    snprintf(r->seed, sizeof r->seed, "/tmp/ostiary-keys-XXXXXX");
    int fd = mkstemp(r->seed);
    if (fd < 0 || write(fd, keys.data, keys.len) != (ssize_t)keys.len)
        result = ost_error_set(ret_error, OST_E_SYSTEM, "the key set cannot be copied");
    if (fd >= 0)
        close(fd);
    r->issuer.seed_file = r->seed;
    r->issuer.jwks_url = "https://127.0.0.1:1/";
    return result;
}

static ost_result take_key_set(const char *where, request *r, ost_arena *arena,
                               ost_error *ret_error)
{
    ost_text text = text_of(where);
    if (!text_starts(text, "https://") && !text_starts(text, "http://"))
        return take_key_file(where, r, arena, ret_error);
    r->issuer.jwks_url = where;
    return OST_OK;
}

/* ---- what proves the sender ---- */

/* The first certificate of a PEM file; what has no blocks is DER. */
static ost_result read_certificate(const char *path, ost_arena *arena, ost_text *ret_der,
                                   ost_error *ret_error)
{
    ost_text content, rest;
    pem_block block;
    bool found, is_pem = false;
    ost_result result = tool_read(path, arena, &content, ret_error);
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
        return ost_error_set(ret_error, result, "%s: no certificate in it", path);
    *ret_der = content;
    return OST_OK;
}

/* A token that comes with a proof comes by the scheme DPoP. */
static ost_result read_proof(const option_values *values, request *r, ost_text token,
                             ost_arena *arena, ost_error *ret_error)
{
    const char *path = options_get(values, "proof"), *method = options_get(values, "method");
    const char *url = options_get(values, "url");
    if (path == NULL && (method != NULL || url != NULL))
        return ost_error_set(ret_error, OST_E_ARGUMENT, "--method and --url belong to a --proof");
    if (path == NULL)
        return OST_OK;
    if (url == NULL)
        return ost_error_set(ret_error, OST_E_ARGUMENT, "--proof needs the --url that was asked");
    ost_result result = tool_read_line(path, arena, &r->proof, ret_error);
    if (result != OST_OK)
        return result;
    const char *field = ost_arena_format(arena, "DPoP %.*s", (int)token.len, token.data);
    if (field == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
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

static ost_result read_credentials(const option_values *values, request *r, ost_text token,
                                   ost_arena *arena, ost_error *ret_error)
{
    const char *certificate = options_get(values, "certificate");
    r->credentials = (ost_credentials){.bearer = token};
    ost_result result = read_proof(values, r, token, arena, ret_error);
    if (result == OST_OK && certificate != NULL)
        result = read_certificate(certificate, arena, &r->credentials.certificate, ret_error);
    return result;
}

static ost_result read_request(const option_values *values, request *r, ost_arena *arena,
                               ost_error *ret_error)
{
    uint64_t now;
    ost_result result = options_number(values, "now", (uint64_t)ost_now(NULL), 0, (uint64_t)1 << 53,
                                       &now, ret_error);
    if (result != OST_OK)
        return result;
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
        .insecure_http = options_has(values, "insecure-http"),
        .ca_file = options_get(values, "ca-file"),
        .access_token_profile = options_has(values, "access-token-profile"),
    };
    if (r->issuer.issuer == NULL)
        return ost_error_set(ret_error, OST_E_ARGUMENT, "--issuer is needed");
    if (r->issuer.audience_count == 0 && !r->issuer.insecure_any_audience)
        return ost_error_set(ret_error, OST_E_ARGUMENT, "--audience is needed");
    if (r->issuer.ca_file != NULL && access(r->issuer.ca_file, R_OK) != 0)
        return ost_error_set(ret_error, OST_E_SYSTEM, "%s: %s", r->issuer.ca_file, strerror(errno));
    result = read_policy(values, r, arena, ret_error);
    const char *jwks = options_get(values, "jwks");
    if (result == OST_OK && jwks != NULL)
        result = take_key_set(jwks, r, arena, ret_error);
    return result;
}

/* ---- the work ---- */

/* Waits until the keys are there, or the first attempt to get them has failed. */
static void wait_for_keys(ost_guard *guard, ost_arena *arena)
{
    for (int i = 0; i < WAIT_SECONDS; i++) {
        ost_text text;
        const ost_json *state;
        int64_t failures = 0;
        ost_json_writer *writer = ost_json_writer_new(arena, 0);
        if (ost_guard_wait_ready(guard, 1) || writer == NULL)
            return;
        ost_guard_describe(guard, writer);
        if (ost_json_writer_finish(writer, &text) != OST_OK ||
            ost_json_read(text, NULL, arena, &state, NULL) != OST_OK)
            return;
        const ost_json *issuer = ost_json_first(ost_json_get(state, "issuers"));
        (void)!ost_json_integer(ost_json_get(issuer, "failures"), &failures);
        if (failures > 0)
            return;
    }
}

/* A key that is just being fetched is waited for. */
static void check_patiently(ost_guard *guard, const request *r, ost_arena *arena,
                            ost_verdict *ret_verdict)
{
    static const struct timespec moment = {.tv_nsec = 20000000};
    for (int tries = 0; tries < 300; tries++) {
        ost_guard_check(guard, &r->policy, &r->credentials, false, arena, ret_verdict);
        if (ret_verdict->reason != OST_E_KEY_UNKNOWN || ret_verdict->retry_after != 1)
            return;
        nanosleep(&moment, NULL);
    }
}

static ost_result explain_with(const option_values *values, request *r, ost_text token,
                               ost_arena *arena, bool *ret_allowed, ost_error *ret_error)
{
    explain_step steps[EXPLAIN_STEPS];
    ost_verdict verdict;
    ost_guard *guard;
    const ost_guard_config config = {
        .issuers = &r->issuer, .issuer_count = 1, .context = &r->clock, .no_cache = true};
    ost_result result = ost_guard_new(&config, &guard, ret_error);
    if (result != OST_OK)
        return result == OST_E_CONFIG ? OST_E_ARGUMENT : result;
    wait_for_keys(guard, arena);
    check_patiently(guard, r, arena, &verdict);
    const explain_input input = {.token = token,
                                 .credentials = &r->credentials,
                                 .issuer = &r->issuer,
                                 .policy = &r->policy,
                                 .guard = guard,
                                 .clock = &r->clock,
                                 .now = r->now,
                                 .arena = arena};
    result = explain_token(&input, &verdict, steps);
    ost_guard_free(guard);
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "out of memory");
    *ret_allowed = verdict.decision == OST_ALLOW;
    if (options_has(values, "json"))
        return explain_print_json(steps, &verdict, arena, ret_error);
    explain_print(steps, &verdict);
    return OST_OK;
}

static bool allowed;

static ost_result explain(const option_values *values, ost_arena *arena, ost_error *ret_error)
{
    request r = {.now = 0};
    ost_text token;
    ost_result result = read_request(values, &r, arena, ret_error);
    if (result == OST_OK)
        result = tool_token(values, arena, &token, ret_error);
    if (result == OST_OK)
        result = read_credentials(values, &r, token, arena, ret_error);
    if (result == OST_OK)
        result = explain_with(values, &r, token, arena, &allowed, ret_error);
    if (r.seed[0] != '\0')
        unlink(r.seed);
    return result;
}

static int run(const option_values *values)
{
    int status = tool_run(values, "token explain", explain);
    return status == EXIT_DONE && !allowed ? EXIT_FAILED : status;
}

static const option options[] = {
    {"issuer", "URL", NULL, NULL, "who must have issued it"},
    {"audience", "TEXT", NULL, NULL, "whom it must be for: one of these; repeatable"},
    {"insecure-any-audience", NULL, NULL, NULL, "do not look at aud"},
    {"client", "ID", NULL, NULL, "to which client: one of these; repeatable (any)"},
    {"scope", "NAME", NULL, NULL, "a scope that is asked for; repeatable"},
    {"realm-role", "NAME", NULL, NULL, "a realm role that is asked for; repeatable"},
    {"client-role", "CLIENT:NAME", NULL, NULL, "a client role that is asked for; repeatable"},
    {"policy", "FILE", NULL, NULL, "all that a route asks for, as JSON, instead of these three"},
    {"access-token-profile", NULL, NULL, NULL, "ask for all that RFC 9068 asks for"},
    {"proof", "FILE", NULL, NULL, "the DPoP proof that came with it"},
    {"method", "NAME", NULL, NULL, "of the request that the proof is for (GET)"},
    {"url", "URL", NULL, NULL, "of the request that the proof is for"},
    {"certificate", "FILE", NULL, NULL, "the client's, PEM or DER"},
    {"jwks", "FILE|URL", NULL, NULL, "the issuer's key set, instead of what its metadata names"},
    {"discovery-url", "URL", NULL, NULL, "where its metadata is, if not under its own name"},
    {"insecure-http", NULL, NULL, NULL, "fetch by http from hosts that are not loopback"},
    {"ca-file", "FILE", NULL, NULL, "PEM of the authorities to trust (the system's)"},
    {"now", "SECONDS", NULL, NULL, "the time, since 1970 (the clock's)"},
    {"json", NULL, NULL, NULL, "print one JSON object"},
    {0},
};
const command command_token_explain = {
    .words = "token explain",
    .operands = "[TOKEN]",
    .summary = "Tell every check of a token, what was expected and seen, and how to mend it.",
    .options = options,
    .max_operands = 1,
    .run = run,
};
