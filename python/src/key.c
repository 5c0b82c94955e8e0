/* SPDX-License-Identifier: Apache-2.0 */
/* Key: one key that knows its algorithms from the moment it is made; <ostiary/key.h>. */
#include "argument.h"

typedef struct key_object {
    PyObject_HEAD ost_key *key;
} key_object;

PyObject *key_wrap(ost_key *key)
{
    key_object *self = PyObject_New(key_object, core.key);
    if (self == NULL)
        ost_key_unref(key);
    else
        self->key = key;
    return (PyObject *)self;
}

ost_key *key_of(PyObject *object, const char *what)
{
    if (PyObject_TypeCheck(object, core.key))
        return ((key_object *)object)->key;
    failure_type(what, "Key", object);
    return NULL;
}

static void key_free(PyObject *object)
{
    ost_key_unref(((key_object *)object)->key);
    core_free(object);
}

static ost_key *own(PyObject *object)
{
    return ((key_object *)object)->key;
}

/* ---- making one ---- */

static PyObject *made(ost_result result, ost_key *key, const ost_error *error)
{
    return result == OST_OK ? key_wrap(key) : failure_of(error);
}

static PyObject *key_from_jwk(PyObject *type, PyObject *jwk)
{
    ost_text text;
    ost_key *key = NULL;
    ost_error error = {0};
    ost_arena *arena = arena_take(ARENA_CEILING);
    if (arena == NULL)
        return NULL;
    PyObject *answer = NULL;
    if (value_json(jwk, "jwk", arena, &text)) {
        ost_result result = ost_key_import_jwk(text, &key, &error);
        answer = made(result, key, &error);
    }
    ost_arena_free(arena);
    return answer;
}

typedef ost_result (*import)(ost_text text, ost_alg alg, const char *kid, ost_key **ret_key,
                             ost_error *error);

/* The three that take bytes, an algorithm and a kid. */
static PyObject *key_import(import how, PyObject *data, const char *what, PyObject *algorithm,
                            const char *kid)
{
    held_text held;
    ost_alg alg = OST_ALG_UNSET;
    ost_key *key = NULL;
    ost_error error = {0};
    if ((algorithm != Py_None && !algorithm_of(algorithm, "algorithm", &alg)) ||
        !text_hold(data, what, &held))
        return NULL;
    ost_result result = how(held.text, alg, kid, &key, &error);
    text_release(&held);
    return made(result, key, &error);
}

static PyObject *key_from_pem(PyObject *type, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"pem", "algorithm", "kid", NULL};
    PyObject *pem, *algorithm = Py_None;
    string_argument kid = {.what = "kid"};
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "O|OO&:from_pem", known, &pem, &algorithm,
                                     argument_string, &kid))
        return NULL;
    return key_import(ost_key_import_pem, pem, "pem", algorithm, kid.string);
}

static PyObject *key_from_der(PyObject *type, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"der", "algorithm", "kid", NULL};
    PyObject *der, *algorithm = Py_None;
    string_argument kid = {.what = "kid"};
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "O|OO&:from_der", known, &der, &algorithm,
                                     argument_string, &kid))
        return NULL;
    return key_import(ost_key_import_der, der, "der", algorithm, kid.string);
}

static PyObject *key_from_secret(PyObject *type, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"secret", "algorithm", "kid", NULL};
    PyObject *secret, *algorithm;
    string_argument kid = {.what = "kid"};
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "OO|O&:from_secret", known, &secret,
                                     &algorithm, argument_string, &kid))
        return NULL;
    if (algorithm == Py_None)
        return failure_type("algorithm", "the name of an algorithm, as str", algorithm);
    return key_import(ost_key_import_secret, secret, "secret", algorithm, kid.string);
}

static PyObject *key_generate(PyObject *type, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"algorithm", "bits", "curve", "kid", NULL};
    PyObject *algorithm;
    number_argument bits = {.what = "bits"};
    string_argument curve = {.what = "curve"}, kid = {.what = "kid"};
    ost_alg alg;
    ost_key *key = NULL;
    ost_error error = {0};
    ost_result result;
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "O|O&O&O&:generate", known, &algorithm,
                                     argument_number, &bits, argument_string, &curve,
                                     argument_string, &kid) ||
        !algorithm_of(algorithm, "algorithm", &alg))
        return NULL;
    if (curve.string != NULL && bits.number != 0)
        return PyErr_Format(PyExc_ValueError, "bits: does not go with a curve");
    Py_BEGIN_ALLOW_THREADS result =
        curve.string != NULL ? ost_key_generate_curve(alg, curve.string, kid.string, &key, &error)
                             : ost_key_generate(alg, bits.number, kid.string, &key, &error);
    Py_END_ALLOW_THREADS return made(result, key, &error);
}

