/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of points: no larger than is counted for them, none for other curves; what they multiply
 * is compared in ecdsa_verify.c. And whose keys are given one, when, and how many. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/objects.h>
#include <sys/wait.h>

#include "base/array.h"
#include "base/text.h"
#include "jose/digest.h"
#include "jose/key/key_table.h"
#include "jose/signature/signature.h"
#include "jose/verify/ecdsa_verify.h"
#include "keys.h"
#include "test.h"

/* What OpenSSL has allocated: each block with its size before it. */
#define AHEAD 16
static size_t allocated;

static void *count_alloc(size_t size, const char *file, int line)
{
    char *block = malloc(size + AHEAD);
    if (block == NULL)
        return NULL;
    *(size_t *)(void *)block = size;
    __atomic_fetch_add(&allocated, size, __ATOMIC_RELAXED);
    return block + AHEAD;
}

static void count_free(void *data, const char *file, int line)
{
    if (data == NULL)
        return;
    char *block = (char *)data - AHEAD;
    __atomic_fetch_sub(&allocated, *(size_t *)(void *)block, __ATOMIC_RELAXED);
    free(block);
}

static void *count_resize(void *data, size_t size, const char *file, int line)
{
    void *fresh = count_alloc(size, file, line);
    if (fresh != NULL && data != NULL) {
        size_t old = *(size_t *)(void *)((char *)data - AHEAD);
        memcpy(fresh, data, old < size ? old : size);
        count_free(data, file, line);
    }
    return fresh;
}

static const struct {
    const char *jwk;
    ost_alg alg;
    const char *curve;
} kinds[] = {
    {test_p256, OST_ES256, "prime256v1"},
    {test_p384, OST_ES384, "secp384r1"},
    {test_p521, OST_ES512, "secp521r1"},
    {test_secp256k1, OST_ES256K, "secp256k1"},
};

static void a_size_is_not_understated(void **state)
{
    size_t made = 0;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        ost_key *key = good_key(kinds[i].jwk);
        ec_table_free(ecdsa_table_new(key->pkey, kinds[i].curve)); /* what is loaded once */
        size_t before = allocated;
        ec_table *table = ecdsa_table_new(key->pkey, kinds[i].curve);
        size_t size = allocated - before;
        print_message("%s: %zu bytes of %zu\n", kinds[i].curve, size,
                      ec_table_size(kinds[i].curve));
        assert_true(size <= ec_table_size(kinds[i].curve));
        assert_true(table == NULL || size > ec_table_size(kinds[i].curve) / 8);
        made += table != NULL;
        ec_table_free(table);
        assert_int_equal(allocated, before);
        ost_key_unref(key);
    }
    assert_true(made == 0 || made >= 2); /* a build without, or one that is of use */
    assert_int_equal(ec_table_size("brainpoolP256r1"), 0);
}

/* Verifies so many times; each must be good. */
static void use(const ost_key *key, ost_alg alg, size_t times)
{
    unsigned char signature[SIGNATURE_MAX_SIZE];
    size_t size = 0;
    assert_int_equal(signature_make(key, alg, OST_TEXT("x"), signature, &size), OST_OK);
    for (size_t i = 0; i < times; i++)
        assert_int_equal(signature_check(key, alg, OST_TEXT("x"), text_of_bytes(signature, size)),
                         OST_OK);
    signature[size - 1] ^= 1;
    assert_int_equal(signature_check(key, alg, OST_TEXT("x"), text_of_bytes(signature, size)),
                     OST_E_SIGNATURE);
    key_tables_settle();
}

static bool has_table(const ost_key *key)
{
    return atomic_load(&key->working->table.table) != NULL;
}

static void only_keys_of_sets_that_are_used(void **state)
{
    bool exist = ec_table_size("secp384r1") > 0;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        ost_key *key = good_key(kinds[i].jwk);
        ost_keyset *set = NULL;
        use(key, kinds[i].alg, KEY_TABLE_USES);
        assert_false(has_table(key)); /* of no set */
        assert_int_equal(ost_keyset_new(&key, 1, &set), OST_OK);
        use(key, kinds[i].alg, KEY_TABLE_USES - 2); /* and one that is refused */
        assert_false(has_table(key));
        use(key, kinds[i].alg, 1);
        if (kinds[i].alg == OST_ES384)
            assert_true(has_table(key) == exist);
        use(key, kinds[i].alg, 10);
        ost_keyset_unref(set);
        ost_key_unref(key);
    }
}

