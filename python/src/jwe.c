/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption (RFC 7516), for ostiary/jwe.py. */
#include "argument.h"

#define RECIPIENTS 16

static PyObject *decrypted(const ost_decrypted *d)
{
    PyObject *header = d->header != NULL ? value_from_json(d->header) : Py_BuildValue("");
    return Py_BuildValue("NNssNN", text_bytes(d->content), header, ost_alg_name(d->alg),
                         ost_enc_name(d->enc), text_bytes(d->aad),
                         key_wrap(ost_key_ref((ost_key *)(uintptr_t)d->key)));
}

/* jwe_decrypt(token, keys, algorithms, encryptions, inflate_max, pbes2_count_max, json) */
static PyObject *jwe_decrypt(PyObject *module, PyObject *arguments)
{
    PyObject *token, *keys, *algorithms, *encryptions, *answer = NULL;
    Py_ssize_t inflate_max;
    int json;
    ost_jwe_rules rules = {0};
    number_argument rounds = {.what = "pbes2_count_max"};
    held_text held;
    if (!PyArg_ParseTuple(arguments, "OOOOnO&p", &token, &keys, &algorithms, &encryptions,
                          &inflate_max, argument_number, &rounds, &json) ||
        !algorithms_of(algorithms, "algorithms", &rules.algorithms) ||
        !encryptions_of(encryptions, "encryptions", &rules.encs) ||
        !text_hold(token, "token", &held))
        return NULL;
    if (inflate_max < 0 || inflate_max > 64 << 20) {
        text_release(&held);
        return PyErr_Format(PyExc_ValueError, "inflate_max: must be 0 to 64 MiB");
    }
    rules.pbes2_count_max = rounds.number;
    rules.inflate_max = (size_t)inflate_max;
    size_t len = held.text.len < OST_JWS_JSON_MAX ? held.text.len : OST_JWS_JSON_MAX;
    ost_keyset *set = keyset_of(keys, "keys");
    ost_arena *arena =
        set != NULL ? arena_take(ARENA_CEILING + 4 * len + 3 * rules.inflate_max) : NULL;
    if (arena != NULL) {
        ost_decrypted d;
        ost_error error = {0};
        ost_result result;
        Py_BEGIN_ALLOW_THREADS result =
            json ? ost_jwe_json_decrypt(held.text, set, &rules, arena, &d, &error)
                 : ost_jwe_decrypt(held.text, set, &rules, arena, &d, &error);
        Py_END_ALLOW_THREADS answer = result == OST_OK ? decrypted(&d) : failure_of(&error);
    }
    ost_arena_free(arena);
    ost_keyset_unref(set);
    text_release(&held);
    return answer;
}

static bool recipient_of(PyObject *object, ost_recipient *ret)
{
    PyObject *key, *name;
    return PyArg_ParseTuple(object, "OO", &key, &name) && (ret->key = key_of(key, "key")) != NULL &&
           algorithm_of(name, "algorithm", &ret->alg);
}

static bool recipients_of(PyObject *list, ost_recipient recipients[RECIPIENTS])
{
    Py_ssize_t count = PyTuple_Size(list);
    if (count < 1 || count > RECIPIENTS) {
        PyErr_Format(PyExc_ValueError, "recipients: must be 1 to %d", RECIPIENTS);
        return false;
    }
    for (Py_ssize_t k = 0; k < count; k++) {
        if (!recipient_of(PyTuple_GetItem(list, k), &recipients[k]))
            return false;
    }
    return true;
}

/* What is given besides: (typ, cty, apu, apv, pbes2_count, deflate, aad). */
typedef struct options {
    ost_jwe_options of;
    held_text apu, apv, aad;
} options;

static bool options_read(PyObject *tuple, options *o)
{
    PyObject *apu, *apv, *aad;
    int deflate;
    string_argument typ = {.what = "typ"}, cty = {.what = "cty"};
    number_argument rounds = {.what = "pbes2_count"};
    if (!PyArg_ParseTuple(tuple, "O&O&OOO&pO", argument_string, &typ, argument_string, &cty, &apu,
                          &apv, argument_number, &rounds, &deflate, &aad) ||
        !text_hold_optional(apu, "apu", &o->apu) || !text_hold_optional(apv, "apv", &o->apv) ||
        !text_hold_optional(aad, "aad", &o->aad))
        return false;
    o->of.typ = typ.string;
    o->of.cty = cty.string;
    o->of.pbes2_count = rounds.number;
    o->of.apu = o->apu.text;
    o->of.apv = o->apv.text;
    o->of.aad = o->aad.text;
    o->of.deflate = deflate;
    return true;
}

static void options_release(options *o)
{
    text_release(&o->apu);
    text_release(&o->apv);
    text_release(&o->aad);
}

/* jwe_encrypt(content, ((key, algorithm), …), encryption, options, json) */
static PyObject *jwe_encrypt(PyObject *module, PyObject *arguments)
{
    PyObject *content, *list, *encryption, *more, *answer = NULL;
    int json;
    ost_enc enc;
    ost_recipient to[RECIPIENTS] = {0};
    options o = {0};
    held_text held = {0};
    if (!PyArg_ParseTuple(arguments, "OO!OO!p", &content, &PyTuple_Type, &list, &encryption,
                          &PyTuple_Type, &more, &json) ||
        !encryption_of(encryption, "encryption", &enc) || !recipients_of(list, to))
        return NULL;
    if (options_read(more, &o) && text_hold(content, "content", &held)) {
        ost_text text;
        ost_error error = {0};
        ost_result result;
        size_t count = (size_t)PyTuple_Size(list);
        size_t len = held.text.len < OST_JWS_JSON_MAX ? held.text.len : OST_JWS_JSON_MAX;
        ost_arena *arena = arena_take(ARENA_CEILING + 8 * len);
        if (arena != NULL) {
            Py_BEGIN_ALLOW_THREADS result =
                json ? ost_jwe_json_encrypt(held.text, to, count, enc, &o.of, arena, &text, &error)
                     : ost_jwe_encrypt(held.text, to[0].key, to[0].alg, enc, &o.of, arena, &text,
                                       &error);
            Py_END_ALLOW_THREADS answer = result == OST_OK ? text_str(text) : failure_of(&error);
        }
        ost_arena_free(arena);
    }
    text_release(&held);
    options_release(&o);
    return answer;
}

PyMethodDef jwe_functions[] = {
    {"jwe_decrypt", jwe_decrypt, METH_VARARGS, NULL},
    {"jwe_encrypt", jwe_encrypt, METH_VARARGS, NULL},
    {0},
};
