/* SPDX-License-Identifier: Apache-2.0 */
/* Reads command lines by a table of options; see options.h. */
#include "base/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/text.h"

static const option *find_option(const option *options, ost_text name)
{
    for (; options->name != NULL; options++) {
        if (text_is(name, options->name))
            return options;
    }
    return NULL;
}

bool options_know(const option *options, ost_text name)
{
    return find_option(options, name) != NULL;
}

/* What is not an option may be a key that was pasted in, and errors end up in logs. */
#define UNKNOWN_SHOWN 28

/* --port of the provider is --http-port. */
static const option *option_of_http(const option *options, ost_text name)
{
    for (; options->name != NULL; options++) {
        if (text_starts(text_of(options->name), "http-") &&
            text_is(name, options->name + strlen("http-")))
            return options;
    }
    return NULL;
}

const option *options_nearest(const option *options, ost_text name)
{
    const option *nearest = NULL, *all = options;
    size_t least = 4;
    for (; options->name != NULL; options++) {
        if (text_is_nearer(name, options->name, &least))
            nearest = options;
    }
    return nearest != NULL ? nearest : option_of_http(all, name);
}

static ost_result unknown(const option *options, ost_text name, ost_error *error)
{
    const option *nearest = options_nearest(options, name);
    int shown = name.len < UNKNOWN_SHOWN ? (int)name.len : UNKNOWN_SHOWN;
    if (nearest != NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "there is no option --%.*s; did you mean --%s?",
                             shown, name.data, nearest->name);
    return ost_error_set(error, OST_E_ARGUMENT, "there is no option --%.*s", shown, name.data);
}

#define SEVERAL "..."

bool option_repeats(const option *one)
{
    return one->argument != NULL && text_ends(text_of(one->argument), SEVERAL);
}

ost_text option_argument(const option *one)
{
    if (one->argument == NULL)
        return (ost_text){0};
    ost_text argument = text_of(one->argument);
    return option_repeats(one) ? text_slice(argument, 0, argument.len - strlen(SEVERAL)) : argument;
}

/* A flag says no more the second time. */
static bool is_second(const option_values *values, const option *found)
{
    if (found->argument == NULL || option_repeats(found))
        return false;
    for (size_t i = 0; i < values->given_count; i++) {
        if (values->given[i].option == found)
            return true;
    }
    return false;
}

static ost_result add_value(option_values *values, const option *found, const char *value,
                            ost_error *error)
{
    if (is_second(values, found))
        return ost_error_set(error, OST_E_ARGUMENT, "--%s is given twice, and has one value",
                             found->name);
    if (values->given_count == ARRAY_LEN(values->given))
        return ost_error_set(error, OST_E_ARGUMENT, "too many options");
    values->given[values->given_count++] = (option_value){found, value, 0};
    return OST_OK;
}

/* One "--name", "--name=value" or "--name value"; *at moves past what was taken. */
static ost_result read_option(option_values *values, int argc, char **argv, int *at,
                              ost_error *error)
{
    ost_text word = text_of(argv[*at] + 2);
    ost_text name = text_slice(word, 0, text_find(word, '=', 0));
    const char *value = name.len < word.len ? name.data + name.len + 1 : NULL;
    const option *found = find_option(values->options, name);
    if (found == NULL)
        return unknown(values->options, name, error);
    if (found->argument == NULL && value != NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "--%s takes no value", found->name);
    if (found->argument != NULL && value == NULL) {
        bool optional = found->argument[0] == '[';
        bool follows = *at + 1 < argc && !(optional && argv[*at + 1][0] == '-');
        if (!follows && !optional)
            return ost_error_set(error, OST_E_ARGUMENT, "--%s needs a value", found->name);
        value = follows ? argv[++*at] : "";
    }
    return add_value(values, found, value, error);
}

ost_result options_read(const option *options, int argc, char **argv, int first,
                        option_values *ret_values, ost_error *error)
{
    option_values values = {.options = options};
    bool only_operands = false;
    for (int at = first; at < argc; at++) {
        const char *word = argv[at];
        if (!only_operands && strcmp(word, "--") == 0) {
            only_operands = true;
        } else if (!only_operands && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            values.help = true;
        } else if (!only_operands && word[0] == '-' && word[1] == '-') {
            ost_result result = read_option(&values, argc, argv, &at, error);
            if (result != OST_OK)
                return result;
        } else if (!only_operands && word[0] == '-' && word[1] != '\0') {
            return ost_error_set(error, OST_E_ARGUMENT, "there is no option %.*s", UNKNOWN_SHOWN,
                                 word);
        } else if (values.operand_count == ARRAY_LEN(values.operands)) {
            return ost_error_set(error, OST_E_ARGUMENT, "too many arguments");
        } else {
            values.operands[values.operand_count++] = word;
        }
    }
    *ret_values = values;
    return OST_OK;
}

/* An empty variable is none: so a compose file writes what nobody has set, and a flag must not be
 * switched on by it. */
