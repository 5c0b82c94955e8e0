/* SPDX-License-Identifier: Apache-2.0 */
/* The content of an encrypted message under its content encryption key (RFC 7518 §5). */
#ifndef CONTENT_H
#define CONTENT_H

#include "jose/jwe/cek.h"

/* Room for the content, with which it may be tried as often as there are keys. NULL: out of memory.
 */
OST_MUST_CHECK unsigned char *content_room(const jwe_message *message, ost_arena *arena);

/* Decrypts into `room`, and where it is compressed into more of the arena. OST_E_DECRYPTION for
 * whatever is wrong. OST_E_CRYPTO, OST_E_MEMORY. */
OST_MUST_CHECK ost_result content_open(const jwe_message *message, const content_key *cek,
                                       const ost_jwe_rules *rules, unsigned char *room,
                                       ost_arena *arena, ost_text *ret_content);

typedef struct sealed_content {
    ost_text iv, ciphertext, tag; /* in the arena */
} sealed_content;

/* `content` is already compressed where it is to be. */
OST_MUST_CHECK ost_result content_seal(ost_enc enc, const content_key *cek, ost_text authenticated,
                                       ost_text content, ost_arena *arena,
                                       sealed_content *ret_sealed);

#endif
