/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of what requests, tokens and configurations say. Of bytes alone: nothing here is nginx's,
 * so that they are fuzzed as they are (fuzz/nginx). */
#ifndef OSTIARY_NGINX_READER_H
#define OSTIARY_NGINX_READER_H

#include <ostiary/jose.h>

/* One Cookie field: "name=value; other=value". The value of the last cookie of that name, which is
 * part of the field; `count` is raised by how many there are. */
void ostiary_cookie_find(ost_text field, ost_text name, ost_text *ret_value, size_t *count);

/* DER of a certificate in PEM, which may be percent-encoded (nginx's $ssl_client_escaped_cert); the
 * first of several. `room` has as many bytes as the text, and takes it. False: it is none. */
bool ostiary_certificate_read(ost_text text, unsigned char *room, ost_text *ret_der);

/* "a.b": the member of a member; "/a/b": a JSON pointer (RFC 6901), at most 8 steps of 256 bytes
 * each. NULL: not there, or no such path. */
const ost_json *ostiary_claim_find(const ost_json *claims, ost_text path);

#endif
