/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the Prometheus text format (version 0.0.4). */
#ifndef METRICS_TEXT_H
#define METRICS_TEXT_H

#include "base/buffer.h"

/* HELP and TYPE. Every sample of the metric must follow before the next head. */
void metrics_head(buffer *b, const char *name, const char *type, const char *help);

/* One sample of an issuer. `labels` come before its name, and end with a comma or are empty. */
void metrics_sample(buffer *b, const char *name, const char *labels, const char *issuer,
                    long long value);

#endif
