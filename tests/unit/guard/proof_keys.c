/* SPDX-License-Identifier: Apache-2.0 */
/* Clients' keys that are read once. */
#include "guard/sender/proof_keys.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "test.h"

#define THUMBPRINT "0123456789012345678901234567890123456789012"

static ost_key *make_key(void)
{
    ost_key *key;
    assert_int_equal(ost_key_generate(OST_ES256, 0, NULL, &key, NULL), OST_OK);
    return key;
}

static void a_key_is_found_by_exactly_its_bytes(void **state)
{
    proof_keys *keys;
    char thumbprint[44] = "";
    ost_key *key = make_key();
    assert_int_equal(proof_keys_new(NULL, &keys), OST_OK);
    assert_null(proof_keys_get(keys, OST_TEXT("{\"a\":1}"), thumbprint));
    proof_keys_put(keys, OST_TEXT("{\"a\":1}"), key, THUMBPRINT);
    ost_key *found = proof_keys_get(keys, OST_TEXT("{\"a\":1}"), thumbprint);
    assert_ptr_equal(found, key);
    assert_string_equal(thumbprint, THUMBPRINT);
    ost_key_unref(found);
    assert_null(proof_keys_get(keys, OST_TEXT("{\"a\":1} "), thumbprint));
    assert_null(proof_keys_get(keys, OST_TEXT("{\"a\":2}"), thumbprint));
    assert_null(proof_keys_get(keys, OST_TEXT(""), thumbprint));
    /* The caller's key outlives the table, and the other way round. */
    ost_key_unref(key);
    found = proof_keys_get(keys, OST_TEXT("{\"a\":1}"), thumbprint);
    proof_keys_free(keys);
    assert_true(ost_key_serves(found, OST_ES256));
    ost_key_unref(found);
}

static void what_is_large_or_has_no_memory_is_not_kept(void **state)
{
    static char large[1025];
    proof_keys *keys;
    char thumbprint[44];
    ost_key *key = make_key();
    memset(large, 'x', sizeof large);
    assert_int_equal(proof_keys_new(NULL, &keys), OST_OK);
    proof_keys_put(keys, (ost_text){large, 1025}, key, THUMBPRINT);
    assert_null(proof_keys_get(keys, (ost_text){large, 1025}, thumbprint));
    memory_fail_at(1);
    proof_keys_put(keys, (ost_text){large, 1024}, key, THUMBPRINT);
    memory_fail_at(0);
    assert_null(proof_keys_get(keys, (ost_text){large, 1024}, thumbprint));
    proof_keys_put(keys, (ost_text){large, 1024}, key, THUMBPRINT);
    ost_key *found = proof_keys_get(keys, (ost_text){large, 1024}, thumbprint);
    assert_ptr_equal(found, key);
    ost_key_unref(found);
    ost_key_unref(key);
    proof_keys_free(keys);
}

/* ---- many threads ---- */

#define THREADS 8
#define KEYS 3000

typedef struct crowd {
    proof_keys *keys;
    ost_key *key;
} crowd;

static void *come_and_go(void *user)
{
    crowd *c = user;
    for (unsigned i = 0; i < KEYS; i++) {
        char jwk[32], thumbprint[44], expected[44];
        snprintf(jwk, sizeof jwk, "{\"number\":%u}", i);
        snprintf(expected, sizeof expected, "%043u", i);
        ost_key *found = proof_keys_get(c->keys, text_of(jwk), thumbprint);
        if (found != NULL)
            assert_string_equal(thumbprint, expected);
        else
            proof_keys_put(c->keys, text_of(jwk), c->key, expected);
        ost_key_unref(found);
    }
    return NULL;
}

static void threads_share_keys(void **state)
{
    crowd c = {.key = make_key()};
    pthread_t threads[THREADS];
    assert_int_equal(proof_keys_new(NULL, &c.keys), OST_OK);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, &c), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    proof_keys_free(c.keys);
    ost_key_unref(c.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_found_by_exactly_its_bytes),
        cmocka_unit_test(what_is_large_or_has_no_memory_is_not_kept),
        cmocka_unit_test(threads_share_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
