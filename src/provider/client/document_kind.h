/* SPDX-License-Identifier: Apache-2.0 */
/* What is fetched for clients from addresses that they name, and what is made of it. */
#ifndef DOCUMENT_KIND_H
#define DOCUMENT_KIND_H

#include <ostiary/types.h>

/* All zero but for `accept` and `bytes_max`: https alone, JSON alone, kept as text. */
typedef struct document_kind {
    const char *accept; /* the header field that asks for it */
    size_t bytes_max;
    bool any_type;     /* whatever its content type */
    bool fleeting;     /* worth what it said when it was asked: always expired, never stale */
    bool private_http; /* plain http too, where the address is not public and allowed by name */
    unsigned burst;    /* fetches of one host in a row, */
    int64_t refill_ms; /* and another one after each of these; 0: BUDGET_BURST, BUDGET_REFILL_MS */
    /* What is kept instead of the text, on the client's thread; and one reference of it more, and
     * one less. NULL: the text. */
    ost_result (*read)(ost_text body, void **ret_value);
    void *(*hold)(void *value);
    void (*give)(void *value);
    const char *unread; /* the operator's sentence when it cannot be read */
} document_kind;

#endif
