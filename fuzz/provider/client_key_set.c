/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a client's key set: what is accepted has public keys alone, each set of its kind,
 * and no two for encryption by one name. */
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "provider/proof/client_key_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
    if (!held)
        abort();
}

static void check_encryption(const ost_keyset *keys)
{
    for (size_t i = 0; i < ost_keyset_count(keys); i++) {
        const ost_key *key = ost_keyset_at(keys, i);
        require(!ost_key_is_private(key) && ost_key_type_of(key) != OST_KEY_OCT);
        require(ost_key_serves(key, OST_RSA_OAEP) || ost_key_serves(key, OST_RSA_OAEP_256) ||
                ost_key_serves(key, OST_ECDH_ES) || ost_key_serves(key, OST_ECDH_ES_A128KW) ||
                ost_key_serves(key, OST_ECDH_ES_A192KW) || ost_key_serves(key, OST_ECDH_ES_A256KW));
        for (size_t k = 0; k < i; k++)
            require(ost_key_kid(key).len == 0 ||
                    !text_equal(ost_key_kid(key), ost_key_kid(ost_keyset_at(keys, k))));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    client_key_set *set = NULL;
    ost_result result = client_key_set_read((ost_text){(const char *)data, size}, &set);
    require((set != NULL) == (result == OST_OK));
    const ost_keyset *signing = client_key_set_signing(set),
                     *encryption = client_key_set_encryption(set);
    require(set == NULL || signing != NULL || encryption != NULL);
    for (size_t i = 0; signing != NULL && i < ost_keyset_count(signing); i++)
        require(!ost_key_is_private(ost_keyset_at(signing, i)));
    if (encryption != NULL)
        check_encryption(encryption);
    client_key_set_unref(set);
    return 0;
}
