/* SPDX-License-Identifier: Apache-2.0 */
/* A guard's numbers as Prometheus text. */
#ifndef METRICS_OF_H
#define METRICS_OF_H

#include "guard/guard_numbers.h"

/* Of the guard are the names of the issuers. In the arena. OST_E_MEMORY, OST_E_CEILING. */
OST_MUST_CHECK ost_result metrics_of(const ost_guard *guard, const guard_numbers *numbers,
                                     ost_arena *arena, ost_text *ret_text);

#endif
