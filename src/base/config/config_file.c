/* SPDX-License-Identifier: Apache-2.0 */
/* Reads files of settings; see config_file.h. */
#include "base/config/config_file.h"
#include "base/ascii.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/config/expression.h"
#include "base/config/properties.h"
#include "base/config/read_whole.h"
#include "base/json/json_file.h"
#include "base/json/other_format.h"
#include "base/shown.h"
#include "base/text.h"

#define KEYCLOAK_PREFIX "KC_"
#define NAME_SHOWN 48

typedef struct reading {
    const config_file_rules *rules;
    const char *path;
    ost_arena *arena;
    option_values *values;
    unsigned char ranks[ARRAY_LEN(((option_values *)NULL)->file)]; /* of values->file */
    bool others_may_read;
    ost_error *error;
} reading;

static ost_result failed(const reading *r, ost_result code, const char *what)
{
    return ost_error_set(r->error, code, "%s: %s", r->path, what);
}

static ost_result failed_at(const reading *r, const property *line, const char *what)
{
    return ost_error_set(r->error, OST_E_CONFIG, "%s, line %zu: %s", r->path, line->line, what);
}

/* ---- whose name it is ---- */

/* "hostname-url" is KC_HOSTNAME_URL. */
static bool is_variable(ost_text name, const char *variable)
{
    const size_t prefix = sizeof KEYCLOAK_PREFIX - 1;
    if (variable == NULL || strncmp(variable, KEYCLOAK_PREFIX, prefix) != 0 ||
        strlen(variable) != prefix + name.len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        char as_variable = c == '-' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : '\0';
        if (ascii_is_digit(c))
            as_variable = c;
        if (variable[prefix + i] != as_variable)
            return false;
    }
    return true;
}

/* What has no variable belongs to the command line, and the file's own name makes no sense in it.
 */
static bool is_setting(const option *at)
{
    return at->variable != NULL && strcmp(at->name, "config-file") != 0;
}

/* *ret_older: it has the older name of the option's variable, which counts for less. */
static const option *find_setting(const option *options, ost_text name, bool *ret_older)
{
    for (; options->name != NULL; options++) {
        if (!is_setting(options))
            continue;
        *ret_older = is_variable(name, options->variable2);
        if (*ret_older || text_is(name, options->name) || is_variable(name, options->variable))
            return options;
    }
    return NULL;
}

static ost_result refuse_name(const reading *r, const property *line)
{
    if (text_starts(line->name, "{"))
        return failed_at(r, line, "this is JSON, and settings are lines of name=value");
    const option *nearest = options_nearest(r->values->options, line->name);
    if (nearest != NULL && is_setting(nearest))
        return ost_error_set(r->error, OST_E_CONFIG,
                             "%s, line %zu: there is no setting %.*s; did you mean %s?", r->path,
                             line->line, SHOWN(line->name, NAME_SHOWN), nearest->name);
    return ost_error_set(r->error, OST_E_CONFIG, "%s, line %zu: there is no setting %.*s", r->path,
                         line->line, SHOWN(line->name, NAME_SHOWN));
}

/* ---- what it says ---- */

/* As in Keycloak's files, and not in silence. */
static void tell_second(const reading *r, const option *setting, size_t first, const property *line)
{
    const char *sentence =
        r->rules->say != NULL
            ? ost_arena_format(r->arena,
                               "%s, line %zu: %s was set in line %zu, too; the last one counts",
                               r->path, line->line, setting->name, first)
            : NULL;
    if (sentence != NULL)
        r->rules->say(r->rules->user, sentence);
}

/* Of the same rank, lines of one name are values of it, where there may be several; a higher rank
 * takes the place of others. */
static ost_result setting_add(reading *r, const option *setting, unsigned char rank,
                              const char *value, const property *line)
{
    option_values *values = r->values;
    size_t kept = 0;
    for (size_t i = 0; i < values->file_count; i++) {
        bool same = values->file[i].option == setting;
        if (same && r->ranks[i] > rank)
            return OST_OK;
        if (same && r->ranks[i] < rank)
            continue;
        if (same && !option_repeats(setting)) {
            tell_second(r, setting, values->file[i].line, line);
            continue;
        }
        r->ranks[kept] = r->ranks[i];
        values->file[kept++] = values->file[i];
    }
    values->file_count = kept;
    if (kept == ARRAY_LEN(values->file))
        return failed_at(r, line, "too many settings");
    r->ranks[kept] = rank;
    values->file[values->file_count++] = (option_value){setting, value, line->line};
    return OST_OK;
}

