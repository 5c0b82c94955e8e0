/* SPDX-License-Identifier: Apache-2.0 */
/* Policies for security keys; see webauthn_policy.h. */
#include "provider/webauthn/webauthn_policy.h"

#include <stdio.h>

#include "base/text.h"
#include "provider/webauthn/cose_key.h"

#define NAME_MAX_LEN 80
#define TIMEOUT_MAX 31536

static const ost_json *get(const ost_json *realm, webauthn_use use, const char *name)
{
    char member[NAME_MAX_LEN];
    snprintf(member, sizeof member, "webAuthnPolicy%s%s",
             use == WEBAUTHN_PASSWORDLESS ? "Passwordless" : "", name);
    return ost_json_get(realm, member);
}

static ost_text text_in(const ost_json *realm, webauthn_use use, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(get(realm, use, name), &text);
    return text;
}

/* One of the words, which are NULL-terminated; empty: "not specified", or another one. */
static ost_text word_in(const ost_json *realm, webauthn_use use, const char *name,
                        const char *const *words)
{
    ost_text word = text_in(realm, use, name);
    return text_is_one_of(word, words) ? word : (ost_text){0};
}

static bool flag_in(const ost_json *realm, webauthn_use use, const char *name)
{
    bool flag = false;
    return ost_json_boolean(get(realm, use, name), &flag) && flag;
}

/* Keycloak 26 has a word for it, those before Yes and No. */
static ost_text resident_in(const ost_json *realm, webauthn_use use)
{
    static const char *const words[] = {"required", "preferred", "discouraged", NULL};
    ost_text word = word_in(realm, use, "ResidentKey", words);
    ost_text old = text_in(realm, use, "RequireResidentKey");
    if (word.len > 0)
        return word;
    return text_is(old, "Yes")  ? OST_TEXT("required")
           : text_is(old, "No") ? OST_TEXT("discouraged")
                                : (ost_text){0};
}

static void load_algs(const ost_json *list, webauthn_policy *p)
{
    ost_text name;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        int64_t alg = ost_json_text(at, &name) ? cose_alg_of(name) : 0;
        if (alg != 0 && p->alg_count < WEBAUTHN_ALGS_MAX)
            p->algs[p->alg_count++] = alg;
    }
    if (p->alg_count == 0)
        p->algs[p->alg_count++] = cose_alg_of(OST_TEXT("ES256"));
}

webauthn_policy webauthn_policy_load(const ost_json *realm, webauthn_use use)
{
    static const char *const attestations[] = {"none", "indirect", "direct", NULL};
    static const char *const attachments[] = {"platform", "cross-platform", NULL};
    static const char *const verifications[] = {"required", "preferred", "discouraged", NULL};
    webauthn_policy p = {
        .party_name = text_in(realm, use, "RpEntityName"),
        .rp_id = text_in(realm, use, "RpId"),
        .attestation = word_in(realm, use, "AttestationConveyancePreference", attestations),
        .attachment = word_in(realm, use, "AuthenticatorAttachment", attachments),
        .verification = word_in(realm, use, "UserVerificationRequirement", verifications),
        .resident = resident_in(realm, use),
        .once = flag_in(realm, use, "AvoidSameAuthenticatorRegister"),
        .models = get(realm, use, "AcceptableAaguids"),
        .origins = get(realm, use, "ExtraOrigins"),
        .offered = use == WEBAUTHN_PASSWORDLESS && flag_in(realm, use, "PasskeysEnabled"),
    };
    bool passwordless = use == WEBAUTHN_PASSWORDLESS;
    if (passwordless && p.verification.len == 0)
        p.verification = OST_TEXT("required");
    if (passwordless && p.resident.len == 0)
        p.resident = OST_TEXT("required");
    p.verified = text_is(p.verification, "required");
    if (!ost_json_integer(get(realm, use, "CreateTimeout"), &p.timeout) || p.timeout < 0 ||
        p.timeout > TIMEOUT_MAX)
        p.timeout = 0;
    load_algs(get(realm, use, "SignatureAlgorithms"), &p);
    return p;
}
