/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of a guard: without the interpreter's lock, and with a wait where it helps. */
#include "guard_object.h"
#include "request.h"

/* For keys, for the issuer's word, for a status list. */
#define WAITS 3

const char guard_verify_doc[] =
    "verify($self, token, policy=None, *, method=None, url=None, dpop=None, certificate=None)\n"
    "--\n\n"
    "The claims of an access token (RFC 6750, RFC 9068), str or bytes, without \"Bearer \". Where\n"
    "something must be fetched first, waits in this thread, fetch_timeout seconds at most for\n"
    "each fetch. `policy` is what is asked for beyond a valid token. `method` and `url` are the\n"
    "request's, with `dpop` its proof (RFC 9449); `certificate` is the client's, DER (RFC 8705).\n"
    "Raises TokenError, or UnavailableError when nobody can tell now; ClosedError. Any thread.";

const char guard_check_doc[] =
    "check($self, authorization, policy=None, *, method=None, url=None, dpop=None,\n"
    "      certificate=None)\n"
    "--\n\n"
    "The same of a whole request: every value of its Authorization field, with the scheme, and\n"
    "of DPoP. None when the policy is open: then nobody was asked who they are.";

/* One check. The verdict lives in *ret_arena, NULL when there is no memory for one. */
static void check(keeper *kept, request *r, request_form form, bool may_wait, ost_arena **ret_arena,
                  ost_verdict *ret_verdict)
{
    *ret_verdict = (ost_verdict){.reason = OST_E_MEMORY, .status = 503};
    *ret_arena = arena_pool_take();
    if (*ret_arena == NULL || !request_compose(r, form, *ret_arena))
        return;
    ost_guard_check(kept->guard, r->policy, &r->credentials, may_wait, *ret_arena, ret_verdict);
}

/* Sets the exception that a refusal is. */
static void refuse(PyObject *self, const request *r, const ost_verdict *verdict)
{
    ost_text token = r->credentials.bearer;
    if (r->credentials.authorization_count > 0)
        token = r->credentials.authorization[0];
    PyObject *exception = PyObject_CallFunction(
        core.refuse, "Oy#Osis#s#s#ks#", self, token.data != NULL ? token.data : "",
        (Py_ssize_t)token.len, r->policy_object, ost_result_name(verdict->reason), verdict->status,
        verdict->challenge.data, (Py_ssize_t)verdict->challenge.len, verdict->message.data,
        (Py_ssize_t)verdict->message.len, verdict->explanation.data,
        (Py_ssize_t)verdict->explanation.len, (unsigned long)verdict->retry_after,
        verdict->dpop_nonce.data, (Py_ssize_t)verdict->dpop_nonce.len);
    if (exception != NULL)
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    Py_XDECREF(exception);
}

/* What the caller is given; takes the arena. */
static PyObject *answer(PyObject *self, keeper *kept, const request *r, ost_arena *arena,
                        const ost_verdict *verdict)
{
    if (verdict->decision == OST_ALLOW && verdict->identity != NULL)
        return claims_new(arena, ost_identity_claims(verdict->identity), kept, verdict->dpop_nonce);
    PyObject *result = NULL;
    if (verdict->decision == OST_WAIT)
        result = wait_new(kept, verdict);
    else if (verdict->decision != OST_ALLOW)
        refuse(self, r, verdict);
    else {
        Py_INCREF(Py_None);
        result = Py_None;
    }
    arena_pool_give(arena);
    return result;
}

static PyObject *once(PyObject *self, request *r, request_form form, bool may_wait)
{
    ost_arena *arena;
    ost_verdict verdict;
    keeper *kept = guard_keeper((guard_object *)self);
    if (kept == NULL)
        return NULL;
    Py_BEGIN_ALLOW_THREADS check(kept, r, form, may_wait, &arena, &verdict);
    Py_END_ALLOW_THREADS return answer(self, kept, r, arena, &verdict);
}

/* Waits in this thread, unless it has ended meanwhile; false: an exception is set. */
static bool wait_here(PyObject *wait)
{
    PyObject *begun = PyObject_CallMethod(wait, "begin", NULL);
    PyObject *done = begun == Py_True ? PyObject_CallMethod(wait, "block", NULL) : begun;
    if (begun == Py_True)
        Py_XDECREF(done);
    Py_XDECREF(begun);
    return done != NULL;
}

static PyObject *blocking(PyObject *self, PyObject *const *arguments, Py_ssize_t n, PyObject *names,
                          request_form form)
{
    request r;
    if (!request_read(arguments, n, names, form, &r))
        return NULL;
    int waits = r.last ? WAITS : 0;
    PyObject *result = once(self, &r, form, waits < WAITS);
    while (result != NULL && Py_TYPE(result) == core.wait) {
        bool good = wait_here(result);
        Py_DECREF(result);
        waits++;
        result = good ? once(self, &r, form, waits < WAITS) : NULL;
    }
    request_release(&r);
    return result;
}

static PyObject *trying(PyObject *self, PyObject *const *arguments, Py_ssize_t n, PyObject *names,
                        request_form form)
{
    request r;
    if (!request_read(arguments, n, names, form, &r))
        return NULL;
    PyObject *result = once(self, &r, form, !r.last);
    request_release(&r);
    return result;
}

PyObject *guard_verify(PyObject *self, PyObject *const *arguments, Py_ssize_t n, PyObject *names)
{
    return blocking(self, arguments, n, names, REQUEST_TOKEN);
}

PyObject *guard_check(PyObject *self, PyObject *const *arguments, Py_ssize_t n, PyObject *names)
{
    return blocking(self, arguments, n, names, REQUEST_FIELDS);
}

PyObject *guard_try_token(PyObject *self, PyObject *const *arguments, Py_ssize_t n, PyObject *names)
{
    return trying(self, arguments, n, names, REQUEST_TOKEN);
}

PyObject *guard_try_headers(PyObject *self, PyObject *const *arguments, Py_ssize_t n)
{
    request r;
    if (!request_read_headers(arguments, n, &r)) {
        if (PyErr_Occurred())
            return NULL;
        Py_RETURN_NONE;
    }
    PyObject *result = once(self, &r, REQUEST_FIELDS, true);
    request_release(&r);
    return result;
}

PyObject *guard_try_fields(PyObject *self, PyObject *const *arguments, Py_ssize_t n,
                           PyObject *names)
{
    return trying(self, arguments, n, names, REQUEST_FIELDS);
}
