/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an issuer's status lists: their configuration, read and checked. */
#include "base/context.h"
#include "base/error_sentence.h"
#include "base/or_default.h"
#include "base/text.h"
#include "guard/status/status_lists.h"
#include "guard/status/status_lists_state.h"

#define MAX_SECONDS 86400
#define DEFAULT_LIFETIME 300
#define DEFAULT_LIST ((size_t)1 << 20)
#define MAX_LIST ((size_t)64 << 20)
#define STATUS_QUESTIONS 32
#define STATUS_TICKETS 2 /* even ones */

static ost_result refuse(const ost_issuer *config, const char *what, ost_error *error)
{
    return ost_error_set(error, OST_E_CONFIG, "issuer %.100s: status lists: %s", config->issuer,
                         what);
}

static ost_result check(const ost_issuer *config, ost_error *error)
{
    const ost_status_lists *c = &config->status_lists;
    if (c->insecure_ignore && c->origin_count > 0)
        return refuse(config, "they are either fetched or ignored", error);
    if (c->origin_count > STATUS_ORIGINS_MAX)
        return refuse(config, "at most 8 origins", error);
    if (c->origin_count > 0 && c->origins == NULL)
        return refuse(config, "the origins are missing", error);
    if (c->origin_count > 0 && (config->hmac_secret.len > 0 || config->introspection.no_keys))
        return refuse(config, "they are signed, so that the issuer must publish keys", error);
    if (c->insecure_stale_limit > MAX_SECONDS || c->lifetime > MAX_SECONDS)
        return refuse(config, "durations may be a day at most", error);
    if (c->max_list > MAX_LIST)
        return refuse(config, "a list may have 64 MiB at most", error);
    return OST_OK;
}

/* Scheme, host and port, which a path can follow. */
static ost_result check_origin(const char *text, bool insecure_http)
{
    ost_text origin = text_of(text);
    size_t scheme = text_starts(origin, "https://") ? 8 : text_starts(origin, "http://") ? 7 : 0;
    bool bare = scheme > 0 && text_find(origin, '/', scheme) == origin.len &&
                text_find(origin, '?', 0) == origin.len && text_find(origin, '#', 0) == origin.len;
    char *url = bare ? memory_alloc(origin.len + 2) : NULL;
    if (url == NULL)
        return bare ? OST_E_MEMORY : OST_E_CONFIG;
    (void)text_to_string(origin, url, origin.len + 1);
    url[origin.len] = '/';
    ost_result result = net_url_check(text_of(url), insecure_http);
    memory_free(url);
    return result;
}

static ost_result copy_config(status_lists *all, const ost_issuer *config, ost_error *error)
{
    const ost_status_lists *c = &config->status_lists;
    for (size_t i = 0; i < c->origin_count; i++) {
        ost_result result = check_origin(c->origins[i], config->insecure_http);
        if (result != OST_OK && result != OST_E_MEMORY)
            return refuse(config, "an origin is https, a host and no path", error);
        if (result == OST_OK)
            all->origins[i] = memory_copy(text_of(c->origins[i]));
        if (all->origins[i] == NULL)
            return ost_error_set(error, OST_E_MEMORY, "out of memory");
        all->origin_count = i + 1;
    }
    all->ignore = c->insecure_ignore;
    all->stale_limit = c->insecure_stale_limit;
    all->lifetime = OR_DEFAULT(c->lifetime, DEFAULT_LIFETIME);
    all->max_list = OR_DEFAULT(c->max_list, DEFAULT_LIST);
    questions_init(&all->questions, STATUS_QUESTIONS, STATUS_TICKETS, 2);
    ost_result result = denied_tokens_init(&all->failed, all->source->context);
    if (result == OST_OK)
        result = net_timer_new(all->source->net, status_lists_on_time, all, &all->timer);
    return error_set_sentence(error, result);
}

ost_result status_lists_new(const ost_issuer *config, key_source *source, status_lists **ret_lists,
                            ost_error *error)
{
    ost_result result = check(config, error);
    if (result != OST_OK ||
        (config->status_lists.origin_count == 0 && !config->status_lists.insecure_ignore))
        return result;
    status_lists *made = memory_alloc(sizeof *made);
    if (made == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    made->source = source;
    pthread_mutex_init(&made->lock, NULL);
    result = copy_config(made, config, error);
    if (result != OST_OK) {
        status_lists_free(made);
        return result;
    }
    *ret_lists = made;
    return OST_OK;
}

void status_lists_free(status_lists *all)
{
    if (all == NULL)
        return;
    list_set *set = atomic_load(&all->held.current);
    for (size_t i = 0; set != NULL && i < set->count; i++)
        held_list_free(set->lists[i]);
    memory_free(set);
    questions_free(&all->questions);
    for (size_t i = 0; i < STATUS_ORIGINS_MAX; i++)
        memory_free(all->origins[i]);
    pthread_mutex_destroy(&all->lock);
    memory_free(all);
}
