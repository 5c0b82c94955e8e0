/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of one realm, ready for use; see key_ring.h. */
#include "provider/realm/key_ring.h"

#include <openssl/evp.h>
#include <stdatomic.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"
#include "provider/pkcs11/pkcs11_key.h"
#include "provider/pkcs11/pkcs11_row.h"

#define MAX_KEYS 100
#define DOCUMENT_ARENA ((size_t)4 << 20)

struct key_ring {
    atomic_uint references;
    key_holders holders;
    ost_key *active[MAX_KEYS]; /* private signature keys in state ACTIVE */
    size_t active_count;
    ost_key *internal[MAX_KEYS]; /* HS512, the newest last */
    size_t internal_count;
    ost_keyset *verifiers, *decryptors;
    ost_arena *arena; /* holds the document */
    ost_text document;
    ost_text public_key;
    int64_t due;    /* when the first waiting key signs */
    int64_t oldest; /* since when a key has signed that is not to be followed yet */
};

/* ---- the published document ---- */

static ost_result put_hash(ost_json_writer *w, const char *member, const EVP_MD *md, ost_text der)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned len;
    char text[BASE64URL_LEN(EVP_MAX_MD_SIZE)];
    if (EVP_Digest(der.data, der.len, hash, &len, md, NULL) != 1)
        return OST_E_CRYPTO;
    ost_json_member_text(w, member, (ost_text){text, base64url_encode(hash, len, text)});
    return OST_OK;
}

/* RFC 7517 §4.7: x5c is plain base64. */
static ost_result put_certificate(ost_json_writer *w, ost_text encoded, ost_arena *arena)
{
    ost_text der, plain;
    if (encoded.len == 0)
        return OST_OK;
    ost_result result = base64url_decode_to(arena, encoded, &der);
    if (result == OST_OK)
        result = base64_encode_to(arena, der, &plain);
    if (result != OST_OK)
        return result;
    ost_json_put_name(w, OST_TEXT("x5c"));
    ost_json_open_array(w);
    ost_json_put_text(w, plain);
    ost_json_close_array(w);
    result = put_hash(w, "x5t", EVP_sha1(), der);
    return result == OST_OK ? put_hash(w, "x5t#S256", EVP_sha256(), der) : result;
}

static ost_result put_public(ost_json_writer *w, const store_key *key, ost_text certificate,
                             ost_arena *arena)
{
    static const char *const members[] = {"kid", "kty", "alg", "use", "crv", "n", "e", "x", "y"};
    const ost_json *jwk;
    ost_result result = ost_json_read(key->jwk, NULL, arena, &jwk, NULL);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const ost_json *member = ost_json_get(jwk, members[i]);
        if (member != NULL)
            ost_json_member_value(w, members[i], member);
    }
    result = put_certificate(w, certificate, arena);
    ost_json_close_object(w);
    return result;
}

/* Tokens that only the provider reads are made with HS512; other secrets are kept. */
static bool is_secret(const store_key *key)
{
    return text_starts(key->algorithm, "HS") || text_is(key->algorithm, "AES");
}

static bool is_used(const store_key *key)
{
    return text_is(key->use, "sig") && key->state != STORE_KEY_DISABLED &&
           (!is_secret(key) || text_is(key->algorithm, "HS512"));
}

static ost_result make_document(key_ring *ring, const store_key *keys, size_t count)
{
    ost_json_writer *w = ost_json_writer_new(ring->arena, 0);
    ost_result result = OST_OK;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("keys"));
    ost_json_open_array(w);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        if (!is_secret(&keys[i]) && keys[i].state != STORE_KEY_DISABLED)
            result = put_public(w, &keys[i], keys[i].certificate, ring->arena);
    }
    ost_json_close_array(w);
    ost_json_close_object(w);
    return result == OST_OK ? ost_json_writer_finish(w, &ring->document) : result;
}

static ost_result put_public_key(key_ring *ring, const ost_key *key)
{
    ost_text spki;
    ost_result result = ost_key_export_spki(key, OST_KEY_DER, ring->arena, &spki);
    return result == OST_OK ? base64_encode_to(ring->arena, spki, &ring->public_key) : result;
}

/* ---- loading ---- */

