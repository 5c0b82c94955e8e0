/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords: ours, Keycloak's, and what must cost nobody too much. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/realm/password.h"
#include "test_arena.h"

static ost_result verify(const char *password, const char *credential, bool *matches, bool *upgrade)
{
    return password_verify(text_of(password), text_of(credential), arena, matches, upgrade);
}

static void a_password_of_ours(void **state)
{
    ost_text credential;
    bool matches, upgrade;
    (void)state;
    assert_int_equal(password_hash(OST_TEXT("s3cret"), NULL, arena, &credential), OST_OK);
    assert_null(strstr(credential.data, "s3cret"));
    assert_int_equal(verify("s3cret", credential.data, &matches, &upgrade), OST_OK);
    assert_true(matches);
    assert_false(upgrade);
    assert_int_equal(verify("s3creT", credential.data, &matches, &upgrade), OST_OK);
    assert_false(matches);
    assert_int_equal(verify("", credential.data, &matches, &upgrade), OST_OK);
    assert_false(matches);
    assert_int_equal(password_hash(OST_TEXT(""), NULL, arena, &credential), OST_E_ARGUMENT);
}

#define CREDENTIAL(value, salt, data)                                                              \
    "{\"type\":\"password\",\"secretData\":\"{\\\"value\\\":\\\"" value                            \
    "\\\",\\\"salt\\\":\\\"" salt "\\\"}\",\"credentialData\":\"{" data "}\"}"

/* Made with Python's hashlib.pbkdf2_hmac: "password", salt "0123456789abcdef". */
static void keycloaks_pbkdf2_is_verified_and_to_be_upgraded(void **state)
{
    static const char *const credentials[] = {
        CREDENTIAL("hRRjgXWkW8ResfIvBP99J/T4vkgEmMRV/0tJTOjR59I=", "MDEyMzQ1Njc4OWFiY2RlZg==",
                   "\\\"hashIterations\\\":1000,\\\"algorithm\\\":\\\"pbkdf2-sha256\\\""),
        CREDENTIAL("38DzhdBT7fPaUGBlsh42VTuuKSFAIYGZJ7l6feCDLIl+"
                   "K3hdPFgxxu7xuUi4gIuH6cEIoODn18xH9Ig2ryNgUw==",
                   "MDEyMzQ1Njc4OWFiY2RlZg==",
                   "\\\"hashIterations\\\":1000,\\\"algorithm\\\":\\\"pbkdf2-sha512\\\","
                   "\\\"additionalParameters\\\":{}"),
        CREDENTIAL("DYW+LTZG5wxyiF/qvsh40/+/hXk=", "MDEyMzQ1Njc4OWFiY2RlZg==",
                   "\\\"hashIterations\\\":1000,\\\"algorithm\\\":\\\"pbkdf2\\\""),
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(credentials); i++) {
        bool matches, upgrade;
        assert_int_equal(verify("password", credentials[i], &matches, &upgrade), OST_OK);
        assert_true(matches);
        assert_true(upgrade);
        assert_int_equal(verify("passwore", credentials[i], &matches, &upgrade), OST_OK);
        assert_false(matches);
        assert_false(upgrade);
    }
}

/* Or else an old password would be young after a login. */
static void a_new_hash_is_as_old_as_the_password(void **state)
{
    static const char old[] =
        "{\"id\":\"one\",\"type\":\"password\",\"userLabel\":\"mine\",\"createdDate\":"
        "1700000000123,"
        "\"secretData\":\"{\\\"value\\\":\\\"hRRjgXWkW8ResfIvBP99J/T4vkgEmMRV/0tJTOjR59I=\\\","
        "\\\"salt\\\":\\\"MDEyMzQ1Njc4OWFiY2RlZg==\\\"}\",\"credentialData\":"
        "\"{\\\"hashIterations\\\":1000,\\\"algorithm\\\":\\\"pbkdf2-sha256\\\"}\"}";
    ost_text made;
    bool matches, upgrade;
    (void)state;
    assert_int_equal(password_rehash(OST_TEXT("password"), text_of(old), NULL, arena, &made),
                     OST_OK);
    assert_int_equal(password_verify(OST_TEXT("password"), made, arena, &matches, &upgrade),
                     OST_OK);
    assert_true(matches);
    assert_false(upgrade);
    assert_int_equal(password_since(made, arena), 1700000000123);
    assert_non_null(strstr(made.data, "\"id\":\"one\""));
    assert_non_null(strstr(made.data, "\"userLabel\":\"mine\""));
    assert_int_equal(password_since(OST_TEXT("{}"), arena), 0);
    assert_int_equal(password_since(OST_TEXT(""), arena), 0);
    assert_int_not_equal(password_rehash(OST_TEXT("password"), OST_TEXT("{"), NULL, arena, &made),
                         OST_OK);
}

static void nobody_never_matches(void **state)
{
    bool matches = true, upgrade = true;
    (void)state;
    assert_int_equal(verify("x", "", &matches, &upgrade), OST_OK);
    assert_false(matches);
    assert_false(upgrade);
}

static void broken_and_costly_credentials_are_refused(void **state)
{
    static const char *const bad[] = {
        "{}",
        "x",
        CREDENTIAL("AAAA", "AAAA",
                   "\\\"hashIterations\\\":1000,\\\"algorithm\\\":\\\"pbkdf2-sha256\\\""),
        CREDENTIAL("AAAAAAAAAAAAAAAAAAAAAA==", "AAAA",
                   "\\\"hashIterations\\\":2147483647,\\\"algorithm\\\":\\\"pbkdf2-sha256\\\""),
        CREDENTIAL("AAAAAAAAAAAAAAAAAAAAAA==", "AAAA",
                   "\\\"hashIterations\\\":0,\\\"algorithm\\\":\\\"pbkdf2-sha256\\\""),
        CREDENTIAL("AAAAAAAAAAAAAAAAAAAAAA==", "AAAA",
                   "\\\"hashIterations\\\":1,\\\"algorithm\\\":\\\"md5\\\""),
        CREDENTIAL("AAAAAAAAAAAAAAAAAAAAAA==", "MDEyMzQ1Njc4OWFiY2RlZg==",
                   "\\\"hashIterations\\\":5,\\\"algorithm\\\":\\\"argon2\\\","
                   "\\\"additionalParameters\\\":{\\\"memory\\\":[\\\"99999999\\\"]}"),
        CREDENTIAL("AAAAAAAAAAAAAAAAAAAAAA==", "MDEyMzQ1Njc4OWFiY2RlZg==",
                   "\\\"hashIterations\\\":5,\\\"algorithm\\\":\\\"argon2\\\","
                   "\\\"additionalParameters\\\":{\\\"type\\\":[\\\"d\\\"]}"),
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        bool matches, upgrade;
        assert_int_not_equal(verify("x", bad[i], &matches, &upgrade), OST_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_of_ours),
        cmocka_unit_test(keycloaks_pbkdf2_is_verified_and_to_be_upgraded),
        cmocka_unit_test(a_new_hash_is_as_old_as_the_password),
        cmocka_unit_test(nobody_never_matches),
        cmocka_unit_test(broken_and_costly_credentials_are_refused),
    };
    return cmocka_run_group_tests_name("provider-password", tests, open_arena, close_arena);
}