/* ---- writing one ---- */

typedef ost_result (*export)(const ost_key *key, ost_json_writer *writer);

static PyObject *key_to_jwk(PyObject *object, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"private", NULL};
    int private = 0;
    ost_text text;
    const ost_json *json = NULL;
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "|$p:to_jwk", known, &private))
        return NULL;
    ost_arena *arena = arena_take(ARENA_CEILING);
    if (arena == NULL)
        return NULL;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    export how = private ? ost_key_export_private : ost_key_export_public;
    ost_result result = how(own(object), writer);
    if (result == OST_OK)
        result = ost_json_writer_finish(writer, &text);
    if (result == OST_OK)
        result = ost_json_read(text, NULL, arena, &json, NULL);
    PyObject *answer = result == OST_OK
                           ? value_from_json(json)
                           : failure_set(result, private ? "the key has no private part"
                                                         : "the key has no public part");
    ost_arena_free(arena);
    return answer;
}

static PyObject *key_write(PyObject *object, ost_key_form form, int private)
{
    ost_text text = {0};
    ost_arena *arena = arena_take(ARENA_CEILING);
    if (arena == NULL)
        return NULL;
    ost_result result = private ? ost_key_export_pkcs8(own(object), form, arena, &text)
                                : ost_key_export_spki(own(object), form, arena, &text);
    PyObject *answer = result != OST_OK
                           ? failure_set(result, private ? "the key has no private part"
                                                         : "the key has no public part")
                       : form == OST_KEY_PEM ? text_str(text)
                                             : text_bytes(text);
    ost_arena_free(arena);
    return answer;
}

static PyObject *key_to_pem(PyObject *object, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"private", NULL};
    int private = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "|$p:to_pem", known, &private))
        return NULL;
    return key_write(object, OST_KEY_PEM, private);
}

static PyObject *key_to_der(PyObject *object, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"private", NULL};
    int private = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "|$p:to_der", known, &private))
        return NULL;
    return key_write(object, OST_KEY_DER, private);
}

static PyObject *key_public(PyObject *object, PyObject *none)
{
    PyObject *jwk = PyObject_CallMethod(object, "to_jwk", NULL);
    PyObject *answer = jwk != NULL ? key_from_jwk(NULL, jwk) : NULL;
    Py_XDECREF(jwk);
    return answer;
}

/* ---- looking at one ---- */

static PyObject *key_thumbprint(PyObject *object, PyObject *none)
{
    char thumbprint[44];
    ost_result result = ost_key_thumbprint(own(object), thumbprint);
    if (result != OST_OK)
        return failure_set(result, "the thumbprint could not be made");
    return PyUnicode_FromString(thumbprint);
}

static PyObject *key_serves(PyObject *object, PyObject *algorithm)
{
    ost_alg alg;
    if (!algorithm_of(algorithm, "algorithm", &alg))
        return NULL;
    return PyBool_FromLong(ost_key_serves(own(object), alg));
}

static PyObject *key_type(PyObject *object, void *closure)
{
    static const char *const names[] = {"RSA", "EC", "OKP", "oct"};
    return PyUnicode_FromString(names[ost_key_type_of(own(object))]);
}

static PyObject *key_kid(PyObject *object, void *closure)
{
    ost_text kid = ost_key_kid(own(object));
    if (kid.len == 0)
        Py_RETURN_NONE;
    return text_str(kid);
}

static PyObject *key_bits(PyObject *object, void *closure)
{
    return PyLong_FromUnsignedLong(ost_key_bits(own(object)));
}

static PyObject *key_is_private(PyObject *object, void *closure)
{
    return PyBool_FromLong(ost_key_is_private(own(object)));
}

/* What it serves, in the order of their numbers. */
static PyObject *key_algorithms(PyObject *object, void *closure)
{
    PyObject *list = PyList_New(0), *tuple = NULL;
    for (int alg = OST_RS256; list != NULL && alg <= OST_RSA_OAEP_512; alg++) {
        if (!ost_key_serves(own(object), (ost_alg)alg))
            continue;
        PyObject *name = PyUnicode_FromString(ost_alg_name((ost_alg)alg));
        if (name == NULL || PyList_Append(list, name) != 0)
            Py_CLEAR(list);
        Py_XDECREF(name);
    }
    if (list != NULL)
        tuple = PyList_AsTuple(list);
    Py_XDECREF(list);
    return tuple;
}

