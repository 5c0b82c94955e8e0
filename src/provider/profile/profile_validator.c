/* SPDX-License-Identifier: Apache-2.0 */
/* Validators of a user profile; see profile_validator.h. */
#include "provider/profile/profile_validator.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/member/mail_address.h"
#include "provider/proof/java_pattern.h"

#define NUMBER_MAX 64 /* characters of a number */

typedef struct validation {
    const ost_json *settings;
    const char *field;
    ost_text value;
    ost_arena *arena;
    profile_faults *faults;
    bool broken; /* out of memory */
} validation;

/* A setting as text: numbers may stand as strings, and strings as numbers. NULL: none. */
static const char *setting(validation *v, const char *name)
{
    ost_text text;
    const ost_json *at = ost_json_get(v->settings, name);
    if (ost_json_is(at, OST_JSON_NUMBER))
        text = ost_json_source(at);
    else if (!ost_json_text(at, &text) || text.len == 0)
        return NULL;
    const char *copy = ost_arena_copy(v->arena, text);
    v->broken = v->broken || copy == NULL;
    return copy;
}

/* The message of the validator's own settings, where it may have one. */
static const char *message_of(validation *v, const char *usual)
{
    const char *own = setting(v, "error-message");
    return own != NULL ? own : usual;
}

static void fault_add(validation *v, const char *message, const char *minimum, const char *maximum)
{
    profile_fault_add(v->faults, (profile_fault){.field = v->field,
                                                 .message = message,
                                                 .minimum = minimum,
                                                 .maximum = maximum});
}

/* ---- sizes ---- */

static bool read_number(ost_text text, bool whole, double *ret_number)
{
    char copy[NUMBER_MAX + 1], *end = NULL;
    if (text.len == 0 || text.len > NUMBER_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool digit = ascii_is_digit(text.data[i]);
        bool sign = i == 0 && text.len > 1 && (text.data[i] == '-' || text.data[i] == '+');
        if (!digit && !sign && (whole || memchr(".eE+-", text.data[i], 5) == NULL))
            return false;
    }
    (void)text_to_string(text, copy, sizeof copy);
    *ret_number = strtod(copy, &end);
    return end != NULL && *end == '\0';
}

static bool is_below(double number, const char *bound)
{
    double least;
    return bound != NULL && read_number(text_of(bound), false, &least) && number < least;
}

static bool is_above(double number, const char *bound)
{
    double most;
    return bound != NULL && read_number(text_of(bound), false, &most) && number > most;
}

static void check_range(validation *v, double number, const char *const messages[3])
{
    const char *min = setting(v, "min"), *max = setting(v, "max");
    bool below = is_below(number, min), above = is_above(number, max);
    if (!below && !above)
        return;
    fault_add(v,
              min != NULL && max != NULL ? messages[0]
              : below                    ? messages[1]
                                         : messages[2],
              min, max);
}

static void check_length(validation *v)
{
    static const char *const messages[] = {"error-invalid-length", "error-invalid-length-too-short",
                                           "error-invalid-length-too-long"};
    bool as_is = false;
    const ost_json *untrimmed = ost_json_get(v->settings, "trim-disabled");
    if (!ost_json_boolean(untrimmed, &as_is))
        as_is = ost_json_equals(untrimmed, OST_TEXT("true"));
    ost_text value = as_is ? v->value : text_trim(v->value);
    check_range(v, (double)profile_length(value), messages);
}

static void check_number(validation *v, bool whole)
{
    static const char *const messages[] = {"error-number-out-of-range",
                                           "error-number-out-of-range-too-small",
                                           "error-number-out-of-range-too-big"};
    double number;
    if (read_number(v->value, whole, &number))
        check_range(v, number, messages);
    else
        fault_add(v, "error-invalid-number", NULL, NULL);
}

static void check_integer(validation *v)
{
    check_number(v, true);
}

static void check_double(validation *v)
{
    check_number(v, false);
}

/* ---- forms ---- */

static void check_email(validation *v)
{
    if (!mail_address_is_valid(v->value))
        profile_fault_add(v->faults, (profile_fault){.field = v->field,
                                                     .message = "error-invalid-email",
                                                     .value = v->value});
}

