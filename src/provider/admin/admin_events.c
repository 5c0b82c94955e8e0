/* SPDX-License-Identifier: Apache-2.0 */
/* Events of the admin REST API: listed, filtered, deleted, and what of them is kept. */
#include <stdio.h>
#include <time.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/call/call_event.h"
#include "provider/member/member.h"
#include "provider/realm/document_limit.h"
#include "store/store_event.h"

#define DEFAULT_PAGE 100
#define MAX_PAGE 1000

/* ---- what is kept ---- */

static const char *const settings[] = {"eventsEnabled",      "eventsExpiration",
                                       "eventsListeners",    "enabledEventTypes",
                                       "adminEventsEnabled", "adminEventsDetailsEnabled"};

static void put_flag(ost_json_writer *w, const ost_json *document, const char *name)
{
    bool on = false;
    if (!ost_json_boolean(ost_json_get(document, name), &on))
        on = false;
    ost_json_member_boolean(w, name, on);
}

static void put_types(ost_json_writer *w, const ost_json *types)
{
    ost_json_put_name(w, OST_TEXT("enabledEventTypes"));
    if (ost_json_count(types) > 0) {
        ost_json_put_value(w, types);
        return;
    }
    ost_json_open_array(w);
    for (event_type type = 0; type < EVENTS; type++) {
        for (int failed = 0; failed < 2 && event_is_kept(type); failed++)
            ost_json_put_text(w, text_of(event_name(type, failed != 0)));
    }
    ost_json_close_array(w);
}

ost_result admin_read_event_settings(admin_call *a)
{
    const ost_json *d = a->realm.realm->document;
    const ost_json *listeners = ost_json_get(d, "eventsListeners");
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    put_flag(w, d, "eventsEnabled");
    if (a->realm.realm->event_lifetime > 0)
        ost_json_member_integer(w, "eventsExpiration", a->realm.realm->event_lifetime);
    ost_json_put_name(w, OST_TEXT("eventsListeners"));
    if (ost_json_is(listeners, OST_JSON_ARRAY)) {
        ost_json_put_value(w, listeners);
    } else {
        ost_json_open_array(w);
        ost_json_put_text(w, OST_TEXT("jboss-logging"));
        ost_json_close_array(w);
    }
    put_types(w, ost_json_get(d, "enabledEventTypes"));
    put_flag(w, d, "adminEventsEnabled");
    put_flag(w, d, "adminEventsDetailsEnabled");
    ost_json_close_object(w);
    return admin_answer(a, w);
}

ost_result admin_update_event_settings(admin_call *a)
{
    const ost_json *document;
    json_share_member members[ARRAY_LEN(settings)];
    size_t count = 0;
    if (!admin_body_has_only(a, "RealmEventsConfigRepresentation",
                             "eventsEnabled|eventsExpiration|eventsListeners|enabledEventTypes|"
                             "adminEventsEnabled|adminEventsDetailsEnabled") ||
        !admin_body_of(a, &member_realm))
        return OST_OK;
    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        const ost_json *value = ost_json_get(a->body, settings[i]);
        if (value != NULL && !ost_json_is(value, OST_JSON_NULL))
            members[count++] = (json_share_member){text_of(settings[i]), value};
    }
    ost_result result =
        document_put_members(a->realm.realm->document, members, count, a->arena, &document);
    if (result == OST_OK)
        result = admin_store(a, document);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

/* ---- lists ---- */

/* All values of a parameter, separated by spaces. */
static ost_text all_of(const admin_call *a, const char *name)
{
    ost_text list = {0};
    for (size_t i = 0; i < a->query.count; i++) {
        if (!text_is(a->query.pairs[i].name, name))
            continue;
        ost_text value = a->query.pairs[i].value;
        const char *longer = ost_arena_format(
            a->arena, "%.*s%s%.*s", (int)list.len, list.len > 0 ? list.data : "",
            list.len > 0 ? " " : "", (int)value.len, value.len > 0 ? value.data : "");
        list = text_of(longer);
    }
    return list;
}

/* The beginning of a day, in milliseconds; a day that cannot be read is refused. */
static bool read_day(admin_call *a, const char *name, const char *word, int64_t fallback,
                     int64_t *ret_time)
{
    char text[16];
    struct tm day = {0};
    ost_text value = admin_parameter(a, name);
    *ret_time = fallback;
    if (value.len == 0)
        return true;
    if (text_to_string(value, text, sizeof text)) {
        const char *end = strptime(text, "%Y-%m-%d", &day);
        if (end != NULL && *end == '\0') {
            *ret_time = (int64_t)timegm(&day) * 1000;
            return true;
        }
    }
    const char *why = ost_arena_format(
        a->arena, "Invalid value for 'Date(%s)', expected format is yyyy-MM-dd", word);
    admin_refuse(a, 400, "error", why != NULL ? why : "unknown_error");
    return false;
}

/* A pattern of SQL: an asterisk stands for anything. */
static ost_text pattern_of(admin_call *a, ost_text path)
{
    char *pattern = ost_arena_alloc(a->arena, 2 * path.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < path.len && pattern != NULL; i++) {
        char c = path.data[i];
        if (c == '%' || c == '_' || c == '\\')
            pattern[len++] = '\\';
        pattern[len++] = c == '*' ? '%' : c;
    }
    return pattern != NULL ? (ost_text){pattern, len} : path;
}

static ost_result list(admin_call *a, store_event_filter f)
{
    int64_t first, max;
    ost_text *documents;
    size_t count = 0;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!admin_number(a, "first", 0, &first) || !admin_number(a, "max", DEFAULT_PAGE, &max) ||
        !read_day(a, "dateFrom", "From", 0, &f.from) ||
        !read_day(a, "dateTo", "To", INT64_MAX, &f.to))
        return OST_OK;
    f.realm = a->realm.row.name;
    f.first = (size_t)first;
    f.max = max < MAX_PAGE ? (size_t)max : MAX_PAGE;
    event_queue_flush(&a->call->provider->waiting_events, a->realm.store);
    ost_result result = store_event_find(a->realm.store, &f, a->arena, &documents, &count);
    ost_json_open_array(w);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        const ost_json *event;
        result = ost_json_read(documents[i], NULL, a->arena, &event, NULL);
        if (result == OST_OK)
            ost_json_put_value(w, event);
    }
    ost_json_close_array(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}

ost_result admin_list_events(admin_call *a)
{
    return list(a, (store_event_filter){.types = all_of(a, "type"),
                                        .client = admin_parameter(a, "client"),
                                        .user = admin_parameter(a, "user"),
                                        .address = admin_parameter(a, "ipAddress")});
}

ost_result admin_list_admin_events(admin_call *a)
{
    return list(a, (store_event_filter){.admin = true,
                                        .types = all_of(a, "operationTypes"),
                                        .resources = all_of(a, "resourceTypes"),
                                        .client = admin_parameter(a, "authClient"),
                                        .user = admin_parameter(a, "authUser"),
                                        .address = admin_parameter(a, "authIpAddress"),
                                        .path = pattern_of(a, admin_parameter(a, "resourcePath"))});
}

static ost_result clear(admin_call *a, bool admin)
{
    event_queue_flush(&a->call->provider->waiting_events, a->realm.store);
    ost_result result = store_event_clear(a->realm.store, a->realm.row.name, admin);
    return result == OST_OK ? admin_answer_done(a) : result;
}

ost_result admin_clear_events(admin_call *a)
{
    return clear(a, false);
}

ost_result admin_clear_admin_events(admin_call *a)
{
    return clear(a, true);
}
