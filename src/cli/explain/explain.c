/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of `ostiary token explain`; see explain.h. Each step asks the function that the guard
 * asks, so that the two cannot disagree. */
#include "cli/explain/explain.h"

#include <string.h>

#include "base/base64url.h"
#include "base/text.h"
#include "cli/explain/explain_form.h"
#include "cli/printable.h"
#include "guard/claims_lookup.h"
#include "guard/guard_keys.h"
#include "guard/policy_check.h"
#include "guard/token_kind.h"

#define TOKEN_SIZE ((size_t)16 << 10) /* the guard's default */
#define SHOWN_MAX 160

typedef struct explaining {
    const explain_input *in;
    explain_step *steps;
    ost_unverified_token read; /* once the form is good */
    ost_unverified_jws jws;
    const ost_claims *claims; /* unverified unless the signature step passed */
    bool has_jws, failed_memory;
} explaining;

const char *explain_step_name(explain_name name)
{
    static const char *const names[EXPLAIN_STEPS] = {
        "size",     "form", "algorithm", "header", "key",    "signature", "issuer",
        "audience", "time", "type",      "client", "sender", "policy"};
    return names[name];
}

/* Text of the token's own is cut and made harmless. */
static ost_text shown(explaining *e, ost_text text)
{
    char *copy = ost_arena_copy(e->in->arena, text_slice(text, 0, SHOWN_MAX));
    if (copy == NULL) {
        e->failed_memory = true;
        return (ost_text){0};
    }
    printable_make(copy);
    return text_of(copy);
}

static void say(explaining *e, explain_name name, ost_result reason, ost_text expected,
                ost_text seen)
{
    explain_step *step = &e->steps[name];
    step->outcome = reason == OST_OK ? EXPLAIN_PASSED : EXPLAIN_FAILED;
    step->reason = reason;
    step->expected = shown(e, expected);
    step->seen = shown(e, seen);
}

static ost_text format_size(explaining *e, size_t size)
{
    return text_of(ost_arena_format(e->in->arena, "%zu bytes", size));
}

static void say_form(explaining *e, ost_result result, const ost_error *error)
{
    explain_mistake known = explain_form(e->in->token);
    say(e, EXPLAIN_FORM, result,
        OST_TEXT("a signed token: three parts of strict base64url and JSON"),
        result == OST_OK     ? OST_TEXT("three parts")
        : known.seen.len > 0 ? known.seen
                             : text_of(error->detail));
}

static void check_form(explaining *e)
{
    ost_error error = {0};
    ost_text token = e->in->token;
    say(e, EXPLAIN_SIZE, token.len <= TOKEN_SIZE ? OST_OK : OST_E_CEILING,
        OST_TEXT("at most 16384 bytes"), format_size(e, token.len));
    say_form(e, ost_jwt_read_unverified(token, e->in->arena, &e->read, &error), &error);
}

/* The header by itself, which the strict reader judges as a whole. */
static void check_header(explaining *e)
{
    ost_error error = {0};
    ost_text alg = {0};
    ost_algs accepted = e->in->issuer->algorithms;
    bool readable = e->steps[EXPLAIN_FORM].outcome == EXPLAIN_PASSED;
    ost_result result =
        ost_jws_read_unverified(e->in->token, accepted, e->in->arena, &e->jws, &error);
    e->has_jws = result == OST_OK;
    (void)!ost_json_text(ost_json_get(e->has_jws ? e->jws.header : e->read.header, "alg"), &alg);
    if (result == OST_E_ALGORITHM || result == OST_OK)
        say(e, EXPLAIN_ALGORITHM, result,
            OST_TEXT("an asymmetric signature: RS, PS, ES 256 to 512, EdDSA"), alg);
    if (result == OST_OK) {
        result = token_kind_check_header(e->jws.typ, e->in->issuer->access_token_profile, &error);
        say(e, EXPLAIN_HEADER, result, OST_TEXT("typ JWT, at+jwt or none; nothing critical"),
            result != OST_OK     ? text_of(error.detail)
            : e->jws.typ.len > 0 ? e->jws.typ
                                 : OST_TEXT("no typ"));
    } else if (readable && result == OST_E_TOKEN_FORMAT && text_ends(e->in->token, ".")) {
        say_form(e, result, &error); /* claims can be read without a signature */
    } else if (readable && result != OST_E_ALGORITHM) {
        say(e, EXPLAIN_HEADER, result, OST_TEXT("typ JWT, at+jwt or none; nothing critical"),
            text_of(error.detail));
    }
}

