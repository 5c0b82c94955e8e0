/* SPDX-License-Identifier: Apache-2.0 */
/* Small files, pipes and devices, read to their end. */
#ifndef READ_WHOLE_H
#define READ_WHOLE_H

#include <ostiary/types.h>

/* At most `max` bytes into `bytes`, which has room for max + 1. OST_E_CEILING: there are more;
 * OST_E_SYSTEM: errno tells why. Any thread that may wait. */
OST_MUST_CHECK ost_result read_whole(int fd, char *bytes, size_t max, size_t *ret_len);

#endif
