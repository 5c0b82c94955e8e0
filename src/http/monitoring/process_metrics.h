/* SPDX-License-Identifier: Apache-2.0 */
/* The process as Linux sees it (proc(5)). */
#ifndef PROCESS_METRICS_H
#define PROCESS_METRICS_H

#include "base/buffer.h"

/* Memory, processor time, descriptors, start. What cannot be read is left out. */
void process_metrics_append(buffer *to);

#endif
