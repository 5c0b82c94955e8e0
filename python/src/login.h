/* SPDX-License-Identifier: Apache-2.0 */
/* The browser's login of one process, with those who use it; <ostiary/login.h>. */
#ifndef OSTIARY_PYTHON_LOGIN_H
#define OSTIARY_PYTHON_LOGIN_H

#include "core.h"

#include <ostiary/login.h>

/* Memory for one request: cookies of 23 KB, decoded a few times, and a check of the guard's. */
#define LOGIN_ARENA ((size_t)2 << 20)

/* A login and the guard that it asks. Objects of Python hold references; calls that the provider
 * has not answered are counted apart, for they end on the login's own thread, which cannot end
 * itself. */
typedef struct login_keeper {
    ost_login *login;
    keeper *guard;
    atomic_size_t references;
    atomic_size_t pending;
    unsigned generation; /* of the process that made it */
} login_keeper;

login_keeper *login_keeper_new(const ost_login_config *config, keeper *guard, ost_error *error);
login_keeper *login_keeper_ref(login_keeper *kept);
void login_keeper_unref(login_keeper *kept); /* without the GIL; NULL is fine */

/* A session and the arena that it lives in. */
typedef struct session_object {
    PyObject_HEAD ost_arena *arena;
    ost_login_session session;
    bool due, fresh;
} session_object;

/* Takes the arena. NULL: an exception is set, and the arena is freed. */
PyObject *session_new(const ost_login *login, ost_arena *arena, const ost_login_session *session);

/* (location, [Set-Cookie, …]). NULL: an exception is set. */
PyObject *login_step_value(const ost_login_step *step, ost_text base, ost_arena *arena);

/* Begins a call; `session` is NULL for the end of a login, with its query. */
PyObject *login_call_new(login_keeper *kept, ost_text base, ost_text query,
                         const session_object *session, ost_text cookies);

extern PyTypeObject *login_session_type;
bool login_session_add_type(PyObject *module);
bool login_call_add_type(PyObject *module);

#endif