static void check_issuer(explaining *e)
{
    ost_text name = {0};
    (void)!ost_json_text(ost_json_get(e->read.claims, "iss"), &name);
    say(e, EXPLAIN_ISSUER, text_is(name, e->in->issuer->issuer) ? OST_OK : OST_E_ISSUER,
        text_of(e->in->issuer->issuer), name.len > 0 ? name : OST_TEXT("no iss"));
}

/* What the guard says about its issuer, by the name of the member; `fallback`: nothing. */
static ost_text said_of_issuer(explaining *e, const char *member, ost_text fallback)
{
    ost_text text, said = fallback;
    const ost_json *state;
    ost_json_writer *writer = ost_json_writer_new(e->in->arena, 0);
    if (writer == NULL)
        return fallback;
    ost_guard_describe(e->in->guard, writer);
    if (ost_json_writer_finish(writer, &text) == OST_OK &&
        ost_json_read(text, NULL, e->in->arena, &state, NULL) == OST_OK) {
        const ost_json *first = ost_json_first(ost_json_get(state, "issuers"));
        (void)!ost_json_text(ost_json_get(first, member), &said);
    }
    return said;
}

/* The ids, so that one that is missing shows. */
static ost_text list_keys(explaining *e, const ost_keyset *keys)
{
    size_t count = ost_keyset_count(keys);
    const char *text = ost_arena_format(e->in->arena, "one of the issuer's keys:");
    for (size_t i = 0; i < count && i < 8 && text != NULL; i++) {
        ost_text kid = ost_key_kid(ost_keyset_at(keys, i));
        if (kid.len == 0)
            kid = OST_TEXT("(one without an id)");
        text = ost_arena_format(e->in->arena, "%s%s %.*s", text, i > 0 ? "," : "", (int)kid.len,
                                kid.data);
    }
    ost_text left_out = said_of_issuer(e, "left_out", (ost_text){0});
    if (left_out.len > 0 && text != NULL)
        text = ost_arena_format(e->in->arena, "%s; left out: %.*s", text, (int)left_out.len,
                                left_out.data);
    return text_of(text);
}

/* In base64url; 0 where it is not known. */
static size_t signature_length(const ost_key *key)
{
    size_t bytes = (ost_key_bits(key) + 7) / 8;
    size_t len = ost_key_type_of(key) == OST_KEY_RSA  ? bytes
                 : ost_key_type_of(key) == OST_KEY_EC ? 2 * bytes
                                                      : 0;
    return (len * 4 + 2) / 3;
}

static ost_text tell_signature(explaining *e, const ost_key *key)
{
    size_t len = e->jws.signature_encoded.len, usual = signature_length(key);
    explain_mistake known = explain_form(e->in->token);
    if (known.seen.len > 0)
        return known.seen; /* as of a quote behind it */
    if (usual == 0 || len == usual)
        return OST_TEXT("it is not");
    return text_of(
        ost_arena_format(e->in->arena, "it is %zu characters long, rather than %zu", len, usual));
}

static void check_signature(explaining *e)
{
    ost_keyset *keys;
    const ost_key *key;
    ost_text payload;
    ost_arena *arena = e->in->arena;
    ost_result result = guard_keys(e->in->guard, text_of(e->in->issuer->issuer), &keys);
    if (result != OST_OK) {
        say(e, EXPLAIN_KEY, OST_E_KEY_UNKNOWN, OST_TEXT("the issuer's keys"),
            said_of_issuer(e, "last_error", OST_TEXT("not yet obtained")));
        return;
    }
    if (e->has_jws) {
        result = ost_keyset_find(keys, e->jws.kid, e->jws.alg, &key);
        say(e, EXPLAIN_KEY, result, list_keys(e, keys),
            e->jws.kid.len > 0 ? e->jws.kid : OST_TEXT("no kid"));
        if (result == OST_OK) {
            result = ost_jws_verify(&e->jws, key, arena, &payload);
            say(e, EXPLAIN_SIGNATURE, result, OST_TEXT("made with that key"),
                result == OST_OK ? OST_TEXT("so it is") : tell_signature(e, key));
        }
    }
    ost_keyset_unref(keys);
}

