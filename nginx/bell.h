/* SPDX-License-Identifier: Apache-2.0 */
/* How a request waits: it is suspended, the guard's thread writes to an eventfd, and the worker's
 * event loop resumes it. However many requests wait for the same, the guard is asked to call once.
 */
#ifndef OSTIARY_NGINX_BELL_H
#define OSTIARY_NGINX_BELL_H

#include "ostiary.h"

#include <stdatomic.h>

/* Begins in this process; NGX_ERROR after having said why. */
ngx_int_t ostiary_bell_open(ngx_cycle_t *cycle);
/* After every guard has ended, so that nobody calls any more. */
void ostiary_bell_close(void);

/* Has the request resumed when what its verdict waits for has come, or in time. NGX_DECLINED: there
 * is nothing to wait for, check again; NGX_ERROR: no memory. */
ngx_int_t ostiary_wait_join(ostiary_record *record, ost_guard *guard);
/* The request no longer waits, or is about to be gone. */
void ostiary_wait_leave(ostiary_record *record);

#endif
