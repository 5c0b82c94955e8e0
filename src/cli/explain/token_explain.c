/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary token explain`: asks a guard for its verdict on a token, and tells why it is so. */
#include <errno.h>
#include <semaphore.h>

#include "base/json/json_writer.h"
#include "cli/explain/explain.h"
#include "cli/explain/explain_report.h"
#include "cli/explain/explain_request.h"
#include "cli/tool/tool.h"

#define WAIT_SECONDS 6
#define FETCHES_MAX 4 /* that one check may have to wait for, one after the other */

/* Waits until the keys are there, or the first attempt to get them has failed. */
static void wait_for_keys(ost_guard *guard, ost_arena *arena)
{
    for (int i = 0; i < WAIT_SECONDS; i++) {
        const ost_json *state;
        int64_t failures = 0;
        ost_json_writer *writer = ost_json_writer_new(arena, 0);
        if (ost_guard_wait_ready(guard, 1) || writer == NULL)
            return;
        ost_guard_describe(guard, writer);
        if (json_writer_read(writer, NULL, &state, NULL) != OST_OK)
            return;
        const ost_json *issuer = ost_json_first(ost_json_get(state, "issuers"));
        (void)!ost_json_integer(ost_json_get(issuer, "failures"), &failures);
        if (failures > 0)
            return;
    }
}

static void end_waiting(void *user)
{
    sem_post(user);
}

/* What is being fetched is waited for: keys, the issuer's word, a status list. */
static void check_patiently(ost_guard *guard, const explain_request *r, check_trace *trace,
                            ost_arena *arena, ost_verdict *ret_verdict)
{
    sem_t ended;
    sem_init(&ended, 0, 0);
    for (int tries = 0; tries <= FETCHES_MAX; tries++) {
        guard_check_traced(guard, &r->policy, &r->credentials, tries < FETCHES_MAX, trace, arena,
                           ret_verdict);
        if (ret_verdict->decision != OST_WAIT)
            break;
        if (ost_guard_wait(guard, ret_verdict, end_waiting, &ended) == OST_OK) {
            while (sem_wait(&ended) != 0 && errno == EINTR)
                continue;
        }
    }
    sem_destroy(&ended);
}

static ost_result explain_with(const option_values *values, explain_request *r, ost_text token,
                               ost_arena *arena, bool *ret_allowed, ost_error *error)
{
    explain_step steps[CHECK_STEPS];
    check_trace trace = {.past_failure = true};
    ost_verdict verdict;
    ost_guard *guard;
    const ost_guard_config config = {.issuers = &r->issuer,
                                     .issuer_count = 1,
                                     .context = &r->clock,
                                     .decryption_keys = r->decryption_keys,
                                     .no_cache = true};
    ost_result result = ost_guard_new(&config, &guard, error);
    if (result != OST_OK)
        return result == OST_E_CONFIG ? OST_E_ARGUMENT : result;
    wait_for_keys(guard, arena);
    check_patiently(guard, r, &trace, arena, &verdict);
    const explain_input input = {.token = token,
                                 .credentials = &r->credentials,
                                 .issuer = &r->issuer,
                                 .policy = &r->policy,
                                 .arena = arena};
    result = explain_token(&input, &trace, steps);
    ost_guard_free(guard);
    if (result != OST_OK)
        return ost_error_set(error, result, "out of memory");
    *ret_allowed = verdict.decision == OST_ALLOW;
    if (options_has(values, "json"))
        return explain_print_json(steps, &verdict, trace.verified, arena, error);
    explain_print(steps, &verdict, trace.verified);
    return OST_OK;
}

static bool allowed;

static ost_result explain(const option_values *values, ost_arena *arena, ost_error *error)
{
    explain_request r = {.now = 0};
    ost_text token;
    ost_result result = tool_token(values, arena, &token, error);
    if (result == OST_OK)
        result = explain_request_read(values, token, &r, arena, error);
    if (result == OST_OK)
        result = explain_with(values, &r, token, arena, &allowed, error);
    explain_request_clear(&r);
    return result;
}

static int explain_run(const option_values *values)
{
    int status = tool_run(values, "token explain", explain);
    return status == EXIT_DONE && !allowed ? EXIT_FAILED : status;
}

static const option options[] = {
    {"issuer", "URL", NULL, NULL, "who must have issued it"},
    {"audience", "TEXT...", NULL, NULL, "whom it must be for: one of these"},
    {"insecure-any-audience", NULL, NULL, NULL, "do not look at aud"},
    {"client", "ID...", NULL, NULL, "to which client: one of these (any)"},
    {"scope", "NAME...", NULL, NULL, "a scope that is asked for"},
    {"realm-role", "NAME...", NULL, NULL, "a realm role that is asked for"},
    {"client-role", "CLIENT:NAME...", NULL, NULL, "a client role that is asked for"},
    {"policy", "FILE", NULL, NULL, "all that a route asks for, as JSON, instead of these three"},
    {"access-token-profile", NULL, NULL, NULL, "ask for all that RFC 9068 asks for"},
    {"proof", "FILE", NULL, NULL, "the DPoP proof that came with it"},
    {"method", "NAME", NULL, NULL, "of the request that the proof is for (GET)"},
    {"url", "URL", NULL, NULL, "of the request that the proof is for"},
    {"certificate", "FILE", NULL, NULL, "the client's, PEM or DER"},
    {"decryption-key", "FILE...", NULL, NULL, "this API's own, of encrypted tokens"},
    {"introspect", "WHICH", NULL, NULL, "ask the issuer: opaque (what is no JWT), or every"},
    {"introspection-client", "ID", NULL, NULL, "the client to ask as"},
    {"introspection-secret-file", "FILE", NULL, NULL, "a file with its secret"},
    {"status-origin", "URL...", NULL, NULL, "where status lists may come from"},
    {"jwks", "FILE|URL", NULL, NULL, "the issuer's key set, instead of what its metadata names"},
    {"client-is-audience", NULL, NULL, NULL,
     "a token without aud, as Amazon Cognito has them, is for its client_id"},
    {"tenant", "ID...", NULL, NULL,
     "of an issuer with {tenantid} in its name: tenant that may come in"},
    {"any-tenant", NULL, NULL, NULL, "or whatever tenant of it"},
    {"discovery-url", "URL", NULL, NULL, "where its metadata is, if not under its own name"},
    {"insecure-http", NULL, NULL, NULL, "fetch by http from hosts that are not loopback"},
    {"ca-file", "FILE", NULL, NULL, "PEM of the authorities to trust (the system's)"},
    {"proxy", "URL", "HTTPS_PROXY", "https_proxy",
     "proxy to reach the issuer over https by (none)"},
    {"no-proxy", "HOSTS", "NO_PROXY", "no_proxy", "hosts that are reached without it (none)"},
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
    .run = explain_run,
};
