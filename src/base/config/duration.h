/* SPDX-License-Identifier: Apache-2.0 */
/* Durations as settings spell them. */
#ifndef DURATION_H
#define DURATION_H

#include <ostiary/types.h>

/* "90", "90s", "5m", "12h", "30d": seconds. False: it is none of these. */
OST_MUST_CHECK bool duration_read(ost_text text, uint64_t *ret_seconds);

#endif
