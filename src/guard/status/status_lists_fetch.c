/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching status lists (draft-ietf-oauth-status-list §8), and putting them in their places.
 * Everything here runs on the net client's thread. */
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "guard/keys/issuer_document.h"
#include "guard/status/status_lists.h"
#include "guard/status/status_lists_state.h"

#define MAX_BODY ((size_t)64 << 10) /* what is read of any token */
#define CONTENT_TYPE "application/statuslist+jwt"

/* ---- holding ---- */

void held_list_free(held_list *list)
{
    if (list == NULL)
        return;
    memory_free(list->uri);
    memory_free(list);
}

static held_list *held_list_new(const char *uri, const status_list *read, int64_t now)
{
    held_list *made = memory_alloc(sizeof *made + read->bytes.len);
    if (made == NULL)
        return NULL;
    made->uri = memory_copy(text_of(uri));
    if (made->uri == NULL) {
        memory_free(made);
        return NULL;
    }
    made->bits = read->bits;
    made->obtained = now;
    made->issued = read->issued;
    made->fresh_until = read->fresh_until;
    made->expires = read->expires;
    made->len = read->bytes.len;
    atomic_init(&made->used, now);
    if (made->len > 0)
        memcpy(made->bytes, read->bytes.data, made->len);
    return made;
}

/* Where the list of this URI stands, or a new one goes: at the end, else where the one stands that
 * was used longest ago. */
static size_t choose_place(const list_set *set, const char *uri)
{
    size_t oldest = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->lists[i]->uri, uri) == 0)
            return i;
        if (atomic_load(&set->lists[i]->used) < atomic_load(&set->lists[oldest]->used))
            oldest = i;
    }
    return set->count < STATUS_LISTS_MAX ? set->count : oldest;
}

/* ---- what there was before ---- */

static const held_list *find_list(const list_set *set, const char *uri)
{
    for (size_t i = 0; set != NULL && i < set->count; i++) {
        if (strcmp(set->lists[i]->uri, uri) == 0)
            return set->lists[i];
    }
    return NULL;
}

/* When the newest list of this URI was issued that is known of. */
static int64_t newest(const status_lists *all, const char *uri, const unsigned char *digest)
{
    const held_list *held = find_list(atomic_load(&all->held.current), uri);
    int64_t issued = held != NULL ? held->issued : INT64_MIN;
    for (size_t i = 0; i < STATUS_GONE_MAX && i < all->gone_count; i++) {
        if (memcmp(all->gone[i].digest, digest, 32) == 0 && all->gone[i].issued > issued)
            issued = all->gone[i].issued;
    }
    return issued;
}

static void note_gone(status_lists *all, const held_list *list)
{
    gone_list *at = &all->gone[all->gone_count++ % STATUS_GONE_MAX];
    at->issued = ost_sha256(text_of(list->uri), at->digest) == OST_OK ? list->issued : INT64_MIN;
}

