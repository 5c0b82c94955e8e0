/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords: ours, Keycloak's, and what must cost nobody too much. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/realm/password.h"
#include "test_arena.h"

static ost_result verify(const char *password, const char *credential, bool *matches, bool *upgrade)
{
    return password_verify(text_of(password), text_of(credential), NULL, arena, matches, upgrade);
}

static void a_password_of_ours(void **state)
{
    ost_text credential;
    bool matches, upgrade;
    (void)state;
    assert_int_equal(password_hash(OST_TEXT("s3cret"), NULL, NULL, arena, &credential), OST_OK);
    assert_null(strstr(credential.data, "s3cret"));
    assert_int_equal(verify("s3cret", credential.data, &matches, &upgrade), OST_OK);
    assert_true(matches);
    assert_false(upgrade);
    assert_int_equal(verify("s3creT", credential.data, &matches, &upgrade), OST_OK);
    assert_false(matches);
    assert_int_equal(verify("", credential.data, &matches, &upgrade), OST_OK);
    assert_false(matches);
    assert_int_equal(password_hash(OST_TEXT(""), NULL, NULL, arena, &credential), OST_E_ARGUMENT);
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
    assert_int_equal(password_rehash(OST_TEXT("password"), text_of(old), NULL, NULL, arena, &made),
                     OST_OK);
    assert_int_equal(password_verify(OST_TEXT("password"), made, NULL, arena, &matches, &upgrade),
                     OST_OK);
    assert_true(matches);
    assert_false(upgrade);
    assert_int_equal(password_since(made, arena), 1700000000123);
    assert_non_null(strstr(made.data, "\"id\":\"one\""));
    assert_non_null(strstr(made.data, "\"userLabel\":\"mine\""));
    assert_int_equal(password_since(OST_TEXT("{}"), arena), 0);
    assert_int_equal(password_since(OST_TEXT(""), arena), 0);
    assert_int_not_equal(
        password_rehash(OST_TEXT("password"), OST_TEXT("{"), NULL, NULL, arena, &made), OST_OK);
}

/* As Keycloak 24.0.5 and 26.7.3 have it, but that no hash is made weaker than it was. */
static void a_policy_says_how_is_hashed(void **state)
{
    static const struct {
        const char *policy, *data; /* the beginning of it */
        bool renewed;              /* where the next one counts */
    } rows[] = {
        {NULL, "{\\\"hashIterations\\\":5,\\\"algorithm\\\":\\\"argon2\\\"", false},
        {"hashAlgorithm(argon2) and hashIterations(2)",
         "{\\\"hashIterations\\\":2,\\\"algorithm\\\":\\\"argon2\\\"", true},
        {"hashIterations(27500)", "{\\\"hashIterations\\\":5,\\\"algorithm\\\":\\\"argon2\\\"",
         false},
        {"hashAlgorithm(pbkdf2-sha256) and hashIterations(1000)",
         "{\\\"hashIterations\\\":1000,\\\"algorithm\\\":\\\"pbkdf2-sha256\\\","
         "\\\"additionalParameters\\"
         "\":{}}",
         false},
        {"hashIterations(+9) and length(3) and hashAlgorithm(pbkdf2-sha512)",
         "{\\\"hashIterations\\\":9,\\\"algorithm\\\":\\\"pbkdf2-sha512\\\"", false},
        {"hashAlgorithm(pbkdf2-sha256) and hashAlgorithm(pbkdf2) and hashIterations(7)",
         "{\\\"hashIterations\\\":7,\\\"algorithm\\\":\\\"pbkdf2\\\"", true},
        {"hashAlgorithm(bcrypt) and hashIterations(10000000)",
         "{\\\"hashIterations\\\":5,\\\"algorithm\\\":\\\"argon2\\\"", false},
    };
    password_form form, other;
    ost_text credential, again;
    bool matches, upgrade;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        form = password_form_of(rows[i].policy);
        other = password_form_of(rows[(i + 1) % ARRAY_LEN(rows)].policy);
        assert_int_equal(password_hash(OST_TEXT("s3cret"), &form, NULL, arena, &credential),
                         OST_OK);
        if (strstr(credential.data, rows[i].data) == NULL)
            fail_msg("%s: %s", rows[i].policy, credential.data);
        assert_int_equal(
            password_verify(OST_TEXT("s3cret"), credential, &form, arena, &matches, &upgrade),
            OST_OK);
        assert_true(matches);
        assert_false(upgrade);
        assert_int_equal(
            password_verify(OST_TEXT("s3cret"), credential, &other, arena, &matches, &upgrade),
            OST_OK);
        assert_true(matches);
        assert_int_equal(upgrade, rows[i].renewed);
        assert_int_equal(
            password_verify(OST_TEXT("s3creT"), credential, &form, arena, &matches, &upgrade),
            OST_OK);
        assert_false(matches);
        assert_int_equal(
            password_rehash(OST_TEXT("s3cret"), credential, &other, NULL, arena, &again), OST_OK);
        assert_int_equal(
            password_verify(OST_TEXT("s3cret"), again, &other, arena, &matches, &upgrade), OST_OK);
        assert_true(matches);
        assert_false(upgrade);
    }
}

