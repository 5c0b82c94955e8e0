/* SPDX-License-Identifier: Apache-2.0 */
/* One remembered token; see token_entry.h. */
#include "guard/cache/token_entry.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"

#define CACHE_LINE 64
#define FETCHED 4096 /* bytes, of either part; an arena's first chunk has as many */

void token_entry_ref(token_entry *e)
{
    atomic_fetch_add_explicit(&e->references, 1, memory_order_relaxed);
}

void token_entry_unref(void *entry)
{
    token_entry *e = entry;
    if (e == NULL || atomic_fetch_sub_explicit(&e->references, 1, memory_order_acq_rel) != 1)
        return;
    ost_arena_free(e->arena);
    wipe(e->data, e->token_len + e->known.facts.payload.len);
    memory_free(e);
}

token_entry *token_entry_new(ost_text token, uint64_t hash, const token_facts *facts,
                             size_t claims_bytes)
{
    size_t bytes = sizeof(token_entry) + token.len + facts->payload.len;
    token_entry *e = memory_alloc(bytes);
    if (e == NULL)
        return NULL;
    memcpy(e->data, token.data, token.len);
    memcpy(e->data + token.len, facts->payload.data, facts->payload.len);
    atomic_init(&e->references, 1);
    e->hash = hash;
    e->bytes = bytes + claims_bytes;
    e->token_len = token.len;
    e->known.facts = *facts;
    e->known.facts.payload.data = e->data + token.len;
    e->arena = ost_arena_new(claims_bytes);
    if (e->arena == NULL ||
        ost_claims_read(e->known.facts.payload, e->arena, &e->known.claims, NULL) != OST_OK) {
        token_entry_unref(e);
        return NULL;
    }
    return e;
}

/* All of its lines at once: each by itself is a wait for the memory. */
static void fetch_lines(const char *from, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += CACHE_LINE)
        __builtin_prefetch(from + at);
}

void token_entry_fetch(const token_entry *e)
{
    size_t text = e->token_len + e->known.facts.payload.len;
    size_t claims = e->bytes - sizeof *e - text;
    fetch_lines((const char *)e->known.claims, claims < FETCHED ? claims : FETCHED);
    fetch_lines(e->data, text < FETCHED ? text : FETCHED);
}

bool token_entry_answers(const token_entry *e, ost_text token, int64_t now)
{
    return e->known.facts.expiry > now && e->token_len == token.len &&
           memcmp(e->data, token.data, token.len) == 0;
}

/* Written once in a while only, so that those who read it keep it in their own core's cache. */
void token_entry_note_used(token_entry *e)
{
    if (!atomic_load_explicit(&e->used, memory_order_relaxed))
        atomic_store_explicit(&e->used, true, memory_order_relaxed);
}

bool token_entry_take_used(token_entry *e)
{
    return atomic_exchange_explicit(&e->used, false, memory_order_relaxed);
}
