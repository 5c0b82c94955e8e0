/* SPDX-License-Identifier: Apache-2.0 */
/* See bell.h. */
#include "bell.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

bell *bell_new(void)
{
    bell *made = calloc(1, sizeof *made);
    if (made == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    atomic_init(&made->references, 2);
    made->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (made->fd >= 0)
        return made;
    PyErr_SetFromErrno(PyExc_OSError);
    free(made);
    return NULL;
}

void bell_unref(bell *b)
{
    if (b == NULL || atomic_fetch_sub(&b->references, 1) != 1)
        return;
    close(b->fd);
    free(b);
}

void bell_ring(void *user)
{
    bell *b = user;
    const uint64_t one = 1;
    atomic_store(&b->rung, true);
    (void)!write(b->fd, &one, sizeof one);
    bell_unref(b);
}

/* Signals are Python's to handle meanwhile. Every fetch ends, so that this does, too. */
PyObject *bell_block(const bell *b)
{
    while (b != NULL && !atomic_load(&b->rung)) {
        struct pollfd polled = {b->fd, POLLIN, 0};
        int ready;
        Py_BEGIN_ALLOW_THREADS ready = poll(&polled, 1, 1000);
        Py_END_ALLOW_THREADS if (ready < 0 &&
                                 errno != EINTR) return PyErr_SetFromErrno(PyExc_OSError);
        if (PyErr_CheckSignals() != 0)
            return NULL;
    }
    Py_RETURN_NONE;
}