static ost_result check_value(const reading *r, const option *setting, const char *value,
                              const property *line)
{
    if (setting->argument == NULL && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
        return failed_at(r, line, "the value is neither true nor false");
    if (setting->argument == NULL || strcmp(setting->argument, OPTION_SECRET) != 0 ||
        !r->others_may_read || r->rules->say == NULL)
        return OST_OK;
    const char *sentence = ost_arena_format(r->arena,
                                            "%s, line %zu: a secret in a file that others may "
                                            "read; %s-file names one that they may not",
                                            r->path, line->line, setting->name);
    if (sentence != NULL)
        r->rules->say(r->rules->user, sentence);
    return OST_OK;
}

/* "%PROFILE." before a name; false: another profile's. */
static bool take_profile(const reading *r, ost_text *name, bool *ret_profile)
{
    *ret_profile = text_starts(*name, "%");
    if (!*ret_profile)
        return true;
    size_t dot = text_find(*name, '.', 0);
    ost_text profile = text_slice(*name, 1, dot - 1);
    *name = text_slice(*name, dot + 1, name->len);
    return r->rules->profile != NULL && text_is(profile, r->rules->profile);
}

static ost_result read_line(reading *r, property line)
{
    bool older = false, for_profile;
    bool counts = take_profile(r, &line.name, &for_profile);
    const option *setting = find_setting(r->values->options, line.name, &older);
    ost_error inner = {0};
    const char *value;
    if (setting == NULL) {
        bool (*is_let_pass)(ost_text, ost_text) = r->rules->is_let_pass;
        return is_let_pass != NULL && is_let_pass(line.name, line.value) ? OST_OK
                                                                         : refuse_name(r, &line);
    }
    if (!counts || line.value.len == 0)
        return OST_OK;
    ost_result result = expression_expand(line.value, r->arena, &value, &inner);
    if (result != OST_OK)
        return failed_at(r, &line, inner.detail);
    result = check_value(r, setting, value, &line);
    return result == OST_OK
               ? setting_add(r, setting, (unsigned char)(2 * for_profile + !older), value, &line)
               : result;
}

/* ---- the file ---- */

static ost_result read_content(reading *r, int file, char *content, size_t *ret_len)
{
    ost_result result = read_whole(file, content, CONFIG_FILE_BYTES_MAX, ret_len);
    if (result == OST_E_CEILING)
        return failed(r, OST_E_CONFIG, "too long for a file of settings");
    return result == OST_OK ? OST_OK : failed(r, result, strerror(errno));
}

static ost_result read_lines(reading *r, int file)
{
    properties lines;
    property line;
    size_t len = 0;
    bool found = true;
    ost_error inner = {0};
    char *content = ost_arena_alloc(r->arena, CONFIG_FILE_BYTES_MAX + 1);
    if (content == NULL)
        return failed(r, OST_E_MEMORY, "out of memory");
    ost_result result = read_content(r, file, content, &len);
    if (result != OST_OK)
        return result;
    ost_text text = {content, len}, behind = text_behind_mark(text);
    result = properties_start(content + (len - behind.len), behind.len, &lines, &inner);
    if (result != OST_OK) {
        const char *other = other_format(text_slice(text, 0, OTHER_FORMAT_BYTES));
        return failed(r, OST_E_CONFIG, other != NULL ? other : inner.detail);
    }
    while (result == OST_OK && found) {
        result = properties_next(&lines, &line, &found, &inner);
        if (result == OST_OK && found) {
            result = read_line(r, line);
            if (result != OST_OK)
                return result;
        }
    }
    return result == OST_OK ? OST_OK : failed(r, OST_E_CONFIG, inner.detail);
}

ost_result config_file_read(const config_file_rules *rules, ost_arena *arena, option_values *values,
                            ost_error *error)
{
    const char *named = options_get(values, "config-file");
    option_values read = *values;
    reading r = {.rules = rules,
                 .path = named != NULL ? named : rules->path,
                 .arena = arena,
                 .values = &read,
                 .error = error};
    struct stat status;
    if (r.path == NULL)
        return OST_OK;
    int file = open(r.path, O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT && named == NULL)
        return OST_OK;
    if (file < 0)
        return failed(&r, OST_E_SYSTEM, strerror(errno));
    r.others_may_read = fstat(file, &status) == 0 && (status.st_mode & S_IROTH) != 0;
    read.file_path = r.path;
    ost_result result = read_lines(&r, file);
    close(file);
    if (result == OST_OK)
        *values = read;
    return result;
}
