/* SPDX-License-Identifier: Apache-2.0 */
/* What lets nobody in is told at the import, and nothing else: the same forms as at a login. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "provider/member/credential_form.h"
#include "provider/realm/password.h"
#include "provider/user/key_credential.h"
#include "provider/user/otp_credential.h"
#include "provider/user/recovery_codes.h"
#include "test.h"
#include "test_arena.h"

#define SECRET                                                                                     \
    "{\\\"value\\\":\\\"MTIzNDU2Nzg5MDEyMzQ1Ng==\\\",\\\"salt\\\":\\\"MTIzNDU2Nzg5MDEyMzQ1Ng=="    \
    "\\\"}"
#define ARGON(type, version, memory, lanes)                                                        \
    "\"credentialData\":\"{\\\"hashIterations\\\":1,\\\"algorithm\\\":\\\"argon2\\\","             \
    "\\\"additionalParameters\\\":{\\\"type\\\":[\\\"" type "\\\"],\\\"version\\\":[\\\"" version  \
    "\\\"],\\\"memory\\\":[\\\"" memory "\\\"],\\\"parallelism\\\":[\\\"" lanes "\\\"]}}\""
#define HASH(algorithm, iterations)                                                                \
    "\"credentialData\":\"{\\\"hashIterations\\\":" iterations ",\\\"algorithm\\\":\\\"" algorithm \
    "\\\"}\""
#define PASSWORD(data) "{\"type\":\"password\",\"secretData\":\"" SECRET "\"," data "}"
#define OTP(secret, data)                                                                          \
    "{\"type\":\"otp\",\"secretData\":\"" secret "\",\"credentialData\":\"{" data "}\"}"
#define VALUE "{\\\"value\\\":\\\"aaaa\\\"}"
#define CODE(kind, hash, digits, period)                                                           \
    "\\\"subType\\\":\\\"" kind "\\\",\\\"algorithm\\\":\\\"" hash "\\\",\\\"digits\\\":" digits   \
    ",\\\"period\\\":" period

/* Whatever member it is told at: once. */
static const char *why(const ost_json *credential)
{
    const char *found = NULL;
    for (const ost_json *at = ost_json_first(credential); at != NULL; at = ost_json_next(at)) {
        const char *name = ost_arena_copy(arena, ost_json_name(at));
        const char *one = credential_unfit(credential, name, arena);
        assert_true(one == NULL || found == NULL);
        found = one != NULL ? one : found;
    }
    return found;
}

static const ost_json *read_json(const char *text)
{
    const ost_json *value;
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &value, NULL), OST_OK);
    return value;
}

