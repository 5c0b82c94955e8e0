/* SPDX-License-Identifier: Apache-2.0 */
/* KeySet: several keys, of which a token's header chooses one; <ostiary/key.h>. */
#include "core.h"

#include <stdlib.h>

typedef struct keyset_object {
    PyObject_HEAD ost_keyset *keys;
} keyset_object;

static PyObject *keyset_wrap(PyTypeObject *type, ost_keyset *keys)
{
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    keyset_object *self = (keyset_object *)allocate(type, 0);
    if (self == NULL)
        ost_keyset_unref(keys);
    else
        self->keys = keys;
    return (PyObject *)self;
}

static void keyset_free(PyObject *object)
{
    ost_keyset_unref(((keyset_object *)object)->keys);
    core_free(object);
}

static ost_keyset *keyset_of_list(ost_key *const *keys, size_t count)
{
    ost_keyset *set = NULL;
    ost_result result = ost_keyset_new(keys, count, &set);
    if (result != OST_OK)
        failure_set(result, result == OST_E_KEY_AMBIGUOUS ? "keys: two of them share a kid"
                                                          : ost_result_sentence(result));
    return set;
}

ost_keyset *keyset_of(PyObject *object, const char *what)
{
    if (PyObject_TypeCheck(object, core.keyset))
        return ost_keyset_ref(((keyset_object *)object)->keys);
    if (!PyObject_TypeCheck(object, core.key)) {
        failure_type(what, "Key or KeySet", object);
        return NULL;
    }
    ost_key *key = key_of(object, what);
    return keyset_of_list(&key, 1);
}

static PyObject *keyset_make(PyTypeObject *type, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"keys", NULL};
    PyObject *iterable;
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "O:KeySet", known, &iterable))
        return NULL;
    PyObject *all = PySequence_Tuple(iterable);
    if (all == NULL)
        return NULL;
    Py_ssize_t count = PyTuple_Size(all);
    ost_key **keys = calloc((size_t)count + 1, sizeof(ost_key *));
    bool good = keys != NULL;
    if (!good)
        PyErr_NoMemory();
    for (Py_ssize_t k = 0; good && k < count; k++)
        good = (keys[k] = key_of(PyTuple_GetItem(all, k), "keys")) != NULL;
    ost_keyset *set = good ? keyset_of_list(keys, (size_t)count) : NULL;
    free(keys);
    Py_DECREF(all);
    return set != NULL ? keyset_wrap(type, set) : NULL;
}

static PyObject *keyset_from_jwks(PyObject *type, PyObject *jwks)
{
    ost_text text;
    ost_keyset *set = NULL;
    ost_error error = {0};
    ost_arena *arena = arena_take(ARENA_CEILING);
    if (arena == NULL)
        return NULL;
    bool good = value_json(jwks, "jwks", arena, &text);
    if (good && ost_keyset_import(text, 0, &set, NULL, &error) != OST_OK) {
        failure_of(&error);
        good = false;
    }
    ost_arena_free(arena);
    return good ? keyset_wrap((PyTypeObject *)type, set) : NULL;
}

static Py_ssize_t keyset_length(PyObject *object)
{
    return (Py_ssize_t)ost_keyset_count(((keyset_object *)object)->keys);
}

/* The set gives out keys that nobody may change, and no key can be changed. */
static PyObject *wrap_key(const ost_key *key)
{
    return key_wrap(ost_key_ref((ost_key *)(uintptr_t)key));
}

static PyObject *keyset_item(PyObject *object, Py_ssize_t at)
{
    const ost_keyset *keys = ((keyset_object *)object)->keys;
    if (at < 0 || (size_t)at >= ost_keyset_count(keys)) {
        PyErr_SetString(PyExc_IndexError, "the set has no such key");
        return NULL;
    }
    return wrap_key(ost_keyset_at(keys, (size_t)at));
}

static PyObject *keyset_find(PyObject *object, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"algorithm", "kid", NULL};
    PyObject *algorithm, *kid = Py_None;
    held_text held;
    ost_alg alg;
    const ost_key *key = NULL;
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "O|O:find", known, &algorithm, &kid) ||
        !algorithm_of(algorithm, "algorithm", &alg) || !text_hold_optional(kid, "kid", &held))
        return NULL;
    ost_result result = ost_keyset_find(((keyset_object *)object)->keys, held.text, alg, &key);
    text_release(&held);
    return result == OST_OK ? wrap_key(key) : failure_set(result, ost_result_sentence(result));
}

static PyObject *keyset_repr(PyObject *object)
{
    return PyUnicode_FromFormat("<KeySet of %zd keys>", keyset_length(object));
}

bool keyset_add_type(PyObject *module)
{
    static PyMethodDef methods[] = {
        {"from_jwks", keyset_from_jwks, METH_O | METH_CLASS,
         "from_jwks($type, jwks, /)\n--\n\n"
         "A published set (RFC 7517 §5), a mapping or JSON text. Keys that serve no signature are\n"
         "passed over, as §5 tells; a private key or a secret in it is KeyUseError."},
        {"find", FAST_METHOD(keyset_find), METH_VARARGS | METH_KEYWORDS,
         "find($self, algorithm, kid=None)\n--\n\n"
         "The one key that a header with these names; without a kid exactly one must fit. Raises\n"
         "UnknownKeyError."},
        {0},
    };
    static PyType_Slot slots[] = {
        {Py_tp_doc, "KeySet(keys)\n--\n\n"
                    "A set of keys, private ones and secrets too; no two may share a kid.\n"
                    "A sequence of Key. Immutable; any thread."},
        {Py_tp_new, keyset_make},
        {Py_tp_dealloc, keyset_free},
        {Py_tp_repr, keyset_repr},
        {Py_sq_length, keyset_length},
        {Py_sq_item, keyset_item},
        {Py_tp_methods, methods},
        {0},
    };
    static PyType_Spec spec = {"ostiary.KeySet", sizeof(keyset_object), 0, Py_TPFLAGS_DEFAULT,
                               slots};
    return (core.keyset = core_add_type(module, &spec)) != NULL;
}
