/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts that are this machine; see loopback.h. */
#include "base/loopback.h"

#include "base/text.h"

static bool is_loopback_v4(ost_text host)
{
    ost_text rest = host, piece;
    uint64_t number, first = 0;
    size_t count = 0;
    while (text_next(&rest, '.', &piece)) {
        if (!text_to_unsigned(piece, 255, &number))
            return false;
        first = count++ == 0 ? number : first;
    }
    return count == 4 && first == 127 && !text_ends(host, ".");
}

bool host_is_loopback(ost_text host)
{
    return text_equal_ignoring_case(host, OST_TEXT("localhost")) || text_is(host, "[::1]") ||
           is_loopback_v4(host);
}
