/* SPDX-License-Identifier: Apache-2.0 */
/* Login: the session of a browser, kept in the cookies that the API framework of C keeps it in;
 * <ostiary/login.h>. ostiary/_sessions.py says when what is done. */
#include "login.h"

#include "config_member.h"
#include "guard_object.h"

#include <stddef.h>

typedef struct login_object {
    PyObject_HEAD guard_object *guard;
    atomic_bool opening; /* or open, or failed to */
    ost_arena *arena;    /* of the configuration, for after a fork it is used again */
    ost_login_config config;
    pthread_mutex_t lock; /* of what follows */
    login_keeper *kept;
    bool closed;
} login_object;

PyObject *login_step_value(const ost_login_step *step, ost_text base, ost_arena *arena)
{
    PyObject *cookies = PyList_New(0);
    for (size_t k = 0; cookies != NULL && k < step->cookie_count; k++) {
        ost_text field;
        PyObject *line = NULL;
        if (ost_login_set_cookie(&step->cookies[k], base, arena, &field) == OST_OK)
            line = text_str(field);
        else
            PyErr_NoMemory();
        if (line == NULL || PyList_Append(cookies, line) != 0)
            Py_CLEAR(cookies);
        Py_XDECREF(line);
    }
    PyObject *location = cookies != NULL ? text_str(step->location) : NULL;
    PyObject *pair = location != NULL ? PyTuple_Pack(2, location, cookies) : NULL;
    Py_XDECREF(location);
    Py_XDECREF(cookies);
    return pair;
}

/* This process's, with a reference. NULL: an exception is set. */
static login_keeper *take(login_object *self)
{
    ost_error error = {0};
    keeper *guard = guard_keeper(self->guard);
    if (guard == NULL)
        return NULL;
    login_keeper *taken = NULL;
    pthread_mutex_lock(&self->lock);
    bool closed = self->closed;
    if (!closed && (self->kept == NULL || self->kept->generation != keeper_generation())) {
        login_keeper *fresh = login_keeper_new(&self->config, guard, &error);
        if (fresh != NULL) {
            login_keeper_unref(self->kept);
            self->kept = fresh;
            taken = login_keeper_ref(fresh);
        }
    } else if (!closed) {
        taken = login_keeper_ref(self->kept);
    }
    pthread_mutex_unlock(&self->lock);
    if (closed)
        failure_set(OST_E_STATE, "the login has been closed, or was never opened");
    else if (taken == NULL)
        failure_of(&error);
    return taken;
}

static void give(login_keeper *taken)
{
    Py_BEGIN_ALLOW_THREADS login_keeper_unref(taken);
    Py_END_ALLOW_THREADS
}

static int login_init(PyObject *object, PyObject *arguments, PyObject *names)
{
    static const member members[] = {
        {"issuer", MEMBER_STRING, offsetof(ost_login_config, issuer), 0},
        {"discovery_url", MEMBER_STRING, offsetof(ost_login_config, discovery_url), 0},
        {"client_id", MEMBER_STRING, offsetof(ost_login_config, client_id), 0},
        {"client_secret", MEMBER_STRING, offsetof(ost_login_config, client_secret), 0},
        {"scope", MEMBER_STRING, offsetof(ost_login_config, scope), 0},
        {"resource", MEMBER_STRING, offsetof(ost_login_config, resource), 0},
        {"redirect_path", MEMBER_STRING, offsetof(ost_login_config, redirect_path), 0},
        {"cookie_name", MEMBER_STRING, offsetof(ost_login_config, cookie_name), 0},
        {"cookie_secret", MEMBER_BYTES, offsetof(ost_login_config, secret), 0},
        {"older_secret", MEMBER_BYTES, offsetof(ost_login_config, older_secret), 0},
        {"insecure_http", MEMBER_FLAG, offsetof(ost_login_config, insecure_http), 0},
        {"ca_file", MEMBER_STRING, offsetof(ost_login_config, ca_file), 0},
        {"proxy", MEMBER_STRING, offsetof(ost_login_config, proxy), 0},
        {"no_proxy", MEMBER_STRING, offsetof(ost_login_config, no_proxy), 0},
    };
    login_object *self = (login_object *)object;
    PyObject *guard, *options;
    if (!PyArg_ParseTuple(arguments, "O!O:Login", core.guard, &guard, &options))
        return -1;
    if (atomic_exchange(&self->opening, true)) {
        failure_set(OST_E_STATE, "the login has been opened already");
        return -1;
    }
    pthread_mutex_init(&self->lock, NULL);
    Py_INCREF(guard);
    self->guard = (guard_object *)guard;
    self->arena = arena_take((size_t)1 << 20);
    if (self->arena == NULL || !members_read(options, members, sizeof members / sizeof *members,
                                             self->arena, &self->config))
        return -1;
    login_keeper *kept = take(self);
    if (kept == NULL)
        return -1;
    give(kept);
    return 0;
}

