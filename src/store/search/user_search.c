/* SPDX-License-Identifier: Apache-2.0 */
/* Finding users; see store.h. One index holds all that a search looks at, so that it reads neither
 * documents nor more users than it needs; what is known before (whose name or address it is, how a
 * name begins, where a page begins) spares the walk through it. */
#include "store/search/user_search.h"

#include <ostiary/json.h>

#include "base/text.h"
#include "store/search/user_beginning.h"
#include "store/search/user_count.h"
#include "store/search/user_gram.h"
#include "store/search/user_signature.h"
#include "store/transaction.h"
#include "store/user/user_within.h"

/* ?1 realm, ?2 enabled, ?3 verified (as store_flag has it), ?4 the words, ?5 how many, ?6 after how
 * many; with attributes ?7 and ?8 the first one, ?9 all of them as [[name, value], …]. */
#define FITTING(user, fits)                                                                        \
    " FROM " user " WHERE realm = ?1 AND service = 0"                                              \
    " AND (?2 = 0 OR enabled = 2 - ?2) AND (?3 = 0 OR verified = 2 - ?3)"                          \
    " AND " fits
#define WITH_ATTRIBUTES(all, name_of, value_of)                                                    \
    " AND username IN (SELECT username FROM user_link WHERE realm = ?1 AND kind = 4"               \
    " AND owner = ?7 AND name = ?8)"                                                               \
    " AND NOT EXISTS (SELECT 1 FROM " all " AS wanted WHERE NOT EXISTS (SELECT 1"                  \
    " FROM user_link AS link WHERE link.realm = ?1 AND link.kind = 4"                              \
    " AND link.owner = " name_of " AND link.name = " value_of                                      \
    " AND link.username = user.username))"

/* One whose name or address is known is found by that: ?10. The words are looked at all the same.
 */
#define OF_NAME " AND username = ?10"
#define OF_ADDRESS " AND email = ?10 AND email <> ''"

#define SQLITE_FITTING(index, of) FITTING("user INDEXED BY " index, "user_fits(search, ?4)") of
#define SQLITE_ATTRIBUTES                                                                          \
    WITH_ATTRIBUTES("json_each(?9)", "json_extract(wanted.value, '$[0]')",                         \
                    "json_extract(wanted.value, '$[1]')")

/* The words are a field (0: any) and a pattern each, read once. */
#define WORDS                                                                                      \
    "WITH word AS MATERIALIZED (SELECT CAST(each ->> 0 AS INTEGER) AS field, each ->> 1 AS "       \
    "pattern FROM json_array_elements(CAST(?4 AS json)) AS each) "
#define LINE(number) "split_part(search, chr(10), " number ") LIKE pattern"
#define POSTGRESQL_FITTING(of)                                                                     \
    FITTING(                                                                                       \
        "user",                                                                                    \
        "NOT EXISTS (SELECT 1 FROM word WHERE NOT CASE WHEN field = 0 THEN " LINE(                 \
            "1") " OR " LINE("2") " OR " LINE("3") " OR " LINE("4") " ELSE " LINE("field") " END"  \
                                                                                           ")")    \
    of
#define POSTGRESQL_ATTRIBUTES                                                                      \
    WITH_ATTRIBUTES("json_array_elements(CAST(?9 AS json))", "wanted ->> 0", "wanted ->> 1")

#define OF_USERS(usernames) USER_SELECT "AND username IN (" usernames ") ORDER BY username"
#define PAGE(words, fitting)                                                                       \
    OF_USERS(words "SELECT username" fitting " ORDER BY username LIMIT ?5 OFFSET ?6")
#define COUNT(words, fitting) words "SELECT count(*)" fitting

/* For either engine, without attributes and with them. */
#define TEXTS(form, index, of)                                                                     \
    {                                                                                              \
        {form("", SQLITE_FITTING(index, of)),                                                      \
         form("", SQLITE_FITTING(index, of) SQLITE_ATTRIBUTES)},                                   \
            {form(WORDS, POSTGRESQL_FITTING(of)),                                                  \
             form(WORDS, POSTGRESQL_FITTING(of) POSTGRESQL_ATTRIBUTES)},                           \
    }

/* ---- a name begins with a text: ?7, and what comes after all that do: ?8 ---- */

#define SOME_OTHERS 5000 /* they are put in order; with more of them the walk is as good */
#define LIMITED(select) "SELECT username FROM (" select " LIMIT 5000) AS some_of_them"
#define NAMED(user, name, from, upto, least)                                                       \
    "SELECT username FROM " user " WHERE realm = ?1 AND " name " >= " from " AND " name " < " upto \
    " AND " least

/* By bytes, for lengths of texts end at a zero byte. */
#define SQLITE_NAMED(index, name)                                                                  \
    NAMED("user INDEXED BY " index, name, "CAST(?7 AS BLOB)", "CAST(?8 AS BLOB)", name " >= x'20'")
