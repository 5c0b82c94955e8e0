/* SPDX-License-Identifier: Apache-2.0 */
/* What a configuration may leave out: numbers in which 0 stands for the usual one, and strings that
 * are NULL then. */
#ifndef OR_DEFAULT_H
#define OR_DEFAULT_H

#include <stdbool.h>
#include <string.h>

#define OR_DEFAULT(given, usual) ((given) > 0 ? (given) : (usual))

/* NULL is the same as NULL alone. */
static inline bool same_string(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

#endif