static PyObject *login_close(PyObject *object, PyObject *none)
{
    login_object *self = (login_object *)object;
    if (self->guard == NULL)
        Py_RETURN_NONE;
    Py_BEGIN_ALLOW_THREADS pthread_mutex_lock(&self->lock);
    self->closed = true;
    login_keeper *kept = self->kept;
    self->kept = NULL;
    pthread_mutex_unlock(&self->lock);
    login_keeper_unref(kept);
    Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

static void login_free(PyObject *object)
{
    login_object *self = (login_object *)object;
    PyObject *none = login_close(object, NULL);
    Py_XDECREF(none);
    ost_arena_free(self->arena);
    Py_XDECREF((PyObject *)self->guard);
    core_free(object);
}

/* ---- what a request asks for ---- */

/* Reads the cookies and does what `how` does with them. */
typedef struct asked {
    login_keeper *kept;
    ost_arena *arena;
    ost_text base;
    ost_login_jar jar;
} asked;

static bool ask(PyObject *object, ost_text base, ost_text cookies, asked *ret)
{
    *ret = (asked){.base = base};
    if ((ret->kept = take((login_object *)object)) == NULL)
        return false;
    ret->arena = arena_take(LOGIN_ARENA);
    ost_result result = OST_E_MEMORY;
    if (ret->arena != NULL)
        result = ost_login_jar_read(&cookies, 1, ret->arena, &ret->jar);
    if (result == OST_OK)
        return true;
    ost_arena_free(ret->arena);
    give(ret->kept);
    return PyErr_NoMemory() != NULL;
}

static PyObject *answer_step(asked *a, ost_result result, const ost_login_step *step)
{
    PyObject *answer;
    if (result == OST_OK) {
        answer = login_step_value(step, a->base, a->arena);
    } else {
        char why[256];
        ost_login_trouble(a->kept->login, why);
        answer = failure_set(
            result, result == OST_E_STATE && why[0] != '\0' ? why : ost_result_sentence(result));
    }
    ost_arena_free(a->arena);
    give(a->kept);
    return answer;
}

static PyObject *login_begin(PyObject *object, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"base", "wanted", "cookies", "acr_values", "max_age", NULL};
    ost_text base, wanted, cookies;
    Py_ssize_t sizes[3];
    PyObject *values = Py_None;
    unsigned int max_age = 0;
    asked a;
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "y#y#y#|OI:begin", known, &base.data,
                                     &sizes[0], &wanted.data, &sizes[1], &cookies.data, &sizes[2],
                                     &values, &max_age))
        return NULL;
    base.len = (size_t)sizes[0], wanted.len = (size_t)sizes[1], cookies.len = (size_t)sizes[2];
    if (!ask(object, base, cookies, &a))
        return NULL;
    const char *acr[17] = {0};
    Py_ssize_t count = values != Py_None ? PySequence_Size(values) : 0;
    for (Py_ssize_t k = 0; k < count && k < 16; k++) {
        PyObject *value = PySequence_GetItem(values, k);
        acr[k] = value != NULL ? text_string(value, "acr_values", a.arena) : NULL;
        Py_XDECREF(value);
        count = acr[k] != NULL ? count : -1;
    }
    ost_login_step step = {0};
    const ost_login_demand demand = {.acr_values = acr, .max_age = max_age};
    bool demanding = values != Py_None || max_age > 0;
    if (count < 0) {
        ost_arena_free(a.arena);
        give(a.kept);
        return NULL;
    }
    ost_result result = ost_login_begin(a.kept->login, base, wanted, demanding ? &demand : NULL,
                                        &a.jar, a.arena, &step);
    return answer_step(&a, result, &step);
}

static PyObject *login_open(PyObject *object, PyObject *arguments)
{
    ost_text base, cookies;
    Py_ssize_t sizes[2];
    asked a;
    if (!PyArg_ParseTuple(arguments, "y#y#:open", &base.data, &sizes[0], &cookies.data, &sizes[1]))
        return NULL;
    base.len = (size_t)sizes[0], cookies.len = (size_t)sizes[1];
    if (!ask(object, base, cookies, &a))
        return NULL;
    ost_login_session session;
    ost_result result = ost_login_open(a.kept->login, base, &a.jar, a.arena, &session);
    PyObject *opened = NULL;
    if (result == OST_OK) {
        opened = session_new(a.kept->login, a.arena, &session);
    } else {
        ost_arena_free(a.arena);
        if (result != OST_E_NOT_FOUND && result != OST_E_FORMAT)
            failure_set(result, ost_result_sentence(result));
        else {
            Py_INCREF(Py_None);
            opened = Py_None;
        }
    }
    give(a.kept);
    return opened;
}

