/* SPDX-License-Identifier: Apache-2.0 */
/* What is told about the status lists of a guard's issuers. */
#ifndef STATUS_METRICS_H
#define STATUS_METRICS_H

#include <ostiary/json.h>

#include "base/buffer.h"
#include "guard/guard_state.h"

/* Nothing when no issuer has any. */
void status_metrics(buffer *b, const ost_guard *guard);

/* The member "status_lists" of an issuer's description: {"lists", "failing" (seconds), "last_error"
 * (both absent when all is well)}. Nothing when they are off. */
void status_describe(status_lists *all, int64_t now, ost_json_writer *writer);

#endif
