/* SPDX-License-Identifier: Apache-2.0 */
/* The PROXY protocol, version 2: who the client of a TCP proxy is. */
#ifndef PROXY_PROTOCOL_H
#define PROXY_PROTOCOL_H

#include "http/message/address.h"

typedef enum proxy_state {
    PROXY_MORE,
    PROXY_DONE,
    PROXY_REFUSED,
} proxy_state;

typedef struct proxy_header {
    size_t size;      /* bytes that belong to it */
    bool has_address; /* false: the proxy speaks for itself (LOCAL), or the family is unknown */
    ip_address address;
    bool secure; /* the client speaks TLS with the proxy */
} proxy_header;

/* Reads the header at the beginning of `seen`. Headers over 4 KiB are refused. */
OST_MUST_CHECK proxy_state proxy_header_read(ost_text seen, proxy_header *ret_header);

#endif