static PyObject *login_end(PyObject *object, PyObject *arguments)
{
    ost_text base, cookies;
    Py_ssize_t sizes[2];
    PyObject *session;
    asked a;
    if (!PyArg_ParseTuple(arguments, "y#Oy#:end", &base.data, &sizes[0], &session, &cookies.data,
                          &sizes[1]))
        return NULL;
    base.len = (size_t)sizes[0], cookies.len = (size_t)sizes[1];
    bool has = Py_TYPE(session) == login_session_type;
    if (!has && session != Py_None)
        return failure_type("session", "LoginSession", session);
    if (!ask(object, base, cookies, &a))
        return NULL;
    ost_login_step step = {0};
    ost_result result =
        ost_login_end(a.kept->login, base, has ? &((session_object *)session)->session : NULL,
                      &a.jar, a.arena, &step);
    return answer_step(&a, result, &step);
}

/* ---- calls ---- */

static PyObject *login_finish(PyObject *object, PyObject *arguments)
{
    ost_text base, query, cookies;
    Py_ssize_t sizes[3];
    if (!PyArg_ParseTuple(arguments, "y#y#y#:finish", &base.data, &sizes[0], &query.data, &sizes[1],
                          &cookies.data, &sizes[2]))
        return NULL;
    base.len = (size_t)sizes[0], query.len = (size_t)sizes[1], cookies.len = (size_t)sizes[2];
    login_keeper *kept = take((login_object *)object);
    if (kept == NULL)
        return NULL;
    PyObject *call = login_call_new(kept, base, query, NULL, cookies);
    give(kept);
    return call;
}

static PyObject *login_refresh(PyObject *object, PyObject *arguments)
{
    ost_text base, cookies;
    Py_ssize_t sizes[2];
    PyObject *session;
    if (!PyArg_ParseTuple(arguments, "y#O!y#:refresh", &base.data, &sizes[0], login_session_type,
                          &session, &cookies.data, &sizes[1]))
        return NULL;
    base.len = (size_t)sizes[0], cookies.len = (size_t)sizes[1];
    login_keeper *kept = take((login_object *)object);
    if (kept == NULL)
        return NULL;
    PyObject *call =
        login_call_new(kept, base, (ost_text){"", 0}, (const session_object *)session, cookies);
    give(kept);
    return call;
}

static PyObject *login_ready(PyObject *object, void *closure)
{
    login_keeper *kept = take((login_object *)object);
    if (kept == NULL)
        return NULL;
    bool ready = ost_login_is_ready(kept->login);
    give(kept);
    return PyBool_FromLong(ready);
}

static PyObject *login_why(PyObject *object, void *closure)
{
    char why[256];
    login_keeper *kept = take((login_object *)object);
    if (kept == NULL)
        return NULL;
    ost_login_trouble(kept->login, why);
    give(kept);
    return PyUnicode_DecodeUTF8(why, (Py_ssize_t)strlen(why), "replace");
}

static PyObject *explain(PyObject *module, PyObject *arguments)
{
    int result;
    const char *refusal;
    if (!PyArg_ParseTuple(arguments, "iz:login_explain", &result, &refusal))
        return NULL;
    const ost_login_notice notice = ost_login_explain((ost_result)result, refusal);
    return Py_BuildValue("iss", notice.status, notice.title, notice.text);
}

PyMethodDef login_functions[] = {
    {"login_explain", explain, METH_VARARGS,
     "login_explain(result, refusal, /)\n--\n\n(status, title, text) for a person."},
    {0},
};

bool login_add_types(PyObject *module)
{
    static PyGetSetDef properties[] = {
        {"ready", login_ready, NULL, "Whether the provider's endpoints are known.", NULL},
        {"trouble", login_why, NULL, "Why they are not, or empty.", NULL},
        {0},
    };
    static PyMethodDef methods[] = {
        {"begin", FAST_METHOD(login_begin), METH_VARARGS | METH_KEYWORDS,
         "(location, [Set-Cookie, ...]) that send a browser to log in."},
        {"open", login_open, METH_VARARGS, "The session that the cookies hold, or None."},
        {"finish", login_finish, METH_VARARGS, "A LoginCall that ends a login."},
        {"refresh", login_refresh, METH_VARARGS, "A LoginCall for new tokens."},
        {"end", login_end, METH_VARARGS, "(location, [Set-Cookie, ...]) that log a browser out."},
        {"close", login_close, METH_NOARGS, "Ends the background thread."},
        {0},
    };
    static PyType_Slot slots[] = {
        {Py_tp_doc, "The login sessions of browsers."},
        {Py_tp_new, PyType_GenericNew},
        {Py_tp_init, login_init},
        {Py_tp_dealloc, login_free},
        {Py_tp_getset, properties},
        {Py_tp_methods, methods},
        {0},
    };
    static PyType_Spec spec = {"ostiary._core.Login", sizeof(login_object), 0, Py_TPFLAGS_DEFAULT,
                               slots};
    return login_session_add_type(module) && login_call_add_type(module) &&
           core_add_type(module, &spec) != NULL;
}
