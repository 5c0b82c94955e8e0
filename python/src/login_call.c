/* SPDX-License-Identifier: Apache-2.0 */
/* LoginCall: one call to the provider's token endpoint, whose end a bell tells. */
#include "bell.h"
#include "login.h"

#include <stdlib.h>

/* Two hold it: the login's thread until it has the answer, and the object. */
typedef struct outcome {
    atomic_int references;
    login_keeper *kept;
    bell *bell;
    ost_arena *arena; /* what the call borrows, and what comes of it */
    ost_text base;
    ost_login_jar jar;
    ost_login_session session;
    _Atomic(ost_login_call *) call; /* set before the bell rings; NULL when it has been ended */
} outcome;

typedef struct call_object {
    PyObject_HEAD outcome *outcome;
} call_object;

static PyTypeObject *call_type;

static void outcome_unref(outcome *over)
{
    if (over == NULL || atomic_fetch_sub(&over->references, 1) != 1)
        return;
    ost_login_call *call = atomic_load(&over->call);
    if (call != NULL) {
        ost_login_step step;
        ost_login_session session;
        (void)!ost_login_call_end(call, over->arena, &step, &session, NULL);
    }
    bell_unref(over->bell);
    ost_arena_free(over->arena);
    free(over);
}

/* On the login's thread or the guard's. The keeper may go as soon as nothing is pending. */
static void done(ost_login_call *call, void *user)
{
    outcome *over = user;
    login_keeper *kept = over->kept;
    atomic_store(&over->call, call);
    bell_ring(over->bell);
    outcome_unref(over);
    atomic_fetch_sub(&kept->pending, 1);
}

static bool copy(ost_arena *arena, ost_text text, ost_text *ret_copy)
{
    char *made = ost_arena_copy(arena, text);
    *ret_copy = (ost_text){made, text.len};
    return made != NULL;
}

static outcome *outcome_new(login_keeper *kept, ost_text base, const session_object *session,
                            ost_text cookies)
{
    outcome *over = calloc(1, sizeof *over);
    ost_text field;
    if (over == NULL || (over->arena = ost_arena_new(LOGIN_ARENA)) == NULL ||
        !copy(over->arena, base, &over->base) || !copy(over->arena, cookies, &field) ||
        ost_login_jar_read(&field, 1, over->arena, &over->jar) != OST_OK) {
        PyErr_NoMemory();
        goto failed;
    }
    if (session != NULL) {
        over->session = session->session;
        if (!copy(over->arena, session->session.access_token, &over->session.access_token) ||
            !copy(over->arena, session->session.refresh_token, &over->session.refresh_token) ||
            !copy(over->arena, session->session.id_token, &over->session.id_token)) {
            PyErr_NoMemory();
            goto failed;
        }
    }
    over->kept = kept;
    atomic_init(&over->references, 2);
    if ((over->bell = bell_new()) != NULL)
        return over;
failed:
    if (over != NULL)
        ost_arena_free(over->arena);
    free(over);
    return NULL;
}

PyObject *login_call_new(login_keeper *kept, ost_text base, ost_text query,
                         const session_object *session, ost_text cookies)
{
    ost_error error = {0};
    ost_text kept_query;
    outcome *over = outcome_new(kept, base, session, cookies);
    if (over == NULL)
        return NULL;
    call_object *self = PyObject_New(call_object, call_type);
    ost_result result = self != NULL ? OST_OK : OST_E_MEMORY;
    if (!copy(over->arena, query, &kept_query))
        result = OST_E_MEMORY;
    atomic_fetch_add(&kept->pending, 1);
    if (result == OST_OK && session != NULL)
        result = ost_login_refresh(kept->login, over->base, &over->session, &over->jar, done, over,
                                   &error);
    else if (result == OST_OK)
        result =
            ost_login_finish(kept->login, over->base, kept_query, &over->jar, done, over, &error);
    if (result != OST_OK) {
        atomic_fetch_sub(&kept->pending, 1);
        bell_unref(over->bell);
        outcome_unref(over);
        outcome_unref(over);
        if (self != NULL) {
            self->outcome = NULL;
            Py_DECREF(self);
        }
        return error.code != OST_OK ? failure_of(&error) : PyErr_NoMemory();
    }
    login_keeper_ref(kept);
    self->outcome = over;
    return (PyObject *)self;
}

