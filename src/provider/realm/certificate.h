/* SPDX-License-Identifier: Apache-2.0 */
/* Self-signed certificates around realm keys, as Keycloak publishes them (x5c). */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <openssl/types.h>

#include <ostiary/types.h>

/* A certificate of the key for `common_name`, valid ten years from `now`; DER in the arena. */
OST_MUST_CHECK ost_result certificate_make(EVP_PKEY *key, ost_text common_name, int64_t now,
                                           ost_arena *arena, ost_text *ret_der);

/* When a certificate (DER) ends, in seconds since the epoch; 0: it cannot be read. */
int64_t certificate_ends(ost_text der);

#endif
