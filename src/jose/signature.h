/* Bare signatures over bytes: prepared contexts per thread, key and algorithm. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include "key.h"

/* OST_E_SIGNATURE for every mismatch, wrong length included; OST_E_KEY_USE when the key does not
 * serve `alg`. */
OST_MUST_CHECK ost_result signature_check(const ost_key *key, ost_alg alg, ost_text input,
                                          ost_text signature);

/* At most ALG_MAX_SIGNATURE bytes. OST_E_KEY_USE, OST_E_CRYPTO. */
OST_MUST_CHECK ost_result signature_make(const ost_key *key, ost_alg alg, ost_text input,
                                         unsigned char *ret, size_t *ret_len);

#endif
