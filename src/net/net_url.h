/* SPDX-License-Identifier: Apache-2.0 */
/* Which URLs may be fetched. */
#ifndef NET_URL_H
#define NET_URL_H

#include <ostiary/types.h>

/* OST_OK for https, and for http when the host is loopback (localhost, 127.0.0.0/8, ::1) or
 * `insecure_http` is set. OST_E_ARGUMENT for anything else, for what is not a URL, and for URLs
 * with a user name, a password, or a host that is not plain ASCII. OST_E_MEMORY: not found out. */
OST_MUST_CHECK ost_result net_url_check(ost_text url, bool insecure_http);

/* As net_url_check; *ret_far: it is https and not to this machine, so that a proxy may be asked. */
OST_MUST_CHECK ost_result net_url_read(ost_text url, bool insecure_http, bool *ret_far);

/* OST_OK for a proxy: http or https (http when nothing is said), a host, and perhaps a port, a name
 * and a password; OST_E_ARGUMENT for anything else; OST_E_MEMORY. */
OST_MUST_CHECK ost_result net_proxy_check(ost_text url);

#endif
