/* SPDX-License-Identifier: Apache-2.0 */
/* Logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.4) as Keycloak makes them. */
#ifndef LOGOUT_TOKEN_H
#define LOGOUT_TOKEN_H

#include "provider/call/realm_table.h"
#include "provider/logout/logout_client.h"
#include "store/session/store_logout.h"

#define LOGOUT_TOKEN_LIFESPAN 120 /* seconds: §2.4 asks for two minutes at most */

/* Says to the client that the session of `logout` is over; with a jti of its own each time. In the
 * arena. OST_E_KEY_UNKNOWN: the realm has no key of the algorithm of the client's ID tokens. */
OST_MUST_CHECK ost_result logout_token_make(const realm_entry *entry, const realm_client *client,
                                            const logout_client *wants, const store_logout *logout,
                                            const ost_context *context, ost_arena *arena,
                                            ost_text *ret_token);

#endif
