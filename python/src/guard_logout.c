/* SPDX-License-Identifier: Apache-2.0 */
/* Logout tokens (OpenID Connect Back-Channel Logout 1.0): ost_guard_logout. */
#include "guard_object.h"

#include <ostiary/logout.h>

#define CLIENTS_MAX 64

static void refuse(PyObject *self, const ost_verdict *verdict)
{
    PyObject *exception =
        PyObject_CallFunction(core.refuse, "Oy#Osis#s#s#ks#", self, "", (Py_ssize_t)0, Py_None,
                              ost_result_name(verdict->reason), verdict->status, "", (Py_ssize_t)0,
                              verdict->message.data, (Py_ssize_t)verdict->message.len,
                              verdict->explanation.data, (Py_ssize_t)verdict->explanation.len,
                              (unsigned long)verdict->retry_after, NULL, (Py_ssize_t)0);
    if (exception != NULL)
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    Py_XDECREF(exception);
}

/* Bytes, which stay the tuple's. -1: an exception is set. */
static Py_ssize_t read_clients(PyObject *tuple, const char *clients[CLIENTS_MAX])
{
    Py_ssize_t count = PyTuple_Size(tuple);
    if (count > CLIENTS_MAX)
        PyErr_SetString(PyExc_ValueError, "clients: 64 at most");
    for (Py_ssize_t i = 0; i < count && count <= CLIENTS_MAX; i++) {
        clients[i] = PyBytes_AsString(PyTuple_GetItem(tuple, i));
        if (clients[i] == NULL)
            return -1;
    }
    return count <= CLIENTS_MAX ? count : -1;
}

PyObject *guard_try_logout(PyObject *self, PyObject *arguments)
{
    const char *clients[CLIENTS_MAX];
    PyObject *value, *tuple;
    int last;
    held_text token;
    ost_verdict verdict = {.reason = OST_E_MEMORY, .status = 503};
    if (!PyArg_ParseTuple(arguments, "OO!p:_try_logout", &value, &PyTuple_Type, &tuple, &last))
        return NULL;
    keeper *kept = guard_keeper((guard_object *)self);
    Py_ssize_t count = kept != NULL ? read_clients(tuple, clients) : -1;
    if (count < 0 || !text_hold(value, "token", &token))
        return NULL;
    const ost_logout_rules rules = {clients, (size_t)count};
    ost_arena *arena = arena_pool_take();
    if (arena != NULL) {
        Py_BEGIN_ALLOW_THREADS ost_guard_logout(kept->guard, token.text, &rules, !last, arena,
                                                &verdict);
        Py_END_ALLOW_THREADS
    }
    text_release(&token);
    PyObject *result = NULL;
    if (verdict.decision == OST_WAIT)
        result = wait_new(kept, &verdict);
    else if (verdict.decision != OST_ALLOW)
        refuse(self, &verdict);
    else {
        Py_INCREF(Py_None);
        result = Py_None;
    }
    if (arena != NULL)
        arena_pool_give(arena);
    return result;
}
