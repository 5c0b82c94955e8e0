/* SPDX-License-Identifier: Apache-2.0 */
/* Strict JSON (RFC 8259) in bounded memory: one reader, whose values live in an arena, and one
 * writer. Stricter than the RFC where it allows a choice: duplicate names, invalid UTF-8, lone
 * surrogates, \u0000 and numbers outside the double range are refused; so are numbers of more than
 * 400 characters (OST_E_CEILING). Numbers too small for a double are read as 0. */
#ifndef OSTIARY_JSON_H
#define OSTIARY_JSON_H

#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a value is. */
typedef enum ost_json_type {
    OST_JSON_NULL,
    OST_JSON_BOOL,
    OST_JSON_NUMBER,
    OST_JSON_STRING,
    OST_JSON_ARRAY,
    OST_JSON_OBJECT,
} ost_json_type;

/* One value of a document. Immutable; lives as long as its arena, and borrows from the text that
 * was read, which must live as long. */
typedef struct ost_json ost_json;

/* Ceilings of one reading; a zero takes the default named beside it. */
typedef struct ost_json_limits {
    size_t max_bytes;  /* 1 MiB */
    size_t max_depth;  /* 32 containers inside each other */
    size_t max_values; /* 65,536 values in all */
} ost_json_limits;

/* Reads one whole document; anything but white space after it is an error. `limits` may be NULL.
 * Errors: OST_E_JSON, OST_E_UTF8 (detail: line from 1, byte offset from 0), OST_E_CEILING,
 * OST_E_MEMORY (the arena's ceiling included), OST_E_SYSTEM (no randomness to be had). Any thread,
 * one arena per thread. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_json_read(ost_text text, const ost_json_limits *limits,
                                                   ost_arena *arena, const ost_json **ret_value,
                                                   ost_error *error);

/* All accessors take NULL for `value` and then answer as for "not there". */
OST_PUBLIC ost_json_type ost_json_type_of(const ost_json *value);       /* NULL: OST_JSON_NULL */
OST_PUBLIC bool ost_json_is(const ost_json *value, ost_json_type type); /* NULL: false */

/* The member of an object by exact name; NULL when absent or not an object. */
OST_PUBLIC const ost_json *ost_json_get(const ost_json *object, const char *name);
OST_PUBLIC const ost_json *ost_json_get_text(const ost_json *object, ost_text name);

/* Number of elements or members; 0 for anything else. */
OST_PUBLIC size_t ost_json_count(const ost_json *value);

/* Iteration: the first child of an array or object, and the next sibling; NULL at the end.
 * Constant time each. */
OST_PUBLIC const ost_json *ost_json_first(const ost_json *container);
OST_PUBLIC const ost_json *ost_json_next(const ost_json *value);

/* The name of a member reached by iteration or get; empty for others. */
OST_PUBLIC ost_text ost_json_name(const ost_json *member);

/* Scalars: true and *ret set when the value is of that type (and, for integers, a whole number
 * within ±2^53: 7, 7.0 and 70e-1 are 7); false and *ret untouched otherwise. Text is unescaped
 * UTF-8. */
OST_PUBLIC OST_MUST_CHECK bool ost_json_text(const ost_json *value, ost_text *ret_text);
OST_PUBLIC OST_MUST_CHECK bool ost_json_integer(const ost_json *value, int64_t *ret_integer);
OST_PUBLIC OST_MUST_CHECK bool ost_json_number(const ost_json *value, double *ret_number);
OST_PUBLIC OST_MUST_CHECK bool ost_json_boolean(const ost_json *value, bool *ret_boolean);

/* True when the value is a string equal to `text`. */
OST_PUBLIC bool ost_json_equals(const ost_json *value, ost_text text);

/* The exact bytes of the value in the document that was read. */
OST_PUBLIC ost_text ost_json_source(const ost_json *value);

/* Writes one document into memory of its own, up to a ceiling. Commas and colons come by
 * themselves. Errors stick: check once, at ost_json_writer_finish. Not thread-safe. */
typedef struct ost_json_writer ost_json_writer;

/* A writer into `arena`, for at most `ceiling` bytes of text (0: 1 MiB). NULL: out of memory. */
OST_PUBLIC OST_MUST_CHECK ost_json_writer *ost_json_writer_new(ost_arena *arena, size_t ceiling);
OST_PUBLIC void ost_json_open_object(ost_json_writer *writer);
OST_PUBLIC void ost_json_close_object(ost_json_writer *writer);
OST_PUBLIC void ost_json_open_array(ost_json_writer *writer);
OST_PUBLIC void ost_json_close_array(ost_json_writer *writer);
OST_PUBLIC void ost_json_put_name(ost_json_writer *writer, ost_text name);
OST_PUBLIC void ost_json_put_text(ost_json_writer *writer, ost_text text);
OST_PUBLIC void ost_json_put_integer(ost_json_writer *writer, int64_t integer);
OST_PUBLIC void ost_json_put_number(ost_json_writer *writer, double number);
OST_PUBLIC void ost_json_put_boolean(ost_json_writer *writer, bool boolean);
OST_PUBLIC void ost_json_put_null(ost_json_writer *writer);
OST_PUBLIC void ost_json_put_value(ost_json_writer *writer, const ost_json *value); /* a copy */

/* Short forms for an object's members. */
OST_PUBLIC void ost_json_member_text(ost_json_writer *writer, const char *name, ost_text text);
OST_PUBLIC void ost_json_member_string(ost_json_writer *writer, const char *name, const char *text);
OST_PUBLIC void ost_json_member_integer(ost_json_writer *writer, const char *name, int64_t integer);
OST_PUBLIC void ost_json_member_boolean(ost_json_writer *writer, const char *name, bool boolean);
OST_PUBLIC void ost_json_member_value(ost_json_writer *writer, const char *name,
                                      const ost_json *value);

/* The document, NUL-terminated, in the writer's arena. Errors: OST_E_STATE (unbalanced),
 * OST_E_UTF8 (a text was not UTF-8), OST_E_ARGUMENT (a number was not finite), OST_E_CEILING,
 * OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_json_writer_finish(ost_json_writer *writer,
                                                            ost_text *ret_text);

#ifdef __cplusplus
}
#endif

#endif
