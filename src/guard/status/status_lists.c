/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into held lists, and having missing ones fetched; see status_lists.h. */
#include "guard/status/status_lists.h"
#include "guard/status/status_lists_state.h"

#include <string.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"

/* ---- where lists may come from ---- */

/* The origin, and a path after it: nothing that could make another host of it. */
static bool is_of(ost_text uri, const char *origin)
{
    size_t len = strlen(origin);
    return text_starts(uri, origin) && uri.len > len && uri.data[len] == '/';
}

static ost_result check_allowed(const status_lists *all, ost_text uri, ost_error *error)
{
    bool found = false;
    for (size_t i = 0; i < all->origin_count; i++)
        found |= is_of(uri, all->origins[i]);
    ost_result result = found && text_find(uri, '#', 0) == uri.len
                            ? net_url_check(uri, all->source->insecure_http)
                            : OST_E_ARGUMENT;
    if (result == OST_E_MEMORY)
        return ost_error_set(error, result, "out of memory");
    if (result != OST_OK)
        return ost_error_set(error, OST_E_STATUS,
                             "the status list \"%.*s\" is not of an origin that is allowed",
                             uri.len < 120 ? (int)uri.len : 120, uri.data);
    return OST_OK;
}

/* ---- having one fetched ---- */

/* Under the lock. */
static ost_result hold_back(const status_lists *all, unsigned seconds, const char *why,
                            status_said *ret, ost_error *error)
{
    ret->retry_after = seconds;
    return ost_error_set(error, OST_E_REMOTE, "there is no current status list of %.80s: %s",
                         all->source->name, why);
}

/* Under the lock. */
static ost_result begin_fetch(status_lists *all, const unsigned char *digest, ost_text uri,
                              int64_t now, status_said *ret, ost_error *error)
{
    if (all->ended)
        return hold_back(all, 1, "the guard has been stopped", ret, error);
    question *q = questions_find(&all->questions, digest);
    if (q == NULL && denied_tokens_get(&all->failed, digest, now) != OST_OK)
        return hold_back(all, STATUS_PAUSE, all->last_error, ret, error);
    if (q == NULL) {
        q = questions_add(&all->questions, digest, uri, all);
        if (q == NULL)
            return hold_back(all, 1, "too many are being fetched", ret, error);
        net_timer_set(all->timer, 0);
    }
    ret->ticket = q->ticket;
    return hold_back(all, 1, "it is being fetched", ret, error);
}

/* Only what is allowed is ever fetched, and so held. */
static ost_result want(status_lists *all, ost_text uri, int64_t now, status_said *ret,
                       ost_error *error)
{
    unsigned char digest[32];
    ost_result result = check_allowed(all, uri, error);
    if (result != OST_OK)
        return result;
    result = ost_sha256(uri, digest);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    pthread_mutex_lock(&all->lock);
    result = begin_fetch(all, digest, uri, now, ret, error);
    pthread_mutex_unlock(&all->lock);
    return result;
}

/* ---- looking ---- */

static held_list *find_list(const list_set *set, ost_text uri)
{
    for (size_t i = 0; set != NULL && i < set->count; i++) {
        if (text_is(uri, set->lists[i]->uri))
            return set->lists[i];
    }
    return NULL;
}

/* A list of the future is old: a clock that was set back does not prolong it. But a check may have
 * begun a moment before the list came. */
static bool may_serve(const status_lists *all, const held_list *list, int64_t now)
{
    int64_t late = list->fresh_until + all->stale_limit;
    return now + STATUS_TICK >= list->obtained &&
           (now < list->fresh_until || (now < late && now < list->expires));
}

typedef struct sight {
    ost_result status; /* what the list says */
    bool serves;       /* it may be believed */
    bool renew;        /* it is old, or will be soon */
} sight;

static sight look_at_list(status_lists *all, const status_reference *reference, int64_t now,
                          ost_error *error)
{
    published_place place;
    sight seen = {.status = OST_E_REMOTE, .renew = true};
    const list_set *set = published_enter(&all->held, &place);
    held_list *list = find_list(set, reference->uri);
    if (list != NULL) {
        int64_t fifth = (list->fresh_until - list->obtained) / 5;
        seen.serves = may_serve(all, list, now);
        seen.renew = now >= list->fresh_until - fifth;
        atomic_store_explicit(&list->used, now, memory_order_relaxed);
        if (seen.serves)
            seen.status = status_list_look(list->bits, (ost_text){list->bytes, list->len},
                                           reference->index, error);
    }
    published_leave(&all->held, place);
    return seen;
}

static ost_result check_listed(status_lists *all, const ost_claims *claims, int64_t now,
                               status_said *ret, ost_error *error)
{
    status_reference reference;
    status_said unused = {0};
    ost_result result = status_reference_read(claims, &reference, error);
    if (result != OST_OK)
        return result;
    sight seen = look_at_list(all, &reference, now, error);
    if (seen.serves && seen.renew)
        (void)!want(all, reference.uri, now, &unused, NULL);
    return seen.serves ? seen.status : want(all, reference.uri, now, ret, error);
}

ost_result status_lists_check(status_lists *all, const ost_claims *claims, int64_t now,
                              status_said *ret, ost_error *error)
{
    *ret = (status_said){0};
    if (!status_is_given(claims) || (all != NULL && all->ignore))
        return OST_OK;
    if (all == NULL) {
        return ost_error_set(error, OST_E_STATUS,
                             "the token has a status that is not looked up: name the origins of "
                             "the issuer's status lists");
    }
    return check_listed(all, claims, now, ret, error);
}

ost_result status_lists_wait(status_lists *all, uint64_t ticket, void (*ready)(void *user),
                             void *user)
{
    pthread_mutex_lock(&all->lock);
    ost_result result =
        all->ended ? OST_E_BUSY : questions_wait(&all->questions, ticket, ready, user);
    pthread_mutex_unlock(&all->lock);
    return result;
}

void status_lists_end(status_lists *all)
{
    if (all == NULL)
        return;
    pthread_mutex_lock(&all->lock);
    all->ended = true;
    question_waiter *waiters = questions_dismiss(&all->questions);
    pthread_mutex_unlock(&all->lock);
    question_waiters_call(waiters);
}

void status_lists_read_state(status_lists *all, int64_t now, status_lists_state *ret_state)
{
    published_place place;
    *ret_state =
        (status_lists_state){.good = atomic_load(&all->good), .bad = atomic_load(&all->bad)};
    const list_set *set = published_enter(&all->held, &place);
    for (size_t i = 0; set != NULL && i < set->count; i++) {
        int64_t age = now - set->lists[i]->obtained;
        ret_state->lists++;
        ret_state->bytes += set->lists[i]->len;
        ret_state->oldest = age > ret_state->oldest ? age : ret_state->oldest;
    }
    published_leave(&all->held, place);
    pthread_mutex_lock(&all->lock);
    ret_state->failing = all->failing > 0 ? (monotonic_ms() - all->failing) / 1000 : -1;
    text_to_string(text_of(all->last_error), ret_state->last_error, sizeof ret_state->last_error);
    pthread_mutex_unlock(&all->lock);
}
