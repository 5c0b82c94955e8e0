/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to requests that may not pass: JSON for programs, a page for people. One place, one
 * table: the guard's verdict says what. */
#ifndef REFUSE_H
#define REFUSE_H

#include "app/request.h"

/* Answers by the request's verdict: status, WWW-Authenticate, Retry-After, {"detail": …}; the
 * operator's log line gets the explanation. */
void refuse_by_verdict(ost_request *request);

/* The same as a page, for a person who navigates; `hint` is one more sentence, or NULL. */
void refuse_with_page(ost_request *request, const char *title, const char *hint);

#endif
