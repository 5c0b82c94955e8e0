/* SPDX-License-Identifier: Apache-2.0 */
/* Password policies; see password_policy.h. */
#include "provider/proof/password_policy.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/proof/java_pattern.h"

typedef struct judged {
    ost_text password, username, email;
    ost_text argument; /* within the policy's brackets; empty: none */
    const char *name;  /* the policy's */
    ost_error *error;
} judged;

/* ---- counting ---- */

typedef bool (*is_of)(unsigned char c);

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(unsigned char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(unsigned char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Of other letters than ASCII's nobody says here what they are: they count as none of these. */
static bool is_special(unsigned char c)
{
    return c < 0x80 && !is_digit(c) && !is_lower(c) && !is_upper(c);
}

static uint64_t count(ost_text text, is_of counts)
{
    uint64_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += counts((unsigned char)text.data[i]);
    return n;
}

/* In UTF-16 units, as Java counts. */
static uint64_t length(ost_text text)
{
    uint64_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        n += (c & 0xc0) == 0x80 ? 0 : c >= 0xf0 ? 2 : 1;
    }
    return n;
}

static bool contains(ost_text text, ost_text part)
{
    for (size_t i = 0; part.len > 0 && i + part.len <= text.len; i++) {
        if (text_equal_ignoring_case(text_slice(text, i, part.len), part))
            return true;
    }
    return false;
}

/* ---- the policies ---- */

static ost_result password_refuse(const judged *j, const char *sentence)
{
    return ost_error_set(j->error, OST_E_ARGUMENT, "Invalid password: %s.", sentence);
}

static ost_result unsupported(const judged *j, const char *name)
{
    return ost_error_set(j->error, OST_E_UNSUPPORTED,
                         "the password policy %s(%.*s) cannot be judged here", name,
                         (int)(j->argument.len < 100 ? j->argument.len : 100), j->argument.data);
}

/* Keycloak takes a missing number, and "undefined", for the usual one; Java reads "+5". */
static bool number(const judged *j, uint64_t usual, uint64_t *ret)
{
    ost_text digits = text_slice(j->argument, text_starts(j->argument, "+"), j->argument.len);
    *ret = usual;
    return j->argument.len == 0 || text_is(j->argument, "undefined") ||
           text_to_unsigned(digits, INT32_MAX, ret);
}

static ost_result at_least(const judged *j, const char *name, uint64_t seen, uint64_t usual,
                           const char *before, const char *after)
{
    char text[160];
    uint64_t wanted;
    if (!number(j, usual, &wanted))
        return unsupported(j, name);
    snprintf(text, sizeof text, "%s %llu%s", before, (unsigned long long)wanted, after);
    return seen >= wanted ? OST_OK : password_refuse(j, text);
}

static ost_result judge_length(const judged *j)
{
    return at_least(j, "length", length(j->password), 8, "minimum length", "");
}

static ost_result judge_max_length(const judged *j)
{
    char text[160];
    uint64_t most;
    if (!number(j, 64, &most))
        return unsupported(j, "maxLength");
    snprintf(text, sizeof text, "maximum length %llu", (unsigned long long)most);
    return length(j->password) <= most ? OST_OK : password_refuse(j, text);
}

static ost_result judge_digits(const judged *j)
{
    return at_least(j, "digits", count(j->password, is_digit), 1, "must contain at least",
                    " numerical digits");
}

static ost_result judge_lower(const judged *j)
{
    return at_least(j, "lowerCase", count(j->password, is_lower), 1, "must contain at least",
                    " lower case characters");
}

static ost_result judge_upper(const judged *j)
{
    return at_least(j, "upperCase", count(j->password, is_upper), 1, "must contain at least",
                    " upper case characters");
}

static ost_result judge_special(const judged *j)
{
    return at_least(j, "specialChars", count(j->password, is_special), 1, "must contain at least",
                    " special characters");
}

static ost_result judge_username(const judged *j)
{
    return text_equal_ignoring_case(j->password, j->username)
               ? password_refuse(j, "must not be equal to the username")
               : OST_OK;
}

static ost_result judge_contains_username(const judged *j)
{
    return contains(j->password, j->username) ? password_refuse(j, "Can not contain the username")
                                              : OST_OK;
}

static ost_result judge_email(const judged *j)
{
    return j->email.len > 0 && text_equal_ignoring_case(j->password, j->email)
               ? password_refuse(j, "must not be equal to the email")
               : OST_OK;
}

/* The whole password has to match. */
static ost_result judge_pattern(const judged *j)
{
    switch (java_pattern_match(j->argument, j->password)) {
    case OST_OK:
        return OST_OK;
    case OST_E_NOT_FOUND:
        return password_refuse(j, "fails to match regex pattern(s)");
    default:
        return unsupported(j, "regexPattern");
    }
}

/* It is not about the password that comes, and still a number, which may be below zero. */
static ost_result judge_number(const judged *j)
{
    judged positive = *j;
    uint64_t unused;
    positive.argument = text_slice(j->argument, text_starts(j->argument, "-"), j->argument.len);
    return number(&positive, 0, &unused) ? OST_OK : unsupported(j, j->name);
}

static const struct {
    const char *name;
    ost_result (*judge)(const judged *j); /* NULL: it is not about the password */
} policies[] = {
    {"length", judge_length},
    {"maxLength", judge_max_length},
    {"digits", judge_digits},
    {"lowerCase", judge_lower},
    {"upperCase", judge_upper},
    {"specialChars", judge_special},
    {"notUsername", judge_username},
    {"notContainsUsername", judge_contains_username},
    {"notEmail", judge_email},
    {"regexPattern", judge_pattern},
    {"hashAlgorithm", NULL},
    {"hashIterations", judge_number},
    {"forceExpiredPasswordChange", judge_number},
    {"passwordHistory", judge_number},
    {"passwordAge", judge_number},
    {"recoveryCodesWarningThreshold", judge_number},
    {"maxAuthAge", judge_number},
};

/* "name(argument)" */
static ost_text split(ost_text one, ost_text *ret_argument)
{
    size_t open = text_find(one, '(', 0);
    ost_text name = text_trim(text_slice(one, 0, open));
    *ret_argument = (ost_text){0};
    one = text_trim(one);
    open = text_find(one, '(', 0);
    if (open < one.len && text_ends(one, ")"))
        *ret_argument = text_slice(one, open + 1, one.len - open - 2);
    return name;
}

/* The next of a list that is joined by "and"; false: there is none. */
static bool next(const char **at, ost_text *ret_one)
{
    static const char separator[] = " and ";
    if (*at == NULL || **at == '\0')
        return false;
    const char *end = strstr(*at, separator);
    *ret_one = (ost_text){*at, end != NULL ? (size_t)(end - *at) : strlen(*at)};
    *at = end != NULL ? end + sizeof separator - 1 : NULL;
    return true;
}

static ost_result judge(judged *j, ost_text one)
{
    ost_text name = split(one, &j->argument);
    for (size_t i = 0; i < ARRAY_LEN(policies); i++) {
        if (!text_is(name, policies[i].name))
            continue;
        j->name = policies[i].name;
        return policies[i].judge != NULL ? policies[i].judge(j) : OST_OK;
    }
    return ost_error_set(j->error, OST_E_UNSUPPORTED,
                         "the password policy %.*s cannot be judged here",
                         (int)(name.len < 100 ? name.len : 100), name.data);
}

ost_result password_policy_check(const char *policy, ost_text password, ost_text username,
                                 ost_text email, ost_error *error)
{
    judged j = {.password = password, .username = username, .email = email, .error = error};
    ost_result result = OST_OK;
    ost_text one;
    while (result == OST_OK && next(&policy, &one))
        result = judge(&j, one);
    return result;
}

ost_result password_policy_read(const char *policy, ost_error *error)
{
    judged j = {.password = OST_TEXT("x"), .error = error};
    ost_text one;
    while (next(&policy, &one)) {
        ost_result result = judge(&j, one);
        if (result != OST_OK && result != OST_E_ARGUMENT) /* that the password breaks it */
            return result;
    }
    return OST_OK;
}

ost_text password_policy_argument(const char *policy, const char *name)
{
    ost_text found = {0}, argument, one;
    while (next(&policy, &one)) {
        if (text_is(split(one, &argument), name))
            found = argument;
    }
    return found;
}

ost_result password_policy_number(const char *policy, const char *name, int64_t usual,
                                  int64_t *ret_number, ost_error *error)
{
    judged j = {.error = error};
    ost_text one;
    uint64_t seen;
    while (next(&policy, &one)) {
        if (!text_is(split(one, &j.argument), name) || text_starts(j.argument, "-"))
            continue;
        if (!number(&j, (uint64_t)usual, &seen))
            return unsupported(&j, name);
        *ret_number = (int64_t)seen;
    }
    return OST_OK;
}
