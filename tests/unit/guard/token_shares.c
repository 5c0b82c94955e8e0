/* SPDX-License-Identifier: Apache-2.0 */
/* Shares in remembered tokens: they end with what they are shares in, and keep it in use. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/context.h"
#include "base/text.h"
#include "guard/cache/token_cache.h"
#include "guard/cache/token_shares.h"
#include "test.h"

#define NOW 1000
#define OFTEN 100 /* questions after which there is a share for certain */
#define PLACES (SHARE_SETS * SHARE_WAYS)
#define TOKEN OST_TEXT("header.payload.signature")

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

static bool put(token_cache *cache, ost_text token, uint64_t generation)
{
    const token_facts facts = {.generation = generation,
                               .payload = OST_TEXT("{\"exp\":2000,\"sub\":\"alice\"}"),
                               .expiry = 2000};
    return token_cache_put(cache, token, &facts, 4096, NOW);
}

static token_cache *cache_of(size_t entries)
{
    token_cache *cache;
    assert_int_equal(token_cache_new(NULL, entries, 1 << 20, &cache), OST_OK);
    return cache;
}

static token_cache *cache_with_share(size_t entries)
{
    token_cache *cache = cache_of(entries);
    assert_true(put(cache, TOKEN, 1));
    for (int i = 0; i < OFTEN; i++)
        assert_non_null(token_cache_get(cache, TOKEN, NOW, arena));
    return cache;
}

static void end(token_cache *cache)
{
    token_cache_free(cache);
    ost_arena_reset(arena);
}

static void a_share_answers_as_the_table_does(void **state)
{
    token_cache *cache = cache_with_share(100);
    const remembered *known = token_cache_get(cache, TOKEN, NOW, arena);
    assert_int_equal(known->facts.generation, 1);
    assert_null(token_cache_get(cache, OST_TEXT("Header.payload.signature"), NOW, arena));
    assert_null(token_cache_get(cache, TOKEN, 2000, arena));
    token_cache_free(cache);
    /* Whoever has got it keeps it. */
    assert_true(text_is(ost_claims_subject(known->claims), "alice"));
    ost_arena_reset(arena);
}

static void what_is_forgotten_has_no_share(void **state)
{
    token_cache *cache = cache_with_share(100);
    token_cache_forget(cache, TOKEN);
    assert_null(token_cache_get(cache, TOKEN, NOW, arena));
    assert_int_equal(token_cache_bytes(cache), 0);
    end(cache);
}

static void what_is_replaced_has_no_share(void **state)
{
    token_cache *cache = cache_with_share(100);
    assert_true(put(cache, TOKEN, 2));
    assert_int_equal(token_cache_get(cache, TOKEN, NOW, arena)->facts.generation, 2);
    end(cache);
}

static void what_makes_way_has_no_share(void **state)
{
    token_cache *cache = cache_with_share(1);
    for (int i = 0; token_cache_get(cache, TOKEN, NOW, arena) != NULL; i++) {
        assert_true(i < 4);
        (void)put(cache, OST_TEXT("another.token.altogether"), 1);
        ost_arena_reset(arena);
    }
    end(cache);
}

/* More tokens than there are places for shares: those in use stay, and nothing is allocated. */
static void shares_in_use_do_not_take_turns(void **state)
{
    enum { TOKENS = 2 * PLACES, ROUNDS = 100 };
    char tokens[TOKENS][32];
    token_cache *cache;
    uint64_t before = 0;
    assert_int_equal(token_cache_new(NULL, (size_t)256 * TOKENS, (size_t)64 << 20, &cache), OST_OK);
    for (int i = 0; i < TOKENS; i++) {
        snprintf(tokens[i], sizeof tokens[i], "header.payload.%08d", i);
        assert_true(put(cache, text_of(tokens[i]), 1));
    }
    for (int round = 0; round < 2 * ROUNDS; round++) {
        if (round == ROUNDS)
            before = memory_count();
        for (int i = 0; i < TOKENS; i++)
            assert_non_null(token_cache_get(cache, text_of(tokens[i]), NOW, arena));
        ost_arena_reset(arena);
    }
    assert_int_equal(memory_count(), before);
    end(cache);
}

/* One that is not used any more makes way. */
static void an_idle_share_makes_way(void **state)
{
    enum { TOKENS = 2 * PLACES };
    char token[32];
    token_cache *cache;
    assert_int_equal(token_cache_new(NULL, (size_t)256 * TOKENS, (size_t)64 << 20, &cache), OST_OK);
    uint64_t first = 0, second = 0;
    for (int i = 0; i < TOKENS; i++) {
        uint64_t before = memory_count();
        snprintf(token, sizeof token, "header.payload.%08d", i);
        assert_true(put(cache, text_of(token), 1));
        uint64_t put_alone = memory_count() - before;
        for (int n = 0; n < 6 * OFTEN; n++)
            assert_non_null(token_cache_get(cache, text_of(token), NOW, arena));
        ost_arena_reset(arena);
        *(i < PLACES ? &first : &second) += memory_count() - before - put_alone;
    }
    /* Every one of them got its share, those too that came when most places were taken. */
    assert_int_equal(first, PLACES);
    assert_int_equal(second, PLACES);
    end(cache);
}

