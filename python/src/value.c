/* SPDX-License-Identifier: Apache-2.0 */
/* JSON values as Python's, and the reverse. */
#include "core.h"

#include <string.h>

/* Deeper is not a token, and no claims of one. */
#define DEPTH 32
/* And this is larger than any document of keys, claims or a policy. */
#define TEXT_MAX ((size_t)512 * 1024)

/* ---- from JSON ---- */

/* A whole number keeps all its digits; anything else is a float, as json.loads tells them apart. */
static PyObject *number_from(const ost_json *value)
{
    ost_text source = ost_json_source(value);
    int64_t integer;
    double number = 0;
    bool whole = true;
    for (size_t i = 0; i < source.len; i++)
        whole = whole && strchr(".eE", source.data[i]) == NULL;
    if (!whole)
        return ost_json_number(value, &number) ? PyFloat_FromDouble(number) : NULL;
    if (ost_json_integer(value, &integer))
        return PyLong_FromLongLong(integer);
    char digits[512]; /* the reader takes 400 */
    if (source.len >= sizeof digits)
        return PyErr_Format(PyExc_ValueError, "a number is too long");
    memcpy(digits, source.data, source.len);
    digits[source.len] = '\0';
    return PyLong_FromString(digits, NULL, 10);
}

static PyObject *array_from(const ost_json *value)
{
    PyObject *list = PyList_New((Py_ssize_t)ost_json_count(value));
    Py_ssize_t at = 0;
    for (const ost_json *each = ost_json_first(value); list != NULL && each != NULL;
         each = ost_json_next(each)) {
        PyObject *item = value_from_json(each);
        if (item == NULL || PyList_SetItem(list, at++, item) != 0)
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *object_from(const ost_json *value)
{
    PyObject *dict = PyDict_New();
    for (const ost_json *each = ost_json_first(value); dict != NULL && each != NULL;
         each = ost_json_next(each)) {
        PyObject *name = text_str(ost_json_name(each));
        PyObject *item = name != NULL ? value_from_json(each) : NULL;
        if (item == NULL || PyDict_SetItem(dict, name, item) != 0)
            Py_CLEAR(dict);
        Py_XDECREF(name);
        Py_XDECREF(item);
    }
    return dict;
}

PyObject *value_from_json(const ost_json *value)
{
    ost_text text;
    bool boolean = false;
    switch (ost_json_type_of(value)) {
    case OST_JSON_STRING:
        return ost_json_text(value, &text) ? text_str(text) : NULL;
    case OST_JSON_NUMBER:
        return number_from(value);
    case OST_JSON_BOOL:
        (void)!ost_json_boolean(value, &boolean);
        return PyBool_FromLong(boolean);
    case OST_JSON_ARRAY:
        return array_from(value);
    case OST_JSON_OBJECT:
        return object_from(value);
    case OST_JSON_NULL:
        break;
    }
    Py_RETURN_NONE;
}

/* ---- to JSON ---- */

typedef struct writing {
    ost_json_writer *writer;
    ost_arena *arena;
    const char *what; /* the parameter */
} writing;

static bool write_any(const writing *w, PyObject *value, int depth);

static bool write_text(const writing *w, PyObject *value, bool name)
{
    held_text held;
    if (!text_hold(value, w->what, &held))
        return false;
    if (name)
        ost_json_put_name(w->writer, held.text);
    else
        ost_json_put_text(w->writer, held.text);
    text_release(&held);
    return true;
}

/* One that does not fit 64 bits is written as its digits. */
static bool write_integer(const writing *w, PyObject *value)
{
    int overflow;
    long long integer = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (integer == -1 && PyErr_Occurred())
        return false;
    if (overflow == 0) {
        ost_json_put_integer(w->writer, integer);
        return true;
    }
    const ost_json *digits = NULL;
    ost_error error = {0};
    held_text held;
    PyObject *plain = PyNumber_ToBase(value, 10);
    if (plain == NULL || !text_hold(plain, w->what, &held)) {
        Py_XDECREF(plain);
        return false;
    }
    char *copy = ost_arena_copy(w->arena, held.text);
    ost_result result = copy != NULL ? ost_json_read((ost_text){copy, held.text.len}, NULL,
                                                     w->arena, &digits, &error)
                                     : ost_error_set(&error, OST_E_MEMORY, "out of memory");
    text_release(&held);
    Py_DECREF(plain);
    if (result == OST_OK)
        ost_json_put_value(w->writer, digits);
    else
        failure_of(&error);
    return result == OST_OK;
}

static bool write_items(const writing *w, PyObject *value, int depth)
{
    PyObject *item, *iterator = PyObject_GetIter(value);
    bool good = iterator != NULL;
    ost_json_open_array(w->writer);
    while (good && (item = PyIter_Next(iterator)) != NULL) {
        good = write_any(w, item, depth + 1);
        Py_DECREF(item);
    }
    ost_json_close_array(w->writer);
    Py_XDECREF(iterator);
    return good && !PyErr_Occurred();
}

static bool write_pair(const writing *w, PyObject *pair, int depth)
{
    if (!PyTuple_Check(pair) || PyTuple_Size(pair) != 2)
        return failure_type(w->what, "a mapping whose items are pairs", pair) != NULL;
    PyObject *name = PyTuple_GetItem(pair, 0), *value = PyTuple_GetItem(pair, 1);
    if (!PyUnicode_Check(name)) {
        failure_type(w->what, "a mapping whose names are str", name);
        return false;
    }
    return write_text(w, name, true) && write_any(w, value, depth + 1);
}

static bool write_members(const writing *w, PyObject *value, int depth)
{
    PyObject *pairs = PyMapping_Items(value);
    bool good = pairs != NULL;
    Py_ssize_t count = good ? PyList_Size(pairs) : 0;
    ost_json_open_object(w->writer);
    for (Py_ssize_t i = 0; good && i < count; i++)
        good = write_pair(w, PyList_GetItem(pairs, i), depth);
    ost_json_close_object(w->writer);
    Py_XDECREF(pairs);
    return good;
}

static bool write_any(const writing *w, PyObject *value, int depth)
{
    if (depth > DEPTH) {
        PyErr_Format(PyExc_ValueError, "%s: deeper than %d levels, or holds itself", w->what,
                     DEPTH);
        return false;
    }
    if (PyUnicode_Check(value))
        return write_text(w, value, false);
    if (value == Py_None)
        ost_json_put_null(w->writer);
    else if (PyBool_Check(value))
        ost_json_put_boolean(w->writer, value == Py_True);
    else if (PyLong_Check(value))
        return write_integer(w, value);
    else if (PyFloat_Check(value))
        ost_json_put_number(w->writer, PyFloat_AsDouble(value));
    else if (PyList_Check(value) || PyTuple_Check(value))
        return write_items(w, value, depth);
    else if (PyDict_Check(value) || PyObject_HasAttrString(value, "keys"))
        return write_members(w, value, depth);
    else {
        failure_type(w->what, "made of dict, list, str, int, float, bool and None", value);
        return false;
    }
    return true;
}

bool value_write(ost_json_writer *writer, PyObject *value, const char *what, ost_arena *arena)
{
    const writing w = {writer, arena, what};
    return write_any(&w, value, 0);
}

bool value_json(PyObject *object, const char *what, ost_arena *arena, ost_text *ret_text)
{
    held_text held;
    if (PyUnicode_Check(object) || PyBytes_Check(object)) {
        if (!text_hold(object, what, &held))
            return false;
        char *copy = held.text.len < TEXT_MAX ? ost_arena_copy(arena, held.text) : NULL;
        *ret_text = (ost_text){copy, held.text.len};
        if (held.text.len >= TEXT_MAX)
            failure_ceiling(what, TEXT_MAX);
        else if (copy == NULL)
            PyErr_NoMemory();
        text_release(&held);
        return copy != NULL;
    }
    if (!PyDict_Check(object) && !PyObject_HasAttrString(object, "keys")) {
        failure_type(what, "a mapping, or JSON as str or bytes", object);
        return false;
    }
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (!value_write(writer, object, what, arena))
        return false;
    ost_result result = ost_json_writer_finish(writer, ret_text);
    if (result != OST_OK) {
        char detail[200];
        PyOS_snprintf(detail, sizeof detail, "%s: %s", what, ost_result_sentence(result));
        failure_set(result, detail);
    }
    return result == OST_OK;
}
