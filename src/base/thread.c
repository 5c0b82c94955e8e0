/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that have all signals blocked, and signals that do nothing. */
#include "base/thread.h"

#include <signal.h>

#include "base/array.h"

bool thread_start(pthread_t *ret_thread, const char *name, void *(*run)(void *data), void *data)
{
    static const int own_faults[] = {SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
                                     SIGABRT, SIGTRAP, SIGSYS, SIGPROF};
    sigset_t blocked, before;
    sigfillset(&blocked);
    for (size_t i = 0; i < ARRAY_LEN(own_faults); i++)
        sigdelset(&blocked, own_faults[i]);
    if (pthread_sigmask(SIG_BLOCK, &blocked, &before) != 0) /* a new thread inherits the mask */
        return false;
    int failed = pthread_create(ret_thread, NULL, run, data);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed == 0)
        pthread_setname_np(*ret_thread, name);
    return failed == 0;
}

void signal_ignore(int number)
{
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0 || action.sa_handler != SIG_DFL)
        return;
    action.sa_handler = SIG_IGN;
    sigaction(number, &action, NULL);
}
