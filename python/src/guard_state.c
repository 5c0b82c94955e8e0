/* SPDX-License-Identifier: Apache-2.0 */
/* What a guard tells about itself, and what it is told about tokens that are taken back. */
#include "argument.h"
#include "guard_object.h"

PyObject *guard_ready(PyObject *self, void *closure)
{
    keeper *kept = guard_keeper((guard_object *)self);
    return kept != NULL ? PyBool_FromLong(ost_guard_is_ready(kept->guard)) : NULL;
}

PyObject *guard_closed(PyObject *self, void *closure)
{
    return PyBool_FromLong(atomic_load(&((guard_object *)self)->closed));
}

PyObject *guard_dpop_algorithms(PyObject *self, void *closure)
{
    keeper *kept = guard_keeper((guard_object *)self);
    PyObject *text = kept != NULL ? text_str(ost_guard_dpop_algorithms(kept->guard)) : NULL;
    PyObject *words = text != NULL ? PyObject_CallMethod(text, "split", NULL) : NULL;
    PyObject *tuple = words != NULL ? PyList_AsTuple(words) : NULL;
    Py_XDECREF(text);
    Py_XDECREF(words);
    return tuple;
}

/* In pieces, between which signals are handled. */
PyObject *guard_wait_ready(PyObject *self, PyObject *seconds)
{
    double left = PyFloat_AsDouble(seconds);
    if (left == -1 && PyErr_Occurred())
        return NULL;
    if (!(left >= 0))
        return PyErr_Format(PyExc_ValueError, "seconds: must be 0 or more");
    for (bool ready = false;; left -= 1) {
        keeper *kept = guard_keeper((guard_object *)self);
        if (kept == NULL || PyErr_CheckSignals() != 0)
            return NULL;
        Py_BEGIN_ALLOW_THREADS ready = ost_guard_wait_ready(kept->guard, left > 0);
        Py_END_ALLOW_THREADS if (ready || left <= 1) return PyBool_FromLong(ready);
    }
}

PyObject *guard_describe(PyObject *self, PyObject *none)
{
    ost_text text;
    ost_error error = {0};
    const ost_json *json;
    keeper *kept = guard_keeper((guard_object *)self);
    ost_arena *arena = kept != NULL ? arena_take(ARENA_CEILING) : NULL;
    if (arena == NULL)
        return NULL;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_guard_describe(kept->guard, writer);
    ost_result result = ost_json_writer_finish(writer, &text);
    if (result == OST_OK)
        result = ost_json_read(text, NULL, arena, &json, &error);
    PyObject *answer =
        result == OST_OK ? value_from_json(json) : failure_set(result, ost_result_sentence(result));
    ost_arena_free(arena);
    return answer;
}

PyObject *guard_metrics(PyObject *self, PyObject *none)
{
    ost_text text;
    keeper *kept = guard_keeper((guard_object *)self);
    ost_arena *arena = kept != NULL ? arena_take((size_t)16 << 20) : NULL;
    if (arena == NULL)
        return NULL;
    ost_result result = ost_guard_metrics(kept->guard, arena, &text);
    PyObject *answer =
        result == OST_OK ? text_str(text) : failure_set(result, ost_result_sentence(result));
    ost_arena_free(arena);
    return answer;
}

PyObject *guard_revoke(PyObject *self, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"kind", "value", "issuer", "not_before", "until", NULL};
    ost_revocation revocation = {0};
    int kind;
    PyObject *value;
    long long not_before, until;
    held_text held;
    string_argument issuer = {.what = "issuer"};
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "iOO&LL:revoke", known, &kind, &value,
                                     argument_string, &issuer, &not_before, &until))
        return NULL;
    keeper *kept = guard_keeper((guard_object *)self);
    if (kept == NULL || !text_hold(value, "value", &held))
        return NULL;
    revocation.issuer = issuer.string;
    revocation.kind = (ost_revoked)kind;
    revocation.value = held.text;
    revocation.not_before = not_before;
    revocation.until = until;
    ost_result result = ost_guard_revoke(kept->guard, &revocation);
    text_release(&held);
    if (result != OST_OK)
        return failure_set(result, result == OST_E_ISSUER ? "issuer: is none of this verifier's"
                                                          : "value: is missing or too long");
    Py_RETURN_NONE;
}
