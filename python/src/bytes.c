/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures over bytes and wrapped secrets, for ostiary/jose. */
#include "core.h"

/* What all four take: bytes, bytes more for two of them, a key, an algorithm. */
typedef struct call {
    held_text input, more;
    ost_key *key;
    ost_alg alg;
} call;

static bool begin(PyObject *input, PyObject *more, PyObject *key, PyObject *name, call *c)
{
    *c = (call){0};
    c->key = key_of(key, "key");
    return c->key != NULL && algorithm_of(name, "algorithm", &c->alg) &&
           text_hold(input, "input", &c->input) && text_hold_optional(more, "signature", &c->more);
}

static void end(call *c)
{
    text_release(&c->input);
    text_release(&c->more);
}

static PyObject *failed(ost_result result)
{
    return failure_set(result, ost_result_sentence(result));
}

typedef ost_result (*makes)(ost_text input, const ost_key *key, ost_alg alg, ost_arena *arena,
                            ost_text *ret);

static PyObject *make(PyObject *arguments, makes how)
{
    PyObject *input, *key, *name, *answer = NULL;
    call c;
    if (!PyArg_ParseTuple(arguments, "OOO", &input, &key, &name))
        return NULL;
    if (begin(input, NULL, key, name, &c)) {
        ost_arena *arena = arena_take(ARENA_CEILING);
        ost_text made;
        ost_result result = OST_E_MEMORY;
        if (arena != NULL) {
            Py_BEGIN_ALLOW_THREADS result = how(c.input.text, c.key, c.alg, arena, &made);
            Py_END_ALLOW_THREADS answer = result == OST_OK ? text_bytes(made) : failed(result);
        }
        ost_arena_free(arena);
    }
    end(&c);
    return answer;
}

/* bytes_sign(input, key, algorithm) -> bytes */
static PyObject *bytes_sign(PyObject *module, PyObject *arguments)
{
    return make(arguments, ost_bytes_sign);
}

/* secret_wrap(secret, key, algorithm) -> bytes */
static PyObject *secret_wrap(PyObject *module, PyObject *arguments)
{
    return make(arguments, ost_secret_wrap);
}

/* secret_unwrap(wrapped, key, algorithm) -> bytes */
static PyObject *secret_unwrap(PyObject *module, PyObject *arguments)
{
    return make(arguments, ost_secret_unwrap);
}

/* bytes_verify(input, signature, key, algorithm) -> bool */
static PyObject *bytes_verify(PyObject *module, PyObject *arguments)
{
    PyObject *input, *signature, *key, *name, *answer = NULL;
    call c;
    if (!PyArg_ParseTuple(arguments, "OOOO", &input, &signature, &key, &name))
        return NULL;
    if (begin(input, signature, key, name, &c)) {
        ost_result result;
        Py_BEGIN_ALLOW_THREADS result = ost_bytes_verify(c.input.text, c.more.text, c.key, c.alg);
        Py_END_ALLOW_THREADS answer = result == OST_OK || result == OST_E_SIGNATURE
                                          ? PyBool_FromLong(result == OST_OK)
                                          : failed(result);
    }
    end(&c);
    return answer;
}

PyMethodDef bytes_functions[] = {
    {"bytes_sign", bytes_sign, METH_VARARGS, NULL},
    {"bytes_verify", bytes_verify, METH_VARARGS, NULL},
    {"secret_wrap", secret_wrap, METH_VARARGS, NULL},
    {"secret_unwrap", secret_unwrap, METH_VARARGS, NULL},
    {0},
};
