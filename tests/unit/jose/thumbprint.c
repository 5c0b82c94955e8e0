/* SPDX-License-Identifier: Apache-2.0 */
/* Thumbprints: the RFCs' examples, and what they must not depend on. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/text.h"
#include "keys.h"
#include "test_arena.h"

static void expect(const char *jwk, const char *expected)
{
    ost_key *key = good_key(jwk);
    char thumbprint[44];
    assert_int_equal(ost_key_thumbprint(key, thumbprint), OST_OK);
    assert_string_equal(thumbprint, expected);
    ost_key_unref(key);
}

static void examples(void **state)
{
    /* RFC 7638 §3.1. */
    expect("{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAt"
           "VT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93"
           "lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajr"
           "n1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-cs"
           "FCur-kEgU8awapJzKnqDKgw\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}",
           "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    /* RFC 8037, appendix A.3. */
    expect("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_"
           "7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
           "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    /* RFC 9449 §6.1. */
    expect("{\"kty\":\"EC\",\"x\":\"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs\","
           "\"y\":\"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA\",\"crv\":\"P-256\"}",
           "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
}

static void not_of_the_private_part(void **state)
{
    static const char *const jwks[] = {test_rsa, test_p256, test_p384, test_p521, test_ed25519};
    for (size_t i = 0; i < 5; i++) {
        char thumbprint[44];
        ost_key *key = good_key(with(arena, jwks[i], "\"use\":\"sig\""));
        ost_key *half = public_half(key);
        assert_int_equal(ost_key_thumbprint(key, thumbprint), OST_OK);
        assert_int_equal(strlen(thumbprint), 43);
        char again[44];
        assert_int_equal(ost_key_thumbprint(half, again), OST_OK);
        assert_string_equal(again, thumbprint);
        ost_key_unref(half);
        ost_key_unref(key);
    }
}

/* The longest document there is. */
static void largest_keys(void **state)
{
    char *modulus = ost_arena_alloc(arena, 2732), thumbprint[44];
    memset(modulus, '_', 2730);
    modulus[2730] = 'E'; /* the largest without a small factor */
    ost_key *key = good_key(
        ost_arena_format(arena, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"__________8\"}", modulus));
    assert_int_equal(ost_key_thumbprint(key, thumbprint), OST_OK);
    ost_key_unref(key);
    char *secret = ost_arena_alloc(arena, 1367);
    memset(secret, 'A', 1366);
    key = good_key(ost_arena_format(arena, "{\"kty\":\"oct\",\"k\":\"%s\"}", secret));
    assert_int_equal(ost_key_thumbprint(key, thumbprint), OST_OK);
    ost_key_unref(key);
}

/* RFC 9278 §2, of the key of RFC 7638 §3.1. */
static void rfc_9278_uri(void **state)
{
    ost_text uri = {0};
    char thumbprint[44];
    ost_key *key = good_key(test_ed25519);
    assert_int_equal(ost_key_thumbprint(key, thumbprint), OST_OK);
    assert_int_equal(ost_key_thumbprint_uri(key, 0, arena, &uri), OST_OK);
    assert_true(text_starts(uri, "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"));
    assert_true(text_ends(uri, thumbprint));
    assert_int_equal(uri.len, 45 + 43);
    assert_int_equal(ost_key_thumbprint_uri(key, 384, arena, &uri), OST_OK);
    assert_int_equal(uri.len, 45 + 64);
    assert_int_equal(ost_key_thumbprint_uri(key, 512, arena, &uri), OST_OK);
    assert_int_equal(uri.len, 45 + 86);
    assert_true(text_starts(uri, "urn:ietf:params:oauth:jwk-thumbprint:sha-512:"));
    assert_int_equal(ost_key_thumbprint_uri(key, 1, arena, &uri), OST_E_ARGUMENT);
    ost_key_unref(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_9278_uri),
        cmocka_unit_test(examples),
        cmocka_unit_test(not_of_the_private_part),
        cmocka_unit_test(largest_keys),
    };
    return cmocka_run_group_tests_name("jose-thumbprint", tests, open_arena, close_arena);
}
