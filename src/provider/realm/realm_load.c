/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a snapshot: made from a document in steps, shared, and given back by its last user.
 */
#include "provider/realm/realm_load.h"

#include <stdatomic.h>

#include "base/context.h"
#include "base/text.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/role.h"

#define REALM_ARENA ((size_t)1 << 30)

/* The snapshot, and what only its own life needs. */
typedef struct held_realm {
    realm realm; /* first, so that one pointer serves both */
    atomic_uint references;
    ost_arena *arena;
    realm_client *clients; /* realm.clients, whose keys it gives back */
} held_realm;

static ost_result load(ost_text document, held_realm *held, ost_error *error)
{
    realm *r = &held->realm;
    char *copy = ost_arena_copy(held->arena, document);
    if (copy == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = ost_json_read((ost_text){copy, document.len}, &document_limits, held->arena,
                                      &r->document, error);
    if (result != OST_OK)
        return result;
    if (!ost_json_is(r->document, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_FORMAT, "a realm is a JSON object");
    realm_loader l = {.arena = held->arena, .error = error};
    realm_settings_load(&l, r->document, r);
    realm_scopes_load(&l, r->document, r);
    held->clients = realm_clients_load(&l, r->document, r);
    r->issuers = trusted_issuers_load(ost_json_get(r->document, "identityProviders"), l.arena);
    if (l.result != OST_OK)
        return l.result;
    result = policy_set_read(r->document, held->arena, &r->policies, error);
    return result == OST_OK ? role_table_load(r->document, held->arena, &r->roles, error) : result;
}

ost_result realm_load(ost_text document, int64_t version, realm **ret_realm, ost_error *error)
{
    held_realm *held = memory_alloc(sizeof *held);
    if (held == NULL || (held->arena = ost_arena_new(REALM_ARENA)) == NULL) {
        memory_free(held);
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    atomic_init(&held->references, 1);
    held->realm.version = version;
    ost_result result = load(document, held, error);
    if (result != OST_OK) {
        realm_unref(&held->realm);
        return result;
    }
    arena_settle(held->arena);
    *ret_realm = &held->realm;
    return OST_OK;
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
    for (size_t i = 0; i < held->realm.client_count; i++)
        client_proof_clear(&held->clients[i].proof);
    trusted_issuers_clear(&held->realm.issuers);
    ost_arena_free(held->arena);
    memory_free(held);
}