static void counts_that_are_none_are_the_usual_ones(void **state)
{
    static const struct {
        const char *policy;
        int64_t iterations;
        const char *unmet, *weak, *refusal; /* a part of each; NULL: none */
    } rows[] = {
        {NULL, 5, NULL, NULL, NULL},
        {"", 5, NULL, NULL, NULL},
        {"hashAlgorithm and hashIterations", 5, NULL, NULL, NULL},
        {"hashAlgorithm() and hashIterations(undefined)", 5, NULL, NULL, NULL},
        {"hashAlgorithm(argon2)", 5, NULL, NULL, NULL},
        {"hashAlgorithm(argon2) and hashIterations(100)", 100, NULL, NULL, NULL},
        {"hashAlgorithm(argon2) and hashIterations(101)", 5, "no count of argon2", NULL, NULL},
        {"hashAlgorithm(argon2) and hashIterations(4)", 4, NULL, "the 5 that are advised", NULL},
        {"hashIterations(27500)", 5, "no count of argon2", NULL, NULL},
        {"hashAlgorithm(pbkdf2-sha512)", 210000, NULL, NULL, NULL},
        {"hashAlgorithm(pbkdf2-sha512) and hashIterations(209999)", 209999, NULL,
         "the 210000 that are advised", NULL},
        {"hashAlgorithm(pbkdf2-sha256) and hashIterations(600000)", 600000, NULL, NULL, NULL},
        {"hashAlgorithm(pbkdf2-sha256) and hashIterations(27500)", 27500, NULL,
         "the 600000 that are advised", NULL},
        {"hashAlgorithm(pbkdf2) and hashIterations(-1)", 1300000, NULL, NULL, NULL},
        {"hashAlgorithm(pbkdf2) and hashIterations(0)", 1300000, "no count of pbkdf2", NULL, NULL},
        {"hashAlgorithm(pbkdf2) and hashIterations(-5)", 1300000, "no count of pbkdf2", NULL, NULL},
        {"hashAlgorithm(pbkdf2) and hashIterations(10000001)", 1300000, "no count of pbkdf2", NULL,
         NULL},
        {"hashAlgorithm(pbkdf2) and hashIterations(99999999999)", 1300000, "no count of pbkdf2",
         NULL, NULL},
        {"hashAlgorithm(PBKDF2-SHA256)", 5, "no such hashAlgorithm", NULL, "provider not found"},
        {"hashAlgorithm( pbkdf2-sha256 )", 5, "no such hashAlgorithm", NULL, "provider not found"},
        {"length(8) and hashAlgorithm(bcrypt) and hashIterations(10)", 5, "no such hashAlgorithm",
         NULL, "provider not found"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *const seen[] = {password_form_unmet(rows[i].policy, arena),
                                    password_form_weakness(rows[i].policy, arena),
                                    password_form_refusal(rows[i].policy)};
        const char *const wanted[] = {rows[i].unmet, rows[i].weak, rows[i].refusal};
        assert_int_equal(password_form_of(rows[i].policy).iterations, rows[i].iterations);
        for (size_t k = 0; k < ARRAY_LEN(seen); k++) {
            if ((seen[k] == NULL) != (wanted[k] == NULL) ||
                (seen[k] != NULL && strstr(seen[k], wanted[k]) == NULL))
                fail_msg("%s: %zu: %s", rows[i].policy, k, seen[k] != NULL ? seen[k] : "-");
        }
    }
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
        cmocka_unit_test(a_policy_says_how_is_hashed),
        cmocka_unit_test(counts_that_are_none_are_the_usual_ones),
        cmocka_unit_test(nobody_never_matches),
        cmocka_unit_test(broken_and_costly_credentials_are_refused),
    };
    return cmocka_run_group_tests_name("provider-password", tests, open_arena, close_arena);
}
