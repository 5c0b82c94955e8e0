/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a client, brought along or published at its jwks_uri (RFC 7591 §2). */
#ifndef CLIENT_KEYS_H
#define CLIENT_KEYS_H

#include "provider/call/call.h"
#include "provider/client/document_kind.h"

#define CLIENT_KEYS_BYTES_MAX ((size_t)64 << 10)
#define CLIENT_KEYS_WAIT 10 /* seconds from one fetch until an unknown kid brings about another */

/* For the cache of those that are published. */
extern const document_kind client_keys_kind;

/* The set, as long as the call; NULL: there is none, or it is not at hand. Never waits. */
const client_key_set *client_keys(call *call, const realm_client *client);

/* Would client_keys_await have to wait? Any thread. */
bool client_keys_are_due(call *call, const realm_client *client);

/* Goes on with `next`, on the exchange's loop, once client_keys can answer: at once, unless the set
 * has to be fetched. A JWT of the form whose kid the set does not know has it fetched again. */
void client_keys_await(call *call, const realm_client *client, void (*next)(struct call *call));

/* The same of what somebody else publishes, an issuer that the realm trusts: the set, and waiting
 * for it because of a token. */
const client_key_set *client_keys_published(call *call, const char *url);
void client_keys_await_published(call *call, const char *url, ost_text token,
                                 void (*next)(struct call *call));

#endif
