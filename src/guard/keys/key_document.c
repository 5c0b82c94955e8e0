/* SPDX-License-Identifier: Apache-2.0 */
/* What an issuer publishes: its discovery document and its key set. */
#include <string.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "guard/keys/discovered_url.h"
#include "guard/keys/issuer_document.h"
#include "guard/keys/key_source.h"

#define MAX_KEYS 100
#define DISCOVERY_ARENA ((size_t)4 << 20)

/* The keys of the new snapshot: those of the one before, with their generation, when the document
 * has not changed, so that remembered signatures remain good. Only this thread replaces it. */
static ost_result fill(key_source *s, ost_text jwks, key_snapshot *snapshot, ost_error *error)
{
    const key_snapshot *before = atomic_load(&s->keys.current);
    ost_result result = ost_sha256(jwks, snapshot->digest);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    if (before != NULL && memcmp(before->digest, snapshot->digest, sizeof before->digest) == 0) {
        snapshot->keys = ost_keyset_ref(before->keys);
        snapshot->generation = before->generation;
        snapshot->left_out = before->left_out;
        return OST_OK;
    }
    result = keyset_read(jwks, MAX_KEYS, &snapshot->keys, NULL, &snapshot->left_out, error);
    if (result == OST_OK)
        snapshot->generation = ++s->generation;
    return result;
}

ost_result key_document_publish(key_source *s, ost_text jwks, bool *ret_changed, ost_error *error)
{
    key_snapshot *snapshot = memory_alloc(sizeof *snapshot);
    if (snapshot == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = fill(s, jwks, snapshot, error);
    if (result != OST_OK) {
        memory_free(snapshot);
        return result;
    }
    snapshot->obtained = monotonic_ms();
    uint64_t generation = snapshot->generation;
    key_snapshot *before = published_replace(&s->keys, snapshot);
    *ret_changed = before == NULL || before->generation != generation;
    if (before != NULL)
        ost_keyset_unref(before->keys);
    memory_free(before);
    return OST_OK;
}

static ost_result read_members(const key_source *s, const ost_json *document,
                               discovery *ret_discovery, ost_error *error)
{
    ost_text name, url, endpoint;
    discovery copy = {0};
    if (!ost_json_text(ost_json_get(document, "issuer"), &name) ||
        !ost_json_text(ost_json_get(document, "jwks_uri"), &url)) {
        return ost_error_set(error, OST_E_REMOTE,
                             "the discovery document has no issuer or no jwks_uri");
    }
    /* OpenID Connect Discovery §4.3: MUST be identical. */
    if (!text_is(name, s->name))
        return issuer_document_misnamed(name, s->name, error);
    ost_result result = discovered_url_check(s->discovery_url, url, s->insecure_http);
    if (result == OST_E_MEMORY)
        return ost_error_set(error, result, "out of memory");
    if (result != OST_OK) {
        return ost_error_set(error, OST_E_REMOTE, "jwks_uri \"%.*s\" is not https",
                             url.len < 150 ? (int)url.len : 150, url.data);
    }
    /* Keys serve without it; a question is answered: there is no endpoint. */
    bool has_introspection =
        ost_json_text(ost_json_get(document, "introspection_endpoint"), &endpoint);
    if (has_introspection)
        result = discovered_url_check(s->discovery_url, endpoint, s->insecure_http);
    if (result == OST_E_MEMORY)
        return ost_error_set(error, result, "out of memory");
    has_introspection &= result == OST_OK;
    copy.jwks_url = memory_copy(url);
    copy.introspection_url = has_introspection ? memory_copy(endpoint) : NULL;
    if (copy.jwks_url == NULL || (has_introspection && copy.introspection_url == NULL)) {
        memory_free(copy.jwks_url);
        memory_free(copy.introspection_url);
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    *ret_discovery = copy;
    return OST_OK;
}

ost_result discovery_read(const key_source *s, ost_text document, discovery *ret_discovery,
                          ost_error *error)
{
    const ost_json *value;
    ost_arena *arena = ost_arena_new(DISCOVERY_ARENA);
    if (arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = ost_json_read(document, NULL, arena, &value, error);
    if (result == OST_OK)
        result = read_members(s, value, ret_discovery, error);
    ost_arena_free(arena);
    return result;
}