#define SQLITE_NAMES                                                                               \
    "substr(CAST(search AS BLOB), length(CAST(username AS BLOB)) + length(CAST(email AS BLOB))"    \
    " + 3)"
#define SQLITE_LAST_NAME "substr(" SQLITE_NAMES ", instr(" SQLITE_NAMES ", x'0a') + 1)"
#define SQLITE_ADDRESSES NAMED("user INDEXED BY user_by_email", "email", "?7", "?8", "email <> ''")
#define SQLITE_FIRST_NAMES SQLITE_NAMED("user_by_first_name", SQLITE_NAMES)
#define SQLITE_LAST_NAMES SQLITE_NAMED("user_by_last_name", SQLITE_LAST_NAME)

#define POSTGRESQL_NAMED(line)                                                                     \
    NAMED("user", "split_part(search, chr(10), " line ")", "?7", "?8",                             \
          "split_part(search, chr(10), " line ") >= ' '")
#define POSTGRESQL_ADDRESSES NAMED("user", "email", "?7", "?8", "email <> ''")

#define OTHERS(form, addresses, first_names, last_names)                                           \
    form(addresses) " UNION ALL " form(first_names) " UNION ALL " form(last_names)
#define WHOLE(select) select
#define SQLITE_OTHERS(form) OTHERS(form, SQLITE_ADDRESSES, SQLITE_FIRST_NAMES, SQLITE_LAST_NAMES)
#define POSTGRESQL_OTHERS(form)                                                                    \
    OTHERS(form, POSTGRESQL_ADDRESSES, POSTGRESQL_NAMED("3"), POSTGRESQL_NAMED("4"))

/* User names are in order already, so that no more are read than a page needs: ?9. */
#define BEGINNING(fitting, one_of, others)                                                         \
    "SELECT username FROM (SELECT username" fitting                                                \
    " AND username >= ?7 AND username < ?8 ORDER BY username LIMIT ?9) AS named"                   \
    " UNION SELECT username" fitting " AND username " one_of "(" others ")"
#define SQLITE_BEGINNING                                                                           \
    BEGINNING(SQLITE_FITTING("user_by_search", ""), "IN ", SQLITE_OTHERS(WHOLE))
/* As an array: it would rather look at all users than for each of a set. */
#define POSTGRESQL_BEGINNING                                                                       \
    BEGINNING(POSTGRESQL_FITTING(""), "= ANY (ARRAY", POSTGRESQL_OTHERS(WHOLE)) ")"

#define BEGINNING_PAGE(words, usernames)                                                           \
    OF_USERS(words usernames " ORDER BY username LIMIT ?5 OFFSET ?6")
#define BEGINNING_COUNT(words, usernames)                                                          \
    words "SELECT count(*) FROM (" usernames ") AS all_of_them"
#define BEGINNING_TEXTS(form)                                                                      \
    {                                                                                              \
        {form("", SQLITE_BEGINNING), ""},                                                          \
        {                                                                                          \
            form(WORDS, POSTGRESQL_BEGINNING), ""                                                  \
        }                                                                                          \
    }

/* ---- a text stands within a name ---- */

#define SQLITE_WITHIN                                                                              \
    FITTING("user NOT INDEXED", "user_fits(search, ?4)")                                           \
    " AND user.rowid IN (SELECT value FROM json_each(?10))"
#define POSTGRESQL_WITHIN POSTGRESQL_FITTING(" AND user_grams(search) @> user_grams(?10)")

/* ---- nothing is asked for but a place in the order of names ---- */

#define PLACE(user)                                                                                \
    OF_USERS(USER_PLACE "SELECT username FROM " user " WHERE realm = ?1 AND service = 0"           \
                        " AND username >= coalesce((SELECT first FROM place), '')"                 \
                        " ORDER BY username LIMIT ?5"                                              \
                        " OFFSET ?6 - CAST(coalesce((SELECT before FROM place), 0) AS BIGINT)")

/* ---- ways ---- */

typedef enum way {
    BY_WORDS,
    BY_NAME,
    BY_ADDRESS,
    BY_BEGINNING,
    BY_TEXT_WITHIN,
    BY_PLACE,
    WAYS
} way;
typedef const char *way_texts[WAYS][2][2];

