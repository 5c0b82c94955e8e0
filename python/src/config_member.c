/* SPDX-License-Identifier: Apache-2.0 */
/* See config_member.h. */
#include "config_member.h"

#include <limits.h>
#include <string.h>

static bool read_strings(PyObject *value, const member *m, ost_arena *arena, char *into)
{
    const char **list = NULL;
    size_t count = 0;
    PyObject *all = PyUnicode_Check(value) ? PyTuple_Pack(1, value) : PySequence_Tuple(value);
    if (all == NULL) {
        PyErr_Clear();
        return failure_type(m->name, "str, or several of them", value) != NULL;
    }
    size_t wanted = (size_t)PyTuple_Size(all);
    bool good = wanted > 0;
    if (!good)
        PyErr_Format(PyExc_ValueError, "%s: is empty; leave it out to ask for nothing", m->name);
    else if (wanted > 1024 || (list = ost_arena_alloc(arena, wanted * sizeof *list)) == NULL)
        good = PyErr_Format(PyExc_ValueError, "%s: has too many entries", m->name) != NULL;
    for (; good && count < wanted; count += good)
        good = (list[count] =
                    text_string(PyTuple_GetItem(all, (Py_ssize_t)count), m->name, arena)) != NULL;
    Py_DECREF(all);
    if (good) {
        memcpy(into + m->at, &list, sizeof list);
        memcpy(into + m->counted, &count, sizeof count);
    }
    return good;
}

static bool read_bytes(PyObject *value, const member *m, ost_arena *arena, ost_text *into)
{
    held_text held;
    if (!text_hold(value, m->name, &held))
        return false;
    char *copy = ost_arena_copy(arena, held.text);
    if (copy != NULL)
        *into = (ost_text){copy, held.text.len};
    else
        PyErr_NoMemory();
    text_release(&held);
    return copy != NULL;
}

/* Zero would be the default, not what it says. */
static bool read_number(PyObject *value, const char *name, size_t most, size_t *ret_number)
{
    if (PyBool_Check(value) || !PyLong_Check(value))
        return failure_type(name, "int, or None for the default", value) != NULL;
    size_t number = PyLong_AsSize_t(value);
    if ((number == (size_t)-1 && PyErr_Occurred()) || number == 0 || number > most) {
        PyErr_Format(PyExc_ValueError, "%s: must be 1 to %zu, or None for the default", name, most);
        return false;
    }
    *ret_number = number;
    return true;
}

static bool read_auth(PyObject *value, const char *name, ost_client_auth *into)
{
    static const struct {
        const char *name;
        ost_client_auth auth;
    } ways[] = {{"client_secret_basic", OST_CLIENT_SECRET_BASIC},
                {"client_secret_post", OST_CLIENT_SECRET_POST},
                {"private_key_jwt", OST_PRIVATE_KEY_JWT}};
    for (size_t k = 0; PyUnicode_Check(value) && k < sizeof ways / sizeof *ways; k++) {
        if (PyUnicode_CompareWithASCIIString(value, ways[k].name) == 0) {
            *into = ways[k].auth;
            return true;
        }
    }
    PyErr_Format(PyExc_ValueError,
                 "%s: must be client_secret_basic, client_secret_post or private_key_jwt", name);
    return false;
}

static bool read_key(PyObject *value, const char *name, ost_key **into)
{
    ost_key *key = key_of(value, name);
    if (key != NULL)
        *into = ost_key_ref(key);
    return key != NULL;
}

static bool read_flag(PyObject *value, const char *name, bool *into)
{
    if (!PyBool_Check(value))
        return failure_type(name, "bool", value) != NULL;
    *into = value == Py_True;
    return true;
}

static bool read_one(PyObject *value, const member *m, ost_arena *arena, char *into)
{
    void *place = into + m->at;
    size_t number;
    switch (m->kind) {
    case MEMBER_STRING:
        return (*(const char **)place = text_string(value, m->name, arena)) != NULL;
    case MEMBER_STRINGS:
        return read_strings(value, m, arena, into);
    case MEMBER_BYTES:
        return read_bytes(value, m, arena, place);
    case MEMBER_FLAG:
        return read_flag(value, m->name, place);
    case MEMBER_NUMBER:
        if (!read_number(value, m->name, INT_MAX, &number))
            return false;
        *(unsigned *)place = (unsigned)number;
        return true;
    case MEMBER_SIZE:
        return read_number(value, m->name, (size_t)1 << 40, place);
    case MEMBER_ALGS:
        return algorithms_of(value, m->name, place);
    case MEMBER_ENCS:
        return encryptions_of(value, m->name, place);
    case MEMBER_ALG:
        return algorithm_of(value, m->name, place);
    case MEMBER_AUTH:
        return read_auth(value, m->name, place);
    case MEMBER_KEY:
        return read_key(value, m->name, place);
    case MEMBER_KEYSET:
        return (*(ost_keyset **)place = keyset_of(value, m->name)) != NULL;
    }
    return false;
}

static const member *find(PyObject *name, const member *members, size_t count)
{
    for (size_t k = 0; PyUnicode_Check(name) && k < count; k++) {
        if (PyUnicode_CompareWithASCIIString(name, members[k].name) == 0)
            return &members[k];
    }
    PyErr_Format(PyExc_TypeError, "there is no parameter %R", name);
    return NULL;
}

bool members_read(PyObject *dict, const member *members, size_t count, ost_arena *arena, void *into)
{
    Py_ssize_t at = 0;
    PyObject *name, *value;
    if (!PyDict_Check(dict))
        return failure_type("the configuration", "dict", dict) != NULL;
    while (PyDict_Next(dict, &at, &name, &value)) {
        if (value == Py_None)
            continue;
        const member *m = find(name, members, count);
        if (m == NULL || !read_one(value, m, arena, into))
            return false;
    }
    return true;
}
