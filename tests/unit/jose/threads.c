/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads verify and sign with keys that come and go under them. What the thread sanitizer has
 * to say is half of this test. */
#include <pthread.h>
#include <stdatomic.h>

#include "base/text.h"
#include "jose/key/key_state.h"
#include "keys.h"
#include "test.h"

#define THREADS 4
#define ROUNDS 400
#define NOW 1700000000
#define GOOD "{\"iss\":\"i\",\"aud\":\"a\",\"exp\":1700000100}"

static const char *const jwks[] = {test_rsa, test_p256, test_ed25519, test_secret};
static const ost_alg algs[] = {OST_RS256, OST_ES256, OST_EDDSA, OST_HS256};
static const char *const audiences[] = {"a"};
static const ost_claims_rules rules = {
    .issuer = "i",
    .audiences = audiences,
    .audience_count = 1,
    .algorithms = EVERY_ALG,
};

/* The published set, and a lock for taking a reference to it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ost_keyset *published;
static atomic_bool stop;
static atomic_size_t failures;

static ost_keyset *new_set(void)
{
    ost_key *keys[4];
    ost_keyset *set = NULL;
    for (size_t i = 0; i < 4; i++)
        keys[i] = good_key(jwks[i]);
    assert_int_equal(ost_keyset_new(keys, 4, &set), OST_OK);
    for (size_t i = 0; i < 4; i++)
        ost_key_unref(keys[i]);
    return set;
}

static ost_keyset *current_set(void)
{
    pthread_mutex_lock(&lock);
    ost_keyset *set = ost_keyset_ref(published);
    pthread_mutex_unlock(&lock);
    return set;
}

static void *replace(void *unused)
{
    while (!atomic_load(&stop)) {
        ost_keyset *fresh = new_set(), *old;
        pthread_mutex_lock(&lock);
        old = published;
        published = fresh;
        pthread_mutex_unlock(&lock);
        ost_keyset_unref(old);
    }
    return NULL;
}

static void *work(void *number)
{
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    size_t at = (size_t)(uintptr_t)number;
    for (size_t i = 0; i < ROUNDS; i++, at++) {
        ost_keyset *set = current_set();
        const ost_claims *claims = NULL;
        unsigned char hash[32];
        ost_text token = {0};
        ost_alg alg = algs[at % 4];
        const ost_key *key = ost_keyset_at(set, at % 4);
        bool good = ost_jws_sign(OST_TEXT(GOOD), key, alg, NULL, arena, &token) == OST_OK &&
                    ost_sha256(token, hash) == OST_OK;
        for (int turn = 0; good && turn < 3; turn++)
            good = ost_jwt_verify(token, set, &rules, NOW, arena, &claims, NULL) == OST_OK;
        if (!good)
            atomic_fetch_add(&failures, 1);
        ost_keyset_unref(set); /* often the last one: the contexts go, too */
        ost_arena_reset(arena);
    }
    ost_arena_free(arena);
    return NULL;
}

static void keys_come_and_go(void **state)
{
    pthread_t workers[THREADS], replacer;
    published = new_set();
    assert_int_equal(pthread_create(&replacer, NULL, replace, NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&workers[i], NULL, work, (void *)(uintptr_t)i), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(workers[i], NULL);
    atomic_store(&stop, true);
    pthread_join(replacer, NULL);
    ost_keyset_unref(published);
    assert_int_equal(atomic_load(&failures), 0);
}

/* More threads than stripes, one key: those that find no stripe make contexts for themselves. */
#define CROWD 40

static ost_key *crowded;
static pthread_barrier_t together;

static void *sign_in_a_crowd(void *unused)
{
    ost_arena *arena = ost_arena_new((size_t)1 << 16);
    pthread_barrier_wait(&together);
    for (int i = 0; i < 20; i++) {
        ost_text token = {0};
        if (ost_jws_sign(OST_TEXT("{}"), crowded, OST_RS256, NULL, arena, &token) != OST_OK ||
            verify(token, crowded) != OST_OK)
            atomic_fetch_add(&failures, 1);
        ost_arena_reset(arena);
    }
    ost_arena_free(arena);
    return NULL;
}

static void a_crowd(void **state)
{
    pthread_t threads[CROWD];
    crowded = good_key(test_rsa);
    assert_int_equal(pthread_barrier_init(&together, NULL, CROWD), 0);
    for (size_t i = 0; i < CROWD; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sign_in_a_crowd, NULL), 0);
    for (size_t i = 0; i < CROWD; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&together);
    ost_key_unref(crowded);
    assert_int_equal(atomic_load(&failures), 0);
}

/* Threads verify by one key of a set while its table is made, and go on with it. */
static ost_keyset *tabled;

static void *verify_by_table(void *unused)
{
    ost_arena *arena = ost_arena_new((size_t)1 << 16);
    ost_text token = {0};
    const ost_key *key = ost_keyset_at(tabled, 0);
    bool good = ost_jws_sign(OST_TEXT("{}"), key, OST_ES256, NULL, arena, &token) == OST_OK;
    pthread_barrier_wait(&together);
    for (int i = 0; good && i < ROUNDS; i++)
        good = verify(token, key) == OST_OK;
    key_tables_settle();
    if (!good || verify(token, key) != OST_OK)
        atomic_fetch_add(&failures, 1);
    ost_arena_free(arena);
    return NULL;
}

static void a_table_comes(void **state)
{
    pthread_t threads[THREADS];
    ost_key *key = good_key(test_p256);
    assert_int_equal(ost_keyset_new(&key, 1, &tabled), OST_OK);
    assert_int_equal(pthread_barrier_init(&together, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, verify_by_table, NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&together);
    bool has_table = atomic_load(&key->working->table.table) != NULL;
    ost_keyset_unref(tabled);
    ost_key_unref(key);
    assert_int_equal(atomic_load(&failures), 0);
    assert_true(has_table || ec_table_size("prime256v1") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_come_and_go),
        cmocka_unit_test(a_crowd),
        cmocka_unit_test(a_table_comes),
    };
    return cmocka_run_group_tests_name("jose-threads", tests, NULL, NULL);
}
