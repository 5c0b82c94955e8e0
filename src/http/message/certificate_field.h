/* SPDX-License-Identifier: Apache-2.0 */
/* Clients' certificates in header fields, as proxies that have ended their TLS pass them on. */
#ifndef CERTIFICATE_FIELD_H
#define CERTIFICATE_FIELD_H

#include <ostiary/types.h>

/* True for names that programs take for such a field, in any case and with underscores for hyphens:
 * `configured` (NULL: none), Client-Cert and Client-Cert-Chain (RFC 9440), X-Forwarded-Client-Cert,
 * X-SSL-Client-Cert and their like. */
bool certificate_field_is_one(ost_text name, const char *configured);

/* The DER of the one certificate in the value of field `name`, which is in lower case. By name:
 * client-cert holds a byte sequence (RFC 9440 §2.2), x-forwarded-client-cert Envoy's list, of a
 * single element, with Cert="…"; others PEM, URL-encoded or not (nginx's
 * $ssl_client_escaped_cert). In the arena. OST_E_FORMAT, OST_E_MEMORY. */
OST_MUST_CHECK ost_result certificate_field_read(const char *name, ost_text value, ost_arena *arena,
                                                 ost_text *ret_der);

/* The same of a value that is base64 and nothing else, as HAProxy's ssl_c_der,base64. */
OST_MUST_CHECK ost_result certificate_field_read_base64(ost_text value, ost_arena *arena,
                                                        ost_text *ret_der);

#endif
