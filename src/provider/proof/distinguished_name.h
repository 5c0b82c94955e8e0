/* SPDX-License-Identifier: Apache-2.0 */
/* Distinguished names as text (RFC 4514), to be compared with those of certificates. */
#ifndef DISTINGUISHED_NAME_H
#define DISTINGUISHED_NAME_H

#include <openssl/types.h>

#include <ostiary/types.h>

#define DISTINGUISHED_NAME_MAX 1024 /* bytes of the text */

typedef struct distinguished_name distinguished_name;

/* Reads a name; spaces about its signs, keywords in any case, "OID.1.2.3" and the keywords that
 * Java writes are fine. In the arena. OST_E_FORMAT, OST_E_MEMORY. */
OST_MUST_CHECK ost_result distinguished_name_read(ost_text text, ost_arena *arena,
                                                  distinguished_name **ret_name);

/* True when the certificate's name has the same parts in the same order, each of the same
 * attributes, with the same characters. */
bool distinguished_name_is(const distinguished_name *name, const X509_NAME *of_certificate);

/* True when both have the same parts in the same order, in whatever case. */
bool distinguished_name_equals(const distinguished_name *a, const distinguished_name *b);

/* A certificate's name as Java's getSubjectDN writes it ("CN=a, O=b"), which patterns of Keycloak
 * are made for; in the arena. OST_E_FORMAT: it has what cannot be written so; OST_E_MEMORY. */
OST_MUST_CHECK ost_result distinguished_name_write(const X509_NAME *of_certificate,
                                                   ost_arena *arena, ost_text *ret_text);

#endif
