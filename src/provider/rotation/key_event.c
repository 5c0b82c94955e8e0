/* SPDX-License-Identifier: Apache-2.0 */
/* Telling of keys; see key_event.h. */
#include "provider/rotation/key_event.h"

#include "base/context.h"
#include "base/text.h"
#include "store/store_event.h"

#define EVENT_ARENA ((size_t)64 << 10)

static void say(provider *p, const realm *r, key_change change, const store_key *key, int64_t when)
{
    int64_t from_now = when - ost_now(p->context);
    log_sink_say(p->log,
                 change == KEY_MADE
                     ? "realm %s: the new %.*s key %.*s is published, and signs in %lld s"
                     : "realm %s: the %.*s key %.*s signs now; the one before retires in %lld s",
                 r->name, (int)key->algorithm.len, key->algorithm.data, (int)key->kid.len,
                 key->kid.data, (long long)from_now);
}

static ost_result write_document(const realm *r, key_change change, const store_key *key,
                                 const char *path, int64_t time, int64_t when, ost_arena *arena,
                                 ost_text *ret_document)
{
    char *what = ost_arena_format(
        arena, "{\"kid\":\"%.*s\",\"algorithm\":\"%.*s\",\"%s\":%lld}", (int)key->kid.len,
        key->kid.data, (int)key->algorithm.len, key->algorithm.data,
        change == KEY_MADE ? "signsFrom" : "previousRetires", (long long)when * 1000);
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (what == NULL || w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_integer(w, "time", time);
    ost_json_member_string(w, "realmId", r->id);
    /* Nobody asked for it. */
    ost_json_put_name(w, OST_TEXT("authDetails"));
    ost_json_open_object(w);
    ost_json_member_string(w, "realmId", r->id);
    ost_json_close_object(w);
    ost_json_member_string(w, "operationType", change == KEY_MADE ? "CREATE" : "ACTION");
    ost_json_member_string(w, "resourceType", "KEY");
    ost_json_member_string(w, "resourcePath", path);
    if (r->admin_event_details)
        ost_json_member_string(w, "representation", what);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_document);
}

static void keep(provider *p, const realm *r, key_change change, const store_key *key, int64_t when,
                 ost_arena *arena)
{
    int64_t time = ost_now(p->context) * 1000;
    store_event event = {
        .realm = text_of(r->name),
        .admin = true,
        .time = time,
        .type = text_of(change == KEY_MADE ? "CREATE" : "ACTION"),
        .resource = OST_TEXT("KEY"),
    };
    char *path = ost_arena_format(arena, "keys/%.*s", (int)key->kid.len, key->kid.data);
    if (path == NULL ||
        write_document(r, change, key, path, time, when, arena, &event.document) != OST_OK)
        return;
    event.path = text_of(path);
    event_queue_add(&p->waiting_events, &event);
}

void key_event_tell(provider *p, const realm *r, key_change change, const store_key *key,
                    int64_t when)
{
    say(p, r, change, key, when);
    ost_arena *arena = r->admin_events ? ost_arena_new(EVENT_ARENA) : NULL;
    if (arena != NULL)
        keep(p, r, change, key, when, arena);
    ost_arena_free(arena);
}
