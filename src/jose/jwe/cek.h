/* SPDX-License-Identifier: Apache-2.0 */
/* The content encryption key: how it comes out of a message, and how it gets into one (RFC 7516
 * §5.1 steps 1–7, §5.2 steps 6–12). */
#ifndef CEK_H
#define CEK_H

#include "jose/jwe/jwe_message.h"
#include "jose/key/key_state.h"

typedef struct content_key {
    unsigned char data[CEK_MAX_SIZE];
    size_t size;
} content_key;

/* With the recipient's key, which serves its algorithm. OST_E_DECRYPTION: what is encrypted or says
 * how is wrong. OST_E_CEILING: more rounds of PBES2 than `rules` allow. OST_E_CRYPTO, OST_E_MEMORY.
 */
OST_MUST_CHECK ost_result cek_open(const jwe_message *message, const jwe_recipient *recipient,
                                   const ost_key *key, const ost_jwe_rules *rules, ost_arena *arena,
                                   content_key *ret_cek);

/* What is sent to one recipient. */
typedef struct sealed_cek {
    ost_text encrypted_key; /* in the arena; may be empty */
    /* members for the header, each absent when its text is empty */
    ost_text iv, tag, salt; /* raw */
    unsigned count;
    ost_key *ephemeral; /* owned; NULL: none */
} sealed_cek;

/* Seals *cek for `key`, or makes it where key and algorithm decide it alone (OST_DIR, OST_ECDH_ES).
 * OST_E_ARGUMENT: a direct key of another length. The caller unrefs the ephemeral key. */
OST_MUST_CHECK ost_result cek_seal(const ost_key *key, ost_alg alg, ost_enc enc,
                                   const ost_jwe_options *options, ost_arena *arena,
                                   content_key *cek, sealed_cek *ret_sealed);

#endif