static const way_texts pages = {
    [BY_WORDS] = TEXTS(PAGE, "user_by_search", ""),
    [BY_NAME] = TEXTS(PAGE, "user_by_search", OF_NAME),
    [BY_ADDRESS] = TEXTS(PAGE, "user_by_email", OF_ADDRESS),
    [BY_BEGINNING] = BEGINNING_TEXTS(BEGINNING_PAGE),
    [BY_TEXT_WITHIN] = {{PAGE("", SQLITE_WITHIN), ""}, {PAGE(WORDS, POSTGRESQL_WITHIN), ""}},
    [BY_PLACE] = {{PLACE("user INDEXED BY user_by_search"), ""}, {PLACE("user"), ""}},
};
static const way_texts counts = {
    [BY_WORDS] = TEXTS(COUNT, "user_by_search", ""),
    [BY_NAME] = TEXTS(COUNT, "user_by_search", OF_NAME),
    [BY_ADDRESS] = TEXTS(COUNT, "user_by_email", OF_ADDRESS),
    [BY_BEGINNING] = BEGINNING_TEXTS(BEGINNING_COUNT),
    [BY_TEXT_WITHIN] = {{COUNT("", SQLITE_WITHIN), ""}, {COUNT(WORDS, POSTGRESQL_WITHIN), ""}},
    [BY_PLACE] = {{USER_TOTAL, ""}, {USER_TOTAL, ""}},
};

/* A query under way. */
typedef struct search {
    database *d;
    const store_user_query *query;
    ost_arena *arena;
    int64_t max, first;
    way way;
    ost_text known; /* the name or the address that they have; or which rows, or what text */
    user_beginning beginning;
    size_t most; /* rows to be looked at; see user_signature.h */
    int64_t unsigned_notes;
} search;

static bool is_known(search *s)
{
    bool found = false;
    for (size_t i = 0; i < s->query->word_count && s->way != BY_NAME; i++) {
        const store_user_word *word = &s->query->words[i];
        bool name = word->field == STORE_USER_NAME, address = word->field == STORE_USER_EMAIL;
        if (!word->exact || word->pattern.len == 0 || !(name || address))
            continue;
        found = true;
        s->way = name ? BY_NAME : BY_ADDRESS;
        s->known = word->pattern;
    }
    return found;
}

static void bind_beginning(const search *s, statement *st)
{
    for (int at = 2; at <= 6; at++)
        bind_integer(st, at, 0);
    bind_text(st, 7, s->beginning.from);
    bind_text(st, 8, s->beginning.upto);
}

/* Whether few enough have another name than their user name that begins so. */
static ost_result try_beginning(search *s)
{
    static const char sqlite[] = "SELECT count(*) FROM (" SQLITE_OTHERS(LIMITED) ") AS all_of_them",
                      postgresql[] =
                          "SELECT count(*) FROM (" POSTGRESQL_OTHERS(LIMITED) ") AS all_of_them";
    int64_t others = 0;
    ost_result result = user_beginning_find(s->query, s->arena, &s->beginning);
    if (result != OST_OK)
        return result == OST_E_NOT_FOUND ? OST_OK : result;
    statement *st = prepare(s->d, text_for(s->d, sqlite, postgresql));
    bind_text(st, 1, s->query->realm);
    bind_beginning(s, st);
    result = next_number(st, &others);
    reset_statement(st);
    if (result == OST_OK && others < SOME_OTHERS)
        s->way = BY_BEGINNING;
    return result;
}

