/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a snapshot: made from a document in steps, shared, and given back by its last user.
 */
#include "provider/realm/realm_load.h"

#include <stdatomic.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/json/json_share.h"
#include "base/text.h"
#include "provider/flow/broker_flow.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/role.h"

#define REALM_ARENA ((size_t)1 << 30)
#define PARTS 64 /* of a snapshot; with one more it is read as a whole */

/* What snapshots share: what has been read once, and what is to be given back with it. */
typedef struct realm_part {
    atomic_uint references;
    ost_arena *arena;
    realm_client *clients; /* whose keys are here */
    size_t client_count;
    trusted_issuers issuers;
    upstreams upstreams;
} realm_part;

/* The snapshot, and what only its own life needs. */
typedef struct held_realm {
    realm realm; /* first, so that one pointer serves both */
    atomic_uint references;
    int64_t made_at;  /* monotonic ms */
    ost_arena *lists; /* what is its own; NULL: nothing */
    realm_part *parts[PARTS];
    size_t part_count;
} held_realm;

static void part_unref(realm_part *part)
{
    if (part == NULL || atomic_fetch_sub_explicit(&part->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < part->client_count; i++)
        client_proof_clear(&part->clients[i].proof);
    trusted_issuers_clear(&part->issuers);
    upstreams_clear(&part->upstreams);
    ost_arena_free(part->arena);
    memory_free(part);
}

/* The snapshot's own part, the last one. NULL: out of memory. */
static realm_part *add_part(held_realm *held)
{
    realm_part *part = memory_alloc(sizeof *part);
    if (part == NULL || (part->arena = ost_arena_new(REALM_ARENA)) == NULL) {
        memory_free(part);
        return NULL;
    }
    atomic_init(&part->references, 1);
    held->parts[held->part_count++] = part;
    return part;
}

static ost_result out_of_memory(ost_error *error)
{
    return ost_error_set(error, OST_E_MEMORY, "out of memory");
}

/* A snapshot without anything; NULL: out of memory. */
static held_realm *held_new(int64_t version)
{
    held_realm *held = memory_alloc(sizeof *held);
    if (held == NULL)
        return NULL;
    atomic_init(&held->references, 1);
    held->realm.version = version;
    held->made_at = monotonic_ms();
    return held;
}

/* Nobody comes in by a provider whose flows cannot be gone through. */
static void bar_by_flows(const ost_json *document, upstream *u, ost_arena *arena)
{
    if (u->barred == NULL)
        u->barred = broker_flow_fault(document, u->first_flow, true, arena);
    if (u->barred == NULL)
        u->barred = broker_flow_fault(document, u->post_flow, false, arena);
}

static ost_result load(ost_text document, realm *r, realm_part *part, ost_error *error)
{
    char *copy = ost_arena_copy(part->arena, document);
    if (copy == NULL)
        return out_of_memory(error);
    ost_result result = ost_json_read((ost_text){copy, document.len}, &document_limits, part->arena,
                                      &r->document, error);
    if (result != OST_OK)
        return result;
    if (!ost_json_is(r->document, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_FORMAT, "a realm is a JSON object");
    realm_loader l = {.arena = part->arena, .error = error};
    realm_settings_load(&l, r->document, r);
    realm_scopes_load(&l, r->document, r);
    part->clients = realm_clients_load(&l, r->document, r);
    part->client_count = r->client_count;
    r->issuers = trusted_issuers_load(ost_json_get(r->document, "identityProviders"), l.arena);
    part->issuers = r->issuers;
    r->upstreams = upstreams_load(ost_json_get(r->document, "identityProviders"),
                                  ost_json_get(r->document, "identityProviderMappers"), l.arena);
    for (size_t i = 0; i < r->upstreams.count; i++)
        bar_by_flows(r->document, &r->upstreams.list[i], l.arena);
    part->upstreams = r->upstreams;
    if (l.result != OST_OK)
        return l.result;
    result = policy_set_read(r->document, part->arena, &r->policies, error);
    return result == OST_OK ? role_table_load(r->document, part->arena, &r->roles, error) : result;
}

ost_result realm_load(ost_text document, int64_t version, realm **ret_realm, ost_error *error)
{
    held_realm *held = held_new(version);
    if (held == NULL)
        return out_of_memory(error);
    realm_part *part = add_part(held);
    ost_result result =
        part != NULL ? load(document, &held->realm, part, error) : out_of_memory(error);
    if (result != OST_OK || part == NULL) {
        realm_unref(&held->realm);
        return result;
    }
    arena_settle(part->arena);
    *ret_realm = &held->realm;
    return OST_OK;
}

/* ---- after one client's change ---- */

/* A client stands two levels down. */
static ost_result read_client(const ost_json *document, ost_arena *arena, const ost_json **ret,
                              ost_error *error)
{
    ost_json_limits limits = document_limits;
    ost_text source = ost_json_source(document);
    const char *copy = ost_arena_copy(arena, source);
    limits.max_depth -= 2;
    if (copy == NULL)
        return out_of_memory(error);
    ost_result result = ost_json_read((ost_text){copy, source.len}, &limits, arena, ret, error);
    return result == OST_OK && !ost_json_is(*ret, OST_JSON_OBJECT)
               ? ost_error_set(error, OST_E_FORMAT, "a client is a JSON object")
               : result;
}

static ost_result load_beside(const held_realm *before, size_t index, const ost_json *document,
                              held_realm *held, ost_error *error)
{
    realm *r = &held->realm;
    const ost_json *client;
    const ost_json *old = index < r->client_count ? r->clients[index]->document : NULL;
    for (size_t i = 0; i < before->part_count; i++) {
        held->parts[held->part_count++] = before->parts[i];
        atomic_fetch_add_explicit(&before->parts[i]->references, 1, memory_order_relaxed);
    }
    realm_part *part = add_part(held);
    if (part == NULL || (held->lists = ost_arena_new(REALM_ARENA)) == NULL)
        return out_of_memory(error);
    ost_result result = read_client(document, part->arena, &client, error);
    if (result != OST_OK)
        return result;
    result = json_share_list(before->realm.document, "clients", old, client, DOCUMENT_MAX,
                             held->lists, &r->document);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    realm_loader l = {.arena = part->arena, .error = error};
    part->clients = realm_client_put(&l, client, index, held->lists, r);
    part->client_count = part->clients != NULL;
    return l.result;
}

/* Each value takes two bytes, itself and what stands between, so that a text of this length has no
 * more values than can be read. */
static bool is_bounded(const realm *r)
{
    return ost_json_source(r->document).len <= 2 * document_limits.max_values;
}

ost_result realm_load_after(const realm *before, const realm_client *old, const ost_json *document,
                            int64_t version, realm **ret_realm, ost_error *error)
{
    const held_realm *held_before = (const held_realm *)before;
    size_t index = 0;
    while (index < before->client_count && before->clients[index] != old)
        index++;
    if (old != NULL && index == before->client_count)
        return ost_error_set(error, OST_E_ARGUMENT, "no client of this realm");
    held_realm *held = held_new(version);
    if (held == NULL)
        return out_of_memory(error);
    held->realm = *before;
    held->realm.version = version;
    ost_result result = load_beside(held_before, index, document, held, error);
    if (result == OST_OK && (held->part_count == PARTS || !is_bounded(&held->realm))) {
        realm *whole;
        result = realm_load(ost_json_source(held->realm.document), version, &whole, error);
        realm_unref(&held->realm);
        if (result == OST_OK)
            *ret_realm = whole;
        return result;
    }
    if (result != OST_OK) {
        realm_unref(&held->realm);
        return result;
    }
    arena_settle(held->parts[held->part_count - 1]->arena);
    arena_settle(held->lists);
    *ret_realm = &held->realm;
    return OST_OK;
}

bool realm_is_unsettled(const realm *r)
{
    const held_realm *held = (const held_realm *)r;
    return held->part_count > 1 && monotonic_ms() >= held->made_at + REALM_SETTLES_MS;
}

void realm_set_age(realm *r, int64_t ms)
{
    ((held_realm *)r)->made_at = monotonic_ms() - ms;
}

realm *realm_ref(realm *r)
{
    if (r != NULL)
        atomic_fetch_add_explicit(&((held_realm *)r)->references, 1, memory_order_relaxed);
    return r;
}

void realm_unref(realm *r)
{
    held_realm *held = (held_realm *)r;
    if (held == NULL || atomic_fetch_sub_explicit(&held->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < held->part_count; i++)
        part_unref(held->parts[i]);
    ost_arena_free(held->lists);
    memory_free(held);
}
