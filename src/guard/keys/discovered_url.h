/* SPDX-License-Identifier: Apache-2.0 */
/* URLs that a discovery document names. */
#ifndef DISCOVERED_URL_H
#define DISCOVERED_URL_H

#include <ostiary/types.h>

/* As net_url_check; and where the document itself, fetched from `from`, came by https, what it
 * names is https too (unless insecure_http): plain http would be a service of this machine's own,
 * and a provider elsewhere has no business there. OST_E_ARGUMENT, OST_E_MEMORY. */
OST_MUST_CHECK ost_result discovered_url_check(const char *from, ost_text url, bool insecure_http);

#endif
