/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying an assertion (WebAuthn §7.2); see webauthn.h. */
#include "base/text.h"
#include "provider/webauthn/client_data.h"
#include "provider/webauthn/cose_key.h"

static ost_result check_signature(const webauthn_assertion *a, ost_arena *arena, ost_error *error)
{
    ost_text rest = a->public_key, input;
    ost_key *key;
    int64_t alg;
    ost_result result = cose_key_read(&rest, arena, &key, &alg);
    if (result != OST_OK)
        return ost_error_set(error, result, "the credential's key is not taken");
    result = client_data_signed(a->authenticator_data, a->client_data, arena, &input);
    if (result == OST_OK)
        result = cose_signature_check(key, alg, input, a->signature);
    ost_key_unref(key);
    return result == OST_E_SIGNATURE
               ? ost_error_set(error, result, "the signature is not of the credential")
               : result;
}

ost_result webauthn_assert(const webauthn_ceremony *ceremony, const webauthn_assertion *a,
                           ost_arena *arena, uint64_t *ret_counter, ost_error *error)
{
    authenticator_data data;
    if (a->client_data.len > WEBAUTHN_MAX_BYTES || a->authenticator_data.len > WEBAUTHN_MAX_BYTES)
        return ost_error_set(error, OST_E_FORMAT, "the answer is too long");
    ost_result result = client_data_check(a->client_data, "webauthn.get", ceremony, arena, error);
    if (result != OST_OK)
        return result;
    if (authenticator_data_read(a->authenticator_data, &data) != OST_OK)
        return ost_error_set(error, OST_E_FORMAT, "the authenticator data cannot be read");
    result = client_party_check(&data, ceremony, error);
    if (result == OST_OK)
        result = check_signature(a, arena, error);
    if (result != OST_OK)
        return result;
    /* §6.1.1: an authenticator that does not count says 0 all the time. */
    if ((data.counter != 0 || a->counter != 0) && data.counter <= a->counter)
        return ost_error_set(error, OST_E_CONFLICT, "the credential's counter went back");
    *ret_counter = data.counter;
    return OST_OK;
}
