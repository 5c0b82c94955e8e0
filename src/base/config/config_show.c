/* SPDX-License-Identifier: Apache-2.0 */
/* Tells settings and their origins; see config_show.h. */
#include "base/config/config_show.h"

#include <stdio.h>
#include <string.h>

#include <ostiary/json.h>

#include "base/array.h"
#include "base/error_sentence.h"
#include "base/text.h"

#define MASK "**********"
#define JSON_MAX ((size_t)4 << 20)

typedef struct shown_setting {
    const option *option;
    option_origin origin;
} shown_setting;

static bool is_secret(const option *at)
{
    return at->argument != NULL && strcmp(at->argument, OPTION_SECRET) == 0;
}

/* "http://user:password@host" without the password. */
static const char *hide_password(const char *value, ost_arena *arena)
{
    const char *scheme = strstr(value, "://");
    const char *host = scheme != NULL ? strrchr(scheme + 3, '@') : NULL;
    const char *colon = host != NULL ? memchr(scheme + 3, ':', (size_t)(host - scheme - 3)) : NULL;
    if (colon == NULL)
        return value;
    const char *hidden =
        ost_arena_format(arena, "%.*s" MASK "%s", (int)(colon + 1 - value), value, host);
    return hidden != NULL ? hidden : MASK;
}

/* Where a value ends that is named by what stands before it, in a URL or a list of parameters. */
static bool is_end(char c)
{
    return c == '\0' || strchr("&;,# \t", c) != NULL;
}

static bool names_secret(ost_text name)
{
    static const ost_text words[] = {
        {"password", 8}, {"passwd", 6}, {"pwd", 3}, {"secret", 6}, {"token", 5}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        size_t len = words[i].len;
        if (name.len >= len &&
            text_equal_ignoring_case(text_slice(name, name.len - len, len), words[i]))
            return true;
    }
    return false;
}

/* "?password=…" without the password; also where nobody understands the rest. */
static const char *hide_parameters(const char *value, ost_arena *arena)
{
    for (const char *at = value; (at = strchr(at, '=')) != NULL;) {
        const char *name = at, *end = ++at;
        while (name > value && !is_end(name[-1]) && name[-1] != '?')
            name--;
        while (!is_end(*end))
            end++;
        if (!names_secret((ost_text){name, (size_t)(at - 1 - name)}))
            continue;
        const char *hidden =
            ost_arena_format(arena, "%.*s" MASK "%s", (int)(at - value), value, end);
        if (hidden == NULL)
            return MASK;
        at = hidden + (at - value) + sizeof MASK - 1;
        value = hidden;
    }
    return value;
}

static const char *choose_value(const shown_setting *s, const char *value, ost_arena *arena)
{
    if (s->origin.source == OPTION_IS_DEFAULT) {
        ost_text text = option_default(s->option);
        if (text.len == 0)
            return s->option->argument == NULL ? "false" : NULL;
        return ost_arena_copy(arena, text);
    }
    if (is_secret(s->option))
        return MASK;
    if (s->option->argument == NULL)
        return strcmp(value, "0") == 0 || strcmp(value, "false") == 0 ? "false" : "true";
    return hide_parameters(hide_password(value, arena), arena);
}

/* What to show, whoever wrote it; NULL: there is no value and no default, or no memory. */
static const char *value_of(const shown_setting *s, const char *value, ost_arena *arena)
{
    const char *chosen = choose_value(s, value, arena);
    char *printable = chosen != NULL ? ost_arena_copy(arena, text_of(chosen)) : NULL;
    if (printable != NULL)
        text_make_printable(printable, strlen(printable));
    return printable;
}

static const char *const source_names[] = {"default", "command line", "environment", "file"};

static void print_line(const shown_setting *s, const char *value, const option_values *values,
                       ost_arena *arena)
{
    const char *shown = value_of(s, value, arena);
    printf("%s\t%s\t", s->option->name, shown != NULL ? shown : "");
    if (s->origin.source == OPTION_IS_VARIABLE)
        printf("environment %s\n", s->origin.variable);
    else if (s->origin.source == OPTION_IS_IN_FILE)
        printf("%s, line %zu\n", values->file_path, s->origin.line);
    else
        puts(source_names[s->origin.source]);
}

static void print_lines(const shown_setting *s, const option_values *values, ost_arena *arena)
{
    const char *value = options_nth(values, s->option->name, 0);
    print_line(s, value, values, arena);
    for (size_t n = 1; (value = options_nth(values, s->option->name, n)) != NULL; n++)
        print_line(s, value, values, arena);
}

static void put_value(ost_json_writer *writer, const char *value)
{
    if (value != NULL)
        ost_json_put_text(writer, text_of(value));
    else
        ost_json_put_null(writer);
}

static void write_value(ost_json_writer *writer, const shown_setting *s,
                        const option_values *values, ost_arena *arena)
{
    const char *value = value_of(s, s->origin.value, arena);
    ost_json_put_name(writer, OST_TEXT("value"));
    if (s->option->argument == NULL && value != NULL)
        ost_json_put_boolean(writer, strcmp(value, "true") == 0);
    else
        put_value(writer, value);
    if (!option_repeats(s->option))
        return;
    ost_json_put_name(writer, OST_TEXT("values"));
    ost_json_open_array(writer);
    for (size_t n = 0; (value = options_nth(values, s->option->name, n)) != NULL; n++)
        put_value(writer, value_of(s, value, arena));
    ost_json_close_array(writer);
}

static void write_member(ost_json_writer *writer, const shown_setting *s,
                         const option_values *values, ost_arena *arena)
{
    ost_json_put_name(writer, text_of(s->option->name));
    ost_json_open_object(writer);
    write_value(writer, s, values, arena);
    ost_json_member_string(writer, "source", source_names[s->origin.source]);
    if (s->origin.source == OPTION_IS_VARIABLE)
        ost_json_member_string(writer, "variable", s->origin.variable);
    if (s->origin.source == OPTION_IS_IN_FILE) {
        ost_json_member_string(writer, "file", values->file_path);
        ost_json_member_integer(writer, "line", (int64_t)s->origin.line);
    }
    ost_json_close_object(writer);
}

ost_result config_show(const option_values *values, bool json, ost_arena *arena, ost_error *error)
{
    ost_text document;
    ost_json_writer *writer = json ? ost_json_writer_new(arena, JSON_MAX) : NULL;
    ost_json_open_object(writer);
    for (const option *at = values->options; at->name != NULL; at++) {
        if (at->variable == NULL)
            continue;
        shown_setting s = {at, options_origin(values, at->name)};
        if (json)
            write_member(writer, &s, values, arena);
        else
            print_lines(&s, values, arena);
    }
    ost_json_close_object(writer);
    if (!json)
        return OST_OK;
    ost_result result = ost_json_writer_finish(writer, &document);
    if (result == OST_OK)
        printf("%.*s\n", OST_FORMAT(document));
    return error_set_sentence(error, result);
}
