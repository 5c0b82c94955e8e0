/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a key source, and what its readers ask; see key_source.h. */
#include "guard/keys/key_source.h"

#include "base/context.h"

void key_source_init(key_source *s, const ost_context *context, net_client *net)
{
    pthread_mutex_init(&s->lock, NULL);
    s->context = context;
    s->net = net;
}

void key_source_clear(key_source *s)
{
    key_snapshot *snapshot = atomic_load(&s->keys.current);
    if (snapshot != NULL)
        ost_keyset_unref(snapshot->keys);
    memory_free(snapshot);
    memory_free(s->name);
    memory_free(s->discovery_url);
    memory_free(s->fixed_jwks_url);
    memory_free(s->jwks_url);
    memory_free(s->ca_file);
    memory_free(s->proxy);
    memory_free(s->no_proxy);
    memory_free(s->seed_file);
    pthread_mutex_destroy(&s->lock);
}

bool key_source_usable(const key_source *s, const key_snapshot *snapshot, int64_t now_ms)
{
    return snapshot != NULL &&
           (s->symmetric || now_ms - snapshot->obtained <= (int64_t)s->stale_limit * 1000);
}

bool key_source_is_ready(key_source *s)
{
    published_place place;
    const key_snapshot *snapshot = published_enter(&s->keys, &place);
    bool ready = key_source_usable(s, snapshot, monotonic_ms());
    published_leave(&s->keys, place);
    return ready;
}

void key_source_explain(key_source *s, bool some, ost_error *error)
{
    pthread_mutex_lock(&s->lock);
    const char *state = some ? "are too old to serve" : "have not been obtained";
    if (s->last_error[0] != '\0') /* it names the address, for which there has to be room */
        ost_error_set(error, OST_E_KEY_UNKNOWN, "the issuer's keys %s: %s", state, s->last_error);
    else
        ost_error_set(error, OST_E_KEY_UNKNOWN, "the keys of issuer %.150s %s", s->name, state);
    pthread_mutex_unlock(&s->lock);
}
