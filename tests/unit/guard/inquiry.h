/* SPDX-License-Identifier: Apache-2.0 */
/* A guard that asks its issuer about opaque tokens, and whose clock the test holds. */
#ifndef INQUIRY_H
#define INQUIRY_H

#include "online.h"

extern const ost_introspection inquiry_by_secret;
extern _Atomic int64_t inquiry_now; /* seconds since the epoch */
extern const ost_context inquiry_context;

/* The set-up of a test: an issuer that says that every token is good. The end is online_end. */
int inquiry_start(void **state);

/* What the issuer says of a good token, and more, which begins with a comma, or "". */
const char *inquiry_good(online *o, const char *more);

/* A guard over the issuer of the test; what is empty is filled in. And: the guard of the test, once
 * it is ready. */
ost_guard *inquiry_guard(online *o, ost_issuer config);
void inquiry_begin(online *o, ost_introspection config);

/* Checks the token and waits for the answer. */
void inquiry_expect(online *o, const char *token, ost_result reason, int status);

int inquiry_questions(online *o);                /* that came to the issuer */
bool inquiry_asked(online *o, const char *part); /* in the last one of them */

#endif
