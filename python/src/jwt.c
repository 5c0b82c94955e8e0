/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens (RFC 7519) with keys of one's own, for ostiary/jwt.py. */
#include "argument.h"

#define AUDIENCES 32

typedef struct rules {
    ost_claims_rules of;
    const char *audiences[AUDIENCES];
    ost_arena *arena; /* of the texts */
} rules;

static bool read_audiences(PyObject *object, rules *r)
{
    if (object == Py_None)
        return true;
    PyObject *all = PyUnicode_Check(object) ? PyTuple_Pack(1, object) : PySequence_Tuple(object);
    if (all == NULL) {
        PyErr_Clear();
        return failure_type("audience", "str, or several of them", object) != NULL;
    }
    Py_ssize_t count = PyTuple_Size(all);
    bool good = count <= AUDIENCES;
    if (!good)
        PyErr_Format(PyExc_ValueError, "audience: at most %d", AUDIENCES);
    for (Py_ssize_t k = 0; good && k < count; k++)
        good =
            (r->audiences[k] = text_string(PyTuple_GetItem(all, k), "audience", r->arena)) != NULL;
    r->of.audiences = r->audiences;
    r->of.audience_count = good ? (size_t)count : 0;
    Py_DECREF(all);
    return good;
}

/* Keys to decrypt with make it a nested token. */
static PyObject *verify(const rules *r, ost_text token, const ost_keyset *private_keys,
                        const ost_keyset *keys, int64_t now)
{
    const ost_claims *claims;
    ost_error error = {0};
    ost_result result;
    ost_arena *arena = arena_pool_take();
    if (arena == NULL)
        return PyErr_NoMemory();
    Py_BEGIN_ALLOW_THREADS result =
        private_keys != NULL ? ost_jwt_verify_nested(token, private_keys, NULL, keys, &r->of, now,
                                                     arena, &claims, &error)
                             : ost_jwt_verify(token, keys, &r->of, now, arena, &claims, &error);
    Py_END_ALLOW_THREADS if (result == OST_OK) return claims_new(arena, claims, NULL,
                                                                 (ost_text){0});
    arena_pool_give(arena);
    return failure_of(&error);
}

/* jwt_verify(token, keys, decryption_keys or None, issuer, audience, any_audience, algorithms,
 * leeway or -1, max_age, type, profile, now or -1) */
static PyObject *jwt_verify(PyObject *module, PyObject *arguments)
{
    PyObject *token, *keys, *private_object, *issuer, *audience, *algorithms, *answer = NULL;
    int any_audience, profile, leeway;
    long long now;
    rules r = {0};
    number_argument max_age = {.what = "max_age"};
    string_argument type = {.what = "typ"};
    if (!PyArg_ParseTuple(arguments, "OOOOOpOiO&O&pL", &token, &keys, &private_object, &issuer,
                          &audience, &any_audience, &algorithms, &leeway, argument_number, &max_age,
                          argument_string, &type, &profile, &now) ||
        !algorithms_of(algorithms, "algorithms", &r.of.algorithms))
        return NULL;
    if ((r.arena = arena_pool_take()) == NULL)
        return PyErr_NoMemory();
    r.of.max_age = max_age.number;
    r.of.type = type.string;
    r.of.insecure_any_audience = any_audience;
    r.of.access_token_profile = profile;
    r.of.leeway = leeway > 0 ? (unsigned)leeway : 0;
    r.of.no_leeway = leeway == 0;
    held_text held = {0};
    ost_keyset *private_keys = NULL, *set = keyset_of(keys, "keys");
    bool good = set != NULL && read_audiences(audience, &r) &&
                (r.of.issuer = text_string(issuer, "issuer", r.arena)) != NULL;
    if (good && private_object != Py_None)
        good = (private_keys = keyset_of(private_object, "decryption_keys")) != NULL;
    if (good && text_hold(token, "token", &held))
        answer = verify(&r, held.text, private_keys, set, now >= 0 ? now : ost_now(NULL));
    text_release(&held);
    ost_keyset_unref(private_keys);
    ost_keyset_unref(set);
    arena_pool_give(r.arena);
    return answer;
}

/* jwt_read_unverified(token) -> (header, claims) */
static PyObject *jwt_read_unverified(PyObject *module, PyObject *token)
{
    held_text held;
    ost_unverified_token read;
    ost_error error = {0};
    PyObject *answer = NULL;
    if (!text_hold(token, "token", &held))
        return NULL;
    ost_arena *arena = arena_pool_take();
    if (arena == NULL)
        PyErr_NoMemory();
    else if (ost_jwt_read_unverified(held.text, arena, &read, &error) == OST_OK)
        answer = Py_BuildValue("NN", value_from_json(read.header), value_from_json(read.claims));
    else
        failure_of(&error);
    arena_pool_give(arena);
    text_release(&held);
    return answer;
}

/* write_json(value, name of the parameter) -> str: what claims are signed as. */
static PyObject *write_json(PyObject *module, PyObject *arguments)
{
    PyObject *value, *answer = NULL;
    const char *what;
    ost_text text;
    if (!PyArg_ParseTuple(arguments, "Os", &value, &what))
        return NULL;
    ost_arena *arena = arena_take(4 * ARENA_CEILING);
    if (arena != NULL && value_json(value, what, arena, &text))
        answer = text_str(text);
    ost_arena_free(arena);
    return answer;
}

/* left_half_hash(value, algorithm) -> str: at_hash and c_hash. */
static PyObject *left_half_hash(PyObject *module, PyObject *arguments)
{
    PyObject *value, *name, *answer = NULL;
    ost_alg alg;
    held_text held;
    ost_text hash;
    if (!PyArg_ParseTuple(arguments, "OO", &value, &name) ||
        !algorithm_of(name, "algorithm", &alg) || !text_hold(value, "value", &held))
        return NULL;
    ost_arena *arena = arena_pool_take();
    ost_result result =
        arena != NULL ? ost_left_half_hash(held.text, alg, arena, &hash) : OST_E_MEMORY;
    answer = result == OST_OK ? text_str(hash) : failure_set(result, ost_result_sentence(result));
    arena_pool_give(arena);
    text_release(&held);
    return answer;
}

PyMethodDef jwt_functions[] = {
    {"jwt_verify", jwt_verify, METH_VARARGS, NULL},
    {"jwt_read_unverified", jwt_read_unverified, METH_O, NULL},
    {"write_json", write_json, METH_VARARGS, NULL},
    {"left_half_hash", left_half_hash, METH_VARARGS, NULL},
    {0},
};
