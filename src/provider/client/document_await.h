/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that wait for what a client publishes. */
#ifndef DOCUMENT_AWAIT_H
#define DOCUMENT_AWAIT_H

#include "provider/call/call.h"
#include "provider/client/document_cache.h"

typedef struct document_wish {
    document_cache *cache;
    ost_text url;
    const char *blocks; /* addresses that are not public and may be asked; NULL: no memory */
    const char *what;   /* for the log: "client keys". What a stranger's server does is the
                           operator's to know: who asks would learn what our network reaches. */
    void (*failed)(call *call, ost_result result); /* NULL: nothing more is to be done then */
} document_wish;

/* Fetches it while the call waits, and goes on by `next`, whatever has come of it; at once when
 * memory runs out. */
void document_await(call *call, const document_wish *wish, void (*next)(struct call *call));

/* Addresses that are not public and may be asked for what clients publish (document_cache_fetch);
 * NULL: no memory, and the call is refused. */
const char *document_addresses(call *call);

#endif