/* The last one signs: it has to be an active one, however late others came. */
static void add_internal(key_ring *ring, ost_key *key, bool active)
{
    size_t at = active ? ring->internal_count : 0;
    for (size_t i = ring->internal_count; i > at; i--)
        ring->internal[i] = ring->internal[i - 1];
    ring->internal[at] = key;
    ring->internal_count++;
}

static ost_result open_elsewhere(const key_ring *ring, const store_key *row, ost_text device_uri,
                                 ost_text public_jwk, ost_key **ret_key, ost_error *error)
{
    if (device_uri.len == 0)
        return signing_process_key(ring->holders.process, ost_alg_of(row->algorithm), row->jwk,
                                   public_jwk, ret_key, error);
    if (ring->holders.device == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "key %.*s is in a device (%.*s): --pkcs11-module says how to reach it",
                             (int)row->kid.len, row->kid.data, (int)device_uri.len,
                             device_uri.data);
    return pkcs11_key_open(ring->holders.device, device_uri, public_jwk, ret_key, error);
}

/* The private part of a key that signs is in its device, or in the signing process, where there is
 * one; that of one that does not is nowhere. */
static ost_result import_public(key_ring *ring, const store_key *row, ost_text device_uri,
                                ost_key **ret_key, ost_error *error)
{
    ost_text text;
    ost_json_writer *w = ost_json_writer_new(ring->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_result result = put_public(w, row, (ost_text){0}, ring->arena);
    if (result == OST_OK)
        result = ost_json_writer_finish(w, &text);
    if (result != OST_OK)
        return result;
    return row->state == STORE_KEY_ACTIVE
               ? open_elsewhere(ring, row, device_uri, text, ret_key, error)
               : ost_key_import_jwk(text, ret_key, error);
}

static ost_result add_key(key_ring *ring, const store_key *row, ost_key **all, size_t *all_count,
                          ost_error *error)
{
    ost_key *key;
    if (!is_used(row))
        return OST_OK;
    ost_text device_uri = pkcs11_row_uri(row, ring->arena);
    bool elsewhere = device_uri.len > 0 || ring->holders.process != NULL;
    ost_result result = elsewhere && !is_secret(row)
                            ? import_public(ring, row, device_uri, &key, error)
                            : ost_key_import_jwk(row->jwk, &key, error);
    if (result != OST_OK)
        return result;
    if (is_secret(row)) {
        add_internal(ring, key, row->state == STORE_KEY_ACTIVE);
        return OST_OK;
    }
    all[(*all_count)++] = key;
    if (row->state != STORE_KEY_ACTIVE)
        return OST_OK;
    ring->active[ring->active_count++] = ost_key_ref(key);
    return text_is(row->algorithm, "RS256") ? put_public_key(ring, key) : OST_OK;
}

/* What is encrypted for the realm is read here, whoever signs for it. */
static ost_result load_decryptors(key_ring *ring, const store_key *keys, size_t count,
                                  ost_error *error)
{
    ost_key *all[MAX_KEYS];
    size_t all_count = 0;
    ost_result result = OST_OK;
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        if (text_is(keys[i].use, "enc") && keys[i].state != STORE_KEY_DISABLED &&
            !is_secret(&keys[i])) {
            result = ost_key_import_jwk(keys[i].jwk, &all[all_count], error);
            all_count += result == OST_OK;
        }
    }
    if (result == OST_OK)
        result = ost_keyset_new(all, all_count, &ring->decryptors);
    for (size_t i = 0; i < all_count; i++)
        ost_key_unref(all[i]);
    return result;
}

static bool is_followed(const store_key *key, const store_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i].state == STORE_KEY_NEXT && text_equal(keys[i].algorithm, key->algorithm) &&
            text_equal(keys[i].use, key->use))
            return true;
    }
    return false;
}

static void note_age(key_ring *ring, const store_key *key, const store_key *keys, size_t count)
{
    int64_t since = key_ring_signs_since(key);
    if (key_ring_is_scheduled(key) && since < ring->oldest && !is_followed(key, keys, count))
        ring->oldest = since;
}

