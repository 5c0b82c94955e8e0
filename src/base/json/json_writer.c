/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON: commas and colons come by themselves, errors stick until the end. */
#include "base/json/json_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error_sentence.h"
#include "base/json/json_value.h"
#include "base/text.h"

#define DEFAULT_CEILING ((size_t)1 << 20)
#define CEILING_MAX (SIZE_MAX / 4) /* no sum of two sizes can overflow */
#define FIRST_CAPACITY 512
#define MAX_DEPTH 64

struct ost_json_writer {
    ost_arena *arena;
    char *data;
    size_t len, capacity, ceiling;
    size_t depth;
    char closers[MAX_DEPTH]; /* the bracket that closes each open container */
    bool has_child[MAX_DEPTH];
    bool named; /* a name waits for its value */
    bool done;  /* one whole document has been written */
    ost_result failed;
};

ost_json_writer *ost_json_writer_new(ost_arena *arena, size_t ceiling)
{
    ost_json_writer *writer = ost_arena_alloc(arena, sizeof *writer);
    if (writer != NULL) {
        writer->arena = arena;
        writer->ceiling = ceiling == 0            ? DEFAULT_CEILING
                          : ceiling < CEILING_MAX ? ceiling
                                                  : CEILING_MAX;
    }
    return writer;
}

static void fail(ost_json_writer *writer, ost_result result)
{
    if (writer != NULL && writer->failed == OST_OK)
        writer->failed = result;
}

/* Room for `more` bytes and a NUL. */
static bool reserve(ost_json_writer *writer, size_t more)
{
    if (writer == NULL || writer->failed != OST_OK)
        return false;
    if (more > writer->ceiling - writer->len) {
        fail(writer, OST_E_CEILING);
        return false;
    }
    size_t needed = writer->len + more + 1;
    if (needed <= writer->capacity)
        return true;
    size_t capacity = writer->capacity > 0 ? writer->capacity * 2 : FIRST_CAPACITY;
    while (capacity < needed)
        capacity *= 2;
    if (capacity > writer->ceiling + 1)
        capacity = writer->ceiling + 1;
    char *data = ost_arena_alloc(writer->arena, capacity);
    if (data == NULL) {
        fail(writer, OST_E_MEMORY);
        return false;
    }
    if (writer->len > 0)
        memcpy(data, writer->data, writer->len);
    writer->data = data;
    writer->capacity = capacity;
    return true;
}

void json_writer_expect(ost_json_writer *writer, size_t len)
{
    (void)reserve(writer, len);
}

size_t json_writer_len(const ost_json_writer *writer)
{
    return writer->len;
}

static void put_bytes(ost_json_writer *writer, const char *data, size_t len)
{
    if (!reserve(writer, len))
        return;
    memcpy(writer->data + writer->len, data, len);
    writer->len += len;
}

/* Whatever stands between the value before and this one. */
static void begin_value(ost_json_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->depth == 0) {
        if (writer->done)
            fail(writer, OST_E_STATE);
        writer->done = true;
        return;
    }
    bool in_object = writer->closers[writer->depth - 1] == '}';
    if (in_object != writer->named)
        fail(writer, OST_E_STATE);
    if (!in_object && writer->has_child[writer->depth - 1])
        put_bytes(writer, ",", 1);
    writer->has_child[writer->depth - 1] = true;
    writer->named = false;
}

static void open_container(ost_json_writer *writer, char opener, char closer)
{
    begin_value(writer);
    if (writer == NULL || writer->depth == MAX_DEPTH) {
        fail(writer, OST_E_CEILING);
        return;
    }
    writer->closers[writer->depth] = closer;
    writer->has_child[writer->depth++] = false;
    put_bytes(writer, &opener, 1);
}

static void close_container(ost_json_writer *writer, char closer)
{
    if (writer == NULL || writer->depth == 0 || writer->closers[writer->depth - 1] != closer ||
        writer->named) {
        fail(writer, OST_E_STATE);
        return;
    }
    writer->depth--;
    put_bytes(writer, &closer, 1);
}

void ost_json_open_object(ost_json_writer *writer)
{
    open_container(writer, '{', '}');
}

void ost_json_close_object(ost_json_writer *writer)
{
    close_container(writer, '}');
}

void ost_json_open_array(ost_json_writer *writer)
{
    open_container(writer, '[', ']');
}

void ost_json_close_array(ost_json_writer *writer)
{
    close_container(writer, ']');
}

/* The escape of one byte that does not stand for itself. */
static const char *escape_of(unsigned char byte, char scratch[8])
{
    switch (byte) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        snprintf(scratch, 8, "\\u%04x", byte);
        return scratch;
    }
}

