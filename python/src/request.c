/* SPDX-License-Identifier: Apache-2.0 */
/* See request.h. */
#include "request.h"

#include <string.h>

enum { FIRST, POLICY, METHOD, URL, DPOP, CERTIFICATE, LAST, PARAMETERS };

static const char *const parameters[PARAMETERS] = {"token", "policy",      "method", "url",
                                                   "dpop",  "certificate", "last"};

/* Puts the arguments of a fast call in their places. */
static bool place(PyObject *const *arguments, Py_ssize_t count, PyObject *names,
                  PyObject *ret[PARAMETERS])
{
    if (count > 2) {
        PyErr_Format(PyExc_TypeError, "takes two arguments by place, %zd were given", count);
        return false;
    }
    for (Py_ssize_t k = 0; k < count; k++)
        ret[k] = arguments[k];
    Py_ssize_t named = names != NULL ? PyTuple_Size(names) : 0;
    for (Py_ssize_t k = 0; k < named; k++) {
        PyObject *name = PyTuple_GetItem(names, k);
        int at = FIRST;
        while (at < PARAMETERS && PyUnicode_CompareWithASCIIString(name, parameters[at]) != 0)
            at++;
        if (at == FIRST && PyUnicode_CompareWithASCIIString(name, "authorization") == 0)
            at = FIRST;
        if (at == PARAMETERS || ret[at] != NULL) {
            PyErr_Format(PyExc_TypeError, "%R is not a parameter, or was given twice", name);
            return false;
        }
        ret[at] = arguments[count + k];
    }
    return true;
}

/* One value, or a sequence of them. */
static bool hold_fields(PyObject *value, const char *what, held_text held[FIELDS],
                        ost_text texts[FIELDS], size_t *ret_count)
{
    *ret_count = 0;
    if (value == NULL || value == Py_None)
        return true;
    bool single = PyUnicode_Check(value) || PyBytes_Check(value);
    PyObject *all = single ? PyTuple_Pack(1, value) : PySequence_Tuple(value);
    if (all == NULL) {
        PyErr_Clear();
        return failure_type(what, "str or bytes, or several of them", value) != NULL;
    }
    Py_ssize_t count = PyTuple_Size(all);
    bool good = true;
    for (Py_ssize_t k = 0; good && k < count && k < FIELDS; k++) {
        good = text_hold(PyTuple_GetItem(all, k), what, &held[k]);
        if (good)
            texts[(*ret_count)++] = held[k].text;
    }
    Py_DECREF(all);
    return good;
}

static bool read_first(PyObject *first, request_form form, request *r)
{
    if (form == REQUEST_FIELDS) {
        r->credentials.authorization = r->authorization_texts;
        return hold_fields(first, "authorization", r->authorization, r->authorization_texts,
                           &r->credentials.authorization_count);
    }
    if (first == NULL) {
        PyErr_SetString(PyExc_TypeError, "token: is missing");
        return false;
    }
    if (!text_hold(first, "token", &r->authorization[0]))
        return false;
    r->credentials.bearer = r->authorization[0].text;
    return true;
}

static bool read_rest(PyObject *const given[PARAMETERS], request *r)
{
    ost_credentials *c = &r->credentials;
    c->dpop = r->dpop_texts;
    r->policy_object = given[POLICY] != NULL ? given[POLICY] : Py_None;
    if ((r->policy = policy_of(given[POLICY])) == NULL)
        return false;
    if (!text_hold_optional(given[METHOD], "method", &r->method) ||
        !text_hold_optional(given[URL], "url", &r->url) ||
        !text_hold_optional(given[CERTIFICATE], "certificate", &r->certificate) ||
        !hold_fields(given[DPOP], "dpop", r->dpop, r->dpop_texts, &c->dpop_count))
        return false;
    c->method = r->method.text;
    c->url = r->url.text;
    c->certificate = r->certificate.text;
    int last = given[LAST] != NULL ? PyObject_IsTrue(given[LAST]) : 0;
    r->last = last > 0;
    return last >= 0;
}

bool request_read(PyObject *const *arguments, Py_ssize_t count, PyObject *names, request_form form,
                  request *ret)
{
    PyObject *given[PARAMETERS] = {0};
    *ret = (request){0};
    if (!place(arguments, count, names, given))
        return false;
    if (read_first(given[FIRST], form, ret) && read_rest(given, ret))
        return true;
    request_release(ret);
    return false;
}

/* One more value of a field, unless there are as many as are looked at. */
static bool hold_one(PyObject *value, const char *what, held_text held[FIELDS],
                     ost_text texts[FIELDS], size_t *count)
{
    if (*count == FIELDS)
        return true;
    if (!text_hold(value, what, &held[*count]))
        return false;
    texts[*count] = held[*count].text;
    (*count)++;
    return true;
}

static bool is_name(PyObject *name, const char *wanted, size_t len)
{
    return (size_t)PyBytes_Size(name) == len && memcmp(PyBytes_AsString(name), wanted, len) == 0;
}

/* False: an exception is set, or it is no pair of bytes. */
static bool read_pair(PyObject *pair, request *r)
{
    ost_credentials *c = &r->credentials;
    if (pair == NULL || !PyTuple_Check(pair) || PyTuple_Size(pair) != 2)
        return false;
    PyObject *name = PyTuple_GetItem(pair, 0), *value = PyTuple_GetItem(pair, 1);
    if (!PyBytes_Check(name) || !PyBytes_Check(value))
        return false;
    if (is_name(name, "authorization", 13))
        return hold_one(value, "authorization", r->authorization, r->authorization_texts,
                        &c->authorization_count);
    return !is_name(name, "dpop", 4) ||
           hold_one(value, "dpop", r->dpop, r->dpop_texts, &c->dpop_count);
}

bool request_read_headers(PyObject *const *arguments, Py_ssize_t count, request *ret)
{
    *ret = (request){0};
    if (count != 5)
        return PyErr_Format(PyExc_TypeError, "takes five arguments") != NULL;
    PyObject *given[PARAMETERS] = {[POLICY] = arguments[1],
                                   [METHOD] = arguments[2],
                                   [URL] = arguments[3],
                                   [CERTIFICATE] = arguments[4]};
    bool good = read_rest(given, ret) && PyList_Check(arguments[0]);
    ret->credentials.authorization = ret->authorization_texts;
    Py_ssize_t pairs = good ? PyList_Size(arguments[0]) : 0;
    for (Py_ssize_t k = 0; good && k < pairs; k++) {
        PyObject *pair = PySequence_GetItem(arguments[0], k);
        good = read_pair(pair, ret);
        Py_XDECREF(pair);
    }
    if (good && ret->credentials.authorization_count > 0)
        return true;
    request_release(ret);
    return false;
}

bool request_compose(request *r, request_form form, ost_arena *arena)
{
    ost_credentials *c = &r->credentials;
    if (form != REQUEST_TOKEN || c->dpop_count == 0)
        return true;
    char *field = ost_arena_format(arena, "DPoP %.*s", OST_FORMAT(c->bearer));
    r->authorization_texts[0] = ost_text_of(field);
    c->authorization = r->authorization_texts;
    c->authorization_count = 1;
    return field != NULL;
}

void request_release(request *r)
{
    for (int k = 0; k < FIELDS; k++) {
        text_release(&r->authorization[k]);
        text_release(&r->dpop[k]);
    }
    text_release(&r->method);
    text_release(&r->url);
    text_release(&r->certificate);
}