static ost_result load(key_ring *ring, const store_key *keys, size_t count, ost_error *error)
{
    ost_key *all[MAX_KEYS];
    size_t all_count = 0;
    ost_result result = OST_OK;
    if (count > MAX_KEYS)
        return ost_error_set(error, OST_E_CEILING, "the realm has %zu keys", count);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        if (keys[i].state == STORE_KEY_NEXT && keys[i].signs_from < ring->due)
            ring->due = keys[i].signs_from;
        note_age(ring, &keys[i], keys, count);
        result = add_key(ring, &keys[i], all, &all_count, error);
    }
    if (result == OST_OK && (ring->active_count == 0 || ring->internal_count == 0))
        result = ost_error_set(error, OST_E_KEY_UNKNOWN,
                               "the realm has no active signature key, or no internal one");
    if (result == OST_OK)
        result = ost_keyset_new(all, all_count, &ring->verifiers);
    if (result == OST_OK)
        result = load_decryptors(ring, keys, count, error);
    for (size_t i = 0; i < all_count; i++)
        ost_key_unref(all[i]);
    return result == OST_OK ? make_document(ring, keys, count) : result;
}

ost_result key_ring_load(const store_key *keys, size_t count, const key_holders *holders,
                         key_ring **ret_ring, ost_error *error)
{
    key_ring *ring = memory_alloc(sizeof *ring);
    if (ring == NULL || (ring->arena = ost_arena_new(DOCUMENT_ARENA)) == NULL) {
        memory_free(ring);
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    atomic_init(&ring->references, 1);
    if (holders != NULL)
        ring->holders = *holders;
    ring->due = ring->oldest = INT64_MAX;
    ost_result result = load(ring, keys, count, error);
    if (result != OST_OK) {
        key_ring_unref(ring);
        return result;
    }
    *ret_ring = ring;
    return OST_OK;
}

key_ring *key_ring_ref(key_ring *ring)
{
    if (ring != NULL)
        atomic_fetch_add_explicit(&ring->references, 1, memory_order_relaxed);
    return ring;
}

void key_ring_unref(key_ring *ring)
{
    if (ring == NULL || atomic_fetch_sub_explicit(&ring->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < ring->active_count; i++)
        ost_key_unref(ring->active[i]);
    for (size_t i = 0; i < ring->internal_count; i++)
        ost_key_unref(ring->internal[i]);
    ost_keyset_unref(ring->verifiers);
    ost_keyset_unref(ring->decryptors);
    ost_arena_free(ring->arena);
    memory_free(ring);
}

/* ---- use ---- */

const ost_key *key_ring_signer(const key_ring *ring, ost_alg alg)
{
    for (size_t i = ring->active_count; i-- > 0;) {
        if (ost_key_serves(ring->active[i], alg))
            return ring->active[i];
    }
    return NULL;
}

const ost_keyset *key_ring_verifiers(const key_ring *ring)
{
    return ring->verifiers;
}

const ost_keyset *key_ring_decryptors(const key_ring *ring)
{
    return ring->decryptors;
}

bool key_ring_decrypts(const key_ring *ring, ost_alg alg)
{
    size_t i = 0, count = ost_keyset_count(ring->decryptors);
    while (i < count && !ost_key_serves(ost_keyset_at(ring->decryptors, i), alg))
        i++;
    return i < count;
}

const ost_key *key_ring_internal(const key_ring *ring, ost_text kid)
{
    for (size_t i = ring->internal_count; i-- > 0;) {
        if (kid.len == 0 || text_equal(kid, ost_key_kid(ring->internal[i])))
            return ring->internal[i];
    }
    return NULL;
}

int64_t key_ring_due(const key_ring *ring)
{
    return ring->due;
}

int64_t key_ring_oldest(const key_ring *ring)
{
    return ring->oldest;
}

bool key_ring_is_scheduled(const store_key *key)
{
    return key->state == STORE_KEY_ACTIVE && is_used(key) && !is_secret(key) && !pkcs11_row_is(key);
}

int64_t key_ring_signs_since(const store_key *key)
{
    return key->signs_from > key->created ? key->signs_from : key->created;
}

ost_text key_ring_public_key(const key_ring *ring)
{
    return ring->public_key;
}

ost_text key_ring_document(const key_ring *ring)
{
    return ring->document;
}
