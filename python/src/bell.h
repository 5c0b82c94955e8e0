/* SPDX-License-Identifier: Apache-2.0 */
/* A bell: a file descriptor that a thread of the library makes readable, once, without the
 * interpreter. An event loop watches it, or a thread polls it. */
#ifndef OSTIARY_PYTHON_BELL_H
#define OSTIARY_PYTHON_BELL_H

#include "core.h"

typedef struct bell {
    atomic_int references;
    atomic_bool rung;
    int fd;
} bell;

/* Two hold it: who rings, and who listens. NULL: an exception is set. */
bell *bell_new(void);
/* Gives up the reference of who rings. Any thread, without the GIL. */
void bell_ring(void *bell);
void bell_unref(bell *bell); /* NULL is fine */
/* Waits in this thread, while Python handles signals; NULL: an exception is set. */
PyObject *bell_block(const bell *bell);

#endif
