/* SPDX-License-Identifier: Apache-2.0 */
/* Keys agreed upon with an ephemeral key: ECDH-ES (RFC 7518 §4.6, RFC 8037 §3.2). */
#ifndef KEY_AGREEMENT_H
#define KEY_AGREEMENT_H

#include "jose/jwe/jwe_alg.h"
#include "jose/key/key_state.h"

/* What both sides put into the derivation. */
typedef struct agreement_info {
    ost_text algorithm; /* `enc` in direct agreement, else `alg` */
    ost_text apu, apv;  /* decoded; PARTY_MAX at most */
    size_t size;        /* bytes of the key to derive */
} agreement_info;

#define PARTY_MAX 512

/* The key that `ours`, which is private, and `theirs` agree upon, into `ret`. They are of one
 * curve, or it is OST_E_DECRYPTION. A secret that is zero (RFC 8037 §3.2.1, RFC 7748 §6) would be
 * OST_E_CRYPTO, but no key is made of a point that has it. OST_E_MEMORY. Any thread. */
OST_MUST_CHECK ost_result key_agreement_derive(const ost_key *ours, const ost_key *theirs,
                                               const agreement_info *info, ost_arena *arena,
                                               unsigned char *ret);

/* A new private key of the same curve as `peer`. OST_E_CRYPTO, OST_E_MEMORY. */
OST_MUST_CHECK ost_result key_agreement_ephemeral(const ost_key *peer, ost_key **ret_key);

#endif
