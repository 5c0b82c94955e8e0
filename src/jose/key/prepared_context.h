/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts of the cryptographic library that are set up once for a key and an algorithm; see
 * prepared.h. */
#ifndef PREPARED_CONTEXT_H
#define PREPARED_CONTEXT_H

#include <openssl/types.h>

#include "jose/alg.h"
#include "jose/stripes.h"
#include "jose/verify/ecdsa_verify.h"
#include "jose/verify/rsa_public.h"

typedef struct prepared {
    struct prepared *next; /* of the same key and thread, for another algorithm or purpose */
    ost_alg alg;
    bool signs;
    EVP_MD_CTX *digest;    /* RSA, EC */
    rsa_scratch *rsa;      /* RSA, verifying */
    ecdsa_verifier *ecdsa; /* EC, verifying */
    EVP_PKEY_CTX *pkey;    /* RSA and EC, signing */
    EVP_MAC_CTX *mac;      /* oct */
} prepared;

void prepared_free(prepared *contexts); /* NULL is fine; of the one algorithm */

/* Frees everything that was left in `contexts` (NULL is fine): no thread uses the key any more. */
void prepared_free_all(stripes *contexts);

#endif
