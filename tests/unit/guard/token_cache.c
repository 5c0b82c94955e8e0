/* SPDX-License-Identifier: Apache-2.0 */
/* Remembered signatures: bounds, lifetime, exactness, threads. */

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "guard/cache/token_cache.h"
#include "test.h"

#define NOW 1000
#define PAYLOAD "{\"exp\":2000,\"sub\":\"alice\",\"x\":[1,2,\"\\u0041\"]}"

static ost_arena *arena;

static int setup(void **state)
{
    arena = ost_arena_new((size_t)8 << 20);
    return 0;
}

static int teardown(void **state)
{
    ost_arena_free(arena);
    return 0;
}

static size_t claims_bytes(ost_text payload)
{
    const ost_claims *claims;
    size_t before = ost_arena_used(arena);
    assert_int_equal(ost_claims_read(payload, arena, &claims, NULL), OST_OK);
    return ost_arena_used(arena) - before;
}

static void put(token_cache *cache, ost_text token, int64_t expiry, int64_t now)
{
    const token_facts facts = {.issuer = 3,
                               .generation = 7,
                               .alg = OST_ES256,
                               .payload = OST_TEXT(PAYLOAD),
                               .expiry = expiry};
    (void)token_cache_put(cache, token, &facts, claims_bytes(facts.payload), now);
}

static ost_text numbered(int number)
{
    return text_of(ost_arena_format(arena, "header.payload.%064d", number));
}

static size_t count_known(token_cache *cache, int count, int64_t now)
{
    size_t known = 0;
    for (int i = 0; i < count; i++)
        known += token_cache_get(cache, numbered(i), now, arena) != NULL;
    return known;
}

static token_cache *cache_of(size_t entries, size_t bytes)
{
    token_cache *cache;
    assert_int_equal(token_cache_new(NULL, entries, bytes, &cache), OST_OK);
    return cache;
}

static void what_was_put_is_got(void **state)
{
    token_cache *cache = cache_of(100, 1 << 20);
    put(cache, numbered(1), 2000, NOW);
    const remembered *known = token_cache_get(cache, numbered(1), NOW, arena);
    assert_non_null(known);
    assert_int_equal(known->facts.issuer, 3);
    assert_int_equal(known->facts.generation, 7);
    assert_int_equal(known->facts.alg, OST_ES256);
    assert_true(text_is(known->facts.payload, PAYLOAD));
    assert_true(text_is(ost_claims_subject(known->claims), "alice"));
    token_cache_free(cache);
    /* The arena still holds its share. */
    assert_true(text_is(ost_claims_subject(known->claims), "alice"));
    ost_arena_reset(arena);
}

static void only_exactly_the_same_token(void **state)
{
    token_cache *cache = cache_of(100, 1 << 20);
    char *token = ost_arena_copy(arena, numbered(1));
    put(cache, text_of(token), 2000, NOW);
    /* The end, by which it is found, is the same in all of these. */
    for (size_t i = 0; i < strlen(token); i++) {
        token[i] ^= 1;
        assert_null(token_cache_get(cache, text_of(token), NOW, arena));
        token[i] ^= 1;
    }
    assert_null(token_cache_get(cache, text_of(token + 1), NOW, arena));
    assert_null(token_cache_get(cache, text_slice(text_of(token), 0, 70), NOW, arena));
    assert_null(token_cache_get(cache, (ost_text){0}, NOW, arena));
    assert_non_null(token_cache_get(cache, text_of(token), NOW, arena));
    token_cache_free(cache);
    ost_arena_reset(arena);
}

static void never_past_its_expiry(void **state)
{
    token_cache *cache = cache_of(100, 1 << 20);
    put(cache, numbered(1), 2000, NOW);
    assert_non_null(token_cache_get(cache, numbered(1), 1999, arena));
    assert_null(token_cache_get(cache, numbered(1), 2000, arena));
    put(cache, numbered(2), NOW, NOW); /* expired when it comes */
    assert_null(token_cache_get(cache, numbered(2), NOW - 1, arena));
    token_cache_free(cache);
    ost_arena_reset(arena);
}

