/* SPDX-License-Identifier: Apache-2.0 */
/* Percent-encoding, RFC 3986 §2.1, and the fields of queries and forms that are written with it. */
#ifndef PERCENT_H
#define PERCENT_H

#include <ostiary/types.h>

#include "base/buffer.h"

/* The value of a hexadecimal digit, -1 for another character. */
int hex_digit(char c);

/* The byte that "%XX" at the beginning of `text` stands for; -1 when it is malformed or cut. */
int percent_byte(ost_text text);

/* RFC 3986 §3.1. */
bool uri_is_scheme(ost_text text);

/* "absolute-URI" of RFC 3986 §4.3, by its characters: a scheme, something behind it, no fragment,
 * and '%' with two hexadecimal digits alone. */
bool uri_is_absolute(ost_text text);

/* True when all of it is RFC 3986 unreserved characters. */
bool percent_is_unreserved(ost_text text);

/* What form encoding stands for ('+' is a blank, URL Standard §5.1), in `arena`. OST_E_FORMAT for a
 * malformed escape and for NUL, OST_E_MEMORY. Whether it is UTF-8 is the caller's to ask. */
OST_MUST_CHECK ost_result form_decode(ost_text encoded, ost_arena *arena, ost_text *ret_text);

/* Appends every byte but RFC 3986 unreserved characters as %XX. */
void percent_append(buffer *to, ost_text text);

/* The same into `arena`, ended by a NUL; its data is NULL when memory is lacking. */
ost_text percent_encode(ost_arena *arena, ost_text text);

/* Appends "name=value" to a URL, encoded, behind '?' or '&' as the URL needs it. */
void query_append(buffer *url, const char *name, ost_text value);

/* The same for the body of a form: no '?' comes in. */
void form_append(buffer *body, const char *name, ost_text value);

#endif
