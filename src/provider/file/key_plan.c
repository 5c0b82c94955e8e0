/* SPDX-License-Identifier: Apache-2.0 */
/* Planning keys; see key_plan.h. */
#include "provider/file/key_plan.h"

#include "base/context.h"
#include "base/text.h"
#include "provider/file/document_pairs.h"
#include "provider/realm/key_ring.h"

#define MAX_KEYS 100 /* of a realm, as in the store */

typedef struct key_plan {
    store_key *keys; /* those of the store first */
    bool *touched;   /* parallel: to be written */
    size_t stored_count, count;
    const realm *realm;
    int64_t now;
    ost_arena *arena;
    realm_changes *changes;
    ost_error *error;
} key_plan;

static void note(key_plan *p, change_action action, ost_text kid)
{
    realm_changes_note_member(p->changes, action, "KEY", kid,
                              action == CHANGE_OVERWRITTEN ? OST_TEXT("state") : (ost_text){0});
}

static bool is_same_kind(const store_key *a, const store_key *b)
{
    return text_equal(a->algorithm, b->algorithm) && text_equal(a->use, b->use);
}

/* The one of the store that signs, or decrypts, by the algorithm; NULL: none. */
static store_key *active_like(key_plan *p, const store_key *key)
{
    for (size_t i = 0; i < p->stored_count; i++) {
        if (p->keys[i].state == STORE_KEY_ACTIVE && is_same_kind(&p->keys[i], key))
            return &p->keys[i];
    }
    return NULL;
}

/* What only the provider reads, and what others encrypt with, nobody has to know beforehand. */
static bool must_be_published_first(const store_key *key)
{
    return text_is(key->use, "sig") && !text_starts(key->algorithm, "HS");
}

static void take_turn(key_plan *p, store_key *key)
{
    store_key *before = active_like(p, key);
    if (before == NULL || key->state != STORE_KEY_ACTIVE)
        return;
    if (must_be_published_first(key)) {
        key->state = STORE_KEY_NEXT;
        key->signs_from = p->now + KEY_PUBLISH_SECONDS;
        return;
    }
    before->state = STORE_KEY_PASSIVE;
    before->ends = p->now + realm_longest_token(p->realm);
    p->touched[before - p->keys] = true;
    note(p, CHANGE_OVERWRITTEN, before->kid);
}

static bool is_same_key(const store_key *a, const store_key *b, ost_arena *arena)
{
    const ost_json *one, *other;
    return is_same_kind(a, b) && ost_json_read(a->jwk, NULL, arena, &one, NULL) == OST_OK &&
           ost_json_read(b->jwk, NULL, arena, &other, NULL) == OST_OK &&
           document_same(one, other, NULL);
}

/* A key that was retired and is to sign again is known to everybody: it signs at once. */
static ost_result bring_known(key_plan *p, size_t at, const store_key *brought)
{
    store_key *key = &p->keys[at];
    if (!is_same_key(key, brought, p->arena))
        return ost_error_set(p->error, OST_E_CONFLICT,
                             "components: the realm has another key of the kid %.*s",
                             (int)brought->kid.len, brought->kid.data);
    if (brought->state != STORE_KEY_ACTIVE || key->state != STORE_KEY_PASSIVE ||
        !must_be_published_first(key))
        return OST_OK;
    key->state = STORE_KEY_NEXT;
    key->signs_from = p->now;
    key->ends = 0;
    p->touched[at] = true;
    note(p, CHANGE_OVERWRITTEN, key->kid);
    return OST_OK;
}

static ost_result bring(key_plan *p, const store_key *brought)
{
    for (size_t i = 0; i < p->stored_count; i++) {
        if (text_equal(p->keys[i].kid, brought->kid))
            return bring_known(p, i, brought);
    }
    if (p->count >= MAX_KEYS)
        return ost_error_set(p->error, OST_E_CEILING, "the realm would have more than %d keys",
                             MAX_KEYS);
    store_key *key = &p->keys[p->count];
    *key = *brought;
    take_turn(p, key);
    p->touched[p->count++] = true;
    note(p, CHANGE_ADDED, key->kid);
    return OST_OK;
}

/* For algorithms that the realm uses from now on. */
static ost_result make_missing(key_plan *p, const ost_context *context)
{
    store_key *all;
    size_t count;
    ost_result result =
        key_ring_complete(p->realm, p->keys, p->count, context, p->arena, &all, &count, p->error);
    for (size_t i = p->count; result == OST_OK && i < count; i++) {
        if (p->count >= MAX_KEYS)
            return ost_error_set(p->error, OST_E_CEILING, "the realm would have more than %d keys",
                                 MAX_KEYS);
        p->touched[p->count] = true;
        note(p, CHANGE_ADDED, all[i].kid);
        p->keys[p->count++] = all[i];
    }
    return result;
}

static void choose_touched(key_plan *p, size_t *ret_count)
{
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (p->touched[i])
            p->keys[count++] = p->keys[i];
    }
    *ret_count = count;
}

ost_result key_plan_make(const store_key *stored, size_t stored_count, const store_key *brought,
                         size_t brought_count, const realm *r, const ost_context *context,
                         ost_arena *arena, realm_changes *changes, store_key **ret_keys,
                         size_t *ret_count, ost_error *error)
{
    key_plan p = {.keys = ost_arena_alloc(arena, MAX_KEYS * sizeof *p.keys),
                  .touched = ost_arena_alloc(arena, MAX_KEYS * sizeof *p.touched),
                  .realm = r,
                  .now = ost_now(context),
                  .arena = arena,
                  .changes = changes,
                  .error = error};
    ost_result result = OST_OK;
    if (p.keys == NULL || p.touched == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    for (size_t i = 0; i < MAX_KEYS; i++)
        p.touched[i] = false;
    for (; p.count < stored_count && p.count < MAX_KEYS; p.count++)
        p.keys[p.count] = stored[p.count];
    p.stored_count = p.count;
    for (size_t i = 0; i < brought_count && result == OST_OK; i++)
        result = bring(&p, &brought[i]);
    if (result == OST_OK)
        result = make_missing(&p, context);
    if (result != OST_OK)
        return result;
    choose_touched(&p, ret_count);
    *ret_keys = p.keys;
    return OST_OK;
}
