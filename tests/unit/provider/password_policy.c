/* SPDX-License-Identifier: Apache-2.0 */
/* Password policies: each of Keycloak's, on both sides of its border. */
#include "provider/proof/password_policy.h"
#include "base/array.h"
#include "base/text.h"
#include "test.h"

static ost_error error;

static ost_result check(const char *policy, const char *password)
{
    error = (ost_error){0};
    return password_policy_check(policy, text_of(password), OST_TEXT("carol"),
                                 OST_TEXT("carol@example.org"), &error);
}

static void each_policy_has_two_sides(void **state)
{
    (void)state;
    static const struct {
        const char *policy, *good, *bad, *sentence;
    } rows[] = {
        {"length(8)", "12345678", "1234567", "Invalid password: minimum length 8."},
        {"length", "12345678", "1234567", "Invalid password: minimum length 8."},
        {"length(undefined)", "12345678", "1234567", "Invalid password: minimum length 8."},
        {"length(3)", "\xc3\xa4\xc3\xb6\xc3\xbc", "\xc3\xa4\xc3\xb6",
         "Invalid password: minimum length 3."},
        {"length(2)", "\xf0\x9f\x94\x91", "x", "Invalid password: minimum length 2."},
        {"maxLength(4)", "1234", "12345", "Invalid password: maximum length 4."},
        {"digits(2)", "a1b2", "a1bc",
         "Invalid password: must contain at least 2 numerical digits."},
        {"upperCase(1)", "aB", "ab",
         "Invalid password: must contain at least 1 upper case characters."},
        {"lowerCase(2)", "Xab", "XYa",
         "Invalid password: must contain at least 2 lower case characters."},
        {"specialChars", "a-b", "ab1",
         "Invalid password: must contain at least 1 special characters."},
        {"notUsername", "carola", "Carol", "Invalid password: must not be equal to the username."},
        {"notContainsUsername", "carl", "xCAROLx",
         "Invalid password: Can not contain the username."},
        {"notEmail", "x", "carol@example.org", "Invalid password: must not be equal to the email."},
        {"regexPattern(^[a-c]+[0-9]{2}$)", "abc12", "abc1",
         "Invalid password: fails to match regex pattern(s)."},
        {"regexPattern([a-c]+)", "abc", "abcd",
         "Invalid password: fails to match regex pattern(s)."},
        {"regexPattern((?=.*[A-Z]).*)", "abC", "abc",
         "Invalid password: fails to match regex pattern(s)."},
        {"regexPattern(\\d+)", "12", "12a", "Invalid password: fails to match regex pattern(s)."},
        {"regexPattern(a++)", "aa", "ab", "Invalid password: fails to match regex pattern(s)."},
        {"regexPattern(a*?b)", "aab", "aa", "Invalid password: fails to match regex pattern(s)."},
        {"length(4) and digits(1)", "abc1", "abcd",
         "Invalid password: must contain at least 1 numerical digits."},
        {"hashIterations(1) and passwordHistory(3) and length(2)", "ab", "a",
         "Invalid password: minimum length 2."},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(check(rows[i].policy, rows[i].good), OST_OK);
        assert_int_equal(check(rows[i].policy, rows[i].bad), OST_E_ARGUMENT);
        assert_string_equal(error.detail, rows[i].sentence);
    }
}

static void what_cannot_be_judged_is_refused(void **state)
{
    (void)state;
    static const char *const policies[] = {
        "passwordBlacklist(list.txt)",
        "length(x)",
        "regexPattern([)",
        "length(2) and somethingNew(3)",
        "regexPattern([a-z&&[^b]])",
        "regexPattern((?i)good.*)",
    };
    for (size_t i = 0; i < ARRAY_LEN(policies); i++)
        assert_int_equal(check(policies[i], "good enough"), OST_E_UNSUPPORTED);
}

static void no_policy_takes_everything(void **state)
{
    (void)state;
    assert_int_equal(check(NULL, "x"), OST_OK);
    assert_int_equal(check("", "x"), OST_OK);
}

/* What is not there, or below zero, changes nothing. */
static void numbers_of_policies(void **state)
{
    static const struct {
        const char *policy;
        ost_result result;
        int64_t number;
    } rows[] = {
        {"passwordHistory(5)", OST_OK, 5},
        {"length(8) and passwordHistory( 5 ) and digits(1)", OST_E_UNSUPPORTED, -9},
        {"length(8) and passwordHistory(5) and digits(1)", OST_OK, 5},
        {"passwordHistory(0)", OST_OK, 0},
        {"passwordHistory", OST_OK, 3},
        {"passwordHistory(undefined)", OST_OK, 3},
        {"passwordHistory(-1)", OST_OK, -9},
        {"passwordHistory(x)", OST_E_UNSUPPORTED, -9},
        {"passwordHistory(5x)", OST_E_UNSUPPORTED, -9},
        {"passwordHistory(99999999999)", OST_E_UNSUPPORTED, -9},
        {"passwordHistories(5)", OST_OK, -9},
        {"length(passwordHistory)", OST_OK, -9},
        {"", OST_OK, -9},
        {NULL, OST_OK, -9},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t number = -9;
        ost_result result =
            password_policy_number(rows[i].policy, "passwordHistory", 3, &number, NULL);
        if (result != rows[i].result || number != rows[i].number)
            fail_msg("%s: %d, %lld", rows[i].policy, (int)result, (long long)number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_policies),
        cmocka_unit_test(each_policy_has_two_sides),
        cmocka_unit_test(what_cannot_be_judged_is_refused),
        cmocka_unit_test(no_policy_takes_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
