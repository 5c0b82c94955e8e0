/* SPDX-License-Identifier: Apache-2.0 */
/* Decrypting: RFC 7516 §5.2. Where the content key cannot be had, the content is tried all the same
 * with a random one (§11.5): one error, after the same work. */
#include <openssl/err.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/error_sentence.h"
#include "base/shown.h"
#include "base/text.h"
#include "jose/jwe/content.h"

/* The only one that fits, of those that have the kid if the message names one. */
static ost_result find_key(const ost_keyset *keys, const jwe_recipient *r, const ost_key **ret_key)
{
    const ost_key *found = NULL;
    bool named = false;
    for (size_t i = 0; i < ost_keyset_count(keys); i++) {
        const ost_key *key = ost_keyset_at(keys, i);
        if (r->kid.len > 0 && !text_equal(ost_key_kid(key), r->kid))
            continue;
        named = r->kid.len > 0;
        if (!key_may(key, r->alg, true))
            continue;
        if (found != NULL)
            return OST_E_KEY_AMBIGUOUS;
        found = key;
    }
    if (found == NULL)
        return named ? OST_E_KEY_USE : OST_E_KEY_UNKNOWN;
    *ret_key = found;
    return OST_OK;
}

static ost_result open_for(const jwe_message *m, const jwe_recipient *r, const ost_key *key,
                           const ost_jwe_rules *rules, unsigned char *room, ost_arena *arena,
                           ost_text *ret_content)
{
    content_key cek = {.size = enc_find(m->enc)->cek_size};
    unsigned char random[CEK_MAX_SIZE];
    if (RAND_priv_bytes(random, sizeof random) != 1)
        return OST_E_CRYPTO;
    ost_result opened = cek_open(m, r, key, rules, arena, &cek);
    if (opened != OST_OK && opened != OST_E_DECRYPTION)
        return opened;
    if (opened == OST_E_DECRYPTION)
        memcpy(cek.data, random, cek.size);
    ost_text content;
    ost_result result = content_open(m, &cek, rules, room, arena, &content);
    wipe(&cek, sizeof cek);
    if (opened != OST_OK && result == OST_OK)
        result = opened;
    if (result == OST_OK)
        *ret_content = content;
    return result;
}

/* What is said when one recipient's key cannot be used. */
static ost_result refuse(ost_result result, const jwe_recipient *r, ost_error *error)
{
    if (result == OST_E_DECRYPTION || result == OST_E_MEMORY || result == OST_E_CRYPTO)
        return error_set_sentence(error, result);
    return ost_error_set(error, result, "%s (%s%.*s%s%s)", ost_result_sentence(result),
                         r->kid.len > 0 ? "kid " : "", SHOWN(r->kid, 60),
                         r->kid.len > 0 ? ", " : "", ost_alg_name(r->alg));
}

static void take(const jwe_message *m, const jwe_recipient *r, const ost_key *key, ost_text content,
                 ost_decrypted *ret)
{
    *ret = (ost_decrypted){
        .content = content,
        .header = m->protected_header,
        .alg = r->alg,
        .enc = m->enc,
        .kid = r->kid,
        .typ = m->typ,
        .cty = m->cty,
        .aad = m->aad,
        .key = key,
        .recipient = (size_t)(r - m->recipients),
    };
}

/* A failure to decrypt says more than that a key is not there. */
static bool says_more(ost_result result, ost_result than)
{
    return than == OST_OK || result == OST_E_DECRYPTION || than == OST_E_KEY_UNKNOWN;
}

ost_result jwe_open(const jwe_message *m, const ost_keyset *keys, const ost_jwe_rules *rules,
                    ost_arena *arena, ost_decrypted *ret_decrypted, ost_error *error)
{
    const jwe_recipient *failed = &m->recipients[0];
    ost_result why = OST_OK;
    unsigned char *room = content_room(m, arena);
    if (room == NULL)
        return refuse(OST_E_MEMORY, failed, error);
    for (size_t i = 0; i < m->count; i++) {
        const jwe_recipient *r = &m->recipients[i];
        const ost_key *key;
        ost_text content;
        if (r->alg == OST_ALG_UNSET)
            continue;
        ERR_set_mark();
        ost_result result = find_key(keys, r, &key);
        if (result == OST_OK)
            result = open_for(m, r, key, rules, room, arena, &content);
        ERR_pop_to_mark();
        if (result == OST_OK) {
            take(m, r, key, content, ret_decrypted);
            return OST_OK;
        }
        if (result == OST_E_MEMORY || result == OST_E_CRYPTO)
            return refuse(result, r, error);
        if (says_more(result, why)) {
            why = result;
            failed = r;
        }
    }
    return refuse(why != OST_OK ? why : OST_E_ALGORITHM, failed, error);
}

static const ost_jwe_rules strictest = {0};

ost_result ost_jwe_decrypt(ost_text token, const ost_keyset *keys, const ost_jwe_rules *rules,
                           ost_arena *arena, ost_decrypted *ret_decrypted, ost_error *error)
{
    jwe_message m;
    const ost_jwe_rules *used = rules != NULL ? rules : &strictest;
    if (keys == NULL || ret_decrypted == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no keys, or no place for the content");
    ost_result result = jwe_read_compact(token, used, arena, &m, error);
    return result == OST_OK ? jwe_open(&m, keys, used, arena, ret_decrypted, error) : result;
}

ost_result ost_jwe_json_decrypt(ost_text json, const ost_keyset *keys, const ost_jwe_rules *rules,
                                ost_arena *arena, ost_decrypted *ret_decrypted, ost_error *error)
{
    jwe_message m;
    const ost_jwe_rules *used = rules != NULL ? rules : &strictest;
    if (keys == NULL || ret_decrypted == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no keys, or no place for the content");
    ost_result result = jwe_read_json(json, used, arena, &m, error);
    return result == OST_OK ? jwe_open(&m, keys, used, arena, ret_decrypted, error) : result;
}
