/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens by which the authentication channel is asked, and by which it answers. They look like
 * Keycloak's, so that channels which verify them by the realm's keys go on doing so; a claim of
 * their own keeps them from being access tokens here. */
#ifndef CHANNEL_TOKEN_H
#define CHANNEL_TOKEN_H

#include "provider/call/call.h"

/* For call->client, about a user: `id` (its jti) leads to the request that it is about. Refuses the
 * call with server_error. */
bool channel_token_make(call *call, ost_text id, ost_text user_id, int64_t expires,
                        ost_text *ret_token);

/* One that comes back: of this realm, for it, in time. *ret_id is its jti, *ret_client its azp.
 * OST_E_TOKEN_TYPE and its siblings: it is none. */
OST_MUST_CHECK ost_result channel_token_read(call *call, ost_text token, ost_text *ret_id,
                                             ost_text *ret_client);

#endif