static void call_free(PyObject *object)
{
    outcome *over = ((call_object *)object)->outcome;
    if (over != NULL) {
        login_keeper *kept = over->kept;
        Py_BEGIN_ALLOW_THREADS outcome_unref(over);
        login_keeper_unref(kept);
        Py_END_ALLOW_THREADS
    }
    core_free(object);
}

static PyObject *call_key(PyObject *object, void *closure)
{
    return Py_BuildValue("(n)", (Py_ssize_t)object);
}

static PyObject *call_begin(PyObject *object, PyObject *none)
{
    Py_RETURN_TRUE;
}

static PyObject *call_fileno(PyObject *object, PyObject *none)
{
    return PyLong_FromLong(((call_object *)object)->outcome->bell->fd);
}

static PyObject *call_block(PyObject *object, PyObject *none)
{
    return bell_block(((call_object *)object)->outcome->bell);
}

/* (location, cookies, session or None, code or None, detail). */
static PyObject *call_end(PyObject *object, PyObject *none)
{
    outcome *over = ((call_object *)object)->outcome;
    ost_arena *arena = arena_take(LOGIN_ARENA);
    if (arena == NULL)
        return NULL;
    bool rung = atomic_load(&over->bell->rung);
    ost_login_call *call = rung ? atomic_exchange(&over->call, NULL) : NULL;
    if (call == NULL) {
        ost_arena_free(arena);
        return PyErr_Format(PyExc_ValueError, "the call has not been answered, or was ended");
    }
    ost_login_step step = {0};
    ost_login_session session;
    ost_error error = {0};
    ost_result result;
    Py_BEGIN_ALLOW_THREADS result = ost_login_call_end(call, arena, &step, &session, &error);
    Py_END_ALLOW_THREADS PyObject *pair = login_step_value(&step, over->base, arena), *opened;
    if (result == OST_OK) {
        opened = session_new(over->kept->login, arena, &session);
    } else {
        ost_arena_free(arena);
        Py_INCREF(Py_None);
        opened = Py_None;
    }
    PyObject *answer = NULL;
    if (pair != NULL && opened != NULL)
        answer = Py_BuildValue("OOOzs", PyTuple_GetItem(pair, 0), PyTuple_GetItem(pair, 1), opened,
                               result != OST_OK ? ost_result_name(result) : NULL, error.detail);
    Py_XDECREF(pair);
    Py_XDECREF(opened);
    return answer;
}

bool login_call_add_type(PyObject *module)
{
    static PyGetSetDef properties[] = {
        {"key", call_key, NULL, "Nobody else waits for it.", NULL},
        {0},
    };
    static PyMethodDef methods[] = {
        {"begin", call_begin, METH_NOARGS, "True: it is under way."},
        {"fileno", call_fileno, METH_NOARGS, "Becomes readable when the provider has answered."},
        {"block", call_block, METH_NOARGS, "Waits in this thread."},
        {"end", call_end, METH_NOARGS,
         "end($self, /)\n--\n\n"
         "(location, [Set-Cookie, ...], LoginSession or None, code of a failure or None, detail)."},
        {0},
    };
    static PyType_Slot slots[] = {
        {Py_tp_doc, "A call to the provider's token endpoint."},
        {Py_tp_new, core_no_new},
        {Py_tp_dealloc, call_free},
        {Py_tp_getset, properties},
        {Py_tp_methods, methods},
        {0},
    };
    static PyType_Spec spec = {"ostiary._core.LoginCall", sizeof(call_object), 0,
                               Py_TPFLAGS_DEFAULT, slots};
    return (call_type = core_add_type(module, &spec)) != NULL;
}
