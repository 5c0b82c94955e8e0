/* SPDX-License-Identifier: Apache-2.0 */
/* Texts within names: whatever is asked for, and however users have changed since, those are found
 * whom a look at each of them finds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ostiary/json.h>

#include "base/array.h"
#include "base/text.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/realm/store_realm_change.h"
#include "store/search/user_gram.h"
#include "store/search/user_query.h"
#include "store/search/user_search.h"
#include "store/search/user_signature.h"
#include "store/store.h"
#include "store/transaction.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

#define USERS 17000 /* enough that they are found by bits; PostgreSQL has no such limit */
#define USERS_POSTGRESQL 1500
#define ADDED 100
#define FIELDS 4
#define NAME 24

static const store_realm row = {{"id", 2}, {"r", 1}, {"{}", 2}, 1};
static store *db;
static unsigned users = USERS;
static char names[USERS + ADDED][FIELDS][NAME]; /* as a search has them; no name: nobody */
static char documents[USERS + ADDED][96];
static unsigned order[USERS + ADDED];
static uint32_t seed = 1;

static unsigned any(unsigned below)
{
    seed = seed * 1664525 + 1013904223;
    return (unsigned)((uint64_t)seed * below >> 32);
}

/* Of few letters, so that texts stand in many names; one of them is a star, another one has two
 * bytes. */
static void random_text(char *ret, unsigned len)
{
    static const char *const letters[] = {"a", "b", "c", "d", "0", "1", "*", "\xc3\xa9"};
    ret[0] = '\0';
    for (unsigned i = 0; i < len; i++)
        strcat(ret, letters[any(ARRAY_LEN(letters))]);
}

static store_user make_user(unsigned i, bool named)
{
    static char id[16];
    if (named)
        snprintf(names[i][0], NAME, "%c%05u", "acb"[any(3)], i);
    random_text(names[i][1], any(5));
    if (names[i][1][0] != '\0')
        snprintf(names[i][1] + strlen(names[i][1]), NAME - strlen(names[i][1]), "@%u", i);
    random_text(names[i][2], any(8));
    random_text(names[i][3], any(8));
    snprintf(documents[i], sizeof documents[i], "{\"firstName\":\"%s\",\"lastName\":\"%s\"}",
             names[i][2], names[i][3]);
    snprintf(id, sizeof id, "%u", i);
    return (store_user){.id = text_of(id),
                        .realm = row.name,
                        .username = text_of(names[i][0]),
                        .email = text_of(names[i][1]),
                        .document = text_of(documents[i]),
                        .enabled = true};
}

static ost_result begin_feed(void *at, ost_error *error)
{
    (void)error;
    *(unsigned *)at = 0;
    return OST_OK;
}

static ost_result feed_one(void *at, const store_user **ret_users, size_t *ret_count,
                           ost_error *error)
{
    static store_user user;
    unsigned *next = at;
    (void)error;
    if (*next < users)
        user = make_user(*next, true);
    *ret_count = *next < users ? 1 : 0;
    *ret_users = &user;
    ++*next;
    return OST_OK;
}

/* ---- the plain scan ---- */

static bool fits(const char *pattern, const char *text, bool exact)
{
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '*' && !exact)
        return fits(pattern + 1, text, exact) || (*text != '\0' && fits(pattern, text + 1, exact));
    return *pattern == *text && fits(pattern + 1, text + 1, exact);
}

static bool word_fits(const store_user_word *word, unsigned user)
{
    bool found = false;
    for (unsigned field = 0; field < FIELDS; field++) {
        if (word->field == STORE_USER_ANY || word->field == (store_user_field)field + 1)
            found = found || fits(word->pattern.data, names[user][field], word->exact);
    }
    return found;
}

static bool is_wanted(const store_user_query *q, unsigned user)
{
    bool wanted = names[user][0][0] != '\0';
    for (size_t i = 0; i < q->word_count; i++)
        wanted = wanted && word_fits(&q->words[i], user);
    return wanted;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(names[*(const unsigned *)a][0], names[*(const unsigned *)b][0]);
}

/* ---- questions ---- */

static void ask(const store_user_query *query, unsigned first, unsigned max)
{
    ost_arena *arena = ost_arena_new(16 << 20);
    store_user *found;
    size_t count, at = 0;
    int64_t all, wanted = 0;
    assert_int_equal(store_user_page(db, query, first, max, arena, &found, &count), OST_OK);
    assert_int_equal(store_user_count(db, query, arena, &all), OST_OK);
    for (unsigned i = 0; i < users + ADDED; i++) {
        if (!is_wanted(query, order[i]))
            continue;
        if (wanted >= first && at < max) {
            assert_true(at < count);
            assert_string_equal(found[at++].username.data, names[order[i]][0]);
        }
        wanted++;
    }
    assert_int_equal(count, at);
    assert_int_equal(all, wanted);
    ost_arena_free(arena);
}

static void ask_anything(unsigned questions)
{
    char texts[3][32], part[NAME];
    store_user_word words[ARRAY_LEN(texts)];
    for (unsigned i = 0; i < users + ADDED; i++)
        order[i] = i;
    qsort(order, users + ADDED, sizeof *order, by_name);
    for (unsigned i = 0; i < questions; i++) {
        store_user_query query = {
            .realm = row.name, .words = words, .word_count = any(9) > 0 ? 1 + any(3) / 2 : 0};
        for (size_t word = 0; word < query.word_count; word++) {
            random_text(part, any(6));
            snprintf(texts[word], sizeof texts[word], "%s%s%s", any(4) > 0 ? "*" : "", part,
                     any(4) > 0 ? "*" : "");
            words[word] =
                (store_user_word){any(3) > 0 ? STORE_USER_ANY : (store_user_field)(1 + any(FIELDS)),
                                  text_of(texts[word]), any(8) == 0};
        }
        ask(&query, any(3) == 0 ? any(40) : 0, any(25));
    }
}

