/* SPDX-License-Identifier: Apache-2.0 */
/* Content encryption keys that travel encrypted with RSA (RFC 7518 §4.2, §4.3). */
#ifndef KEY_TRANSPORT_H
#define KEY_TRANSPORT_H

#include "jose/jwe/jwe_alg.h"
#include "jose/key/key_state.h"

/* Encrypts the key with OAEP and `hash`, into `ret` with room for KEY_MEMBER_MAX bytes. */
OST_MUST_CHECK ost_result key_transport_seal(const ost_key *key, const char *hash, ost_text cek,
                                             unsigned char *ret, size_t *ret_len);

/* Decrypts to `cek_size` bytes exactly, by OAEP with `hash`, or by PKCS #1 v1.5 when it is NULL.
 * OST_E_DECRYPTION: `ret` is untouched with OAEP. With PKCS #1 v1.5 it is random bytes then and the
 * result is OST_OK: that the padding was wrong shows in the tag of the content alone (RFC 7516
 * §11.5), at no other time and by no other branch. OST_E_CRYPTO. Any thread. */
OST_MUST_CHECK ost_result key_transport_open(const ost_key *key, const char *hash, ost_text sealed,
                                             size_t cek_size, unsigned char *ret);

/* The same by OAEP alone, of whatever length, into `ret` with room for KEY_MEMBER_MAX bytes. */
OST_MUST_CHECK ost_result key_transport_open_any(const ost_key *key, const char *hash,
                                                 ost_text sealed, unsigned char *ret,
                                                 size_t *ret_len);

#endif
