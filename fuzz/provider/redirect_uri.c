/* SPDX-License-Identifier: Apache-2.0 */
/* A registered URI and one that is presented, separated by a line end: whatever is allowed has the
 * scheme, host and port that were registered, but for the port of a loopback address without one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/realm/realm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Only a wildcard lets something else in, and never another origin. */
static bool is_expected(const char *registered, ost_text uri)
{
    size_t end = strlen(registered), authority = 0;
    if (text_is(uri, registered))
        return true;
    for (int slashes = 0; authority < end && slashes < 3; authority++)
        slashes += registered[authority] == '/';
    return registered[end - 1] == '*' && uri.len + 1 >= authority &&
           memcmp(uri.data, registered, authority - 1) == 0;
}

/* The URI without the port behind a loopback address (RFC 8252 §7.3), which may be any. */
static ost_text without_loopback_port(ost_text uri, char *made, size_t size)
{
    static const char *const hosts[] = {"http://127.0.0.1:", "http://[::1]:", "http://localhost:"};
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        size_t port = strlen(hosts[i]), end = port;
        if (!text_starts(uri, hosts[i]))
            continue;
        while (end < uri.len && uri.data[end] >= '0' && uri.data[end] <= '9')
            end++;
        int len = snprintf(made, size, "%.*s%.*s", (int)port - 1, hosts[i], (int)(uri.len - end),
                           uri.data + end);
        return end > port && len > 0 && (size_t)len < size ? (ost_text){made, (size_t)len} : uri;
    }
    return uri;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char registered[512], made[4096];
    ost_text both = {(const char *)data, size};
    size_t end = text_find(both, '\n', 0);
    ost_text uri = text_slice(both, end + 1, size);
    if (!text_to_string(text_slice(both, 0, end), registered, sizeof registered) ||
        strlen(registered) != end)
        return 0;
    const char *const list[] = {registered, NULL};
    const realm_client client = {.redirect_uris = list};
    if (!realm_redirect_allowed(&client, uri))
        return 0;
    if (end == 0 || (!is_expected(registered, uri) &&
                     !is_expected(registered, without_loopback_port(uri, made, sizeof made))))
        abort();
    return 0;
}
