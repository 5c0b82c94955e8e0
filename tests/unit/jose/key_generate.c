/* SPDX-License-Identifier: Apache-2.0 */
/* New keys: every algorithm, bound to it, named by thumbprint or by the caller. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/text.h"
#include "keys.h"
#include "test.h"

static void every_algorithm(void **state)
{
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
        ost_key *key = NULL;
        char thumbprint[44];
        if (alg > OST_RS256 && alg < OST_PS512)
            continue; /* RSA takes its time */
        assert_int_equal(ost_key_generate(alg, 0, NULL, &key, NULL), OST_OK);
        assert_true(ost_key_is_private(key));
        for (ost_alg other = OST_RS256; other <= OST_HS512; other++)
            assert_int_equal(ost_key_serves(key, other), other == alg);
        assert_int_equal(ost_key_thumbprint(key, thumbprint), OST_OK);
        assert_true(text_is(ost_key_kid(key), thumbprint));
        ost_key_unref(key);
    }
}

static void sizes_and_names(void **state)
{
    ost_key *key = NULL;
    ost_error error;
    assert_int_equal(ost_key_generate(OST_RS256, 2047, NULL, &key, &error), OST_E_KEY_WEAK);
    assert_int_equal(ost_key_generate(OST_RS256, 1024, NULL, &key, &error), OST_E_KEY_WEAK);
    assert_int_equal(ost_key_generate(OST_RS256, 16385, NULL, &key, &error), OST_E_KEY_WEAK);
    assert_int_equal(ost_key_generate(OST_ES256, 2048, NULL, &key, &error), OST_E_ARGUMENT);
    assert_int_equal(ost_key_generate(OST_ALG_UNSET, 0, NULL, &key, &error), OST_E_ARGUMENT);
    assert_int_equal(ost_key_generate(OST_ES256, 0, "\xc3", &key, &error), OST_E_UTF8);
    assert_null(key);
    assert_int_equal(ost_key_generate(OST_RS256, 3072, "mine", &key, &error), OST_OK);
    assert_int_equal(ost_key_bits(key), 3072);
    assert_true(text_is(ost_key_kid(key), "mine"));
    ost_key_unref(key);
    assert_int_equal(ost_key_generate(OST_ES256, 0, "", &key, &error), OST_OK);
    assert_int_equal(ost_key_kid(key).len, 0);
    ost_key_unref(key);
}

static void no_two_alike(void **state)
{
    static const ost_alg algs[] = {OST_ES256, OST_EDDSA, OST_HS256};
    for (size_t i = 0; i < 3; i++) {
        ost_key *a = NULL, *b = NULL;
        assert_int_equal(ost_key_generate(algs[i], 0, NULL, &a, NULL), OST_OK);
        assert_int_equal(ost_key_generate(algs[i], 0, NULL, &b, NULL), OST_OK);
        assert_false(text_equal(ost_key_kid(a), ost_key_kid(b)));
        ost_key_unref(a);
        ost_key_unref(b);
    }
}

/* What was asked for, or nothing. */
static void exactly_so_many_bits(void **state)
{
    ost_key *key = NULL;
    for (unsigned bits = 2048; bits < 2058; bits++) {
        ost_result result = ost_key_generate(OST_RS256, bits, NULL, &key, NULL);
        assert_int_equal(result, bits % 2 == 0 ? OST_OK : OST_E_ARGUMENT);
        if (result != OST_OK)
            continue;
        assert_int_equal(ost_key_bits(key), bits);
        ost_key_unref(key);
    }
}

static void references(void **state)
{
    ost_key *key = NULL;
    assert_int_equal(ost_key_generate(OST_EDDSA, 0, NULL, &key, NULL), OST_OK);
    assert_ptr_equal(ost_key_ref(key), key);
    ost_key_unref(key);
    assert_true(ost_key_is_private(key)); /* still there */
    ost_key_unref(key);
    ost_key_unref(NULL);
    assert_null(ost_key_ref(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm), cmocka_unit_test(sizes_and_names),
        cmocka_unit_test(no_two_alike),    cmocka_unit_test(exactly_so_many_bits),
        cmocka_unit_test(references),
    };
    return cmocka_run_group_tests_name("jose-key_generate", tests, NULL, NULL);
}
