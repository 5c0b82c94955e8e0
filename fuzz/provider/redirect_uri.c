/* SPDX-License-Identifier: Apache-2.0 */
/* A registered URI and one that is presented, separated by a line end: whatever is allowed has the
 * scheme, host and port that were registered. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provider/realm/realm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char registered[512];
    ost_text both = {(const char *)data, size};
    size_t end = text_find(both, '\n', 0);
    ost_text uri = text_slice(both, end + 1, size);
    if (!text_to_string(text_slice(both, 0, end), registered, sizeof registered) ||
        strlen(registered) != end)
        return 0;
    const char *const list[] = {registered, NULL};
    const realm_client client = {.redirect_uris = list};
    if (!realm_redirect_allowed(&client, uri) || text_is(uri, registered))
        return 0;
    /* Only a wildcard lets something else in, and never another origin. */
    size_t authority = 0;
    for (int slashes = 0; authority < end && slashes < 3; authority++)
        slashes += registered[authority] == '/';
    if (registered[end - 1] != '*' || uri.len + 1 < authority ||
        memcmp(uri.data, registered, authority - 1) != 0)
        abort();
    return 0;
}
