/* Starts the engine's threads with signals blocked. */
#include "http/connection/thread.h"

#include "base/array.h"

#include <signal.h>

bool thread_start(pthread_t *ret_thread, void *(*run)(void *data), void *data)
{
    static const int own_faults[] = {SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
                                     SIGABRT, SIGTRAP, SIGSYS, SIGPROF};
    sigset_t blocked, before;
    sigfillset(&blocked);
    for (size_t i = 0; i < ARRAY_LEN(own_faults); i++)
        sigdelset(&blocked, own_faults[i]);
    pthread_sigmask(SIG_BLOCK, &blocked, &before); /* a new thread inherits the mask */
    int failed = pthread_create(ret_thread, NULL, run, data);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0;
}
