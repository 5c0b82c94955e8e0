/* SPDX-License-Identifier: Apache-2.0 */
/* One transfer of the client: everything it needs, copied. */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <curl/curl.h>

#include "base/buffer.h"
#include "net/net_message.h"
#include "net/net_trace.h"
#include "net/response_fields.h"

typedef struct transfer {
    struct transfer *next;
    CURL *easy;
    struct curl_slist *headers;
    char *body;
    size_t body_len;
    bool is_mail; /* whose recipient is among the headers */
    size_t sent;  /* of its body */
    buffer received;
    size_t header_bytes;
    response_fields fields;
    char problem[CURL_ERROR_SIZE];
    bool (*allows)(const struct sockaddr *address, void *user);
    bool refused; /* an address */
    void (*done)(const net_response *response, void *user);
    void *user;
    bool traced; /* it is part of a trace that is recorded */
    trace_span span;
    int64_t started_ns;
} transfer;

OST_MUST_CHECK ost_result transfer_new(const net_request *request,
                                       void (*done)(const net_response *response, void *user),
                                       void *user, transfer **ret_transfer, ost_error *error);
/* mail_transfer.c */
OST_MUST_CHECK ost_result transfer_new_mail(const net_mail *mail,
                                            void (*done)(const net_response *response, void *user),
                                            void *user, transfer **ret_transfer, ost_error *error);
/* What curl's code means for the caller. */
ost_result transfer_result(const transfer *t, CURLcode code);
/* Calls back. */
void transfer_report(transfer *t, ost_result result);
void transfer_free(transfer *t);

#endif
