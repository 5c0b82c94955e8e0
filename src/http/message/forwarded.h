/* SPDX-License-Identifier: Apache-2.0 */
/* Who the client is, as a trusted proxy tells it: Forwarded (RFC 7239) and X-Forwarded-*. */
#ifndef FORWARDED_H
#define FORWARDED_H

#include "http/message/exchange.h"

/* Called for connections of trusted proxies only: sets the request's peer, secure and authority.
 * Returns NULL, or why the request is refused. */
OST_MUST_CHECK const char *forwarded_apply(http_exchange *exchange);

#endif
