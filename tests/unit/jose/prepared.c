/* SPDX-License-Identifier: Apache-2.0 */
/* Prepared contexts: made once, found again, one set per thread, gone with the key. */

#include "jose/key/prepared.h"
#include "base/context.h"
#include "base/text.h"
#include "keys.h"
#include "test.h"

static void made_once(void **state)
{
    ost_key *key = good_key(test_rsa);
    prepared_use first, second;
    const prepared *made[6][2];
    for (ost_alg alg = OST_RS256; alg <= OST_PS512; alg++) {
        for (int signs = 0; signs < 2; signs++) {
            assert_int_equal(prepared_take(key, alg, signs == 1, &first), OST_OK);
            made[alg - OST_RS256][signs] = first.contexts;
            assert_int_equal(first.contexts->alg, alg);
            assert_int_equal(first.contexts->signs, signs);
            prepared_give(&first);
            assert_null(first.contexts);
        }
    }
    uint64_t before = memory_count();
    for (ost_alg alg = OST_RS256; alg <= OST_PS512; alg++) {
        for (int signs = 0; signs < 2; signs++) {
            assert_int_equal(prepared_take(key, alg, signs == 1, &second), OST_OK);
            assert_ptr_equal(second.contexts, made[alg - OST_RS256][signs]);
            prepared_give(&second);
        }
    }
    assert_int_equal(memory_count(), before);
    ost_key_unref(key);
}

static void nested_uses_do_not_share(void **state)
{
    ost_key *key = good_key(test_secret);
    prepared_use uses[STRIPE_COUNT + 2];
    for (size_t i = 0; i < STRIPE_COUNT + 2; i++) {
        assert_int_equal(prepared_take(key, OST_HS256, false, &uses[i]), OST_OK);
        assert_true((uses[i].stripe == NULL) == (i >= STRIPE_COUNT));
        for (size_t j = 0; j < i; j++)
            assert_ptr_not_equal(uses[i].contexts, uses[j].contexts);
    }
    for (size_t i = 0; i < STRIPE_COUNT + 2; i++)
        prepared_give(&uses[i]);
    ost_key_unref(key);
    prepared_free_all(NULL);
}

static void a_mac_begins_anew_each_time(void **state)
{
    ost_key *key = good_key(test_secret);
    unsigned char first[HASH_MAX_SIZE], again[HASH_MAX_SIZE];
    size_t len = 0;
    prepared_use use;
    assert_int_equal(prepared_take(key, OST_HS384, true, &use), OST_OK);
    assert_true(prepared_mac(&use, OST_TEXT("one"), first, &len));
    assert_int_equal(len, 48);
    assert_true(prepared_mac(&use, OST_TEXT("two"), again, &len));
    assert_memory_not_equal(first, again, 48);
    assert_true(prepared_mac(&use, OST_TEXT("one"), again, &len));
    assert_memory_equal(first, again, 48);
    prepared_give(&use);
    ost_key_unref(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_once),
        cmocka_unit_test(nested_uses_do_not_share),
        cmocka_unit_test(a_mac_begins_anew_each_time),
    };
    return cmocka_run_group_tests_name("jose-prepared", tests, NULL, NULL);
}
