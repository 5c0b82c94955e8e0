/* SPDX-License-Identifier: Apache-2.0 */
/* See read_whole.h. */
#include "base/config/read_whole.h"

#include <errno.h>
#include <unistd.h>

ost_result read_whole(int fd, char *bytes, size_t max, size_t *ret_len)
{
    size_t len = 0;
    while (len <= max) {
        ssize_t count = read(fd, bytes + len, max + 1 - len);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return OST_E_SYSTEM;
        if (count == 0)
            break;
        len += (size_t)count;
    }
    if (len > max)
        return OST_E_CEILING;
    *ret_len = len;
    return OST_OK;
}
