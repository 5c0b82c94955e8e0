/* `ostiary token explain`: asks a guard for its verdict on a token, and tells why it is so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"
#include "text.h"
#include "tool.h"
#include "tool_file.h"

#define LIST_MAX 32
#define WAIT_SECONDS 6

/* Everything that was asked for. */
typedef struct request {
    const char *audiences[LIST_MAX], *clients[LIST_MAX];
    const char *scopes[LIST_MAX + 1], *realm_roles[LIST_MAX + 1], *client_roles[LIST_MAX + 1];
    ost_issuer issuer;
    ost_policy policy;
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

/* The guard keeps its seed up to date, so it is given a copy; nothing listens where it then asks.
 */
static ost_result take_key_set(const char *path, request *r, ost_arena *arena, ost_error *ret_error)
{
    ost_text keys;
    ost_result result = tool_read(path, arena, &keys, ret_error);
    if (result != OST_OK)
        return result;
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
    r->policy = (ost_policy){
        .scopes = read_conditions(values, "scope", r->scopes),
        .realm_roles = read_conditions(values, "realm-role", r->realm_roles),
        .client_roles = read_conditions(values, "client-role", r->client_roles),
    };
    if (r->issuer.issuer == NULL)
        return ost_error_set(ret_error, OST_E_ARGUMENT, "--issuer is needed");
    if (r->issuer.audience_count == 0 && !r->issuer.insecure_any_audience)
        return ost_error_set(ret_error, OST_E_ARGUMENT, "--audience is needed");
    const char *jwks = options_get(values, "jwks");
    return jwks != NULL ? take_key_set(jwks, r, arena, ret_error) : OST_OK;
}

/* ---- what is printed ---- */

static void print_part(const char *label, ost_text text)
{
    if (text.len > 0)
        printf("             %-9s %.*s\n", label, (int)text.len, text.data);
}

/* A paragraph within 80 columns. */
static void print_advice(ost_text text)
{
    static const char indent[] = "             ";
    int column = 0;
    ost_text word;
    while (text_next(&text, ' ', &word)) {
        if (column == 0 || column + 1 + (int)word.len > 80)
            column = printf("%s%s%.*s", column == 0 ? "" : "\n", indent, (int)word.len, word.data) -
                     (column == 0 ? 0 : 1);
        else
            column += printf(" %.*s", (int)word.len, word.data);
    }
    puts("");
}

static void print_steps(const explain_step steps[EXPLAIN_STEPS])
{
    static const char *const marks[] = {"   -", "  ok", "FAIL"};
    bool verified = steps[EXPLAIN_SIGNATURE].outcome == EXPLAIN_PASSED;
    for (explain_name name = EXPLAIN_SIZE; name < EXPLAIN_STEPS; name++) {
        const explain_step *step = &steps[name];
        bool hearsay = name > EXPLAIN_SIGNATURE && !verified && step->outcome != EXPLAIN_UNKNOWN;
        ost_text seen = step->outcome == EXPLAIN_PASSED ? step->seen : (ost_text){"", 0};
        printf("%s %-*s%.*s%s\n", marks[step->outcome], seen.len > 0 ? 10 : 0,
               explain_step_name(name), (int)seen.len, seen.data, hearsay ? " (unverified)" : "");
        if (step->outcome == EXPLAIN_FAILED) {
            print_part("expected", step->expected);
            print_part("seen", step->seen);
            print_advice(step->advice);
        }
    }
}

static void print_verdict(const ost_verdict *verdict)
{
    if (verdict->decision == OST_ALLOW)
        puts("\nThe guard lets it in.");
    else
        printf("\nThe guard answers %d, %s: %s.\n", verdict->status,
               ost_result_name(verdict->reason), ost_result_sentence(verdict->reason));
}

static void put_step(ost_json_writer *writer, explain_name name, const explain_step *step)
{
    static const char *const outcomes[] = {"unknown", "passed", "failed"};
    ost_json_open_object(writer);
    ost_json_member_string(writer, "check", explain_step_name(name));
    ost_json_member_string(writer, "outcome", outcomes[step->outcome]);
    if (step->outcome == EXPLAIN_FAILED)
        ost_json_member_string(writer, "reason", ost_result_name(step->reason));
    if (step->outcome != EXPLAIN_UNKNOWN) {
        ost_json_member_text(writer, "expected", step->expected);
        ost_json_member_text(writer, "seen", step->seen);
    }
    if (step->advice.len > 0)
        ost_json_member_text(writer, "advice", step->advice);
    ost_json_close_object(writer);
}

static ost_result print_json(const explain_step steps[EXPLAIN_STEPS], const ost_verdict *verdict,
                             ost_arena *arena, ost_error *ret_error)
{
    ost_text text;
    bool allowed = verdict->decision == OST_ALLOW;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(writer);
    ost_json_member_boolean(writer, "allowed", allowed);
    ost_json_member_integer(writer, "status", verdict->status);
    if (!allowed)
        ost_json_member_string(writer, "reason", ost_result_name(verdict->reason));
    ost_json_member_boolean(writer, "verified", steps[EXPLAIN_SIGNATURE].outcome == EXPLAIN_PASSED);
    ost_json_put_name(writer, OST_TEXT("checks"));
    ost_json_open_array(writer);
    for (explain_name name = EXPLAIN_SIZE; name < EXPLAIN_STEPS; name++)
        put_step(writer, name, &steps[name]);
    ost_json_close_array(writer);
    ost_json_close_object(writer);
    ost_result result = ost_json_writer_finish(writer, &text);
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
    puts(text.data);
    return OST_OK;
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

static void judge(ost_guard *guard, const request *r, ost_text token, ost_arena *arena,
                  ost_verdict *ret_verdict)
{
    const ost_credentials credentials = {.bearer = token};
    wait_for_keys(guard, arena);
    ost_guard_check(guard, &r->policy, &credentials, false, arena, ret_verdict);
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
    judge(guard, r, token, arena, &verdict);
    const explain_input input = {.token = token,
                                 .issuer = &r->issuer,
                                 .policy = &r->policy,
                                 .guard = guard,
                                 .now = r->now,
                                 .arena = arena};
    result = explain_token(&input, steps);
    ost_guard_free(guard);
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "out of memory");
    *ret_allowed = verdict.decision == OST_ALLOW;
    if (options_has(values, "json"))
        return print_json(steps, &verdict, arena, ret_error);
    print_steps(steps);
    print_verdict(&verdict);
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
    {"access-token-profile", NULL, NULL, NULL, "ask for all that RFC 9068 asks for"},
    {"jwks", "FILE", NULL, NULL, "the issuer's key set; nothing is fetched then"},
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
