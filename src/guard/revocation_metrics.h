/* SPDX-License-Identifier: Apache-2.0 */
/* What is told about revocations. */
#ifndef REVOCATION_METRICS_H
#define REVOCATION_METRICS_H

#include "base/buffer.h"
#include "guard/guard_state.h"

void revocation_metrics(buffer *b, const ost_guard *guard);

#endif