/* The set with this list in it; an older one than was known before is somebody's replay. */
static ost_result hold(status_lists *all, const question *q, const status_list *read, int64_t now,
                       ost_error *error)
{
    const list_set *before = atomic_load(&all->held.current);
    if (read->issued < newest(all, q->text, q->digest))
        return ost_error_set(error, OST_E_REMOTE, "the list is older than the one before it");
    list_set *made = memory_alloc(sizeof *made);
    held_list *list = held_list_new(q->text, read, now);
    if (made == NULL || list == NULL) {
        memory_free(made);
        held_list_free(list);
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    if (before != NULL)
        *made = *before;
    size_t place = choose_place(made, q->text);
    held_list *gone = place < made->count ? made->lists[place] : NULL;
    /* The one that it renews is older than it. */
    if (gone != NULL && strcmp(gone->uri, q->text) != 0)
        note_gone(all, gone);
    made->lists[place] = list;
    made->count += place == made->count;
    memory_free(published_replace(&all->held, made));
    held_list_free(gone);
    return OST_OK;
}

/* ---- the answer ---- */

static ost_result check_response(const net_response *response, ost_error *error)
{
    ost_text type = response->content_type;
    type = text_trim(text_slice(type, 0, text_find(type, ';', 0)));
    if (response->result != OST_OK) {
        (void)!issuer_document_untransferred(response, error);
        return OST_E_REMOTE;
    }
    if (response->status != 200)
        return ost_error_set(error, OST_E_REMOTE, "status %ld", response->status);
    if (!text_equal_ignoring_case(type, OST_TEXT(CONTENT_TYPE)))
        return ost_error_set(error, OST_E_REMOTE, "the answer is not a " CONTENT_TYPE "%s",
                             text_starts(text_trim_lines(response->body), "<") ? ", but HTML or XML"
                                                                               : "");
    return OST_OK;
}

static ost_result read_list(status_lists *all, const question *q, ost_text body, int64_t now,
                            ost_arena *arena, ost_error *error)
{
    key_source *source = all->source;
    published_place place;
    status_list list;
    ost_text kid = {0};
    const key_snapshot *snapshot = published_enter(&source->keys, &place);
    bool usable = key_source_usable(source, snapshot, monotonic_ms());
    const status_rules rules = {
        .issuer = source->name,
        .uri = q->text,
        .algorithms = source->algorithms,
        .keys = usable ? snapshot->keys : NULL,
        .leeway = source->leeway,
        .lifetime = all->lifetime,
        .max_list = all->max_list,
    };
    ost_result result = status_list_read(&rules, body, now, arena, &list, &kid, error);
    published_leave(&source->keys, place);
    if (result == OST_E_KEY_UNKNOWN)
        (void)key_fetch_may_help(source, kid, usable, NULL);
    return result == OST_OK ? hold(all, q, &list, now, error) : result;
}

/* After a failure it is left alone for `pause` seconds. */
static void list_finish(status_lists *all, question *q, ost_result result, int64_t now,
                        unsigned pause, const ost_error *error)
{
    ost_error told = {0};
    if (result != OST_OK)
        (void)!issuer_document_fail(ISSUER_STATUS_LIST, q->text, result, error, &told);
    atomic_fetch_add(result == OST_OK ? &all->good : &all->bad, 1);
    pthread_mutex_lock(&all->lock);
    snprintf(all->last_error, sizeof all->last_error, "%s", told.detail);
    if (result == OST_OK)
        all->failing = 0;
    else if (all->failing == 0)
        all->failing = monotonic_ms();
    if (result != OST_OK)
        denied_tokens_put(&all->failed, q->digest, OST_E_REMOTE, now, now + pause);
    questions_remove(&all->questions, q);
    pthread_mutex_unlock(&all->lock);
    question_finish(q);
}

static void on_list(const net_response *response, void *user)
{
    question *q = user;
    status_lists *all = q->owner;
    ost_error error = {0};
    int64_t now = ost_now(all->source->context);
    ost_result result = check_response(response, &error);
    if (result == OST_OK) {
        ost_arena *arena = ost_arena_new(status_list_arena(all->max_list));
        result = arena == NULL ? ost_error_set(&error, OST_E_MEMORY, "out of memory")
                               : read_list(all, q, response->body, now, arena, &error);
        ost_arena_free(arena);
    }
    unsigned asked = net_retry_after(response, STATUS_PAUSE_MAX);
    list_finish(all, q, result, now, asked > STATUS_PAUSE ? asked : STATUS_PAUSE, &error);
    status_lists_on_time(all);
}

/* ---- the question ---- */

static ost_result send_request(const status_lists *all, question *q, ost_error *error)
{
    static const char *const headers[] = {"Accept: " CONTENT_TYPE, NULL};
    const net_request request = {
        .url = q->text,
        .headers = headers,
        .ca_file = all->source->ca_file,
        .proxy = all->source->proxy,
        .no_proxy = all->source->no_proxy,
        .timeout_ms = all->source->fetch_timeout * 1000,
        .max_body = MAX_BODY,
        .insecure_http = all->source->insecure_http,
    };
    trace_current_resume(&q->trace);
    ost_result result = net_fetch(all->source->net, &request, on_list, q, error);
    trace_current_set(NULL);
    return result;
}

void status_lists_on_time(void *user)
{
    status_lists *all = user;
    for (;;) {
        ost_error error = {0};
        pthread_mutex_lock(&all->lock);
        bool may = !all->ended && all->questions.started < STATUS_FETCHED;
        question *q = may ? questions_start_next(&all->questions) : NULL;
        pthread_mutex_unlock(&all->lock);
        if (q == NULL)
            return;
        ost_result result = send_request(all, q, &error);
        if (result != OST_OK)
            list_finish(all, q, result, ost_now(all->source->context), STATUS_PAUSE, &error);
    }
}
