/* The inside of a JSON value, for the reader and the accessors alone. */
#ifndef JSON_VALUE_H
#define JSON_VALUE_H

#include <ostiary/json.h>

struct ost_json {
    ost_json *next;  /* the next sibling */
    ost_json *first; /* the first child of a container */
    ost_text name;   /* of a member; unescaped */
    ost_text source; /* the exact bytes */
    size_t count;    /* children */
    union {
        ost_text text;
        double number;
        bool boolean;
    } as;
    int64_t integer; /* the exact value, when is_integer */
    ost_json_type type;
    bool is_integer;
};

/* Both read at the first byte of their value and move *at behind it. The error is the caller's to
 * describe, at *at. */
ost_result json_scan_string(const char **at, const char *end, ost_arena *arena, ost_text *ret_text);
ost_result json_scan_number(const char **at, const char *end, ost_json *value);

#endif
