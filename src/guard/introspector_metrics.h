/* SPDX-License-Identifier: Apache-2.0 */
/* What is told about the introspectors of a guard. */
#ifndef INTROSPECTOR_METRICS_H
#define INTROSPECTOR_METRICS_H

#include <ostiary/json.h>

#include "base/buffer.h"
#include "guard/guard_state.h"

/* Nothing when no issuer has one. */
void introspector_metrics(buffer *b, const ost_guard *guard);

/* The member "introspection" of an issuer's description: {"endpoint" (whether it is known),
 * "failures" (in a row), "failing" (seconds), "last_error" (both absent when all is well)}. Nothing
 * when it is off. */
void introspector_describe(introspector *in, ost_json_writer *writer);

#endif
