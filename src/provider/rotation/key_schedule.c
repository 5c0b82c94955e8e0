/* SPDX-License-Identifier: Apache-2.0 */
/* Keys by the clock; see key_schedule.h. */
#include "provider/rotation/key_schedule.h"

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/call/provider_state.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/realm_key.h"
#include "provider/rotation/key_event.h"
#include "store/realm/store_key.h"

#define SCHEDULE_ARENA ((size_t)16 << 20)
#define KEYS_MAX 80 /* of one realm: those that administrators add find room behind them */
#define TRY_AGAIN (60 * 1000) /* milliseconds, after a failure */

/* A realm whose turn it is. */
typedef struct schedule {
    provider *provider;
    const realm_entry *entry;
    int64_t now, interval;
    bool makes; /* new keys: no failure is a minute ago or less */
} schedule;

/* ---- what waits ---- */

static void tell_promoted(void *user, const store_key *key, int64_t retires)
{
    const schedule *s = user;
    provider_count(s->provider, COUNT_KEYS_PROMOTED);
    key_event_tell(s->provider, s->entry->realm, KEY_SIGNS, key, retires);
}

/* ---- what is to be made ---- */

/* Published long enough before it signs, but for a smaller part of short lives. */
static int64_t overlap(int64_t interval)
{
    return interval / 2 < KEY_PUBLISH_SECONDS ? interval / 2 : KEY_PUBLISH_SECONDS;
}

static bool is_due(const schedule *s, int64_t since)
{
    return s->interval > 0 && since < INT64_MAX &&
           since + s->interval - overlap(s->interval) <= s->now;
}

static ost_result follow(const schedule *s, const store_key *active, ost_arena *arena)
{
    store_key next;
    ost_result result =
        realm_key_new(active->realm, active->algorithm, s->provider->context, arena, &next);
    if (result != OST_OK)
        return result;
    next.state = STORE_KEY_NEXT;
    next.signs_from = s->now + overlap(s->interval);
    result = store_key_succeed(s->provider->store, &next, active->kid);
    if (result == OST_E_CONFLICT) /* another program was faster */
        return OST_OK;
    if (result == OST_OK) {
        provider_count(s->provider, COUNT_KEYS_MADE);
        key_event_tell(s->provider, s->entry->realm, KEY_MADE, &next, next.signs_from);
    }
    return result;
}

static bool has_follower(const store_key *key, const store_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i].state == STORE_KEY_NEXT && text_equal(keys[i].algorithm, key->algorithm))
            return true;
    }
    return false;
}

/* By what the store says now: the snapshot may be a second old. */
static ost_result rotate(const schedule *s, ost_arena *arena)
{
    store_key *keys;
    size_t count = 0;
    ost_result result =
        store_key_list(s->provider->store, text_of(s->entry->realm->name), arena, &keys, &count);
    if (result == OST_OK && count >= KEYS_MAX)
        return OST_E_CEILING;
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        if (key_ring_is_scheduled(&keys[i]) && is_due(s, key_ring_signs_since(&keys[i])) &&
            !has_follower(&keys[i], keys, count))
            result = follow(s, &keys[i], arena);
    }
    return result;
}

static void tell_failure(const schedule *s, ost_result result)
{
    s->provider->keys_wait_until = monotonic_ms() + TRY_AGAIN;
    provider_count(s->provider, COUNT_KEYS_FAILED);
    if (result == OST_E_CEILING)
        log_sink_say(s->provider->log,
                     "realm %s: no new key is made: the realm has too many, or its tokens live so "
                     "long that old keys cannot retire as fast as new ones come",
                     s->entry->realm->name);
    else
        log_sink_say(s->provider->log, "realm %s: no new key can be made: %s",
                     s->entry->realm->name, ost_result_sentence(result));
}

static void rotate_if_due(const schedule *s)
{
    if (!s->makes || !is_due(s, key_ring_oldest(s->entry->keys)))
        return;
    ost_arena *arena = ost_arena_new(SCHEDULE_ARENA);
    ost_result result = arena != NULL ? rotate(s, arena) : OST_E_MEMORY;
    ost_arena_free(arena);
    if (result != OST_OK)
        tell_failure(s, result);
}

/* A realm that fails holds up none of those behind it: all wait, and all are tried again. */
void key_schedule_run(provider *p)
{
    const realm_table *table = atomic_load(&p->realms.current);
    bool makes = monotonic_ms() >= p->keys_wait_until;
    for (size_t i = 0; i < table->count; i++) {
        const realm_entry *entry = table->entries[i];
        schedule s = {.provider = p, .entry = entry, .now = ost_now(p->context), .makes = makes};
        s.interval = entry->realm->key_interval >= 0 ? entry->realm->key_interval : p->key_interval;
        if (key_ring_due(entry->keys) <= s.now)
            (void)!key_ring_advance(p->store, text_of(entry->realm->name), s.now,
                                    entry->longest_token, tell_promoted, &s);
        rotate_if_due(&s);
    }
}
