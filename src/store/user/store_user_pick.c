/* SPDX-License-Identifier: Apache-2.0 */
/* Many users of a store read at a time: those of some ids, names and addresses, or those behind a
 * name. */
#include <ostiary/json.h>

#include "base/text.h"
#include "store/lock.h"
#include "store/transaction.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "store/user/user_within.h"

#define IDS_MAX ((size_t)64 << 20) /* bytes of a list of ids or names */

typedef struct picking {
    database *d;
    ost_text realm;
    ost_arena *arena;
    store_user *users;
    size_t count, room;
} picking;

/* What no engine writes otherwise than it stands, neither as JSON nor as a text of its own. */
static bool is_plain(ost_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] < ' ')
            return false;
    }
    return text.len > 0;
}

static ost_result list_plain(const ost_text *texts, size_t count, ost_arena *arena,
                             ost_text *ret_list)
{
    ost_json_writer *w = ost_json_writer_new(arena, IDS_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        if (is_plain(texts[i]))
            ost_json_put_text(w, texts[i]);
    }
    ost_json_close_array(w);
    return ost_json_writer_finish(w, ret_list);
}

static ost_result add_picked(picking *p, store_user *users, size_t count)
{
    if (p->count + count > p->room) {
        size_t room = (p->count + count) * 2;
        store_user *larger = ost_arena_alloc(p->arena, room * sizeof *larger);
        if (larger == NULL)
            return OST_E_MEMORY;
        for (size_t i = 0; i < p->count; i++)
            larger[i] = p->users[i];
        p->users = larger;
        p->room = room;
    }
    for (size_t i = 0; i < count; i++)
        p->users[p->count++] = users[i];
    return OST_OK;
}

/* How users are asked for by one column. */
typedef struct pick_by {
    const char *listed_sqlite, *listed_postgresql, *one;
} pick_by;

#define PICK_BY(column, also)                                                                      \
    {                                                                                              \
        USER_SELECT also "AND " column " IN (" SQLITE_IDS ")",                                     \
            USER_SELECT also "AND " column " IN (" POSTGRESQL_IDS ")",                             \
            USER_SELECT also "AND " column " = ?2"                                                 \
    }

static const pick_by by_id = PICK_BY("id", "");
static const pick_by by_name = PICK_BY("username", "");
/* The index is of those who have one. */
static const pick_by by_address = PICK_BY("unique_email", "AND unique_email <> '' ");

static ost_result pick_listed(picking *p, const ost_text *texts, size_t count, const pick_by *by)
{
    ost_text list;
    store_user *found;
    size_t found_count;
    const char *sql = text_for(p->d, by->listed_sqlite, by->listed_postgresql);
    ost_result result = list_plain(texts, count, p->arena, &list);
    if (result == OST_OK)
        result =
            read_users(p->d, PREPARED(p->d, sql, p->realm, list), p->arena, &found, &found_count);
    return result == OST_OK ? add_picked(p, found, found_count) : result;
}

static ost_result pick_others(picking *p, const ost_text *texts, size_t count, const pick_by *by)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        store_user one;
        if (is_plain(texts[i]))
            continue;
        statement *st = PREPARED(p->d, by->one, p->realm, texts[i]);
        result = read_first_user(p->d, st, p->arena, &one);
        reset_statement(st);
        if (result == OST_OK)
            result = add_picked(p, &one, 1);
        else if (result == OST_E_NOT_FOUND)
            result = OST_OK;
    }
    return result;
}

static ost_result pick(picking *p, const ost_text *texts, size_t count, const pick_by *by)
{
    ost_result result = count > 0 ? pick_listed(p, texts, count, by) : OST_OK;
    return result == OST_OK ? pick_others(p, texts, count, by) : result;
}

ost_result store_user_pick(store *s, const store_user_wanted *wanted, ost_arena *arena,
                           store_user **ret_users, size_t *ret_count)
{
    database *d = read_begin(s);
    picking p = {.d = d, .realm = wanted->realm, .arena = arena};
    ost_result result = pick(&p, wanted->ids, wanted->id_count, &by_id);
    if (result == OST_OK)
        result = pick(&p, wanted->names, wanted->name_count, &by_name);
    if (result == OST_OK)
        result = pick(&p, wanted->addresses, wanted->address_count, &by_address);
    read_end(s, d);
    if (result != OST_OK)
        return result;
    *ret_users = p.users;
    *ret_count = p.count;
    return OST_OK;
}

ost_result store_within_users(store_within *within, ost_text realm, const ost_text *ids,
                              size_t count, ost_arena *arena, store_user **ret_users,
                              size_t *ret_count)
{
    picking p = {.d = (database *)within, .realm = realm, .arena = arena};
    ost_result result = pick(&p, ids, count, &by_id);
    if (result != OST_OK)
        return result;
    *ret_users = p.users;
    *ret_count = p.count;
    return OST_OK;
}

ost_result store_user_behind(store *s, ost_text realm, ost_text name, int64_t max, ost_arena *arena,
                             store_user **ret_users, size_t *ret_count)
{
    database *d = read_begin(s);
    statement *st =
        PREPARED(d, USER_SELECT "AND username > ?2 ORDER BY username LIMIT ?3", realm, name);
    bind_integer(st, 3, max);
    ost_result result = read_users(d, st, arena, ret_users, ret_count);
    read_end(s, d);
    return result;
}
