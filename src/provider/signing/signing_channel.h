/* SPDX-License-Identifier: Apache-2.0 */
/* One socket to the signing process, for one packet of questions at a time. */
#ifndef SIGNING_CHANNEL_H
#define SIGNING_CHANNEL_H

#include <pthread.h>

#include "provider/signing/signing_message.h"

#define SIGNING_PATIENCE 5 /* seconds; the largest RSA key takes less */

typedef struct signing_channel {
    pthread_mutex_t lock; /* held for what follows */
    int fd;               /* -1: there is no process */
    uint64_t start;       /* which process it leads to */
    size_t len;           /* of the questions */
    unsigned count;       /* of the questions, and of the answers that have not been read */
    bool is_secret;       /* one of the questions */
    ost_text rest;        /* of the answers */
    unsigned char packet[SIGNING_PACKET_MAX + 1];
} signing_channel;

/* All with the lock held: begin, add the questions, ask, and read as many answers. */
void signing_channel_begin(signing_channel *channel);

/* OST_E_CEILING: the packet is full, or the question is too long for any. */
OST_MUST_CHECK ost_result signing_channel_add(signing_channel *channel,
                                              const signing_request *request);

/* OST_E_REMOTE: the process is gone, or does not answer as it should. */
OST_MUST_CHECK ost_result signing_channel_ask(signing_channel *channel);

/* The next answer, which borrows from the channel. OST_E_REMOTE likewise. */
OST_MUST_CHECK ost_result signing_channel_next(signing_channel *channel, signing_reply *ret_reply);

#endif
