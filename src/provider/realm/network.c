/* SPDX-License-Identifier: Apache-2.0 */
/* Networks; see network.h. */
#include "provider/realm/network.h"

#include "base/text.h"

ost_text network_of(ost_text address)
{
    size_t at = 0;
    if (text_find(address, ':', 0) == address.len || text_starts(address, "::ffff:"))
        return address;
    for (int groups = 0; at < address.len; at++) {
        if (address.data[at] == ':' && ++groups == 4)
            break;
        if (at > 0 && address.data[at] == ':' && address.data[at - 1] == ':')
            break; /* shortened: what follows belongs to the end */
    }
    return text_slice(address, 0, at);
}
