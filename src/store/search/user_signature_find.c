/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a query may fit, by bits of users; see user_signature.h. */
#include <string.h>

#include <ostiary/json.h>

#include "store/search/user_gram.h"
#include "store/search/user_query.h"
#include "store/search/user_signature.h"

#define LEAST_BLOCKS "15" /* of a realm, behind the first: fewer users are soon looked at */
#define NOTES_MOST 5000   /* that a search looks at */

/* Whom a search found, so far. */
typedef struct finding {
    database *d;
    ost_json_writer *numbers;
    size_t count, most;
    uint16_t wanted[GRAM_WANTED];
    size_t wanted_count;
} finding;

/* OST_E_NOT_FOUND: nobody of the portion has it. */
static ost_result narrow(finding *f, int64_t id, uint64_t *fitting)
{
    uint64_t having[USER_PORTION_WORDS], any = 0;
    statement *st = prepare(f->d, "SELECT bits FROM user_signature WHERE id = ?");
    bind_integer(st, 1, id);
    ost_result result = next_row(st);
    if (result != OST_OK)
        return result;
    ost_text bits = st->driver->text(st, 0);
    if (bits.len != USER_PORTION_BYTES)
        return OST_E_STORE;
    memcpy(having, bits.data, USER_PORTION_BYTES);
    reset_statement(st);
    for (size_t i = 0; i < USER_PORTION_WORDS; i++)
        any |= fitting[i] &= having[i];
    return any != 0 ? OST_OK : OST_E_NOT_FOUND;
}

static void put_fitting(finding *f, int64_t number, const uint64_t *fitting)
{
    for (size_t i = 0; i < USER_PORTION_WORDS; i++) {
        for (uint64_t left = fitting[i]; left != 0; left &= left - 1, f->count++)
            ost_json_put_integer(f->numbers,
                                 number * USER_PORTION + (int64_t)i * 64 + __builtin_ctzll(left));
    }
}

static ost_result find_in_portion(finding *f, int64_t number)
{
    uint64_t fitting[USER_PORTION_WORDS];
    ost_result result = OST_OK;
    memset(fitting, 0xff, sizeof fitting);
    for (size_t i = 0; i < f->wanted_count && result == OST_OK; i++)
        result = narrow(f, number * GRAM_BITS + f->wanted[i], fitting);
    if (result == OST_OK)
        put_fitting(f, number, fitting);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

/* Before the bits: who is set meanwhile must not be missed. */
static ost_result put_notes(finding *f, int64_t *ret_notes)
{
    ost_result result;
    statement *st = prepare(f->d, "SELECT number FROM user_unsigned LIMIT ?");
    bind_integer(st, 1, NOTES_MOST);
    while ((result = next_row(st)) == OST_OK) {
        ost_json_put_integer(f->numbers, column_integer(st, 0));
        ++*ret_notes;
    }
    if (result != OST_E_NOT_FOUND)
        return result;
    return *ret_notes < NOTES_MOST ? OST_OK : OST_E_NOT_FOUND;
}

static ost_result find_in_all(finding *f)
{
    int64_t last = 0;
    statement *st = prepare(f->d, "SELECT coalesce(max(id), 0) FROM user_signature");
    ost_result result = next_number(st, &last);
    reset_statement(st);
    for (int64_t number = 0; number <= last / GRAM_BITS && result == OST_OK; number++) {
        result = find_in_portion(f, number);
        if (f->count > f->most)
            return OST_E_NOT_FOUND;
    }
    return result;
}

/* A realm of few users is looked at as soon, and a store without bits has to be. */
static ost_result is_of_use(database *d, ost_text realm)
{
    int64_t large = 0;
    statement *st = PREPARED(d,
                             "SELECT EXISTS (SELECT 1 FROM user_block WHERE realm = ? LIMIT 1"
                             " OFFSET " LEAST_BLOCKS ") AND EXISTS (SELECT 1 FROM user_signature)",
                             realm);
    ost_result result = next_number(st, &large);
    reset_statement(st);
    return result == OST_OK && large == 0 ? OST_E_NOT_FOUND : result;
}

ost_result user_signature_find(database *d, const store_user_query *q, size_t most,
                               ost_arena *arena, ost_text *ret_numbers, int64_t *ret_notes)
{
    finding f = {.d = d, .most = most};
    f.wanted_count = user_gram_wanted(q, f.wanted);
    if (f.wanted_count == 0)
        return OST_E_NOT_FOUND;
    ost_result result = is_of_use(d, q->realm);
    if (result != OST_OK)
        return result;
    f.numbers = ost_json_writer_new(arena, 0);
    if (f.numbers == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(f.numbers);
    result = put_notes(&f, ret_notes);
    if (result == OST_OK)
        result = find_in_all(&f);
    ost_json_close_array(f.numbers);
    return result == OST_OK ? ost_json_writer_finish(f.numbers, ret_numbers) : result;
}
