/* SPDX-License-Identifier: Apache-2.0 */
/* Security keys at a login; see key_step.h. */
#include "provider/factor/key_step.h"

#include "base/text.h"
#include "provider/factor/key_use.h"

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

authentication_outcome key_step_take(call *c, bool halfway)
{
    const browser_login *login = c->job;
    const key_ceremony ceremony = ceremony_of(c);
    c->event.credential_type = text_of(key_credential_type(WEBAUTHN_SECOND_FACTOR));
    return authentication_conclude(
        c, &login->user, authentication_outcome_of(key_use_check(c, &ceremony, &login->user)),
        halfway);
}
