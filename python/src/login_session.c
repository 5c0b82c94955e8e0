/* SPDX-License-Identifier: Apache-2.0 */
/* LoginSession: what a browser's cookies hold. Neither it nor its repr shows the tokens but the one
 * that is asked for by name. */
#include "login.h"

PyTypeObject *login_session_type;

PyObject *session_new(const ost_login *login, ost_arena *arena, const ost_login_session *session)
{
    session_object *self = PyObject_New(session_object, login_session_type);
    if (self == NULL) {
        ost_arena_free(arena);
        return NULL;
    }
    self->arena = arena;
    self->session = *session;
    self->due = ost_login_is_due(login, session);
    self->fresh = ost_login_is_fresh(login, session);
    return (PyObject *)self;
}

static void session_free(PyObject *object)
{
    ost_arena_free(((session_object *)object)->arena);
    core_free(object);
}

static PyObject *access_token(PyObject *object, void *closure)
{
    return text_bytes(((session_object *)object)->session.access_token);
}

static PyObject *refreshable(PyObject *object, void *closure)
{
    return PyBool_FromLong(((session_object *)object)->session.refresh_token.len > 0);
}

static PyObject *due(PyObject *object, void *closure)
{
    return PyBool_FromLong(((session_object *)object)->due);
}

static PyObject *fresh(PyObject *object, void *closure)
{
    return PyBool_FromLong(((session_object *)object)->fresh);
}

static PyObject *demanded(PyObject *object, void *closure)
{
    return PyBool_FromLong(((session_object *)object)->session.demanded);
}

bool login_session_add_type(PyObject *module)
{
    static PyGetSetDef properties[] = {
        {"access_token", access_token, NULL, "For the guard, which has not judged it.", NULL},
        {"refreshable", refreshable, NULL, "Whether there is a refresh token.", NULL},
        {"due", due, NULL, "Whether it was time to refresh it when it was opened.", NULL},
        {"fresh", fresh, NULL, "Whether another login would change nothing.", NULL},
        {"demanded", demanded, NULL, "Whether its login met a demand of the route's.", NULL},
        {0},
    };
    static PyType_Slot slots[] = {
        {Py_tp_doc, "A browser's session as its cookies tell it."},
        {Py_tp_new, core_no_new},
        {Py_tp_dealloc, session_free},
        {Py_tp_getset, properties},
        {0},
    };
    static PyType_Spec spec = {"ostiary._core.LoginSession", sizeof(session_object), 0,
                               Py_TPFLAGS_DEFAULT, slots};
    return (login_session_type = core_add_type(module, &spec)) != NULL;
}
