/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses a browser that logs out is to load, so that its clients end their own sessions
 * there (OpenID Connect Front-Channel Logout 1.0 §2). */
#ifndef FRONT_CHANNEL_H
#define FRONT_CHANNEL_H

#include "provider/call/call.h"

#define FRONT_CHANNEL_MAX 32 /* addresses on one page; of further clients none is loaded */

typedef struct front_channel {
    ost_text names[FRONT_CHANNEL_MAX];   /* of the clients, for people */
    ost_text urls[FRONT_CHANNEL_MAX];    /* with iss and sid, where the client wants them */
    ost_text sources[FRONT_CHANNEL_MAX]; /* what a Content-Security-Policy has to let in for each */
    size_t count;
} front_channel;

/* Adds those of the clients that have a part in the session, before it ends. On the pool.
 * OST_E_STORE and the like: it is not known which they are. */
OST_MUST_CHECK ost_result front_channel_collect(call *call, ost_text session_id,
                                                front_channel *front);

/* The sources, separated by spaces, in the arena; only their origins where whole addresses would be
 * too long for a field. NULL: no memory, and the call is refused. */
const char *front_channel_sources(call *call, const front_channel *front);

#endif
