/* SPDX-License-Identifier: Apache-2.0 */
/* Finding users; see store.h. One index holds all that a search looks at, so that it reads neither
 * documents nor more users than it needs. */
#include "base/text.h"
#include "store/row.h"
#include "store/transaction.h"
#include "store/user_index.h"

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

#define PAGE(words, fitting)                                                                       \
    USER_SELECT "AND username IN (" words "SELECT username" fitting                                \
                " ORDER BY username LIMIT ?5 OFFSET ?6) ORDER BY username"
#define COUNT(words, fitting) words "SELECT count(*)" fitting

/* For either engine, without attributes and with them. */
#define TEXTS(form, index, of)                                                                     \
    {                                                                                              \
        {form("", SQLITE_FITTING(index, of)),                                                      \
         form("", SQLITE_FITTING(index, of) SQLITE_ATTRIBUTES)},                                   \
            {form(WORDS, POSTGRESQL_FITTING(of)),                                                  \
             form(WORDS, POSTGRESQL_FITTING(of) POSTGRESQL_ATTRIBUTES)},                           \
    }

typedef enum way { BY_WORDS, BY_NAME, BY_ADDRESS, WAYS } way;
typedef const char *way_texts[WAYS][2][2];

static const way_texts pages = {
    [BY_WORDS] = TEXTS(PAGE, "user_by_search", ""),
    [BY_NAME] = TEXTS(PAGE, "user_by_search", OF_NAME),
    [BY_ADDRESS] = TEXTS(PAGE, "user_by_email", OF_ADDRESS),
};
static const way_texts counts = {
    [BY_WORDS] = TEXTS(COUNT, "user_by_search", ""),
    [BY_NAME] = TEXTS(COUNT, "user_by_search", OF_NAME),
    [BY_ADDRESS] = TEXTS(COUNT, "user_by_email", OF_ADDRESS),
};

/* *ret_known: the name or the address that they have. */
static way way_of(const store_user_query *q, ost_text *ret_known)
{
    way found = BY_WORDS;
    for (size_t i = 0; i < q->word_count && found != BY_NAME; i++) {
        const store_user_word *word = &q->words[i];
        bool name = word->field == STORE_USER_NAME, address = word->field == STORE_USER_EMAIL;
        if (!word->exact || word->pattern.len == 0 || !(name || address))
            continue;
        found = name ? BY_NAME : BY_ADDRESS;
        *ret_known = word->pattern;
    }
    return found;
}

static ost_result write_attributes(const database *d, const store_user_query *q, ost_arena *arena,
                                   ost_text *ret_json)
{
    ost_result result = OST_OK;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; i < q->attribute_count; i++) {
        ost_text name, value;
        result = stored_form(d, q->attributes[i].name, arena, &name);
        if (result == OST_OK)
            result = stored_form(d, q->attributes[i].value, arena, &value);
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

/* PostgreSQL wants a type of each number up to the last. */
static void bind_known(statement *st, ost_text known)
{
    for (int at = 5; at <= 6; at++)
        bind_integer(st, at, 0);
    for (int at = 7; at <= 9; at++)
        bind_text(st, at, OST_TEXT(""));
    bind_text(st, 10, known);
}

/* The statement with everything bound but the page. */
static ost_result begin_query(database *d, const way_texts texts, const store_user_query *q,
                              ost_arena *arena, statement **ret_st)
{
    ost_text attributes, known;
    way found = way_of(q, &known);
    const char *const(*of)[2] = texts[found];
    bool narrowed = q->attribute_count > 0;
    statement *st = prepare(d, text_for(d, of[0][narrowed], of[1][narrowed]));
    if (st == NULL)
        return OST_E_STORE;
    if (found != BY_WORDS)
        bind_known(st, known);
    bind_text(st, 1, q->realm);
    bind_integer(st, 2, q->enabled);
    bind_integer(st, 3, q->verified);
    ost_result result = bind_words(st, 4, q, arena);
    if (result == OST_OK && narrowed) {
        result = write_attributes(d, q, arena, &attributes);
        if (result != OST_OK)
            return result;
        bind_text(st, 7, q->attributes[0].name);
        bind_text(st, 8, q->attributes[0].value);
        bind_text(st, 9, attributes);
    }
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
    database *d = read_begin(s);
    ost_result result = begin_query(d, pages, q, arena, &st);
    if (result == OST_OK) {
        bind_integer(st, 5, max);
        bind_integer(st, 6, first);
        result = read_users(st, arena, ret_users, ret_count);
    }
    read_end(s, d);
    return result;
}

ost_result store_user_count(store *s, const store_user_query *q, ost_arena *arena,
                            int64_t *ret_count)
{
    statement *st;
    if (!may_be_there(q)) {
        *ret_count = 0;
        return OST_OK;
    }
    database *d = read_begin(s);
    ost_result result = begin_query(d, counts, q, arena, &st);
    if (result == OST_OK)
        result = next_number(st, ret_count);
    read_end(s, d);
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
    ost_result result = read_users(st, arena, ret_users, ret_count);
    read_end(s, d);
    return result;
}
