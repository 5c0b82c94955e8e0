/* SPDX-License-Identifier: Apache-2.0 */
/* PBKDF2 with the salt that binds it to the algorithm (RFC 7518 §4.8.1.1). */
#include "jose/jwe/password_key.h"

#include <string.h>

#include "base/text.h"
#include "jose/crypto_auto.h"

ost_result password_key_derive(const ost_key *password, ost_alg alg, ost_text salt, unsigned count,
                               ost_arena *arena, unsigned char *ret)
{
    const way_facts *facts = way_find(alg);
    ost_text name = text_of(ost_alg_name(alg));
    size_t len = name.len + 1 + salt.len;
    unsigned char *whole = ost_arena_alloc(arena, len);
    if (whole == NULL)
        return OST_E_MEMORY;
    memcpy(whole, name.data, name.len);
    memcpy(whole + name.len + 1, salt.data, salt.len);
    md_auto EVP_MD *hash = EVP_MD_fetch(NULL, facts->hash, NULL);
    return hash != NULL && PKCS5_PBKDF2_HMAC((const char *)password->secret,
                                             (int)password->secret_size, whole, (int)len,
                                             (int)count, hash, (int)facts->kek_size, ret) == 1
               ? OST_OK
               : OST_E_CRYPTO;
}
