/* SPDX-License-Identifier: Apache-2.0 */
/* Guard, which ostiary.Verifier is made of: checks, and what the background thread has found out;
 * <ostiary/guard.h>. */
#include "guard_object.h"

#include <stdlib.h>

/* Every guard there is, so that none outlives the interpreter. */
static struct {
    pthread_mutex_t lock;
    guard_object *first;
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void enlist(guard_object *self)
{
    pthread_mutex_lock(&all.lock);
    self->next = all.first;
    self->link = &all.first;
    if (all.first != NULL)
        all.first->link = &self->next;
    all.first = self;
    pthread_mutex_unlock(&all.lock);
}

static void delist(guard_object *self)
{
    pthread_mutex_lock(&all.lock);
    if (self->link != NULL) {
        *self->link = self->next;
        if (self->next != NULL)
            self->next->link = self->link;
        self->link = NULL;
    }
    pthread_mutex_unlock(&all.lock);
}

static PyObject *closed(void)
{
    return failure_set(OST_E_STATE, "the verifier has been closed, or was never opened");
}

/* The first check after a fork makes this process a guard of its own. Nothing of Python is called
 * with the lock held: whoever waits for it may hold up the interpreter. */
static keeper *renew(guard_object *self)
{
    ost_error error = {0};
    pthread_mutex_lock(&self->lock);
    keeper *kept = atomic_load(&self->kept);
    if (kept->generation != keeper_generation()) {
        keeper *fresh = keeper_new(self->config, &error);
        if (fresh != NULL) {
            keeper_unref(kept);
            atomic_store(&self->kept, fresh);
        }
        kept = fresh;
    }
    pthread_mutex_unlock(&self->lock);
    if (kept == NULL)
        failure_of(&error);
    return kept;
}

keeper *guard_keeper(guard_object *self)
{
    keeper *kept = atomic_load_explicit(&self->kept, memory_order_acquire);
    if (kept == NULL || atomic_load(&self->closed)) {
        closed();
        return NULL;
    }
    return kept->generation == keeper_generation() ? kept : renew(self);
}

static void stop(guard_object *self)
{
    keeper *kept = atomic_load(&self->kept);
    if (kept != NULL && !atomic_exchange(&self->closed, true) &&
        kept->generation == keeper_generation())
        ost_guard_stop(kept->guard);
}

static PyObject *guard_close(PyObject *object, PyObject *none)
{
    Py_BEGIN_ALLOW_THREADS stop((guard_object *)object);
    Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

void guard_close_all(void)
{
    pthread_mutex_lock(&all.lock);
    for (guard_object *each = all.first; each != NULL; each = each->next)
        stop(each);
    pthread_mutex_unlock(&all.lock);
}

static int guard_init(PyObject *object, PyObject *arguments, PyObject *names)
{
    guard_object *self = (guard_object *)object;
    PyObject *issuers, *options;
    ost_error error = {0};
    if (!PyArg_ParseTuple(arguments, "OO:Guard", &issuers, &options))
        return -1;
    if (atomic_exchange(&self->opening, true)) {
        failure_set(OST_E_STATE, "the verifier has been opened already");
        return -1;
    }
    if ((self->config = config_read(issuers, options)) == NULL) {
        atomic_store(&self->opening, false);
        return -1;
    }
    pthread_mutex_init(&self->lock, NULL);
    keeper *kept;
    Py_BEGIN_ALLOW_THREADS kept = keeper_new(self->config, &error);
    Py_END_ALLOW_THREADS if (kept == NULL)
    {
        config_free(self->config);
        self->config = NULL;
        atomic_store(&self->opening, false);
        failure_of(&error);
        return -1;
    }
    atomic_store(&self->kept, kept);
    enlist(self);
    return 0;
}

static void guard_free(PyObject *object)
{
    guard_object *self = (guard_object *)object;
    delist(self);
    keeper *kept = atomic_load(&self->kept);
    Py_BEGIN_ALLOW_THREADS stop(
        self); /* the thread ends, also while claims still look at what it has remembered */
    keeper_unref(kept);
    Py_END_ALLOW_THREADS config_free(self->config);
    core_free(object);
}

bool guard_add_type(PyObject *module)
{
    static PyMethodDef methods[] = {
        {"verify", FAST_METHOD(guard_verify), METH_FASTCALL | METH_KEYWORDS, guard_verify_doc},
        {"check", FAST_METHOD(guard_check), METH_FASTCALL | METH_KEYWORDS, guard_check_doc},
        {"_try_token", FAST_METHOD(guard_try_token), METH_FASTCALL | METH_KEYWORDS,
         "Claims, or Wait."},
        {"_try_fields", FAST_METHOD(guard_try_fields), METH_FASTCALL | METH_KEYWORDS,
         "Claims, None on an open route, or Wait."},
        {"_try_headers", FAST_METHOD(guard_try_headers), METH_FASTCALL,
         "_try_headers($self, headers, policy, method, url, certificate, /)\n--\n\n"
         "The same of ASGI's list of headers; None, too, where it has no Authorization, or is no\n"
         "list of tuples: then nothing has been checked."},
        {"_try_logout", guard_try_logout, METH_VARARGS, "None, or Wait."},
        {"close", guard_close, METH_NOARGS,
         "close($self, /)\n--\n\n"
         "Ends the background thread; whoever waits is told. Claims can still be looked at. It\n"
         "happens by itself when the program ends."},
        {"wait_ready", guard_wait_ready, METH_O,
         "wait_ready($self, seconds, /)\n--\n\n"
         "Waits in this thread until every issuer's keys are there, at most so many seconds, and\n"
         "says whether they are. For programs that start up, and for tests."},
        {"describe", guard_describe, METH_NOARGS,
         "describe($self, /)\n--\n\n"
         "The state of every issuer, for a health endpoint: {\"ready\", \"issuers\": "
         "[{\"issuer\",\n"
         "\"ready\", \"keys\", \"age\" (seconds), \"stale\", \"failures\", \"failing\", "
         "\"last_error\", …}]}."},
        {"metrics", guard_metrics, METH_NOARGS,
         "metrics($self, /)\n--\n\nPrometheus text (version 0.0.4)."},
        {"_revoke", FAST_METHOD(guard_revoke), METH_VARARGS | METH_KEYWORDS, NULL},
        {0},
    };
    static PyGetSetDef properties[] = {
        {"ready", guard_ready, NULL, "Whether every issuer has keys that may be used.", NULL},
        {"closed", guard_closed, NULL, "Whether close has been called.", NULL},
        {"dpop_algorithms", guard_dpop_algorithms, NULL,
         "The algorithms that DPoP proofs may be signed by (RFC 9449).", NULL},
        {0},
    };
    static PyType_Slot slots[] = {
        {Py_tp_doc, "What ostiary.Verifier is made of."},
        {Py_tp_new, PyType_GenericNew},
        {Py_tp_init, guard_init},
        {Py_tp_dealloc, guard_free},
        {Py_tp_getset, properties},
        {Py_tp_methods, methods},
        {0},
    };
    static PyType_Spec spec = {"ostiary._core.Guard", sizeof(guard_object), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
    return (core.guard = core_add_type(module, &spec)) != NULL;
}