static option_origin from_environment(const option *found)
{
    const char *const variables[] = {found->variable, found->variable2};
    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        const char *value = variables[i] != NULL ? getenv(variables[i]) : NULL;
        if (value != NULL && value[0] != '\0')
            return (option_origin){OPTION_IS_VARIABLE, value, variables[i], 0};
    }
    return (option_origin){0};
}

static bool is_of(const option_value *value, const char *name)
{
    return strcmp(value->option->name, name) == 0;
}

/* The environment's word, else the config file's. */
static option_origin from_elsewhere(const option_values *values, const char *name)
{
    const option *found = find_option(values->options, text_of(name));
    if (found == NULL)
        return (option_origin){0};
    option_origin origin = from_environment(found);
    for (size_t i = values->file_count; i-- > 0 && origin.source == OPTION_IS_DEFAULT;) {
        const option_value *line = &values->file[i];
        if (is_of(line, name))
            origin = (option_origin){OPTION_IS_IN_FILE, line->value, NULL, line->line};
    }
    return origin;
}

option_origin options_origin(const option_values *values, const char *name)
{
    for (size_t i = values->given_count; i-- > 0;) {
        const option_value *given = &values->given[i];
        if (is_of(given, name))
            return (option_origin){OPTION_IS_GIVEN, given->value != NULL ? given->value : "", NULL,
                                   0};
    }
    return from_elsewhere(values, name);
}

const char *options_get(const option_values *values, const char *name)
{
    return options_origin(values, name).value;
}

bool options_has(const option_values *values, const char *name)
{
    const option *found = find_option(values->options, text_of(name));
    const char *value = options_get(values, name);
    if (value == NULL || found == NULL)
        return false;
    /* A flag's variable may say no. */
    return found->argument != NULL || (strcmp(value, "0") != 0 && strcasecmp(value, "false") != 0);
}

static const char *nth(const option_value *list, size_t count, const char *name, size_t n)
{
    for (size_t i = 0; i < count; i++) {
        if (is_of(&list[i], name) && n-- == 0)
            return list[i].value;
    }
    return NULL;
}

const char *options_nth(const option_values *values, const char *name, size_t n)
{
    option_origin origin = options_origin(values, name);
    switch (origin.source) {
    case OPTION_IS_GIVEN:
        return nth(values->given, values->given_count, name, n);
    case OPTION_IS_IN_FILE:
        return nth(values->file, values->file_count, name, n);
    default:
        return n == 0 ? origin.value : NULL;
    }
}

ost_result options_number(const option_values *values, const char *name, uint64_t fallback,
                          uint64_t min, uint64_t max, uint64_t *ret_number, ost_error *error)
{
    const char *text = options_get(values, name);
    uint64_t number = fallback;
    if (text != NULL && (!text_to_unsigned(text_of(text), max, &number) || number < min))
        return ost_error_set(error, OST_E_ARGUMENT,
                             "--%s: \"%s\" is not a number from %llu to %llu", name, text,
                             (unsigned long long)min, (unsigned long long)max);
    *ret_number = number;
    return OST_OK;
}

ost_result options_switch(const option_values *values, const char *name, bool fallback,
                          bool *ret_on, ost_error *error)
{
    const char *value = options_get(values, name);
    ost_text text = text_of(value != NULL ? value : "");
    bool yes = text_equal_ignoring_case(text, OST_TEXT("true"));
    if (value != NULL && text.len > 0 && !yes && !text_equal_ignoring_case(text, OST_TEXT("false")))
        return ost_error_set(error, OST_E_CONFIG, "--%s is true or false, not \"%s\"", name, value);
    *ret_on = value == NULL ? fallback : text.len == 0 || yes;
    return OST_OK;
}

ost_text option_default(const option *one)
{
    ost_text help = text_of(one->help);
    size_t open = help.len;
    while (open > 0 && help.data[open - 1] != '(')
        open--;
    if (open == 0 || !text_ends(help, ")"))
        return (ost_text){0};
    return text_slice(help, open, help.len - open - 1);
}

option_line option_line_of(const option *one)
{
    ost_text help = text_of(one->help), given = option_default(one);
    size_t rest = given.len > 0 ? given.len + strlen(" ()") : 0;
    if (rest > help.len)
        rest = help.len; /* the default is all that it says */
    return (option_line){{text_slice(help, 0, help.len - rest),
                          text_of(option_repeats(one) ? "; repeatable" : ""),
                          text_slice(help, help.len - rest, rest)}};
}

void options_print(const option *options)
{
    for (; options->name != NULL; options++) {
        char left[80];
        ost_text argument = option_argument(options);
        option_line line = option_line_of(options);
        snprintf(left, sizeof left, "--%s%s%.*s", options->name, argument.len > 0 ? " " : "",
                 OST_FORMAT(argument));
        printf("  %-34s %.*s%.*s%.*s\n", left, OST_FORMAT(line.parts[0]), OST_FORMAT(line.parts[1]),
               OST_FORMAT(line.parts[2]));
        if (options->variable != NULL)
            printf("  %-34s [%s%s%s]\n", "", options->variable,
                   options->variable2 != NULL ? ", " : "",
                   options->variable2 != NULL ? options->variable2 : "");
    }
}
