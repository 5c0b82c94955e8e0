/* SPDX-License-Identifier: Apache-2.0 */
/* Where users are authenticated that a client asks for in the backchannel: a program of the
 * operator's, which is asked over HTTP as Keycloak asks its own, and answers at
 * "ext/ciba/auth/callback". */
#ifndef CIBA_CHANNEL_H
#define CIBA_CHANNEL_H

#include "provider/call/call.h"

#define CIBA_CHANNEL_TRANSFERS 256 /* at a time */
#define CIBA_CHANNEL_TIMEOUT 10000 /* milliseconds, for everything */
#define CIBA_CHANNEL_ANSWER_MAX 4096

typedef struct ciba_channel ciba_channel;

/* `uri`: http or https; `ca_file`: PEM of the authorities to trust; NULL: the system's.
 * OST_E_CONFIG: it is no such address. */
OST_MUST_CHECK ost_result ciba_channel_new(const char *uri, const char *ca_file,
                                           ciba_channel **ret_channel, ost_error *error);
/* Ends what is under way: those who wait go on, refused. NULL is fine. */
void ciba_channel_stop(ciba_channel *channel);
void ciba_channel_free(ciba_channel *channel); /* NULL is fine */

/* Sends the request with its bearer token, and goes on with `next` on the exchange's loop, once: by
 * then the call is refused unless the channel has taken it, which it says by 201. */
void ciba_channel_ask(call *call, ost_text token, ost_text body, void (*next)(struct call *call));

#endif
