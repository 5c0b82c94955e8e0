/* SPDX-License-Identifier: Apache-2.0 */
/* Security keys and passkeys in the account REST API; see account_credential.h. */
#include "base/text.h"
#include "provider/account/account_credential.h"
#include "provider/user/key_credential.h"

static const struct {
    credential_kind kind;
    const char *setup;
} kinds[WEBAUTHN_USES] = {
    [WEBAUTHN_SECOND_FACTOR] = {{"webauthn", "two-factor", "webauthn-display-name",
                                 "webauthn-help-text", "kcAuthenticatorWebAuthnClass"},
                                "webauthn-register"},
    [WEBAUTHN_PASSWORDLESS] = {{"webauthn-passwordless", "passwordless",
                                "webauthn-passwordless-display-name",
                                "webauthn-passwordless-help-text",
                                "kcAuthenticatorWebAuthnPasswordlessClass"},
                               "webauthn-register-passwordless"},
};

static bool is_offered(const account_call *a, webauthn_use use)
{
    const realm *r = a->call->realm;
    return use == WEBAUTHN_SECOND_FACTOR
               ? account_offers(a, FACTOR_KEY)
               : realm_flow_passkey_of(r->document, NULL, r->keys[use].offered) != PASSKEY_NONE;
}

ost_result account_put_keys(const account_call *a, webauthn_use use, ost_text type,
                            ost_json_writer *w)
{
    key_credential *keys;
    size_t count;
    if (type.len > 0 && !text_is(type, key_credential_type(use)))
        return OST_OK;
    ost_result result =
        key_credentials_read(a->document, a->user.id, use, a->call->arena, &keys, &count);
    if (result != OST_OK || (count == 0 && !is_offered(a, use)))
        return result;
    account_open_kind(a, w, &kinds[use].kind, kinds[use].setup);
    if (!account_asks(a, "user-credentials", "false")) {
        ost_json_put_name(w, OST_TEXT("userCredentialMetadatas"));
        ost_json_open_array(w);
        for (size_t i = 0; i < count; i++) {
            ost_json_open_object(w);
            account_put_credential(w, keys[i].id, keys[i].credential);
            ost_json_close_object(w);
        }
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
    return OST_OK;
}
