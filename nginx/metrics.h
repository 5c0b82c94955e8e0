/* SPDX-License-Identifier: Apache-2.0 */
/* Several Prometheus texts as one. */
#ifndef OSTIARY_NGINX_METRICS_H
#define OSTIARY_NGINX_METRICS_H

#include "ostiary.h"

typedef struct ostiary_metrics_part {
    ost_text text;   /* as ost_guard_metrics wrote it */
    ost_text labels; /* name="value",… : what tells its samples from the others' */
} ostiary_metrics_part;

/* In the arena. Errors: OST_E_MEMORY, OST_E_CEILING. */
ost_result ostiary_metrics_merge(const ostiary_metrics_part *parts, size_t count, ost_arena *arena,
                                 ost_text *ret_text);

#endif
