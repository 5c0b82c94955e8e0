/* SPDX-License-Identifier: Apache-2.0 */
/* Something that a program depends on, and that may fail and recover: its store, an issuer, an
 * endpoint. One line when it begins to fail and one when it works again, however often it is looked
 * at; what comes and goes all the time gets a few lines and then one in ten seconds at most. */
#ifndef OUTAGE_H
#define OUTAGE_H

#include "http/log/log_sink.h"

/* Zeroed, it works. One thread at a time. */
typedef struct outage {
    bool told;           /* the log says that it fails */
    int64_t since_ms;    /* monotonic: when that began; 0: it works */
    unsigned used;       /* lines of the burst that are used up */
    int64_t refilled_ms; /* when one of them was given back */
} outage;

/* How it is now: `fault` says what is wrong; NULL: nothing. Says what has to be said, about `what`
 * ("the store"). Call it about once a second, also when nothing has changed. */
void outage_update(outage *outage, log_sink *log, const char *what, const char *fault,
                   int64_t now_ms);

#endif
