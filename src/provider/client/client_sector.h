/* SPDX-License-Identifier: Apache-2.0 */
/* Sectors that clients name when they register (OpenID Connect Registration §5): an address with
 * the redirect URIs that belong to it. It is a stranger's, and fetched as such (document_cache.h).
 */
#ifndef CLIENT_SECTOR_H
#define CLIENT_SECTOR_H

#include "provider/call/call.h"
#include "provider/client/document_kind.h"

extern const document_kind client_sector_kind;

#define CLIENT_SECTOR_REFUSED "sector_identifier_uri: there is no list with all redirect URIs"

/* Calls `next`, once what the address holds has been fetched anew; if that is not possible, the
 * call is refused by then. */
void client_sector_await(call *call, ost_text uri, void (*next)(struct call *call));

/* Whether it holds a list that has all of these. Never waits. */
bool client_sector_lists(call *call, ost_text uri, const ost_text *redirect_uris, size_t count);

#endif
