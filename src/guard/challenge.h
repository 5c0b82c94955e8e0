/* SPDX-License-Identifier: Apache-2.0 */
/* One WWW-Authenticate value: challenges of the schemes Bearer (RFC 6750 §3) and DPoP (RFC 9449
 * §7.1), put together in place (RFC 9110 §11.6.1): no memory is taken until it is whole. */
#ifndef CHALLENGE_H
#define CHALLENGE_H

#include <ostiary/types.h>

#define CHALLENGE_MAX 2048

typedef struct challenge {
    char text[CHALLENGE_MAX];
    size_t len;
    bool bare; /* the scheme has no parameter yet */
} challenge;

/* Begins with scheme Bearer and the realm. */
void challenge_begin(challenge *c, const char *realm);

/* Begins with nothing, for challenge_scheme. */
void challenge_clear(challenge *c);

/* Begins the first challenge, or another one, and its realm. */
void challenge_scheme(challenge *c, const char *scheme, const char *realm);

/* A parameter with a quoted string; left out as a whole when there is no room for it. Nothing in
 * `value` ends the string or the header field: other than printable ASCII becomes '?'. */
void challenge_add(challenge *c, const char *name, ost_text value);

/* As above with the narrower alphabet of `error_description` and `scope` (RFC 6750 §3): no quotes
 * and no backslashes. */
void challenge_add_plain(challenge *c, const char *name, ost_text value);

/* The same with the entries of a NULL-terminated list, separated by spaces; nothing when the list
 * is NULL or empty. */
void challenge_add_list(challenge *c, const char *name, const char *const *list);

/* Quoted, as RFC 9470 §3 shows it. */
void challenge_add_number(challenge *c, const char *name, unsigned value);

/* A copy in the arena; `fallback` when there is no room left in it. */
ost_text challenge_end(const challenge *c, ost_arena *arena, ost_text fallback);

#endif