/* The table itself is not asked for what shares answer. */
static void use_by_a_share_is_use(void **state)
{
    token_cache *cache = cache_with_share(4);
    for (int i = 0; i < 1000; i++) {
        assert_true(put(cache, text_of(ost_arena_format(arena, "header.payload.%064d", i)), 1));
        assert_non_null(token_cache_get(cache, TOKEN, NOW, arena));
    }
    end(cache);
}

/* Eight entries that fill one set of every stripe. */
typedef struct crowd {
    token_shares shares;
    token_entry *entries[SHARE_WAYS];
} crowd;

static void *add_all(void *user)
{
    crowd *c = user;
    for (size_t i = 0; i < SHARE_WAYS; i++)
        token_shares_add(&c->shares, c->entries[i]);
    return NULL;
}

/* How many places that hash has, in all stripes. */
static unsigned places_of(const crowd *c, uint64_t hash)
{
    unsigned found = 0;
    for (unsigned i = 0; i < SHARE_STRIPES; i++) {
        for (unsigned n = 0; n < SHARE_SETS; n++) {
            const share_set *set = &c->shares.stripes[i].sets[n];
            for (unsigned way = 0; way < SHARE_WAYS; way++)
                found += set->at[way] != NULL && atomic_load(&set->hashes[way]) == hash;
        }
    }
    return found;
}

/* Whichever thread got it, and wherever it stands. */
static void every_share_is_dropped(void **state)
{
    static crowd c;
    const token_facts facts = {.payload = OST_TEXT("{\"exp\":2000}"), .expiry = 2000};
    token_shares_init(&c.shares);
    for (size_t i = 0; i < SHARE_WAYS; i++) {
        c.entries[i] = token_entry_new(TOKEN, (5ULL << 48) + i + 1, &facts, 4096);
        assert_non_null(c.entries[i]);
    }
    for (size_t i = 0; i < SHARE_STRIPES; i++) { /* threads are numbered as they come */
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, add_all, &c), 0);
        pthread_join(thread, NULL);
    }
    for (size_t i = 0; i < SHARE_WAYS; i++)
        assert_int_equal(atomic_load(&c.entries[i]->references), 1 + SHARE_STRIPES);
    for (size_t i = 0; i < SHARE_WAYS; i++) {
        token_shares_drop(&c.shares, c.entries[i]);
        for (size_t k = 0; k < SHARE_WAYS; k++) {
            unsigned expected = k > i ? SHARE_STRIPES : 0;
            assert_int_equal(places_of(&c, c.entries[k]->hash), expected);
            assert_int_equal(atomic_load(&c.entries[k]->references), 1 + expected);
        }
    }
    for (size_t i = 0; i < SHARE_WAYS; i++)
        token_entry_unref(c.entries[i]);
    token_shares_clear(&c.shares);
}

static void without_memory_the_table_answers(void **state)
{
    token_cache *cache = cache_of(100);
    assert_true(put(cache, TOKEN, 1));
    assert_non_null(token_cache_get(cache, TOKEN, NOW, arena)); /* room in the arena */
    for (int i = 0; i < OFTEN; i++) {
        memory_fail_at(1);
        assert_non_null(token_cache_get(cache, TOKEN, NOW, arena));
        memory_fail_at(0);
    }
    end(cache);
}

/* ---- threads ---- */

typedef struct race {
    token_cache *cache;
    atomic_ullong oldest; /* generation that may still be got */
    atomic_bool over;
} race;

static void *read_on(void *user)
{
    race *r = user;
    ost_arena *own = ost_arena_new(1 << 20);
    void *wrong = NULL;
    while (!atomic_load(&r->over)) {
        uint64_t oldest = atomic_load(&r->oldest);
        const remembered *known = token_cache_get(r->cache, TOKEN, NOW, own);
        if (known != NULL && known->facts.generation < oldest)
            wrong = r;
        ost_arena_reset(own);
    }
    ost_arena_free(own);
    return wrong;
}

/* Once it has been forgotten or replaced no thread gets it, by whatever share. */
static void nobody_gets_what_is_gone(void **state)
{
    race r = {.cache = cache_of(16)};
    pthread_t readers[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_on, &r), 0);
    for (uint64_t generation = 1; generation <= 20000; generation++) {
        assert_true(put(r.cache, TOKEN, generation));
        atomic_store(&r.oldest, generation);
        if (generation % 3 == 0) {
            token_cache_forget(r.cache, TOKEN);
            atomic_store(&r.oldest, generation + 1);
        }
    }
    atomic_store(&r.over, true);
    for (size_t i = 0; i < 4; i++) {
        void *wrong;
        pthread_join(readers[i], &wrong);
        assert_null(wrong);
    }
    token_cache_free(r.cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_answers_as_the_table_does),
        cmocka_unit_test(what_is_forgotten_has_no_share),
        cmocka_unit_test(what_is_replaced_has_no_share),
        cmocka_unit_test(what_makes_way_has_no_share),
        cmocka_unit_test(shares_in_use_do_not_take_turns),
        cmocka_unit_test(an_idle_share_makes_way),
        cmocka_unit_test(use_by_a_share_is_use),
        cmocka_unit_test(every_share_is_dropped),
        cmocka_unit_test(without_memory_the_table_answers),
        cmocka_unit_test(nobody_gets_what_is_gone),
    };
    return cmocka_run_group_tests_name("guard-token_shares", tests, setup, teardown);
}
