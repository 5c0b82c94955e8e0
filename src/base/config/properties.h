/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a properties file, the form of Keycloak's keycloak.conf (java.util.Properties, in
 * UTF-8): "name=value", also with ':' or blanks between, '#' and '!' before comments, lines that go
 * on behind a backslash, the escapes \t \n \r \f \uXXXX. White space at the end of a value is part
 * of it, quotation marks are nothing special. */
#ifndef PROPERTIES_H
#define PROPERTIES_H

#include <ostiary/types.h>

typedef struct property {
    ost_text name, value; /* NUL-terminated, without another NUL */
    size_t line;          /* where it begins; from 1 */
} property;

typedef struct properties {
    char *at, *end;
    size_t line;
} properties;

/* Begins to read `len` bytes, which are changed in place; one byte more must be writable there.
 * OST_E_FORMAT: a NUL among them, or something that is not UTF-8. */
OST_MUST_CHECK ost_result properties_start(char *content, size_t len, properties *ret_properties,
                                           ost_error *error);

/* The next property, within the bytes that were given; *ret_found is false at the end.
 * OST_E_FORMAT: an escape that stands for no character; nothing more is to be read then. */
OST_MUST_CHECK ost_result properties_next(properties *properties, property *ret_property,
                                          bool *ret_found, ost_error *error);

#endif