static PyObject *key_repr(PyObject *object)
{
    PyObject *kid = key_kid(object, NULL), *type = key_type(object, NULL), *text = NULL;
    if (kid != NULL && type != NULL)
        text = PyUnicode_FromFormat("<Key %U %u bits, kid %R, %s>", type, ost_key_bits(own(object)),
                                    kid, ost_key_is_private(own(object)) ? "private" : "public");
    Py_XDECREF(kid);
    Py_XDECREF(type);
    return text;
}

static PyGetSetDef properties[] = {
    {"type", key_type, NULL, "kty: \"RSA\", \"EC\", \"OKP\" or \"oct\".", NULL},
    {"kid", key_kid, NULL, "The key's id; None when it has none.", NULL},
    {"bits", key_bits, NULL, "The size of the modulus, the curve, or the secret.", NULL},
    {"is_private", key_is_private, NULL, "Whether it can sign or decrypt; a secret always.", NULL},
    {"algorithms", key_algorithms, NULL, "The names of the algorithms that it serves.", NULL},
    {0},
};
static PyMethodDef methods[] = {
    {"from_jwk", key_from_jwk, METH_O | METH_STATIC,
     "from_jwk(jwk, /)\n--\n\n"
     "A key of a JWK (RFC 7517), a mapping or JSON text, public or private. Raises KeyFormatError\n"
     "for what is malformed or contradicts itself, WeakKeyError for what is too weak."},
    {"from_pem", FAST_METHOD(key_from_pem), METH_VARARGS | METH_KEYWORDS | METH_STATIC,
     "from_pem(pem, algorithm=None, kid=None)\n--\n\n"
     "A key of PEM text (RFC 7468), or of the first certificate in it, which is not verified.\n"
     "`algorithm` binds the key to it. Encrypted keys are not read."},
    {"from_der", FAST_METHOD(key_from_der), METH_VARARGS | METH_KEYWORDS | METH_STATIC,
     "from_der(der, algorithm=None, kid=None)\n--\n\nThe same of DER, and nothing behind it."},
    {"from_secret", FAST_METHOD(key_from_secret), METH_VARARGS | METH_KEYWORDS | METH_STATIC,
     "from_secret(secret, algorithm, kid=None)\n--\n\n"
     "A secret that serves one algorithm: HS256 (32 bytes at least), A128KW (16 exactly), dir, or\n"
     "a password for PBES2. Raises WeakKeyError when it is too short (RFC 7518 §3.2)."},
    {"generate", FAST_METHOD(key_generate), METH_VARARGS | METH_KEYWORDS | METH_STATIC,
     "generate(algorithm, bits=0, curve=None, kid=None)\n--\n\n"
     "A new private key: RSA of `bits` (0: 2048), or of the curve that belongs to the algorithm,\n"
     "or `curve` (\"Ed448\", \"P-521\", \"X25519\" …). Its kid is its thumbprint, unless given."},
    {"to_jwk", FAST_METHOD(key_to_jwk), METH_VARARGS | METH_KEYWORDS,
     "to_jwk($self, *, private=False)\n--\n\nThe JWK as a dict: its public members, or all."},
    {"to_pem", FAST_METHOD(key_to_pem), METH_VARARGS | METH_KEYWORDS,
     "to_pem($self, *, private=False)\n--\n\n"
     "PEM as str: SubjectPublicKeyInfo, or PKCS #8, which is not encrypted."},
    {"to_der", FAST_METHOD(key_to_der), METH_VARARGS | METH_KEYWORDS,
     "to_der($self, *, private=False)\n--\n\nThe same as DER, in bytes."},
    {"public", key_public, METH_NOARGS, "public($self, /)\n--\n\nThe public half as a key."},
    {"thumbprint", key_thumbprint, METH_NOARGS,
     "thumbprint($self, /)\n--\n\nSHA-256 (RFC 7638), 43 characters of base64url."},
    {"serves", key_serves, METH_O,
     "serves($self, algorithm, /)\n--\n\nWhether it may be used with this algorithm."},
    {0},
};

bool key_add_types(PyObject *module)
{
    static PyType_Slot slots[] = {
        {Py_tp_doc, "One key (RFC 7517), which knows its algorithms. Immutable; any thread. It is\n"
                    "not pickled: write it with to_jwk."},
        {Py_tp_new, core_no_new},
        {Py_tp_dealloc, key_free},
        {Py_tp_repr, key_repr},
        {Py_tp_getset, properties},
        {Py_tp_methods, methods},
        {0},
    };
    static PyType_Spec spec = {"ostiary.Key", sizeof(key_object), 0, Py_TPFLAGS_DEFAULT, slots};
    return (core.key = core_add_type(module, &spec)) != NULL;
}
