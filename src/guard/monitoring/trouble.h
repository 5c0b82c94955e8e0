/* SPDX-License-Identifier: Apache-2.0 */
/* What an issuer's tokens depend on, part by part, for programs that say when it begins to fail and
 * when it works again. */
#ifndef TROUBLE_H
#define TROUBLE_H

#include <ostiary/guard.h>

#define TROUBLE_WHY 256

typedef enum guard_part {
    GUARD_KEYS, /* discovery and key set */
    GUARD_INTROSPECTION,
    GUARD_STATUS_LISTS,
    GUARD_PARTS,
} guard_part;

size_t guard_issuer_count(const ost_guard *guard);
const char *guard_issuer_name(const ost_guard *guard, size_t index);

/* Whether that part fails now, and the last error of it. False also for a part that is not used.
 * Any thread. */
bool guard_part_fails(const ost_guard *guard, size_t index, guard_part part,
                      char ret_why[TROUBLE_WHY]);

#endif
