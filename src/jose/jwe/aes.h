/* SPDX-License-Identifier: Apache-2.0 */
/* AES as JWE uses it: GCM (RFC 7518 §4.7, §5.3), CBC with HMAC (§5.2) and key wrap (RFC 3394).
 * Keys, nonces and tags have the sizes that their algorithms ask for; the caller sees to that.
 *
 * The functions that open give OST_E_DECRYPTION for whatever is wrong with the input, and
 * OST_E_CRYPTO where it could not be found out. Any thread. */
#ifndef AES_H
#define AES_H

#include "jose/jwe/jwe_alg.h"

#define GCM_IV_SIZE 12
#define GCM_TAG_SIZE 16
#define WRAP_OVERHEAD 8 /* bytes by which a wrapped key is longer */
#define AES_BLOCK 16

/* The cipher text, as long as `plain`, into `ret`. */
OST_MUST_CHECK ost_result aes_gcm_seal(ost_text key, const unsigned char *iv, ost_text aad,
                                       ost_text plain, unsigned char *ret,
                                       unsigned char ret_tag[GCM_TAG_SIZE]);
OST_MUST_CHECK ost_result aes_gcm_open(ost_text key, const unsigned char *iv, ost_text aad,
                                       ost_text sealed, const unsigned char *tag,
                                       unsigned char *ret);

/* The cipher text, padded to the next block, into `ret`, which has room for a block more than
 * `plain`. `facts` are of one of the three. */
OST_MUST_CHECK ost_result aes_cbc_hmac_seal(const enc_facts *facts, ost_text key,
                                            const unsigned char *iv, ost_text aad, ost_text plain,
                                            unsigned char *ret, size_t *ret_len,
                                            unsigned char *ret_tag);
/* Into `ret`, which has room for a block more than `sealed`. */
OST_MUST_CHECK ost_result aes_cbc_hmac_open(const enc_facts *facts, ost_text key,
                                            const unsigned char *iv, ost_text aad, ost_text sealed,
                                            const unsigned char *tag, unsigned char *ret,
                                            size_t *ret_len);

/* `secret` of whole 8 bytes, 16 at least, into `ret`, WRAP_OVERHEAD longer. */
OST_MUST_CHECK ost_result aes_wrap(ost_text key, ost_text secret, unsigned char *ret);
/* Into `ret`, which has room for `wrapped.len` bytes. */
OST_MUST_CHECK ost_result aes_unwrap(ost_text key, ost_text wrapped, unsigned char *ret,
                                     size_t *ret_len);

#endif
