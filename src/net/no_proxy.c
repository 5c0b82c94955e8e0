/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts without a proxy; see no_proxy.h. */
#include "net/no_proxy.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"

#define SEPARATORS ", \t" /* libcurl's */

/* "host:port" or "[::1]:port"; an IPv6 address by itself has colons of its own. */
static bool entry_split(ost_text entry, ost_text *ret_host, uint64_t *ret_port)
{
    size_t end = text_find(entry, ']', 0), colon = end < entry.len ? end + 1 : 0;
    if (colon == 0 && text_count(entry, ':') == 1)
        colon = text_find(entry, ':', 0);
    if (colon == 0 || colon >= entry.len || entry.data[colon] != ':' ||
        !text_to_unsigned(text_slice(entry, colon + 1, entry.len), 65535, ret_port))
        return false;
    *ret_host = text_slice(entry, 0, colon);
    return true;
}

/* libcurl compares addresses without their brackets. */
static ost_text host_bare(ost_text host)
{
    bool bracketed = text_starts(host, "[") && text_ends(host, "]");
    return bracketed ? text_slice(host, 1, host.len - 2) : host;
}

char *no_proxy_for_port(const char *list, unsigned port)
{
    const char *at = list != NULL ? list : "";
    char *told = memory_alloc(strlen(at) + 1);
    size_t len = 0;
    uint64_t its;
    if (told == NULL)
        return NULL;
    for (at += strspn(at, SEPARATORS); at[0] != '\0'; at += strspn(at, SEPARATORS)) {
        ost_text entry = {at, strcspn(at, SEPARATORS)}, host = entry;
        at += entry.len;
        if (entry_split(entry, &host, &its) && its != port)
            continue;
        host = host_bare(host);
        if (len > 0)
            told[len++] = ',';
        memcpy(told + len, host.data, host.len);
        len += host.len;
    }
    return told;
}
