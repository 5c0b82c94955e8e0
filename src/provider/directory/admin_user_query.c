/* SPDX-License-Identifier: Apache-2.0 */
/* What the query of a list of users asks for; see admin_user.h. */
#include "base/array.h"
#include "base/ascii.h"
#include "base/text.h"
#include "provider/directory/admin_user.h"
#include "provider/realm/user_row.h"
#include "store/search/user_query.h"

#define MAX_WORDS 32
#define MAX_ATTRIBUTES 32

/* A query under way; lists have their room. */
typedef struct reading {
    admin_call *admin;
    store_user_word *words;
    store_user_attribute *attributes;
    store_user_query query;
    bool failed; /* out of memory */
} reading;

static const struct {
    const char *name;
    store_user_field field;
} fields[] = {
    {"username", STORE_USER_NAME},
    {"email", STORE_USER_EMAIL},
    {"firstName", STORE_USER_FIRST_NAME},
    {"lastName", STORE_USER_LAST_NAME},
};

static void add_word(reading *r, store_user_field field, ost_text pattern, bool exact)
{
    ost_text folded = user_row_fold(pattern, r->admin->arena);
    r->failed = r->failed || folded.data == NULL;
    if (r->query.word_count < MAX_WORDS)
        r->words[r->query.word_count++] = (store_user_word){field, folded, exact};
}

/* A pattern between other text. */
static void add_pattern(reading *r, store_user_field field, const char *before, ost_text text,
                        const char *after)
{
    char *pattern =
        ost_arena_format(r->admin->arena, "%s%.*s%s", before, (int)text.len, text.data, after);
    r->failed = r->failed || pattern == NULL;
    if (pattern != NULL)
        add_word(r, field, text_of(pattern), false);
}

/* What one of the names has to be, or to contain. */
static void add_field(reading *r, store_user_field field, ost_text value)
{
    if (value.len == 0)
        return;
    if (admin_flag(r->admin, "exact", false))
        add_word(r, field, value, true);
    else
        add_pattern(r, field, "*", value, "*");
}

/* Each word has to begin a name; with asterisks elsewhere; between quotation marks, be it. */
static void add_search(reading *r, ost_text search)
{
    ost_text word;
    while (text_next(&search, ' ', &word)) {
        if (word.len >= 2 && text_starts(word, "\"") && text_ends(word, "\""))
            add_word(r, STORE_USER_ANY, text_slice(word, 1, word.len - 2), true);
        else if (word.len > 0)
            add_pattern(r, STORE_USER_ANY, "", word, "*");
    }
}

static bool is_quoted(ost_text text)
{
    return text_starts(text, "\"") && text_find(text, '"', 1) < text.len;
}

/* A name or value up to `end`, or what stands between quotation marks; *text moves behind it. */
static ost_text next_token(ost_text *text, char end)
{
    size_t from = is_quoted(*text) ? 1 : 0;
    size_t len = text_find(*text, from == 1 ? '"' : end, from) - from;
    ost_text token = text_slice(*text, from, len);
    *text = text_slice(*text, from + len + from, text->len);
    return token;
}

static void add_attribute(reading *r, ost_text name, ost_text value)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (text_is(name, fields[i].name)) {
            add_field(r, fields[i].field, value);
            return;
        }
    }
    if (r->query.attribute_count < MAX_ATTRIBUTES)
        r->attributes[r->query.attribute_count++] = (store_user_attribute){name, value};
}

/* name:value "other name":"other value" */
static void add_attributes(reading *r, ost_text q)
{
    while (q.len > 0) {
        ost_text left = q;
        ost_text name = next_token(&left, ':');
        if (text_starts(q, " ")) {
            q = text_slice(q, 1, q.len);
        } else if (!text_starts(left, ":") ||
                   (!is_quoted(q) && text_find(name, ' ', 0) < name.len)) {
            q = text_slice(q, text_find(q, ' ', 0), q.len); /* no value: not a condition */
        } else {
            left = text_slice(left, 1, left.len);
            add_attribute(r, name, next_token(&left, ' '));
            q = left;
        }
    }
}

/* What is not "true" is false, as Java reads it. */
static store_flag read_flag(admin_call *a, const char *name)
{
    ost_text value = admin_parameter(a, name);
    return value.len == 0                                      ? STORE_EITHER
           : text_equal_ignoring_case(value, OST_TEXT("true")) ? STORE_YES
                                                               : STORE_NO;
}

ost_result admin_user_query(admin_call *a, store_user_query *ret_query)
{
    reading r = {.admin = a,
                 .words = ost_arena_alloc(a->arena, MAX_WORDS * sizeof *r.words),
                 .attributes = ost_arena_alloc(a->arena, MAX_ATTRIBUTES * sizeof *r.attributes),
                 .query = {.realm = a->realm.row.name}};
    ost_text search = admin_parameter(a, "search");
    if (r.words == NULL || r.attributes == NULL)
        return OST_E_MEMORY;
    r.query.enabled = read_flag(a, "enabled");
    r.query.verified = read_flag(a, "emailVerified");
    r.query.words = r.words;
    r.query.attributes = r.attributes;
    if (search.len > 0) {
        add_search(&r, search);
    } else {
        for (size_t i = 0; i < ARRAY_LEN(fields); i++)
            add_field(&r, fields[i].field, admin_parameter(a, fields[i].name));
        add_attributes(&r, admin_parameter(a, "q"));
    }
    if (r.failed)
        return OST_E_MEMORY;
    *ret_query = r.query;
    return OST_OK;
}
