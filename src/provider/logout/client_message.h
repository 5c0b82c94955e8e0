/* SPDX-License-Identifier: Apache-2.0 */
/* What a client is sent at an address of its own: a logout token, or that its user has answered. */
#ifndef CLIENT_MESSAGE_H
#define CLIENT_MESSAGE_H

#include "provider/call/realm_table.h"
#include "provider/logout/logout_client.h"
#include "store/session/store_logout.h"

/* In an arena. */
typedef struct client_message {
    const char *url;
    const char *type;          /* a header field, */
    const char *authorization; /* and another one; NULL: none */
    const char *body;
} client_message;

/* As logout_token_make. */
OST_MUST_CHECK ost_result client_message_log_out(const realm_entry *entry,
                                                 const realm_client *client,
                                                 const logout_client *wants,
                                                 const store_logout *logout,
                                                 const ost_context *context, ost_arena *arena,
                                                 client_message *ret_message);

/* CIBA Core §10.2. OST_E_NOT_FOUND: the client is no longer told. */
OST_MUST_CHECK ost_result client_message_notify(const realm_client *client,
                                                const store_logout *answered, ost_arena *arena,
                                                client_message *ret_message);

#endif