static void entries_are_bounded(void **state)
{
    static const size_t bounds[] = {1, 2, 3, 4, 7, 8, 63, 64, 100, 1000};
    for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
        token_cache *cache = cache_of(bounds[i], (size_t)64 << 20);
        for (int k = 0; k < 3000; k++)
            put(cache, numbered(k), 2000, NOW);
        size_t known = count_known(cache, 3000, NOW);
        assert_true(known >= 1 && known <= bounds[i]);
        assert_true(known * 3 >= bounds[i]); /* and made use of */
        assert_non_null(token_cache_get(cache, numbered(2999), NOW, arena));
        token_cache_free(cache);
        ost_arena_reset(arena);
    }
}

/* Room is one for all: as many as there may be are there, whatever their hashes. */
static void no_room_is_left_unused(void **state)
{
    static const int bounds[] = {1, 2, 5, 8, 63, 64, 100, 1000, 10000};
    for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
        token_cache *cache = cache_of((size_t)bounds[i], (size_t)64 << 20);
        for (int k = 0; k < bounds[i]; k++) {
            put(cache, numbered(k), 2000, NOW);
            ost_arena_reset(arena);
        }
        for (int k = 0; k < bounds[i]; k++) {
            assert_non_null(token_cache_get(cache, numbered(k), NOW, arena));
            ost_arena_reset(arena);
        }
        put(cache, numbered(-1), 2000, NOW);
        assert_int_equal(count_known(cache, bounds[i], NOW), bounds[i] - 1);
        ost_arena_reset(arena);
        token_cache_free(cache);
    }
}

/* What is asked for again and again outlives those that come once. */
static void a_flood_takes_what_is_not_used(void **state)
{
    token_cache *cache = cache_of(1000, (size_t)64 << 20);
    size_t missed = 0;
    for (int k = 0; k < 5000; k++) {
        put(cache, numbered(1000 + k), 2000, NOW);
        if (token_cache_get(cache, numbered(k % 100), NOW, arena) == NULL) {
            missed++;
            put(cache, numbered(k % 100), 2000, NOW);
        }
        ost_arena_reset(arena);
    }
    assert_int_equal(missed, 100); /* each once, at first */
    token_cache_free(cache);
}

/* A shard that has nothing to give takes from the others. */
static void room_is_made_elsewhere(void **state)
{
    token_cache *cache = cache_of(64, 64 << 10); /* a token may take 4 KiB of that */
    const token_facts facts = {.payload = OST_TEXT(PAYLOAD), .expiry = 2000};
    for (int k = 0; k < 500; k++) {
        assert_true(token_cache_put(cache, numbered(k), &facts, 3000, NOW));
        assert_true(token_cache_bytes(cache) <= 64 << 10);
        assert_non_null(token_cache_get(cache, numbered(k), NOW, arena));
    }
    for (int k = 0; k < 500; k++)
        token_cache_forget(cache, numbered(k));
    assert_int_equal(token_cache_bytes(cache), 0);
    ost_arena_reset(arena);
    token_cache_free(cache);
}

static void bytes_are_bounded(void **state)
{
    static const size_t bound = (size_t)256 << 10;
    token_cache *cache = cache_of(100000, bound);
    for (int k = 0; k < 3000; k++) {
        put(cache, numbered(k), 2000, NOW);
        assert_true(token_cache_bytes(cache) <= bound);
    }
    assert_true(token_cache_bytes(cache) > bound / 4);
    assert_true(count_known(cache, 3000, NOW) > 20);
    token_cache_free(cache);
    /* One that is larger than all the room there is. */
    cache = cache_of(16, 100);
    put(cache, numbered(1), 2000, NOW);
    assert_null(token_cache_get(cache, numbered(1), NOW, arena));
    assert_int_equal(token_cache_bytes(cache), 0);
    token_cache_free(cache);
    ost_arena_reset(arena);
}

/* What can never be kept costs the others nothing. */
static void what_is_too_large_takes_nobodys_place(void **state)
{
    token_cache *cache = cache_of(64, 64 << 10); /* 4 KiB to a shard */
    for (int k = 0; k < 16; k++)
        put(cache, numbered(k), 2000, NOW);
    size_t known = count_known(cache, 16, NOW), bytes = token_cache_bytes(cache);
    assert_true(known > 8);
    const token_facts facts = {.payload = OST_TEXT(PAYLOAD), .expiry = 2000};
    for (int k = 100; k < 200; k++)
        assert_false(token_cache_put(cache, numbered(k), &facts, 8 << 10, NOW));
    assert_int_equal(count_known(cache, 16, NOW), known);
    assert_int_equal(token_cache_bytes(cache), bytes);
    ost_arena_reset(arena);
    token_cache_free(cache);
}

