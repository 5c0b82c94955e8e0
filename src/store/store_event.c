/* SPDX-License-Identifier: Apache-2.0 */
/* Events in the store: what users and administrators did, bounded in number and time. */
#include "store/store_event.h"

#include "base/text.h"
#include "store/transaction.h"

#define KEPT "100000" /* of one kind in one realm */

static ost_result insert_event(database *d, const store_event *event)
{
    statement *st = prepare(
        d, "INSERT INTO event (realm, admin, time, expires, type, client, user, address, resource, "
           "path, document) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 WHERE EXISTS "
           "(SELECT 1 FROM realm WHERE name = ?1)"); /* it may have been deleted meanwhile */
    bind_text(st, 1, event->realm);
    bind_integer(st, 2, event->admin);
    bind_integer(st, 3, event->time);
    bind_integer(st, 4, event->expires);
    bind_text(st, 5, event->type);
    bind_text(st, 6, event->client);
    bind_text(st, 7, event->user);
    bind_text(st, 8, event->address);
    bind_text(st, 9, event->resource);
    bind_text(st, 10, event->path);
    bind_text(st, 11, event->document);
    return run_later(st);
}

static ost_result drop_oldest(database *d, ost_text realm, bool admin)
{
    statement *st = prepare(
        d,
        "DELETE FROM event WHERE realm = ?1 AND admin = ?2 AND id <= (SELECT id FROM event WHERE "
        "realm = ?1 AND admin = ?2 ORDER BY id DESC LIMIT 1 OFFSET " KEPT ")");
    bind_text(st, 1, realm);
    bind_integer(st, 2, admin);
    return run_later(st);
}

static ost_result add_events(database *d, const store_event *events, size_t count)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        result = insert_event(d, &events[i]);
        bool last = i + 1 == count || !text_equal(events[i].realm, events[i + 1].realm) ||
                    events[i].admin != events[i + 1].admin;
        if (result == OST_OK && last)
            result = drop_oldest(d, events[i].realm, events[i].admin);
    }
    return result;
}

ost_result store_event_add(store *s, const store_event *events, size_t count)
{
    return WRITE(s, d, add_events(d, events, count));
}

/* Names are compared as they are, patterns in any letter case. */
#define FIND(position, like)                                                                       \
    "SELECT document FROM event WHERE realm = ?1 AND admin = ?2 AND time >= ?3 AND "               \
    "time < ?4 AND (?5 = '' OR " position "(' ' || ?5 || ' ', ' ' || type || ' ') > 0) AND "       \
    "(?6 = '' OR client = ?6) AND (?7 = '' OR user = ?7) AND (?8 = '' OR address = ?8) AND "       \
    "(?9 = '' OR " position "(' ' || ?9 || ' ', ' ' || resource || ' ') > 0) AND "                 \
    "(?10 = '' OR path " like " ?10 ESCAPE '\\') ORDER BY time DESC, id DESC "                     \
    "LIMIT ?11 OFFSET ?12"

ost_result store_event_find(store *s, const store_event_filter *f, ost_arena *arena,
                            ost_text **ret_documents, size_t *ret_count)
{
    size_t count = 0;
    bool failed = false;
    ost_result result = OST_OK;
    ost_text *documents = ost_arena_alloc(arena, (f->max + 1) * sizeof *documents);
    if (documents == NULL)
        return OST_E_MEMORY;
    database *d = read_begin(s);
    statement *st = prepare(d, text_for(d, FIND("instr", "LIKE"), FIND("strpos", "ILIKE")));
    bind_text(st, 1, f->realm);
    bind_integer(st, 2, f->admin);
    bind_integer(st, 3, f->from);
    bind_integer(st, 4, f->to);
    bind_text(st, 5, f->types);
    bind_text(st, 6, f->client);
    bind_text(st, 7, f->user);
    bind_text(st, 8, f->address);
    bind_text(st, 9, f->resources);
    bind_text(st, 10, f->path);
    bind_integer(st, 11, (int64_t)f->max);
    bind_integer(st, 12, (int64_t)f->first);
    while (count < f->max && (result = next_row(st)) == OST_OK)
        documents[count++] = column_text(st, 0, arena, &failed);
    read_end(s, d);
    if (failed || (result != OST_OK && result != OST_E_NOT_FOUND))
        return failed ? OST_E_MEMORY : result;
    *ret_documents = documents;
    *ret_count = count;
    return OST_OK;
}

static ost_result clear_events(database *d, ost_text realm, bool admin)
{
    statement *st = prepare(d, "DELETE FROM event WHERE realm = ? AND admin = ?");
    bind_text(st, 1, realm);
    bind_integer(st, 2, admin);
    return run_statement(st, NULL);
}

ost_result store_event_clear(store *s, ost_text realm, bool admin)
{
    return WRITE(s, d, clear_events(d, realm, admin));
}