/* Keys of P-384, whose tables are made quickly: as many have one as fit, and when one goes, another
 * key may. */
static void up_to_the_ceiling(void **state)
{
    size_t size = ec_table_size("secp384r1");
    if (size == 0)
        skip();
    size_t fit = KEY_TABLES_BYTES / size, had = 0;
    ost_key *keys[KEY_TABLES_MAX];
    ost_keyset *sets[KEY_TABLES_MAX];
    assert_true(fit + 1 < KEY_TABLES_MAX);
    for (size_t i = 0; i <= fit; i++) {
        keys[i] = good_key(test_p384);
        assert_int_equal(ost_keyset_new(&keys[i], 1, &sets[i]), OST_OK);
        atomic_store(&keys[i]->working->table.uses, KEY_TABLE_USES - 1);
        use(keys[i], OST_ES384, 1);
        had += has_table(keys[i]);
    }
    assert_int_equal(had, fit);
    assert_false(has_table(keys[fit]));
    ost_keyset_unref(sets[0]);
    ost_key_unref(keys[0]);
    atomic_store(&keys[fit]->working->table.uses, 2 * KEY_TABLE_USES - 1);
    use(keys[fit], OST_ES384, 1);
    assert_true(has_table(keys[fit]));
    for (size_t i = 1; i <= fit; i++) {
        ost_keyset_unref(sets[i]);
        ost_key_unref(keys[i]);
    }
}

/* A process that forks while a table is made goes on in both halves, and ends. */
static void a_fork_in_between(void **state)
{
    ost_key *key = good_key(test_p256);
    ost_keyset *set = NULL;
    unsigned char signature[SIGNATURE_MAX_SIZE];
    size_t size = 0;
    int status = -1;
    assert_int_equal(ost_keyset_new(&key, 1, &set), OST_OK);
    assert_int_equal(signature_make(key, OST_ES256, OST_TEXT("x"), signature, &size), OST_OK);
    atomic_store(&key->working->table.uses, KEY_TABLE_USES - 1);
    ost_text made = text_of_bytes(signature, size);
    assert_int_equal(signature_check(key, OST_ES256, OST_TEXT("x"), made), OST_OK);
    pid_t child = fork();
    if (child == 0) {
        bool good = signature_check(key, OST_ES256, OST_TEXT("x"), made) == OST_OK;
        key_tables_settle();
        exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    key_tables_settle();
    assert_true(has_table(key) == (ec_table_size("prime256v1") > 0));
    ost_keyset_unref(set);
    ost_key_unref(key);
}

/* The key goes while its table is made: the one who makes it is the last to hold it. */
static void a_key_that_goes(void **state)
{
    ost_key *key = good_key(test_p256);
    ost_keyset *set = NULL;
    unsigned char signature[SIGNATURE_MAX_SIZE];
    size_t size = 0;
    assert_int_equal(ost_keyset_new(&key, 1, &set), OST_OK);
    assert_int_equal(signature_make(key, OST_ES256, OST_TEXT("x"), signature, &size), OST_OK);
    atomic_store(&key->working->table.uses, KEY_TABLE_USES - 1);
    assert_int_equal(signature_check(key, OST_ES256, OST_TEXT("x"), text_of_bytes(signature, size)),
                     OST_OK);
    ost_keyset_unref(set);
    ost_key_unref(key);
    key_tables_settle();
}

int main(void)
{
    if (CRYPTO_set_mem_functions(count_alloc, count_resize, count_free) != 1)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_is_not_understated),
        cmocka_unit_test(only_keys_of_sets_that_are_used),
        cmocka_unit_test(up_to_the_ceiling),
        cmocka_unit_test(a_fork_in_between),
        cmocka_unit_test(a_key_that_goes),
    };
    return cmocka_run_group_tests_name("jose-ec_table", tests, NULL, NULL);
}
