/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures over bytes that are no JWS, or whose header somebody else has written. */
#include <ostiary/jws.h>

#include "jose/alg.h"
#include "jose/signature/signature.h"

ost_result ost_bytes_sign(ost_text input, const ost_key *key, ost_alg alg, ost_arena *arena,
                          ost_text *ret_signature)
{
    unsigned char signature[SIGNATURE_MAX_SIZE];
    size_t size;
    if (key == NULL || ret_signature == NULL)
        return OST_E_ARGUMENT;
    ost_result result = signature_make(key, alg, input, signature, &size);
    if (result != OST_OK)
        return result;
    const char *copy = ost_arena_copy(arena, (ost_text){(const char *)signature, size});
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret_signature = (ost_text){copy, size};
    return OST_OK;
}

ost_result ost_bytes_verify(ost_text input, ost_text signature, const ost_key *key, ost_alg alg)
{
    if (key == NULL)
        return OST_E_ARGUMENT;
    return signature_check(key, alg, input, signature);
}