static void check_time(explaining *e, const ost_claims_rules *own)
{
    ost_error error = {0};
    ost_result result = ost_claims_check(e->claims, own, e->in->now, &error);
    long long left = (long long)(ost_claims_expiry(e->claims) - e->in->now);
    say(e, EXPLAIN_TIME, result, OST_TEXT("not expired, and not of the future"),
        result == OST_OK ? text_of(ost_arena_format(e->in->arena, "%lld seconds are left", left))
                         : text_of(error.detail));
}

static ost_text list(explaining *e, const char *const *names, size_t count)
{
    const char *text = "";
    for (size_t i = 0; i < count && text != NULL; i++)
        text = ost_arena_format(e->in->arena, "%s%s%s", text, i > 0 ? " or " : "", names[i]);
    return text_of(text);
}

static void check_audience(explaining *e, ost_claims_rules rules)
{
    const ost_issuer *trusted = e->in->issuer;
    const ost_json *audience = ost_json_get(e->read.claims, "aud");
    rules.audiences = trusted->audiences;
    rules.audience_count = trusted->audience_count;
    rules.insecure_any_audience = trusted->insecure_any_audience;
    /* Everything else that these rules ask for was looked at before. */
    ost_result result = ost_claims_check(e->claims, &rules, e->in->now, NULL);
    if (result != OST_E_AUDIENCE)
        result = OST_OK;
    say(e, EXPLAIN_AUDIENCE, result,
        trusted->insecure_any_audience ? OST_TEXT("any")
                                       : list(e, trusted->audiences, trusted->audience_count),
        audience != NULL ? ost_json_source(audience) : OST_TEXT("no aud"));
}

/* The claims of RFC 9068 are looked at after the times, which hide them when they are wrong. */
static void check_type(explaining *e, ost_claims_rules rules)
{
    ost_error error = {0};
    ost_result result = OST_OK;
    bool profile = e->in->issuer->access_token_profile;
    rules.access_token_profile = profile;
    if (profile && e->steps[EXPLAIN_TIME].outcome == EXPLAIN_FAILED)
        return;
    if (profile)
        result = ost_claims_check(e->claims, &rules, e->in->now, &error);
    if (result == OST_OK)
        result = token_kind_check_claims(e->claims, &error);
    say(e, EXPLAIN_TYPE, result,
        profile ? OST_TEXT("an access token with sub, client_id, jti and iat (RFC 9068)")
                : OST_TEXT("an access token"),
        result == OST_OK ? OST_TEXT("an access token") : text_of(error.detail));
}

static void check_client(explaining *e)
{
    const ost_issuer *trusted = e->in->issuer;
    ost_text client = claims_client(e->claims);
    bool listed = trusted->client_count == 0;
    for (size_t i = 0; i < trusted->client_count; i++)
        listed = listed || text_is(client, trusted->clients[i]);
    say(e, EXPLAIN_CLIENT, listed ? OST_OK : OST_E_CLIENT,
        trusted->client_count == 0 ? OST_TEXT("any")
                                   : list(e, trusted->clients, trusted->client_count),
        client.len > 0 ? client : OST_TEXT("neither azp nor client_id"));
}

static void check_policy(explaining *e)
{
    ost_error error = {0};
    ost_alg alg = e->has_jws ? e->jws.alg : OST_RS256;
    ost_result result =
        policy_check(e->in->policy, e->claims, alg, e->in->now, e->in->issuer->leeway, &error);
    say(e, EXPLAIN_POLICY, result, OST_TEXT("what was asked for: scopes, roles, claims"),
        result == OST_OK ? OST_TEXT("all there") : text_of(error.detail));
}

