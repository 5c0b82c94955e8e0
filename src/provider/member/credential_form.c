/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of credentials; see credential_form.h. They are those that provider/realm/password.c
 * and provider/user read at a login. */
#include "provider/member/credential_form.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/realm/password.h"

#define DIGITS_MIN 6
#define DIGITS_MAX 8
#define PERIOD_MAX 86400

static ost_text member_text(const ost_json *object, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(object, name), &text);
    return text;
}

/* The object within a string; NULL: there is none. */
static const ost_json *inner_object(const ost_json *credential, const char *name, ost_arena *arena)
{
    const ost_json *object = NULL;
    if (ost_json_read(member_text(credential, name), NULL, arena, &object, NULL) != OST_OK)
        return NULL;
    return ost_json_is(object, OST_JSON_OBJECT) ? object : NULL;
}

/* Numbers may be written as strings. */
static bool is_within(const ost_json *data, const char *name, int64_t least, int64_t most)
{
    const ost_json *value = ost_json_get(data, name);
    int64_t integer = 0;
    uint64_t number;
    ost_text text;
    if (ost_json_text(value, &text)) {
        if (!text_to_unsigned(text, (uint64_t)most, &number))
            return false;
        integer = (int64_t)number;
    } else if (!ost_json_integer(value, &integer)) {
        return false;
    }
    return integer >= least && integer <= most;
}

static bool is_one_of(ost_text text, const char *const *names)
{
    return text.len > 0 && text_is_one_of(text, names);
}

/* ---- each type ---- */

static const char *code_unfit(const ost_json *data, ost_text kind, ost_text value)
{
    static const char *const kinds[] = {"totp", "hotp", NULL};
    static const char *const hashes[] = {"HmacSHA1", "HmacSHA256", "HmacSHA512", NULL};
    ost_text encoding = member_text(data, "secretEncoding");
    if (!is_one_of(kind, kinds))
        return "no code is right: it is neither totp nor hotp";
    if (!is_one_of(member_text(data, "algorithm"), hashes))
        return "no code is right: it is not of HmacSHA1, HmacSHA256 or HmacSHA512";
    if (!is_within(data, "digits", DIGITS_MIN, DIGITS_MAX))
        return "no code is right: codes have 6 to 8 digits";
    if (text_is(kind, "totp") && !is_within(data, "period", 1, PERIOD_MAX))
        return "no code is right: it has no period";
    if (encoding.len > 0 && !text_equal_ignoring_case(encoding, OST_TEXT("BASE32")))
        return "no code is right: the encoding of its secret is not known";
    return value.len == 0 ? "no code is right: it has no secret" : NULL;
}

static const char *otp_unfit(const ost_json *credential, ost_arena *arena)
{
    const ost_json *secret = inner_object(credential, "secretData", arena);
    const ost_json *data = inner_object(credential, "credentialData", arena);
    return secret != NULL && data != NULL
               ? code_unfit(data, member_text(data, "subType"), member_text(secret, "value"))
               : "no code is right: it cannot be read";
}

static const char *old_otp_unfit(const ost_json *credential, ost_arena *arena)
{
    (void)arena;
    return code_unfit(credential, member_text(credential, "type"),
                      member_text(credential, "hashedSaltedValue"));
}

static const char *recovery_unfit(const ost_json *credential, ost_arena *arena)
{
    static const char *const hashes[] = {"SHA-512", "RS512", NULL};
    const ost_json *secret = inner_object(credential, "secretData", arena);
    const ost_json *data = inner_object(credential, "credentialData", arena);
    const ost_json *name = ost_json_get(data, "algorithm");
    if (secret == NULL || data == NULL || ost_json_count(ost_json_get(secret, "codes")) == 0)
        return "no code is right: there are none that can be read";
    return name == NULL || is_one_of(member_text(data, "algorithm"), hashes)
               ? NULL
               : "no code is right: hashes of that algorithm are not known";
}

static const char *key_unfit(const ost_json *credential, ost_arena *arena)
{
    const ost_json *data = inner_object(credential, "credentialData", arena);
    return member_text(data, "credentialId").len > 0 &&
                   member_text(data, "credentialPublicKey").len > 0
               ? NULL
               : "nothing is signed by it: there is no key that can be read";
}

static const struct {
    const char *type;
    const char *(*unfit)(const ost_json *credential, ost_arena *arena);
} types[] = {
    {"password", password_unfit}, {"password-history", password_unfit},
    {"otp", otp_unfit},           {"totp", old_otp_unfit},
    {"hotp", old_otp_unfit},      {"recovery-authn-codes", recovery_unfit},
    {"webauthn", key_unfit},      {"webauthn-passwordless", key_unfit},
};

/* The member at which it is told, the same whatever is wrong. */
static const char *culprit(const ost_json *credential)
{
    static const char *const members[] = {"credentialData", "secretData", "hashedSaltedValue"};
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const ost_json *value = ost_json_get(credential, members[i]);
        if (value != NULL && !ost_json_is(value, OST_JSON_NULL))
            return members[i];
    }
    return "type";
}

static bool is_known(ost_text type)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (text_is(type, types[i].type))
            return true;
    }
    return false;
}

static bool is_plain(const ost_json *credential)
{
    return ost_json_is(ost_json_get(credential, "value"), OST_JSON_STRING);
}

const char *credential_unfit(const ost_json *credential, const char *which, ost_arena *arena)
{
    ost_text type = member_text(credential, "type");
    if (strcmp(which, "type") == 0 && is_plain(credential) && !is_known(type))
        return "no such type is known: it is taken for a password, as in Keycloak";
    if (strcmp(which, culprit(credential)) != 0)
        return NULL;
    if (is_plain(credential) && (text_is(type, "password") || !is_known(type)))
        return NULL; /* what is to be hashed is no hash */
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (text_is(type, types[i].type))
            return types[i].unfit(credential, arena);
    }
    return NULL;
}
