/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs that have been shown, in memory that processes share; see <ostiary/replay.h>. A table of
 * words without locks. A proof belongs in one of two buckets, each a line of the cache with eight
 * words; a word has the second until which it counts and a part of the proof's keyed hash. In a
 * table that holds a million, of 2^30 new proofs one is taken for one of them, and refused; none
 * that was shown is ever missed. What follows the buckets counts who has shown how many. */
#include <ostiary/replay.h>

#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "guard/sender/proof_shares.h"

#define SLOTS 8
#define PLACES (2 * SLOTS)
#define TABLE_MIN ((size_t)4096)
#define TABLE_MAX ((size_t)1 << 36)
#define AHEAD_MAX ((int64_t)366 * 24 * 3600)
#define TRIES 256
/* A word: the second in the upper bits, around once in 8.5 years; the hash below, never 0. */
#define TIME_BITS 28
#define TAG_BITS (64 - TIME_BITS)
#define TAG_MASK (((uint64_t)1 << TAG_BITS) - 1)
#define TIME_MASK (((int64_t)1 << TIME_BITS) - 1)
#define COUNTED 32 /* one line of counters for so many lines in all */
#define PROMISED 5 /* proofs of a bucket, of which there are SLOTS: what shares are of */

/* "OSTPRF" and the version of what follows; read the other way round it is another number. */
#define MAGIC UINT64_C(0x4f53545052460002)

typedef struct bucket {
    _Alignas(64) atomic_uint_least64_t slots[SLOTS];
} bucket;

struct ost_replay_table {
    _Alignas(64) atomic_uint_least64_t magic; /* last, when the rest is there */
    uint64_t size;
    uint64_t buckets, counters;
    unsigned char key[crypto_shorthash_KEYBYTES];
    /* The latest second until which a proof was remembered that is no more, and 1; 0: none is. */
    _Alignas(64) atomic_int_least64_t forgotten;
    bucket bucket[];
};

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && sizeof(bucket) == 64,
               "words that processes can share, one line of them");

/* Of so many lines in all. */
static size_t counter_lines(size_t lines)
{
    const size_t least = PROOF_SHARES_MIN / SLOTS;
    return lines / COUNTED > least ? lines / COUNTED : least;
}

size_t ost_replay_table_size(size_t proofs)
{
    /* Two choices among buckets of eight: none is full before some two thirds of all are. */
    size_t buckets =
        proofs <= TABLE_MAX / 16 ? (proofs + PROMISED - 1) / PROMISED : TABLE_MAX / sizeof(bucket);
    size_t lines = buckets + counter_lines(buckets + buckets / COUNTED + 1);
    size_t size = sizeof(ost_replay_table) + lines * sizeof(bucket);
    return size < TABLE_MIN ? TABLE_MIN : size > TABLE_MAX ? TABLE_MAX : size;
}

ost_result ost_replay_table_make(void *memory, size_t size, const ost_context *context,
                                 ost_replay_table **ret_table)
{
    ost_replay_table *table = memory;
    if (memory == NULL || ret_table == NULL || (uintptr_t)memory % sizeof(bucket) != 0)
        return OST_E_ARGUMENT;
    if (size < TABLE_MIN || size > TABLE_MAX)
        return OST_E_CEILING;
    ost_result result = context_random(context, table->key, sizeof table->key);
    if (result != OST_OK)
        return result;
    table->size = size;
    size_t lines = (size - sizeof *table) / sizeof(bucket);
    table->buckets = lines - counter_lines(lines);
    table->counters = counter_lines(lines) * SLOTS;
    atomic_store(&table->magic, MAGIC);
    *ret_table = table;
    return OST_OK;
}

ost_result ost_replay_table_open(void *memory, size_t size, ost_replay_table **ret_table)
{
    ost_replay_table *table = memory;
    if (memory == NULL || ret_table == NULL || (uintptr_t)memory % sizeof(bucket) != 0 ||
        size < TABLE_MIN || atomic_load(&table->magic) != MAGIC || table->size != size)
        return OST_E_ARGUMENT;
    *ret_table = table;
    return OST_OK;
}

/* ---- words ---- */

static uint64_t word_of(uint64_t tag, int64_t until)
{
    return (uint64_t)(until & TIME_MASK) << TAG_BITS | tag;
}

/* How many seconds the word still counts after this one; less than 0: no more. */
static int64_t seconds_left(uint64_t word, int64_t now)
{
    int64_t left = ((int64_t)(word >> TAG_BITS) - (now & TIME_MASK)) & TIME_MASK;
    return left <= TIME_MASK / 2 ? left : left - TIME_MASK - 1;
}

