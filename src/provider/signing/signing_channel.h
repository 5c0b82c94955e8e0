/* SPDX-License-Identifier: Apache-2.0 */
/* One socket to the signing process, for one question at a time. */
#ifndef SIGNING_CHANNEL_H
#define SIGNING_CHANNEL_H

#include <pthread.h>

#include "provider/signing/signing_message.h"

#define SIGNING_PATIENCE 5 /* seconds; the largest RSA key takes less */

typedef struct signing_channel {
    pthread_mutex_t lock; /* held for what follows */
    int fd;               /* -1: there is no process */
    uint64_t start;       /* which process it leads to */
    unsigned char packet[SIGNING_PACKET_MAX + 1];
} signing_channel;

/* With the lock held. The reply borrows from the channel. OST_E_CEILING: the question is too long;
 * OST_E_REMOTE: the process is gone, or does not answer as it should. */
OST_MUST_CHECK ost_result signing_channel_ask(signing_channel *channel,
                                              const signing_request *request,
                                              signing_reply *ret_reply);

#endif
