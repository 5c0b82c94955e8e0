/* Small things about URLs that the login needs: parameters to append, and which paths a browser may
 * be sent back to. */
#ifndef LOGIN_URL_H
#define LOGIN_URL_H

#include "buffer.h"

#define LOGIN_WANTED_MAX 2048 /* bytes of path and query that are remembered */

/* Appends every byte but RFC 3986 unreserved characters as %XX. */
void login_url_encode(buffer *to, ost_text text);

/* Appends "name=value", encoded, behind '?' or '&' as `to` needs it. */
void login_url_parameter(buffer *to, const char *name, ost_text value);

/* The same for a form body: no '?' comes in. */
void login_url_field(buffer *to, const char *name, ost_text value);

/* `wanted` when it is a path of the very origin that the browser is on, so that nobody is sent
 * elsewhere; else "/". Browsers read "//host", "/\host" and either of them with tabs or line ends
 * in between as another host. */
ost_text login_url_wanted(ost_text wanted);

#endif
