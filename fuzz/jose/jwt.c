/* SPDX-License-Identifier: Apache-2.0 */
/* A header and a payload, parted by a NUL, are made into a token and well signed, so that
 * everything behind the signature is reached. What is accepted keeps to the rules. */
#include <stdint.h>
#include <string.h>

#include "base/base64url.h"
#include "fixed_keys.h"
#include "jose/signature/signature.h"

#define NOW 1700000000
#define LEEWAY 30

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* "header.payload.signature"; false when it would not fit. */
static bool make_token(ost_text header, ost_text payload, const ost_key *key, ost_alg alg,
                       ost_arena *arena, ost_text *ret_token)
{
    unsigned char signature[SIGNATURE_MAX_SIZE];
    size_t signature_len, len = 0;
    char *token = ost_arena_alloc(arena, 2 * (header.len + payload.len + sizeof signature) + 16);
    if (token == NULL)
        return false;
    len += base64url_encode((const unsigned char *)header.data, header.len, token);
    token[len++] = '.';
    len += base64url_encode((const unsigned char *)payload.data, payload.len, token + len);
    ost_text input = {token, len};
    check(signature_make(key, alg, input, signature, &signature_len) == OST_OK);
    token[len++] = '.';
    len += base64url_encode(signature, signature_len, token + len);
    *ret_token = (ost_text){token, len};
    return true;
}

static void check_accepted(const ost_claims *claims)
{
    const ost_json *audience = ost_claims_get(claims, "aud");
    double expiry = -1, not_before = 0, issued = 0;
    check(ost_json_equals(ost_claims_get(claims, "iss"), OST_TEXT("issuer")));
    check(ost_claims_has_audience(claims, OST_TEXT("myapi")));
    check(ost_json_is(audience, OST_JSON_STRING) || ost_json_is(audience, OST_JSON_ARRAY));
    check(ost_json_number(ost_claims_get(claims, "exp"), &expiry));
    check(expiry > NOW - LEEWAY && expiry >= (double)ost_claims_expiry(claims));
    if (ost_json_number(ost_claims_get(claims, "nbf"), &not_before))
        check(not_before < NOW + LEEWAY + 1);
    if (ost_json_number(ost_claims_get(claims, "iat"), &issued))
        check(issued < NOW + LEEWAY + 1);
}

static void run(ost_text header, ost_text payload, size_t key, ost_alg alg)
{
    static const char *const audiences[] = {"myapi"};
    static const ost_claims_rules rules = {
        .issuer = "issuer",
        .audiences = audiences,
        .audience_count = 1,
        .algorithms = EVERY_ALG,
    };
    ost_text token;
    const ost_claims *claims = NULL;
    ost_error error = {0};
    ost_arena *tokens = ost_arena_new((size_t)4 << 20), *arena = ost_arena_new((size_t)1 << 20);
    if (make_token(header, payload, ost_keyset_at(fixed_keys(), key), alg, tokens, &token)) {
        ost_result result =
            ost_jwt_verify(token, fixed_keys(), &rules, NOW, arena, &claims, &error);
        check(error.code == result && (claims != NULL) == (result == OST_OK));
        check(result != OST_E_MEMORY && text_is_utf8(text_of(error.detail)));
        if (result == OST_OK)
            check_accepted(claims);
    }
    ost_arena_free(arena);
    ost_arena_free(tokens);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text whole = {(const char *)data, size};
    size_t end = text_find(whole, '\0', 0);
    ost_text header = text_slice(whole, 0, end), payload = text_slice(whole, end + 1, size);
    run(header, payload, FIXED_SECRET, OST_HS256);
    if (size % 16 == 0) /* slower */
        run(header, payload, FIXED_ED25519, OST_EDDSA);
    return 0;
}
