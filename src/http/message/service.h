/* SPDX-License-Identifier: Apache-2.0 */
/* What the exchanges of a server have in common: decided when it is made, read only while it
 * serves. */
#ifndef SERVICE_H
#define SERVICE_H

#include "http/http.h"
#include "http/message/address.h"
#include "http/message/router.h"

typedef struct http_service {
    http_limits limits;
    router *router;
    http_handler fallback;
    void *fallback_user;
    void (*log)(const http_log_entry *entry, void *user);
    void *log_user;
    const struct trace_sampler *sampler;
    void (*traced)(const http_log_entry *entry, void *user);
    void *traced_user;
    http_field *headers;
    size_t header_count;
    ost_text header_lines; /* the same, as they go over the wire in HTTP/1.1 */
    address_block *trusted;
    size_t trusted_count;
    const char *client_certificate_field;   /* in lower case; NULL: none */
    struct client_authorities *authorities; /* of clients; NULL: nobody vouches for them */
    bool client_certificate_base64;
    void (*together)(void *const *users, size_t count);
    http_pool *pool; /* of http_defer; NULL once the server has ended */
} http_service;

#endif
