/* SPDX-License-Identifier: Apache-2.0 */
/* Policy: what a route asks for beyond a valid token; <ostiary/policy.h>. Immutable. */
#include "core.h"

typedef struct policy_object {
    PyObject_HEAD ost_arena *arena;
    const ost_policy *policy;
    PyObject *json;
} policy_object;

const ost_policy *policy_of(PyObject *object)
{
    static const ost_policy any = {0};
    if (object == NULL || object == Py_None)
        return &any;
    if (PyObject_TypeCheck(object, core.policy))
        return ((policy_object *)object)->policy;
    failure_type("policy", "Policy", object);
    return NULL;
}

static PyObject *policy_make(PyTypeObject *type, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"json", NULL};
    PyObject *json;
    ost_text text;
    ost_error error = {0};
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "O:Policy", known, &json))
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    policy_object *self = (policy_object *)allocate(type, 0);
    if (self == NULL || (self->arena = arena_take(ARENA_CEILING)) == NULL ||
        !value_json(json, "policy", self->arena, &text)) {
        Py_XDECREF(self);
        return NULL;
    }
    if (ost_policy_read(text, self->arena, &self->policy, &error) != OST_OK) {
        failure_of(&error);
        Py_CLEAR(self);
    } else if ((self->json = text_str(text)) == NULL) {
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

static void policy_free(PyObject *object)
{
    policy_object *self = (policy_object *)object;
    ost_arena_free(self->arena);
    Py_XDECREF(self->json);
    core_free(object);
}

static PyObject *policy_json(PyObject *object, void *closure)
{
    PyObject *json = ((policy_object *)object)->json;
    Py_INCREF(json);
    return json;
}

static PyObject *policy_open(PyObject *object, void *closure)
{
    return PyBool_FromLong(((policy_object *)object)->policy->open);
}

static PyObject *policy_repr(PyObject *object)
{
    return PyUnicode_FromFormat("Policy(%R)", ((policy_object *)object)->json);
}

static PyObject *policy_reduce(PyObject *object, PyObject *none)
{
    return Py_BuildValue("O(O)", (PyObject *)core.policy, ((policy_object *)object)->json);
}

static Py_hash_t policy_hash(PyObject *object)
{
    return PyObject_Hash(((policy_object *)object)->json);
}

static PyObject *policy_compare(PyObject *one, PyObject *other, int operation)
{
    if (!PyObject_TypeCheck(other, core.policy))
        Py_RETURN_NOTIMPLEMENTED;
    return PyObject_RichCompare(((policy_object *)one)->json, ((policy_object *)other)->json,
                                operation);
}

bool policy_add_type(PyObject *module)
{
    static PyGetSetDef properties[] = {
        {"json", policy_json, NULL, "The policy as JSON text, as it was given.", NULL},
        {"open", policy_open, NULL, "True when it asks for no token at all.", NULL},
        {0},
    };
    static PyMethodDef methods[] = {{"__reduce__", policy_reduce, METH_NOARGS, NULL}, {0}};
    static PyType_Slot slots[] = {
        {Py_tp_doc,
         "Policy(json)\n--\n\n"
         "What a route asks for beyond a valid token, from a mapping or JSON text such as\n"
         "{\"scopes\": [\"items:read\"], \"any_realm_roles\": [\"editor\"]}. Everything in it "
         "must\n"
         "hold; {} lets every valid token in. Members: open, scopes, any_scopes, realm_roles,\n"
         "any_realm_roles, client_roles and any_client_roles (\"client:role\"), clients,\n"
         "audiences, claims, sender, acr_values, max_age (seconds, RFC 9470), algorithms.\n"
         "Raises ConfigurationError for anything unknown. Immutable; any thread."},
        {Py_tp_new, policy_make},
        {Py_tp_dealloc, policy_free},
        {Py_tp_repr, policy_repr},
        {Py_tp_hash, policy_hash},
        {Py_tp_richcompare, policy_compare},
        {Py_tp_getset, properties},
        {Py_tp_methods, methods},
        {0},
    };
    static PyType_Spec spec = {"ostiary.Policy", sizeof(policy_object), 0, Py_TPFLAGS_DEFAULT,
                               slots};
    return (core.policy = core_add_type(module, &spec)) != NULL;
}
