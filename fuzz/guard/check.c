/* SPDX-License-Identifier: Apache-2.0 */
/* Any Authorization fields to a verdict. The first byte says what follows: 'r' fields as they are,
 * one a line; 's' claims, which are signed here; 'h' a header, a line break and claims, signed too.
 * The second byte is the digit of a route's policy. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include <ostiary/guard.h>

#include "base/base64url.h"
#include "base/text.h"
#include "guard/check/check_trace.h"

#define ISSUER "https://id.example.org"
#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW 1700000000
#define FIELDS 4

static void check(bool holds)
{
    if (!holds)
        abort();
}

static int64_t fixed_now(void *user)
{
    return NOW;
}

static ost_guard *make_guard(void)
{
    static const ost_context context = {.now = fixed_now};
    static const char *const audiences[] = {"myapi", "other"};
    static const char *const clients[] = {"web", "mobile"};
    const ost_issuer issuer = {.issuer = ISSUER,
                               .audiences = audiences,
                               .audience_count = 2,
                               .clients = clients,
                               .client_count = 2,
                               .algorithms = OST_ALG_BIT(OST_HS256),
                               .hmac_secret = OST_TEXT(SECRET)};
    const ost_guard_config config = {
        .issuers = &issuer, .issuer_count = 1, .insecure_explain = true, .context = &context};
    ost_guard *guard;
    check(ost_guard_new(&config, &guard, NULL) == OST_OK);
    return guard;
}

static const ost_policy *policy_of(uint8_t digit)
{
    static const char *const read[] = {"read", NULL};
    static const char *const write[] = {"write", "re\"ad", NULL};
    static const char *const user[] = {"user", NULL};
    static const char *const editor[] = {"myapi:editor", NULL};
    static const char *const acr[] = {"1", NULL};
    static const char *const other[] = {"other", NULL};
    static const ost_policy policies[8] = {
        {0},
        {.scopes = read},
        {.any_scopes = write},
        {.realm_roles = user},
        {.client_roles = editor},
        {.acr_values = acr, .max_age = 60},
        {.audiences = other},
        {.algorithms = OST_ALG_BIT(OST_RS256)},
    };
    return &policies[digit % 8];
}

/* "Bearer " and the token made of this header and these claims. */
static ost_text sign(ost_text header, ost_text claims, ost_arena *arena)
{
    unsigned char mac[32];
    unsigned size;
    ost_text h, c, m;
    check(base64url_encode_to(arena, header, &h) == OST_OK);
    check(base64url_encode_to(arena, claims, &c) == OST_OK);
    char *input = ost_arena_format(arena, "%.*s.%.*s", (int)h.len, h.data, (int)c.len, c.data);
    check(input != NULL);
    check(HMAC(EVP_sha256(), SECRET, sizeof SECRET - 1, (unsigned char *)input, strlen(input), mac,
               &size) != NULL);
    check(base64url_encode_to(arena, (ost_text){(char *)mac, size}, &m) == OST_OK);
    return text_of(ost_arena_format(arena, "Bearer %s.%.*s", input, (int)m.len, m.data));
}

static size_t read_fields(char mode, ost_text rest, ost_arena *arena, ost_text *ret_fields)
{
    static const ost_text header = {"{\"alg\":\"HS256\",\"typ\":\"JWT\"}", 27};
    size_t count = 0;
    ost_text first = {0};
    if (mode == 's') {
        ret_fields[0] = sign(header, rest, arena);
        return 1;
    }
    if (mode == 'h') {
        (void)text_next(&rest, '\n', &first);
        ret_fields[0] = sign(first, rest, arena);
        return 1;
    }
    while (count < FIELDS && text_next(&rest, '\n', &ret_fields[count]))
        count++;
    return count;
}

/* A field value that is a list of quoted parameters and cannot be broken out of. */
static void check_challenge(ost_text challenge)
{
    bool quoted = false;
    check(text_starts(challenge, "Bearer"));
    for (size_t i = 0; i < challenge.len; i++) {
        char c = challenge.data[i];
        check(c >= 0x20 && c < 0x7f);
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
    }
    check(!quoted);
}

static void check_verdict(const ost_verdict *verdict)
{
    if (verdict->decision == OST_ALLOW) {
        const ost_claims *claims = ost_identity_claims(verdict->identity);
        check(verdict->status == 200 && verdict->reason == OST_OK);
        check(text_is(ost_claims_issuer(claims), ISSUER));
        check(ost_claims_expiry(claims) > NOW - 30);
        check(ost_claims_has_audience(claims, OST_TEXT("myapi")) ||
              ost_claims_has_audience(claims, OST_TEXT("other")));
        check(text_is(ost_identity_client(verdict->identity), "web") ||
              text_is(ost_identity_client(verdict->identity), "mobile"));
        return;
    }
    check(verdict->decision == OST_REFUSE && verdict->identity == NULL);
    check(verdict->status == 401 || verdict->status == 403 || verdict->status == 400 ||
          verdict->status == 503);
    check((verdict->retry_after > 0) == (verdict->status == 503));
    if (verdict->status != 503)
        check_challenge(verdict->challenge);
    check(verdict->message.len > 0 && verdict->explanation.len > 0);
    check(text_is_utf8(verdict->message) && text_is_utf8(verdict->explanation));
    for (size_t i = 0; i < verdict->explanation.len; i++)
        check((unsigned char)verdict->explanation.data[i] >= 0x20);
}

/* Whoever asks why gets the same verdict, and the step that it is about. */
static void check_traced(ost_guard *guard, const ost_policy *policy,
                         const ost_credentials *credentials, const ost_verdict *untraced,
                         ost_arena *arena)
{
    check_trace trace = {.past_failure = true};
    ost_verdict verdict;
    guard_check_traced(guard, policy, credentials, true, &trace, arena, &verdict);
    check_verdict(&verdict);
    check(verdict.decision == untraced->decision && verdict.reason == untraced->reason);
    check(verdict.check == untraced->check);
    check((trace.decided == CHECK_STEPS) == (verdict.decision == OST_ALLOW));
    if (trace.decided != CHECK_STEPS)
        check(trace.steps[trace.decided].made && trace.steps[trace.decided].reason != OST_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ost_guard *guard;
    ost_text fields[FIELDS];
    ost_verdict first, second;
    if (guard == NULL)
        guard = make_guard();
    if (size < 2 || size > 32768)
        return 0;
    ost_arena *arena = ost_arena_new((size_t)4 << 20); /* of three checks */
    const ost_policy *policy = policy_of(data[1]);
    const ost_text rest = {(const char *)data + 2, size - 2};
    ost_credentials credentials = {.authorization = fields};
    credentials.authorization_count = read_fields((char)data[0], rest, arena, fields);
    ost_guard_check(guard, policy, &credentials, true, arena, &first);
    check_verdict(&first);
    ost_guard_check(guard, policy, &credentials, true, arena, &second); /* may be remembered */
    check_verdict(&second);
    check(first.decision == second.decision && first.reason == second.reason);
    check_traced(guard, policy, &credentials, &first, arena);
    ost_arena_free(arena);
    return 0;
}
