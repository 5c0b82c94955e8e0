/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC secrets: as long as the hash, at least. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/text.h"
#include "keys.h"
#include "test.h"

static const char bytes[1100] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static ost_result import(size_t len, ost_alg alg)
{
    ost_key *key = NULL;
    ost_result result = ost_key_import_secret((ost_text){bytes, len}, alg, NULL, &key, NULL);
    assert_true((key != NULL) == (result == OST_OK));
    ost_key_unref(key);
    return result;
}

static void attack_06_secret_shorter_than_the_hash(void **state)
{
    static const struct {
        ost_alg alg;
        size_t size;
    } hashes[] = {{OST_HS256, 32}, {OST_HS384, 48}, {OST_HS512, 64}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(import(0, hashes[i].alg), OST_E_KEY_WEAK);
        assert_int_equal(import(hashes[i].size - 1, hashes[i].alg), OST_E_KEY_WEAK);
        assert_int_equal(import(hashes[i].size, hashes[i].alg), OST_OK);
        assert_int_equal(import(1024, hashes[i].alg), OST_OK);
        assert_int_equal(import(1025, hashes[i].alg), OST_E_CEILING);
    }
    assert_int_equal(import_result("{\"kty\":\"oct\",\"k\":\"\"}"), OST_E_KEY_FORMAT);
    assert_int_equal(import_result("{\"kty\":\"oct\"}"), OST_E_KEY_FORMAT);
    assert_int_equal(import_result("{\"kty\":\"oct\",\"k\":\"AAAA\"}"), OST_E_KEY_WEAK);
    assert_int_equal(/* 32 bytes */
                     import_result("{\"kty\":\"oct\",\"alg\":\"HS512\","
                                   "\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_\"}"),
                     OST_E_KEY_FORMAT);
    assert_int_equal(import_result("{\"kty\":\"oct\",\"alg\":\"HS512\","
                                   "\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\"}"),
                     OST_E_KEY_WEAK);
}

static void other_algorithms(void **state)
{
    for (ost_alg alg = OST_ALG_UNSET; alg < OST_HS256; alg++)
        assert_int_equal(import(64, alg), OST_E_ARGUMENT);
    assert_int_equal(import(64, (ost_alg)(OST_HS512 + 1)), OST_E_ARGUMENT);
}

static void serves_by_length(void **state)
{
    ost_key *key = good_key("{\"kty\":\"oct\",\"kid\":\"k\","
                            "\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\"}");
    assert_true(ost_key_serves(key, OST_HS256));
    assert_false(ost_key_serves(key, OST_HS384));
    assert_false(ost_key_serves(key, OST_HS512));
    assert_false(ost_key_serves(key, OST_RS256));
    assert_int_equal(ost_key_bits(key), 256);
    assert_int_equal(ost_key_type_of(key), OST_KEY_OCT);
    assert_true(ost_key_is_private(key));
    ost_key_unref(key);
    key = good_key(test_secret);
    assert_true(ost_key_serves(key, OST_HS256) && ost_key_serves(key, OST_HS512));
    ost_key_unref(key);
}

static void kid_of_the_callers(void **state)
{
    ost_key *key = NULL;
    char kid[300];
    memset(kid, 'k', sizeof kid);
    kid[257] = '\0';
    assert_int_equal(ost_key_import_secret((ost_text){bytes, 64}, OST_HS512, kid, &key, NULL),
                     OST_E_CEILING);
    kid[256] = '\0';
    assert_int_equal(ost_key_import_secret((ost_text){bytes, 64}, OST_HS512, kid, &key, NULL),
                     OST_OK);
    assert_int_equal(ost_key_kid(key).len, 256);
    assert_true(ost_key_serves(key, OST_HS512));
    assert_false(ost_key_serves(key, OST_HS256)); /* bound */
    ost_key_unref(key);
    key = NULL;
    assert_int_equal(ost_key_import_secret((ost_text){bytes, 64}, OST_HS512, "\xff", &key, NULL),
                     OST_E_UTF8);
    assert_null(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attack_06_secret_shorter_than_the_hash),
        cmocka_unit_test(other_algorithms),
        cmocka_unit_test(serves_by_length),
        cmocka_unit_test(kid_of_the_callers),
    };
    return cmocka_run_group_tests_name("jose-key_oct", tests, NULL, NULL);
}
