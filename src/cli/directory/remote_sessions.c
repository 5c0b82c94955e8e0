/* SPDX-License-Identifier: Apache-2.0 */
/* At a server, what `ostiary session list` and `session end` do at the store. Keycloak lists the
 * sessions of a user or of a client, not those of a realm: they are gathered client by client. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json/json_member.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"

#define PAGE 1000
#define SESSIONS_MAX 10000
#define GATHERED_MAX 1000000 /* of all clients together, a session counting once for each */
#define FIRST_CAPACITY 64

typedef struct session {
    ost_text id, user_id;
    int64_t start, last_access; /* seconds */
    bool remembered;
} session;

typedef struct sessions {
    session *list;
    size_t count, capacity;
} sessions;

static int64_t seconds(const ost_json *json, const char *member)
{
    int64_t milliseconds = 0;
    (void)!ost_json_integer(ost_json_get(json, member), &milliseconds);
    return milliseconds / 1000;
}

static bool make_room(administrator *a, sessions *s)
{
    size_t capacity = s->capacity > 0 ? 2 * s->capacity : FIRST_CAPACITY;
    if (s->count < s->capacity)
        return true;
    session *list = ost_arena_alloc(a->arena, capacity * sizeof *list);
    for (size_t i = 0; list != NULL && i < s->count; i++)
        list[i] = s->list[i];
    if (list != NULL)
        *s = (sessions){list, s->count, capacity};
    return list != NULL;
}

static ost_result take(administrator *a, const ost_json *list, sessions *s, ost_error *error)
{
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (s->count >= GATHERED_MAX)
            return ost_error_set(error, OST_E_CEILING, "the realm has too many sessions: --user");
        if (!make_room(a, s))
            return ost_error_set(error, OST_E_MEMORY, "out of memory");
        session *one = &s->list[s->count++];
        *one = (session){.id = json_text_of(at, "id"),
                         .user_id = json_text_of(at, "userId"),
                         .start = seconds(at, "start"),
                         .last_access = seconds(at, "lastAccess")};
        (void)!ost_json_boolean(ost_json_get(at, "rememberMe"), &one->remembered);
    }
    return OST_OK;
}

static ost_result gather_user(administrator *a, const char *name, sessions *s, ost_error *error)
{
    resource user;
    const ost_json *list = NULL;
    ost_result result = resource_user(a, name, &user, error);
    if (result == OST_OK)
        result =
            administrator_ask(a, HTTP_GET, ost_arena_format(a->arena, "%s/sessions", user.path),
                              (ost_text){0}, &list, error);
    return result == OST_OK ? take(a, list, s, error) : result;
}

static ost_result gather_client(administrator *a, ost_text id, sessions *s, ost_error *error)
{
    const ost_json *list = NULL;
    ost_result result = OST_OK;
    size_t first = 0, count = PAGE;
    while (result == OST_OK && count == PAGE) {
        const char *path = ost_arena_format(
            a->arena, "/clients/%.*s/user-sessions?first=%zu&max=%d", OST_FORMAT(id), first, PAGE);
        result = administrator_ask(a, HTTP_GET, path, (ost_text){0}, &list, error);
        count = result == OST_OK ? ost_json_count(list) : 0;
        if (result == OST_OK)
            result = take(a, list, s, error);
        first += count;
    }
    return result;
}

static int by_id(const void *one, const void *other)
{
    return text_compare(((const session *)one)->id, ((const session *)other)->id);
}

/* The latest first, as the store has them. */
static int by_time(const void *one, const void *other)
{
    const session *left = one, *right = other;
    return left->start != right->start ? (left->start < right->start ? 1 : -1) : by_id(one, other);
}

/* A session is told by each client that takes part in it. */
static void sort(sessions *s)
{
    size_t kept = 0;
    if (s->count == 0)
        return;
    qsort(s->list, s->count, sizeof *s->list, by_id);
    for (size_t i = 0; i < s->count; i++) {
        if (kept == 0 || !text_equal(s->list[kept - 1].id, s->list[i].id))
            s->list[kept++] = s->list[i];
    }
    qsort(s->list, kept, sizeof *s->list, by_time);
    s->count = kept < SESSIONS_MAX ? kept : SESSIONS_MAX;
}

static ost_result gather_realm(administrator *a, sessions *s, ost_error *error)
{
    const ost_json *clients = NULL;
    ost_result result =
        administrator_ask(a, HTTP_GET, "/client-session-stats", (ost_text){0}, &clients, error);
    for (const ost_json *at = ost_json_first(clients); at != NULL && result == OST_OK;
         at = ost_json_next(at))
        result = gather_client(a, json_text_of(at, "id"), s, error);
    return result;
}

static void put_json(const session *one, ost_json_writer *w)
{
    ost_json_open_object(w);
    ost_json_member_text(w, "id", one->id);
    ost_json_member_text(w, "userId", one->user_id);
    ost_json_member_integer(w, "start", one->start);
    ost_json_member_integer(w, "lastAccess", one->last_access);
    ost_json_member_boolean(w, "rememberMe", one->remembered);
    ost_json_close_object(w);
}

static ost_result print_json(administrator *a, const sessions *s)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, (size_t)64 << 20);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; i < s->count; i++)
        put_json(&s->list[i], w);
    ost_json_close_array(w);
    return administration_print_written(w);
}

static ost_result list(administrator *a, const option_values *values, ost_error *error)
{
    sessions s = {0};
    const char *user = options_get(values, "user");
    ost_result result = user != NULL ? gather_user(a, user, &s, error) : gather_realm(a, &s, error);
    if (result != OST_OK)
        return result;
    sort(&s);
    if (options_has(values, "json"))
        return print_json(a, &s);
    for (size_t i = 0; i < s.count; i++) {
        administration_put(s.list[i].id, '\t');
        administration_put(s.list[i].user_id, '\t');
        printf("%lld\t%lld\n", (long long)s.list[i].start, (long long)s.list[i].last_access);
    }
    return OST_OK;
}

int remote_session_list(const option_values *values)
{
    return administrator_run(values, "session list", NULL, list);
}

static ost_result end_one(administrator *a, const char *id, ost_error *error)
{
    return administrator_ask(
        a, HTTP_DELETE, ost_arena_format(a->arena, "/sessions/%s", administrator_segment(a, id)),
        (ost_text){0}, NULL, error);
}

static ost_result end_all(administrator *a, const char *name, ost_error *error)
{
    sessions s = {0};
    ost_result result = gather_user(a, name, &s, error);
    for (size_t i = 0; i < s.count && result == OST_OK; i++) {
        result = end_one(a, ost_arena_copy(a->arena, s.list[i].id), error);
        if (result == OST_E_NOT_FOUND) /* it has just ended by itself */
            result = OST_OK;
    }
    if (result == OST_OK)
        printf("%zu ended\n", s.count);
    return result;
}

static ost_result end(administrator *a, const option_values *values, ost_error *error)
{
    if (options_get(values, "user") != NULL)
        return end_all(a, options_get(values, "user"), error);
    if (values->operand_count == 0)
        return ost_error_set(error, OST_E_ARGUMENT, "needs SESSION or --user USER");
    ost_result result = end_one(a, values->operands[0], error);
    if (result != OST_E_NOT_FOUND)
        return result;
    result = administrator_ask(a, HTTP_GET, "", (ost_text){0}, NULL, error); /* or the realm? */
    return result == OST_OK
               ? ost_error_set(error, OST_E_NOT_FOUND, "Session not found: %s", values->operands[0])
               : result;
}

int remote_session_end(const option_values *values)
{
    return administrator_run(values, "session end", NULL, end);
}
