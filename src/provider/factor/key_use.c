/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that are used; see key_use.h. */
#include "provider/factor/key_use.h"

#include "base/text.h"
#include "provider/user/user_change.h"

/* The one of the keys that has answered; NULL: it is none of theirs. */
static const key_credential *find(const key_credential *keys, size_t count, ost_text key_id)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i].readable && text_equal(keys[i].key_id, key_id))
            return &keys[i];
    }
    return NULL;
}

/* A key that does not count is not written down anew. */
static ost_result count_on(call *c, const authenticated_user *user, const key_credential *key,
                           uint64_t counter)
{
    const ost_json *document;
    if (counter == key->counter)
        return OST_OK;
    ost_result result = key_credential_count_on(user->document, key, counter, c->arena, &document);
    return result == OST_OK
               ? user_change_store(c->provider->store, c->realm, user->row, document, c->arena)
               : result;
}

ost_result key_use_check(call *c, const key_ceremony *ceremony, const authenticated_user *user)
{
    webauthn_ceremony expected;
    webauthn_assertion a = {0};
    key_credential *keys;
    size_t count;
    ost_text id;
    uint64_t counter;
    ost_error error = {0};
    if (!key_challenge_open(c, ceremony, &expected) || !key_parameter(c, "credentialId", &id) ||
        !key_parameter(c, "clientDataJSON", &a.client_data) ||
        !key_parameter(c, "authenticatorData", &a.authenticator_data) ||
        !key_parameter(c, "signature", &a.signature))
        return OST_E_FORMAT;
    ost_result result =
        key_credentials_read(user->document, user->id, ceremony->use, c->arena, &keys, &count);
    const key_credential *key = result == OST_OK ? find(keys, count, id) : NULL;
    if (key == NULL)
        return result == OST_OK ? OST_E_NOT_FOUND : result;
    a.public_key = key->public_key;
    a.counter = key->counter;
    result = webauthn_assert(&expected, &a, c->arena, &counter, &error);
    if (result == OST_E_CONFLICT)
        return OST_E_SIGNATURE;
    if (result == OST_OK)
        result = key_challenge_spend(c, &expected);
    if (result == OST_E_CONFLICT)
        return OST_E_STATE;
    return result == OST_OK ? count_on(c, user, key, counter) : result;
}
