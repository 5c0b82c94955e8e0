/* SPDX-License-Identifier: Apache-2.0 */
/* Wait: something is being fetched that could change a verdict. The guard's thread rings a bell, a
 * file descriptor that an event loop watches or a thread polls; it never enters Python. */
#include "bell.h"

typedef struct wait_object {
    PyObject_HEAD keeper *kept;
    ost_verdict verdict;  /* of which ost_guard_wait looks at decision, issuer and ticket */
    _Atomic(bell *) bell; /* NULL: not begun */
} wait_object;

PyObject *wait_new(keeper *kept, const ost_verdict *verdict)
{
    wait_object *self = PyObject_New(wait_object, core.wait);
    if (self == NULL)
        return NULL;
    self->kept = keeper_ref(kept);
    self->verdict = (ost_verdict){
        .decision = verdict->decision, .issuer = verdict->issuer, .ticket = verdict->ticket};
    atomic_init(&self->bell, NULL);
    return (PyObject *)self;
}

static void wait_free(PyObject *object)
{
    wait_object *self = (wait_object *)object;
    bell_unref(atomic_load(&self->bell));
    Py_BEGIN_ALLOW_THREADS keeper_unref(self->kept);
    Py_END_ALLOW_THREADS core_free(object);
}

static PyObject *wait_key(PyObject *object, void *closure)
{
    const ost_verdict *verdict = &((wait_object *)object)->verdict;
    return Py_BuildValue("nK", (Py_ssize_t)verdict->issuer, (unsigned long long)verdict->ticket);
}

static PyObject *wait_rung(PyObject *object, void *closure)
{
    const bell *b = atomic_load(&((wait_object *)object)->bell);
    return PyBool_FromLong(b != NULL && atomic_load(&b->rung));
}

static PyObject *wait_begin(PyObject *object, PyObject *none)
{
    wait_object *self = (wait_object *)object;
    if (atomic_load(&self->bell) != NULL)
        Py_RETURN_TRUE;
    bell *b = bell_new(), *unbegun = NULL;
    if (b == NULL)
        return NULL;
    if (ost_guard_wait(self->kept->guard, &self->verdict, bell_ring, b) != OST_OK) {
        bell_unref(b);
        bell_unref(b);
        Py_RETURN_FALSE;
    }
    if (!atomic_compare_exchange_strong(&self->bell, &unbegun, b))
        bell_unref(b); /* another thread has begun it: theirs rings as well */
    Py_RETURN_TRUE;
}

static PyObject *wait_fileno(PyObject *object, PyObject *none)
{
    const bell *b = atomic_load(&((wait_object *)object)->bell);
    if (b == NULL)
        return PyErr_Format(PyExc_ValueError, "begin() has not been called");
    return PyLong_FromLong(b->fd);
}

static PyObject *wait_block(PyObject *object, PyObject *none)
{
    return bell_block(atomic_load(&((wait_object *)object)->bell));
}

bool wait_add_type(PyObject *module)
{
    static PyGetSetDef properties[] = {
        {"key", wait_key, NULL, "What is waited for: those with the same one wait together.", NULL},
        {"rung", wait_rung, NULL, "Whether the fetch has ended.", NULL},
        {0},
    };
    static PyMethodDef methods[] = {
        {"begin", wait_begin, METH_NOARGS, "False: there is nothing to wait for, check again."},
        {"fileno", wait_fileno, METH_NOARGS, "Becomes readable when the fetch has ended."},
        {"block", wait_block, METH_NOARGS, "Waits in this thread."},
        {0},
    };
    static PyType_Slot slots[] = {
        {Py_tp_doc, "A fetch under way that could change a verdict."},
        {Py_tp_new, core_no_new},
        {Py_tp_dealloc, wait_free},
        {Py_tp_getset, properties},
        {Py_tp_methods, methods},
        {0},
    };
    static PyType_Spec spec = {"ostiary._core.Wait", sizeof(wait_object), 0, Py_TPFLAGS_DEFAULT,
                               slots};
    return (core.wait = core_add_type(module, &spec)) != NULL;
}
