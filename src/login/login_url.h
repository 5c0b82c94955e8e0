/* SPDX-License-Identifier: Apache-2.0 */
/* Which paths a browser may be sent back to after its login, and what a login may name as the
 * resource that its tokens are for. */
#ifndef LOGIN_URL_H
#define LOGIN_URL_H

#include <ostiary/types.h>

#define LOGIN_WANTED_MAX 2048 /* bytes of path and query that are remembered */

/* `wanted` when it is a path of the very origin that the browser is on, so that nobody is sent
 * elsewhere; else "/". Browsers read "//host", "/\host" and either of them with tabs or line ends
 * in between as another host. */
ost_text login_url_wanted(ost_text wanted);

#define LOGIN_RESOURCE_MAX 2048

/* "an absolute URI, as specified by Section 4.3 of RFC 3986 ... MUST NOT include a fragment
 * component" (RFC 8707 §2); of 2,048 bytes at most. */
bool login_url_is_resource(ost_text uri);

#endif
