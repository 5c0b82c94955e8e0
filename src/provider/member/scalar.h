/* SPDX-License-Identifier: Apache-2.0 */
/* What a value that is no object and no array says where another type is meant, as Keycloak's
 * reader of JSON (Jackson) has it: scripts that read tables, and placeholders, leave numbers and
 * booleans where texts are meant, and texts where these are. */
#ifndef SCALAR_H
#define SCALAR_H

#include <ostiary/json.h>

/* True or false, in three spellings, or a whole number, of which 0 alone is false. */
bool scalar_boolean(const ost_json *value, bool *ret);

/* A number without its fraction, or the text of a whole one, of 32 bits unless it is `wide`. */
bool scalar_integer(const ost_json *value, bool wide, int64_t *ret);

/* A text, or the text of a number or a boolean. */
bool scalar_text(const ost_json *value, ost_text *ret);

/* A text that leaves a number or a boolean out: blanks, or "null". */
bool scalar_is_absent(const ost_json *value);

#endif
