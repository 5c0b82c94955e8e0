/* SPDX-License-Identifier: Apache-2.0 */
/* Names of protocol mappers; see mapper_type.h. */
#include "provider/proof/mapper_type.h"

#include <stddef.h>
#include <string.h>

#define NAME(type, name) [type] = (name),
static const char *const names[MAPPER_TYPES] = {MAPPER_NAMES(NAME)};

mapper_type mapper_type_of(const char *name)
{
    for (mapper_type type = MAPPER_UNKNOWN + 1; type < MAPPER_TYPES; type++) {
        if (strcmp(name, names[type]) == 0)
            return type;
    }
    return MAPPER_UNKNOWN;
}