static void what_has_expired_makes_way(void **state)
{
    token_cache *cache = cache_of(64, 1 << 20);
    for (int k = 0; k < 64; k++)
        put(cache, numbered(k), 2000, NOW);
    assert_true(count_known(cache, 64, NOW) > 30);
    for (int k = 0; k < 256; k++) /* every shard gets some */
        put(cache, numbered(1000 + k), 4000, 3000);
    assert_int_equal(count_known(cache, 64, NOW), 0); /* at a time when they were good */
    token_cache_free(cache);
    ost_arena_reset(arena);
}

static void a_used_token_stays_longer(void **state)
{
    token_cache *cache = cache_of(4, 1 << 20);
    put(cache, numbered(0), 2000, NOW);
    for (int k = 1; k < 100; k++) {
        put(cache, numbered(k), 2000, NOW);
        assert_non_null(token_cache_get(cache, numbered(0), NOW, arena));
    }
    token_cache_free(cache);
    ost_arena_reset(arena);
}

static void every_allocation_may_fail(void **state)
{
    ost_text token = numbered(1);
    for (uint64_t n = 1;; n++) {
        token_cache *cache;
        memory_fail_at(n);
        ost_result result = token_cache_new(NULL, 100, 1 << 20, &cache);
        memory_fail_at(0);
        if (result == OST_OK) {
            token_cache_free(cache);
            break;
        }
        assert_int_equal(result, OST_E_MEMORY);
    }
    token_cache *cache = cache_of(100, 1 << 20);
    for (uint64_t n = 1;; n++) {
        memory_fail_at(n);
        put(cache, token, 2000, NOW);
        memory_fail_at(0);
        if (token_cache_get(cache, token, NOW, arena) != NULL)
            break;
        assert_int_equal(token_cache_bytes(cache), 0);
    }
    ost_arena *tiny = ost_arena_new(1);
    assert_null(token_cache_get(cache, token, NOW, tiny)); /* no room to note the share */
    ost_arena_free(tiny);
    token_cache_free(cache);
    ost_arena_reset(arena);
}

/* ---- threads ---- */

static void *use(void *user)
{
    token_cache *cache = user;
    static const char payload[] = "{\"exp\":2000,\"sub\":\"bob\"}";
    ost_arena *own = ost_arena_new(1 << 20);
    const token_facts facts = {.payload = text_of(payload), .expiry = 2000};
    for (int i = 0; i < 4000; i++) {
        char token[128];
        snprintf(token, sizeof token, "header.payload.%064d", i * 7 % 97);
        const remembered *known = token_cache_get(cache, text_of(token), NOW, own);
        if (known == NULL)
            (void)token_cache_put(cache, text_of(token), &facts, 4096, NOW);
        else if (!text_is(ost_claims_subject(known->claims), "bob"))
            return user;
        if (i % 5 == 0)
            ost_arena_reset(own);
    }
    ost_arena_free(own);
    return NULL;
}

static void threads_share_it(void **state)
{
    pthread_t threads[8];
    token_cache *cache = cache_of(64, 1 << 20);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use, cache), 0);
    for (size_t i = 0; i < 8; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    token_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_got),
        cmocka_unit_test(only_exactly_the_same_token),
        cmocka_unit_test(never_past_its_expiry),
        cmocka_unit_test(entries_are_bounded),
        cmocka_unit_test(no_room_is_left_unused),
        cmocka_unit_test(a_flood_takes_what_is_not_used),
        cmocka_unit_test(room_is_made_elsewhere),
        cmocka_unit_test(bytes_are_bounded),
        cmocka_unit_test(what_has_expired_makes_way),
        cmocka_unit_test(a_used_token_stays_longer),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(threads_share_it),
        cmocka_unit_test(what_is_too_large_takes_nobodys_place),
    };
    return cmocka_run_group_tests_name("guard-token_cache", tests, setup, teardown);
}
