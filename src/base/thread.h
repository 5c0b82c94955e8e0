/* SPDX-License-Identifier: Apache-2.0 */
/* Threads and signals. */
#ifndef THREAD_H
#define THREAD_H

#include <ostiary/types.h>
#include <pthread.h>

/* Starts a thread that receives none of the process's signals: those are for the program's own
 * threads. SIGPIPE is blocked too, so that writing to a closed socket or pipe is an error and no
 * more. `name`, of 15 characters at most, is what `top -H` shows. False: there are too many. */
OST_MUST_CHECK bool thread_start(pthread_t *ret_thread, const char *name, void *(*run)(void *data),
                                 void *data);

/* From now on that signal does nothing, unless the program has a handler for it. */
void signal_ignore(int number);

#endif
