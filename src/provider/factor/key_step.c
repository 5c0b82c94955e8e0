/* SPDX-License-Identifier: Apache-2.0 */
/* Security keys at a login; see key_step.h. */
#include "provider/factor/key_step.h"

#include "base/text.h"
#include "provider/session/key_ceremony.h"
#include "provider/user/user_change.h"

static key_ceremony ceremony_of(const call *c)
{
    const browser_login *login = c->job;
    return (key_ceremony){.use = WEBAUTHN_SECOND_FACTOR,
                          .user = login->user.id,
                          .login = login->request.half_id,
                          .expires = login->request.half_ends};
}

static ost_result read_keys(call *c, key_credential **ret_keys, size_t *ret_count)
{
    const browser_login *login = c->job;
    return key_credentials_read(login->user.document, login->user.id, WEBAUTHN_SECOND_FACTOR,
                                c->arena, ret_keys, ret_count);
}

bool key_step_put(call *c, page *p)
{
    const key_ceremony ceremony = ceremony_of(c);
    key_credential *keys;
    size_t count;
    ost_text challenge, proof, options;
    p->template = PAGE_SECURITY_KEY;
    if (!key_challenge_make(c, &ceremony, &challenge, &proof) ||
        read_keys(c, &keys, &count) != OST_OK ||
        key_request_options(c, &c->realm->keys[WEBAUTHN_SECOND_FACTOR], challenge, keys, count,
                            &options) != OST_OK)
        return false;
    page_put(p, PAGE_OPTIONS, options);
    page_put(p, PAGE_CODE, proof);
    return true;
}

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
static ost_result count_on(call *c, const key_credential *key, uint64_t counter)
{
    const browser_login *login = c->job;
    const ost_json *document;
    if (counter == key->counter)
        return OST_OK;
    ost_result result =
        key_credential_count_on(login->user.document, key, counter, c->arena, &document);
    return result == OST_OK ? user_change_store(c->provider->store, c->realm, login->user.row,
                                                document, c->arena)
                            : result;
}

static ost_result check(call *c)
{
    const key_ceremony ceremony = ceremony_of(c);
    webauthn_ceremony expected;
    webauthn_assertion a = {0};
    key_credential *keys;
    size_t count;
    ost_text id;
    uint64_t counter;
    ost_error error = {0};
    if (!key_challenge_open(c, &ceremony, &expected) || !key_parameter(c, "credentialId", &id) ||
        !key_parameter(c, "clientDataJSON", &a.client_data) ||
        !key_parameter(c, "authenticatorData", &a.authenticator_data) ||
        !key_parameter(c, "signature", &a.signature))
        return OST_E_FORMAT;
    ost_result result = read_keys(c, &keys, &count);
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
    return result == OST_OK ? count_on(c, key, counter) : result;
}

authentication_outcome key_step_take(call *c)
{
    const browser_login *login = c->job;
    c->event.credential_type = text_of(key_credential_type(WEBAUTHN_SECOND_FACTOR));
    return authentication_conclude(c, &login->user, authentication_outcome_of(check(c)));
}
