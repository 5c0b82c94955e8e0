/* SPDX-License-Identifier: Apache-2.0 */
/* Algorithms by their registered names. */
#include "core.h"

typedef uint64_t (*bit_of)(ost_text name);

static uint64_t alg_bit(ost_text name)
{
    ost_alg alg = ost_alg_of(name);
    return alg != OST_ALG_UNSET ? OST_ALG_BIT(alg) : 0;
}

static uint64_t enc_bit(ost_text name)
{
    ost_enc enc = ost_enc_of(name);
    return enc != OST_ENC_UNSET ? OST_ENC_BIT(enc) : 0;
}

static bool bit_of_name(PyObject *name, const char *what, bit_of of, uint64_t *ret_bit)
{
    held_text held;
    if (!PyUnicode_Check(name)) {
        failure_type(what, "the name of an algorithm, as str", name);
        return false;
    }
    if (!text_hold(name, what, &held))
        return false;
    uint64_t bit = of(held.text);
    text_release(&held);
    if (bit == 0) {
        char detail[200];
        PyOS_snprintf(detail, sizeof detail, "%s: there is no such algorithm", what);
        failure_set(OST_E_ALGORITHM, detail);
        return false;
    }
    *ret_bit = bit;
    return true;
}

/* A str by itself would be taken apart into its letters. */
static bool bits_of_names(PyObject *names, const char *what, bit_of of, uint64_t *ret_bits)
{
    uint64_t bits = 0, bit;
    PyObject *iterator, *name;
    if (names == NULL || names == Py_None) {
        *ret_bits = 0;
        return true;
    }
    if (PyUnicode_Check(names) || (iterator = PyObject_GetIter(names)) == NULL) {
        PyErr_Clear();
        failure_type(what, "a list of names of algorithms", names);
        return false;
    }
    bool good = true;
    while (good && (name = PyIter_Next(iterator)) != NULL) {
        good = bit_of_name(name, what, of, &bit);
        bits |= good ? bit : 0;
        Py_DECREF(name);
    }
    Py_DECREF(iterator);
    if (!good || PyErr_Occurred())
        return false;
    if (bits == 0) {
        PyErr_Format(PyExc_ValueError, "%s: names no algorithm; None takes the default", what);
        return false;
    }
    *ret_bits = bits;
    return true;
}

static unsigned lowest(uint64_t bits)
{
    unsigned n = 0;
    while ((bits >> n & 1) == 0)
        n++;
    return n;
}

bool algorithm_of(PyObject *name, const char *what, ost_alg *ret_alg)
{
    uint64_t bit;
    if (!bit_of_name(name, what, alg_bit, &bit))
        return false;
    *ret_alg = (ost_alg)lowest(bit);
    return true;
}

bool algorithms_of(PyObject *names, const char *what, ost_algs *ret_algs)
{
    return bits_of_names(names, what, alg_bit, ret_algs);
}

bool encryption_of(PyObject *name, const char *what, ost_enc *ret_enc)
{
    uint64_t bit;
    if (!bit_of_name(name, what, enc_bit, &bit))
        return false;
    *ret_enc = (ost_enc)lowest(bit);
    return true;
}

bool encryptions_of(PyObject *names, const char *what, ost_encs *ret_encs)
{
    uint64_t bits;
    if (!bits_of_names(names, what, enc_bit, &bits))
        return false;
    *ret_encs = (ost_encs)bits;
    return true;
}
