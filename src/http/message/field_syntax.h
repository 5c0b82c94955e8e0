/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax that names, values and methods share in all versions: RFC 9110 §5.5, §5.6.2, §9.1. */
#ifndef FIELD_SYNTAX_H
#define FIELD_SYNTAX_H

#include "http/http.h"

/* The lower-case form of every byte that may stand in a token; 0 for the others. */
extern const unsigned char token_bytes[256];

/* The method of that name; HTTP_OTHER for any other token. */
http_method method_of(ost_text name);

/* True when `text` is a token (RFC 9110 §5.6.2). */
bool is_token(ost_text text);

/* True when no byte of `text` is a control character other than tab (RFC 9110 §5.5). */
bool is_field_value(ost_text text);

#endif
