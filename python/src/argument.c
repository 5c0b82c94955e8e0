/* SPDX-License-Identifier: Apache-2.0 */
/* See argument.h. */
#include "argument.h"

#include <limits.h>

int argument_string(PyObject *object, void *place)
{
    string_argument *into = place;
    char detail[160];
    if (object == Py_None)
        return 1;
    if (!PyUnicode_Check(object)) {
        failure_type(into->what, "str, or None", object);
        return 0;
    }
    if (PyArg_Parse(object, "z", &into->string))
        return 1;
    if (PyErr_ExceptionMatches(PyExc_UnicodeError)) {
        PyErr_Clear(); /* it holds the text */
        PyOS_snprintf(detail, sizeof detail, "%s: is not text, for it has lone surrogates",
                      into->what);
        failure_set(OST_E_UTF8, detail);
    } else if (PyErr_ExceptionMatches(PyExc_ValueError)) {
        PyErr_Format(PyExc_ValueError, "%s: holds a NUL character", into->what);
    }
    return 0;
}

int argument_number(PyObject *object, void *place)
{
    number_argument *into = place;
    if (PyBool_Check(object) || !PyLong_Check(object)) {
        failure_type(into->what, "int", object);
        return 0;
    }
    int overflow;
    long number = PyLong_AsLongAndOverflow(object, &overflow);
    if (overflow != 0 || number < 0 || number > INT_MAX) {
        PyErr_Format(PyExc_ValueError, "%s: must be 0 to %d", into->what, INT_MAX);
        return 0;
    }
    into->number = (unsigned)number;
    return 1;
}
