/* SPDX-License-Identifier: Apache-2.0 */
/* What a call of verify or check brings, read from its arguments. */
#ifndef OSTIARY_PYTHON_REQUEST_H
#define OSTIARY_PYTHON_REQUEST_H

#include "core.h"

/* Two of a kind are refused already: no need to hold more. */
#define FIELDS 2

typedef struct request {
    held_text authorization[FIELDS], dpop[FIELDS], method, url, certificate;
    ost_text authorization_texts[FIELDS], dpop_texts[FIELDS];
    ost_credentials credentials;
    const ost_policy *policy;
    PyObject *policy_object;
    bool last; /* nothing is waited for any more */
} request;

/* How `authorization` is given. */
typedef enum request_form {
    REQUEST_TOKEN,  /* the token alone: verify(token, …) */
    REQUEST_FIELDS, /* the values of the request's fields: check(authorization, …) */
} request_form;

/* Reads (first, policy=None, *, method, url, dpop, certificate, last). False: an exception is set,
 * and there is nothing to release. */
bool request_read(PyObject *const *arguments, Py_ssize_t count, PyObject *names, request_form form,
                  request *ret);
/* Reads (headers, policy, method, url, certificate), where headers is ASGI's list of pairs. False:
 * an exception is set, or else there is no Authorization among them, or it is no list of tuples of
 * bytes; there is nothing to release. */
bool request_read_headers(PyObject *const *arguments, Py_ssize_t count, request *ret);
/* With a proof the token came by the scheme DPoP; the field that says so lives in the arena. */
bool request_compose(request *r, request_form form, ost_arena *arena);
void request_release(request *r);

#endif
