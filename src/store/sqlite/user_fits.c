/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a search for users, as a function of SQL: SQLite calls it for each entry of the
 * index. */
#include "base/text.h"
#include "store/search/user_query.h"
#include "store/sqlite/sqlite_store.h"

#define QUERY "store_user_query"
#define FIELDS 4

/* `pattern` with "*" for any text. The last star alone has to be gone back to. */
static bool pattern_fits(ost_text pattern, ost_text text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, resume = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.data[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.len && pattern.data[p] == text.data[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.data[p] == '*')
        p++;
    return p == pattern.len;
}

static bool word_fits(const store_user_word *word, const ost_text *fields)
{
    for (unsigned i = 0; i < FIELDS; i++) {
        if (word->field != STORE_USER_ANY && word->field != (store_user_field)i + 1)
            continue;
        if (word->exact ? text_equal(fields[i], word->pattern)
                        : pattern_fits(word->pattern, fields[i]))
            return true;
    }
    return false;
}

static bool query_fits(const store_user_query *query, ost_text search)
{
    ost_text fields[FIELDS] = {0};
    for (unsigned i = 0; i < FIELDS; i++) {
        size_t end = text_find(search, '\n', 0);
        fields[i] = text_slice(search, 0, end);
        search = text_slice(search, end + 1, search.len);
    }
    for (size_t i = 0; i < query->word_count; i++) {
        if (!word_fits(&query->words[i], fields))
            return false;
    }
    return true;
}

static void user_fits(sqlite3_context *context, int count, sqlite3_value **values)
{
    const store_user_query *query = sqlite3_value_pointer(values[1], QUERY);
    (void)count;
    const ost_text search = {(const char *)sqlite3_value_text(values[0]),
                             (size_t)sqlite3_value_bytes(values[0])};
    sqlite3_result_int(context, query != NULL && search.data != NULL && query_fits(query, search));
}

int user_fits_register(sqlite3 *db)
{
    return sqlite3_create_function_v2(db, "user_fits", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL,
                                      user_fits, NULL, NULL, NULL);
}

ost_result sqlite_bind_words(statement *st, int at, const store_user_query *query, ost_arena *arena)
{
    store_user_query *bound = ost_arena_alloc(arena, sizeof *bound);
    if (bound == NULL)
        return OST_E_MEMORY;
    *bound = *query;
    int code = sqlite3_bind_pointer(((sqlite_statement *)st)->statement, at, bound, QUERY, NULL);
    return store_result(code);
}