static bool is_free(uint64_t word, int64_t now)
{
    return word == 0 || seconds_left(word, now) < 0;
}

/* ---- where a proof belongs ---- */

typedef struct places {
    atomic_uint_least64_t *slots[2]; /* of its buckets, which may be one and the same */
    uint64_t tag, owner;
} places;

/* The hash of both hashes, so that no owner and id run into each other; and another one. */
static places places_of(ost_replay_table *table, ost_text owner, ost_text id)
{
    uint64_t parts[3] = {0}, hash[2];
    crypto_shorthash((unsigned char *)&parts[0], text_bytes(owner), owner.len, table->key);
    crypto_shorthash((unsigned char *)&parts[1], text_bytes(id), id.len, table->key);
    for (size_t k = 0; k < 2; k++) {
        parts[2] = k;
        crypto_shorthash((unsigned char *)&hash[k], (const unsigned char *)parts, sizeof parts,
                         table->key);
    }
    uint64_t first = (hash[0] >> 32) * table->buckets >> 32;
    uint64_t second = (hash[0] & UINT32_MAX) * table->buckets >> 32;
    return (places){
        .slots = {table->bucket[first].slots, table->bucket[second].slots},
        .tag = (hash[1] & TAG_MASK) | 1,
        .owner = parts[0],
    };
}

static atomic_uint_least64_t *slot_at(const places *of, size_t k)
{
    return &of->slots[k / SLOTS][k % SLOTS];
}

/* What its buckets hold; true when the proof is there, but for in `own`. */
static bool look_through(const places *of, const atomic_uint_least64_t *own, int64_t now,
                         uint64_t ret_words[PLACES])
{
    bool found = false;
    for (size_t k = 0; k < PLACES; k++) {
        uint64_t word = ret_words[k] = atomic_load(slot_at(of, k));
        if (slot_at(of, k) != own && (word & TAG_MASK) == of->tag && !is_free(word, now))
            found = true;
    }
    return found;
}

/* A free place in the bucket that has more of them; PLACES: none. */
static size_t place_choose(const uint64_t words[PLACES], int64_t now)
{
    size_t count[2] = {0}, free[2] = {PLACES, PLACES};
    for (size_t k = 0; k < PLACES; k++) {
        if (!is_free(words[k], now))
            continue;
        if (count[k / SLOTS]++ == 0)
            free[k / SLOTS] = k;
    }
    return free[count[1] > count[0]];
}

/* The counters follow the buckets. */
static proof_shares shares_of(ost_replay_table *table)
{
    return (proof_shares){table->bucket[table->buckets].slots, table->counters};
}

/* Before a word makes way, so that whoever no longer finds it finds this. */
static void forgotten_raise(ost_replay_table *table, uint64_t word, int64_t now)
{
    int64_t mark = now + seconds_left(word, now) + 1;
    int64_t was = atomic_load(&table->forgotten);
    while (word != 0 && was < mark && !atomic_compare_exchange_weak(&table->forgotten, &was, mark))
        continue;
}

/* A clock that is set back does not bring back what was forgotten: a proof that could have been
 * among it has been shown, for all that is known. */
static bool could_be_forgotten(const ost_replay_table *table, int64_t until)
{
    return until < atomic_load(&table->forgotten);
}

/* Who writes a proof looks once more: of two that write the same one in different places, as those
 * may whose clocks differ by a second, one at least finds the other. */
ost_result ost_replay_table_note(void *user, ost_text owner, ost_text id, int64_t until,
                                 int64_t now)
{
    ost_replay_table *table = user;
    uint64_t words[PLACES];
    if (table == NULL || now < 0 || until < now || until - now > AHEAD_MAX)
        return OST_E_ARGUMENT;
    const places of = places_of(table, owner, id);
    const proof_shares shares = shares_of(table);
    uint64_t mine = word_of(of.tag, until);
    for (unsigned tries = 0; tries < TRIES; tries++) {
        if (look_through(&of, NULL, now, words) || could_be_forgotten(table, until))
            return OST_E_CONFLICT;
        size_t chosen = place_choose(words, now);
        if (chosen == PLACES)
            return OST_E_BUSY;
        if (!proof_shares_has_room(&shares, of.owner, table->buckets * PROMISED, now))
            return OST_E_CEILING;
        forgotten_raise(table, words[chosen], now);
        atomic_uint_least64_t *slot = slot_at(&of, chosen);
        if (!atomic_compare_exchange_strong(slot, &words[chosen], mine))
            continue;
        proof_shares_add(&shares, of.owner, until, now);
        bool again = look_through(&of, slot, now, words) || could_be_forgotten(table, until);
        return again ? OST_E_CONFLICT : OST_OK;
    }
    return OST_E_BUSY;
}
