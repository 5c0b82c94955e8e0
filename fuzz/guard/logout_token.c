/* SPDX-License-Identifier: Apache-2.0 */
/* Any logout token to a verdict. The first byte says what follows: 'r' a token as it is; 's'
 * claims, which are signed here. What is taken names a session or a user, who is over then, and is
 * not taken twice. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include <ostiary/logout.h>

#include "base/base64url.h"
#include "base/text.h"

#define ISSUER "https://id.example.org"
#define SECRET "0123456789abcdef0123456789abcdef"
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"logout+jwt\"}"
#define NOW 1700000000

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
    static const char *const audiences[] = {"myapi"};
    const ost_issuer issuer = {.issuer = ISSUER,
                               .audiences = audiences,
                               .audience_count = 1,
                               .algorithms = OST_ALG_BIT(OST_HS256),
                               .hmac_secret = OST_TEXT(SECRET)};
    const ost_guard_config config = {.issuers = &issuer, .issuer_count = 1, .context = &context};
    ost_guard *guard;
    check(ost_guard_new(&config, &guard, NULL) == OST_OK);
    return guard;
}

static ost_text sign(ost_text claims, ost_arena *arena)
{
    unsigned char mac[32];
    unsigned size;
    ost_text h, c, m;
    check(base64url_encode_to(arena, OST_TEXT(HEADER), &h) == OST_OK);
    check(base64url_encode_to(arena, claims, &c) == OST_OK);
    char *input = ost_arena_format(arena, "%.*s.%.*s", OST_FORMAT(h), OST_FORMAT(c));
    check(input != NULL);
    check(HMAC(EVP_sha256(), SECRET, sizeof SECRET - 1, (unsigned char *)input, strlen(input), mac,
               &size) != NULL);
    check(base64url_encode_to(arena, (ost_text){(char *)mac, size}, &m) == OST_OK);
    return text_of(ost_arena_format(arena, "%s.%.*s", input, OST_FORMAT(m)));
}

static void check_taken(ost_guard *guard, ost_text token, ost_arena *arena)
{
    ost_unverified_token read;
    ost_text sid = {0}, sub = {0};
    check(ost_jwt_read_unverified(token, arena, &read, NULL) == OST_OK);
    (void)!ost_json_text(ost_json_get(read.claims, "sid"), &sid);
    (void)!ost_json_text(ost_json_get(read.claims, "sub"), &sub);
    check(ost_json_get(read.claims, "events") != NULL);
    check(ost_json_get(read.claims, "nonce") == NULL);
    check(sid.len > 0 || sub.len > 0);
    check(ost_guard_check_session(guard, NULL, sid, sub, 0) == OST_E_REVOKED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const clients[] = {"web", "mobile"};
    const ost_logout_rules rules = {clients, 2};
    ost_verdict verdict;
    if (size < 1 || size > 8192)
        return 0;
    ost_arena *arena = ost_arena_new((size_t)4 << 20);
    ost_guard *guard = make_guard();
    check(arena != NULL);
    ost_text rest = {(const char *)data + 1, size - 1};
    ost_text token = data[0] == 's' ? sign(rest, arena) : rest;
    ost_guard_logout(guard, token, &rules, false, arena, &verdict);
    check(verdict.decision == OST_ALLOW || verdict.decision == OST_REFUSE);
    check((verdict.decision == OST_ALLOW) == (verdict.status == 200));
    check((verdict.decision == OST_ALLOW) == (verdict.reason == OST_OK));
    check(verdict.decision == OST_ALLOW || verdict.explanation.len > 0);
    if (verdict.decision == OST_ALLOW) {
        check(data[0] == 's');
        check_taken(guard, token, arena);
        ost_guard_logout(guard, token, &rules, false, arena, &verdict);
        check(verdict.decision == OST_REFUSE && verdict.reason == OST_E_CONFLICT);
    }
    ost_guard_free(guard);
    ost_arena_free(arena);
    return 0;
}
