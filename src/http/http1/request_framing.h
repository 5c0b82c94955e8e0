/* SPDX-License-Identifier: Apache-2.0 */
/* What the fields of a request head say about where the message ends and what becomes of the
 * connection. Used by request_head.c alone. */
#ifndef REQUEST_FRAMING_H
#define REQUEST_FRAMING_H

#include "http/http1/request_head_state.h"

/* Takes note of one field. False: refused, head->status and reason are set. */
OST_MUST_CHECK bool request_framing_note(request_head *head, http_field *field);

/* All fields are there: decides. False: refused. */
OST_MUST_CHECK bool request_framing_decide(request_head *head);

#endif
