/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a URL: whoever may be fetched over http is this machine, by every reading of it. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "net/net.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* The host between the slashes and the next delimiter, as a simple reader takes it. */
static ost_text simple_host(ost_text url)
{
    size_t from = text_find(url, ':', 0) + 3, to = from;
    while (to < url.len && strchr("/?#", url.data[to]) == NULL)
        to++;
    return text_slice(url, from, to - from);
}

static void check_safe_http(ost_text url)
{
    ost_text host = simple_host(url);
    check(memchr(host.data, '@', host.len) == NULL);
    for (size_t i = 0; i < url.len; i++)
        check((unsigned char)url.data[i] > 0x20 && url.data[i] != 0x7f);
    bool named = host.len >= 9 && strncasecmp(host.data, "localhost", 9) == 0 &&
                 (host.len == 9 || host.data[9] == ':');
    check(named || (host.len > 0 && strchr("0123456789[", host.data[0]) != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ost_text url = {(const char *)data, size};
    bool safe = net_url_check(url, false) == OST_OK;
    bool allowed = net_url_check(url, true) == OST_OK;
    check(allowed || !safe);
    if (!allowed)
        return 0;
    check(size < 4096 && memchr(data, '\0', size) == NULL);
    bool http = strncasecmp(url.data, "http://", 7) == 0;
    check(http || strncasecmp(url.data, "https://", 8) == 0);
    check(http || safe);
    if (safe && http)
        check_safe_http(url);
    return 0;
}
