/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in the store. */
#include "store/realm/store_key.h"

#include <string.h>

#include "base/text.h"
#include "store/realm/realm_record.h"
#include "store/realm/realm_within.h"
#include "store/sealing/sealing.h"
#include "store/transaction.h"

#define COLUMNS                                                                                    \
    "kid, realm, algorithm, use, jwk, certificate, state, created, signs_from, "                   \
    "ends, component"
#define INSERT "INSERT INTO key (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define REPLACING                                                                                  \
    " ON CONFLICT (realm, kid) DO UPDATE SET algorithm = excluded.algorithm, use = excluded.use, " \
    "jwk = excluded.jwk, certificate = excluded.certificate, state = excluded.state, "             \
    "created = excluded.created, signs_from = excluded.signs_from, ends = excluded.ends, "         \
    "component = excluded.component"
#define MAX_KEYS 100 /* of one realm */

static sealed_place place_of(const store_key *key)
{
    return (sealed_place){SEALED_KEY, key->realm, key->kid};
}

/* Nobody could read the realm any longer. */
static ost_result check_room(database *d, ost_text realm)
{
    int64_t count;
    ost_result result =
        next_number(PREPARED(d, "SELECT count(*) FROM key WHERE realm = ?", realm), &count);
    return result == OST_OK && count > MAX_KEYS ? OST_E_CEILING : result;
}

static ost_result write_key(database *d, const char *sql, const store_key *key)
{
    sealed_text_auto jwk = {0};
    const sealed_place place = place_of(key);
    ost_result result = sealing_seal(d, &place, key->jwk, &jwk);
    if (result != OST_OK)
        return result;
    statement *st = prepare(d, sql);
    bind_text(st, 1, key->kid);
    bind_text(st, 2, key->realm);
    bind_text(st, 3, key->algorithm);
    bind_text(st, 4, key->use);
    bind_text(st, 5, jwk.text);
    bind_text(st, 6, key->certificate);
    bind_integer(st, 7, (int64_t)key->state);
    bind_integer(st, 8, key->created);
    bind_integer(st, 9, key->signs_from);
    bind_integer(st, 10, key->ends);
    bind_text(st, 11, key->component);
    result = run_statement(st, NULL);
    return result == OST_OK ? check_room(d, key->realm) : result;
}

ost_result put_key(database *d, const store_key *key)
{
    statement *st = prepare(d, "UPDATE key SET state = ?3, signs_from = ?4, ends = ?5 WHERE "
                               "realm = ?1 AND kid = ?2");
    bind_text(st, 1, key->realm);
    bind_text(st, 2, key->kid);
    bind_integer(st, 3, (int64_t)key->state);
    bind_integer(st, 4, key->signs_from);
    bind_integer(st, 5, key->ends);
    ost_result result = run_change(st);
    return result == OST_E_NOT_FOUND ? insert_key(d, key) : result;
}

ost_result insert_key(database *d, const store_key *key)
{
    return write_key(d, INSERT, key);
}

static ost_result read_key(database *d, statement *st, ost_arena *arena, store_key *ret_key)
{
    bool failed = false;
    int64_t state = column_integer(st, 6);
    store_key read = {
        .kid = column_text(st, 0, arena, &failed),
        .realm = column_text(st, 1, arena, &failed),
        .algorithm = column_text(st, 2, arena, &failed),
        .use = column_text(st, 3, arena, &failed),
        .jwk = column_text(st, 4, arena, &failed),
        .certificate = column_text(st, 5, arena, &failed),
        .state = (store_key_state)state,
        .created = column_integer(st, 7),
        .signs_from = column_integer(st, 8),
        .ends = column_integer(st, 9),
        .component = column_text(st, 10, arena, &failed),
    };
    if (failed || state < STORE_KEY_NEXT || state > STORE_KEY_DISABLED)
        return failed ? OST_E_MEMORY : OST_E_STORE;
    const sealed_place place = place_of(&read);
    ost_result result = sealing_open(d, &place, read.jwk, arena, &read.jwk);
    if (result == OST_OK)
        *ret_key = read;
    return result;
}

ost_result store_key_list(store *s, ost_text realm, ost_arena *arena, store_key **ret_keys,
                          size_t *ret_count)
{
    store_key *keys = ost_arena_alloc(arena, MAX_KEYS * sizeof *keys);
    size_t count = 0;
    ost_result result = OST_OK;
    if (keys == NULL)
        return OST_E_MEMORY;
    database *d = read_begin(s);
    statement *st =
        PREPARED(d, "SELECT " COLUMNS " FROM key WHERE realm = ? ORDER BY created, kid", realm);
    while (result == OST_OK && (result = next_row(st)) == OST_OK)
        result = count < MAX_KEYS ? read_key(d, st, arena, &keys[count++]) : OST_E_CEILING;
    read_end(s, d);
    if (result != OST_E_NOT_FOUND)
        return result;
    *ret_keys = keys;
    *ret_count = count;
    return OST_OK;
}