static ost_result try_text_within(search *s)
{
    ost_result result = OST_OK;
    if (writes_alone(s->d))
        result =
            user_signature_find(s->d, s->query, s->most, s->arena, &s->known, &s->unsigned_notes);
    else
        s->known = user_gram_literal(s->query);
    if (result == OST_OK && s->known.len > 0)
        s->way = BY_TEXT_WITHIN;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static bool wants_all(const store_user_query *q)
{
    return q->word_count + q->attribute_count == 0 && q->enabled == STORE_EITHER &&
           q->verified == STORE_EITHER;
}

static ost_result choose_way(search *s)
{
    ost_result result = OST_OK;
    s->way = BY_WORDS;
    if (wants_all(s->query))
        s->way = BY_PLACE;
    else if (!is_known(s) && s->query->attribute_count == 0)
        result = try_beginning(s);
    if (result == OST_OK && s->way == BY_WORDS && s->query->attribute_count == 0)
        result = try_text_within(s);
    return result;
}

static ost_result write_attributes(const search *s, ost_text *ret_json)
{
    const store_user_query *q = s->query;
    ost_result result = OST_OK;
    ost_json_writer *w = ost_json_writer_new(s->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; i < q->attribute_count; i++) {
        ost_text name, value;
        result = stored_form(s->d, q->attributes[i].name, s->arena, &name);
        if (result == OST_OK)
            result = stored_form(s->d, q->attributes[i].value, s->arena, &value);
        if (result != OST_OK)
            return result;
        ost_json_open_array(w);
        ost_json_put_text(w, name);
        ost_json_put_text(w, value);
        ost_json_close_array(w);
    }
    ost_json_close_array(w);
    return ost_json_writer_finish(w, ret_json);
}

/* What tells the way: PostgreSQL wants a type of each number up to the last. */
static ost_result bind_way(const search *s, statement *st)
{
    ost_text attributes;
    if (s->way == BY_BEGINNING) {
        bind_beginning(s, st);
        bind_integer(st, 9, s->max > INT64_MAX - s->first ? INT64_MAX : s->first + s->max);
        return OST_OK;
    }
    for (int at = 7; at <= 9 && s->way != BY_PLACE; at++)
        bind_text(st, at, OST_TEXT(""));
    if (s->way == BY_NAME || s->way == BY_ADDRESS || s->way == BY_TEXT_WITHIN)
        bind_text(st, 10, s->known);
    if (s->query->attribute_count == 0)
        return OST_OK;
    ost_result result = write_attributes(s, &attributes);
    if (result == OST_OK) {
        bind_text(st, 7, s->query->attributes[0].name);
        bind_text(st, 8, s->query->attributes[0].value);
        bind_text(st, 9, attributes);
    }
    return result;
}

static ost_result begin_query(search *s, const way_texts texts, statement **ret_st)
{
    ost_result result = s->d != NULL ? choose_way(s) : OST_E_STORE;
    if (result != OST_OK)
        return result;
    const char *const(*of)[2] = texts[s->way];
    bool narrowed = s->query->attribute_count > 0;
    statement *st = prepare(s->d, text_for(s->d, of[0][narrowed], of[1][narrowed]));
    if (st == NULL)
        return OST_E_STORE;
    result = bind_way(s, st);
    bind_text(st, 1, s->query->realm);
    bind_integer(st, 2, s->query->enabled);
    bind_integer(st, 3, s->query->verified);
    bind_integer(st, 5, s->max);
    bind_integer(st, 6, s->first);
    if (result == OST_OK && s->way == BY_PLACE)
        bind_integer(st, 4, 0);
    else if (result == OST_OK)
        result = bind_words(st, 4, s->query, s->arena);
    if (result == OST_OK)
        *ret_st = st;
    return result;
}

/* Documents are UTF-8: what is not stands in none of them. */
static bool may_be_there(const store_user_query *q)
{
    bool may = true;
    for (size_t i = 0; i < q->attribute_count; i++)
        may = may && text_is_utf8(q->attributes[i].name) && text_is_utf8(q->attributes[i].value);
    return may;
}

ost_result store_user_page(store *s, const store_user_query *q, int64_t first, int64_t max,
                           ost_arena *arena, store_user **ret_users, size_t *ret_count)
{
    statement *st;
    if (!may_be_there(q)) {
        *ret_users = NULL;
        *ret_count = 0;
        return OST_OK;
    }
    search wanted = {.d = read_begin(s),
                     .query = q,
                     .arena = arena,
                     .max = max,
                     .first = first,
                     .most = USER_NUMBERS_OF_PAGE};
    ost_result result = begin_query(&wanted, pages, &st);
    if (result == OST_OK)
        result = read_users(wanted.d, st, arena, ret_users, ret_count);
    read_end(s, wanted.d);
    user_signature_settle(s, wanted.unsigned_notes);
    return result;
}

ost_result store_user_count(store *s, const store_user_query *q, ost_arena *arena,
                            int64_t *ret_count)
{
    statement *st;
    int64_t notes = 0;
    if (!may_be_there(q)) {
        *ret_count = 0;
        return OST_OK;
    }
    search wanted = {.d = read_begin(s),
                     .query = q,
                     .arena = arena,
                     .max = INT64_MAX,
                     .most = USER_NUMBERS_OF_COUNT};
    ost_result result = begin_query(&wanted, counts, &st);
    if (result == OST_OK)
        result = next_number(st, ret_count);
    if (result == OST_OK && wanted.way == BY_PLACE)
        notes = column_integer(st, 1);
    read_end(s, wanted.d);
    user_count_settle(s, q->realm, notes);
    user_signature_settle(s, wanted.unsigned_notes);
    return result;
}

ost_result store_user_linked(store *s, ost_text realm, const store_renaming *what, int64_t first,
                             int64_t max, ost_arena *arena, store_user **ret_users,
                             size_t *ret_count)
{
    database *d = read_begin(s);
    statement *st = prepare(
        d, USER_SELECT "AND username IN (SELECT username FROM user_link WHERE realm = ?1 AND kind"
                       " = ?2 AND owner = ?3 AND name = ?4 ORDER BY username LIMIT ?5 OFFSET ?6)"
                       " ORDER BY username");
    bind_text(st, 1, realm);
    bind_integer(st, 2, what->kind);
    bind_text(st, 3, what->owner);
    bind_text(st, 4, what->from);
    bind_integer(st, 5, max);
    bind_integer(st, 6, first);
    ost_result result = read_users(d, st, arena, ret_users, ret_count);
    read_end(s, d);
    return result;
}
