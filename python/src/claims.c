/* SPDX-License-Identifier: Apache-2.0 */
/* Claims: what a verified token says, a mapping that makes Python values of what is asked for.
 * Immutable. It holds the arena that the values live in, and the guard that they may be of. */
#include "core.h"

typedef struct claims_object {
    PyObject_HEAD ost_arena *arena;
    const ost_claims *claims;
    keeper *kept; /* NULL: verified with a key set, without a guard */
    ost_text dpop_nonce;
} claims_object;

PyObject *claims_new(ost_arena *arena, const ost_claims *claims, keeper *kept, ost_text dpop_nonce)
{
    claims_object *self = PyObject_New(claims_object, core.claims);
    if (self == NULL) {
        arena_pool_give(arena);
        return NULL;
    }
    self->arena = arena;
    self->claims = claims;
    self->kept = keeper_ref(kept);
    self->dpop_nonce = dpop_nonce;
    return (PyObject *)self;
}

static void claims_free(PyObject *object)
{
    claims_object *self = (claims_object *)object;
    arena_pool_give(self->arena);
    keeper_unref(self->kept);
    core_free(object);
}

static const ost_json *root(PyObject *object)
{
    return ost_claims_json(((claims_object *)object)->claims);
}

/* NULL without an exception: no such claim, or the name is not a str. */
static const ost_json *member_of(PyObject *object, PyObject *name)
{
    held_text held;
    if (!PyUnicode_Check(name))
        return NULL;
    if (!text_hold(name, "name", &held)) {
        PyErr_Clear();
        return NULL;
    }
    const ost_json *found = ost_json_get_text(root(object), held.text);
    text_release(&held);
    return found;
}

static PyObject *claims_item(PyObject *object, PyObject *name)
{
    const ost_json *found = member_of(object, name);
    if (found == NULL) {
        PyErr_SetObject(PyExc_KeyError, name);
        return NULL;
    }
    return value_from_json(found);
}

static PyObject *claims_get(PyObject *object, PyObject *const *arguments, Py_ssize_t count)
{
    if (count < 1 || count > 2)
        return PyErr_Format(PyExc_TypeError, "get takes a name and a default");
    const ost_json *found = member_of(object, arguments[0]);
    if (found != NULL)
        return value_from_json(found);
    PyObject *fallback = count == 2 ? arguments[1] : Py_None;
    Py_INCREF(fallback);
    return fallback;
}

static int claims_contains(PyObject *object, PyObject *name)
{
    return member_of(object, name) != NULL;
}

static Py_ssize_t claims_length(PyObject *object)
{
    return (Py_ssize_t)ost_json_count(root(object));
}

static PyObject *names_of(PyObject *object)
{
    PyObject *names = PyList_New(0);
    for (const ost_json *each = ost_json_first(root(object)); names != NULL && each != NULL;
         each = ost_json_next(each)) {
        PyObject *name = text_str(ost_json_name(each));
        if (name == NULL || PyList_Append(names, name) != 0)
            Py_CLEAR(names);
        Py_XDECREF(name);
    }
    return names;
}

static PyObject *claims_iterate(PyObject *object)
{
    PyObject *names = names_of(object);
    PyObject *iterator = names != NULL ? PyObject_GetIter(names) : NULL;
    Py_XDECREF(names);
    return iterator;
}

static PyObject *claims_dict(PyObject *object, PyObject *none)
{
    return value_from_json(root(object));
}

/* Views of a dict made for the purpose, for who wants everything. */
static PyObject *view(PyObject *object, const char *method)
{
    PyObject *dict = value_from_json(root(object));
    PyObject *made = dict != NULL ? PyObject_CallMethod(dict, method, NULL) : NULL;
    Py_XDECREF(dict);
    return made;
}

static PyObject *claims_keys(PyObject *object, PyObject *none)
{
    return view(object, "keys");
}

static PyObject *claims_items(PyObject *object, PyObject *none)
{
    return view(object, "items");
}

static PyObject *claims_values(PyObject *object, PyObject *none)
{
    return view(object, "values");
}

