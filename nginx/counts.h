/* SPDX-License-Identifier: Apache-2.0 */
/* What the workers have counted, all of them together. Each writes to slots of its own in the zone,
 * one for each guard, once a second: no request waits for another worker. What ended workers
 * counted is kept, so that a sum never goes down while the zone is there. */
#ifndef OSTIARY_NGINX_COUNTS_H
#define OSTIARY_NGINX_COUNTS_H

#include "zone.h"

/* Begins in this worker. */
void ostiary_counts_begin(const ostiary_main_conf *all, ngx_log_t *log);
/* The worker ends, and its guards are stopped. */
void ostiary_counts_end(const ostiary_main_conf *all, ngx_log_t *log);
/* The metrics of one guard of all workers; of this one alone, where nothing is shared. In the
 * arena. Errors: OST_E_MEMORY, OST_E_CEILING. */
ost_result ostiary_counts_tell(ostiary_guard *guard, ngx_log_t *log, ost_arena *arena,
                               ost_text *ret_text);

#endif
