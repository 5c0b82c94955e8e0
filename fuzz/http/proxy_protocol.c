/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a PROXY protocol header: what is accepted lies within the input, and every shorter
 * beginning of it is incomplete. */
#include "http/connection/proxy_protocol.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    proxy_header header, again;
    ost_text seen = {(const char *)data, size};
    if (proxy_header_read(seen, &header) != PROXY_DONE)
        return 0;
    if (header.size > size)
        abort();
    for (size_t len = 0; len < header.size; len++)
        if (proxy_header_read((ost_text){seen.data, len}, &again) != PROXY_MORE)
            abort();
    return 0;
}
