/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted access tokens, and attacks 35 to 38 of the list in docs/development/verification.md
 * against a guard. */
#include <string.h>

#include "fixture.h"
#include "forge.h"

static ost_key *own; /* the API's, for encryption */

static int start(void **state)
{
    return fixture_start(state) != 0 ||
           ost_key_generate(OST_ECDH_ES_A128KW, 0, "own", &own, NULL) != OST_OK;
}

static int end(void **state)
{
    ost_key_unref(own);
    return fixture_end(state);
}

static ost_guard *guard_with(fixture *f, ost_jwe_rules rules)
{
    ost_keyset *keys = NULL;
    assert_int_equal(ost_keyset_new(&own, 1, &keys), OST_OK);
    ost_guard *guard = fixture_guard(
        f, (ost_issuer){0}, (ost_guard_config){.decryption_keys = keys, .decryption = rules});
    ost_keyset_unref(keys);
    return guard;
}

static ost_text encrypted(fixture *f, ost_text content, ost_jwe_options options)
{
    ost_text token = {0};
    assert_int_equal(ost_jwe_encrypt(content, own, OST_ECDH_ES_A128KW, OST_A256GCM, &options,
                                     f->arena, &token, NULL),
                     OST_OK);
    return token;
}

static const ost_jwe_options jwt = {.cty = "JWT"};

static void check(fixture *f, ost_guard *guard, ost_text token, ost_result reason)
{
    ost_verdict verdict = fixture_check(f, guard, &fixture_any, token);
    assert_int_equal(verdict.reason, reason);
    assert_int_equal(verdict.decision, reason == OST_OK ? OST_ALLOW : OST_REFUSE);
    if (reason == OST_OK)
        assert_true(text_is(ost_identity_subject(verdict.identity), "alice"));
    else
        assert_int_equal(verdict.status, 401);
}

static void encrypted_tokens_are_read_with_the_keys_for_them(void **state)
{
    fixture *f = *state;
    ost_guard *guard = guard_with(f, (ost_jwe_rules){0});
    ost_text token = encrypted(f, fixture_token(f, "{" GOOD_CLAIMS "}"), jwt);
    check(f, guard, token, OST_OK);
    check(f, guard, token, OST_OK); /* remembered */
    check(f, guard, fixture_token(f, "{" GOOD_CLAIMS "}"), OST_OK);
    check(f, f->guard, token, OST_E_TOKEN_FORMAT); /* a guard without keys */
    f->now += 1000;
    check(f, guard, token, OST_E_EXPIRED);
    ost_guard_free(guard);
}

static void what_is_within_is_checked_as_ever(void **state)
{
    fixture *f = *state;
    ost_guard *guard = guard_with(f, (ost_jwe_rules){0});
    check(f, guard,
          encrypted(f, fixture_token(f, "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":\"other\"}"), jwt),
          OST_E_AUDIENCE);
    check(f, guard,
          encrypted(f,
                    forge(f->arena, RSA_HEADER, "{" GOOD_CLAIMS "}", f->rsa_foreign, FORGE_PKCS1),
                    jwt),
          OST_E_SIGNATURE);
    check(f, guard, encrypted(f, fixture_token(f, "{" GOOD_CLAIMS "}"), (ost_jwe_options){0}),
          OST_E_TOKEN_FORMAT);
    ost_guard_free(guard);
}

static void attack_35_compressed_bomb(void **state)
{
    fixture *f = *state;
    static char zeroes[40000];
    ost_guard *strict = guard_with(f, (ost_jwe_rules){0});
    ost_guard *inflating = guard_with(f, (ost_jwe_rules){.inflate_max = 4096});
    const ost_jwe_options options = {.cty = "JWT", .deflate = true};
    ost_text bomb = encrypted(f, (ost_text){zeroes, sizeof zeroes}, options);
    check(f, strict, bomb, OST_E_ALGORITHM);
    check(f, inflating, bomb, OST_E_DECRYPTION);
    check(f, inflating, encrypted(f, fixture_token(f, "{" GOOD_CLAIMS "}"), options), OST_OK);
    ost_guard_free(strict);
    ost_guard_free(inflating);
}

static void attack_36_unsigned_within(void **state)
{
    fixture *f = *state;
    ost_guard *guard = guard_with(f, (ost_jwe_rules){0});
    ost_text none =
        forge(f->arena, "{\"alg\":\"none\"}", "{" GOOD_CLAIMS "}", f->ec, FORGE_NOTHING);
    check(f, guard, encrypted(f, none, jwt), OST_E_TOKEN_FORMAT);
    check(f, guard, encrypted(f, OST_TEXT("{" GOOD_CLAIMS "}"), jwt), OST_E_TOKEN_FORMAT);
    ost_guard_free(guard);
}

static void attack_37_rsa1_5(void **state)
{
    fixture *f = *state;
    ost_guard *guard = guard_with(f, (ost_jwe_rules){0});
    /* {"alg":"RSA1_5","enc":"A128GCM","cty":"JWT"} */
    check(f, guard,
          OST_TEXT("eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4R0NNIiwiY3R5IjoiSldUIn0.AAAA."
                   "AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA"),
          OST_E_ALGORITHM);
    ost_guard_free(guard);
}

static void attack_38_deeper_nesting(void **state)
{
    fixture *f = *state;
    ost_guard *guard = guard_with(f, (ost_jwe_rules){0});
    ost_text token = encrypted(f, fixture_token(f, "{" GOOD_CLAIMS "}"), jwt);
    check(f, guard, encrypted(f, token, jwt), OST_E_TOKEN_FORMAT);
    ost_guard_free(guard);
}

static void every_character_counts(void **state)
{
    fixture *f = *state;
    ost_guard *guard = guard_with(f, (ost_jwe_rules){0});
    ost_text token = encrypted(f, fixture_token(f, "{" GOOD_CLAIMS "}"), jwt);
    char *copy = ost_arena_copy(f->arena, token);
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    for (size_t i = 0; i < token.len; i++) {
        char kept = copy[i];
        ost_text field = text_of(ost_arena_format(arena, "Bearer %.*s%c%s", (int)i, copy,
                                                  kept == 'A' ? 'Q' : 'A', copy + i + 1));
        ost_verdict verdict;
        ost_guard_check(guard, &fixture_any,
                        &(ost_credentials){.authorization = &field, .authorization_count = 1},
                        false, arena, &verdict);
        assert_int_equal(verdict.decision, OST_REFUSE);
        ost_arena_reset(arena);
    }
    ost_arena_free(arena);
    ost_guard_free(guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(encrypted_tokens_are_read_with_the_keys_for_them, fixture_reset),
        cmocka_unit_test_setup(what_is_within_is_checked_as_ever, fixture_reset),
        cmocka_unit_test_setup(attack_35_compressed_bomb, fixture_reset),
        cmocka_unit_test_setup(attack_36_unsigned_within, fixture_reset),
        cmocka_unit_test_setup(attack_37_rsa1_5, fixture_reset),
        cmocka_unit_test_setup(attack_38_deeper_nesting, fixture_reset),
        cmocka_unit_test_setup(every_character_counts, fixture_reset),
    };
    return cmocka_run_group_tests_name("guard-check_encrypted", tests, start, end);
}