static void check_person(validation *v)
{
    if (!profile_is_person_name(v->value))
        fault_add(v, message_of(v, "error-person-name-invalid-character"), NULL, NULL);
}

static void check_username(validation *v)
{
    if (!profile_is_username(v->value))
        fault_add(v, message_of(v, "error-username-invalid-character"), NULL, NULL);
}

static void check_pattern(validation *v)
{
    ost_text pattern = {0};
    (void)!ost_json_text(ost_json_get(v->settings, "pattern"), &pattern);
    ost_result result = java_pattern_match(pattern, v->value);
    v->broken = v->broken || result == OST_E_MEMORY;
    if (result != OST_OK)
        profile_fault_add(v->faults,
                          (profile_fault){.field = v->field,
                                          .message = message_of(v, "error-pattern-no-match"),
                                          .value = pattern});
}

static void check_options(validation *v)
{
    if (!json_list_has(ost_json_get(v->settings, "options"), v->value))
        fault_add(v, "error-invalid-value", NULL, NULL);
}

/* Of the web, as its settings leave it by default. */
static void check_uri(validation *v)
{
    bool web = text_starts(v->value, "http://") || text_starts(v->value, "https://");
    bool has_scheme = text_find(v->value, ':', 0) < v->value.len;
    size_t host = web ? text_find(v->value, '/', 0) + 2 : 0;
    bool plain = web && host < v->value.len && v->value.data[host] != '/';
    for (size_t i = 0; i < v->value.len; i++)
        plain = plain && (unsigned char)v->value.data[i] > ' ' &&
                memchr("\"<>\\^`{|}\x7f", v->value.data[i], 10) == NULL;
    if (!plain)
        fault_add(v, has_scheme && !web ? "error-invalid-uri-scheme" : "error-invalid-uri", NULL,
                  NULL);
}

/* Of digits alone; -1: it is none. */
static int digits_at(ost_text text, size_t from, size_t count)
{
    int number = 0;
    for (size_t i = from; i < from + count; i++) {
        if (!ascii_is_digit(text.data[i]))
            return -1;
        number = number * 10 + (text.data[i] - '0');
    }
    return number;
}

/* yyyy-MM-dd, of the calendar. */
static bool is_date(ost_text t)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (t.len != 10 || t.data[4] != '-' || t.data[7] != '-')
        return false;
    int year = digits_at(t, 0, 4), month = digits_at(t, 5, 2), day = digits_at(t, 8, 2);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 0 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= (month == 2 && !leap ? 28 : days[month - 1]);
}

static void check_iso_date(validation *v)
{
    if (!is_date(v->value))
        fault_add(v, "error-invalid-date", NULL, NULL);
}

/* ---- by name ---- */

typedef struct validator {
    const char *name;
    void (*check)(validation *v); /* NULL: it is not looked at */
    bool elsewhere;               /* it is about something else than one value */
} validator;
static const validator validators[] = {
    {"length", check_length, false},
    {"integer", check_integer, false},
    {"double", check_double, false},
    {"email", check_email, false},
    {"pattern", check_pattern, false},
    {"options", check_options, false},
    {"uri", check_uri, false},
    {"iso-date", check_iso_date, false},
    {"person-name-prohibited-characters", check_person, false},
    {"username-prohibited-characters", check_username, false},
    {"multivalued", NULL, true},
    {"local-date", NULL, false},
    {"up-username-not-idn-homograph", NULL, true},
};

static const validator *validator_find(ost_text name)
{
    for (size_t i = 0; i < ARRAY_LEN(validators); i++) {
        if (text_is(name, validators[i].name))
            return &validators[i];
    }
    return NULL;
}

bool profile_validator_exists(ost_text name)
{
    return validator_find(name) != NULL;
}

bool profile_validator_works(ost_text name)
{
    const validator *v = validator_find(name);
    return v != NULL && (v->check != NULL || v->elsewhere);
}

bool profile_validator_check(ost_text name, const ost_json *settings, const char *field,
                             ost_text value, ost_arena *arena, profile_faults *faults)
{
    const validator *found = validator_find(name);
    validation v = {
        .settings = settings, .field = field, .value = value, .arena = arena, .faults = faults};
    if (found != NULL && found->check != NULL)
        found->check(&v);
    return !v.broken;
}
