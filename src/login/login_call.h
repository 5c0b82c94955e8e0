/* SPDX-License-Identifier: Apache-2.0 */
/* One call to the token endpoint as login_call.c makes it and login_outcome.c ends it. */
#ifndef LOGIN_CALL_H
#define LOGIN_CALL_H

#include "login/login_core.h"
#include "login/login_pack.h"
#include "login/login_token_requests.h"
#include <ostiary/login.h>

struct ost_login_call {
    login_waiter waiter; /* first: the request calls us by it */
    ost_login *login;
    ost_login_done done;
    void *user;
    login_token_request *request;
    ost_arena *arena; /* the transaction's texts */
    login_place place;
    const ost_login_jar *jar;
    login_transaction transaction;    /* of a login */
    const ost_login_session *session; /* of a refresh; NULL: this is a login */
    const login_endpoints *endpoints;
};

/* Passes on what was said of a failure, or else the result's own sentence. Returns the result. */
ost_result login_tell(ost_result result, const ost_error *said, ost_error *error);

void login_call_free(ost_login_call *call); /* NULL is fine */

#endif
