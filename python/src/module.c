/* SPDX-License-Identifier: Apache-2.0 */
/* The module ostiary._core. */
#include "core.h"

core_state core;

PyTypeObject *core_add_type(PyObject *module, PyType_Spec *spec)
{
    PyObject *type = PyType_FromSpec(spec);
    const char *name = strrchr(spec->name, '.') + 1;
    if (type == NULL)
        return NULL;
    Py_INCREF(type); /* one for the module, one for this file */
    if (PyModule_AddObject(module, name, type) != 0) {
        Py_DECREF(type);
        Py_DECREF(type);
        return NULL;
    }
    return (PyTypeObject *)type;
}

PyObject *core_no_new(PyTypeObject *type, PyObject *arguments, PyObject *names)
{
    return PyErr_Format(PyExc_TypeError, "%R is not made by calling it", (PyObject *)type);
}

void core_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyObject *close_all(PyObject *module, PyObject *none)
{
    guard_close_all();
    Py_RETURN_NONE;
}

static PyObject *version(PyObject *module, PyObject *none)
{
    return PyUnicode_FromString(ost_version());
}

/* Every code by its name: (number, category, sentence). */
static PyObject *results(PyObject *module, PyObject *none)
{
#define RESULT_ROW(name, number, category, sentence) {#name, name},
    static const struct {
        const char *name;
        ost_result result;
    } rows[] = {OST_RESULTS(RESULT_ROW)};
#undef RESULT_ROW
    PyObject *all = PyDict_New();
    for (size_t k = 0; all != NULL && k < sizeof rows / sizeof *rows; k++) {
        PyObject *row =
            Py_BuildValue("iss", (int)rows[k].result, ost_result_category(rows[k].result),
                          ost_result_sentence(rows[k].result));
        if (row == NULL || PyDict_SetItemString(all, rows[k].name, row) != 0)
            Py_CLEAR(all);
        Py_XDECREF(row);
    }
    return all;
}

/* Guards end before the interpreter does. */
static bool register_end(PyObject *module)
{
    PyObject *atexit = PyImport_ImportModule("atexit");
    PyObject *end = PyObject_GetAttrString(module, "close_all"), *done = NULL;
    if (atexit != NULL && end != NULL)
        done = PyObject_CallMethod(atexit, "register", "O", end);
    Py_XDECREF(atexit);
    Py_XDECREF(end);
    Py_XDECREF(done);
    return done != NULL;
}

static bool find_exceptions(void)
{
    PyObject *errors = PyImport_ImportModule("ostiary.errors");
    if (errors == NULL)
        return false;
    core.fail = PyObject_GetAttrString(errors, "fail");
    core.refuse = PyObject_GetAttrString(errors, "refuse");
    Py_DECREF(errors);
    return core.fail != NULL && core.refuse != NULL;
}

static int execute(PyObject *module)
{
    if (core.guard != NULL) {
        PyErr_SetString(PyExc_ImportError,
                        "ostiary._core is loaded once in a process, by one interpreter");
        return -1;
    }
    bool good = keeper_init() && key_add_types(module) && keyset_add_type(module) &&
                claims_add_type(module) && policy_add_type(module) && wait_add_type(module) &&
                guard_add_type(module) && login_add_types(module) &&
                PyModule_AddFunctions(module, jws_functions) == 0 &&
                PyModule_AddFunctions(module, jwt_functions) == 0 &&
                PyModule_AddFunctions(module, jwe_functions) == 0 &&
                PyModule_AddFunctions(module, bytes_functions) == 0 &&
                PyModule_AddFunctions(module, login_functions) == 0 && register_end(module) &&
                find_exceptions();
    return good ? 0 : -1;
}

PyMODINIT_FUNC PyInit__core(void)
{
    static PyMethodDef functions[] = {
        {"close_all", close_all, METH_NOARGS, NULL},
        {"version", version, METH_NOARGS, NULL},
        {"results", results, METH_NOARGS, NULL},
        {0},
    };
    static PyModuleDef_Slot slots[] = {
        {Py_mod_exec, execute},
#if defined(Py_GIL_DISABLED) && defined(Py_mod_gil)
        {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
        {0},
    };
    static PyModuleDef definition = {
        .m_base = PyModuleDef_HEAD_INIT,
        .m_name = "ostiary._core",
        .m_doc = "What ostiary is made of; use the modules around it.",
        .m_methods = functions,
        .m_slots = slots,
    };
    return PyModuleDef_Init(&definition);
}