static ost_result read_state(statement *st, ost_arena *arena, store_key *ret_key)
{
    bool failed = false;
    *ret_key = (store_key){
        .realm = column_text(st, 0, arena, &failed),
        .kid = column_text(st, 1, arena, &failed),
        .state = (store_key_state)column_integer(st, 2),
        .signs_from = column_integer(st, 3),
        .ends = column_integer(st, 4),
    };
    return failed ? OST_E_MEMORY : OST_OK;
}

/* Room for one more; the array moves when it is full. */
static ost_result make_room(store_key **keys, size_t count, size_t *room, ost_arena *arena)
{
    if (count < *room)
        return OST_OK;
    size_t more = *room > 0 ? *room * 2 : MAX_KEYS;
    store_key *moved = ost_arena_alloc(arena, more * sizeof *moved);
    if (moved == NULL)
        return OST_E_MEMORY;
    if (count > 0)
        memcpy(moved, *keys, count * sizeof *moved);
    *keys = moved;
    *room = more;
    return OST_OK;
}

ost_result store_key_states(store *s, ost_arena *arena, store_key **ret_keys, size_t *ret_count)
{
    store_key *keys = NULL;
    size_t count = 0, room = 0;
    ost_result result = OST_OK;
    database *d = read_begin(s);
    statement *st = prepare(d, "SELECT realm, kid, state, signs_from, ends FROM key"
                               " ORDER BY realm, created, kid");
    while (result == OST_OK && (result = next_row(st)) == OST_OK) {
        result = make_room(&keys, count, &room, arena);
        if (result == OST_OK)
            result = read_state(st, arena, &keys[count++]);
    }
    reset_statement(st);
    read_end(s, d);
    if (result != OST_E_NOT_FOUND)
        return result;
    *ret_keys = keys;
    *ret_count = count;
    return OST_OK;
}

ost_result store_key_find(store *s, ost_text realm, ost_text kid, ost_text algorithm)
{
    database *d = read_begin(s);
    ost_result result = next_row(PREPARED(d,
                                          "SELECT 1 FROM key WHERE realm = ? AND kid = ? AND "
                                          "algorithm = ? AND use = 'sig' AND state <> 3",
                                          realm, kid, algorithm));
    read_end(s, d);
    return result;
}

ost_result store_key_create(store *s, const store_key *key)
{
    return WRITE(s, d, insert_key(d, key));
}

/* The first statement changes nothing, and holds up whoever does the same. */
static ost_result succeed(database *d, const store_key *next, ost_text active)
{
    ost_result result =
        run_change(PREPARED(d, "UPDATE key SET state = 1 WHERE realm = ? AND kid = ? AND state = 1",
                            next->realm, active));
    if (result == OST_OK)
        result = next_row(PREPARED(d,
                                   "SELECT 1 FROM key WHERE realm = ? AND algorithm = ? AND "
                                   "use = ? AND state = 0",
                                   next->realm, next->algorithm, next->use));
    else if (result == OST_E_NOT_FOUND)
        return OST_E_CONFLICT;
    if (result == OST_E_NOT_FOUND)
        return insert_key(d, next);
    return result == OST_OK ? OST_E_CONFLICT : result;
}

ost_result store_key_succeed(store *s, const store_key *next, ost_text active)
{
    return WRITE(s, d, succeed(d, next, active));
}

static ost_result change(database *d, const store_realm *realm, const store_key *keys, size_t count,
                         ost_text removed)
{
    statement *st =
        prepare(d, "UPDATE realm SET version = version + 1 WHERE name = ? AND version = ?");
    bind_text(st, 1, realm->name);
    bind_integer(st, 2, realm->version);
    ost_result result = run_change(st);
    if (result == OST_E_NOT_FOUND)
        return OST_E_CONFLICT;
    if (result == OST_OK && removed.len > 0)
        result = run_statement(
            PREPARED(d, "DELETE FROM key WHERE realm = ? AND kid = ?", realm->name, removed), NULL);
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = write_key(d, INSERT REPLACING, &keys[i]);
    return result;
}

ost_result store_key_change(store *s, const store_realm *realm, const store_key *keys, size_t count,
                            ost_text removed)
{
    return WRITE(s, d, change(d, realm, keys, count, removed));
}

static ost_result promote(database *d, ost_text realm, ost_text kid, int64_t ends)
{
    statement *up = prepare(d, "UPDATE key SET state = 1, ends = 0 WHERE realm = ? AND "
                               "kid = ? AND state = 0");
    statement *down = prepare(
        d, "UPDATE key SET state = 2, ends = ?3 WHERE realm = ?1 AND kid <> ?2 AND state = 1 AND "
           "(algorithm, use) = (SELECT algorithm, use FROM key WHERE realm = ?1 AND kid = ?2)");
    bind_text(up, 1, realm);
    bind_text(up, 2, kid);
    bind_text(down, 1, realm);
    bind_text(down, 2, kid);
    bind_integer(down, 3, ends);
    ost_result result = run_change(up);
    return result == OST_OK ? run_statement(down, NULL) : result;
}

ost_result store_key_promote(store *s, ost_text realm, ost_text kid, int64_t ends)
{
    return WRITE(s, d, promote(d, realm, kid, ends));
}
