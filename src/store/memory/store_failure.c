/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of failures; see store_failure.h. A counter is known by a hash, since addresses and names
 * are as long as a stranger likes. */
#include "store/memory/store_failure.h"

#include <sodium.h>

#include "base/array.h"
#include "base/text.h"
#include "store/memory/asynchronous.h"
#include "store/transaction.h"

#define ADDRESS_MAX 63

/* ---- which row ---- */

typedef struct counter_id {
    char text[sodium_base64_ENCODED_LEN(crypto_generichash_BYTES,
                                        sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
} counter_id;

static ost_text id_of(const store_counter *counter, counter_id *room)
{
    const ost_text parts[] = {counter->realm, counter->user_id, counter->network};
    const unsigned char kind = (unsigned char)counter->kind;
    unsigned char hash[crypto_generichash_BYTES];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, &kind, 1);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        uint64_t len = parts[i].len; /* so that none runs into the next */
        crypto_generichash_update(&state, (const unsigned char *)&len, sizeof len);
        crypto_generichash_update(&state, (const unsigned char *)parts[i].data, parts[i].len);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2base64(room->text, sizeof room->text, hash, sizeof hash,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return (ost_text){room->text, sizeof room->text - 1};
}

/* ---- looking ---- */

/* Nodes' clocks differ by less: a failure further in times to come was before the clock was set
 * back, and what waits for that time would wait for as long as it was set back by. */
#define CLOCKS_DIFFER "60000"

#define IS(kinds)                                                                                  \
    "WHEN failure.kind " kinds " AND failure.last <= clock.now + " CLOCKS_DIFFER " THEN "
#define WORST(kinds) "coalesce(max(CASE " IS(kinds) "failure.blocked_until END), 0) > clock.now"
#define OF_PAIR(column) "coalesce(max(CASE WHEN failure.kind = 1 THEN " column " END), 0)"
#define LOOK(clock)                                                                                \
    "SELECT clock.now, " WORST("<> 2") ", " WORST("= 2") ", " OF_PAIR(                             \
        "failure.failures") ", " OF_PAIR("failure.known_until") " FROM (SELECT " clock             \
                                                                " AS now) AS clock LEFT JOIN "     \
                                                                "failure "                         \
                                                                "ON failure.id IN (?1, ?2, ?3) "   \
                                                                "GROUP BY clock.now"
/* Milliseconds. */
#define CLOCK(now) "CASE WHEN ?4 > 0 THEN ?4 ELSE CAST(" now " AS BIGINT) END"
#define SQLITE_CLOCK CLOCK("(julianday('now') - 2440587.5) * 86400000")
#define POSTGRESQL_CLOCK CLOCK("extract(epoch FROM clock_timestamp()) * 1000")
_Static_assert(FAILURES_OF_PAIR == 1 && FAILURES_OF_USER == 2, "as the texts have it");

ost_result store_failure_look(store *s, const store_counter *counters, size_t count, int64_t now,
                              store_failure_state *ret_state)
{
    counter_id ids[STORE_COUNTERS_MAX];
    database *d = read_begin(s);
    statement *st = prepare(d, text_for(d, LOOK(SQLITE_CLOCK), LOOK(POSTGRESQL_CLOCK)));
    for (size_t i = 0; i < STORE_COUNTERS_MAX; i++)
        bind_text(st, (int)i + 1, i < count ? id_of(&counters[i], &ids[i]) : (ost_text){0});
    bind_integer(st, 4, now);
    ost_result result = next_row(st);
    if (result == OST_OK)
        *ret_state = (store_failure_state){.now = column_integer(st, 0),
                                           .blocked = column_integer(st, 1) != 0,
                                           .user_blocked = column_integer(st, 2) != 0,
                                           .failed = column_integer(st, 3) > 0,
                                           .known_until = column_integer(st, 4)};
    reset_statement(st);
    read_end(s, d);
    return result;
}

/* ---- counting ---- */

/* One more than were counted, unless the last one is too long ago. */
#define COUNT "CASE WHEN ?6 - failure.last > ?8 THEN 1 ELSE failure.failures + 1 END"
/* ?9: the limit; ?12: how many waits the longest is at least. */
#define WAIT LESSER_OF("?11", "?10 * " LESSER_OF("(" COUNT ") / ?9", "?12"))
/* Who counts at the same time may be some milliseconds ahead. */
#define QUICK "?13 > 0 AND failure.last > 0 AND ?6 - failure.last < ?13"
#define BLOCKED                                                                                    \
    "CASE WHEN " WAIT " > 0 THEN ?6 + " WAIT " WHEN " QUICK                                        \
    " THEN ?6 + ?14 ELSE failure.blocked_until END"
#define COLUMNS                                                                                    \
    "INSERT INTO failure (id, realm, kind, user_id, address, last, expires, failures, "            \
    "blocked_until, known_until) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?15, 0 "
#define ADD                                                                                        \
    " ON CONFLICT (id) DO UPDATE SET failures = " COUNT ", blocked_until = " BLOCKED               \
    ", last = CASE WHEN failure.last > ?6 + " CLOCKS_DIFFER " THEN ?6 ELSE " GREATER_OF(           \
        "failure.last", "?6") " END, address = ?5, expires = " GREATER_OF("failure.expires", "?7")

/* The seconds after which nothing depends on the row. */
static int64_t end_of(const store_failure *failure, int64_t now)
{
    int64_t longest = failure->window;
    if (failure->max_wait > longest)
        longest = failure->max_wait;
    if (failure->quick_wait > longest)
        longest = failure->quick_wait;
    return (now + longest) / 1000 + 1;
}

static ost_result add_one(database *d, const store_failure *failure, int64_t now)
{
    counter_id id;
    const store_counter *counter = &failure->counter;
    bool waits = failure->limit > 0 && failure->wait > 0;
    int64_t limit = waits ? failure->limit : 1, wait = waits ? failure->wait : 0;
    int64_t first = wait < failure->max_wait ? wait : failure->max_wait;
    statement *st =
        prepare(d, text_for(d, COLUMNS "WHERE true" ADD, COLUMNS "FROM " ASYNCHRONOUS ADD));
    bind_text(st, 1, id_of(counter, &id));
    bind_text(st, 2, counter->realm);
    bind_integer(st, 3, counter->kind);
    bind_text(st, 4, counter->user_id);
    bind_text(st, 5, text_slice(failure->address, 0, ADDRESS_MAX));
    bind_integer(st, 6, now);
    bind_integer(st, 7, end_of(failure, now));
    bind_integer(st, 8, failure->window);
    bind_integer(st, 9, limit);
    bind_integer(st, 10, wait);
    bind_integer(st, 11, failure->max_wait);
    bind_integer(st, 12, waits ? failure->max_wait / wait + 1 : 0);
    bind_integer(st, 13, failure->quick);
    bind_integer(st, 14, failure->quick_wait);
    bind_integer(st, 15, limit == 1 && first > 0 ? now + first : 0);
    return run_statement(st, NULL);
}

static ost_result add_all(database *d, const store_failure *failures, size_t count, int64_t now)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = add_one(d, &failures[i], now);
    return result;
}

ost_result store_failure_add(store *s, const store_failure *failures, size_t count, int64_t now)
{
    return WRITE(s, d, add_all(d, failures, count, now));
}

/* ---- forgetting ---- */

#define KNOW                                                                                       \
    "INSERT INTO failure (id, realm, kind, user_id, address, last, expires, failures, "            \
    "blocked_until, known_until) SELECT ?1, ?2, ?3, ?4, '', ?5, ?6 / 1000 + 1, 0, 0, ?6 "
#define KNOWN                                                                                      \
    " ON CONFLICT (id) DO UPDATE SET failures = 0, blocked_until = 0, address = '', last = ?5, "   \
    "known_until = ?6, expires = ?6 / 1000 + 1"

static ost_result forget_pair(database *d, const store_counter *pair, int64_t now,
                              int64_t known_until)
{
    counter_id id;
    statement *st =
        prepare(d, text_for(d, KNOW "WHERE true" KNOWN, KNOW "FROM " ASYNCHRONOUS KNOWN));
    bind_text(st, 1, id_of(pair, &id));
    bind_text(st, 2, pair->realm);
    bind_integer(st, 3, pair->kind);
    bind_text(st, 4, pair->user_id);
    bind_integer(st, 5, now);
    bind_integer(st, 6, known_until);
    return run_statement(st, NULL);
}

ost_result store_failure_forget(store *s, const store_counter *pair, int64_t now,
                                int64_t known_until)
{
    return WRITE(s, d, forget_pair(d, pair, now, known_until));
}

/* An administrator's word is kept as any other that was confirmed. */
static ost_result lift(database *d, ost_text realm, ost_text user_id)
{
    statement *st = prepare(d, "UPDATE failure SET failures = 0, blocked_until = 0, last = 0 "
                               "WHERE realm = ?1 AND (?2 = '' OR user_id = ?2) AND kind < ?3");
    bind_text(st, 1, realm);
    bind_text(st, 2, user_id);
    bind_integer(st, 3, FAILURES_OF_CODES);
    return run_statement(st, NULL);
}

ost_result store_failure_lift(store *s, ost_text realm, ost_text user_id)
{
    return WRITE(s, d, lift(d, realm, user_id));
}

/* ---- telling ---- */

#define OF_USER "FROM failure WHERE realm = ?1 AND user_id = ?2 AND failures > 0 "

static ost_result read_last(database *d, ost_text realm, ost_text user_id, ost_arena *arena,
                            store_failure_sum *sum)
{
    bool failed = false;
    statement *st = PREPARED(d,
                             "SELECT last, address " OF_USER "AND kind = 1 "
                             "ORDER BY last DESC LIMIT 1",
                             realm, user_id);
    ost_result result = next_row(st);
    if (result == OST_OK) {
        sum->last = column_integer(st, 0);
        sum->address = column_text(st, 1, arena, &failed);
    }
    reset_statement(st);
    return failed ? OST_E_MEMORY : result == OST_E_NOT_FOUND ? OST_OK : result;
}

/* What the counter of the user alone has, is also from before a success. */
static ost_result read_sum(database *d, ost_text realm, ost_text user_id, store_failure_sum *sum)
{
    statement *st = PREPARED(d,
                             "SELECT coalesce(sum(CASE WHEN kind = 1 THEN failures ELSE 0 END), "
                             "0), coalesce(max(blocked_until), 0) " OF_USER,
                             realm, user_id);
    ost_result result = next_row(st);
    if (result == OST_OK) {
        sum->failures = column_integer(st, 0);
        sum->blocked_until = column_integer(st, 1);
    }
    reset_statement(st);
    return result;
}

ost_result store_failure_read(store *s, ost_text realm, ost_text user_id, ost_arena *arena,
                              store_failure_sum *ret_sum)
{
    store_failure_sum sum = {0};
    database *d = read_begin(s);
    ost_result result = read_sum(d, realm, user_id, &sum);
    if (result == OST_OK)
        result = read_last(d, realm, user_id, arena, &sum);
    read_end(s, d);
    if (result == OST_OK)
        *ret_sum = sum;
    return result;
}
