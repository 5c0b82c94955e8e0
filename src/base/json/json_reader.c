/* SPDX-License-Identifier: Apache-2.0 */
/* One strict reader of JSON (RFC 8259, I-JSON's RFC 7493 §2.3 on duplicate names) over an arena,
 * without recursion: depth costs a slot of a bounded stack. */
#include <stdarg.h>
#include <stdio.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/json/json_value.h"
#include "base/or_default.h"
#include "base/text.h"

#define DEFAULT_BYTES ((size_t)1 << 20)
#define DEFAULT_DEPTH 32
#define DEFAULT_VALUES 65536
#define VALUES_AT_ONCE 16

typedef struct reader {
    const char *start, *at, *end;
    json_origin origin;
    ost_arena *arena;
    ost_error *error;
    size_t values_left, max_depth, depth;
    ost_json *spare; /* values that were allocated, but not used yet */
    size_t spare_count;
    ost_json **open; /* the containers that are open, outermost first */
    ost_json *last;  /* the newest child of the innermost one */
} reader;

/* ---- where something is wrong ---- */

#define PATH_MAX_BYTES 160 /* of a path that is told; what is deeper is left out */

typedef struct shown_path {
    char text[PATH_MAX_BYTES];
    size_t len;
} shown_path;

static void path_add(shown_path *path, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void path_add(shown_path *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(path->text + path->len, sizeof path->text - path->len, format, arguments);
    va_end(arguments);
    if (len > 0)
        path->len += (size_t)len;
    if (path->len >= sizeof path->text)
        path->len = sizeof path->text - 1;
}

/* The newest child of an open container. */
static void path_step(shown_path *path, const ost_json *inside, const ost_json *child)
{
    if (inside->type == OST_JSON_ARRAY)
        path_add(path, "[%zu]", inside->as.children.count - 1);
    else
        path_add(path, "%s%.*s", path->len > 0 ? "." : "",
                 (int)(child->name.len < PATH_MAX_BYTES ? child->name.len : PATH_MAX_BYTES),
                 child->name.data);
}

/* The value that is being read, or the innermost container when it is between two. */
static void find_path(const reader *r, shown_path *path)
{
    *path = (shown_path){0};
    path_add(path, "%s", r->origin.path);
    for (size_t i = 1; i < r->depth; i++)
        path_step(path, r->open[i - 1], r->open[i]);
    if (r->depth > 0 && r->last != NULL && r->last->source.len == 0)
        path_step(path, r->open[r->depth - 1], r->last);
}

static ost_result fail(const reader *r, ost_result code, const char *what)
{
    size_t offset = r->origin.byte + (size_t)(r->at - r->start), line = r->origin.line;
    size_t column = r->origin.column;
    shown_path path;
    if (r->error == NULL)
        return code;
    for (const char *at = r->start; at < r->at; at++) {
        line += *at == '\n';
        column = *at == '\n' ? 1 : column + 1;
    }
    if (r->origin.path == NULL)
        return ost_error_set(r->error, code, "line %zu, byte %zu: %s", line, offset, what);
    find_path(r, &path);
    return ost_error_set(r->error, code, "line %zu, byte %zu: %s (column %zu%s%s)", line, offset,
                         what, column, path.len > 0 ? ", in " : "", path.text);
}

/* ---- reading ---- */

static void skip_space(reader *r)
{
    const char *at = r->at, *end = r->end;
    while (at < end && *at <= ' ' && ascii_is_space(*at)) /* mostly there is none */
        at++;
    r->at = at;
}

static bool at_byte(const reader *r, char byte)
{
    return r->at < r->end && *r->at == byte;
}

static ost_result refuse_duplicates(reader *r, const ost_json *object)
{
    bool found;
    ost_result result = json_find_duplicate(object, r->arena, &found);
    if (result != OST_OK)
        return fail(r, result, "the names of an object cannot be compared");
    return found ? fail(r, OST_E_JSON, "an object has two members of the same name") : OST_OK;
}

/* Several at a time, but not many more than the rest of the text can need. */
static ost_result more_values(reader *r)
{
    size_t count = (size_t)(r->end - r->at) / 2 + 1;
    if (r->values_left == 0)
        return fail(r, OST_E_CEILING, "too many values");
    if (count > VALUES_AT_ONCE)
        count = VALUES_AT_ONCE;
    if (count > r->values_left)
        count = r->values_left;
    r->spare = ost_arena_alloc(r->arena, count * sizeof *r->spare);
    if (r->spare == NULL)
        return fail(r, OST_E_MEMORY, "the document needs more memory than it may take");
    r->spare_count = count;
    r->values_left -= count;
    return OST_OK;
}

static ost_result fail_string(const reader *r, ost_result result, const char *kind)
{
    char sentence[96];
    snprintf(sentence, sizeof sentence, "the %s %s", kind,
             json_string_fault(result, r->at, r->end));
    return fail(r, result, sentence);
}

static ost_result read_name(reader *r, ost_text *ret_name)
{
    if (!at_byte(r, '"'))
        return fail(r, OST_E_JSON, "a member's name in quotes is expected");
    ost_result result = json_scan_string(&r->at, r->end, r->arena, ret_name);
    if (result != OST_OK)
        return fail_string(r, result, "name");
    skip_space(r);
    if (!at_byte(r, ':'))
        return fail(r, OST_E_JSON, "':' is expected");
    r->at++;
    skip_space(r);
    return OST_OK;
}

static ost_result read_literal(reader *r, ost_json *value)
{
    static const struct {
        ost_text word;
        ost_json_type type;
        bool boolean;
    } literals[] = {
        {OST_TEXT_INIT("true"), OST_JSON_BOOL, true},
        {OST_TEXT_INIT("false"), OST_JSON_BOOL, false},
        {OST_TEXT_INIT("null"), OST_JSON_NULL, false},
    };
    ost_text rest = {r->at, (size_t)(r->end - r->at)};
    for (size_t i = 0; i < ARRAY_LEN(literals); i++) {
        if (text_equal(text_slice(rest, 0, literals[i].word.len), literals[i].word)) {
            value->type = literals[i].type;
            value->as.boolean = literals[i].boolean;
            r->at += literals[i].word.len;
            return OST_OK;
        }
    }
    return fail(r, OST_E_JSON, "a value is expected");
}

static ost_result open_container(reader *r, ost_json *value)
{
    if (r->depth == r->max_depth)
        return fail(r, OST_E_CEILING, "nested too deeply");
    value->type = *r->at == '{' ? OST_JSON_OBJECT : OST_JSON_ARRAY;
    r->open[r->depth++] = value;
    r->last = NULL;
    r->at++;
    return OST_OK;
}

static ost_result read_scalar(reader *r, ost_json *value)
{
    ost_result result;
    char first = *r->at;
    if (first == '"') {
        value->type = OST_JSON_STRING;
        result = json_scan_string(&r->at, r->end, r->arena, &value->as.text);
        if (result != OST_OK)
            return fail_string(r, result, "string");
    } else if (first == '-' || ascii_is_digit(first)) {
        result = json_scan_number(&r->at, r->end, value);
        if (result != OST_OK)
            return fail(r, result,
                        result == OST_E_CEILING ? "the number is too long"
                                                : "the number is malformed or out of range");
    } else if ((result = read_literal(r, value)) != OST_OK) {
        return result;
    }
    value->source.len = (size_t)(r->at - value->source.data);
    return OST_OK;
}

/* One value, or the opening of one, as a child of the innermost open container. */
static ost_result read_value(reader *r, ost_json **ret_root)
{
    ost_json *parent = r->depth > 0 ? r->open[r->depth - 1] : NULL;
    ost_text name = {0};
    ost_result result = OST_OK;
    if (parent != NULL && parent->type == OST_JSON_OBJECT)
        result = read_name(r, &name);
    if (result == OST_OK && r->spare_count == 0)
        result = more_values(r);
    if (result != OST_OK)
        return result;
    ost_json *value = r->spare++;
    r->spare_count--;
    value->name = name;
    value->source.data = r->at;
    if (r->at == r->end)
        return fail(r, OST_E_JSON, "the document ends too early");
    if (parent == NULL)
        *ret_root = value;
    else if (r->last == NULL)
        parent->as.children.first = value;
    else
        r->last->next = value;
    if (parent != NULL)
        parent->as.children.count++;
    r->last = value;
    return *r->at == '{' || *r->at == '[' ? open_container(r, value) : read_scalar(r, value);
}

static ost_result close_container(reader *r)
{
    ost_json *value = r->open[r->depth - 1];
    r->at++;
    value->source.len = (size_t)(r->at - value->source.data);
    ost_result result = value->type == OST_JSON_OBJECT ? refuse_duplicates(r, value) : OST_OK;
    r->depth--;
    r->last = value;
    return result;
}

/* What follows a value or an opening bracket: the closing one, or the next value. */
static ost_result step(reader *r, ost_json **ret_root)
{
    const ost_json *inside = r->open[r->depth - 1];
    skip_space(r);
    if (at_byte(r, inside->type == OST_JSON_OBJECT ? '}' : ']'))
        return close_container(r);
    if (inside->as.children.first != NULL) {
        if (!at_byte(r, ','))
            return fail(r, OST_E_JSON, "',' or the closing bracket is expected");
        r->at++;
        skip_space(r);
    }
    return read_value(r, ret_root);
}

ost_result json_read_part(ost_text text, json_origin origin, const ost_json_limits *limits,
                          ost_arena *arena, const ost_json **ret_value, ost_error *error)
{
    ost_json_limits given = limits != NULL ? *limits : (ost_json_limits){0};
    size_t max_bytes = OR_DEFAULT(given.max_bytes, DEFAULT_BYTES);
    size_t max_depth = OR_DEFAULT(given.max_depth, DEFAULT_DEPTH);
    if (ret_value == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the value");
    if (text.len > max_bytes)
        return ost_error_set(error, OST_E_CEILING, "%zu bytes, where %zu are allowed", text.len,
                             max_bytes);
    if (text.len == 0)
        return ost_error_set(error, OST_E_JSON, "the document is empty");
    reader r = {
        .start = text.data,
        .at = text.data,
        .end = text.data + text.len,
        .origin = origin,
        .arena = arena,
        .error = error,
        .values_left = OR_DEFAULT(given.max_values, DEFAULT_VALUES),
        .max_depth = max_depth < text.len ? max_depth : text.len, /* each takes a byte */
    };
    ost_json *root = NULL;
    r.open = ost_arena_alloc(arena, r.max_depth * sizeof(ost_json *));
    if (r.open == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    skip_space(&r);
    ost_result result = read_value(&r, &root);
    while (result == OST_OK && r.depth > 0)
        result = step(&r, &root);
    if (result != OST_OK)
        return result;
    skip_space(&r);
    if (r.at != r.end)
        return fail(&r, OST_E_JSON, "something follows the document");
    *ret_value = root;
    return OST_OK;
}

ost_result ost_json_read(ost_text text, const ost_json_limits *limits, ost_arena *arena,
                         const ost_json **ret_value, ost_error *error)
{
    const json_origin origin = {.line = 1};
    return json_read_part(text, origin, limits, arena, ret_value, error);
}
