/* SPDX-License-Identifier: Apache-2.0 */
/* Keys whose private part is elsewhere; see key_elsewhere.h. */
#include "jose/key/key_elsewhere.h"

#include "jose/key/key_state.h"

ost_result key_import_elsewhere(ost_text public_jwk, const key_signer *signer, ost_key **ret_key,
                                ost_error *error)
{
    ost_key *key;
    ost_result result = ost_key_import_jwk(public_jwk, &key, error);
    if (result == OST_OK && (key->is_private || key->type == OST_KEY_OCT)) {
        ost_key_unref(key);
        result = ost_error_set(error, OST_E_KEY_FORMAT, "the key has its private part here");
    }
    if (result != OST_OK) {
        signer->release(signer->user);
        return result;
    }
    key->signer = *signer; /* nobody else knows the key yet */
    *ret_key = key;
    return OST_OK;
}
