/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypting and decrypting content by the algorithm that `enc` names. */
#include "jose/jwe/content.h"

#include <openssl/rand.h>

#include "base/text.h"
#include "jose/compressed.h"
#include "jose/jwe/aes.h"

unsigned char *content_room(const jwe_message *m, ost_arena *arena)
{
    return ost_arena_alloc(arena, m->ciphertext.len + AES_BLOCK);
}

ost_result content_open(const jwe_message *m, const content_key *cek, const ost_jwe_rules *rules,
                        unsigned char *room, ost_arena *arena, ost_text *ret_content)
{
    const enc_facts *facts = enc_find(m->enc);
    ost_text key = text_of_bytes(cek->data, cek->size);
    size_t len = m->ciphertext.len;
    if (m->iv.len != facts->iv_size || m->tag.len != facts->tag_size)
        return OST_E_DECRYPTION;
    ost_result result = facts->hash == NULL
                            ? aes_gcm_open(key, text_bytes(m->iv), m->authenticated, m->ciphertext,
                                           text_bytes(m->tag), room)
                            : aes_cbc_hmac_open(facts, key, text_bytes(m->iv), m->authenticated,
                                                m->ciphertext, text_bytes(m->tag), room, &len);
    if (result != OST_OK)
        return result;
    if (m->deflated)
        return compressed_read(text_of_bytes(room, len), rules->inflate_max, arena, ret_content);
    *ret_content = text_of_bytes(room, len);
    return OST_OK;
}

ost_result content_seal(ost_enc enc, const content_key *cek, ost_text authenticated,
                        ost_text content, ost_arena *arena, sealed_content *ret_sealed)
{
    const enc_facts *facts = enc_find(enc);
    ost_text key = text_of_bytes(cek->data, cek->size);
    unsigned char *iv = ost_arena_alloc(arena, facts->iv_size);
    unsigned char *tag = ost_arena_alloc(arena, facts->tag_size);
    unsigned char *bytes = ost_arena_alloc(arena, content.len + AES_BLOCK);
    size_t len = content.len;
    if (iv == NULL || tag == NULL || bytes == NULL)
        return OST_E_MEMORY;
    if (RAND_bytes(iv, (int)facts->iv_size) != 1)
        return OST_E_CRYPTO;
    ost_result result =
        facts->hash == NULL
            ? aes_gcm_seal(key, iv, authenticated, content, bytes, tag)
            : aes_cbc_hmac_seal(facts, key, iv, authenticated, content, bytes, &len, tag);
    if (result != OST_OK)
        return result;
    *ret_sealed = (sealed_content){
        .iv = text_of_bytes(iv, facts->iv_size),
        .ciphertext = text_of_bytes(bytes, len),
        .tag = text_of_bytes(tag, facts->tag_size),
    };
    return OST_OK;
}
