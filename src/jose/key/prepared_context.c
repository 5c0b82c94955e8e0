/* SPDX-License-Identifier: Apache-2.0 */
#include "jose/key/prepared_context.h"

#include <openssl/evp.h>

#include "base/context.h"

void prepared_free(prepared *contexts)
{
    if (contexts == NULL)
        return;
    EVP_MD_CTX_free(contexts->digest);
    rsa_scratch_free(contexts->rsa);
    ecdsa_verifier_free(contexts->ecdsa);
    EVP_PKEY_CTX_free(contexts->pkey);
    EVP_MAC_CTX_free(contexts->mac);
    memory_free(contexts);
}

void prepared_free_all(stripes *contexts)
{
    for (size_t i = 0; contexts != NULL && i < STRIPE_COUNT; i++) {
        for (prepared *at = contexts->at[i].held, *next; at != NULL; at = next) {
            next = at->next;
            prepared_free(at);
        }
        contexts->at[i].held = NULL;
    }
}
