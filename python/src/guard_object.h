/* SPDX-License-Identifier: Apache-2.0 */
/* The object of guard.c, and the methods that are in files of their own. */
#ifndef OSTIARY_PYTHON_GUARD_OBJECT_H
#define OSTIARY_PYTHON_GUARD_OBJECT_H

#include "core.h"

#include <pthread.h>

typedef struct guard_object guard_object;
struct guard_object {
    PyObject_HEAD _Atomic(keeper *)
        kept;            /* NULL until it is opened; from then on there always is one */
    atomic_bool opening; /* or open: one call of __init__ that is under way, or has succeeded */
    atomic_bool closed;
    pthread_mutex_t lock; /* of one thread that makes another keeper, after a fork */
    guard_config *config;
    guard_object *next, **link; /* in the list of all */
};

/* This process's. NULL: an exception is set. Borrowed from the object. */
keeper *guard_keeper(guard_object *self);

extern const char guard_verify_doc[], guard_check_doc[];

/* ---- guard_check.c ---- */
PyObject *guard_verify(PyObject *self, PyObject *const *arguments, Py_ssize_t n, PyObject *names);
PyObject *guard_check(PyObject *self, PyObject *const *arguments, Py_ssize_t n, PyObject *names);
PyObject *guard_try_token(PyObject *self, PyObject *const *arguments, Py_ssize_t n,
                          PyObject *names);
PyObject *guard_try_headers(PyObject *self, PyObject *const *arguments, Py_ssize_t n);
PyObject *guard_try_fields(PyObject *self, PyObject *const *arguments, Py_ssize_t n,
                           PyObject *names);

/* ---- guard_logout.c ---- */
PyObject *guard_try_logout(PyObject *self, PyObject *arguments);

/* ---- guard_state.c ---- */
PyObject *guard_wait_ready(PyObject *self, PyObject *seconds);
PyObject *guard_describe(PyObject *self, PyObject *none);
PyObject *guard_metrics(PyObject *self, PyObject *none);
PyObject *guard_revoke(PyObject *self, PyObject *arguments, PyObject *names);
PyObject *guard_ready(PyObject *self, void *closure);
PyObject *guard_closed(PyObject *self, void *closure);
PyObject *guard_dpop_algorithms(PyObject *self, void *closure);

#endif
