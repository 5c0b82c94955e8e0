/* SPDX-License-Identifier: Apache-2.0 */
/* What an issuer answers about a token. The first byte says what follows: 'j' a JSON body; 's' the
 * claims of a signed answer, signed here; 'r' a signed answer as it is; anything else a JSON body
 * where a signed one is demanded. */
#include <stdlib.h>

#include "base/text.h"
#include "guard/introspection/introspection_answer.h"

#define ISSUER "https://id.example.org"
#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW 1700000000

static ost_key *key;
static ost_keyset *keys;

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void make_keys(void)
{
    check(ost_key_import_secret(OST_TEXT(SECRET), OST_HS256, NULL, &key, NULL) == OST_OK);
    check(ost_keyset_new(&key, 1, &keys) == OST_OK);
}

static net_response respond(char mode, ost_text body, ost_arena *arena)
{
    net_response response = {.status = 200, .body = body, .detail = ""};
    bool is_signed = mode == 's' || mode == 'r';
    response.content_type =
        is_signed ? OST_TEXT("application/token-introspection+jwt") : OST_TEXT("application/json");
    if (mode == 's')
        check(ost_jws_sign(body, key, OST_HS256, "token-introspection+jwt", arena,
                           &response.body) == OST_OK);
    return response;
}

/* What is believed can be read, is of the issuer or of one that will be refused, and ends. */
static void check_answer(const introspection_answer *answer, ost_arena *arena)
{
    const ost_claims *claims;
    check(answer->expiry > NOW && answer->blame == BLAME_TOKEN);
    check(ost_claims_read(answer->claims, arena, &claims, NULL) == OST_OK);
    check(ost_claims_expiry(claims) == answer->expiry);
    check(ost_claims_get(claims, "iss") != NULL && ost_claims_get(claims, "active") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    introspection_answer answer;
    ost_error error = {0};
    if (keys == NULL)
        make_keys();
    if (size < 1 || size > 32768)
        return 0;
    char mode = (char)data[0];
    ost_arena *arena = ost_arena_new(2 * INTROSPECTION_ARENA);
    const net_response response =
        respond(mode, (ost_text){(const char *)data + 1, size - 1}, arena);
    const introspection_rules rules = {
        .issuer = ISSUER,
        .client_id = "my-api",
        .algorithms = OST_ALG_BIT(OST_HS256),
        .require_signed = mode != 'j',
        .leeway = 30,
        .keys = keys,
    };
    ost_result result = introspection_answer_read(&rules, &response, NOW, arena, &answer, &error);
    check(result == error.code && (result == OST_OK || error.detail[0] != '\0'));
    check(mode == 'j' || mode == 's' || mode == 'r' || result == OST_E_REMOTE);
    if (result == OST_OK)
        check_answer(&answer, arena);
    else
        check(introspection_is_verdict(result) || ost_result_category(result)[0] != 't');
    ost_arena_free(arena);
    return 0;
}