static void passwords_that_nobody_has_are_told(void **state)
{
    static const struct {
        const char *credential, *why; /* NULL: it lets in */
    } cases[] = {
        {PASSWORD(HASH("pbkdf2-sha256", "1")), NULL},
        {PASSWORD(HASH("pbkdf2-sha512", "1")), NULL},
        {PASSWORD(HASH("pbkdf2", "1")), NULL},
        {PASSWORD(HASH("pbkdf2", "\\\"1\\\"")), NULL},
        {PASSWORD(ARGON("id", "1.3", "8", "1")), NULL},
        {PASSWORD(HASH("bcrypt", "10")), "that algorithm"},
        {PASSWORD(HASH("PBKDF2-SHA256", "1")), "that algorithm"},
        {PASSWORD(HASH("pbkdf2-sha256", "10000001")), "costs more"},
        {PASSWORD(HASH("pbkdf2-sha256", "0")), "no hash that can be read"},
        {PASSWORD(HASH("pbkdf2-sha256", "null")), "no hash that can be read"},
        {PASSWORD(ARGON("d", "1.3", "8", "1")), "only argon2id"},
        {PASSWORD(ARGON("id", "1.0", "8", "1")), "only argon2id"},
        {PASSWORD(ARGON("id", "1.3", "8", "2")), "only argon2id"},
        {PASSWORD(ARGON("id", "1.3", "1000000", "1")), "costs more"},
        {PASSWORD("\"credentialData\":\"nonsense\""), "no hash that can be read"},
        {PASSWORD("\"priority\":1"), "no hash that can be read"},
        {"{\"type\":\"password\"}", "no hash that can be read"},
        {"{\"type\":\"password\",\"hashedSaltedValue\":\"MTIzNDU2Nzg5MDEyMzQ1Ng==\","
         "\"salt\":\"MTIzNDU2Nzg5MDEyMzQ1Ng==\",\"hashIterations\":1}",
         NULL},
        {"{\"type\":\"password\",\"hashedSaltedValue\":\"MTIzNDU2Nzg5MDEyMzQ1Ng==\","
         "\"salt\":\"MTIzNDU2Nzg5MDEyMzQ1Ng==\",\"hashIterations\":1,\"algorithm\":\"bcrypt\"}",
         "that algorithm"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool matches, upgrade;
        const ost_json *credential = read_json(cases[i].credential);
        const char *told = why(credential);
        if (cases[i].why == NULL)
            assert_null(told);
        else
            assert_true(told != NULL && strstr(told, cases[i].why) != NULL);
        if (ost_json_get(credential, "hashedSaltedValue") == NULL)
            assert_int_equal(told == NULL,
                             password_verify(OST_TEXT("x"), text_of(cases[i].credential), NULL,
                                             arena, &matches, &upgrade) == OST_OK);
    }
    assert_null(why(read_json("{\"type\":\"password\",\"value\":\"plain\"}")));
    assert_null(why(read_json("{\"type\":\"our-own\",\"secretData\":\"{}\"}")));
}

static const char *const factors[] = {
    OTP(VALUE, CODE("totp", "HmacSHA1", "6", "30")),
    OTP(VALUE, CODE("totp", "HmacSHA512", "\\\"8\\\"", "\\\"30\\\"")),
    OTP(VALUE, CODE("hotp", "HmacSHA256", "6", "null")),
    OTP(VALUE, CODE("totp", "SHA1", "6", "30")),
    OTP(VALUE, CODE("TOTP", "HmacSHA1", "6", "30")),
    OTP(VALUE, CODE("totp", "HmacSHA1", "5", "30")),
    OTP(VALUE, CODE("totp", "HmacSHA1", "10", "30")),
    OTP(VALUE, CODE("totp", "HmacSHA1", "6", "0")),
    OTP(VALUE, CODE("totp", "HmacSHA1", "6", "86401")),
    OTP("{}", CODE("totp", "HmacSHA1", "6", "30")),
    OTP("nonsense", CODE("totp", "HmacSHA1", "6", "30")),
    OTP("{\\\"value\\\":\\\"MFRGG\\\"}",
        CODE("totp", "HmacSHA1", "6", "30") ",\\\"secretEncoding\\\":\\\"base32\\\""),
    OTP(VALUE, CODE("totp", "HmacSHA1", "6", "30") ",\\\"secretEncoding\\\":\\\"HEX\\\""),
    "{\"type\":\"otp\"}",
    "{\"type\":\"totp\",\"hashedSaltedValue\":\"aaaa\",\"digits\":6,\"period\":30,"
    "\"algorithm\":\"HmacSHA1\"}",
    "{\"type\":\"totp\",\"value\":\"aaaa\",\"digits\":6,\"period\":30,\"algorithm\":\"HmacSHA1\"}",
    "{\"type\":\"recovery-authn-codes\",\"secretData\":\"{\\\"codes\\\":[{\\\"number\\\":1,"
    "\\\"encodedHashedValue\\\":\\\"aaaa\\\"}]}\",\"credentialData\":\"{}\"}",
    "{\"type\":\"recovery-authn-codes\",\"secretData\":\"{\\\"codes\\\":[{\\\"number\\\":1,"
    "\\\"encodedHashedValue\\\":\\\"aaaa\\\"}]}\",\"credentialData\":\"{\\\"algorithm\\\":"
    "\\\"SHA-1\\\"}\"}",
    "{\"type\":\"recovery-authn-codes\",\"secretData\":\"{\\\"codes\\\":[]}\","
    "\"credentialData\":\"{}\"}",
    "{\"type\":\"webauthn\",\"secretData\":\"{}\",\"credentialData\":\"{\\\"credentialId\\\":"
    "\\\"aaaa\\\",\\\"credentialPublicKey\\\":\\\"aaaa\\\"}\"}",
    "{\"type\":\"webauthn\",\"secretData\":\"{}\",\"credentialData\":\"{\\\"credentialId\\\":"
    "\\\"aaaa\\\"}\"}",
    "{\"type\":\"webauthn\",\"secretData\":\"{}\"}",
};

static bool is_readable(const ost_json *user, const char *credential)
{
    otp_credential *codes;
    key_credential *keys;
    recovery_codes recovery;
    size_t count;
    ost_text id = OST_TEXT("11111111-1111-1111-1111-111111111111");
    if (strstr(credential, "webauthn") != NULL) {
        assert_int_equal(
            key_credentials_read(user, id, WEBAUTHN_SECOND_FACTOR, arena, &keys, &count), OST_OK);
        return keys[0].readable;
    }
    if (strstr(credential, "recovery") != NULL) {
        assert_int_equal(recovery_codes_read(user, arena, &recovery), OST_OK);
        return recovery.readable;
    }
    assert_int_equal(otp_credentials_read(user, id, arena, &codes, &count), OST_OK);
    assert_int_equal(count, 1);
    return codes[0].readable;
}

static void second_factors_are_told_as_logins_read_them(void **state)
{
    size_t readable = 0;
    for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++) {
        const char *text = ost_arena_format(arena, "{\"credentials\":[%s]}", factors[i]);
        const ost_json *user = read_json(text);
        bool is = is_readable(user, factors[i]);
        readable += is;
        if (is != (why(read_json(factors[i])) == NULL))
            fail_msg("%s", factors[i]);
    }
    assert_int_equal(readable, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_that_nobody_has_are_told),
        cmocka_unit_test(second_factors_are_told_as_logins_read_them),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
