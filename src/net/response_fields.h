/* SPDX-License-Identifier: Apache-2.0 */
/* What the fields of an answer say that its body does not: how long it may be kept, when to ask
 * again, how it is coded. */
#ifndef RESPONSE_FIELDS_H
#define RESPONSE_FIELDS_H

#include <ostiary/types.h>

#define FIELD_SECONDS_MAX ((long)1 << 31)

/* Seconds; -1: nothing was said. */
typedef struct response_fields {
    long max_age;     /* of Cache-Control (RFC 9111 §5.2.2.1) */
    long age;         /* RFC 9111 §5.1 */
    long retry_after; /* RFC 9110 §10.2.3 */
    char coding[32];  /* the last of Content-Encoding, printable; empty: none */
} response_fields;

void response_fields_init(response_fields *fields);

/* Reads one line of the head, with or without its line break. A status line starts over: what was
 * before it belongs to an interim response. `now` is in seconds since the epoch. */
void response_fields_read(response_fields *fields, ost_text line, int64_t now);

/* For how many seconds the answer is new from when it came (RFC 9111 §4.2.3); -1: it does not say.
 */
long response_fields_freshness(const response_fields *fields);

#endif
