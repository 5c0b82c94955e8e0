/* SPDX-License-Identifier: Apache-2.0 */
/* Texts between Python and the library. */
#include "core.h"

#include <string.h>

/* Longer is not a name, no URL and no path. */
#define STRING_MAX ((size_t)16 * 1024)

PyObject *text_str(ost_text text)
{
    return PyUnicode_DecodeUTF8(text.data != NULL ? text.data : "", (Py_ssize_t)text.len, NULL);
}

PyObject *text_bytes(ost_text text)
{
    return PyBytes_FromStringAndSize(text.data != NULL ? text.data : "", (Py_ssize_t)text.len);
}

/* The exception of a failed encoding holds the text, which may be a token: another takes its place.
 */
static bool encode(PyObject *object, const char *what, PyObject **ret_owner)
{
    PyObject *bytes = PyUnicode_AsUTF8String(object);
    if (bytes == NULL) {
        if (PyErr_ExceptionMatches(PyExc_UnicodeError)) {
            PyErr_Clear();
            char detail[160];
            PyOS_snprintf(detail, sizeof detail, "%s: is not text, for it has lone surrogates",
                          what);
            failure_set(OST_E_UTF8, detail);
        }
        return false;
    }
    *ret_owner = bytes;
    return true;
}

bool text_hold(PyObject *object, const char *what, held_text *ret_held)
{
    PyObject *owner = NULL;
    char *data;
    Py_ssize_t len;
    if (PyUnicode_Check(object)) {
        if (!encode(object, what, &owner))
            return false;
    } else if (PyBytes_Check(object)) {
        Py_INCREF(object);
        owner = object;
    } else if (PyByteArray_Check(object) || PyMemoryView_Check(object)) {
        owner = PyBytes_FromObject(object);
        if (owner == NULL)
            return false;
    } else {
        failure_type(what, "str or bytes", object);
        return false;
    }
    if (PyBytes_AsStringAndSize(owner, &data, &len) != 0) {
        Py_DECREF(owner);
        return false;
    }
    *ret_held = (held_text){{data, (size_t)len}, owner};
    return true;
}

bool text_hold_optional(PyObject *object, const char *what, held_text *ret_held)
{
    if (object != NULL && object != Py_None)
        return text_hold(object, what, ret_held);
    *ret_held = (held_text){{NULL, 0}, NULL};
    return true;
}

void text_release(held_text *held)
{
    Py_CLEAR(held->owner);
}

char *text_string(PyObject *object, const char *what, ost_arena *arena)
{
    held_text held;
    if (!PyUnicode_Check(object)) {
        failure_type(what, "str", object);
        return NULL;
    }
    if (!text_hold(object, what, &held))
        return NULL;
    char *copy = NULL;
    if (memchr(held.text.data, '\0', held.text.len) != NULL)
        PyErr_Format(PyExc_ValueError, "%s: holds a NUL character", what);
    else if (held.text.len > STRING_MAX)
        failure_ceiling(what, STRING_MAX);
    else if ((copy = ost_arena_copy(arena, held.text)) == NULL)
        PyErr_NoMemory();
    text_release(&held);
    return copy;
}
