/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions: which one belongs to an error is told in ostiary/errors.py. */
#include "core.h"

PyObject *failure_set(ost_result code, const char *detail)
{
    if (code == OST_E_MEMORY)
        return PyErr_NoMemory();
    PyObject *text = PyUnicode_DecodeUTF8(detail, (Py_ssize_t)strlen(detail), "replace");
    PyObject *exception =
        text != NULL ? PyObject_CallFunction(core.fail, "sO", ost_result_name(code), text) : NULL;
    if (exception != NULL)
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    Py_XDECREF(exception);
    Py_XDECREF(text);
    return NULL;
}

/* Where a function refused without a word there is no code either: a missing argument. */
PyObject *failure_of(const ost_error *error)
{
    return error->code != OST_OK ? failure_set(error->code, error->detail)
                                 : failure_set(OST_E_ARGUMENT, "");
}

PyObject *failure_ceiling(const char *what, size_t most)
{
    char detail[160];
    PyOS_snprintf(detail, sizeof detail, "%s: is longer than %zu bytes", what, most);
    return failure_set(OST_E_CEILING, detail);
}

PyObject *failure_type(const char *what, const char *wanted, PyObject *seen)
{
    PyObject *name = PyObject_GetAttrString((PyObject *)Py_TYPE(seen), "__name__");
    if (name != NULL)
        PyErr_Format(PyExc_TypeError, "%s: must be %s, not %U", what, wanted, name);
    Py_XDECREF(name);
    return NULL;
}

ost_arena *arena_take(size_t ceiling)
{
    ost_arena *arena = ost_arena_new(ceiling);
    if (arena == NULL)
        PyErr_NoMemory();
    return arena;
}
