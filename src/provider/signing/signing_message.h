/* SPDX-License-Identifier: Apache-2.0 */
/* What provider and signing process say to each other: one packet of a socket each, with one
 * request after the other, and with as many replies in the same order; in the byte order of the
 * machine, since both are one program. Whatever is not exactly that is refused. */
#ifndef SIGNING_MESSAGE_H
#define SIGNING_MESSAGE_H

#include <ostiary/jose.h>

#define SIGNING_PACKET_MAX ((size_t)80 << 10) /* a token that may be signed, and more */
#define SIGNING_CHANNELS 16                   /* at most */
#define SIGNING_TOGETHER 16                   /* requests in a packet, at most */

typedef enum signing_operation {
    SIGNING_ADD = 1, /* content: a private JWK, for `alg` */
    SIGNING_SIGN,    /* content: what is signed, a JWS without its signature (RFC 7515 §5.1) */
    SIGNING_DROP,    /* no content */
} signing_operation;

typedef struct signing_request {
    signing_operation operation;
    ost_alg alg;  /* of ADD and SIGN */
    uint32_t key; /* of SIGN and DROP: as ADD was answered */
    ost_text content;
} signing_request;

typedef struct signing_reply {
    ost_result result;
    uint32_t key;     /* of ADD */
    ost_text content; /* of SIGN: the signature */
} signing_reply;

/* Behind what stands in a packet, which has room for SIGNING_PACKET_MAX bytes. OST_E_CEILING: there
 * is no more room, also of a reply that has yet to be written; *len stays. */
OST_MUST_CHECK ost_result signing_request_add(const signing_request *request, unsigned char *packet,
                                              size_t *len);
OST_MUST_CHECK ost_result signing_reply_add(const signing_reply *reply, unsigned char *packet,
                                            size_t *len);

/* The first of what is left of a packet, which is then less by it. Borrow from the packet.
 * OST_E_FORMAT. */
OST_MUST_CHECK ost_result signing_request_next(ost_text *rest, signing_request *ret_request);
OST_MUST_CHECK ost_result signing_reply_next(ost_text *rest, signing_reply *ret_reply);

#endif
