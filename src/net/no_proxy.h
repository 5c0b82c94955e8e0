/* SPDX-License-Identifier: Apache-2.0 */
/* Which hosts are reached without a proxy, as NO_PROXY lists them. */
#ifndef NO_PROXY_H
#define NO_PROXY_H

/* The list (NULL: an empty one) as libcurl is to be told of it for a URL with that port.
 * "id.example.org:8443", which Go and Python understand and libcurl never matches, is
 * "id.example.org" there if the port is that one, and is left out otherwise. NULL: out of memory;
 * for memory_free. */
char *no_proxy_for_port(const char *list, unsigned port);

#endif
