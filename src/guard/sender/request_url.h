/* SPDX-License-Identifier: Apache-2.0 */
/* The URL of a request as a DPoP proof names it (RFC 9449 §4.2 htu). */
#ifndef REQUEST_URL_H
#define REQUEST_URL_H

#include <ostiary/types.h>

#define REQUEST_URL_MAX 8192

/* An absolute http or https URL in its normal form (RFC 3986 §6.2.2, §6.2.3), without query and
 * fragment: scheme and host in lower case, no default port, no dot segments, a path, and percent-
 * encoding for nothing but what may not stand in a path as it is. In the arena. OST_E_FORMAT: no
 * such URL, or one with a user name; OST_E_CEILING. */
OST_MUST_CHECK ost_result request_url_normalize(ost_text url, ost_arena *arena, ost_text *ret_url);

#endif