static PyObject *claims_compare(PyObject *one, PyObject *other, int operation)
{
    bool same = PyObject_TypeCheck(other, core.claims);
    if (!same && !PyDict_Check(other))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *mine = claims_dict(one, NULL), *theirs = other, *answer = NULL;
    if (same)
        theirs = claims_dict(other, NULL);
    else
        Py_INCREF(theirs);
    if (mine != NULL && theirs != NULL)
        answer = PyObject_RichCompare(mine, theirs, operation);
    Py_XDECREF(mine);
    Py_XDECREF(theirs);
    return answer;
}

/* Names alone: what they say is personal, and ends up in logs. */
static PyObject *claims_repr(PyObject *object)
{
    PyObject *names = names_of(object);
    PyObject *text = names != NULL ? PyUnicode_FromFormat("<Claims %R>", names) : NULL;
    Py_XDECREF(names);
    return text;
}

/* ---- what the guard knows of them ---- */

static PyObject *text_or_none(ost_text text)
{
    if (text.len == 0)
        Py_RETURN_NONE;
    return text_str(text);
}

static PyObject *claims_subject(PyObject *object, void *closure)
{
    return text_or_none(ost_claims_subject(((claims_object *)object)->claims));
}

static PyObject *claims_issuer(PyObject *object, void *closure)
{
    return text_or_none(ost_claims_issuer(((claims_object *)object)->claims));
}

static PyObject *claims_client(PyObject *object, void *closure)
{
    const ost_claims *claims = ((claims_object *)object)->claims;
    ost_text client = ost_claims_text(claims, "azp");
    return text_or_none(client.len > 0 ? client : ost_claims_text(claims, "client_id"));
}

static PyObject *claims_username(PyObject *object, void *closure)
{
    return text_or_none(ost_claims_text(((claims_object *)object)->claims, "preferred_username"));
}

static PyObject *claims_expires(PyObject *object, void *closure)
{
    return PyLong_FromLongLong(ost_claims_expiry(((claims_object *)object)->claims));
}

static PyObject *claims_nonce(PyObject *object, void *closure)
{
    return text_or_none(((claims_object *)object)->dpop_nonce);
}

static PyObject *claims_has_audience(PyObject *object, PyObject *audience)
{
    held_text held;
    if (!text_hold(audience, "audience", &held))
        return NULL;
    bool has = ost_claims_has_audience(((claims_object *)object)->claims, held.text);
    text_release(&held);
    return PyBool_FromLong(has);
}

/* A word of `list`, where `list` is a text of words or an array of texts. */
static bool has_word(const ost_json *list, ost_text word)
{
    ost_text text;
    for (const ost_json *each = ost_json_first(list); each != NULL; each = ost_json_next(each)) {
        if (ost_json_equals(each, word))
            return true;
    }
    if (word.len == 0 || memchr(word.data, ' ', word.len) != NULL || !ost_json_text(list, &text))
        return false;
    for (size_t at = 0; at + word.len <= text.len; at++) {
        bool begins = at == 0 || text.data[at - 1] == ' ';
        bool ends = at + word.len == text.len || text.data[at + word.len] == ' ';
        if (begins && ends && memcmp(text.data + at, word.data, word.len) == 0)
            return true;
    }
    return false;
}

static PyObject *claims_has_scope(PyObject *object, PyObject *scope)
{
    held_text held;
    if (!text_hold(scope, "scope", &held))
        return NULL;
    bool has = has_word(ost_claims_get(((claims_object *)object)->claims, "scope"), held.text);
    text_release(&held);
    return PyBool_FromLong(has);
}

static PyObject *claims_has_role(PyObject *object, PyObject *arguments, PyObject *names)
{
    static char *known[] = {"role", "client", NULL};
    PyObject *role, *client = Py_None;
    held_text wanted, of;
    if (!PyArg_ParseTupleAndKeywords(arguments, names, "O|O:has_role", known, &role, &client) ||
        !text_hold(role, "role", &wanted))
        return NULL;
    if (!text_hold_optional(client, "client", &of)) {
        text_release(&wanted);
        return NULL;
    }
    const ost_json *access = ost_json_get(root(object), "realm_access");
    if (client != Py_None)
        access = ost_json_get_text(ost_json_get(root(object), "resource_access"), of.text);
    const ost_json *roles = ost_json_get(access, "roles");
    bool has = ost_json_is(roles, OST_JSON_ARRAY) && has_word(roles, wanted.text);
    text_release(&wanted);
    text_release(&of);
    return PyBool_FromLong(has);
}

