/* SPDX-License-Identifier: Apache-2.0 */
/* Bits of users, by number of rows; see user_signature.h. */
#include "store/search/user_signature.h"

#include <limits.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "store/search/user_gram.h"
#include "store/transaction.h"

#define LEAST 10000        /* users of a store that has any bits: fewer are soon looked at */
#define NOTES 1000         /* that searches look at again and again */
#define PORTIONS_OF_TURN 4 /* that somebody who searched waits for */

/* All bits of the users of a portion, and whose are to be set anew. */
typedef struct portion {
    uint64_t bits[GRAM_BITS][USER_PORTION_WORDS], before[GRAM_BITS][USER_PORTION_WORDS];
    uint64_t noted[USER_PORTION_WORDS];
    int64_t number, first; /* its own, and its first user's */
} portion;

static statement *prepared(database *d, const char *sql, int64_t first, int64_t second)
{
    statement *st = prepare(d, sql);
    bind_integer(st, 1, first);
    bind_integer(st, 2, second);
    return st;
}

/* ---- setting ---- */

static ost_result read_bits(database *d, portion *p)
{
    ost_result result;
    statement *st =
        prepared(d, "SELECT id - ?1, bits FROM user_signature WHERE id >= ?1 AND id < ?2",
                 p->number * GRAM_BITS, (p->number + 1) * GRAM_BITS);
    while ((result = next_row(st)) == OST_OK) {
        ost_text bits = st->driver->text(st, 1);
        if (bits.len != USER_PORTION_BYTES)
            return OST_E_STORE;
        memcpy(p->before[column_integer(st, 0)], bits.data, USER_PORTION_BYTES);
    }
    memcpy(p->bits, p->before, sizeof p->bits);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result clear_noted(database *d, portion *p)
{
    ost_result result;
    statement *st = prepared(d,
                             "SELECT number - ?1 FROM user_unsigned WHERE number >= ?1"
                             " AND number < ?2",
                             p->first, p->first + USER_PORTION);
    while ((result = next_row(st)) == OST_OK) {
        uint64_t at = (uint64_t)column_integer(st, 0);
        p->noted[at / 64] |= (uint64_t)1 << at % 64;
    }
    for (size_t bit = 0; bit < GRAM_BITS; bit++) {
        for (size_t i = 0; i < USER_PORTION_WORDS; i++)
            p->bits[bit][i] &= ~p->noted[i];
    }
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static void set_one(portion *p, uint64_t at, ost_text search)
{
    gram_bits grams;
    user_gram_bits(search, &grams);
    for (size_t i = 0; i < ARRAY_LEN(grams.words); i++) {
        for (uint64_t left = grams.words[i]; left != 0; left &= left - 1)
            p->bits[i * 64 + (unsigned)__builtin_ctzll(left)][at / 64] |= (uint64_t)1 << at % 64;
    }
}

static ost_result set_noted(database *d, portion *p)
{
    ost_result result;
    statement *st = prepared(d,
                             "SELECT number - ?1, search FROM user_unsigned CROSS JOIN user"
                             " ON user.rowid = number WHERE number >= ?1 AND number < ?2"
                             " AND service = 0",
                             p->first, p->first + USER_PORTION);
    while ((result = next_row(st)) == OST_OK) {
        ost_text search = st->driver->text(st, 1);
        if (search.data == NULL)
            return OST_E_MEMORY;
        set_one(p, (uint64_t)column_integer(st, 0), search);
    }
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result write_bits(database *d, const portion *p)
{
    static const uint64_t none[USER_PORTION_WORDS];
    ost_result result = OST_OK;
    for (size_t bit = 0; bit < GRAM_BITS && result == OST_OK; bit++) {
        if (memcmp(p->bits[bit], p->before[bit], USER_PORTION_BYTES) == 0)
            continue;
        bool empty = memcmp(p->bits[bit], none, USER_PORTION_BYTES) == 0;
        statement *st = prepare(d, empty ? "DELETE FROM user_signature WHERE id = ?"
                                         : "INSERT INTO user_signature (id, bits) VALUES (?, ?)"
                                           " ON CONFLICT (id) DO UPDATE SET bits = excluded.bits");
        bind_integer(st, 1, p->number * GRAM_BITS + (int64_t)bit);
        if (!empty)
            bind_text(st, 2, (ost_text){(const char *)p->bits[bit], USER_PORTION_BYTES});
        result = run_statement(st, NULL);
    }
    return result;
}

/* OST_E_NOT_FOUND: nobody is noted. */
static ost_result sign_next(database *d, portion *p)
{
    statement *st = prepare(d, "SELECT number FROM user_unsigned ORDER BY number LIMIT 1");
    ost_result result = next_row(st);
    if (result != OST_OK)
        return result;
    memset(p, 0, sizeof *p);
    p->number = column_integer(st, 0) / USER_PORTION;
    p->first = p->number * USER_PORTION;
    reset_statement(st);
    result = read_bits(d, p);
    if (result == OST_OK)
        result = clear_noted(d, p);
    if (result == OST_OK)
        result = set_noted(d, p);
    if (result == OST_OK)
        result = write_bits(d, p);
    return result == OST_OK
               ? run_statement(prepared(d,
                                        "DELETE FROM user_unsigned WHERE number >= ? AND number <"
                                        " ?",
                                        p->first, p->first + USER_PORTION),
                               NULL)
               : result;
}

/* Few users are found as fast without. */
static ost_result has_any(database *d, bool *ret_has)
{
    int64_t has = 0;
    statement *st = prepared(d,
                             "SELECT EXISTS (SELECT 1 FROM user_signature) OR EXISTS (SELECT 1"
                             " FROM user_unsigned LIMIT 1 OFFSET ?1) AND ?2",
                             LEAST, 1);
    ost_result result = next_number(st, &has);
    reset_statement(st);
    *ret_has = has != 0;
    return result;
}

static ost_result sign_if_any(database *d, portion *p)
{
    bool has;
    ost_result result = has_any(d, &has);
    return result == OST_OK ? has ? sign_next(d, p) : OST_E_NOT_FOUND : result;
}

/* A look before: a transaction of its own would write. */
static bool is_due(store *s)
{
    bool has = false;
    database *d = read_begin(s);
    int64_t noted = 0;
    if (d != NULL && writes_alone(d) && has_any(d, &has) == OST_OK && has) {
        statement *st = prepare(d, "SELECT EXISTS (SELECT 1 FROM user_unsigned)");
        has = next_number(st, &noted) == OST_OK && noted != 0;
        reset_statement(st);
    } else {
        has = false;
    }
    read_end(s, d);
    return has;
}

static ost_result settle(store *s, unsigned most)
{
    if (!is_due(s))
        return OST_OK;
    portion *p = memory_alloc(sizeof *p);
    ost_result result = p != NULL ? OST_OK : OST_E_MEMORY;
    for (unsigned i = 0; i < most && result == OST_OK; i++)
        result = WRITE(s, d, sign_if_any(d, p));
    memory_free(p);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

void user_signature_settle(store *s, int64_t notes)
{
    if (notes >= NOTES)
        (void)!settle(s, PORTIONS_OF_TURN);
}

ost_result user_signature_settle_all(store *s)
{
    return settle(s, UINT_MAX);
}

ost_result user_signature_last(database *d, int64_t *ret_last)
{
    *ret_last = 0;
    if (!writes_alone(d))
        return OST_OK;
    statement *st = prepare(d, "SELECT coalesce(max(rowid), 0) FROM user");
    ost_result result = next_number(st, ret_last);
    reset_statement(st);
    return result;
}

/* In the order of their numbers, which is not that of any index. */
ost_result user_signature_note(database *d, int64_t last)
{
    int64_t newest;
    ost_result result = user_signature_last(d, &newest);
    return result == OST_OK
               ? run_statement(
                     prepared(d,
                              "WITH RECURSIVE row (number) AS (SELECT ?1 + 1 WHERE ?1 <"
                              " ?2 UNION ALL SELECT number + 1 FROM row WHERE number < ?2)"
                              " INSERT INTO user_unsigned SELECT number FROM row WHERE"
                              " TRUE ON CONFLICT DO NOTHING",
                              last, newest),
                     NULL)
               : result;
}

ost_result user_signature_anew(database *d, int64_t last)
{
    if (!writes_alone(d))
        return OST_OK;
    ost_result result = user_signature_note(d, last);
    portion *p = memory_alloc(sizeof *p);
    if (p == NULL)
        return OST_E_MEMORY;
    while (result == OST_OK)
        result = sign_if_any(d, p);
    memory_free(p);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}
