/* SPDX-License-Identifier: Apache-2.0 */
/* How often strangers may make the provider ask a host. Guarded by its owner's lock. */
#ifndef DOCUMENT_BUDGET_H
#define DOCUMENT_BUDGET_H

#include <ostiary/types.h>

#define BUDGET_HOSTS                                                                               \
    512                 /* that are remembered; beyond, those that were asked least recently go    \
                         */
#define BUDGET_BURST 10 /* fetches of one host in a row, */
#define BUDGET_REFILL_MS 6000 /* and another one after each of these */

typedef struct document_budget {
    struct budget_host {
        char name[256];
        unsigned left;
        int64_t counted; /* milliseconds: when `left` was right */
    } hosts[BUDGET_HOSTS];
    size_t count;
    unsigned burst;    /* instead of BUDGET_BURST, */
    int64_t refill_ms; /* and of BUDGET_REFILL_MS; 0: no others */
} document_budget;

/* Takes one fetch of the host's budget; false: it is used up. */
bool document_budget_take(document_budget *budget, ost_text host, int64_t now_ms);

#endif
