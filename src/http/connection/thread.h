/* Starts the engine's threads. */
#ifndef THREAD_H
#define THREAD_H

#include <ostiary/types.h>
#include <pthread.h>

/* Starts a thread that receives none of the process's signals: those are for the program's own
 * threads. SIGPIPE is blocked too, so that writing to a closed socket is an error and no more. */
OST_MUST_CHECK bool thread_start(pthread_t *ret_thread, void *(*run)(void *data), void *data);

#endif