static void check_sender(explaining *e)
{
    ost_error error = {0};
    bool shown;
    const ost_json *bound = ost_claims_get(e->claims, "cnf");
    ost_result result = explain_sender(e->in, e->claims, &shown, &error);
    say(e, EXPLAIN_SENDER, result, OST_TEXT("a bearer token, or one with its sender's proof"),
        result != OST_OK ? text_of(error.detail)
        : bound == NULL  ? OST_TEXT("a bearer token")
                         : ost_json_source(bound));
    if (!shown)
        e->steps[EXPLAIN_SENDER].outcome = EXPLAIN_UNKNOWN;
}

static void check_claims(explaining *e)
{
    ost_error error = {0};
    ost_text payload;
    ost_text encoded = text_slice(e->in->token, text_find(e->in->token, '.', 0) + 1, SIZE_MAX);
    encoded = text_slice(encoded, 0, text_find(encoded, '.', 0));
    ost_result result = base64url_decode_to(e->in->arena, encoded, &payload);
    if (result == OST_OK)
        result = ost_claims_read(payload, e->in->arena, &e->claims, &error);
    if (result != OST_OK) {
        say(e, EXPLAIN_TIME, result, OST_TEXT("exp, and claims of the right types"),
            text_of(error.detail));
        return;
    }
    ost_text name = ost_claims_issuer(e->claims);
    const char *own = ost_arena_copy(e->in->arena, name.len > 0 ? name : OST_TEXT("none"));
    const ost_claims_rules rules = {
        .issuer = own, .insecure_any_audience = true, .leeway = e->in->issuer->leeway};
    if (own == NULL || name.len == 0) {
        e->failed_memory = own == NULL;
        return; /* nothing is to be known of a token of nobody */
    }
    check_audience(e, rules);
    check_time(e, &rules);
    check_type(e, rules);
    check_client(e);
    check_sender(e);
    check_policy(e);
}

/* The first failed check that has the guard's reason; the guard sees an unknown issuer before a key
 * that is not there, and a policy that refuses before a proof that is wrong. */
static void mark_deciding(explain_step steps[EXPLAIN_STEPS], const ost_verdict *verdict)
{
    explain_step *deciding = NULL;
    if (verdict->decision == OST_ALLOW)
        return;
    for (explain_name name = EXPLAIN_SIZE; name < EXPLAIN_STEPS; name++) {
        bool open = name == EXPLAIN_SENDER && steps[name].advice.len > 0;
        bool failed = steps[name].outcome == EXPLAIN_FAILED;
        bool same = failed && steps[name].reason == verdict->reason;
        if ((deciding == NULL && (failed || open)) || (same && deciding->reason != verdict->reason))
            deciding = &steps[name];
    }
    if (deciding != NULL)
        deciding->deciding = true;
}

ost_result explain_token(const explain_input *input, const ost_verdict *verdict,
                         explain_step ret_steps[EXPLAIN_STEPS])
{
    explaining e = {.in = input, .steps = ret_steps};
    memset(ret_steps, 0, EXPLAIN_STEPS * sizeof *ret_steps);
    check_form(&e);
    bool readable = ret_steps[EXPLAIN_FORM].outcome == EXPLAIN_PASSED;
    check_header(&e);
    if (readable || e.has_jws) /* the guard looks at claims that are broken after the signature */
        check_signature(&e);
    if (readable) {
        check_issuer(&e);
        check_claims(&e);
    }
    for (explain_name name = EXPLAIN_SIZE; name < EXPLAIN_STEPS && !e.failed_memory; name++) {
        const explain_step *step = &ret_steps[name];
        bool unproven = step->outcome == EXPLAIN_UNKNOWN && step->seen.len > 0;
        if (step->outcome == EXPLAIN_FAILED || unproven)
            ret_steps[name].advice = explain_advice(name, step, input, e.read.claims);
    }
    mark_deciding(ret_steps, verdict);
    return e.failed_memory ? OST_E_MEMORY : OST_OK;
}
