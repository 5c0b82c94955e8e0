/* SPDX-License-Identifier: Apache-2.0 */
/* Users, counted in blocks; see user_count.h. All the while a block's number and the notes that
 * every statement sees together tell how many users it sees: so others may write beside this. */
#include "store/search/user_count.h"

#include "base/text.h"
#include "store/transaction.h"

#define BLOCK "1000"      /* users of a new block */
#define BLOCK_MOST "2000" /* a longer one is divided */
#define NOTES 1000        /* that readers read again and again */
#define NOTES_SWEPT "100"
#define DIVIDED_MOST 1000 /* blocks of one transaction */
#define REALMS_MEMORY ((size_t)1 << 20)

/* ?1 realm, ?2 where it begins, ?3 the next one (empty: there is none). Without a group: engines
 * would put all users in order for it once more. */
#define DIVIDED                                                                                    \
    " FROM user WHERE realm = ?1 AND service = 0 AND username >= ?2"                               \
    " AND (?3 = '' OR username < ?3)"
static const char divide[] =
    "INSERT INTO user_block (realm, first, count) SELECT ?1, first, users - (SELECT"
    " coalesce(sum(change), 0) FROM user_delta WHERE realm = ?1 AND username >= first"
    " AND (username < upto OR upto = '')) FROM (SELECT first, users,"
    " lead(first, 1, ?3) OVER (ORDER BY first) AS upto FROM (SELECT CASE place WHEN 0 THEN ?2 ELSE"
    " username END AS first, coalesce(lead(place) OVER (ORDER BY place), (SELECT count(*)" DIVIDED
    ")) - place AS users FROM (SELECT username, row_number() OVER (ORDER BY username) - 1"
    " AS place" DIVIDED ") AS numbered WHERE place % " BLOCK " = 0) AS parts)"
    " AS bounded WHERE TRUE ON CONFLICT (realm, first) DO UPDATE SET count = excluded.count";

static const char longest[] =
    "SELECT first, coalesce((SELECT min(first) FROM user_block AS next WHERE next.realm = ?1"
    " AND next.first > block.first), '') FROM user_block AS block WHERE realm = ?1"
    " AND count > " BLOCK_MOST " ORDER BY count DESC LIMIT 1";

/* Those of one statement's sight: of two that follow each other, the later one sees more. */
#define SUMS(notes)                                                                                \
    "(SELECT (SELECT max(first) FROM user_block AS block WHERE block.realm = ?1"                   \
    " AND block.first <= note.username) AS mark, sum(change) AS change FROM " notes                \
    " AS note GROUP BY 1) AS sums WHERE realm = ?1 AND first = mark"
#define ADD "UPDATE user_block SET count = count + change FROM "
static const char add_sqlite[] = ADD SUMS("(SELECT * FROM user_delta WHERE realm = ?1)");
static const char add_postgresql[] = "WITH gone AS (DELETE FROM user_delta WHERE realm = ?1"
                                     " RETURNING username, change) " ADD SUMS("gone");

static ost_result count_run(database *d, const char *sql, ost_text realm)
{
    return run_statement(PREPARED(d, sql, realm), NULL);
}

static ost_result divide_longest(database *d, ost_text realm, ost_arena *arena)
{
    bool failed = false;
    ost_result result;
    statement *st = PREPARED(d, longest, realm);
    for (unsigned i = 0; (result = next_row(st)) == OST_OK && i < DIVIDED_MOST; i++) {
        ost_text first = column_text(st, 0, arena, &failed),
                 next = column_text(st, 1, arena, &failed);
        reset_statement(st);
        result =
            failed ? OST_E_MEMORY : run_statement(PREPARED(d, divide, realm, first, next), NULL);
        if (result != OST_OK)
            return result;
        st = PREPARED(d, longest, realm);
    }
    reset_statement(st);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

/* Nobody waits for another one who does the same. */
static ost_result take_turn(database *d, ost_text realm, int64_t *ret_mine)
{
    *ret_mine = 1;
    return writes_alone(d)
               ? OST_OK
               : next_number(PREPARED(d,
                                      "SELECT pg_try_advisory_xact_lock(hashtextextended("
                                      "? || chr(10) || 'count', 0))",
                                      realm),
                             ret_mine);
}

static ost_result add_notes(database *d, ost_text realm)
{
    ost_result result = count_run(d,
                                  "INSERT INTO user_block (realm, first, count) VALUES (?1, '', 0)"
                                  " ON CONFLICT DO NOTHING",
                                  realm);
    if (result == OST_OK)
        result = count_run(d, text_for(d, add_sqlite, add_postgresql), realm);
    if (result == OST_OK && writes_alone(d))
        result = count_run(d, "DELETE FROM user_delta WHERE realm = ?1", realm);
    return result == OST_OK ? count_run(d,
                                        "DELETE FROM user_block WHERE realm = ?1 AND first <> ''"
                                        " AND count = 0",
                                        realm)
                            : result;
}

static ost_result settle(database *d, ost_text realm)
{
    int64_t mine;
    ost_arena *arena = ost_arena_new(REALMS_MEMORY);
    ost_result result = arena != NULL ? take_turn(d, realm, &mine) : OST_E_MEMORY;
    if (result == OST_OK && mine != 0)
        result = add_notes(d, realm);
    if (result == OST_OK && mine != 0)
        result = divide_longest(d, realm, arena);
    ost_arena_free(arena);
    return result;
}

void user_count_settle(store *s, ost_text realm, int64_t notes)
{
    if (notes >= NOTES)
        (void)!WRITE(s, d, settle(d, realm));
}

static ost_result read_realms(store *s, ost_arena *arena, ost_text *ret_realm)
{
    bool failed = false;
    database *d = read_begin(s);
    statement *st =
        prepare(d, "SELECT realm FROM user_delta GROUP BY realm HAVING count(*) >= " NOTES_SWEPT
                   " OR min(change) < 0 LIMIT 1");
    ost_result result = next_row(st);
    if (result == OST_OK)
        *ret_realm = column_text(st, 0, arena, &failed);
    read_end(s, d);
    return failed ? OST_E_MEMORY : result;
}

ost_result user_count_settle_all(store *s)
{
    ost_text realm, last = {0};
    ost_arena *arena = ost_arena_new(REALMS_MEMORY);
    ost_result result = arena != NULL ? OST_OK : OST_E_MEMORY;
    while (result == OST_OK) {
        result = read_realms(s, arena, &realm);
        if (result == OST_OK && text_equal(realm, last)) /* another one is at it */
            break;
        if (result == OST_OK)
            result = WRITE(s, d, settle(d, realm));
        last = result == OST_OK ? realm : last;
    }
    ost_arena_free(arena);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

ost_result user_count_note(database *d, ost_text realm, int64_t last)
{
    statement *st = prepare(d, "INSERT INTO user_delta SELECT realm, username, 1 FROM user NOT"
                               " INDEXED WHERE rowid > ?2 AND realm = ?1 AND service = 0");
    bind_text(st, 1, realm);
    bind_integer(st, 2, last);
    return run_statement(st, NULL);
}

ost_result user_count_anew(database *d, ost_text realm)
{
    ost_result result = settle(d, realm);
    return result == OST_OK && writes_alone(d)
               ? run_statement(PREPARED(d, divide, realm, (ost_text){0}, (ost_text){0}), NULL)
               : result;
}