/* How many rows have to be looked at; -1: all. */
static int64_t looked_at(const char *pattern)
{
    const store_user_word word = {STORE_USER_ANY, text_of(pattern), false};
    const store_user_query query = {.realm = row.name, .words = &word, .word_count = 1};
    ost_arena *arena = ost_arena_new(1 << 20);
    const ost_json *list = NULL;
    ost_text numbers;
    int64_t notes = 0, count = -1;
    database *d = read_begin(db);
    ost_result result = user_signature_find(d, &query, 4096, arena, &numbers, &notes);
    read_end(db, d);
    assert_true(result == OST_OK || result == OST_E_NOT_FOUND);
    if (result == OST_OK) {
        assert_int_equal(ost_json_read(numbers, NULL, arena, &list, NULL), OST_OK);
        count = 0;
        for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
            count++;
    }
    ost_arena_free(arena);
    return count;
}

static void sweep(void)
{
    size_t rows;
    assert_int_equal(store_sweep(db, 1, &rows), OST_OK);
}

static void change(unsigned user)
{
    store_user next = make_user(user, false);
    assert_int_equal(store_user_update(db, &next, (ost_text){0}), OST_OK);
}

/* As a partial import does. */
static void add_at_once(unsigned count)
{
    static store_user added[ADDED];
    static const store_user *before[ADDED];
    static char ids[ADDED][16];
    store_realm_change what = {.realm = row, .users = added, .before = before, .user_count = count};
    what.realm.version++;
    for (unsigned i = 0; i < count; i++) {
        added[i] = make_user(users + i, true);
        added[i].id = text_of(strcpy(ids[i], added[i].id.data));
    }
    assert_int_equal(store_realm_apply(db, &what, NULL), OST_OK);
}

static int setup(void **state)
{
    unsigned at;
    const store_user_feed feed = {begin_feed, feed_one, &at};
    (void)state;
    users = with_postgresql() ? USERS_POSTGRESQL : USERS;
    if (store_open(temporary_store(), &db, NULL) != OST_OK)
        return -1;
    return store_realm_create_from(db, &row, &feed, NULL, 0, NULL, NULL) == OST_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    temporary_remove();
    return 0;
}

static void those_are_found_whom_a_scan_finds(void **state)
{
    (void)state;
    ask_anything(150);
    add_at_once(ADDED / 2);
    for (unsigned i = ADDED / 2; i < ADDED; i++) {
        const store_user user = make_user(users + i, true);
        assert_int_equal(store_user_create(db, &user), OST_OK);
        change(any(users));
    }
    for (unsigned i = 0; i < ADDED; i++) {
        char id[16];
        unsigned gone = i * (users / ADDED);
        snprintf(id, sizeof id, "%u", gone);
        assert_int_equal(store_user_delete(db, row.name, text_of(id)), OST_OK);
        memset(names[gone], 0, sizeof names[gone]);
    }
    ask_anything(100);
    sweep();
    ask_anything(100);
}

static void few_are_looked_at(void **state)
{
    (void)state;
    if (with_postgresql())
        skip();
    sweep();
    assert_in_range(looked_at("*12345*"), 1, 20);
    assert_in_range(looked_at("*zzzz*"), 0, 5);
    assert_in_range(looked_at("*zzz*"), 0, 200);
    assert_int_equal(looked_at("*zz*"), -1);
    change(5);
    assert_in_range(looked_at("*zzzz*"), 1, 6); /* as may fit, until it is known */
    sweep();
    assert_in_range(looked_at("*zzzz*"), 0, 5);
}

/* Nothing is kept of who has gone. */
static void bits_go_with_their_users(void **state)
{
    int64_t bits = -1;
    (void)state;
    assert_int_equal(store_realm_delete(db, row.name), OST_OK);
    sweep();
    database *d = read_begin(db);
    if (writes_alone(d)) {
        statement *st = prepare(d, "SELECT count(*) FROM user_signature");
        assert_int_equal(next_number(st, &bits), OST_OK);
        assert_int_equal(bits, 0);
        st = prepare(d, "SELECT count(*) FROM user_unsigned");
        assert_int_equal(next_number(st, &bits), OST_OK);
        assert_int_equal(bits, 0);
    }
    read_end(db, d);
}

static void wanted_bits_are_those_of_a_text_around(void **state)
{
    static const char *const patterns[] = {"*bcd*", "abcdefghijklmnop*", "*cde*klm*", "*mno"};
    gram_bits bits;
    uint16_t wanted[GRAM_WANTED];
    (void)state;
    user_gram_bits(OST_TEXT("x\nabcdefghijklmnop\ny"), &bits);
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
        const store_user_word word = {STORE_USER_ANY, text_of(patterns[i]), false};
        const store_user_query query = {.words = &word, .word_count = 1};
        size_t count = user_gram_wanted(&query, wanted);
        assert_in_range(count, GRAM_EACH, GRAM_WANTED);
        for (size_t at = 0; at < count; at++)
            assert_true((bits.words[wanted[at] / 64] >> wanted[at] % 64 & 1) == 1);
    }
    user_gram_bits(OST_TEXT("a\nbc\nd"), &bits);
    for (size_t i = 0; i < ARRAY_LEN(bits.words); i++)
        assert_int_equal(bits.words[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wanted_bits_are_those_of_a_text_around),
        cmocka_unit_test(those_are_found_whom_a_scan_finds),
        cmocka_unit_test(few_are_looked_at),
        cmocka_unit_test(bits_go_with_their_users),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