/* Where the next byte stands that is not written as it is; text.len: there is none. DEL is escaped
 * for terminals' sake. */
static size_t find_escaped(ost_text text, size_t from)
{
    static const bool escaped[256] = {
        [0 ... 0x1f] = true, ['"'] = true, ['\\'] = true, [0x7f] = true};
    while (from < text.len && !escaped[(unsigned char)text.data[from]])
        from++;
    return from;
}

static void put_quoted(ost_json_writer *writer, ost_text text)
{
    char scratch[8];
    if (!text_is_utf8(text))
        fail(writer, OST_E_UTF8);
    if (!reserve(writer, text.len < SIZE_MAX - 2 ? text.len + 2 : SIZE_MAX))
        return;
    put_bytes(writer, "\"", 1);
    for (size_t at = 0; at < text.len; at++) {
        size_t end = find_escaped(text, at);
        if (end > at)
            put_bytes(writer, text.data + at, end - at);
        at = end;
        if (at < text.len) {
            const char *escape = escape_of((unsigned char)text.data[at], scratch);
            put_bytes(writer, escape, strlen(escape));
        }
    }
    put_bytes(writer, "\"", 1);
}

void ost_json_put_name(ost_json_writer *writer, ost_text name)
{
    if (writer == NULL || writer->depth == 0 || writer->closers[writer->depth - 1] != '}' ||
        writer->named) {
        fail(writer, OST_E_STATE);
        return;
    }
    if (writer->has_child[writer->depth - 1])
        put_bytes(writer, ",", 1);
    put_quoted(writer, name);
    put_bytes(writer, ":", 1);
    writer->named = true;
}

void ost_json_put_text(ost_json_writer *writer, ost_text text)
{
    begin_value(writer);
    put_quoted(writer, text);
}

void ost_json_put_integer(ost_json_writer *writer, int64_t integer)
{
    char digits[24];
    begin_value(writer);
    put_bytes(writer, digits, (size_t)snprintf(digits, sizeof digits, "%" PRId64, integer));
}

void ost_json_put_number(ost_json_writer *writer, double number)
{
    char digits[JSON_NUMBER_SIZE];
    begin_value(writer);
    if (json_print_number(number, digits))
        put_bytes(writer, digits, strlen(digits));
    else
        fail(writer, OST_E_ARGUMENT);
}

void ost_json_put_boolean(ost_json_writer *writer, bool boolean)
{
    begin_value(writer);
    put_bytes(writer, boolean ? "true" : "false", boolean ? 4 : 5);
}

void ost_json_put_null(ost_json_writer *writer)
{
    begin_value(writer);
    put_bytes(writer, "null", 4);
}

void ost_json_put_value(ost_json_writer *writer, const ost_json *value)
{
    ost_text source = ost_json_source(value);
    if (value == NULL) {
        ost_json_put_null(writer);
        return;
    }
    begin_value(writer);
    put_bytes(writer, source.data, source.len);
}

void ost_json_member_text(ost_json_writer *writer, const char *name, ost_text text)
{
    ost_json_put_name(writer, text_of(name));
    ost_json_put_text(writer, text);
}

void ost_json_member_string(ost_json_writer *writer, const char *name, const char *text)
{
    ost_json_member_text(writer, name, text_of(text));
}

void ost_json_member_integer(ost_json_writer *writer, const char *name, int64_t integer)
{
    ost_json_put_name(writer, text_of(name));
    ost_json_put_integer(writer, integer);
}

void ost_json_member_boolean(ost_json_writer *writer, const char *name, bool boolean)
{
    ost_json_put_name(writer, text_of(name));
    ost_json_put_boolean(writer, boolean);
}

void ost_json_member_value(ost_json_writer *writer, const char *name, const ost_json *value)
{
    ost_json_put_name(writer, text_of(name));
    ost_json_put_value(writer, value);
}

ost_result ost_json_writer_finish(ost_json_writer *writer, ost_text *ret_text)
{
    if (writer == NULL)
        return OST_E_MEMORY;
    if (ret_text == NULL)
        return OST_E_ARGUMENT;
    if (writer->failed == OST_OK && (writer->depth > 0 || !writer->done))
        fail(writer, OST_E_STATE);
    if (!reserve(writer, 0))
        return writer->failed;
    writer->data[writer->len] = '\0';
    *ret_text = (ost_text){writer->data, writer->len};
    return OST_OK;
}

ost_result json_writer_read(ost_json_writer *writer, const ost_json_limits *limits,
                            const ost_json **ret_value, ost_error *error)
{
    ost_text text;
    ost_result result = ost_json_writer_finish(writer, &text);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    return ost_json_read(text, limits, writer->arena, ret_value, error);
}
