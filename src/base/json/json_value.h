/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of JSON values: what the reader, the accessors and the writer share. */
#ifndef JSON_VALUE_H
#define JSON_VALUE_H

#include <ostiary/json.h>

/* One cache line. Which member of `as` counts is told by the type. */
struct ost_json {
    ost_json *next;  /* the next sibling */
    ost_text name;   /* of a member; unescaped */
    ost_text source; /* the exact bytes */
    union {
        struct {
            ost_json *first;
            size_t count;
        } children;
        ost_text text;
        struct {
            double value;
            int64_t whole; /* the exact value, when is_whole */
        } number;
        bool boolean;
    } as;
    ost_json_type type;
    bool is_whole; /* a whole number within ±2^53 */
};

static inline bool json_is_container(const ost_json *value)
{
    return value != NULL && value->type >= OST_JSON_ARRAY;
}

/* Both read at the first byte of their value and move *at behind it. The error is the caller's to
 * describe, at *at. A number that is too long is OST_E_CEILING. */
ost_result json_scan_string(const char **at, const char *end, ost_arena *arena, ost_text *ret_text);
/* What is wrong with a string whose reading ended at `at` with `result`: "has no end". */
const char *json_string_fault(ost_result result, const char *at, const char *end);
ost_result json_scan_number(const char **at, const char *end, ost_json *value);

#define JSON_NUMBER_SIZE 32

/* The shortest of the usual forms that is read as the same number. False: it is not finite. */
bool json_print_number(double number, char ret[JSON_NUMBER_SIZE]);

/* Where a text begins in the one that errors are to speak of. */
typedef struct json_origin {
    size_t line;      /* from 1 */
    size_t byte;      /* from 0 */
    size_t column;    /* of its first byte, from 1 */
    const char *path; /* of its value, "users[3]"; then errors tell the path and column of what is
                         wrong, too. NULL: they do not */
} json_origin;

/* ost_json_read for a text that was cut out of a longer one. */
OST_MUST_CHECK ost_result json_read_part(ost_text text, json_origin origin,
                                         const ost_json_limits *limits, ost_arena *arena,
                                         const ost_json **ret_value, ost_error *error);

/* Whether two members of `object` have the same name. OST_E_MEMORY, OST_E_SYSTEM. */
ost_result json_find_duplicate(const ost_json *object, ost_arena *arena, bool *ret_found);

#endif
