/* SPDX-License-Identifier: Apache-2.0 */
/* Recovery codes in the account REST API; see account_credential.h. */
#include "base/text.h"
#include "provider/account/account_credential.h"
#include "provider/proof/password_policy.h"
#include "provider/user/credential_data.h"
#include "provider/user/otp_credential.h"
#include "provider/user/recovery_codes.h"

#define THRESHOLD 4 /* codes, where the realm does not say */

/* The message of a key, its parameter (NULL: none) as the console puts it in. */
static void put_message(ost_json_writer *w, const char *name, const char *key, const char *value)
{
    ost_json_put_name(w, text_of(name));
    ost_json_open_object(w);
    ost_json_member_string(w, "key", key);
    if (value != NULL) {
        ost_json_put_name(w, OST_TEXT("parameters"));
        ost_json_open_array(w);
        ost_json_put_text(w, text_of(value));
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
}

/* A threshold that cannot be read is the usual one. */
static bool are_few(const account_call *a, const recovery_codes *codes)
{
    int64_t threshold = THRESHOLD;
    if (password_policy_number(a->call->realm->password_policy, "recoveryCodesWarningThreshold",
                               THRESHOLD, &threshold, NULL) != OST_OK)
        threshold = THRESHOLD;
    return codes->left < threshold;
}

static ost_result put_codes(const account_call *a, ost_json_writer *w, ost_text id)
{
    ost_arena *arena = a->call->arena;
    recovery_codes codes;
    ost_result result = recovery_codes_read(a->document, arena, &codes);
    if (result != OST_OK)
        return result;
    const char *used = ost_arena_format(arena, "%lld/%lld", (long long)(codes.total - codes.left),
                                        (long long)codes.total);
    const char *left = ost_arena_format(arena, "%lld", (long long)codes.left);
    if (used == NULL || left == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    put_message(w, "infoMessage", "recovery-codes-number-used", used);
    if (are_few(a, &codes)) {
        put_message(w, "warningMessageTitle", "recovery-codes-number-remaining", left);
        put_message(w, "warningMessageDescription", "recovery-codes-generate-new-codes", NULL);
    }
    account_put_credential(w, id, codes.credential);
    ost_json_close_object(w);
    return OST_OK;
}

static ost_result find_id(const account_call *a, ost_text *ret_id)
{
    const ost_json *list;
    ost_result result = credentials_name(a->document, a->user.id, a->call->arena, &list);
    *ret_id = (ost_text){0};
    for (const ost_json *at = result == OST_OK ? ost_json_first(list) : NULL;
         at != NULL && ret_id->len == 0; at = ost_json_next(at)) {
        if (credential_is(at, RECOVERY_TYPE))
            (void)!ost_json_text(ost_json_get(at, "id"), ret_id);
    }
    return result;
}

ost_result account_put_recovery(const account_call *a, ost_json_writer *w)
{
    static const credential_kind kind = {
        RECOVERY_TYPE, "two-factor", "recovery-authn-codes-display-name",
        "recovery-authn-codes-help-text", "kcAuthenticatorRecoveryAuthnCodesClass"};
    ost_text id;
    ost_result result = find_id(a, &id);
    if (result != OST_OK || (id.len == 0 && !account_offers(a, FACTOR_RECOVERY)))
        return result;
    account_open_kind(a, w, &kind, RECOVERY_ACTION);
    if (!account_asks(a, "user-credentials", "false")) {
        ost_json_put_name(w, OST_TEXT("userCredentialMetadatas"));
        ost_json_open_array(w);
        if (id.len > 0)
            result = put_codes(a, w, id);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
    return result;
}
