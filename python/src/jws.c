/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures (RFC 7515), for ostiary/jws.py. */
#include "argument.h"

/* A JWS of JSON needs eight times itself, three times a detached payload, and this much besides. */
static ost_arena *arena_for(size_t jws, size_t detached)
{
    return arena_take(ARENA_CEILING + 8 * (jws < OST_JWS_JSON_MAX ? jws : OST_JWS_JSON_MAX) +
                      3 * (detached < OST_JWS_DETACHED_MAX ? detached : OST_JWS_DETACHED_MAX));
}

static PyObject *header_of(const ost_json *header)
{
    if (header == NULL)
        Py_RETURN_NONE;
    return value_from_json(header);
}

static PyObject *verified(const ost_verified_jws *v)
{
    return Py_BuildValue("NNNsN", text_bytes(v->payload), header_of(v->protected_header),
                         header_of(v->unprotected_header), ost_alg_name(v->alg),
                         key_wrap(ost_key_ref((ost_key *)(uintptr_t)v->key)));
}

/* jws_verify(token, keys, algorithms, json, payload or None, unencoded, unprotected_alg) */
static PyObject *jws_verify(PyObject *module, PyObject *arguments)
{
    PyObject *token, *keys, *algorithms, *payload;
    int json, unencoded, unprotected;
    ost_jws_rules rules = {0};
    held_text held = {0}, detached = {0};
    if (!PyArg_ParseTuple(arguments, "OOOpOpp", &token, &keys, &algorithms, &json, &payload,
                          &unencoded, &unprotected) ||
        !algorithms_of(algorithms, "algorithms", &rules.algorithms))
        return NULL;
    ost_keyset *set = keyset_of(keys, "keys");
    PyObject *answer = NULL;
    if (set != NULL && text_hold(token, "token", &held) &&
        text_hold_optional(payload, "payload", &detached)) {
        rules.detached = payload != Py_None;
        rules.payload = detached.text;
        rules.unencoded = unencoded;
        rules.insecure_unprotected_alg = unprotected;
        ost_arena *arena = arena_for(held.text.len, detached.text.len);
        ost_verified_jws v;
        ost_error error = {0};
        ost_result result = OST_E_MEMORY;
        if (arena != NULL) {
            Py_BEGIN_ALLOW_THREADS result =
                json ? ost_jws_json_verify(held.text, set, &rules, arena, &v, &error)
                     : ost_jws_compact_verify(held.text, set, &rules, arena, &v, &error);
            Py_END_ALLOW_THREADS answer = result == OST_OK ? verified(&v) : failure_of(&error);
        }
        ost_arena_free(arena);
    }
    text_release(&held);
    text_release(&detached);
    ost_keyset_unref(set);
    return answer;
}

/* jws_sign(payload, key, algorithm, typ, cty, detached, unencoded, embed_key) */
static PyObject *jws_sign(PyObject *module, PyObject *arguments)
{
    PyObject *payload, *name, *key_object;
    int detached, unencoded, embed;
    ost_jws_options options = {0};
    string_argument typ = {.what = "typ"}, cty = {.what = "cty"};
    ost_alg alg;
    ost_key *key;
    held_text held;
    if (!PyArg_ParseTuple(arguments, "OOOO&O&ppp", &payload, &key_object, &name, argument_string,
                          &typ, argument_string, &cty, &detached, &unencoded, &embed) ||
        !algorithm_of(name, "algorithm", &alg) || (key = key_of(key_object, "key")) == NULL ||
        !text_hold(payload, "payload", &held))
        return NULL;
    options.typ = typ.string;
    options.cty = cty.string;
    options.detached = detached;
    options.unencoded = unencoded;
    options.embed_key = embed;
    PyObject *answer = NULL;
    ost_text token;
    ost_error error = {0};
    ost_result result;
    ost_arena *arena = arena_for(held.text.len, detached ? held.text.len : 0);
    if (arena != NULL) {
        Py_BEGIN_ALLOW_THREADS result =
            ost_jws_compact_sign(held.text, key, alg, &options, arena, &token, &error);
        Py_END_ALLOW_THREADS answer = result == OST_OK ? text_str(token) : failure_of(&error);
    }
    ost_arena_free(arena);
    text_release(&held);
    return answer;
}

static bool signer_of(PyObject *object, ost_arena *arena, ost_jws_signer *ret)
{
    PyObject *key, *name, *header;
    ost_text text;
    ost_error error = {0};
    if (!PyArg_ParseTuple(object, "OOO", &key, &name, &header) ||
        (ret->key = key_of(key, "signers")) == NULL || !algorithm_of(name, "signers", &ret->alg))
        return false;
    if (header == Py_None)
        return true;
    if (!value_json(header, "signers", arena, &text))
        return false;
    if (ost_json_read(text, NULL, arena, &ret->header, &error) != OST_OK)
        return failure_of(&error) != NULL;
    return true;
}

/* jws_sign_json(payload, ((key, algorithm, header or None), …), typ, cty, detached, unencoded,
 * general) */
static PyObject *jws_sign_json(PyObject *module, PyObject *arguments)
{
    PyObject *payload, *list, *answer = NULL;
    int detached, unencoded, general;
    ost_jws_options options = {0};
    string_argument typ = {.what = "typ"}, cty = {.what = "cty"};
    ost_jws_signer signers[OST_JWS_SIGNATURES_MAX] = {0};
    held_text held;
    if (!PyArg_ParseTuple(arguments, "OO!O&O&ppp", &payload, &PyTuple_Type, &list, argument_string,
                          &typ, argument_string, &cty, &detached, &unencoded, &general) ||
        !text_hold(payload, "payload", &held))
        return NULL;
    options.typ = typ.string;
    options.cty = cty.string;
    options.detached = detached;
    options.unencoded = unencoded;
    options.general = general;
    Py_ssize_t count = PyTuple_Size(list);
    ost_arena *arena = arena_for(held.text.len, held.text.len);
    bool good = arena != NULL;
    if (good && (count < 1 || count > OST_JWS_SIGNATURES_MAX))
        good = PyErr_Format(PyExc_ValueError, "signers: must be 1 to %d", OST_JWS_SIGNATURES_MAX) !=
               NULL;
    for (Py_ssize_t k = 0; good && k < count; k++)
        good = signer_of(PyTuple_GetItem(list, k), arena, &signers[k]);
    if (good) {
        ost_text json;
        ost_error error = {0};
        ost_result result;
        Py_BEGIN_ALLOW_THREADS result =
            ost_jws_json_sign(held.text, signers, (size_t)count, &options, arena, &json, &error);
        Py_END_ALLOW_THREADS answer = result == OST_OK ? text_str(json) : failure_of(&error);
    }
    ost_arena_free(arena);
    text_release(&held);
    return answer;
}

PyMethodDef jws_functions[] = {
    {"jws_verify", jws_verify, METH_VARARGS, NULL},
    {"jws_sign", jws_sign, METH_VARARGS, NULL},
    {"jws_sign_json", jws_sign_json, METH_VARARGS, NULL},
    {0},
};