/* ---- copies ---- */

static PyObject *claims_copy(PyObject *object, PyObject *ignored)
{
    Py_INCREF(object);
    return object;
}

/* What was verified here is verified nowhere else: in another process it is a dict. */
static PyObject *claims_reduce(PyObject *object, PyObject *none)
{
    return Py_BuildValue("O(N)", (PyObject *)&PyDict_Type, claims_dict(object, NULL));
}

static PyGetSetDef properties[] = {
    {"subject", claims_subject, NULL, "sub, whom the token is about; None without it.", NULL},
    {"issuer", claims_issuer, NULL, "iss, who made it.", NULL},
    {"client_id", claims_client, NULL, "azp, or client_id: whom it was issued to; or None.", NULL},
    {"username", claims_username, NULL, "preferred_username; None without it.", NULL},
    {"expires", claims_expires, NULL, "exp, in whole seconds since 1970-01-01 UTC.", NULL},
    {"dpop_nonce", claims_nonce, NULL,
     "What to answer as DPoP-Nonce (RFC 9449 §8.2); None: nothing.", NULL},
    {0},
};
static PyMethodDef methods[] = {
    {"get", FAST_METHOD(claims_get), METH_FASTCALL,
     "get($self, name, default=None, /)\n--\n\nThe claim, or the default."},
    {"keys", claims_keys, METH_NOARGS, "keys($self, /)\n--\n\nThe names of the claims."},
    {"items", claims_items, METH_NOARGS, "items($self, /)\n--\n\nNames with values."},
    {"values", claims_values, METH_NOARGS, "values($self, /)\n--\n\nThe values."},
    {"to_dict", claims_dict, METH_NOARGS,
     "to_dict($self, /)\n--\n\nAll claims as a new dict, which may be changed."},
    {"has_audience", claims_has_audience, METH_O,
     "has_audience($self, audience, /)\n--\n\nWhether aud is this one, or holds it."},
    {"has_scope", claims_has_scope, METH_O,
     "has_scope($self, scope, /)\n--\n\nWhether scope has this word (RFC 8693 §4.2)."},
    {"has_role", FAST_METHOD(claims_has_role), METH_VARARGS | METH_KEYWORDS,
     "has_role($self, role, client=None)\n--\n\n"
     "Whether Keycloak's realm_access has the role, or resource_access of the client."},
    {"__copy__", claims_copy, METH_NOARGS, NULL},
    {"__deepcopy__", claims_copy, METH_O, NULL},
    {"__reduce__", claims_reduce, METH_NOARGS, NULL},
    {0},
};

bool claims_add_type(PyObject *module)
{
    static PyType_Slot slots[] = {
        {Py_tp_doc,
         "What a verified token says (RFC 7519): an immutable mapping of claims by name,\n"
         "made of str, int, float, bool, None, list and dict as they are asked for.\n"
         "Nothing but a verification makes one. Any thread. Pickled, it is a dict."},
        {Py_tp_new, core_no_new},
        {Py_tp_dealloc, claims_free},
        {Py_tp_repr, claims_repr},
        {Py_tp_iter, claims_iterate},
        {Py_tp_richcompare, claims_compare},
        {Py_tp_hash, PyObject_HashNotImplemented},
        {Py_mp_subscript, claims_item},
        {Py_mp_length, claims_length},
        {Py_sq_contains, claims_contains},
        {Py_tp_getset, properties},
        {Py_tp_methods, methods},
        {0},
    };
    static PyType_Spec spec = {"ostiary.Claims", sizeof(claims_object), 0, Py_TPFLAGS_DEFAULT,
                               slots};
    return (core.claims = core_add_type(module, &spec)) != NULL;
}
